//! Memos: which invoice one corrects, what is left of that to give back, and the supplier desk's
//! "Create credit memo".

use crate::{
    app::{AppError, Command, Cx, Need, Reader},
    base::{
        id::InvoiceId,
        money::{Money, spread},
        quantity::Quantity,
        text::shorten,
    },
    domain::{
        fact::Fact,
        invoice::{
            Claim, ClaimLine, Corrected, Invoice, InvoiceKind, InvoiceLine, Stated, Sums, turned,
        },
        matching::memo::Left,
        order::{Reference, Source},
        refusal::Refusal,
    },
    exchange::invoice::Original,
    store::{self, Conn},
};

use super::{LineInput, Origin, flip::checked, take};

/// Gives back what an invoice billed, at its own prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateCredit {
    pub invoice: InvoiceId,
    /// The supplier's own number; `None` makes one of the invoice's number.
    pub number: Option<String>,
    /// The invoice's lines; empty gives back everything that is left.
    pub lines: Vec<LineInput>,
}

impl Command for CreateCredit {
    type Answer = InvoiceId;
    const NEED: Need = Need::May("invoice", "create");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<InvoiceId, AppError> {
        let supplier = cx.actor.supplier().ok_or_else(|| Refusal::not_found("invoice"))?;
        let found = store::invoice::at_supplier(cx.conn, supplier, self.invoice).await?;
        let invoice = found.ok_or_else(|| Refusal::not_found("invoice"))?;
        // What follows happens in the buyer's organisation; people of a supplier have none.
        cx.actor.organisation = Some(invoice.organisation);
        let number = match self.number.as_deref().map(str::trim) {
            None | Some("") => next_number(cx.conn, &invoice).await?,
            Some(given) => checked(given)?,
        };
        let organisation = invoice.organisation;
        let source = Source::Desk;
        let left = left(cx.conn, invoice).await?;
        let claim = self.claim(cx.conn, &left, number).await?;
        let origin = Origin { organisation, supplier, source, document: None };
        Ok(take(cx, origin, &claim).await?.invoice)
    }
}

impl CreateCredit {
    async fn claim(&self, conn: &mut Conn, left: &Left, number: String) -> Result<Claim, AppError> {
        let currency = left.invoice.currency();
        let mut lines = Vec::new();
        for (line, most) in open(left) {
            let asked = self.lines.iter().find(|asked| asked.line_number == line.line_number);
            let quantity = match asked {
                Some(asked) if asked.quantity > most => return Err(over(line, asked, most).into()),
                Some(asked) => asked.quantity,
                None if self.lines.is_empty() => most,
                None => continue,
            };
            lines.push(claimed(conn, line, quantity).await?);
        }
        let subtotal = Money::sum(lines.iter().filter_map(|line| line.subtotal), currency)?;
        if subtotal.is_zero() {
            return Err(Refusal::conflict("nothing-to-credit", "Nothing of this is left.")
                .field("invoice")
                .got(&*left.invoice.number)
                .mend("Enter the quantity of a line that was not given back yet.")
                .into());
        }
        let (tax, total) = taxed(left, subtotal)?;
        Ok(Claim {
            kind: InvoiceKind::CreditMemo,
            corrects: Corrected { number: Some(left.invoice.number.clone()), payload_id: None },
            number,
            invoiced_on: None,
            sums: Sums::plain(subtotal, tax, total),
            stated: Stated { net: Some(total), ..Stated::default() },
            taxes: Vec::new(),
            lines,
        })
    }
}

fn over(line: &InvoiceLine, asked: &LineInput, most: Quantity) -> Refusal {
    Refusal::invalid("over-credited", "More is given back than is left of the line.")
        .field(format!("lines[{}].quantity", line.line_number))
        .got(asked.quantity.to_string())
        .expected(format!("at most {most} {}", line.unit))
        .mend(format!("Give back at most {most}: what was billed and not given back before."))
}

/// The tax of a part of the invoice, as the invoice itself was taxed, and both together; never
/// more than is left of it.
fn taxed(left: &Left, subtotal: Money) -> Result<(Money, Money), AppError> {
    let Sums { subtotal: whole, tax: all, total, .. } = left.invoice.sums;
    let rest = whole.checked_sub(subtotal)?;
    let parts = spread(all, &[subtotal.minor(), rest.minor()]);
    let tax = parts.first().copied().unwrap_or(Money::zero(all.currency()));
    let most = total.checked_sub(left.credited)?;
    let due = subtotal.checked_add(tax)?;
    // The last one gives back the last cent of the tax.
    let given = Money::sum(left.given.iter().map(|line| line.subtotal), subtotal.currency())?;
    let is_last = subtotal.checked_sub(given)? == whole && whole.checked_add(all)? == total;
    let due = if is_last || due.compare(most)?.is_gt() { most } else { due };
    Ok((due.checked_sub(subtotal)?, due))
}

/// The invoice's line as the memo gives it back.
async fn claimed(
    conn: &mut Conn,
    line: &InvoiceLine,
    quantity: Quantity,
) -> Result<ClaimLine, AppError> {
    let order = store::order::get(conn, line.order).await?;
    let order = order.ok_or_else(|| AppError::internal(format!("order {} is gone", line.order)))?;
    Ok(ClaimLine {
        line_number: line.line_number,
        scope: line.scope,
        order: Reference { payload_id: Some(order.payload_id), number: None },
        order_line: Some(line.order_line),
        sku: line.sku.clone(),
        description: line.description.clone(),
        quantity,
        unit: line.unit.clone(),
        price: line.price,
        subtotal: Some(line.price.times(quantity)?),
        tax_rate: line.tax_rate,
        // As with the invoice, the tax is computed once, on the sum.
        tax: Money::zero(line.subtotal.currency()),
    })
}

/// The lines of the invoice with what of each was not given back yet.
fn open(left: &Left) -> Vec<(&InvoiceLine, Quantity)> {
    let rest = |line: &InvoiceLine| {
        let same = left.given.iter().filter(|given| {
            (given.order, given.order_line, given.scope)
                == (line.order, line.order_line, line.scope)
        });
        let given = same.map(|given| given.quantity.value()).sum::<rust_decimal::Decimal>();
        Quantity::new(line.quantity.value() - given).ok()
    };
    left.lines.iter().filter_map(|line| Some((line, rest(line)?))).collect()
}

/// What the form of a credit memo shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditProposal {
    pub invoice: Invoice,
    /// The lines with what is left of each.
    pub lines: Vec<(InvoiceLine, Quantity)>,
    pub number: String,
}

/// What a credit memo of this invoice would give back; only its own supplier may ask.
pub async fn propose_credit(
    reader: &mut Reader<'_>,
    id: InvoiceId,
) -> Result<CreditProposal, AppError> {
    reader.need("invoice", "create")?;
    let supplier = reader.actor.supplier().ok_or_else(|| Refusal::not_found("invoice"))?;
    let conn = &mut *reader.conn;
    let found = store::invoice::at_supplier(conn, supplier, id).await?;
    let invoice = found.ok_or_else(|| Refusal::not_found("invoice"))?;
    let number = next_number(conn, &invoice).await?;
    let left = left(conn, invoice).await?;
    let lines = open(&left).into_iter().map(|(line, rest)| (line.clone(), rest)).collect();
    Ok(CreditProposal { invoice: left.invoice, lines, number })
}

/// `CM-INV-7-1`, counted by the invoice's memos.
async fn next_number(conn: &mut Conn, invoice: &Invoice) -> Result<String, AppError> {
    let before = store::invoice::corrections(conn, invoice.id).await?;
    Ok(format!("CM-{}-{}", shorten(&invoice.number, 80), before.len() + 1))
}

/// What is left of the invoice that a memo names; one that did not pass has nothing to correct.
pub(super) async fn named(
    conn: &mut Conn,
    origin: Origin,
    corrects: &Corrected,
) -> Result<Left, AppError> {
    let Origin { organisation, supplier, .. } = origin;
    let found = match corrects {
        Corrected { number: Some(number), .. } => {
            store::invoice::by_number(conn, organisation, supplier, number).await?
        }
        Corrected { payload_id: Some(payload), .. } => {
            store::invoice::by_payload(conn, organisation, supplier, payload).await?
        }
        Corrected { .. } => Vec::new(),
    };
    let mut bills = found.into_iter().filter(|found| found.kind != InvoiceKind::CreditMemo);
    let standing = bills.find(|found| found.state.has_passed());
    let unknown = || {
        let got = corrects.number.as_deref().or(corrects.payload_id.as_deref());
        Refusal::invalid("unknown-invoice", "There is no invoice of yours that could be corrected.")
            .field("InvoiceDetailRequestHeader/InvoiceIDInfo/@invoiceID")
            .got(shorten(got.unwrap_or_default(), 80))
            .expected("the number of an invoice that was approved")
            .mend("An invoice that was not approved is corrected by one of the same number.")
    };
    left(conn, standing.ok_or_else(unknown)?).await
}

/// What is left of an invoice to give back.
async fn left(conn: &mut Conn, invoice: Invoice) -> Result<Left, AppError> {
    let lines = store::invoice::lines(conn, invoice.id).await?;
    let mut credited = Money::zero(invoice.currency());
    let mut given = Vec::new();
    for memo in store::invoice::corrections(conn, invoice.id).await? {
        if memo.kind == InvoiceKind::CreditMemo && memo.state.has_passed() {
            given.extend(store::invoice::lines(conn, memo.id).await?);
            credited = credited.checked_sub(memo.sums.total)?;
        }
    }
    Ok(Left { invoice, lines, given, credited })
}

/// What the invoice's credit memos gave back, tax included.
pub(super) async fn credited(conn: &mut Conn, invoice: &Invoice) -> Result<Money, AppError> {
    Ok(left(conn, invoice.clone()).await?.credited)
}

/// Refuses a memo that differs when others have given back meanwhile what it would.
pub(super) async fn need_left(
    conn: &mut Conn,
    memo: &Invoice,
    lines: &[InvoiceLine],
) -> Result<(), AppError> {
    let Some(original) = memo.corrects.filter(|_| memo.kind == InvoiceKind::CreditMemo) else {
        return Ok(());
    };
    let original = kept(conn, original).await?;
    let mut left = left(conn, original).await?;
    for line in lines {
        left.take(line)?;
        left.given.push(line.clone());
    }
    Ok(left.need_total(turned(memo.sums.total))?)
}

/// States that a memo was booked against its invoice. The version of that one moves: it guards
/// what is left of it.
pub(super) async fn booked(
    cx: &mut Cx<'_>,
    memo: &Invoice,
    original: InvoiceId,
) -> Result<(), AppError> {
    let invoice = kept(cx.conn, original).await?;
    let decided = (invoice.decided_by, invoice.reason.as_str());
    store::invoice::decide(cx.conn, &invoice, invoice.state, decided).await?;
    let fact = Fact::InvoiceCorrected {
        invoice: original.to_string(),
        memo: memo.id.to_string(),
        kind: memo.kind.to_string(),
        amount: memo.sums.total.to_string(),
    };
    cx.fact_in(memo.organisation, fact);
    Ok(())
}

async fn kept(conn: &mut Conn, id: InvoiceId) -> Result<Invoice, AppError> {
    let found = store::invoice::get(conn, id).await?;
    found.ok_or_else(|| AppError::internal(format!("invoice {id} is gone")))
}

/// How the buyer's system knows the invoice that a memo corrects.
pub(super) async fn original(
    conn: &mut Conn,
    memo: &Invoice,
) -> Result<Option<Original>, AppError> {
    let Some(id) = memo.corrects else { return Ok(None) };
    let Invoice { number, invoiced_on, issued_document, .. } = kept(conn, id).await?;
    let document = match issued_document {
        Some(document) => store::document::get(conn, document).await?,
        None => None,
    };
    let payload_id = document.map(|document| document.payload_id);
    Ok(Some(Original { number, invoiced_on, payload_id }))
}

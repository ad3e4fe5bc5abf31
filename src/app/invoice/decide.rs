//! People of accounts payable decide on invoices that differ from their orders.

use rust_decimal::Decimal;

use crate::{
    app::{AppError, Command, Cx, Need},
    base::{decimal, id::InvoiceId, text::one_line},
    domain::{
        fact::Fact,
        invoice::{
            Difference, Invoice, InvoiceKind, InvoiceLine, InvoiceMove, InvoiceState, Scope,
        },
        matching::{Ordered, open_worth},
        order::{Order, OrderLine},
        refusal::Refusal,
    },
    store,
};

use super::{memo, pass};

/// Characters of a reason.
const REASON: usize = 1_000;

/// Approves an invoice in spite of its differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    pub invoice: InvoiceId,
    /// Why; it stands on the issued document.
    pub reason: String,
}

/// Rejects an invoice; the supplier may send a corrected one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    pub invoice: InvoiceId,
    pub reason: String,
}

impl Command for Accept {
    type Answer = InvoiceState;
    const NEED: Need = Need::May("invoice", "decide");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<InvoiceState, AppError> {
        let reason = reason(&self.reason)?;
        let (invoice, lines) = own(cx, self.invoice).await?;
        let state = invoice.state.moved(InvoiceMove::Accept)?;
        let differences = store::invoice::differences(cx.conn, invoice.id).await?;
        need_one_currency(&differences)?;
        let orders = pass::orders(cx.conn, &lines).await?;
        if invoice.kind == InvoiceKind::Invoice {
            need_still_open(cx, (&orders, &lines), &differences).await?;
        }
        memo::need_left(cx.conn, &invoice, &lines).await?;
        let by = cx.actor.need_person()?.id;
        store::invoice::decide(cx.conn, &invoice, state, (Some(by), &reason)).await?;
        pass::pass(cx, &invoice, &lines, (&orders, &by.to_string())).await?;
        Ok(state)
    }
}

impl Command for Reject {
    type Answer = InvoiceState;
    const NEED: Need = Need::May("invoice", "decide");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<InvoiceState, AppError> {
        let reason = reason(&self.reason)?;
        let (invoice, _) = own(cx, self.invoice).await?;
        let state = invoice.state.moved(InvoiceMove::Reject)?;
        let by = cx.actor.need_person()?.id;
        store::invoice::decide(cx.conn, &invoice, state, (Some(by), &reason)).await?;
        let fact = Fact::InvoiceRejected { invoice: invoice.id.to_string(), reason };
        cx.fact_in(invoice.organisation, fact);
        Ok(state)
    }
}

fn reason(text: &str) -> Result<String, Refusal> {
    let reason = one_line(text).trim().to_owned();
    if reason.is_empty() || reason.chars().count() > REASON {
        return Err(Refusal::invalid(
            "reason-needed",
            "A decision on a difference needs a reason.",
        )
        .field("reason")
        .expected(format!("1 to {REASON} characters"))
        .mend("Say why in one sentence."));
    }
    Ok(reason)
}

/// The organisation's invoice, when the deciding person had no hand in the goods.
async fn own(cx: &mut Cx<'_>, id: InvoiceId) -> Result<(Invoice, Vec<InvoiceLine>), AppError> {
    let organisation = cx.actor.need_organisation()?;
    let found = store::invoice::in_organisation(cx.conn, organisation, id).await?;
    let invoice = found.ok_or_else(|| Refusal::not_found("invoice"))?;
    let lines = store::invoice::lines(cx.conn, id).await?;
    let person = cx.actor.need_person()?.id;
    if super::barred(cx, &invoice).await?.contains(&person) {
        let message = "Who asked for the goods, signed for them or took them in does not decide \
            on their invoice.";
        return Err(Refusal::forbidden("own-invoice", message)
            .field("invoice")
            .mend("Leave it to somebody else of accounts payable; the access policy says so.")
            .into());
    }
    Ok((invoice, lines))
}

/// Money of another currency cannot be booked against an order.
fn need_one_currency(differences: &[Difference]) -> Result<(), Refusal> {
    match differences.iter().find(|difference| difference.field == "currency") {
        None => Ok(()),
        Some(other) => {
            let message = "An invoice of another currency than its order cannot be approved.";
            Err(Refusal::conflict("currency-differs", message)
                .field("currency")
                .got(&*other.got)
                .expected(&*other.expected)
                .mend("Reject it and ask the supplier for one in the order's currency."))
        }
    }
}

/// A corrected invoice under another number may have billed the lines meanwhile. Approving this one
/// as well would pay them twice, unless the quantity is among the differences that were looked at.
async fn need_still_open(
    cx: &mut Cx<'_>,
    (orders, lines): (&[Order], &[InvoiceLine]),
    differences: &[Difference],
) -> Result<(), AppError> {
    for order in orders {
        let own = store::order::lines(cx.conn, order.id).await?;
        need_open_whole((order, &own), lines, differences)?;
        for ordered in &own {
            let of_line = |line: &&InvoiceLine| {
                line.order == order.id && line.order_line == ordered.line_number
            };
            let billed: Decimal =
                lines.iter().filter(of_line).map(|line| line.quantity.value()).sum();
            let left = (ordered.wanted() - ordered.progress.invoiced).max(Decimal::ZERO);
            let looked_at = lines.iter().filter(of_line).any(|line| {
                let at = Some(line.line_number);
                differences.iter().any(|known| known.line == at && known.field == "quantity")
            });
            if billed > left && !looked_at {
                let unit = &ordered.goods.unit;
                return Err(billed_since(&order.number, ordered)
                    .got(format!("{} {unit}", decimal::canonical(billed)))
                    .expected(format!("at most {} {unit}", decimal::canonical(left)))
                    .into());
            }
        }
    }
    Ok(())
}

/// The same for a sum for the whole order: what it was held against must still be open.
fn need_open_whole(
    (order, own): (&Order, &[OrderLine]),
    lines: &[InvoiceLine],
    differences: &[Difference],
) -> Result<(), AppError> {
    let open = open_worth(&Ordered { order: order.clone(), lines: own.to_vec() })?;
    let wholes = lines.iter().filter(|line| line.order == order.id && line.scope == Scope::Order);
    for line in wholes {
        let mut of_line = differences
            .iter()
            .filter(|known| known.line == Some(line.line_number) && known.field == "subtotal");
        let looked_at = of_line.next().map_or(line.subtotal.to_string(), |it| it.expected.clone());
        if open.to_string() != looked_at {
            let message = format!("Another invoice has billed order {} since.", order.number);
            return Err(Refusal::conflict("billed-already", message)
                .field("invoice")
                .got(line.subtotal.to_string())
                .expected(format!("at most {open}"))
                .mend("Reject this invoice; what is owed is billed by the other one.")
                .into());
        }
    }
    Ok(())
}

fn billed_since(order: &str, line: &OrderLine) -> Refusal {
    let message = format!("Another invoice has billed {} of {order} since.", line.label());
    Refusal::conflict("billed-already", message)
        .field("invoice")
        .mend("Reject this invoice; what is owed is billed by the other one.")
}

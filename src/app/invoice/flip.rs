//! "Create invoice" on the supplier desk: an order becomes the invoice of what is not billed yet.

use rust_decimal::Decimal;

use crate::{
    app::{AppError, Command, Cx, Need, Reader},
    base::{
        decimal,
        id::{InvoiceId, OrderId},
        money::Money,
        quantity::Quantity,
        text::shorten,
    },
    domain::{
        invoice::{Claim, ClaimLine, Corrected, InvoiceKind, Scope, Stated, Sums, TaxPart},
        order::{Order, OrderLine, OrderState, Reference, Source, line as line_of},
        refusal::Refusal,
    },
    store::{self, Conn},
};

use super::{Origin, take};

/// Percent of tax that the form proposes.
pub const TAX_RATE: u32 = 19;
/// Characters of an invoice's number.
const NUMBER: usize = 100;

/// Makes the invoice of an order at the order's prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateFromOrder {
    pub order: OrderId,
    /// The supplier's own number; `None` makes one of the order's number.
    pub number: Option<String>,
    /// In percent.
    pub tax_rate: Decimal,
    /// What to bill; empty bills everything that is not billed yet.
    pub lines: Vec<LineInput>,
}

/// How much of an order's line is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineInput {
    pub line_number: i64,
    pub quantity: Quantity,
}

/// What the form shows before the invoice is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub order: Order,
    /// The lines with what is still to be billed of each.
    pub lines: Vec<(OrderLine, Decimal)>,
    pub number: String,
    pub organisation_title: String,
}

impl Command for CreateFromOrder {
    type Answer = InvoiceId;
    const NEED: Need = Need::May("invoice", "create");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<InvoiceId, AppError> {
        let supplier = cx.actor.supplier().ok_or_else(|| Refusal::not_found("order"))?;
        let order = store::order::at_supplier(cx.conn, supplier, self.order).await?;
        let order = order.ok_or_else(|| Refusal::not_found("order"))?;
        // What follows happens in the buyer's organisation; people of a supplier have none.
        cx.actor.organisation = Some(order.organisation);
        let lines = store::order::lines(cx.conn, order.id).await?;
        let number = match self.number.as_deref().map(str::trim) {
            None | Some("") => next_number(cx.conn, &order).await?,
            Some(given) => checked(given)?,
        };
        let claim = claim(self, &order, &lines, number)?;
        let origin = Origin {
            organisation: order.organisation,
            supplier,
            source: Source::Desk,
            document: None,
        };
        Ok(take(cx, origin, &claim).await?.invoice)
    }
}

/// What an invoice of this order would bill; only its own supplier may ask.
pub async fn propose(reader: &mut Reader<'_>, id: OrderId) -> Result<Proposal, AppError> {
    reader.need("invoice", "create")?;
    let supplier = reader.actor.supplier().ok_or_else(|| Refusal::not_found("order"))?;
    let order = store::order::at_supplier(&mut reader.conn, supplier, id).await?;
    let order = order.ok_or_else(|| Refusal::not_found("order"))?;
    let lines = store::order::lines(&mut reader.conn, id).await?;
    let number = next_number(&mut reader.conn, &order).await?;
    let organisation = store::organisation::get(&mut reader.conn, order.organisation).await?;
    let lines = lines.into_iter().map(|line| {
        let left = open(&line);
        (line, left)
    });
    Ok(Proposal {
        lines: lines.collect(),
        order,
        number,
        organisation_title: organisation.map(|found| found.title).unwrap_or_default(),
    })
}

/// What is still to be billed.
fn open(line: &OrderLine) -> Decimal {
    (line.wanted() - line.progress.invoiced).max(Decimal::ZERO)
}

/// `INV-PO-2026-000123-1`, counted by the order's invoices.
async fn next_number(conn: &mut Conn, order: &Order) -> Result<String, AppError> {
    let before = store::invoice::of_order(conn, order.id).await?;
    Ok(format!("INV-{}-{}", order.number, before.len() + 1))
}

pub(super) fn checked(number: &str) -> Result<String, Refusal> {
    if number.chars().count() <= NUMBER && !number.contains(char::is_control) {
        return Ok(number.to_owned());
    }
    Err(Refusal::invalid("bad-number", "The invoice's number cannot be used.")
        .field("number")
        .got(shorten(number, 60))
        .expected(format!("1 to {NUMBER} visible characters")))
}

fn claim(
    input: &CreateFromOrder,
    order: &Order,
    lines: &[OrderLine],
    number: String,
) -> Result<Claim, AppError> {
    if matches!(order.state, OrderState::Rejected | OrderState::Cancelled | OrderState::Closed) {
        return Err(Refusal::conflict("order-state", "This order takes no invoice any more.")
            .field("order")
            .got(order.state.word())
            .into());
    }
    if input.tax_rate < Decimal::ZERO || input.tax_rate > Decimal::ONE_HUNDRED {
        return Err(Refusal::invalid("bad-tax-rate", "The tax rate cannot be used.")
            .field("tax_rate")
            .got(decimal::canonical(input.tax_rate))
            .expected("percent from 0 to 100")
            .into());
    }
    let mut billed = Vec::new();
    for (line, quantity) in wanted(input, lines)? {
        let line_number = i64::try_from(billed.len() + 1).unwrap_or(i64::MAX);
        billed.push(claim_line(order, line, quantity, (line_number, input.tax_rate))?);
    }
    if billed.is_empty() {
        return Err(Refusal::conflict("nothing-to-invoice", "All of this order is invoiced.")
            .field("order")
            .got(&*order.number)
            .into());
    }
    let zero = Money::zero(order.currency);
    let subtotal = Money::sum(billed.iter().filter_map(|line| line.subtotal), order.currency)?;
    let mut part = TaxPart { rate: input.tax_rate, taxable: subtotal, amount: zero };
    part.amount = part.due()?;
    let total = subtotal.checked_add(part.amount)?;
    Ok(Claim {
        kind: InvoiceKind::Invoice,
        corrects: Corrected::default(),
        number,
        invoiced_on: None,
        sums: Sums::plain(subtotal, part.amount, total),
        stated: Stated { gross: Some(total), net: Some(total), ..Stated::default() },
        taxes: vec![part],
        lines: billed,
    })
}

/// The lines to bill, in the order's own order.
fn wanted<'l>(
    input: &CreateFromOrder,
    lines: &'l [OrderLine],
) -> Result<Vec<(&'l OrderLine, Quantity)>, Refusal> {
    if input.lines.is_empty() {
        let rest = lines.iter().filter_map(|line| Some((line, Quantity::new(open(line)).ok()?)));
        return Ok(rest.collect());
    }
    let mut wanted = Vec::new();
    for asked in &input.lines {
        let line = line_of(lines, asked.line_number)?;
        if asked.quantity.value() > open(line) {
            let most = format!("at most {} {}", decimal::canonical(open(line)), line.goods.unit);
            let message = format!("More is invoiced of {} than is open.", line.label());
            return Err(Refusal::invalid("over-quantity", message)
                .field(format!("lines[{}].quantity", line.line_number))
                .got(asked.quantity.to_string())
                .expected(most)
                .mend("Bill what was ordered and not billed before."));
        }
        wanted.push((line, asked.quantity));
    }
    Ok(wanted)
}

fn claim_line(
    order: &Order,
    line: &OrderLine,
    quantity: Quantity,
    (line_number, rate): (i64, Decimal),
) -> Result<ClaimLine, AppError> {
    let goods = &line.goods;
    Ok(ClaimLine {
        line_number,
        scope: Scope::Goods,
        order: Reference { payload_id: Some(order.payload_id.clone()), number: None },
        order_line: Some(line.line_number),
        sku: goods.sku.clone(),
        description: goods.description.clone(),
        quantity,
        unit: goods.unit.clone(),
        price: goods.price,
        subtotal: Some(goods.price.times(quantity)?),
        tax_rate: Some(rate),
        // The tax of one rate is computed once, on the sum.
        tax: Money::zero(order.currency),
    })
}

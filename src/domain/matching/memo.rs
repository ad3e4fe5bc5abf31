//! Credit and debit memos against the invoice that they correct.
//!
//! Never more is given back than was invoiced: of a line, of an order, of the whole. What goes
//! beyond is refused and not left to people. A debit memo asks for more than was ordered, so people
//! always decide on it.

use rust_decimal::Decimal;

use crate::base::{decimal, money::Money};

use super::{Match, Matched, Ordered, WHOLE_ORDER, inexact, is_within, kept, mixed, order_line};
use crate::domain::{
    invoice::{Claim, ClaimLine, Invoice, InvoiceKind, InvoiceLine, Scope},
    refusal::Refusal,
};

/// An invoice with the credit memos that passed so far: what is left of it to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    pub invoice: Invoice,
    pub lines: Vec<InvoiceLine>,
    /// The lines of the credit memos that passed.
    pub given: Vec<InvoiceLine>,
    /// What they gave back in all, tax included; above zero.
    pub credited: Money,
}

/// Matches a memo with the invoice that it corrects. `orders` holds, for each line of the claim,
/// the order that it names.
pub fn corrected(claim: &Claim, mut left: Left, orders: &[&Ordered]) -> Result<Matched, Refusal> {
    let currency = left.invoice.currency();
    if claim.sums.subtotal.currency() != currency {
        return Err(Refusal::invalid("currency-mixed", "The memo is in another currency.")
            .field("InvoiceDetailSummary")
            .got(claim.sums.subtotal.currency().code())
            .expected(currency.code())
            .mend("Correct an invoice in its own currency."));
    }
    let mut found = Match::new();
    for (line, ordered) in claim.lines.iter().zip(orders) {
        let sum = line.sum().map_err(|fault| inexact(line, &fault))?;
        let due = line.price.times(line.quantity).map_err(|fault| inexact(line, &fault))?;
        if sum != due {
            found.differ(Some(line.line_number), "sum", &due.to_string(), &sum.to_string());
        }
        let mut line = left.line(line, ordered, sum)?;
        if claim.kind == InvoiceKind::CreditMemo {
            left.take(&line)?;
            left.given.push(line.clone());
        } else {
            if line.scope == Scope::Goods {
                line.scope = Scope::Amount;
            }
            found.differ(Some(line.line_number), "debit", "nothing more", &sum.to_string());
        }
        found.lines.push(line);
    }
    if claim.kind == InvoiceKind::CreditMemo {
        left.need_total(claim.sums.total)?;
    }
    found.header(claim)?;
    Ok(Matched { lines: found.lines, differences: found.differences })
}

impl Left {
    /// The line as it is kept: goods that go back at the price they were billed at, or money.
    fn line(&self, line: &ClaimLine, of: &Ordered, sum: Money) -> Result<InvoiceLine, Refusal> {
        let order = &of.order;
        if !self.lines.iter().any(|billed| billed.order == order.id) {
            let message = "The invoice that the memo corrects does not bill this order.";
            return Err(Refusal::invalid("order-not-invoiced", message)
                .field("InvoiceDetailOrderInfo")
                .got(&*order.number)
                .expected(format!("an order of invoice {}", self.invoice.number))
                .mend("Send one memo for each invoice."));
        }
        if line.scope == Scope::Order {
            return Ok(kept(line, order.id, WHOLE_ORDER, sum));
        }
        let own = order_line(line, of)?;
        let mut kept = kept(line, order.id, own.line_number, sum);
        let at_price = |billed: &&InvoiceLine| {
            billed.scope == Scope::Goods
                && billed.price.currency == line.price.currency
                && is_within(line.price, billed.price, Decimal::ZERO) == Some(true)
        };
        if !self.billed(&kept).any(|billed| at_price(&billed)) {
            kept.scope = Scope::Amount;
        }
        Ok(super::described(kept, &own.goods))
    }

    /// The invoice's lines that a memo's line can correct; one for the whole order stands for all.
    fn billed<'l>(&'l self, line: &'l InvoiceLine) -> impl Iterator<Item = &'l InvoiceLine> {
        self.lines.iter().filter(|billed| same(billed, line))
    }

    /// Refuses a line of a credit memo that gives back more than is left of the invoice.
    pub fn take(&self, line: &InvoiceLine) -> Result<(), Refusal> {
        if self.billed(line).next().is_none() {
            return Err(Refusal::invalid("line-not-invoiced", "The invoice bills no such line.")
                .field(format!("line {} lineNumber", line.line_number))
                .got(line.order_line.to_string())
                .expected(format!("a line of the order that {} bills", self.invoice.number)));
        }
        let goods = |of: &InvoiceLine| match of.scope {
            Scope::Goods => of.quantity.value(),
            Scope::Amount | Scope::Order => Decimal::ZERO,
        };
        let before = || self.given.iter().filter(|given| same(given, line));
        let (billed, given): (Decimal, Decimal) =
            (self.billed(line).map(goods).sum(), before().map(goods).sum());
        if goods(line) > billed - given {
            let left = decimal::canonical(billed - given);
            return Err(over(&self.invoice)
                .field(format!("line {} quantity", line.line_number))
                .got(line.quantity.to_string())
                .expected(format!("at most {left} {}", line.unit)));
        }
        // Money is counted per line, and what is for the whole order with all of its lines.
        let scopes = [line.order_line, WHOLE_ORDER];
        for order_line in scopes {
            let counted = |of: &&InvoiceLine| {
                of.order == line.order && (order_line == WHOLE_ORDER || same(of, line))
            };
            let sum = |lines: &[InvoiceLine]| -> u64 {
                lines.iter().filter(counted).map(|of| of.subtotal.minor().unsigned_abs()).sum()
            };
            let left = sum(&self.lines).saturating_sub(sum(&self.given));
            if line.subtotal.minor().unsigned_abs() > left {
                let left = i64::try_from(left).unwrap_or(i64::MAX);
                let left = Money::from_minor(left, line.subtotal.currency());
                return Err(over(&self.invoice)
                    .field(format!("line {} SubtotalAmount", line.line_number))
                    .got(line.subtotal.to_string())
                    .expected(format!("at most {left}")));
            }
        }
        Ok(())
    }

    /// Refuses a credit memo that gives back more in all, tax and charges included.
    pub fn need_total(&self, total: Money) -> Result<(), Refusal> {
        let left = self.invoice.sums.total.checked_sub(self.credited);
        let left = left.map_err(|fault| mixed(&fault))?;
        if total.compare(left).map_err(|fault| mixed(&fault))?.is_gt() {
            return Err(over(&self.invoice)
                .field("InvoiceDetailSummary/NetAmount")
                .got(total.to_string())
                .expected(format!("at most {left}")));
        }
        Ok(())
    }
}

/// Whether two lines count on the same thing.
fn same(one: &InvoiceLine, other: &InvoiceLine) -> bool {
    one.order == other.order
        && (one.order_line == other.order_line
            || one.scope == Scope::Order
            || other.scope == Scope::Order)
}

fn over(invoice: &Invoice) -> Refusal {
    let message = "More is given back than the invoice asked for and earlier memos left.";
    Refusal::invalid("over-credited", message)
        .mend(format!("Give back at most what is left of invoice {}.", invoice.number))
}

#[cfg(test)]
mod tests;

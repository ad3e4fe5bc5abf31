//! Matching: an invoice against the order lines it bills. Pure; nothing is guessed.
//!
//! A line is found by its order and line number, else by its SupplierPartID when that names one
//! line alone. What belongs to no line of the order is refused, never passed over. What is there
//! but not as ordered is a difference with what was expected and what was got.

use rust_decimal::Decimal;

use crate::base::{
    decimal,
    id::OrderId,
    money::{Money, MoneyFault, UnitPrice},
    text::shorten,
};

use super::{
    invoice::{Claim, ClaimLine, Difference, InvoiceKind, InvoiceLine, MatchResult, Scope},
    order::{Order, OrderLine, OrderState},
    refusal::Refusal,
};
pub use line::price_text;
use line::{described, inexact, is_within, kept, mixed, order_line};

/// How far a value may be off. Nothing is allowed unless somebody says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// Percent of the ordered price, upwards or downwards.
    pub price_percent: Decimal,
}

impl Tolerance {
    pub const NONE: Self = Self { price_percent: Decimal::ZERO };

    fn price_text(self) -> String {
        if self.price_percent.is_zero() {
            NO_TOLERANCE.to_owned()
        } else {
            format!("{} %", decimal::canonical(self.price_percent))
        }
    }
}

/// Against what quantity an invoice is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ways {
    /// What was ordered and not turned down.
    Two,
    /// What was received.
    Three,
}

/// An order with its lines, as an invoice may name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    pub order: Order,
    pub lines: Vec<OrderLine>,
}

/// What the match found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    pub lines: Vec<InvoiceLine>,
    pub differences: Vec<Difference>,
}

impl Matched {
    pub fn result(&self) -> MatchResult {
        if self.differences.is_empty() { MatchResult::Clean } else { MatchResult::Difference }
    }
}

const NO_TOLERANCE: &str = "0";

mod line;
pub mod memo;

/// Matches a claim. `orders` holds, for each line of the claim, the order that it names.
pub fn matched(
    claim: &Claim,
    orders: &[&Ordered],
    tolerance: Tolerance,
    ways: Ways,
) -> Result<Matched, Refusal> {
    let mut found = Match { tolerance, ways, ..Match::new() };
    for (line, ordered) in claim.lines.iter().zip(orders) {
        match line.scope {
            Scope::Order => found.whole(line, ordered)?,
            Scope::Goods | Scope::Amount => found.line(line, ordered)?,
        }
    }
    found.header(claim)?;
    Ok(Matched { lines: found.lines, differences: found.differences })
}

/// A match under way.
struct Match {
    lines: Vec<InvoiceLine>,
    differences: Vec<Difference>,
    /// What this invoice bills so far of each order line: one line may be billed in parts.
    billed: Vec<((OrderId, i64), Decimal)>,
    tolerance: Tolerance,
    ways: Ways,
}

impl Match {
    const fn new() -> Self {
        Self {
            lines: Vec::new(),
            differences: Vec::new(),
            billed: Vec::new(),
            tolerance: Tolerance::NONE,
            ways: Ways::Two,
        }
    }

    /// A sum for a whole order bills everything of it that is not billed yet.
    fn whole(&mut self, line: &ClaimLine, ordered: &Ordered) -> Result<(), Refusal> {
        let (at, order) = (Some(line.line_number), &ordered.order);
        if order.state == OrderState::Cancelled {
            self.differ(at, "order", "an order that stands", order.state.word());
        }
        let sum = line.sum().map_err(|fault| inexact(line, &fault))?;
        if sum.currency() != order.currency {
            self.differ(at, "currency", order.currency.code(), sum.currency().code());
        }
        let key = (order.id, WHOLE_ORDER);
        let open = match self.billed.iter().any(|(known, _)| *known == key) {
            true => Money::zero(order.currency),
            false => open_worth(ordered).map_err(|fault| inexact(line, &fault))?,
        };
        if sum != open {
            self.differ(at, "subtotal", &open.to_string(), &sum.to_string());
        }
        self.billed.push((key, Decimal::ONE));
        self.lines.push(kept(line, order.id, WHOLE_ORDER, sum));
        Ok(())
    }

    fn line(&mut self, line: &ClaimLine, ordered: &Ordered) -> Result<(), Refusal> {
        let own = order_line(line, ordered)?;
        let at = Some(line.line_number);
        let goods = &own.goods;
        if ordered.order.state == OrderState::Cancelled {
            self.differ(at, "order", "an order that stands", ordered.order.state.word());
        }
        if !line.sku.is_empty() && line.sku != goods.sku {
            self.differ(at, "sku", &goods.sku, &shorten(&line.sku, 60));
        }
        if !line.unit.is_empty() && line.unit != goods.unit {
            self.differ(at, "unit", &goods.unit, &shorten(&line.unit, 20));
        }
        if line.price.currency == goods.price.currency {
            self.price(line, goods.price);
        } else {
            self.differ(at, "currency", goods.price.currency.code(), line.price.currency.code());
        }
        self.quantity(line, ordered.order.id, own);
        let sum = line.sum().map_err(|fault| inexact(line, &fault))?;
        let due = line.price.times(line.quantity).map_err(|fault| inexact(line, &fault))?;
        if sum != due {
            self.differ(at, "sum", &due.to_string(), &sum.to_string());
        }
        let kept = kept(line, ordered.order.id, own.line_number, sum);
        self.lines.push(described(kept, goods));
        Ok(())
    }

    fn price(&mut self, line: &ClaimLine, expected: UnitPrice) {
        if is_within(line.price, expected, self.tolerance.price_percent) != Some(true) {
            self.differences.push(Difference {
                line: Some(line.line_number),
                field: "price".to_owned(),
                expected: price_text(expected),
                got: price_text(line.price),
                tolerance: self.tolerance.price_text(),
            });
        }
    }

    fn quantity(&mut self, line: &ClaimLine, order: OrderId, own: &OrderLine) {
        let key = (order, own.line_number);
        let before = self.billed.iter().find(|(k, _)| *k == key).map_or(Decimal::ZERO, |(_, q)| *q);
        let invoiced = before + own.progress.invoiced;
        let most = match self.ways {
            Ways::Two => own.wanted(),
            Ways::Three => own.progress.received.min(own.wanted()),
        };
        let left = (most - invoiced).max(Decimal::ZERO);
        let quantity = line.quantity.value();
        if quantity > left {
            let expected = format!("at most {} {}", decimal::canonical(left), own.goods.unit);
            let got = format!("{} {}", line.quantity, own.goods.unit);
            self.differ(Some(line.line_number), "quantity", &expected, &got);
        }
        self.billed.retain(|(k, _)| *k != key);
        self.billed.push((key, before + quantity));
    }

    fn header(&mut self, claim: &Claim) -> Result<(), Refusal> {
        let sums = &claim.sums;
        let currency = sums.subtotal.currency();
        let zero = Money::zero(currency);
        let lines = Money::sum(self.lines.iter().map(|line| line.subtotal), currency);
        let plus = |sum: Money, other| sum.checked_add(other).map_err(|fault| mixed(&fault));
        self.compare("subtotal", lines.map_err(|fault| mixed(&fault))?, sums.subtotal);
        if let Some(taxes) = claim.stated.line_tax {
            self.compare("tax", taxes, sums.tax);
        }
        self.taxes(claim)?;
        // What a memo corrects was looked at with its invoice.
        if claim.kind == InvoiceKind::Invoice {
            self.compare("shipping", zero, sums.shipping);
            self.compare("handling", zero, sums.handling);
            self.compare("charges", zero, sums.charges);
        }
        let less = |sum: Money, other| sum.checked_sub(other).map_err(|fault| mixed(&fault));
        let charged = plus(plus(sums.subtotal, sums.tax)?, plus(sums.shipping, sums.handling)?)?;
        let modified = less(plus(charged, sums.charges)?, sums.allowances)?;
        // Senders disagree whether further charges and allowances are part of the gross sum.
        if let Some(gross) = claim.stated.gross.filter(|gross| *gross != modified) {
            self.compare("gross", charged, gross);
        }
        let net = less(modified, sums.discount)?;
        if let Some(stated) = claim.stated.without_tax {
            self.compare("without_tax", less(net, sums.tax)?, stated);
        }
        if let Some(stated) = claim.stated.net {
            self.compare("net", net, stated);
        }
        if let Some(due) = claim.stated.due {
            self.compare("due", net, due);
        }
        Ok(())
    }

    /// Each tax is what its rate makes of its amount. Where lines were rounded one by one, a cent
    /// each may be off; that is no difference.
    fn taxes(&mut self, claim: &Claim) -> Result<(), Refusal> {
        let cents = i64::try_from(claim.lines.len()).unwrap_or(i64::MAX);
        for part in &claim.taxes {
            let due = part.due().map_err(|fault| mixed(&fault))?;
            if due.minor().abs_diff(part.amount.minor()) > cents.unsigned_abs() {
                self.differ(None, "tax", &due.to_string(), &part.amount.to_string());
            }
        }
        let currency = claim.sums.tax.currency();
        let sum = Money::sum(claim.taxes.iter().map(|part| part.amount), currency);
        if !claim.taxes.is_empty() {
            self.compare("tax", sum.map_err(|fault| mixed(&fault))?, claim.sums.tax);
        }
        Ok(())
    }

    fn compare(&mut self, field: &str, expected: Money, got: Money) {
        if expected != got {
            self.differ(None, field, &expected.to_string(), &got.to_string());
        }
    }

    fn differ(&mut self, line: Option<i64>, field: &str, expected: &str, got: &str) {
        self.differences.push(Difference {
            line,
            field: field.to_owned(),
            expected: expected.to_owned(),
            got: got.to_owned(),
            tolerance: NO_TOLERANCE.to_owned(),
        });
    }
}

/// The number of an order's line that means the whole order.
pub const WHOLE_ORDER: i64 = 0;

/// What is not billed yet of an order, at its own prices.
pub fn open_worth(ordered: &Ordered) -> Result<Money, MoneyFault> {
    let mut open = Money::zero(ordered.order.currency);
    for line in &ordered.lines {
        let (whole, billed) = (line.worth(line.wanted())?, line.worth(line.progress.invoiced)?);
        open = open.checked_add(whole)?.checked_sub(billed)?;
    }
    Ok(open)
}

#[cfg(test)]
pub(crate) mod tests;

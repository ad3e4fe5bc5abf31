//! An order's lines: what is open, and what their progress makes of the order.

use rust_decimal::Decimal;

use crate::base::{
    decimal,
    id::{OrderLineId, RequisitionLineId},
    money::{Money, MoneyFault},
    quantity::Quantity,
};

use super::{
    super::{
        cart::{Goods, QUANTITY_PLACES},
        refusal::Refusal,
    },
    OrderMove, Progress,
};

/// A line of an order with what happened to it so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    pub id: OrderLineId,
    /// From 1, the lineNumber of the documents.
    pub line_number: i64,
    pub requisition_line: RequisitionLineId,
    pub goods: Goods,
    pub progress: Progress,
}

impl OrderLine {
    pub const fn ordered(&self) -> Decimal {
        self.goods.quantity.value()
    }

    /// What the supplier has not turned down.
    pub fn wanted(&self) -> Decimal {
        self.ordered() - self.progress.rejected
    }

    /// What a part of the line costs at the order's price, at most what is wanted of it: rounded
    /// on the whole, so that the parts add up to the line.
    pub fn worth(&self, part: Decimal) -> Result<Money, MoneyFault> {
        match Quantity::new(part.min(self.wanted())) {
            Ok(part) => self.goods.price.times(part),
            Err(_) => Ok(Money::zero(self.goods.price.currency)),
        }
    }

    /// What is still to be shipped.
    pub fn to_ship(&self) -> Decimal {
        (self.wanted() - self.progress.shipped).max(Decimal::ZERO)
    }

    /// What is still to be received.
    pub fn to_receive(&self) -> Decimal {
        (self.wanted() - self.progress.received).max(Decimal::ZERO)
    }

    /// The SupplierPartID with the line's number, for refusals.
    pub fn label(&self) -> String {
        format!("line {} ({})", self.line_number, self.goods.sku)
    }
}

/// The move that what was confirmed, backordered and rejected amounts to; `None` when nothing was.
pub fn confirmed_move(lines: &[OrderLine]) -> Option<OrderMove> {
    let every = |holds: fn(&OrderLine) -> bool| lines.iter().all(holds);
    if every(|line| line.progress.rejected >= line.ordered()) {
        Some(OrderMove::Reject)
    } else if every(|line| line.progress.confirmed >= line.ordered()) {
        Some(OrderMove::Confirm)
    } else if every(|line| {
        let progress = line.progress;
        (progress.confirmed + progress.backordered + progress.rejected).is_zero()
    }) {
        None
    } else {
        Some(OrderMove::ConfirmPart)
    }
}

/// The move that what was shipped so far amounts to.
pub fn shipped_move(lines: &[OrderLine]) -> OrderMove {
    if lines.iter().all(|line| line.to_ship().is_zero()) {
        OrderMove::Ship
    } else {
        OrderMove::ShipPart
    }
}

/// The move that what was received so far amounts to.
pub fn received_move(lines: &[OrderLine]) -> OrderMove {
    if lines.iter().all(|line| line.to_receive().is_zero()) {
        OrderMove::Receive
    } else {
        OrderMove::ReceivePart
    }
}

/// The line of this number, or the refusal that names the numbers there are.
pub fn line(lines: &[OrderLine], number: i64) -> Result<&OrderLine, Refusal> {
    lines.iter().find(|line| line.line_number == number).ok_or_else(|| {
        let most = lines.iter().map(|line| line.line_number).max().unwrap_or_default();
        Refusal::invalid("unknown-line", "The order has no such line.")
            .field("lineNumber")
            .got(number.to_string())
            .expected(format!("a line from 1 to {most}"))
            .mend("Use the line numbers of the order.")
    })
}

/// Refuses a part that is finer than anything that can be ordered.
pub fn not_too_fine(line: &OrderLine, quantity: Decimal) -> Result<(), Refusal> {
    let places = line.ordered().normalize().scale().max(QUANTITY_PLACES);
    if quantity.normalize().scale() <= places {
        return Ok(());
    }
    let message = format!("A quantity of {} is finer than can be ordered.", line.label());
    Err(Refusal::invalid("bad-quantity", message)
        .field(format!("lines[{}].quantity", line.line_number))
        .got(decimal::canonical(quantity))
        .expected(format!("at most {places} places after the point")))
}

/// Refuses what would make more of a line than was ordered.
pub fn over_quantity(line: &OrderLine, what: &str, would_be: Decimal, most: Decimal) -> Refusal {
    let message = format!("More is {what} of {} than was ordered.", line.label());
    Refusal::invalid("over-quantity", message)
        .field(format!("lines[{}].quantity", line.line_number))
        .got(format!("{} in all", decimal::canonical(would_be)))
        .expected(format!("at most {} {}", decimal::canonical(most), line.goods.unit))
        .mend("Check what was said about this line before.")
}

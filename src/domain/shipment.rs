//! Goods on their way: what a ship notice says, and what that makes of an order's lines.

use rust_decimal::Decimal;

use crate::base::{
    id::{DocumentId, OrderId, ShipmentId},
    time::{Day, Time},
};

use super::{
    order::{OrderLine, Source, line, not_too_fine, over_quantity},
    refusal::Refusal,
};

/// Goods of one order on their way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    pub id: ShipmentId,
    pub order: OrderId,
    /// The supplier's number; cXML shipmentID.
    pub number: String,
    pub source: Source,
    pub document: Option<DocumentId>,
    /// Empty when not said.
    pub carrier: String,
    /// Empty when not said.
    pub tracking: String,
    pub delivery_on: Option<Day>,
    pub at: Time,
    /// A later notice of the same number took its place.
    pub replaced: bool,
    pub parts: Vec<Moved>,
}

/// A ship notice about one order as it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The supplier's own number, when it gives one.
    pub number: Option<String>,
    /// It takes the place of the earlier one of the same number.
    pub update: bool,
    /// The earlier one of the same number is taken back, and nothing takes its place.
    pub taken_back: bool,
    pub carrier: String,
    pub tracking: String,
    pub delivery_on: Option<Day>,
    /// None: everything that is left.
    pub parts: Vec<Moved>,
}

/// So much of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    pub line_number: i64,
    pub quantity: Decimal,
}

/// One entry per line, each above zero; without any, everything that `rest` says is left.
pub fn parts_of(
    said: &[Moved],
    lines: &[OrderLine],
    rest: fn(&OrderLine) -> Decimal,
) -> Result<Vec<Moved>, Refusal> {
    let mut parts: Vec<Moved> = Vec::new();
    for one in said {
        not_too_fine(line(lines, one.line_number)?, one.quantity)?;
        if one.quantity < Decimal::ZERO {
            return Err(Refusal::invalid("bad-quantity", "A quantity is below zero.")
                .field(format!("lines[{}].quantity", one.line_number))
                .got(one.quantity.to_string())
                .expected("a number above zero")
                .mend("Leave out what does not move."));
        }
        match parts.iter_mut().find(|part| part.line_number == one.line_number) {
            Some(part) => part.quantity += one.quantity,
            None => parts.push(*one),
        }
    }
    if said.is_empty() {
        let whole =
            |line: &OrderLine| Moved { line_number: line.line_number, quantity: rest(line) };
        parts.extend(lines.iter().map(whole));
    }
    parts.retain(|part| !part.quantity.is_zero());
    if parts.is_empty() && !said.is_empty() {
        return Err(Refusal::invalid("bad-quantity", "Every quantity is zero.")
            .field("lines")
            .got("0")
            .expected("a number above zero for what moves")
            .mend("Leave out what does not move."));
    }
    if parts.is_empty() {
        return Err(Refusal::conflict("nothing-left", "Nothing of this order is left to move.")
            .field("lines")
            .mend("Look at the order: every line has arrived there already."));
    }
    Ok(parts)
}

/// Counts what was shipped of each line anew from every notice that holds.
pub fn count<'s>(
    lines: &mut [OrderLine],
    said: impl IntoIterator<Item = &'s [Moved]>,
) -> Result<(), Refusal> {
    for line in lines.iter_mut() {
        line.progress.shipped = Decimal::ZERO;
    }
    for part in said.into_iter().flatten() {
        let Some(line) = lines.iter_mut().find(|line| line.line_number == part.line_number) else {
            continue;
        };
        let shipped = line.progress.shipped + part.quantity;
        // What the supplier turned down it does not ship.
        if shipped > line.wanted() {
            return Err(over_quantity(line, "shipped", shipped, line.wanted()));
        }
        line.progress.shipped = shipped;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::tests::pens;

    fn moved(line_number: i64, quantity: i64) -> Moved {
        Moved { line_number, quantity: quantity.into() }
    }

    #[test]
    fn a_notice_without_lines_is_everything_that_is_left() {
        let mut lines = [pens(1, 10), pens(2, 5)];
        lines[0].progress.shipped = 4.into();
        lines[1].progress.rejected = 5.into();
        let all = parts_of(&[], &lines, OrderLine::to_ship).unwrap();
        assert_eq!(all, [moved(1, 6)]);
        lines[0].progress.shipped = 10.into();
        let refusal = parts_of(&[], &lines, OrderLine::to_ship).unwrap_err();
        assert_eq!(refusal.code, "nothing-left");
    }

    #[test]
    fn a_line_named_twice_counts_once_with_the_sum() {
        let lines = [pens(1, 10)];
        let parts = parts_of(&[moved(1, 3), moved(1, 4)], &lines, OrderLine::to_ship).unwrap();
        assert_eq!(parts, [moved(1, 7)]);
        let below = parts_of(&[moved(1, -1)], &lines, OrderLine::to_ship).unwrap_err();
        assert_eq!(below.code, "bad-quantity");
        let fine = Moved { line_number: 1, quantity: rust_decimal::Decimal::new(1, 5) };
        let fine = parts_of(&[fine], &lines, OrderLine::to_ship).unwrap_err();
        assert_eq!(fine.expected.as_deref(), Some("at most 3 places after the point"));
        let nothing = parts_of(&[moved(1, 0)], &lines, OrderLine::to_ship).unwrap_err();
        assert_eq!(nothing.code, "bad-quantity");
    }

    #[test]
    fn more_than_was_ordered_is_never_shipped() {
        let mut lines = [pens(1, 10)];
        count(&mut lines, [&[moved(1, 6)][..], &[moved(1, 4)]]).unwrap();
        assert_eq!(lines[0].progress.shipped, 10.into());
        let refusal = count(&mut lines, [&[moved(1, 6)][..], &[moved(1, 5)]]).unwrap_err();
        assert_eq!((refusal.code, refusal.got.as_deref()), ("over-quantity", Some("11 in all")));
        lines[0].progress.rejected = 5.into();
        let refusal = count(&mut lines, [&[moved(1, 6)][..]]).unwrap_err();
        assert_eq!(refusal.expected.as_deref(), Some("at most 5 EA"));
    }
}

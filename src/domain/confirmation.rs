//! What a supplier says about an order, and what that makes of its lines.
//!
//! Suppliers speak in two ways: of a whole line ("of your ten, six now and four later"), or of a
//! part of it ("six more are confirmed"). Of a whole line: it replaces what was said before about
//! the line. Of a part: it adds to it, and what was backordered may be confirmed after all. So the
//! standing of a line is always counted anew from everything said, in its order.

use rust_decimal::Decimal;

use crate::base::{
    decimal,
    id::{ConfirmationId, DocumentId, OrderId},
    money::{Currency, UnitPrice},
    quantity::Quantity,
    time::{Day, Time},
    words::words,
};

use super::{
    order::{OrderLine, Source, line, not_too_fine, over_quantity},
    refusal::Refusal,
};

words! {
    /// What is said of the whole order; cXML ConfirmationHeader type.
    ConfirmationKind {
        /// Everything as ordered.
        Accept = "accept",
        /// Line by line, all of them.
        AllDetail = "allDetail",
        /// Line by line, those that are named.
        Detail = "detail",
        Backordered = "backordered",
        /// As ordered, but for the lines that are named.
        Except = "except",
        Reject = "reject",
    }
}

words! {
    /// What becomes of a part of a line.
    PartKind {
        Accept = "accept",
        Backordered = "backordered",
        Reject = "reject",
    }
}

/// A part of a line and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub line_number: i64,
    pub kind: PartKind,
    pub quantity: Decimal,
    /// The price the supplier means to ask, when it named one.
    pub price: Option<AskedPrice>,
    pub delivery_on: Option<Day>,
    pub comment: String,
}

/// A price as a confirmation names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedPrice {
    pub amount: Decimal,
    /// Absent: the order's.
    pub currency: Option<Currency>,
    /// How many units it is for. Absent: as many as the order's price, whose place it takes.
    pub per: Option<Quantity>,
}

impl AskedPrice {
    /// The price whole, what it leaves out being as ordered.
    pub fn beside(self, ordered: UnitPrice) -> UnitPrice {
        let currency = self.currency.unwrap_or(ordered.currency);
        UnitPrice::new(self.amount, currency, self.per.unwrap_or(ordered.per))
    }
}

impl Part {
    /// The price that the supplier named, and the order's.
    pub fn prices(&self, lines: &[OrderLine]) -> Option<(UnitPrice, UnitPrice)> {
        let line = lines.iter().find(|line| line.line_number == self.line_number)?;
        let ordered = line.goods.price;
        Some((self.price?.beside(ordered), ordered))
    }

    /// The same, when it is another price of one unit, or one in another currency.
    pub fn other_price(&self, lines: &[OrderLine]) -> Option<(UnitPrice, UnitPrice)> {
        self.prices(lines).filter(|(asked, ordered)| !asked.is_worth(*ordered))
    }
}

/// One confirmation, as it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    pub id: ConfirmationId,
    pub order: OrderId,
    /// The supplier's number; ours when it gave none.
    pub confirm_id: String,
    pub kind: ConfirmationKind,
    pub source: Source,
    pub document: Option<DocumentId>,
    pub comment: String,
    pub at: Time,
    /// A later one took its place.
    pub replaced: bool,
    pub parts: Vec<Part>,
}

/// A confirmation as it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub kind: ConfirmationKind,
    /// The supplier's own number, when it gives one.
    pub confirm_id: Option<String>,
    /// It takes the place of the earlier one of the same number.
    pub update: bool,
    pub comment: String,
    pub lines: Vec<SaidLine>,
}

/// What a confirmation says of one line; `stated` is the quantity it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidLine {
    pub line_number: i64,
    pub stated: Decimal,
    pub parts: Vec<Part>,
}

/// The parts of every line that the confirmation speaks of, expressly or by its header's word.
pub fn parts_of(
    kind: ConfirmationKind,
    said: &[SaidLine],
    lines: &[OrderLine],
) -> Result<Vec<Part>, Refusal> {
    let mut parts = Vec::new();
    for one in said {
        let ordered = line(lines, one.line_number)?;
        check_sum(one, ordered)?;
        for part in &one.parts {
            not_too_fine(ordered, part.quantity)?;
        }
        // Nothing of a line says nothing about it.
        parts.extend(one.parts.iter().filter(|part| !part.quantity.is_zero()).cloned());
    }
    let silent = |line: &&OrderLine| said.iter().all(|one| one.line_number != line.line_number);
    let default = match kind {
        ConfirmationKind::Accept | ConfirmationKind::Except => Some(PartKind::Accept),
        ConfirmationKind::Reject => Some(PartKind::Reject),
        ConfirmationKind::Backordered => Some(PartKind::Backordered),
        ConfirmationKind::AllDetail | ConfirmationKind::Detail => None,
    };
    if let Some(kind) = default {
        parts.extend(lines.iter().filter(silent).map(|line| whole(line, kind)));
    }
    if parts.is_empty() {
        return Err(Refusal::invalid("empty-confirmation", "The confirmation names no line.")
            .field("ConfirmationItem")
            .expected("at least one line with its status")
            .mend("Name the lines, or confirm the whole order with type accept."));
    }
    Ok(parts)
}

fn whole(line: &OrderLine, kind: PartKind) -> Part {
    Part {
        line_number: line.line_number,
        kind,
        quantity: line.ordered(),
        price: None,
        delivery_on: None,
        comment: String::new(),
    }
}

fn check_sum(one: &SaidLine, ordered: &OrderLine) -> Result<(), Refusal> {
    let sum: Decimal = one.parts.iter().map(|part| part.quantity).sum();
    if sum != one.stated {
        let message = format!("The parts of {} do not add up.", ordered.label());
        return Err(Refusal::invalid("quantities-do-not-add-up", message)
            .field(format!("lines[{}].quantity", one.line_number))
            .got(format!("parts of {}", decimal::canonical(sum)))
            .expected(decimal::canonical(one.stated))
            .mend("Let the quantities of a line's statuses add up to the line's quantity."));
    }
    if sum > ordered.ordered() {
        return Err(over_quantity(ordered, "confirmed", sum, ordered.ordered()));
    }
    Ok(())
}

/// Counts the lines' standing anew from every confirmation that holds, oldest first.
pub fn count<'c>(
    lines: &mut [OrderLine],
    said: impl IntoIterator<Item = &'c [Part]>,
) -> Result<(), Refusal> {
    for line in lines.iter_mut() {
        line.progress.confirmed = Decimal::ZERO;
        line.progress.backordered = Decimal::ZERO;
        line.progress.rejected = Decimal::ZERO;
    }
    for parts in said {
        for line in lines.iter_mut() {
            add(line, parts)?;
        }
    }
    Ok(())
}

fn add(line: &mut OrderLine, parts: &[Part]) -> Result<(), Refusal> {
    let of = |kind: PartKind| -> Decimal {
        let own = parts.iter().filter(|part| part.line_number == line.line_number);
        own.filter(|part| part.kind == kind).map(|part| part.quantity).sum()
    };
    let (accepted, later, turned_down) =
        (of(PartKind::Accept), of(PartKind::Backordered), of(PartKind::Reject));
    let ordered = line.ordered();
    let progress = &mut line.progress;
    if accepted + later + turned_down == ordered {
        (progress.confirmed, progress.backordered, progress.rejected) =
            (accepted, later, turned_down);
        return Ok(());
    }
    progress.confirmed += accepted;
    progress.rejected += turned_down;
    let settled = progress.confirmed + progress.rejected;
    if settled + later > ordered {
        return Err(over_quantity(line, "confirmed", settled + later, ordered));
    }
    progress.backordered = (progress.backordered + later).min(ordered - settled);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::tests::pens;

    fn part(line_number: i64, kind: PartKind, quantity: i64) -> Part {
        let quantity = quantity.into();
        Part { line_number, kind, quantity, price: None, delivery_on: None, comment: String::new() }
    }

    fn standing(line: &OrderLine) -> [i64; 3] {
        let progress = line.progress;
        [progress.confirmed, progress.backordered, progress.rejected]
            .map(|value| i64::try_from(value).unwrap())
    }

    use PartKind::{Accept, Backordered, Reject};

    #[test]
    fn a_price_is_compared_by_the_unit_and_in_its_currency() {
        let lines = [pens(1, 10)];
        let ordered = lines[0].goods.price;
        let other = |amount: Decimal, currency: &str, per: Option<i64>| {
            let currency = Some(currency.parse().unwrap());
            let per = per.map(|per| Quantity::new(per.into()).unwrap());
            let mut said = part(1, Accept, 10);
            said.price = Some(AskedPrice { amount, currency, per });
            said.other_price(&lines).is_some()
        };
        let (own, hundred) = (ordered.currency.code(), Decimal::ONE_HUNDRED);
        assert!(!other(ordered.amount, own, None) && !other(ordered.amount, own, Some(1)));
        assert!(!other(ordered.amount * hundred, own, Some(100)));
        assert!(other(ordered.amount, own, Some(100)));
        assert!(other(ordered.amount, "JPY", None));
        assert!(other(ordered.amount + Decimal::ONE, own, None));
    }

    #[test]
    fn a_header_speaks_for_the_lines_that_are_not_named() {
        let lines = [pens(1, 10), pens(2, 5)];
        let said = |line_number, parts: Vec<Part>| SaidLine {
            line_number,
            stated: parts.iter().map(|part| part.quantity).sum(),
            parts,
        };
        let all = parts_of(ConfirmationKind::Accept, &[], &lines).unwrap();
        assert_eq!(all, [part(1, Accept, 10), part(2, Accept, 5)]);
        let one = said(1, vec![part(1, Reject, 10)]);
        let but = parts_of(ConfirmationKind::Except, std::slice::from_ref(&one), &lines).unwrap();
        assert_eq!(but, [part(1, Reject, 10), part(2, Accept, 5)]);
        let only = parts_of(ConfirmationKind::Detail, &[one], &lines).unwrap();
        assert_eq!(only, [part(1, Reject, 10)]);
        let nothing = said(1, vec![part(1, Accept, 0)]);
        let nothing = parts_of(ConfirmationKind::Detail, &[nothing], &lines).unwrap_err();
        assert_eq!(nothing.code, "empty-confirmation");
        let none = parts_of(ConfirmationKind::Detail, &[], &lines).unwrap_err();
        assert_eq!(none.code, "empty-confirmation");
        let alien = said(3, vec![part(3, Accept, 1)]);
        let refusal = parts_of(ConfirmationKind::Detail, &[alien], &lines).unwrap_err();
        assert_eq!(refusal.code, "unknown-line");
    }

    #[test]
    fn parts_add_up_to_what_the_line_says_and_never_beyond_what_was_ordered() {
        let lines = [pens(1, 10)];
        let said = |stated: i64, parts: Vec<Part>| SaidLine {
            line_number: 1,
            stated: stated.into(),
            parts,
        };
        let two = vec![part(1, Accept, 6), part(1, Backordered, 3)];
        let refusal =
            parts_of(ConfirmationKind::Detail, &[said(10, two.clone())], &lines).unwrap_err();
        assert_eq!(refusal.code, "quantities-do-not-add-up");
        assert!(parts_of(ConfirmationKind::Detail, &[said(9, two)], &lines).is_ok());
        let much = said(11, vec![part(1, Accept, 11)]);
        let refusal = parts_of(ConfirmationKind::Detail, &[much], &lines).unwrap_err();
        assert_eq!(refusal.code, "over-quantity");
    }

    #[test]
    fn parts_add_up_and_whole_lines_replace() {
        let mut lines = [pens(1, 10)];
        let first = [part(1, Accept, 6), part(1, Backordered, 4)];
        let more = [part(1, Accept, 3)];
        count(&mut lines, [&first[..]]).unwrap();
        assert_eq!(standing(&lines[0]), [6, 4, 0]);
        count(&mut lines, [&first[..], &more]).unwrap();
        assert_eq!(standing(&lines[0]), [9, 1, 0], "backordered pens come after all");
        let anew = [part(1, Accept, 5), part(1, Reject, 5)];
        count(&mut lines, [&first[..], &more, &anew]).unwrap();
        assert_eq!(standing(&lines[0]), [5, 0, 5]);
        let refusal = count(&mut lines, [&first[..], &more, &more]).unwrap_err();
        assert_eq!(refusal.code, "over-quantity");
    }
}

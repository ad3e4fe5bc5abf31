//! An ordered line against the line of the cart that was returned for it.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::base::{decimal, id::CartLineId, money::UnitPrice, quantity::Quantity};

use super::{
    cart::{CartLine, Goods},
    requisition::Flag,
};

/// How much an order has asked of each returned line so far: a line that was returned once is not
/// bought twice by being named twice.
#[derive(Debug, Clone, Default)]
pub struct Drawn(HashMap<CartLineId, Decimal>);

impl Drawn {
    pub fn add(&mut self, line: CartLineId, quantity: Decimal) {
        *self.0.entry(line).or_default() += quantity;
    }

    pub fn of(&self, line: CartLineId) -> Decimal {
        self.0.get(&line).copied().unwrap_or_default()
    }
}

/// Of several returned lines of one number the one with this auxiliary id, else with this quantity,
/// else the one that fits best; one of which something is left goes before one that is used up.
pub fn closest<'l>(
    lines: &'l [CartLine],
    drawn: &Drawn,
    (auxiliary, quantity): (&str, Quantity),
) -> Option<&'l CartLine> {
    let named = |line: &&CartLine| {
        !auxiliary.is_empty()
            && (line.id.to_string() == auxiliary || line.goods.aux_id == auxiliary)
    };
    let left = |line: &&CartLine| drawn.of(line.id) < line.goods.quantity.value();
    let whole = |line: &&CartLine| line.goods.quantity == quantity && drawn.of(line.id).is_zero();
    let by_name = || lines.iter().filter(named);
    by_name()
        .find(left)
        .or_else(|| by_name().next())
        .or_else(|| lines.iter().find(whole))
        .or_else(|| lines.iter().find(left))
        .or_else(|| lines.first())
}

/// A line as the procurement system ordered it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordered {
    /// From 1.
    pub line: u32,
    /// Of the returned line, with what was ordered of it before.
    pub in_all: Decimal,
    pub price: UnitPrice,
}

/// Where the ordered line differs from the returned one by more than `tolerance` percent of the
/// price. A quantity may only be smaller: more was never offered at this price.
pub fn compare(ordered: Ordered, returned: &Goods, tolerance: Decimal) -> Vec<Flag> {
    let mut flags = Vec::new();
    let mut flag = |field: &str, expected: String, got: String, tolerance: String| {
        let field = field.to_owned();
        flags.push(Flag { line: ordered.line, field, expected, got, tolerance });
    };
    if ordered.price.currency != returned.price.currency {
        let (expected, got) = (returned.price.currency, ordered.price.currency);
        flag("currency", expected.to_string(), got.to_string(), "0".to_owned());
    } else if !within(ordered.price, returned.price, tolerance) {
        let tolerance = format!("{} %", decimal::canonical(tolerance));
        flag("price", price_text(returned.price), price_text(ordered.price), tolerance);
    }
    if ordered.in_all > returned.quantity.value() {
        let (expected, got) = (returned.quantity.to_string(), decimal::canonical(ordered.in_all));
        flag("quantity", expected, got, "0".to_owned());
    }
    flags
}

/// Prices are compared crosswise, so that no division rounds: `12 per 100` against `0.12 per 1`.
/// What is too large to be compared exactly is a difference.
fn within(ordered: UnitPrice, returned: UnitPrice, tolerance: Decimal) -> bool {
    let crosswise = || {
        let got = ordered.amount.checked_mul(returned.per.value())?;
        let expected = returned.amount.checked_mul(ordered.per.value())?;
        let allowed = expected.checked_mul(tolerance)?;
        let off = got.checked_sub(expected)?.abs().checked_mul(Decimal::ONE_HUNDRED)?;
        Some(off <= allowed)
    };
    crosswise().unwrap_or(false)
}

fn price_text(price: UnitPrice) -> String {
    let amount = decimal::canonical(price.amount);
    match price.per == Quantity::ONE {
        true => format!("{amount} {}", price.currency),
        false => format!("{amount} {} per {}", price.currency, price.per),
    }
}

#[cfg(test)]
mod tests {
    use crate::base::money::{Currency, Money};

    use super::*;

    fn price(amount: &str, per: &str) -> UnitPrice {
        let amount = decimal::parse(amount).unwrap();
        UnitPrice::new(amount, Currency::EUR, Quantity::parse(per).unwrap())
    }

    fn returned(amount: &str, per: &str) -> Goods {
        Goods {
            item: None,
            supplier: crate::base::id::SupplierId::from_bits(1),
            sku: "A".to_owned(),
            aux_id: String::new(),
            description: "A".to_owned(),
            quantity: Quantity::parse("10").unwrap(),
            unit: "EA".to_owned(),
            price: price(amount, per),
            total: Money::zero(Currency::EUR),
            unspsc: String::new(),
            manufacturer: String::new(),
            manufacturer_sku: String::new(),
            lead_time_days: None,
        }
    }

    fn fields(amount: &str, per: &str, quantity: &str, tolerance: &str) -> Vec<String> {
        let in_all = decimal::parse(quantity).unwrap();
        let ordered = Ordered { line: 1, in_all, price: price(amount, per) };
        let tolerance = decimal::parse(tolerance).unwrap();
        let flags = compare(ordered, &returned("12", "100"), tolerance);
        flags.into_iter().map(|flag| flag.field).collect()
    }

    #[test]
    fn the_same_price_in_another_basis_is_the_same() {
        assert!(fields("0.12", "1", "10", "0").is_empty());
        assert_eq!(fields("0.1200001", "1", "10", "0"), ["price"]);
        assert_eq!(fields("11.99", "100", "10", "0"), ["price"]);
    }

    #[test]
    fn the_edge_of_the_tolerance_is_within_it() {
        assert!(fields("12.24", "100", "10", "2").is_empty());
        assert_eq!(fields("12.25", "100", "10", "2"), ["price"]);
    }

    #[test]
    fn more_than_was_returned_is_flagged_and_less_is_not() {
        assert!(fields("12", "100", "9", "0").is_empty());
        assert_eq!(fields("12", "100", "11", "0"), ["quantity"]);
    }

    #[test]
    fn what_is_named_twice_is_taken_twice() {
        let line = |id: u128, quantity: &str, aux_id: &str| CartLine {
            id: CartLineId::from_bits(id),
            position: 1,
            goods: Goods {
                quantity: Quantity::parse(quantity).unwrap(),
                aux_id: aux_id.to_owned(),
                ..returned("12", "100")
            },
        };
        let lines = [line(1, "3", ""), line(2, "5", "key"), line(3, "3", "")];
        let three = Quantity::parse("3").unwrap();
        let mut drawn = Drawn::default();
        let mut take = |auxiliary: &str| {
            let found = closest(&lines, &drawn, (auxiliary, three)).unwrap();
            drawn.add(found.id, three.value());
            let ordered =
                Ordered { line: 1, in_all: drawn.of(found.id), price: price("12", "100") };
            (found.id, compare(ordered, &found.goods, Decimal::ZERO).len())
        };
        let id = CartLineId::from_bits;
        assert_eq!(take(""), (id(1), 0));
        assert_eq!(take(""), (id(3), 0), "the other of the same number and quantity");
        assert_eq!(take("key"), (id(2), 0));
        assert_eq!(take("key"), (id(2), 1), "six of five");
        assert_eq!(take(""), (id(1), 1), "six of three");
    }
}

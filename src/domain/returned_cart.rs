//! An ordered line against the line of the cart that was returned for it.

use rust_decimal::Decimal;

use crate::base::{decimal, money::UnitPrice, quantity::Quantity};

use super::{cart::Goods, requisition::Flag};

/// A line as the procurement system ordered it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordered {
    /// From 1.
    pub line: u32,
    pub quantity: Quantity,
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
    if ordered.quantity > returned.quantity {
        let (expected, got) = (returned.quantity.to_string(), ordered.quantity.to_string());
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
        let quantity = Quantity::parse(quantity).unwrap();
        let ordered = Ordered { line: 1, quantity, price: price(amount, per) };
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
}

//! How much of something: a positive exact number. Its unit stands beside it as a code.

use std::fmt;

use rust_decimal::Decimal;

use super::decimal::{self, NotDecimal};

/// A number above zero with at most 13 digits before and 8 after the point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quantity(Decimal);

/// Why a text is not a quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotQuantity {
    #[error(transparent)]
    Number(#[from] NotDecimal),
    #[error("expected a quantity above zero, got \"{0}\"")]
    NotPositive(String),
}

impl Quantity {
    pub const ONE: Self = Self(Decimal::ONE);

    /// Reads a strict decimal above zero.
    pub fn parse(text: &str) -> Result<Self, NotQuantity> {
        Self::new(decimal::parse(text)?)
    }

    /// The quantity of this value, when it is above zero.
    pub fn new(value: Decimal) -> Result<Self, NotQuantity> {
        if value > Decimal::ZERO {
            Ok(Self(value))
        } else {
            Err(NotQuantity::NotPositive(decimal::canonical(value)))
        }
    }

    pub const fn value(self) -> Decimal {
        self.0
    }

    /// The sum, or `None` when it is too large to be exact.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
}

impl fmt::Display for Quantity {
    /// Canonical text: `1000`, `2.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal::canonical(self.0))
    }
}
impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_less_are_refused() {
        assert!(Quantity::parse("0").is_err());
        assert!(Quantity::parse("0.000").is_err());
        assert!(Quantity::parse("-1").is_err());
        assert_eq!(Quantity::parse("2.50").map(|q| q.to_string()), Ok("2.5".to_owned()));
    }
}

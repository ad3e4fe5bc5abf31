//! Money: an exact amount in one currency; and unit prices with their price basis.
//!
//! Totals, limits and budgets are whole minor units (cents) in an `i64`; unit prices are exact
//! decimals. A line is rounded once, to the currency's minor unit. Different currencies do not add.

use std::{borrow::Cow, fmt, str::FromStr};

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{decimal, quantity::Quantity};

/// A currency of ISO 4217 that has a minor unit (so not gold or test codes).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(&'static str);

impl Currency {
    pub const EUR: Self = Self("EUR");
    pub const USD: Self = Self("USD");

    /// The three-letter code.
    pub const fn code(self) -> &'static str {
        self.0
    }

    /// Decimal places of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn exponent(&self) -> u32 {
        iso_currency::Currency::from_code(self.code())
            .and_then(|currency| currency.exponent())
            .map_or(2, u32::from)
    }
}

impl FromStr for Currency {
    type Err = MoneyFault;

    /// Reads a three-letter code in upper case.
    fn from_str(text: &str) -> Result<Self, MoneyFault> {
        let fault = || MoneyFault::Currency(super::text::shorten(text, 12));
        let known = iso_currency::Currency::from_code(text).ok_or_else(fault)?;
        known.exponent().ok_or_else(fault)?;
        Ok(Self(known.code()))
    }
}
impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        // The two that most rows hold are not looked up in the whole list.
        match &*text {
            "EUR" => Ok(Self::EUR),
            "USD" => Ok(Self::USD),
            other => other.parse().map_err(D::Error::custom),
        }
    }
}

/// What can go wrong with money; each message says what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyFault {
    #[error("expected a currency code of ISO 4217 such as EUR, got \"{0}\"")]
    Currency(String),
    #[error("expected one currency, got {0} and {1}")]
    Mixed(Currency, Currency),
    #[error("the amount is too large to be kept exactly")]
    Overflow,
    #[error("{currency} has {exponent} decimal places, got \"{got}\"")]
    TooFine { currency: Currency, exponent: u32, got: String },
    #[error(transparent)]
    Number(#[from] decimal::NotDecimal),
}

/// An amount of whole minor units in one currency: 12.50 EUR is 1250.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    pub const fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Reads an amount that the currency can hold exactly; `12.505` EUR is refused.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, MoneyFault> {
        Self::exact(decimal::parse_signed(amount)?, currency)
    }

    /// The amount, which must have no more places than the currency.
    pub fn exact(amount: Decimal, currency: Currency) -> Result<Self, MoneyFault> {
        let money = Self::rounded(amount, currency)?;
        if money.amount() == amount {
            return Ok(money);
        }
        let got = decimal::canonical(amount);
        Err(MoneyFault::TooFine { currency, exponent: currency.exponent(), got })
    }

    /// The amount, rounded half away from zero to the minor unit.
    pub fn rounded(amount: Decimal, currency: Currency) -> Result<Self, MoneyFault> {
        let scale = Decimal::from(10_i64.pow(currency.exponent()));
        let minor = decimal::round(amount, currency.exponent())
            .checked_mul(scale)
            .and_then(|minor| minor.to_i64())
            .ok_or(MoneyFault::Overflow)?;
        Ok(Self { minor, currency })
    }

    /// Whole minor units, as stored.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The amount as a decimal with the currency's places.
    pub fn amount(self) -> Decimal {
        Decimal::new(self.minor, self.currency.exponent())
    }

    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    pub fn checked_add(self, other: Self) -> Result<Self, MoneyFault> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyFault::Overflow)?;
        Ok(Self { minor, ..self })
    }

    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyFault> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyFault::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The sum of amounts of one currency; zero of `currency` when there are none.
    pub fn sum(
        amounts: impl IntoIterator<Item = Self>,
        currency: Currency,
    ) -> Result<Self, MoneyFault> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    /// Compares amounts of one currency; different currencies have no order.
    pub fn compare(self, other: Self) -> Result<std::cmp::Ordering, MoneyFault> {
        self.same_currency(other)?;
        Ok(self.minor.cmp(&other.minor))
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyFault> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyFault::Mixed(self.currency, other.currency))
        }
    }

    /// The amount alone, with the currency's places: `12.50`.
    pub fn amount_text(self) -> String {
        self.amount().to_string()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}
impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Kept as minor units and currency, `[1250,"EUR"]`: exact whatever the currency's places are.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.minor, self.currency).serialize(serializer)
    }
}
impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (minor, currency) = Deserialize::deserialize(deserializer)?;
        Ok(Self { minor, currency })
    }
}

/// The price of `per` units: cXML UnitPrice with PriceBasisQuantity, OCI PRICE with PRICEUNIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UnitPrice {
    /// The exact price of `per` units, at most 8 places.
    pub amount: Decimal,
    pub currency: Currency,
    /// How many units the amount is for; 1 in most catalogues, 100 or 1000 for screws.
    pub per: Quantity,
}

impl UnitPrice {
    pub fn new(amount: Decimal, currency: Currency, per: Quantity) -> Self {
        Self { amount, currency, per }
    }

    /// `quantity` of the thing at this price, rounded once to the minor unit.
    pub fn times(self, quantity: Quantity) -> Result<Money, MoneyFault> {
        let total = self
            .amount
            .checked_mul(quantity.value())
            .and_then(|product| product.checked_div(self.per.value()))
            .ok_or(MoneyFault::Overflow)?;
        Money::rounded(total, self.currency)
    }

    /// Whether one unit costs the same, in the same currency. What is too large to be compared is
    /// not the same.
    pub fn is_worth(self, other: Self) -> bool {
        let own = self.amount.checked_mul(other.per.value());
        let others = other.amount.checked_mul(self.per.value());
        self.currency == other.currency && own.is_some() && own == others
    }

    /// The price of one unit when that is exact in `places` decimals.
    pub fn of_one(self, places: u32) -> Option<Decimal> {
        let one = self.amount.checked_div(self.per.value())?;
        (decimal::round(one, places) == one).then_some(one)
    }
}

/// The amount in parts as large as the weights say, by their size without their sign; what
/// rounding leaves goes to the heaviest, so that the parts add up to the amount. Without any weight
/// the first one bears it all.
pub fn spread(amount: Money, weights: &[i64]) -> Vec<Money> {
    let sum: i128 = weights.iter().map(|weight| i128::from(weight.unsigned_abs())).sum();
    let part = |weight: &i64| {
        let share = i128::from(amount.minor) * i128::from(weight.unsigned_abs());
        let share = share.checked_div(sum).unwrap_or_default();
        // No larger than the amount itself.
        i64::try_from(share).unwrap_or_default()
    };
    let mut parts: Vec<i64> = weights.iter().map(part).collect();
    let rest = amount.minor - parts.iter().sum::<i64>();
    let heaviest = weights.iter().map(|weight| weight.unsigned_abs()).max();
    let at = weights.iter().position(|weight| Some(weight.unsigned_abs()) == heaviest);
    if let Some(part) = at.and_then(|at| parts.get_mut(at)) {
        *part += rest;
    }
    parts.into_iter().map(|minor| Money::from_minor(minor, amount.currency)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(amount: &str, per: &str) -> UnitPrice {
        let amount = decimal::parse(amount).unwrap();
        UnitPrice::new(amount, Currency::EUR, Quantity::parse(per).unwrap())
    }

    #[test]
    fn parts_add_up_to_the_amount_whatever_the_weights() {
        let minors = |amount, weights: &[i64]| -> Vec<i64> {
            let parts = spread(Money::from_minor(amount, Currency::EUR), weights);
            parts.into_iter().map(Money::minor).collect()
        };
        assert_eq!(minors(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(minors(-100, &[-3, 1]), [-75, -25]);
        assert_eq!(minors(7, &[0, 0]), [7, 0]);
        assert!(minors(7, &[]).is_empty());
    }

    #[test]
    fn a_line_is_rounded_once() {
        let bolts = price("0.035", "1").times(Quantity::parse("1000").unwrap());
        assert_eq!(bolts.map(|m| m.to_string()), Ok("35.00 EUR".to_owned()));
        let thirds = price("10", "3").times(Quantity::parse("1").unwrap());
        assert_eq!(thirds.map(Money::minor), Ok(333));
    }

    #[test]
    fn currencies_keep_their_places_and_never_mix() {
        let dinar: Currency = "KWD".parse().unwrap();
        assert_eq!(Money::parse("9.999", dinar).map(Money::minor), Ok(9_999));
        assert!(Money::parse("9.999", Currency::EUR).is_err());
        let euro = Money::from_minor(1, Currency::EUR);
        assert!(euro.checked_add(Money::from_minor(1, dinar)).is_err());
        assert!("XAU".parse::<Currency>().is_err());
        assert!("eur".parse::<Currency>().is_err());
    }

    #[test]
    fn overflow_is_refused() {
        let most = Money::from_minor(i64::MAX, Currency::EUR);
        assert_eq!(
            most.checked_add(Money::from_minor(1, Currency::EUR)),
            Err(MoneyFault::Overflow)
        );
        let dear = price("9999999999999", "0.00000001");
        assert!(dear.times(Quantity::parse("9999999").unwrap()).is_err());
    }
}

//! Exact decimals: our own strict lexer in front of `rust_decimal`.
//!
//! `Decimal::from_str` accepts `1E2`, `1_000` and rounds what does not fit; a price must never be
//! read that way (security.md finding 3). Only digits with one point pass.

use rust_decimal::{Decimal, RoundingStrategy};

/// Digits before the point that are accepted: 9,999,999,999,999.
pub const MAX_WHOLE_DIGITS: usize = 13;
/// Digits after the point that are accepted: cXML unit prices carry 4 to 6, rates up to 8.
pub const MAX_FRACTION_DIGITS: usize = 8;

/// Why a text is not a decimal; `Display` names what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected digits with at most one point, such as 12.50 \
     (up to 13 digits before and 8 after), got \"{0}\""
)]
pub struct NotDecimal(pub String);

/// Reads `[0-9]{1,13}(\.[0-9]{1,8})?`: no sign, no exponent, no blanks, no separators.
pub fn parse(text: &str) -> Result<Decimal, NotDecimal> {
    let fault = || NotDecimal(super::text::shorten(text, 40));
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let digits = |part: &str, most: usize| {
        !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit())
    };
    if !digits(whole, MAX_WHOLE_DIGITS)
        || !fraction.is_none_or(|part| digits(part, MAX_FRACTION_DIGITS))
    {
        return Err(fault());
    }
    Decimal::from_str_exact(text).map_err(|_| fault())
}

/// As [`parse`], with one leading minus allowed (credit memos, price differences).
pub fn parse_signed(text: &str) -> Result<Decimal, NotDecimal> {
    match text.strip_prefix('-') {
        Some(rest) => parse(rest).map(|value| -value),
        None => parse(text),
    }
}

/// Reads a number from a partner's document: as [`parse_signed`], but outer white space and a
/// missing whole part (`.34`, as Coupa writes) are forgiven.
pub fn parse_wire(text: &str) -> Result<Decimal, NotDecimal> {
    let text = text.trim();
    match text.strip_prefix('.') {
        Some(fraction) => parse(&format!("0.{fraction}")),
        None => parse_signed(text),
    }
}

/// Whether [`parse`] would take its canonical text: what does not fit must not become a row.
pub fn fits(value: Decimal) -> bool {
    value.normalize().scale() as usize <= MAX_FRACTION_DIGITS
        && value.abs() < Decimal::from(10_i64.pow(MAX_WHOLE_DIGITS as u32))
}

/// The canonical text: no trailing zeros, no exponent. Equal values give equal texts.
pub fn canonical(value: Decimal) -> String {
    value.normalize().to_string()
}

/// Rounds half away from zero, as SAP and EN 16931 do. The only rounding rule of the house.
pub fn round(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_digits_pass() {
        for bad in [
            "",
            "1E2",
            "1_000",
            "+10",
            "10.",
            ".5",
            " 1",
            "1,5",
            "-1",
            "1.2.3",
            "12345678901234",
            "1.123456789",
            "٣",
        ] {
            assert!(parse(bad).is_err(), "{bad:?} must be refused");
        }
        assert_eq!(parse("0.035").map(canonical), Ok("0.035".to_owned()));
        assert_eq!(parse("1200.00").map(canonical), Ok("1200".to_owned()));
    }

    #[test]
    fn halves_go_away_from_zero() {
        let round_text = |text: &str| canonical(round(Decimal::from_str_exact(text).unwrap(), 2));
        assert_eq!(round_text("0.125"), "0.13");
        assert_eq!(round_text("-0.125"), "-0.13");
        assert_eq!(round_text("0.1249"), "0.12");
    }

    #[test]
    fn wire_numbers_may_lack_the_whole_part() {
        assert_eq!(parse_wire(" .34 ").map(canonical), Ok("0.34".to_owned()));
        assert_eq!(parse_wire("-3.0").map(canonical), Ok("-3".to_owned()));
        assert!(parse_wire("1e3").is_err());
    }
}

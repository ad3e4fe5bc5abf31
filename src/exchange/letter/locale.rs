//! Amounts, days and times as the reader writes them.

use crate::base::{
    money::Money,
    time::{Day, Time},
};
use crate::domain::notice::Language;

/// `1,200.00 EUR`, `1.200,00 EUR`, `1 200,00 EUR`: the places of the currency, its code behind.
pub fn amount(money: Money, language: Language) -> String {
    format!("{} {}", number(&money.amount_text(), language), money.currency())
}

/// A decimal text with the language's separators.
pub(super) fn number(text: &str, language: Language) -> String {
    // A blank that does not break, so that an amount never ends a line half-way.
    let (group, point) = match language {
        Language::English => (',', '.'),
        Language::German => ('.', ','),
        Language::French => ('\u{A0}', ','),
    };
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = sign.to_owned();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.push(group);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

/// `23 November 2026`, `23. November 2026`, `23 novembre 2026`.
pub fn day(on: Day, language: Language) -> String {
    let month = usize::try_from(on.month() - 1).unwrap_or_default();
    let name = months(language).get(month).copied().unwrap_or_default();
    match language {
        Language::German => format!("{}. {name} {}", on.day(), on.year()),
        Language::French if on.day() == 1 => format!("1er {name} {}", on.year()),
        _ => format!("{} {name} {}", on.day(), on.year()),
    }
}

/// A day and a time of day in the reader's zone, the zone named: `23 November 2026, 10:00 CET`.
pub fn moment(at: Time, zone: &str, language: Language) -> String {
    let there = at.zoned(zone);
    format!("{}, {}", day(there.date(), language), there.strftime("%H:%M %Z"))
}

const fn months(language: Language) -> [&'static str; 12] {
    match language {
        Language::English => [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        Language::German => [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        Language::French => [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{money::Currency, time::parse_day};

    #[test]
    fn amounts_are_grouped_as_the_language_does() {
        let euro = |minor| Money::from_minor(minor, Currency::EUR);
        assert_eq!(amount(euro(120_000), Language::English), "1,200.00 EUR");
        assert_eq!(amount(euro(-123_456_789), Language::German), "-1.234.567,89 EUR");
        assert_eq!(amount(euro(100_000_000), Language::French), "1\u{A0}000\u{A0}000,00 EUR");
        assert_eq!(amount(euro(99_999), Language::English), "999.99 EUR");
        let yen = Money::from_minor(1_000, "JPY".parse().unwrap());
        assert_eq!(amount(yen, Language::English), "1,000 JPY");
    }

    #[test]
    fn days_and_times_are_named() {
        let first = parse_day("2026-03-01").unwrap();
        assert_eq!(day(first, Language::English), "1 March 2026");
        assert_eq!(day(first, Language::German), "1. März 2026");
        assert_eq!(day(first, Language::French), "1er mars 2026");
        let at: Time = "2026-11-23T09:00:00Z".parse().unwrap();
        assert_eq!(moment(at, "Europe/Berlin", Language::English), "23 November 2026, 10:00 CET");
        assert_eq!(moment(at, "nowhere", Language::French), "23 novembre 2026, 09:00 UTC");
    }
}

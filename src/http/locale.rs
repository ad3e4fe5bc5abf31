//! How numbers, amounts and times are written for one reader.
//!
//! Pure: the language comes from the person's setting or from `Accept-Language`, the time zone from
//! the person or the organisation. The words of the pages are English in every locale; only figures
//! and dates change. Forms carry canonical text; [`Locale::typed`] keeps a figure that was copied
//! from a page from being taken for another.

use rust_decimal::Decimal;

use crate::{
    base::{
        decimal,
        money::{Money, UnitPrice},
        quantity::Quantity,
        text::shorten,
        time::{DAY_MS, Day, HOUR_MS, MINUTE_MS, Time},
    },
    domain::refusal::Refusal,
};

/// Whose habits of writing figures and dates are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tongue {
    /// `1,234.50 EUR`, `21 Nov 2026`.
    #[default]
    En,
    /// `1.234,50 EUR`, `21.11.2026`.
    De,
    /// `1 234,50 EUR` with a narrow blank that does not break, `21/11/2026`.
    Fr,
}

impl Tongue {
    /// The tongue of a language tag such as `de-AT`, when it is one of ours.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.trim().split(['-', '_']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "de" => Some(Self::De),
            "fr" => Some(Self::Fr),
            _ => None,
        }
    }

    /// The first of ours in an `Accept-Language` header, by weight and then by place.
    pub fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for entry in header.split(',').take(20) {
            let (tag, rest) = entry.split_once(';').unwrap_or((entry, ""));
            let weight = thousandths(rest.trim().strip_prefix("q=").unwrap_or("1"));
            if let Some(tongue) = Self::of_tag(tag)
                && weight > best.map_or(0, |(most, _)| most)
            {
                best = Some((weight, tongue));
            }
        }
        best.map(|(_, tongue)| tongue)
    }

    const fn marks(self) -> (char, char) {
        match self {
            Self::En => (',', '.'),
            Self::De => ('.', ','),
            Self::Fr => ('\u{202F}', ','),
        }
    }
}

/// Whether these marks part the text into thousands.
fn is_grouped(text: &str, between: &[char]) -> bool {
    let is_part = |part: &str, most: usize| {
        part.len() <= most && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut parts = text.split(between);
    // Nobody writes a thousand with a nought in front: `0.035` is a fraction in every tongue.
    let first = parts.next().is_some_and(|part| is_part(part, 3) && !part.starts_with('0'));
    let rest: Vec<&str> = parts.collect();
    first && !rest.is_empty() && rest.iter().all(|part| part.len() == 3 && is_part(part, 3))
}

/// A weight such as `0.8` in thousandths; anything else weighs nothing.
fn thousandths(weight: &str) -> u16 {
    decimal::parse(weight)
        .ok()
        .and_then(|weight| weight.checked_mul(Decimal::ONE_THOUSAND))
        .and_then(|weight| u16::try_from(weight.trunc().mantissa()).ok())
        .map_or(0, |weight| weight.min(1_000))
}

/// A reader: tongue and time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    pub tongue: Tongue,
    /// Of the IANA database, such as `Europe/Berlin`; UTC when unknown.
    pub zone: String,
}

impl Default for Locale {
    fn default() -> Self {
        Self { tongue: Tongue::En, zone: "UTC".to_owned() }
    }
}

impl Locale {
    /// The person's own setting first, then the browser's header, then English.
    pub fn choose(setting: Option<&str>, accept_language: Option<&str>, zone: &str) -> Self {
        let tongue = setting
            .and_then(Tongue::of_tag)
            .or_else(|| accept_language.and_then(Tongue::accepted))
            .unwrap_or_default();
        Self { tongue, zone: zone.to_owned() }
    }

    /// `1,234.50 EUR`: with the currency's own places and its ISO code.
    pub fn money(&self, money: Money) -> String {
        format!("{} {}", self.number(&money.amount_text()), money.currency())
    }

    /// The amount without its currency, for a column whose head names it.
    pub fn amount(&self, money: Money) -> String {
        self.number(&money.amount_text())
    }

    /// A count of things: `1,000`, `2.5`.
    pub fn quantity(&self, quantity: Quantity) -> String {
        self.number(&quantity.to_string())
    }

    /// `0.035 EUR`, or `3.50 EUR per 100`: at least the currency's places, never fewer than it has.
    pub fn unit_price(&self, price: UnitPrice) -> String {
        let mut text = decimal::canonical(price.amount);
        let places = price.currency.exponent() as usize;
        let have = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        if have == 0 && places > 0 {
            text.push('.');
        }
        text.extend(std::iter::repeat_n('0', places.saturating_sub(have)));
        let amount = format!("{} {}", self.number(&text), price.currency);
        if price.per == Quantity::ONE {
            return amount;
        }
        format!("{amount} per {}", self.quantity(price.per))
    }

    /// What was typed as canonical text. A decimal comma is taken from whom it is written for; what
    /// this reader would read as thousands, `1.000`, and the canonical form as one is refused.
    pub fn typed(&self, text: &str) -> Result<String, Refusal> {
        let text = text.trim();
        let (_, point) = self.tongue.marks();
        let between: &[char] =
            if point == ',' { &['.', ' ', '\u{A0}', '\u{202F}'] } else { &[','] };
        if is_grouped(text, between) {
            return Err(Refusal::invalid("two-readings", "This number can be read in two ways.")
                .got(shorten(text, 40))
                .expected(format!("1000 for a thousand, 1{point}5 for one and a half"))
                .mend("Write thousands without a mark between them."));
        }
        match text.split_once(',') {
            Some((whole, part)) if point == ',' && !whole.contains('.') => {
                Ok(format!("{whole}.{part}"))
            }
            _ => Ok(text.to_owned()),
        }
    }

    /// What was typed into a field that had `stands` in it, as canonical text. Pages write
    /// canonical text, so what was left untouched is taken as it is.
    pub fn figure(&self, field: &str, text: &str, stands: &str) -> Result<String, Refusal> {
        match text.trim() {
            text if text == stands => Ok(text.to_owned()),
            text => self.typed(text).map_err(|refusal| refusal.field(field)),
        }
    }

    /// Canonical decimal text with this reader's marks: thousands in groups, decimal mark.
    pub fn number(&self, canonical: &str) -> String {
        let (sign, digits) = match canonical.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", canonical),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let (group, point) = self.tongue.marks();
        let mut text = String::from(sign);
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.push(group);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push(point);
            text.push_str(fraction);
        }
        text
    }

    /// `21 Nov 2026`.
    pub fn day(&self, day: Day) -> String {
        let shape = match self.tongue {
            Tongue::En => "%-d %b %Y",
            Tongue::De => "%d.%m.%Y",
            Tongue::Fr => "%d/%m/%Y",
        };
        day.strftime(shape).to_string()
    }

    /// `21 Nov 2026, 09:30` in the reader's zone.
    pub fn when(&self, at: Time) -> String {
        let local = at.zoned(&self.zone);
        format!("{}, {}", self.day(local.date()), local.strftime("%H:%M"))
    }

    /// With seconds and the zone's short name: for titles and audit entries.
    pub fn when_exactly(&self, at: Time) -> String {
        let local = at.zoned(&self.zone);
        format!("{}, {}", self.day(local.date()), local.strftime("%H:%M:%S %Z"))
    }

    /// `2 h ago`, `in 3 days`, `now`: the largest whole unit.
    pub fn distance(&self, at: Time, now: Time) -> String {
        let millis = at.since(now);
        let span = millis.saturating_abs();
        let (count, unit) = match span {
            ..MINUTE_MS => return "now".to_owned(),
            MINUTE_MS..HOUR_MS => (span / MINUTE_MS, "min"),
            HOUR_MS..DAY_MS => (span / HOUR_MS, "h"),
            _ => (span / DAY_MS, if span / DAY_MS == 1 { "day" } else { "days" }),
        };
        if millis < 0 { format!("{count} {unit} ago") } else { format!("in {count} {unit}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::Currency;

    fn in_tongue(tongue: Tongue) -> Locale {
        Locale { tongue, zone: "Europe/Berlin".to_owned() }
    }

    #[test]
    fn amounts_follow_the_readers_habits_and_keep_the_iso_code() {
        let money = Money::from_minor(123_456_789, Currency::EUR);
        assert_eq!(in_tongue(Tongue::En).money(money), "1,234,567.89 EUR");
        assert_eq!(in_tongue(Tongue::De).money(money), "1.234.567,89 EUR");
        assert_eq!(in_tongue(Tongue::Fr).money(money), "1\u{202F}234\u{202F}567,89 EUR");
        let less = Money::from_minor(-100_000, Currency::EUR);
        assert_eq!(in_tongue(Tongue::En).money(less), "-1,000.00 EUR");
        let yen = Money::from_minor(999, "JPY".parse().unwrap());
        assert_eq!(in_tongue(Tongue::De).money(yen), "999 JPY");
    }

    #[test]
    fn unit_prices_keep_their_fine_places_and_their_basis() {
        let price = |amount: &str, per: &str| {
            UnitPrice::new(
                decimal::parse(amount).unwrap(),
                Currency::EUR,
                Quantity::parse(per).unwrap(),
            )
        };
        let en = in_tongue(Tongue::En);
        assert_eq!(en.unit_price(price("0.035", "1")), "0.035 EUR");
        assert_eq!(en.unit_price(price("450", "1")), "450.00 EUR");
        assert_eq!(en.unit_price(price("3.5", "1000")), "3.50 EUR per 1,000");
    }

    #[test]
    fn times_are_shown_in_the_readers_zone() {
        let late: Time = "2026-11-21T23:30:05Z".parse().unwrap();
        assert_eq!(in_tongue(Tongue::En).when(late), "22 Nov 2026, 00:30");
        assert_eq!(in_tongue(Tongue::De).when(late), "22.11.2026, 00:30");
        assert_eq!(in_tongue(Tongue::Fr).when_exactly(late), "22/11/2026, 00:30:05 CET");
    }

    #[test]
    fn the_heaviest_known_language_is_taken() {
        assert_eq!(Tongue::accepted("de-DE,de;q=0.9,en;q=0.8"), Some(Tongue::De));
        assert_eq!(Tongue::accepted("es, en;q=0.5, fr;q=0.7"), Some(Tongue::Fr));
        assert_eq!(Tongue::accepted("es, *;q=0.1, de;q=0"), None);
        let chosen = Locale::choose(Some("fr"), Some("de"), "UTC");
        assert_eq!(chosen.tongue, Tongue::Fr);
        assert_eq!(Locale::choose(None, None, "UTC").tongue, Tongue::En);
    }

    #[test]
    fn distances_name_the_largest_whole_unit() {
        let now = Time::from_millis(10 * DAY_MS);
        let en = Locale::default();
        assert_eq!(en.distance(now.plus_ms(-2 * HOUR_MS - 1), now), "2 h ago");
        assert_eq!(en.distance(now.plus_ms(3 * DAY_MS), now), "in 3 days");
        assert_eq!(en.distance(now.plus_ms(-DAY_MS), now), "1 day ago");
        assert_eq!(en.distance(now.plus_ms(5), now), "now");
    }

    #[test]
    fn a_typed_figure_is_read_as_its_reader_writes_it_or_refused() {
        let of = |tongue| Locale { tongue, zone: "UTC".to_owned() };
        let read = |tongue, text: &str| of(tongue).typed(text).ok();
        for plain in ["7", "1000", "2.5", "0.25", "0.035", "x", ""] {
            assert_eq!(read(Tongue::De, plain).as_deref(), Some(plain));
            assert_eq!(read(Tongue::En, plain).as_deref(), Some(plain));
        }
        assert_eq!(read(Tongue::De, " 1,5 ").as_deref(), Some("1.5"));
        assert_eq!(read(Tongue::Fr, "1000,25").as_deref(), Some("1000.25"));
        for two in ["1.000", "12.500", "1.000.000"] {
            assert_eq!(read(Tongue::De, two), None, "{two}");
        }
        assert_eq!(read(Tongue::Fr, "1\u{202F}000"), None);
        assert_eq!(read(Tongue::En, "1.000").as_deref(), Some("1.000"));
        assert_eq!(read(Tongue::En, "1,000"), None);
    }

    #[test]
    fn what_a_page_wrote_itself_is_no_typed_figure() {
        let german = in_tongue(Tongue::De);
        assert_eq!(german.figure("receive-1", " 1.125 ", "1.125").as_deref(), Ok("1.125"));
        let refused = german.figure("receive-1", "1.125", "1125").unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("receive-1"));
        assert_eq!(refused.got.as_deref(), Some("1.125"));
        assert_eq!(german.figure("tax_rate", "19,5", "19").as_deref(), Ok("19.5"));
    }
}

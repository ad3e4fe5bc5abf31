//! The small values that every document is made of: amounts, times, texts, extrinsics, comments.

use rust_decimal::Decimal;

use crate::base::{
    money::{Currency, MoneyFault},
    text::one_line,
    time::{Day, Time},
};

use super::{
    read::Read,
    tree::{self, Element},
    write::Writer,
};

mod words;

pub use words::{Comments, Description};

/// The language written where the DTD asks for one; texts without a language of their own have it.
pub const LANG: &str = "en";

/// cXML `Money`: an exact number of any sign and its currency. Not rounded to the minor unit, as
/// unit prices are finer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    pub value: Decimal,
    pub currency: Currency,
}

impl Amount {
    pub fn new(value: Decimal, currency: Currency) -> Self {
        Self { value, currency }
    }

    /// The `Money` inside an element.
    pub(super) fn inside(element: Element<'_>) -> Read<Self> {
        Self::of(element.need("Money")?)
    }

    /// The `Money` inside an element; an empty or absent one counts as not sent.
    pub(super) fn maybe_inside(element: Option<Element<'_>>) -> Read<Option<Self>> {
        let Some(element) = element else { return Ok(None) };
        match element.one("Money")?.filter(|money| !money.trimmed().is_empty()) {
            Some(money) => Self::of(money).map(Some),
            None => {
                element.leave();
                Ok(None)
            }
        }
    }

    /// As [`Amount::inside`], and not below zero.
    pub(super) fn unsigned_inside(element: Element<'_>) -> Read<Self> {
        let amount = Self::inside(element)?;
        if amount.value.is_sign_negative() && !amount.value.is_zero() {
            let money = element.need("Money")?;
            return Err(money
                .fault()
                .got(money.text())
                .expected("an amount not below zero")
                .mend("Send credits as a credit memo."));
        }
        Ok(amount)
    }

    fn of(money: Element<'_>) -> Read<Self> {
        let code = money.need_attribute("currency")?;
        let known = code.parse().or_else(|_| code.trim().to_ascii_uppercase().parse());
        let currency = known.map_err(|_: MoneyFault| {
            money
                .attribute_fault("currency")
                .expected("a currency code of ISO 4217 such as EUR")
                .mend("Write the three letters of the currency.")
        })?;
        Ok(Self { value: money.number()?, currency })
    }

    /// Writes `<name><Money ..>..</Money></name>`.
    pub(super) fn write(&self, name: &str, writer: &mut Writer) {
        writer.open(name, &[]);
        self.write_money(writer);
        writer.close(name);
    }

    pub(super) fn write_money(&self, writer: &mut Writer) {
        writer.leaf("Money", &[("currency", Some(self.currency.code()))], &self.value.to_string());
    }

    /// Writes it when it is there.
    pub(super) fn write_if(amount: Option<&Self>, name: &str, writer: &mut Writer) {
        if let Some(amount) = amount {
            amount.write(name, writer);
        }
    }
}

impl From<crate::base::money::Money> for Amount {
    fn from(money: crate::base::money::Money) -> Self {
        Self { value: money.amount(), currency: money.currency() }
    }
}

/// A time or day as the partner wrote it. Nothing is refused for an unreadable one; who needs the
/// instant asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stamp(pub String);

impl Stamp {
    pub fn text(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// The instant, when the text can be read as one; a text without an offset counts as UTC, a day
    /// alone as its midnight.
    pub fn time(&self) -> Option<Time> {
        let text = self.0.trim();
        if let Ok(time) = text.parse() {
            return Some(time);
        }
        let instant = |at: jiff::Timestamp| Time::from_millis(at.as_millisecond());
        for format in
            ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z", "%a %b %d %H:%M:%S %z %Y"]
        {
            if let Ok(at) = jiff::Timestamp::strptime(format, text) {
                return Some(instant(at));
            }
        }
        let civil = text.parse::<jiff::civil::DateTime>().ok();
        let midnight = || self.day().map(|day| day.at(0, 0, 0, 0));
        let zoned = civil.or_else(midnight)?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(instant(zoned.timestamp()))
    }

    /// The day as written, whatever its offset: `2026-11-21T..`, `2026-11-21`, `20261121`.
    pub fn day(&self) -> Option<Day> {
        let text = self.0.trim();
        let day = match text.get(..8) {
            Some(head) if head.bytes().all(|byte| byte.is_ascii_digit()) => {
                jiff::civil::Date::strptime("%Y%m%d", head)
            }
            _ => jiff::civil::Date::strptime("%Y-%m-%d", text.get(..10)?),
        };
        day.ok()
    }

    pub(super) fn of(element: Element<'_>, attribute: &'static str) -> Option<Self> {
        element.said(attribute).map(Self)
    }

    pub(super) fn text_of(stamp: Option<&Self>) -> Option<&str> {
        stamp.map(Self::text)
    }
}

impl From<Time> for Stamp {
    fn from(time: Time) -> Self {
        Self(time.to_cxml())
    }
}

/// Marks a kept text as XML; XML itself cannot hold it.
const HOLDS_XML: char = '\u{1}';

/// A text that may hold XML of its own; written back as it was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// The element's own text, not trimmed.
    pub text: String,
    /// Everything between the tags, when there are elements in it.
    pub xml: Option<String>,
}

impl Kept {
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), xml: None }
    }

    /// One text that holds it whole, for keeping; [`Kept::of_one_text`] reads it back. XML stands
    /// behind a character that no XML text can hold.
    pub fn one_text(&self) -> String {
        match &self.xml {
            Some(xml) => format!("{HOLDS_XML}{xml}"),
            None => self.text.clone(),
        }
    }

    /// What [`Kept::one_text`] kept; any other text is plain.
    pub fn of_one_text(text: &str) -> Self {
        match text.strip_prefix(HOLDS_XML) {
            Some(xml) => Self { text: String::new(), xml: Some(xml.to_owned()) },
            None => Self::plain(text),
        }
    }

    pub(super) fn of(element: Element<'_>) -> Self {
        let xml = element.has_children().then(|| element.inner().to_owned());
        element.take_whole();
        Self { text: element.text().to_owned(), xml }
    }

    pub(super) fn write(&self, name: &str, attribute: super::write::Attribute<'_>, w: &mut Writer) {
        // A prefix bound further up in the original is not bound here; then the text alone goes.
        let own = self.xml.as_ref().filter(|xml| tree::parse(&format!("<x>{xml}</x>")).is_ok());
        match own {
            Some(xml) => w.raw_leaf(name, &[attribute], xml),
            None => w.leaf(name, &[attribute], &self.text),
        }
    }
}

/// A named value beyond the standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extrinsic {
    /// Empty when the sender gave none.
    pub name: String,
    pub value: Kept,
}

impl Extrinsic {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), value: Kept::plain(text) }
    }

    pub(super) fn all(element: Element<'_>) -> Vec<Self> {
        let read = |found: Element<'_>| Self {
            name: found.attribute("name").unwrap_or_default().to_owned(),
            value: Kept::of(found),
        };
        element.each("Extrinsic", read)
    }

    pub(super) fn write_all(extrinsics: &[Self], writer: &mut Writer) {
        for extrinsic in extrinsics {
            extrinsic.value.write("Extrinsic", ("name", Some(&extrinsic.name)), writer);
        }
    }

    /// The first value whose name matches when case, blanks and underscores do not count
    /// (`UserEmail`, `User email`).
    pub fn find<'e>(extrinsics: &'e [Self], name: &str) -> Option<&'e str> {
        fn plain(text: &str) -> impl Iterator<Item = char> {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
        }
        // Most names of a document differ in their first letter from the one that is looked for.
        fn may_equal(one: &str, other: &str) -> bool {
            match (one.as_bytes().first(), other.as_bytes().first()) {
                (Some(one), Some(other)) if one.is_ascii_alphanumeric() => {
                    one.eq_ignore_ascii_case(other) || !other.is_ascii_alphanumeric()
                }
                _ => true,
            }
        }
        let is_wanted = |extrinsic: &&Self| {
            may_equal(&extrinsic.name, name) && plain(&extrinsic.name).eq(plain(name))
        };
        let found = extrinsics.iter().find(is_wanted);
        found.map(|extrinsic| extrinsic.value.text.trim()).filter(|text| !text.is_empty())
    }
}

/// Another number that the thing goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdReference {
    pub domain: String,
    pub identifier: String,
}

impl IdReference {
    pub(super) fn all(element: Element<'_>) -> Vec<Self> {
        let text = |found: Element<'_>, name| found.attribute(name).unwrap_or_default().to_owned();
        let read =
            |found| Self { domain: text(found, "domain"), identifier: text(found, "identifier") };
        element.each("IdReference", read)
    }

    pub(super) fn write_all(references: &[Self], writer: &mut Writer) {
        for reference in references {
            let domain = ("domain", Some(reference.domain.as_str()));
            let identifier = ("identifier", Some(reference.identifier.as_str()));
            writer.leaf("IdReference", &[identifier, domain], "");
        }
    }
}

/// An address on the web with the white space that senders leave in it taken out.
pub(super) fn url_in(element: Element<'_>) -> Read<Option<String>> {
    let Some(url) = element.text_of("URL")? else { return Ok(None) };
    Ok(Some(one_line(&url).split_whitespace().collect()))
}

/// The `payloadID` of a `DocumentReference`; useless ones (empty) count as absent.
pub(super) fn document_reference_in(element: Element<'_>) -> Read<Option<String>> {
    Ok(element.one("DocumentReference")?.and_then(|reference| reference.said("payloadID")))
}

/// Writes a `DocumentReference`, when there is one.
pub(super) fn write_document_reference(payload_id: Option<&str>, writer: &mut Writer) {
    if let Some(payload_id) = payload_id {
        writer.leaf("DocumentReference", &[("payloadID", Some(payload_id))], "");
    }
}

#[cfg(test)]
mod tests;

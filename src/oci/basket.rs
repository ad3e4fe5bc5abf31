//! Cart lines as the form fields `NEW_ITEM-*[n]`, checked before anything leaves.
//!
//! OCI has no way to say "error": a procurement system silently drops a line whose unit or length
//! it does not like. So every line is checked against the field lengths first ([`check`]), and
//! nothing is cut, rounded or guessed except the 40-character DESCRIPTION, whose whole text then
//! stands in LONGTEXT.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::fault::LineFault;
use super::form::{Charset, Pairs};
use crate::base::{
    decimal,
    money::UnitPrice,
    quantity::Quantity,
    text::{one_line, shorten},
    unit::UnitMap,
};

/// Most lines of one basket; the same as of a cart.
pub const MAX_LINES: usize = 5_000;

/// Characters of DESCRIPTION.
const DESCRIPTION: usize = 40;
/// Digits before and after the point of QUANTITY and PRICE.
const WHOLE_DIGITS: usize = 11;
const FRACTION_DIGITS: u32 = 3;
/// The largest PRICEUNIT of five digits.
const MOST_PRICE_UNIT: i64 = 99_999;

/// One line of a cart as OCI can say it. Lengths are characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasketLine {
    /// The whole description; beyond 40 characters it goes into LONGTEXT too.
    pub description: String,
    /// Further text.
    pub long_text: Option<String>,
    /// The buyer's own material number (MATNR, 40).
    pub material: Option<String>,
    pub quantity: Quantity,
    /// Our unit code; [`UnitMap`] knows the buyer's.
    pub unit: String,
    pub price: UnitPrice,
    /// LEADTIME in days (5 digits).
    pub lead_days: Option<u32>,
    /// The buyer's number of the seller (VENDOR, 10).
    pub vendor: Option<String>,
    /// The seller's article number (VENDORMAT, 40), never trimmed.
    pub vendor_material: Option<String>,
    /// The buyer's number of the maker (MANUFACTCODE, 10).
    pub maker_code: Option<String>,
    /// The maker's part number (MANUFACTMAT, 40).
    pub maker_material: Option<String>,
    /// MATGROUP, 10: the buyer's material group, or the UNSPSC code.
    pub material_group: Option<String>,
    /// Whether the line is a service (SERVICE `X`).
    pub service: bool,
    /// CONTRACT (10) and CONTRACT_ITEM (5).
    pub contract: Option<(String, Option<String>)>,
    /// Our key of the product (EXT_PRODUCT_ID, 40); it comes back with DETAIL and VALIDATE.
    pub product_id: Option<String>,
    /// EXT_SCHEMA_TYPE (10) and EXT_CATEGORY_ID (60): `UNSPSC`, `43211503`.
    pub category: Option<(String, String)>,
    /// CUST_FIELD1..5 (10, 10, 10, 20, 50).
    pub custom: [Option<String>; 5],
}

impl BasketLine {
    /// A line with nothing but what every line has.
    pub fn new(
        description: impl Into<String>,
        quantity: Quantity,
        unit: impl Into<String>,
        price: UnitPrice,
    ) -> Self {
        Self {
            description: description.into(),
            long_text: None,
            material: None,
            quantity,
            unit: unit.into(),
            price,
            lead_days: None,
            vendor: None,
            vendor_material: None,
            maker_code: None,
            maker_material: None,
            material_group: None,
            service: false,
            contract: None,
            product_id: None,
            category: None,
            custom: [const { None }; 5],
        }
    }
}

/// `NEW_ITEM-UNIT[1]`; LONGTEXT is spelled as SAP wants it, `NEW_ITEM-LONGTEXT_1:132[]`.
pub fn wire_name(field: &str, index: u32) -> String {
    if field == "LONGTEXT" {
        format!("NEW_ITEM-LONGTEXT_{index}:132[]")
    } else {
        format!("NEW_ITEM-{field}[{index}]")
    }
}

/// What one procurement system wants otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dialect {
    pub units: UnitMap,
    /// Characters of fields whose length is not OCI 4.0's: `MATNR` 18.
    pub lengths: BTreeMap<String, usize>,
    /// Fields that every line carries with one value, in place of its own.
    pub fixed: BTreeMap<String, String>,
    /// In which the form leaves: `€` becomes `EUR` there, so values are measured as they are sent.
    pub charset: Option<Charset>,
}

impl Dialect {
    /// The most characters of a field; `usual` is OCI 4.0's.
    fn most(&self, field: &str, usual: usize) -> usize {
        self.lengths.get(field).copied().unwrap_or(usual)
    }

    /// The text as it is sent.
    fn sent(&self, text: &str) -> String {
        self.charset.map_or_else(|| text.to_owned(), |charset| charset.transliterate(text))
    }
}

/// Everything that would be lost, cut or dropped on the way; empty when the basket may leave.
pub fn check(lines: &[BasketLine], dialect: &Dialect) -> Vec<LineFault> {
    write(lines, dialect).err().unwrap_or_default()
}

/// The form fields of the lines, indexes from 1; or every fault of every line.
pub fn write(lines: &[BasketLine], dialect: &Dialect) -> Result<Pairs, Vec<LineFault>> {
    let mut out = Writer { dialect, index: 0, fields: Pairs::new(), faults: Vec::new() };
    for (index, line) in (1..).zip(lines) {
        out.index = index;
        if usize::try_from(index).is_ok_and(|index| index > MAX_LINES) {
            out.fault("DESCRIPTION", "", format!("at most {MAX_LINES} lines"), "Split the cart.");
            break;
        }
        out.line(line);
    }
    if out.faults.is_empty() { Ok(out.fields) } else { Err(out.faults) }
}

struct Writer<'d> {
    dialect: &'d Dialect,
    index: u32,
    fields: Pairs,
    faults: Vec<LineFault>,
}

impl Writer<'_> {
    fn line(&mut self, line: &BasketLine) {
        self.texts(line);
        self.material(line);
        self.numbers(line);
        self.references(line);
        for ((field, most), value) in CUSTOM.into_iter().zip(&line.custom) {
            self.optional(field, most, value.as_deref());
        }
        for (field, value) in &self.dialect.fixed {
            self.fields.push((wire_name(field, self.index), value.clone()));
        }
    }

    fn texts(&mut self, line: &BasketLine) {
        let description = self.dialect.sent(&one_line(&line.description));
        if description.is_empty() && line.material.is_none() {
            self.fault("DESCRIPTION", "", "a description", "Give the item a description.");
        }
        let most = self.dialect.most("DESCRIPTION", DESCRIPTION);
        let cut = description.chars().count() > most;
        let whole = cut.then(|| description.clone());
        self.push("DESCRIPTION", shorten(&description, most));
        let more = line.long_text.clone().filter(|text| !text.trim().is_empty());
        let parts: Vec<_> = whole.into_iter().chain(more).collect();
        if !parts.is_empty() {
            self.push("LONGTEXT", clean_lines(&parts.join("\n")));
        }
    }

    fn material(&mut self, line: &BasketLine) {
        self.optional("MATNR", 40, line.material.as_deref());
        self.optional("VENDOR", 10, line.vendor.as_deref());
        self.optional("VENDORMAT", 40, line.vendor_material.as_deref());
        self.optional("MANUFACTCODE", 10, line.maker_code.as_deref());
        self.optional("MANUFACTMAT", 40, line.maker_material.as_deref());
        self.optional("MATGROUP", 10, line.material_group.as_deref());
    }

    fn numbers(&mut self, line: &BasketLine) {
        match fixed(line.quantity.value()) {
            Some(text) => self.push("QUANTITY", text),
            None => self.fault(
                "QUANTITY",
                &line.quantity.to_string(),
                "at most 11 digits before and 3 after the point",
                "Order a quantity with at most three decimals.",
            ),
        }
        let most = self.dialect.most("UNIT", 3);
        let unit = self.dialect.units.to_theirs(&line.unit).map(str::to_owned);
        match unit.filter(|unit| !unit.is_empty() && unit.chars().count() <= most) {
            Some(unit) => self.push("UNIT", unit),
            None => self.fault(
                "UNIT",
                &line.unit,
                "a unit that the procurement system knows",
                "Add the unit to the connection's unit map.",
            ),
        }
        match express(line.price) {
            Some((price, unit)) => {
                self.push("PRICE", price);
                self.push("CURRENCY", line.price.currency.code().to_owned());
                self.push("PRICEUNIT", unit);
            }
            None => self.fault(
                "PRICE",
                &format!("{} for {}", decimal::canonical(line.price.amount), line.price.per),
                "a price of 11 digits and 3 decimals for up to 99999 units",
                "Give the item a price per 10, 100 or 1000 units.",
            ),
        }
        if let Some(days) = line.lead_days {
            self.limited("LEADTIME", 5, &days.to_string());
        }
    }

    fn references(&mut self, line: &BasketLine) {
        if line.service {
            self.push("SERVICE", "X".to_owned());
        }
        if let Some((contract, item)) = &line.contract {
            self.limited("CONTRACT", 10, contract);
            self.optional("CONTRACT_ITEM", 5, item.as_deref());
        }
        self.optional("EXT_PRODUCT_ID", 40, line.product_id.as_deref());
        if let Some((schema, category)) = &line.category {
            self.limited("EXT_SCHEMA_TYPE", 10, schema);
            self.limited("EXT_CATEGORY_ID", 60, category);
        }
    }

    fn optional(&mut self, field: &'static str, most: usize, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.limited(field, most, value);
        }
    }

    /// A value that must fit as it is: an article number that was cut names another article.
    fn limited(&mut self, field: &'static str, most: usize, value: &str) {
        let most = self.dialect.most(field, most);
        let value = &*self.dialect.sent(value);
        let length = value.chars().count();
        if length > most {
            let mend = "Shorten it in the catalogue; the procurement system would cut it.";
            self.fault(field, value, format!("at most {most} characters, not {length}"), mend);
        } else if value.chars().any(char::is_control) {
            let mend = "Remove the control character in the catalogue.";
            self.fault(field, value, "one line of text", mend);
        } else {
            self.push(field, value.to_owned());
        }
    }

    fn push(&mut self, field: &str, value: String) {
        if self.dialect.fixed.contains_key(field) {
            return;
        }
        self.fields.push((wire_name(field, self.index), value));
    }

    fn fault(&mut self, field: &'static str, got: &str, expected: impl Into<String>, mend: &str) {
        self.faults.push(LineFault::new(self.index, field, got, expected, mend));
    }
}

/// Fields that a call may fix for every line, and their lengths: the buyer's own numbers, nothing
/// of what was chosen and priced.
pub(super) const PRESET: [(&str, usize); 9] = [
    ("VENDOR", 10),
    ("MATGROUP", 10),
    ("CONTRACT", 10),
    ("CONTRACT_ITEM", 5),
    ("CUST_FIELD1", 10),
    ("CUST_FIELD2", 10),
    ("CUST_FIELD3", 10),
    ("CUST_FIELD4", 20),
    ("CUST_FIELD5", 50),
];

/// The customer fields and their lengths.
const CUSTOM: [(&str, usize); 5] = [
    ("CUST_FIELD1", 10),
    ("CUST_FIELD2", 10),
    ("CUST_FIELD3", 10),
    ("CUST_FIELD4", 20),
    ("CUST_FIELD5", 50),
];

/// Several lines without control characters other than the line feed.
fn clean_lines(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>());
    lines.collect::<Vec<_>>().join("\n")
}

/// A number of at most 11 digits and 3 decimals, canonical; `None` when it does not fit exactly.
fn fixed(value: Decimal) -> Option<String> {
    let text = decimal::canonical(value);
    let whole = text.split('.').next().unwrap_or_default().len();
    (value.normalize().scale() <= FRACTION_DIGITS && whole <= WHOLE_DIGITS).then_some(text)
}

/// PRICE and PRICEUNIT that say exactly this price: the price basis is widened by 10 until the
/// price has at most 3 decimals and the basis is a whole number.
fn express(price: UnitPrice) -> Option<(String, String)> {
    let most = Decimal::from(MOST_PRICE_UNIT);
    let (mut amount, mut per) = (price.amount, price.per.value());
    while per <= most {
        if per.normalize().scale() == 0
            && let Some(text) = fixed(amount)
        {
            return Some((text, decimal::canonical(per)));
        }
        amount = amount.checked_mul(Decimal::TEN)?;
        per = per.checked_mul(Decimal::TEN)?;
    }
    None
}

#[cfg(test)]
mod tests;

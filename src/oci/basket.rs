//! Cart lines as the form fields `NEW_ITEM-*[n]`, checked before anything leaves.
//!
//! OCI has no way to say "error": a procurement system silently drops a line whose unit or length
//! it does not like. So every line is checked against the field lengths first ([`check`]), and
//! nothing is cut, rounded or guessed except the 40-character DESCRIPTION, whose whole text then
//! stands in LONGTEXT.

use std::collections::BTreeMap;

use super::fault::LineFault;
use super::form::{Charset, Pairs};
use crate::base::{money::UnitPrice, quantity::Quantity, unit::UnitMap};

mod write;

pub(super) use write::PRESET;
use write::Writer;

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

#[cfg(test)]
mod tests;

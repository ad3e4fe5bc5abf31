//! Reading a basket that a browser posted: what a procurement system does with our return form.
//!
//! Tolerant where real shops differ (case, gaps, the spellings of LONGTEXT, unknown fields), strict
//! where two readings are possible: a field that stands twice, a line that is only half there, an
//! index that is no index. The index is a key, never the size of anything.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::basket::{BasketLine, MAX_LINES, wire_name};
use super::call::read_index;
use super::fault::{Fault, FaultKind};
use super::form::Pairs;
use crate::base::{
    decimal,
    money::{Currency, UnitPrice},
    quantity::Quantity,
    unit::UnitMap,
};

/// A line as it was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedLine {
    /// The index on the wire; gaps are legal.
    pub index: u32,
    pub line: BasketLine,
    /// NEW_ITEM fields that this codec has no place for, by their upper-case names.
    pub other: Pairs,
}

/// Reads the posted fields; fields that are not of the basket are passed over (they belong to the
/// return address). No line at all is an empty cart.
pub fn read(pairs: &Pairs, units: &UnitMap) -> Result<Vec<PostedLine>, Fault> {
    let raw = raw_lines(pairs)?;
    raw.into_iter().map(|(index, raw)| raw.line(index, units)).collect()
}

/// Reads what a search between programs found: hits that cannot be read are left out and counted,
/// and a hit without a quantity is for one.
pub fn hits(pairs: &Pairs, units: &UnitMap) -> Result<(Vec<PostedLine>, usize), Fault> {
    let raw = raw_lines(pairs)?;
    let count = raw.len();
    let read = raw.into_iter().filter_map(|(index, mut raw)| {
        let quantity = raw.fields.entry("QUANTITY".to_owned()).or_default();
        if quantity.trim().is_empty() {
            "1".clone_into(quantity);
        }
        raw.line(index, units).ok()
    });
    let read: Vec<PostedLine> = read.collect();
    let left_out = count - read.len();
    Ok((read, left_out))
}

fn raw_lines(pairs: &Pairs) -> Result<BTreeMap<u32, Raw>, Fault> {
    let mut lines: BTreeMap<u32, Raw> = BTreeMap::new();
    for (name, value) in pairs {
        let upper = name.trim().to_ascii_uppercase();
        if matches!(upper.as_str(), "~XMLDOCUMENT" | "~XMLTYPE" | "~XML_TYPE" | "XMLTYPE") {
            return Err(Fault::new(FaultKind::Unsupported, name, "")
                .expected("the form variant of OCI")
                .mend("Set the catalogue to return HTML form fields, not XML."));
        }
        let Some(rest) = upper.strip_prefix("NEW_ITEM-") else { continue };
        let (field, index) = split_name(rest).ok_or_else(|| {
            Fault::new(FaultKind::Unreadable, name, value)
                .expected("a name like NEW_ITEM-PRICE[1], counted from 1")
                .mend("Number the lines from 1.")
        })?;
        let raw = lines.entry(index).or_default();
        if field == "LONGTEXT" {
            raw.long_text.push(value.clone());
        } else if raw.fields.insert(field.to_owned(), value.clone()).is_some() {
            return Err(Fault::twice(name));
        }
        if lines.len() > MAX_LINES {
            return Err(Fault::new(FaultKind::TooMuch, name, "")
                .expected(format!("at most {MAX_LINES} lines"))
                .mend("Return the cart in parts."));
        }
    }
    Ok(lines)
}

/// Field and index of a name behind `NEW_ITEM-`. LONGTEXT comes as `LONGTEXT_1:132[]`,
/// `LONGTEXT_1:132[1]`, `LONGTEXT_1:132`, `LONGTEXT:132[1]`, `LONGTEXT[1]`, `LONGTEXT_1:132[][1]`.
fn split_name(name: &str) -> Option<(&str, u32)> {
    let Some(rest) = name.strip_prefix("LONGTEXT") else {
        let (field, index) = name.strip_suffix(']')?.split_once('[')?;
        return (!field.is_empty()).then_some((field, read_index(index)?));
    };
    let (head, brackets) = rest.split_at(rest.find('[').unwrap_or(rest.len()));
    let (before, width) = head.split_once(':').unwrap_or((head, "132"));
    if width.is_empty() || !width.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let inner = brackets.trim_start_matches("[]");
    let inner = match inner.strip_prefix('[') {
        Some(inner) => Some(read_index(inner.strip_suffix(']')?)?),
        None if inner.is_empty() => None,
        None => return None,
    };
    let outer = match before.strip_prefix('_') {
        Some(index) => Some(read_index(index)?),
        None if before.is_empty() => None,
        None => return None,
    };
    // Both may be there (`_1:132[1]`); then they must agree.
    if outer.is_some() && inner.is_some() && outer != inner {
        return None;
    }
    outer.or(inner).map(|index| ("LONGTEXT", index))
}

/// The fields of one index, as posted.
#[derive(Default)]
struct Raw {
    fields: BTreeMap<String, String>,
    long_text: Vec<String>,
}

impl Raw {
    fn line(mut self, index: u32, units: &UnitMap) -> Result<PostedLine, Fault> {
        let description = self.take("DESCRIPTION");
        let material = self.take("MATNR");
        if description.is_none() && material.is_none() {
            return Err(self.orphan(index));
        }
        let quantity = self.number("QUANTITY", index)?;
        let quantity = Quantity::new(quantity).map_err(|_| {
            fault("QUANTITY", index, &decimal::canonical(quantity), "a quantity above zero")
        })?;
        let unit = self.unit(index, units)?;
        let price = self.price(index)?;
        let mut line = BasketLine::new(description.unwrap_or_default(), quantity, unit, price);
        line.material = material;
        line.long_text = self.long_text();
        line.lead_days = self.lead_days(index)?;
        line.vendor = self.take("VENDOR");
        line.vendor_material = self.take("VENDORMAT");
        line.maker_code = self.take("MANUFACTCODE");
        line.maker_material = self.take("MANUFACTMAT");
        line.material_group = self.take("MATGROUP");
        line.service = self.take("SERVICE").is_some_and(|mark| mark.eq_ignore_ascii_case("X"));
        line.contract = self.pair("CONTRACT", "CONTRACT_ITEM", index)?;
        line.product_id = self.take("EXT_PRODUCT_ID");
        let category = self.pair("EXT_SCHEMA_TYPE", "EXT_CATEGORY_ID", index)?;
        line.category = category.map(|(schema, id)| (schema, id.unwrap_or_default()));
        for (number, slot) in (1..).zip(&mut line.custom) {
            *slot = self.take(&format!("CUST_FIELD{number}"));
        }
        Ok(PostedLine { index, line, other: self.fields.into_iter().collect() })
    }

    /// The value of a field, when it is there and not empty; never trimmed.
    fn take(&mut self, field: &str) -> Option<String> {
        self.fields.remove(field).filter(|value| !value.is_empty())
    }

    fn orphan(&self, index: u32) -> Fault {
        let first = self.fields.iter().next();
        let (field, value) = first.map_or(("LONGTEXT", ""), |(f, v)| (f.as_str(), v.as_str()));
        Fault::new(FaultKind::Orphan, &wire_name(field, index), value)
            .expected(format!("a description or material number of line {index}"))
            .mend(format!("Send {} too.", wire_name("DESCRIPTION", index)))
    }

    fn number(&mut self, field: &str, index: u32) -> Result<Decimal, Fault> {
        let text = self.take(field).ok_or_else(|| Fault::missing(&wire_name(field, index)))?;
        decimal::parse_wire(&text)
            .map_err(|_| fault(field, index, &text, "digits with a decimal point such as 12.500"))
    }

    fn unit(&mut self, index: u32, units: &UnitMap) -> Result<String, Fault> {
        let text = self.take("UNIT").ok_or_else(|| Fault::missing(&wire_name("UNIT", index)))?;
        let ours = units.to_ours(text.trim()).map(str::to_owned);
        ours.ok_or_else(|| fault("UNIT", index, &text, "a unit code such as EA, PCE or KGM"))
    }

    fn price(&mut self, index: u32) -> Result<UnitPrice, Fault> {
        let amount = self.number("PRICE", index)?;
        if amount.is_sign_negative() && !amount.is_zero() {
            let got = decimal::canonical(amount);
            return Err(fault("PRICE", index, &got, "a price of zero or more"));
        }
        let name = wire_name("CURRENCY", index);
        let code = self.take("CURRENCY").ok_or_else(|| Fault::missing(&name))?;
        let currency = code.trim().parse::<Currency>().map_err(|_| {
            fault("CURRENCY", index, &code, "a three-letter code of ISO 4217 such as EUR")
        })?;
        // Real shops write `1.0`; empty means 1.
        let per = match self.fields.contains_key("PRICEUNIT") {
            true => self.take("PRICEUNIT").unwrap_or_else(|| "1".to_owned()),
            false => "1".to_owned(),
        };
        let whole = decimal::parse_wire(&per).ok().filter(|value| value.normalize().scale() == 0);
        let per = whole
            .and_then(|value| Quantity::new(value).ok())
            .ok_or_else(|| fault("PRICEUNIT", index, &per, "a whole number from 1"))?;
        Ok(UnitPrice::new(amount, currency, per))
    }

    fn lead_days(&mut self, index: u32) -> Result<Option<u32>, Fault> {
        let Some(text) = self.take("LEADTIME") else { return Ok(None) };
        let days = decimal::parse_wire(&text).ok().and_then(|days| u32::try_from(days).ok());
        days.map(Some).ok_or_else(|| fault("LEADTIME", index, &text, "whole days such as 3"))
    }

    /// Two fields of which the second needs the first.
    fn pair(
        &mut self,
        first: &str,
        second: &str,
        index: u32,
    ) -> Result<Option<(String, Option<String>)>, Fault> {
        match (self.take(first), self.take(second)) {
            (Some(first), second) => Ok(Some((first, second))),
            (None, None) => Ok(None),
            (None, Some(value)) => {
                Err(Fault::new(FaultKind::Orphan, &wire_name(second, index), &value)
                    .expected(format!("{} beside it", wire_name(first, index)))
                    .mend(format!("Send {} too.", wire_name(first, index))))
            }
        }
    }

    /// The posted text lines joined in their order; browsers send CR LF for a line feed.
    fn long_text(&mut self) -> Option<String> {
        let text = std::mem::take(&mut self.long_text).join("\n").replace("\r\n", "\n");
        (!text.is_empty()).then_some(text)
    }
}

fn fault(field: &str, index: u32, got: &str, expected: &str) -> Fault {
    Fault::new(FaultKind::Unreadable, &wire_name(field, index), got)
        .expected(expected)
        .mend("Correct the field and return the cart again.")
}

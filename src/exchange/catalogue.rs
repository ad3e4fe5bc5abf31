//! A catalogue file of a supplier, read into articles and prices.
//!
//! A cXML Index, or CSV (or CIF, which is read as such) in UTF-8 with a head line of column names,
//! parted by comma, semicolon or tab. A cell is text and stays text: `=1+1` is a name like any
//! other. A line that cannot be read is a fault with its field and stops no other line. Each
//! further line of a number adds a price (a quantity tier, a currency, a contract price) and may
//! leave the article's own cells empty.

mod cif;
mod index;

use std::collections::HashMap;

use csv::StringRecord;

use crate::{
    base::{
        decimal,
        id::SupplierId,
        money::{Currency, UnitPrice},
        quantity::Quantity,
        text::shorten,
        unit,
    },
    domain::{catalogue::Item, refusal::Refusal},
};

/// Lines a file may have: twice the largest catalogue that our partners keep.
pub const MAX_LINES: usize = 200_000;
/// Bytes a file may have, so that it fits into memory several times.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Characters of a cell shown in a fault.
const SHOWN: usize = 60;

/// The columns, needed ones first; they may stand in any order.
pub const COLUMNS: &[&str] = &[
    "sku",
    "name",
    "unit",
    "price",
    "currency",
    "per",
    "min_quantity",
    "description",
    "unspsc",
    "category",
    "manufacturer",
    "manufacturer_sku",
    "lead_time_days",
    "aux_id",
    "at_site",
    "organisation",
];
const NEEDED: &[&str] = &["sku", "name", "unit", "price", "currency"];

/// A line that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file, from 1.
    pub line: u64,
    /// The article as the file says it; its id is given when it is kept.
    pub item: Item,
    pub price: UnitPrice,
    pub min_quantity: Quantity,
    /// The short name of the organisation whose contract price this is.
    pub organisation: Option<String>,
}

/// A line that could not.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fault {
    pub line: u64,
    /// The number on that line, when it can be told.
    pub sku: String,
    pub field: String,
    pub got: String,
    pub expected: String,
}

/// A file, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    pub rows: Vec<Row>,
    pub faults: Vec<Fault>,
    /// Articles that are sold no more.
    pub gone: Vec<Gone>,
}

/// An article that the file withdraws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    pub line: u64,
    pub sku: String,
}

/// Reads a file. A refusal is about the whole file: not a CSV, not UTF-8, columns missing.
pub fn read(bytes: &[u8], supplier: SupplierId) -> Result<Sheet, Refusal> {
    if is_xml(bytes) {
        return index::read(bytes, supplier);
    }
    let text = text_of(bytes)?;
    let own;
    let text = match cif::is_cif(text) {
        true => {
            own = cif::as_csv(text)?;
            own.as_str()
        }
        false => text,
    };
    let head = text.lines().next().unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(head))
        .flexible(true)
        .from_reader(text.as_bytes());
    let head = reader.headers().map_err(|fault| unreadable(&fault.to_string()))?.clone();
    let columns = columns(&head)?;
    let mut reading = Reading { supplier, columns, first: HashMap::new(), sheet: Sheet::default() };
    for record in reader.records() {
        if reading.sheet.rows.len() + reading.sheet.faults.len() >= MAX_LINES {
            return Err(too_many());
        }
        let record = record.map_err(|fault| unreadable(&fault.to_string()))?;
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            reading.take(line_of(&record, text), &record);
        }
    }
    Ok(reading.sheet)
}

fn too_many() -> Refusal {
    Refusal::invalid("too-many-lines", "The file has too many lines.")
        .field("file")
        .expected(format!("at most {MAX_LINES} lines"))
        .mend("Split it into several files.")
}

/// The refusal of another format, which is named.
fn format(got: &str) -> Refusal {
    Refusal::invalid("format-not-supported", "This file format cannot be imported.")
        .field("file")
        .got(got)
        .expected("CSV in UTF-8 with a head line of column names, CIF 3.0, or a cXML Index")
        .mend("Save the catalogue as CSV (UTF-8) and import that.")
}

/// Whether the first character is that of XML, in whatever encoding.
fn is_xml(bytes: &[u8]) -> bool {
    let start = bytes.iter().find(|byte| {
        !matches!(byte, 0 | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF) && !byte.is_ascii_whitespace()
    });
    start == Some(&b'<')
}

/// The bytes as text; other formats are named, since their bytes are easily told.
fn text_of(bytes: &[u8]) -> Result<&str, Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::invalid("file-too-large", "The file is too large.")
            .field("file")
            .got(format!("{} bytes", bytes.len()))
            .expected(format!("at most {MAX_BYTES} bytes")));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(format("a zip archive, as XLSX is"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| format("bytes that are not UTF-8"))?;
    let text = text.trim_start_matches('\u{FEFF}');
    if text.contains('\0') {
        return Err(format("a text with NUL characters"));
    }
    Ok(text)
}

fn unreadable(fault: &str) -> Refusal {
    Refusal::invalid("csv-unreadable", "The file cannot be read as CSV.")
        .field("file")
        .got(shorten(fault, 200))
        .expected("cells parted by comma, semicolon or tab; quotes doubled inside quotes")
}

/// What parts the cells of the head line most often.
fn delimiter(head: &str) -> u8 {
    let count = |mark: u8| head.bytes().filter(|byte| *byte == mark).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|mark| count(*mark)).unwrap_or(b',')
}

/// Where each known column stands.
fn columns(head: &StringRecord) -> Result<HashMap<&'static str, usize>, Refusal> {
    let refusal = |got: &str, message: &str| {
        Refusal::invalid("bad-columns", message)
            .field("line 1")
            .got(shorten(got, 120))
            .expected(format!("{}; needed: {}", COLUMNS.join(", "), NEEDED.join(", ")))
    };
    let mut found = HashMap::new();
    for (at, cell) in head.iter().enumerate() {
        let name = cell.trim().to_lowercase().replace([' ', '-'], "_");
        if name.is_empty() {
            continue;
        }
        let known = COLUMNS.iter().find(|column| **column == name);
        let column = known.ok_or_else(|| refusal(cell, "A column is not known."))?;
        if found.insert(*column, at).is_some() {
            return Err(refusal(cell, "A column stands twice."));
        }
    }
    match NEEDED.iter().find(|column| !found.contains_key(*column)) {
        Some(column) => Err(refusal(&format!("no {column}"), "A needed column is missing.")),
        None => Ok(found),
    }
}

/// The line on which a record begins: its position stands before the ends of lines it skips.
fn line_of(record: &StringRecord, text: &str) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + skipped.filter(|byte| **byte == b'\n').map(|_| 1).sum::<u64>()
}

struct Reading {
    supplier: SupplierId,
    columns: HashMap<&'static str, usize>,
    /// The article of each number, as its first good line says it.
    first: HashMap<String, Item>,
    sheet: Sheet,
}

/// One cell at fault: field, got, expected.
type Wrong = (&'static str, String, String);

impl Reading {
    fn take(&mut self, line: u64, record: &StringRecord) {
        match self.row(line, record) {
            Ok(row) => {
                if !self.first.contains_key(&row.item.sku) {
                    self.first.insert(row.item.sku.clone(), row.item.clone());
                }
                self.sheet.rows.push(row);
            }
            Err((field, got, expected)) => self.sheet.faults.push(Fault {
                line,
                sku: shorten(self.cell(record, "sku"), SHOWN),
                field: field.to_owned(),
                got: shorten(&got, SHOWN),
                expected,
            }),
        }
    }

    fn cell<'r>(&self, record: &'r StringRecord, column: &str) -> &'r str {
        let at = self.columns.get(column);
        at.and_then(|at| record.get(*at)).map(str::trim).unwrap_or_default()
    }

    fn row(&self, line: u64, record: &StringRecord) -> Result<Row, Wrong> {
        let cell = |column: &str| self.cell(record, column);
        let named = self.columns.values().max().map_or(0, |last| last + 1);
        if let Some(more) = record.iter().skip(named).find(|cell| !cell.trim().is_empty()) {
            let expected = "no cell beyond the last column; a comma inside a text needs quotes";
            return Err(wrong("line", more.trim(), expected));
        }
        let item = self.item(record)?;
        let amount = decimal::parse(cell("price"))
            .map_err(|_| wrong("price", cell("price"), "digits with a point, such as 12.50"))?;
        let currency: Currency = cell("currency")
            .parse()
            .map_err(|_| wrong("currency", cell("currency"), "a code of ISO 4217 such as EUR"))?;
        let quantity = |column: &'static str| match cell(column) {
            "" => Ok(Quantity::ONE),
            text => Quantity::parse(text).map_err(|_| wrong(column, text, "a number above zero")),
        };
        let organisation = Some(cell("organisation")).filter(|name| !name.is_empty());
        Ok(Row {
            line,
            item,
            price: UnitPrice::new(amount, currency, quantity("per")?),
            min_quantity: quantity("min_quantity")?,
            organisation: organisation.map(str::to_owned),
        })
    }

    /// The article of this line: read whole, or taken from the number's first line, with which what
    /// is said again must agree.
    fn item(&self, record: &StringRecord) -> Result<Item, Wrong> {
        let text = |column: &str| self.cell(record, column).to_owned();
        let days = match self.cell(record, "lead_time_days") {
            "" => None,
            days => {
                Some(days.parse::<i64>().map_err(|_| wrong("lead_time_days", days, "whole days"))?)
            }
        };
        let at_site = match self.cell(record, "at_site").to_lowercase().as_str() {
            "" | "no" => false,
            "yes" => true,
            other => return Err(wrong("at_site", other, "yes or no")),
        };
        let mut item = Item {
            aux_id: text("aux_id"),
            name: text("name"),
            description: text("description"),
            unit: text("unit"),
            unspsc: text("unspsc"),
            category: text("category"),
            manufacturer: text("manufacturer"),
            manufacturer_sku: text("manufacturer_sku"),
            lead_time_days: days,
            at_site,
            ..Item::named(self.supplier, text("sku"))
        };
        if let Some(first) = self.first.get(&item.sku) {
            agree(&mut item, first)?;
        }
        checked(item)
    }
}

/// The article, when each of its fields is as it must be.
fn checked(item: Item) -> Result<Item, Wrong> {
    if !item.unit.is_empty() && unit::meant(&item.unit).is_none() {
        let expected = "a code of UN/ECE Recommendation 20 or 21 such as EA, BX or KGM";
        return Err(wrong("unit", &item.unit, expected));
    }
    let fault = item.check().err();
    fault.map_or(Ok(item), |refusal| {
        let field = COLUMNS.iter().find(|c| Some(**c) == refusal.field.as_deref());
        let expected = refusal.expected.unwrap_or_default();
        Err((*field.unwrap_or(&"sku"), refusal.got.unwrap_or_default(), expected))
    })
}

/// Fills empty cells from the number's first line; a cell that says something else is a fault.
fn agree(item: &mut Item, first: &Item) -> Result<(), Wrong> {
    let pairs: [(&'static str, &mut String, &String); 8] = [
        ("aux_id", &mut item.aux_id, &first.aux_id),
        ("name", &mut item.name, &first.name),
        ("description", &mut item.description, &first.description),
        ("unit", &mut item.unit, &first.unit),
        ("unspsc", &mut item.unspsc, &first.unspsc),
        ("category", &mut item.category, &first.category),
        ("manufacturer", &mut item.manufacturer, &first.manufacturer),
        ("manufacturer_sku", &mut item.manufacturer_sku, &first.manufacturer_sku),
    ];
    for (field, own, first) in pairs {
        if !own.is_empty() && own != first {
            let expected = format!("{} as on the number's first line", shorten(first, SHOWN));
            return Err((field, own.clone(), expected));
        }
        own.clone_from(first);
    }
    item.lead_time_days = item.lead_time_days.or(first.lead_time_days);
    item.at_site |= first.at_site;
    Ok(())
}

fn wrong(field: &'static str, got: &str, expected: &str) -> Wrong {
    (field, got.to_owned(), expected.to_owned())
}

#[cfg(test)]
mod tests;

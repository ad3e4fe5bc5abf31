//! A catalogue file of a supplier, read into articles and prices.
//!
//! CSV (or CIF, which is read as such) in UTF-8 with a head line of column names, parted by comma,
//! semicolon or tab; an XLSX workbook with the same columns; a cXML Index or a BMEcat. A cell is
//! text and stays text: `=1+1` is a name like any other. A line that cannot be read is a fault with
//! its field and stops no other line. Each further line of a number adds a price (a quantity tier,
//! a currency, a contract price) and may leave the article's own cells empty.

mod bmecat;
mod cif;
mod index;
mod line;
mod xlsx;

use csv::StringRecord;

use crate::{
    base::{id::SupplierId, money::UnitPrice, quantity::Quantity, text::shorten, time::Day},
    cxml::{XmlFault, encoding, tree},
    domain::{catalogue::Item, refusal::Refusal},
};
use line::{Reading, Wrong, checked, columns, wrong};

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
    /// Of the article the file says the number alone; what the price is for, and the smallest
    /// quantity sold, stay as they are.
    pub price_alone: bool,
}

/// What a person should know of a line that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub line: u64,
    pub text: String,
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
    pub notes: Vec<Note>,
}

/// An article that the file withdraws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    pub line: u64,
    pub sku: String,
}

/// Reads a file. A refusal is about the whole file: no format that is known, columns missing.
/// Prices that do not hold on the day `today` are left out, where the format can say so.
pub fn read(bytes: &[u8], supplier: SupplierId, today: Day) -> Result<Sheet, Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::invalid("file-too-large", "The file is too large.")
            .field("file")
            .got(format!("{} bytes", bytes.len()))
            .expected(format!("at most {MAX_BYTES} bytes")));
    }
    match () {
        () if is_xml(bytes) => read_xml(bytes, supplier, today),
        () if xlsx::is_workbook(bytes) => xlsx::read(bytes, supplier),
        () => read_text(text_of(bytes)?, supplier),
    }
}

/// An Index or a BMEcat, as the root says.
fn read_xml(bytes: &[u8], supplier: SupplierId, today: Day) -> Result<Sheet, Refusal> {
    let refusal = |fault: XmlFault| {
        Refusal::invalid("xml-unreadable", "The file cannot be read as XML.")
            .field("file")
            .got(shorten(&fault.to_string(), 200))
            .expected("a well-formed cXML Index or BMEcat")
    };
    let decoded = encoding::decode(bytes, None).map_err(refusal)?;
    let tree = tree::parse_catalogue(&decoded.text).map_err(refusal)?;
    match tree.root() {
        root if root.is("Index") => index::read(root, supplier),
        root if root.local() == "BMECAT" => bmecat::read(root, supplier, today),
        root => Err(format(&format!("XML whose root is {}", shorten(root.local(), SHOWN)))),
    }
}

fn read_text(text: &str, supplier: SupplierId) -> Result<Sheet, Refusal> {
    let own;
    let text = match cif::is_cif(text) {
        true => {
            own = cif::as_csv(text)?;
            own.as_str()
        }
        false => text,
    };
    let head = text.lines().next().unwrap_or_default();
    let delimiter = delimiter(head);
    if let Some(line) = open_quote(text, delimiter) {
        return Err(unreadable(&format!("a quote opened on line {line} is never closed")));
    }
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let head = reader.headers().map_err(|fault| unreadable(&fault.to_string()))?.clone();
    let mut reading = Reading::new(supplier, columns(&head, 1)?, |_, _| String::new());
    for record in reader.records() {
        reading.need_room()?;
        let record = record.map_err(|fault| unreadable(&fault.to_string()))?;
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            reading.take(line_of(&record, text), &record, None);
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
        .expected(
            "CSV in UTF-8 or XLSX with a head line of column names, CIF 3.0, BMEcat 1.2 or 2005, \
             or a cXML Index",
        )
        .mend("Save the catalogue as XLSX or as CSV (UTF-8) and import that.")
}

/// Whether the bytes are to be read as they are: a workbook, or XML with an encoding of its own.
pub fn is_binary(bytes: &[u8]) -> bool {
    xlsx::is_workbook(bytes) || is_xml(bytes)
}

/// The bytes of a catalogue that came as text. What an XML declaration says of its encoding was
/// true of the file it was copied from, and is cut out; lines keep their numbers.
pub fn of_text(text: String) -> Vec<u8> {
    let start = text.trim_start_matches('\u{FEFF}');
    match start.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        Some((declaration, rest)) => {
            let lines = "\n".repeat(declaration.matches('\n').count());
            format!("{lines}{rest}").into_bytes()
        }
        None => text.into_bytes(),
    }
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

/// The line of a quote that begins a cell and is never closed: all lines behind it would be read as
/// that one cell.
fn open_quote(text: &str, delimiter: u8) -> Option<u64> {
    let (mut line, mut opened, mut begins) = (1, None, true);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (opened, byte) {
            (Some(_), b'"') if bytes.peek() == Some(&b'"') => {
                bytes.next();
            }
            (Some(_), b'"') => opened = None,
            (None, b'"') if begins => opened = Some(line),
            _ => {}
        }
        begins = byte == delimiter || byte == b'\n' || byte == b'\r';
        line += u64::from(byte == b'\n');
    }
    opened
}

/// The line on which a record begins: its position stands before the ends of lines it skips.
fn line_of(record: &StringRecord, text: &str) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + skipped.filter(|byte| **byte == b'\n').map(|_| 1).sum::<u64>()
}

#[cfg(test)]
mod tests;

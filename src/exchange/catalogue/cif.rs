//! CIF 3.0, the catalogue format of procurement networks, put into the columns of our own CSV.
//!
//! Every record keeps its line number: lines that are not data become empty lines, which the CSV
//! reader skips. Records marked as deleted are left out; an import withdraws nothing.

use csv::{ReaderBuilder, StringRecord, WriterBuilder};

use crate::{base::text::shorten, domain::refusal::Refusal};

/// The fields of a record where no FIELDNAMES line says otherwise.
const FIELDS: &str = "Supplier ID,Supplier Part ID,Manufacturer Part ID,Item Description,SPSC Code,\
                      Unit Price,Units of Measure,Lead Time,Manufacturer Name,Supplier URL,\
                      Manufacturer URL,Market Price";

/// Our column and the field that fills it, in any spelling: letters alone count.
const COLUMNS: &[(&str, &[&str])] = &[
    ("sku", &["supplierpartid"]),
    ("aux_id", &["supplierpartauxiliaryid"]),
    ("name", &["shortname", "itemdescription"]),
    ("description", &["itemdescription"]),
    ("unspsc", &["spsccode", "unspsccode", "unspsc"]),
    ("price", &["unitprice"]),
    ("unit", &["unitsofmeasure", "unitofmeasure"]),
    ("lead_time_days", &["leadtime"]),
    ("manufacturer", &["manufacturername"]),
    ("manufacturer_sku", &["manufacturerpartid"]),
    ("currency", &["currency"]),
    ("at_site", &["punchoutenabled"]),
];

/// Whether the text says of itself that it is one.
pub(super) fn is_cif(text: &str) -> bool {
    text.trim_start().starts_with("CIF_I_V")
}

/// The same catalogue as CSV.
pub(super) fn as_csv(text: &str) -> Result<String, Refusal> {
    let (head, rest) = text
        .lines()
        .position(|line| line.trim() == "DATA")
        .map(|at| (at, text.lines().skip(at + 1).collect::<Vec<_>>()))
        .ok_or_else(|| bad("no line DATA", "a line DATA before the records"))?;
    let data: Vec<&str> =
        rest.iter().copied().take_while(|line| line.trim() != "ENDOFDATA").collect();
    if data.len() == rest.len() {
        return Err(bad("no line ENDOFDATA", "a line ENDOFDATA behind the records"));
    }
    let said = |name: &str| {
        let mut lines = text.lines().take(head);
        let (_, value) = lines.find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.trim().eq_ignore_ascii_case(name).then_some((own, value.trim()))
        })?;
        Some(value)
    };
    let names: Vec<String> = said("FIELDNAMES").unwrap_or(FIELDS).split(',').map(letters).collect();
    let currency = said("CURRENCY").unwrap_or_default();
    let mut out = Written::new(head);
    let source = data.join("\n");
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).from_reader(source.as_bytes());
    for record in reader.records() {
        let record = record.map_err(|fault| bad(&fault.to_string(), "records parted by commas"))?;
        let line = record.position().map_or(0, csv::Position::line);
        out.add(line, &cells(&names, &record, currency));
    }
    Ok(out.text)
}

/// The cells of our columns; nothing for a record that is marked as deleted.
fn cells(names: &[String], record: &StringRecord, currency: &str) -> Vec<String> {
    let cell = |field: &str| {
        let at = names.iter().position(|name| name == field)?;
        record.get(at).map(str::trim).filter(|cell| !cell.is_empty())
    };
    let deleted = cell("delete").or_else(|| cell("deleted")).unwrap_or_default();
    if is_yes(deleted) {
        return Vec::new();
    }
    let of = |(column, fields): &(&str, &[&str])| {
        let found = fields.iter().find_map(|field| cell(field));
        let found = found.or((*column == "currency").then_some(currency)).unwrap_or_default();
        match *column {
            "at_site" => if is_yes(found) { "yes" } else { "no" }.to_owned(),
            _ => found.to_owned(),
        }
    };
    COLUMNS.iter().map(of).collect()
}

fn is_yes(cell: &str) -> bool {
    ["t", "true", "y", "yes", "1"].contains(&cell.to_lowercase().as_str())
}

/// The CSV, line by line beside the CIF.
struct Written {
    text: String,
    /// Lines of the CIF before the data.
    head: usize,
    lines: usize,
}

impl Written {
    fn new(head: usize) -> Self {
        let names: Vec<&str> = COLUMNS.iter().map(|(column, _)| *column).collect();
        Self { text: names.join(",") + "\n", head, lines: 1 }
    }

    /// Adds a record that began on this line of the data.
    fn add(&mut self, line: u64, cells: &[String]) {
        if cells.is_empty() {
            return;
        }
        let at = self.head + usize::try_from(line).unwrap_or_default();
        while self.lines < at {
            self.text.push('\n');
            self.lines += 1;
        }
        let mut writer = WriterBuilder::new().from_writer(Vec::new());
        let written = writer.write_record(cells).ok().and_then(|()| writer.into_inner().ok());
        let written = String::from_utf8(written.unwrap_or_default()).unwrap_or_default();
        self.lines += written.matches('\n').count();
        self.text.push_str(&written);
    }
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect()
}

fn bad(got: &str, expected: &str) -> Refusal {
    Refusal::invalid("cif-unreadable", "The file cannot be read as CIF.")
        .field("file")
        .got(shorten(got, 200))
        .expected(expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::SupplierId;

    const CIF: &str = "CIF_I_V3.0\nCHARSET: UTF-8\nCURRENCY: EUR\nITEMCOUNT: 3\n\
        FIELDNAMES: Supplier ID, Supplier Part ID, Manufacturer Part ID, Item Description, \
        SPSC Code, Unit Price, Unit of Measure, Lead Time, Manufacturer Name, Supplier URL, \
        Manufacturer URL, Market Price, Short Name, Delete\nDATA\n\
        1,PEN-01,,\"Pen, blue\",44121704,1.20,EA,2,Pens & Co,,,,Pen,\n\
        1,PEN-02,,Old pen,44121704,1.20,EA,2,,,,,,T\n\
        1,PEN-03,,Pen,44121704,cheap,EA,,,,,,,\nENDOFDATA\n";

    #[test]
    fn a_cif_reads_as_the_csv_it_means_and_faults_keep_their_line() {
        let sheet = super::super::read_text(CIF, SupplierId::from_bits(1)).unwrap();
        assert_eq!(sheet.rows.len(), 1, "{sheet:?}");
        let row = &sheet.rows[0];
        assert_eq!((row.line, row.item.sku.as_str(), row.item.name.as_str()), (7, "PEN-01", "Pen"));
        assert_eq!(row.item.description, "Pen, blue");
        assert_eq!(row.price.currency.to_string(), "EUR");
        assert_eq!((sheet.faults[0].line, sheet.faults[0].field.as_str()), (9, "price"));
        assert_eq!(as_csv("CIF_I_V3.0\nDATA\n1,2\n").unwrap_err().code, "cif-unreadable");
    }
}

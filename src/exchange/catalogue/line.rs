//! One line of cells, whatever file it stands in, as an article with its price.
//!
//! Cells are found by the names of the head line. Further lines of a number must agree with its
//! first one. Nothing here knows how a file is taken apart.

use std::collections::HashMap;

use csv::StringRecord;

use super::{COLUMNS, Fault, MAX_LINES, NEEDED, Row, SHOWN, Sheet, too_many};
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

/// Where each known column stands.
pub(super) type Columns = HashMap<&'static str, usize>;

/// The columns that the head line, on this line of the file, names.
pub(super) fn columns(head: &StringRecord, line: u64) -> Result<Columns, Refusal> {
    let refusal = |got: &str, message: &str| {
        Refusal::invalid("bad-columns", message)
            .field(format!("line {line}"))
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

pub(super) struct Reading {
    supplier: SupplierId,
    columns: Columns,
    /// What a fault's field is followed by: the name of the cell, in a workbook.
    place: fn(u64, usize) -> String,
    /// The article of each number, as its first good line says it.
    first: HashMap<String, Item>,
    pub(super) sheet: Sheet,
}

/// What a price looks like.
pub(super) const PRICE: &str = "digits with a point, such as 12.50, at most 8 behind it";

/// One cell at fault: field, got, expected.
pub(super) type Wrong = (&'static str, String, String);

impl Reading {
    pub(super) fn new(
        supplier: SupplierId,
        columns: Columns,
        place: fn(u64, usize) -> String,
    ) -> Self {
        Self { supplier, columns, place, first: HashMap::new(), sheet: Sheet::default() }
    }

    /// Nothing, when one more line may be read.
    pub(super) fn need_room(&self) -> Result<(), Refusal> {
        let lines = self.sheet.rows.len() + self.sheet.faults.len();
        if lines >= MAX_LINES { Err(too_many()) } else { Ok(()) }
    }

    /// Reads a line; one that is known to be at fault is only named.
    pub(super) fn take(&mut self, line: u64, record: &StringRecord, wrong: Option<Wrong>) {
        match wrong.map_or_else(|| self.row(line, record), Err) {
            Ok(row) => {
                if !self.first.contains_key(&row.item.sku) {
                    self.first.insert(row.item.sku.clone(), row.item.clone());
                }
                self.sheet.rows.push(row);
            }
            Err((field, got, expected)) => {
                let place = self.columns.get(field).map(|at| (self.place)(line, *at));
                self.sheet.faults.push(Fault {
                    line,
                    sku: shorten(self.cell(record, "sku"), SHOWN),
                    field: format!("{field}{}", place.unwrap_or_default()),
                    got: shorten(&got, SHOWN),
                    expected,
                });
            }
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
        let amount =
            decimal::parse(cell("price")).map_err(|_| wrong("price", cell("price"), PRICE))?;
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
            price_alone: false,
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
pub(super) fn checked(item: Item) -> Result<Item, Wrong> {
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

pub(super) fn wrong(field: &'static str, got: &str, expected: &str) -> Wrong {
    (field, got.to_owned(), expected.to_owned())
}

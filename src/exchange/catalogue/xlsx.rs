//! An XLSX workbook with the columns of our CSV: the first visible sheet whose head line names a
//! sku column, each line under the number that Excel shows.
//!
//! Cells are read as a person sees them and are exact ([`cell`]); they come one by one, so that a
//! sheet with a cell in its last corner costs nothing. Formulas are never reckoned here: what the
//! sheet keeps as their result counts.

mod archive;
mod cell;

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx};
use csv::StringRecord;

use super::line::{Reading, Wrong, columns, wrong};
use super::{SHOWN, Sheet};
use crate::{
    base::{id::SupplierId, text::shorten},
    domain::refusal::Refusal,
};

/// Columns of a sheet that are looked at: many times those that have a name.
const MAX_COLUMNS: usize = 256;
/// What a formula without a kept result should be.
const RESULT: &str = "a formula whose result the file keeps; open it in a spreadsheet and save it";

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Whether the bytes are those of a zip archive, or of the older container of office files.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    archive::is_zip(bytes) || archive::is_compound(bytes)
}

pub(super) fn read(bytes: &[u8], supplier: SupplierId) -> Result<Sheet, Refusal> {
    archive::check(bytes)?;
    // The bytes are a stranger's and so is the reader: a number too large may stop it with a panic,
    // which must not end the task that writes to the database.
    let read = catch_unwind(AssertUnwindSafe(|| workbook(bytes, supplier)));
    read.unwrap_or_else(|_| Err(unreadable("a part that is damaged")))
}

fn workbook(bytes: &[u8], supplier: SupplierId) -> Result<Sheet, Refusal> {
    let book = Xlsx::new(Cursor::new(bytes));
    let mut book: Book<'_> = book.map_err(|fault| unreadable(&fault.to_string()))?;
    let is_read = |sheet: &&calamine::Sheet| {
        sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
    };
    let visible = book.sheets_metadata().iter().filter(is_read);
    let names: Vec<String> = visible.map(|sheet| sheet.name.clone()).collect();
    let mut chosen = None;
    for name in &names {
        let Some(head) = head(&mut book, name)? else { continue };
        let has_sku = head.cells.iter().any(|cell| cell.trim().eq_ignore_ascii_case("sku"));
        // Without a sku on any sheet, the first one is what is said to be wrong.
        if has_sku || chosen.is_none() {
            chosen = Some((name, head));
        }
        if has_sku {
            break;
        }
    }
    let Some((name, head)) = chosen else {
        return Err(unreadable("no visible sheet with a cell that holds something"));
    };
    lines(&mut book, name, &head, supplier)
}

/// The first line that says something.
struct Head {
    line: u64,
    cells: StringRecord,
}

fn head(book: &mut Book<'_>, name: &str) -> Result<Option<Head>, Refusal> {
    let mut found = None;
    each_line(book, name, &[], |line| {
        let width = line.cells.iter().map(|(at, _)| at + 1).max().unwrap_or_default();
        if width > MAX_COLUMNS {
            let got = format!("a head line of {width} columns on the sheet {name}");
            return Err(unreadable(&got));
        }
        let mut cells = vec![String::new(); width];
        for (at, shown) in line.cells {
            if let Some(cell) = cells.get_mut(at) {
                *cell = shown.unwrap_or_else(|(got, _)| got);
            }
        }
        found = Some(Head { line: line.number, cells: StringRecord::from(cells) });
        Ok(false)
    })?;
    Ok(found)
}

fn lines(
    book: &mut Book<'_>,
    name: &str,
    head: &Head,
    supplier: SupplierId,
) -> Result<Sheet, Refusal> {
    let columns = columns(&head.cells, head.line)?;
    let mut names = vec![None; columns.values().max().map_or(0, |last| last + 1)];
    for (column, at) in &columns {
        if let Some(name) = names.get_mut(*at) {
            *name = Some(*column);
        }
    }
    let open = without_result(book, name)?;
    let mut reading = Reading::new(supplier, columns, cell::place);
    each_line(book, name, &open, |line| {
        if line.number <= head.line {
            return Ok(true);
        }
        reading.need_room()?;
        let mut cells = vec![String::new(); names.len()];
        let mut fault: Option<Wrong> = None;
        for (at, shown) in line.cells {
            let (text, expected) = match shown {
                Ok(text) => (text, None),
                Err((got, expected)) => (got, Some(expected)),
            };
            let Some(cell) = cells.get_mut(at) else {
                // The reading names it as a cell too many.
                cells.push(text);
                continue;
            };
            let column = names.get(at).copied().flatten();
            if let (Some(column), Some(expected), None) = (column, expected, &fault) {
                fault = Some(wrong(column, &text, expected));
            }
            *cell = match (column, text.as_str()) {
                (Some("at_site"), "TRUE") => "yes".to_owned(),
                (Some("at_site"), "FALSE") => "no".to_owned(),
                _ => text,
            };
        }
        reading.take(line.number, &StringRecord::from(cells), fault);
        Ok(true)
    })?;
    Ok(reading.sheet)
}

/// The cells of one line that say something, by column from 0.
struct Line {
    /// As Excel counts, from 1.
    number: u64,
    cells: Vec<(usize, cell::Shown)>,
}

/// Hands over every line that says something, until one is answered with `false`. `open` tells of
/// each cell, in their order, whether it is a formula without a result.
fn each_line(
    book: &mut Book<'_>,
    name: &str,
    open: &[bool],
    mut take: impl FnMut(Line) -> Result<bool, Refusal>,
) -> Result<(), Refusal> {
    let damaged = |at: u64, fault: &dyn std::fmt::Display| {
        unreadable(&format!("sheet {}, behind row {at}: {fault}", shorten(name, SHOWN)))
    };
    let reader = book.worksheet_cells_reader(name);
    let mut reader = reader.map_err(|fault| damaged(0, &fault))?;
    let mut open = open.iter().copied();
    let mut line = Line { number: 0, cells: Vec::new() };
    loop {
        let next =
            reader.next_cell_with_style_id().map_err(|fault| damaged(line.number, &fault))?;
        let Some((found, style)) = next else { break };
        let style = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
        let format = style.map_or("General", |format| format.format_code.as_str());
        let shown = match open.next() {
            Some(true) => Err(("a formula without a result".to_owned(), RESULT)),
            _ => cell::shown(found.get_value(), format),
        };
        if shown.as_ref().is_ok_and(|text| text.trim().is_empty()) {
            continue;
        }
        let (row, column) = found.get_position();
        let number = u64::from(row) + 1;
        if number != line.number {
            let whole = std::mem::replace(&mut line, Line { number, cells: Vec::new() });
            if !whole.cells.is_empty() && !take(whole)? {
                return Ok(());
            }
        }
        line.cells.push((usize::try_from(column).unwrap_or(usize::MAX), shown));
    }
    if !line.cells.is_empty() {
        take(line)?;
    }
    Ok(())
}

/// Of each cell of a sheet, whether it is a formula whose result the file does not keep, as some
/// programs write them. Such a cell looks empty, and an empty `per` would be a 1.
fn without_result(book: &mut Book<'_>, name: &str) -> Result<Vec<bool>, Refusal> {
    let damaged = |fault: calamine::XlsxError| unreadable(&fault.to_string());
    let mut reader = book.worksheet_cells_reader(name).map_err(damaged)?;
    let mut open = Vec::new();
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(damaged)? {
        open.push(cell.formula.is_some() && cell.value == DataRef::Empty);
    }
    Ok(open)
}

fn unreadable(got: &str) -> Refusal {
    Refusal::invalid("xlsx-unreadable", "The file cannot be read as an XLSX workbook.")
        .field("file")
        .got(shorten(got, 200))
        .expected("an XLSX workbook whose first used line names the columns")
        .mend("Save it again in a spreadsheet as XLSX, without a password.")
}

#[cfg(test)]
mod tests;

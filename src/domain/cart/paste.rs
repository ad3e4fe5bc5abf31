//! Lines pasted from a spreadsheet or a mail: `sku,quantity`, `sku;quantity` or with a tab.
//!
//! Cells are text and stay text: nothing is computed. A line that cannot be read is reported with
//! its number and stops no other line.

use crate::{
    base::{quantity::Quantity, text::shorten},
    domain::refusal::Refusal,
};

use super::{MAX_LINES, read_quantity};

/// One line that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// From 1, as pasted.
    pub line: usize,
    pub sku: String,
    pub quantity: Quantity,
    /// The supplier's short name, when a third cell names it.
    pub supplier: Option<String>,
}

/// One line that could not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasteFault {
    pub line: usize,
    pub got: String,
    pub expected: String,
}

impl PasteFault {
    pub fn new(line: usize, got: &str, expected: impl Into<String>) -> Self {
        Self { line, got: shorten(got, 80), expected: expected.into() }
    }

    /// One sentence: `Line 3: got "PEN-01", expected sku,quantity.`
    pub fn sentence(&self) -> String {
        format!("Line {}: got \"{}\", expected {}.", self.line, self.got, self.expected)
    }
}

/// What was pasted, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pasted {
    pub wanted: Vec<Wanted>,
    pub faults: Vec<PasteFault>,
}

/// How a figure that was typed becomes canonical text.
pub type Typed<'t> = &'t (dyn Fn(&str) -> Result<String, Refusal> + Sync);

/// Reads pasted text. Blank lines are skipped, and so is a first line that names its columns.
pub fn paste(text: &str, typed: Typed<'_>) -> Pasted {
    let mut pasted = Pasted::default();
    for (at, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
        if line.trim().is_empty() || (pasted == Pasted::default() && is_head(line)) {
            continue;
        }
        if pasted.wanted.len() == MAX_LINES {
            let expected = format!("at most {MAX_LINES} lines");
            pasted.faults.push(PasteFault::new(at + 1, line, expected));
            break;
        }
        match read_line(at + 1, line, typed) {
            Ok(wanted) => pasted.wanted.push(wanted),
            Err(fault) => pasted.faults.push(fault),
        }
    }
    pasted
}

fn cells(line: &str) -> Vec<&str> {
    // A tab is surest, then a semicolon; a comma may be a decimal mark in the other two.
    let mark = ['\t', ';', ','].into_iter().find(|mark| line.contains(*mark)).unwrap_or(',');
    line.split(mark).map(bare).collect()
}

/// The cell without outer blanks and the quotes that a spreadsheet puts round a text.
fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell).trim()
}

fn is_head(line: &str) -> bool {
    let second = cells(line).get(1).map(|cell| cell.to_lowercase());
    second.is_some_and(|cell| matches!(cell.as_str(), "quantity" | "qty" | "menge"))
}

fn read_line(at: usize, line: &str, typed: Typed<'_>) -> Result<Wanted, PasteFault> {
    let (sku, quantity, supplier) = match cells(line)[..] {
        [sku, quantity] => (sku, quantity, None),
        [sku, quantity, supplier] => (sku, quantity, Some(supplier)),
        _ => return Err(PasteFault::new(at, line, "sku,quantity or sku,quantity,supplier")),
    };
    if sku.is_empty() {
        return Err(PasteFault::new(at, line, "an article number before the quantity"));
    }
    let read = typed(quantity).and_then(|text| read_quantity(&text));
    let quantity = read
        .map_err(|refusal| PasteFault::new(at, quantity, refusal.expected.unwrap_or_default()))?;
    let supplier = supplier.filter(|name| !name.is_empty()).map(str::to_owned);
    Ok(Wanted { line: at, sku: sku.to_owned(), quantity, supplier })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paste(text: &str) -> Pasted {
        super::paste(text, &|typed| Ok(typed.to_owned()))
    }

    fn read(text: &str) -> Vec<(usize, String, String)> {
        let wanted = paste(text).wanted;
        wanted.into_iter().map(|w| (w.line, w.sku, w.quantity.to_string())).collect()
    }

    #[test]
    fn commas_semicolons_and_tabs_part_the_cells() {
        let lines = read("PEN-01,5\r\n\r\nDESK-01;2.5\nBOLT M8\t1000\n\"A-1\", 3 \n");
        let texts: Vec<_> = lines.iter().map(|(n, s, q)| format!("{n} {s} {q}")).collect();
        assert_eq!(texts, ["1 PEN-01 5", "3 DESK-01 2.5", "4 BOLT M8 1000", "5 A-1 3"]);
    }

    #[test]
    fn a_bad_line_is_named_and_harms_no_other() {
        let pasted = paste("PEN-01,5\nPEN-01\nPEN-01,five\n,5\na,1,b,c\nDESK-01;2,5\nX,=1+1\nY,0");
        assert_eq!(pasted.wanted.len(), 1);
        let lines: Vec<_> = pasted.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(
            pasted.faults[0].sentence(),
            "Line 2: got \"PEN-01\", expected sku,quantity or sku,quantity,supplier."
        );
        assert!(pasted.faults[1].expected.contains("above zero"), "{:?}", pasted.faults[1]);
    }

    #[test]
    fn a_head_line_is_skipped_and_a_third_cell_names_the_supplier() {
        let pasted = paste("sku;quantity;supplier\nPEN-01;5;office-one");
        assert!(pasted.faults.is_empty());
        assert_eq!(pasted.wanted[0].supplier.as_deref(), Some("office-one"));
    }

    #[test]
    fn too_many_lines_stop_the_reading() {
        let pasted = paste(&"A,1\n".repeat(MAX_LINES + 3));
        assert_eq!((pasted.wanted.len(), pasted.faults.len()), (MAX_LINES, 1));
    }
}

//! A policy set as a table: a header line that names the columns, then one rule a line.
//!
//! Reading is strict, because a line that is silently dropped is a signature that is silently not
//! asked for. Every refusal is `policy-unsound` and shows the line at fault.

use std::collections::BTreeSet;

use crate::{
    base::{
        decimal,
        money::{Currency, Money},
        text::shorten,
    },
    domain::{approval::is_rule_id, refusal::Refusal, role::Role},
};

/// The longest set that is read, in bytes: thousands of rules.
pub const MAX_SET_BYTES: usize = 1 << 20;
/// The most lines of a set; a plan reads all of them.
pub const MAX_LINES: usize = 5_000;
/// What a cell says when its column does not matter.
pub const ANY: &str = "*";

/// The refusal of a set, with what was expected, what stands there and where.
pub fn unsound(set: &str, expected: impl Into<String>, witness: impl Into<String>) -> Refusal {
    let witness = shorten(&witness.into(), 200);
    let expected = expected.into();
    Refusal::invalid("policy-unsound", format!("The {set} policy is unsound: {witness}."))
        .field(set)
        .got(witness.clone())
        .expected(expected)
        .mend("Mend the line and save again; the policy in force has not changed.")
        .with("witness", witness)
}

/// The lines of a set by column name.
#[derive(Debug)]
pub struct Table<'t> {
    set: &'t str,
    columns: Vec<String>,
    rows: Vec<(u64, Vec<String>)>,
}

impl<'t> Table<'t> {
    /// Reads a set whose header may name the columns of `known` and must name those of `needed`.
    pub fn read(set: &'t str, csv: &str, known: &[&str], needed: &[&str]) -> Result<Self, Refusal> {
        let mut records = records(set, csv)?.into_iter();
        let (_, columns) = records
            .next()
            .ok_or_else(|| unsound(set, "a header line and rules", "an empty set"))?;
        let mut seen = BTreeSet::new();
        for column in &columns {
            if !known.contains(&column.as_str()) {
                let witness = format!("the header names the unknown attribute \"{column}\"");
                let expected = format!("columns of {}, or field:NAME", known.join(", "));
                return Err(unsound(set, expected, witness));
            }
            if !seen.insert(column.as_str()) {
                let witness = format!("the header names the column {column} twice");
                return Err(unsound(set, "each column once", witness));
            }
        }
        if let Some(missing) = needed.iter().find(|column| !seen.contains(**column)) {
            let witness = format!("the header lacks the column {missing}");
            return Err(unsound(set, needed.join(", "), witness));
        }
        let mut rows = Vec::new();
        let mut ids = BTreeSet::new();
        for (line, cells) in records {
            if cells.len() != columns.len() {
                let witness = format!("line {line} has {} cells: {}", cells.len(), cells.join(","));
                let expected = format!("{} cells as the header has", columns.len());
                return Err(unsound(set, expected, witness));
            }
            if let Some(id) = cells.first()
                && !ids.insert(id.clone())
            {
                let witness = format!("line {line} uses the id {id} a second time");
                return Err(unsound(set, "an id of its own for each line", witness));
            }
            rows.push((line, cells));
        }
        if columns.first().map(String::as_str) != Some("id") {
            return Err(unsound(set, "id as the first column", "another first column"));
        }
        Ok(Self { set, columns, rows })
    }

    pub fn rows(&self) -> Vec<Row<'_>> {
        self.rows.iter().map(|(line, cells)| Row { table: self, line: *line, cells }).collect()
    }
}

/// The records of a text with their line numbers. A `#` starts a comment line.
pub fn records(set: &str, csv: &str) -> Result<Vec<(u64, Vec<String>)>, Refusal> {
    if csv.len() > MAX_SET_BYTES {
        let witness = format!("a text of {} bytes", csv.len());
        return Err(unsound(set, format!("at most {MAX_SET_BYTES} bytes"), witness));
    }
    if let Some(odd) = csv.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        let witness = format!("the character U+{:04X}", u32::from(odd));
        return Err(unsound(set, "plain text", witness));
    }
    // The csv crate closes a forgotten quote at the end of the text and swallows the lines between.
    if csv.matches('"').count() % 2 == 1 {
        return Err(unsound(set, "quotes in pairs", "a quote that is never closed"));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(csv.trim_start_matches('\u{FEFF}').as_bytes());
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record
            .map_err(|fault| unsound(set, "comma-separated lines", one_line(&fault.to_string())))?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(str::is_empty) {
            continue;
        }
        if let Some(long) = record.iter().find(|cell| cell.contains('\n')) {
            let witness = format!("line {line} has a cell over several lines: {}", one_line(long));
            return Err(unsound(set, "each cell on one line", witness));
        }
        if found.len() > MAX_LINES {
            let witness = format!("more than {MAX_LINES} lines");
            return Err(unsound(set, format!("at most {MAX_LINES} lines"), witness));
        }
        found.push((line, record.iter().map(str::to_owned).collect()));
    }
    Ok(found)
}

fn one_line(text: &str) -> String {
    crate::base::text::one_line(text)
}

/// One line of a set.
#[derive(Debug, Clone, Copy)]
pub struct Row<'r> {
    table: &'r Table<'r>,
    line: u64,
    cells: &'r [String],
}

impl Row<'_> {
    /// The cell of a column; `*` when the header does not name it or the cell is empty.
    pub fn cell(&self, column: &str) -> &str {
        self.table
            .columns
            .iter()
            .position(|name| name == column)
            .and_then(|at| self.cells.get(at))
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
            .unwrap_or(ANY)
    }

    /// The columns that the header names.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.table.columns.iter().map(String::as_str)
    }

    /// The rule's id, in kebab-case.
    pub fn id(&self) -> Result<String, Refusal> {
        let id = self.cell("id");
        if is_rule_id(id) {
            return Ok(id.to_owned());
        }
        Err(self.unsound("id", "an id such as over-5000: lower-case words joined by hyphens"))
    }

    /// An exact amount in a currency, written with the currency's places (`5000.00`), or `None`
    /// for `*`.
    pub fn amount(&self, column: &str, currency: Currency) -> Result<Option<Money>, Refusal> {
        let text = self.cell(column);
        if text == ANY {
            return Ok(None);
        }
        decimal::parse(text)
            .ok()
            .and_then(|amount| Money::exact(amount, currency).ok())
            .map(Some)
            .ok_or_else(|| {
                self.unsound(column, format!("an amount in {currency} such as 5000 or 5000.00"))
            })
    }

    /// A role that the access policy knows.
    pub fn known_role(
        &self,
        column: &str,
        text: &str,
        roles: &BTreeSet<Role>,
    ) -> Result<Role, Refusal> {
        let expected = || {
            let known: Vec<&str> = roles.iter().map(Role::as_str).collect();
            self.unsound(
                column,
                format!("a role that the access policy knows: {}", known.join(", ")),
            )
        };
        let role: Role = text.parse().map_err(|_| expected())?;
        if roles.contains(&role) { Ok(role) } else { Err(expected()) }
    }

    /// The refusal of this line because of one column.
    pub fn unsound(&self, column: &str, expected: impl Into<String>) -> Refusal {
        let witness = format!("line {}, {column} \"{}\"", self.line, self.cell(column));
        unsound(self.table.set, expected, witness).field(format!("{}.{column}", self.table.set))
    }
}

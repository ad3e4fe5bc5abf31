//! What an import did, or would do, line by line: as people read it and as programs do.

use std::{collections::HashMap, fmt};

use serde::{Deserialize, Serialize};

use super::{
    super::{AppError, register},
    Article,
};
use crate::{
    base::id::OrganisationId,
    domain::fact::Change,
    exchange::catalogue::{Fault, Note},
    store::Conn,
};

/// What becomes of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    Added,
    Changed { changes: Vec<Change> },
    Unchanged,
    Fault { field: String, got: String, expected: String },
}

/// One line of the file with its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineReport {
    pub line: u64,
    pub sku: String,
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What may be wrong though it is kept: a class that the organisation's tree does not have, or
    /// what the file says and we have no place for.
    pub warning: Option<String>,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub dry_run: bool,
    /// Articles, not lines.
    pub added: u32,
    pub changed: u32,
    pub unchanged: u32,
    /// Lines.
    pub faults: u32,
    /// Lines.
    pub warnings: u32,
    /// By line.
    pub lines: Vec<LineReport>,
}

impl Report {
    pub(super) fn add(&mut self, article: &Article, outcome: Outcome) {
        match &outcome {
            Outcome::Added => self.added += 1,
            Outcome::Changed { .. } => self.changed += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Fault { .. } => {
                self.faults += u32::try_from(article.lines.len()).unwrap_or(u32::MAX);
            }
        }
        let sku = &article.item.sku;
        self.lines.extend(article.lines.iter().map(|line| LineReport {
            line: *line,
            sku: sku.clone(),
            outcome: outcome.clone(),
            warning: None,
        }));
    }

    /// Names the articles whose class is not in the organisation's tree, when it keeps one.
    pub(super) async fn warn(
        &mut self,
        conn: &mut Conn,
        organisation: Option<OrganisationId>,
        articles: &[Article],
    ) -> Result<(), AppError> {
        let Some(organisation) = organisation else { return Ok(()) };
        let Some(known) = register::classes(conn, organisation).await? else { return Ok(()) };
        let unknown = |article: &&Article| {
            let code = &article.item.unspsc;
            !code.is_empty() && !known.contains(code)
        };
        let odd: HashMap<&str, &str> = articles
            .iter()
            .filter(unknown)
            .map(|article| (article.item.sku.as_str(), article.item.unspsc.as_str()))
            .collect();
        for line in &mut self.lines {
            if let Some(code) = odd.get(line.sku.as_str()) {
                line.warn(&format!("class {code} is not in your classification"));
            }
        }
        Ok(())
    }

    /// Says what the file's reader noted of the lines.
    pub(super) fn note(&mut self, notes: &[Note]) {
        let mut of: HashMap<u64, Vec<&str>> = HashMap::new();
        for note in notes {
            of.entry(note.line).or_default().push(&note.text);
        }
        for line in &mut self.lines {
            for text in of.get(&line.line).into_iter().flatten() {
                line.warn(text);
            }
        }
    }

    /// The lines in the order of the file, and how many have a warning.
    pub(super) fn close(&mut self) {
        self.lines.sort_by_key(|line| line.line);
        let warned = self.lines.iter().filter(|line| line.warning.is_some()).count();
        self.warnings = u32::try_from(warned).unwrap_or(u32::MAX);
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        self.faults += 1;
        let Fault { line, sku, field, got, expected } = fault;
        let outcome = Outcome::Fault { field, got, expected };
        self.lines.push(LineReport { line, sku, outcome, warning: None });
    }
}

impl LineReport {
    fn warn(&mut self, text: &str) {
        match &mut self.warning {
            Some(all) => {
                all.push_str("; ");
                all.push_str(text);
            }
            None => self.warning = Some(text.to_owned()),
        }
    }

    /// Whether there is something to say about it.
    fn is_told(&self) -> bool {
        self.outcome != Outcome::Unchanged || self.warning.is_some()
    }
}

impl fmt::Display for LineReport {
    /// `line 3 PEN-01: changed (name: Pen -> Ball pen)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} {}: ", self.line, self.sku)?;
        match &self.outcome {
            Outcome::Added => f.write_str("added"),
            Outcome::Unchanged => f.write_str("unchanged"),
            Outcome::Changed { changes } => {
                let shown = changes.iter().map(|change| {
                    format!("{}: {} -> {}", change.field, change.before, change.after)
                });
                write!(f, "changed ({})", shown.collect::<Vec<_>>().join("; "))
            }
            Outcome::Fault { field, got, expected } => {
                write!(f, "fault in {field}: got \"{got}\", expected {expected}")
            }
        }?;
        match &self.warning {
            Some(warning) => write!(f, "; {warning}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Report {
    /// Every line that changes something or is at fault, then the sums.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.lines.iter().filter(|line| line.is_told()) {
            writeln!(f, "{line}")?;
        }
        let tense = if self.dry_run { " (dry run, nothing was written)" } else { "" };
        write!(
            f,
            "{} articles added, {} changed, {} unchanged, {} lines at fault{tense}",
            self.added, self.changed, self.unchanged, self.faults
        )?;
        match self.warnings {
            0 => Ok(()),
            many => write!(f, ", {many} lines with a warning"),
        }
    }
}

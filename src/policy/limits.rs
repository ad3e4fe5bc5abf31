//! `limits.csv`: the requesters' own limits, one line each.
//!
//! Columns: `id,subject,period,currency,amount`. The lines are read and checked once; judging a
//! requisition against them is `domain::spending`.

use std::collections::BTreeSet;

use super::table::{Row, Table, unsound};
use crate::{
    base::money::Currency,
    domain::{
        approval::{Facts, RuleRef},
        refusal::Refusal,
        role::Role,
        spending::{self, Limit, Period, Standing, Subject},
    },
};

const COLUMNS: &[&str] = &["id", "subject", "period", "currency", "amount"];
/// The longest rolling window; a year of orders is summed at most.
pub const MAX_WINDOW_DAYS: u16 = 366;

/// The limits of one organisation in one version. Immutable.
#[derive(Debug, Clone)]
pub struct Limits {
    version: String,
    limits: Vec<Limit>,
}

impl Limits {
    /// Reads a set, or refuses it as `policy-unsound` with the line that is wrong.
    pub fn load(csv: &str, version: &str, roles: &BTreeSet<Role>) -> Result<Self, Refusal> {
        let table = Table::read("limits", csv, COLUMNS, COLUMNS)?;
        let mut limits: Vec<Limit> = Vec::new();
        for row in table.rows() {
            let limit = read(&row, version, roles)?;
            let same =
                |other: &&Limit| other.subject == limit.subject && other.period == limit.period;
            if let Some(other) = limits.iter().find(same) {
                return Err(row.unsound(
                    "subject",
                    format!("one limit for each subject and period; {} is another", other.rule.id),
                ));
            }
            limits.push(limit);
        }
        if limits.is_empty() {
            return Err(unsound("limits", "at least one limit", "a set without lines"));
        }
        Ok(Self { version: version.to_owned(), limits })
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    pub fn all(&self) -> &[Limit] {
        &self.limits
    }

    /// The rolling windows, in days, whose sums the facts must carry.
    pub fn windows(&self) -> BTreeSet<u16> {
        self.limits
            .iter()
            .filter_map(|limit| match limit.period {
                Period::Window { days } => Some(days),
                Period::Order => None,
            })
            .collect()
    }

    /// How a requisition stands against the requester's own limits.
    pub fn judge(&self, facts: &Facts) -> Result<Standing, Refusal> {
        spending::judge(&self.limits, facts)
    }
}

fn read(row: &Row<'_>, version: &str, roles: &BTreeSet<Role>) -> Result<Limit, Refusal> {
    let rule = RuleRef { id: row.id()?, version: version.to_owned() };
    let currency: Currency = row
        .cell("currency")
        .parse()
        .map_err(|_| row.unsound("currency", "a currency of ISO 4217 such as EUR"))?;
    let amount = row
        .amount("amount", currency)?
        .ok_or_else(|| row.unsound("amount", "an amount such as 500.00"))?;
    Ok(Limit { rule, subject: subject(row, roles)?, period: period(row)?, amount })
}

fn subject(row: &Row<'_>, roles: &BTreeSet<Role>) -> Result<Subject, Refusal> {
    let expected = || row.unsound("subject", "role:NAME or person:E-MAIL");
    match row.cell("subject").split_once(':').ok_or_else(expected)? {
        ("role", role) => Ok(Subject::Role(row.known_role("subject", role, roles)?)),
        ("person", mail) if mail.contains('@') => {
            Ok(Subject::Person(crate::base::text::fold(mail)))
        }
        _ => Err(expected()),
    }
}

fn period(row: &Row<'_>) -> Result<Period, Refusal> {
    let text = row.cell("period");
    if text == "order" {
        return Ok(Period::Order);
    }
    text.strip_prefix("window:")
        .and_then(|rest| rest.strip_suffix('d'))
        .and_then(|days| days.parse::<u16>().ok())
        .filter(|days| (1..=MAX_WINDOW_DAYS).contains(days))
        .map(|days| Period::Window { days })
        .ok_or_else(|| row.unsound("period", "order, or a window of days such as window:7d"))
}

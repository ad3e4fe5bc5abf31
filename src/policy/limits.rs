//! `limits.csv`: how much may be ordered without a signature, one limit a line.
//!
//! Columns: `id,subject,period,counts,currency,amount`; `counts` may be left out. The lines are
//! read and checked once; judging a requisition against them is `domain::spending`.

use std::collections::BTreeSet;

use super::{
    rule::{is_category, is_name},
    signing::{SIGN, Signing, signers},
    table::{ANY, Row, Table, unsound},
};
use crate::{
    base::money::{Currency, Money},
    domain::{
        approval::{Facts, RuleRef},
        period::Cycle,
        refusal::Refusal,
        role::Role,
        spending::{self, Count, EACH, Limit, Period, Standing, Subject},
    },
};

const COLUMNS: &[&str] = &["id", "subject", "period", "counts", "currency", "amount"];
const NEEDED: &[&str] = &["id", "subject", "period", "currency", "amount"];
/// The longest rolling window; a year of orders is summed at most.
pub const MAX_WINDOW_DAYS: u16 = 366;

/// Whose earlier orders a set of limits counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LooksBack {
    Requester,
    Everybody,
}

/// The limits of one organisation in one version. Immutable.
#[derive(Debug, Clone)]
pub struct Limits {
    version: String,
    limits: Vec<Limit>,
    signing: Vec<Signing>,
}

impl Limits {
    /// Reads a set, or refuses it as `policy-unsound` with the line that is wrong.
    pub fn load(csv: &str, version: &str, roles: &BTreeSet<Role>) -> Result<Self, Refusal> {
        let table = Table::read("limits", csv, COLUMNS, NEEDED)?;
        let mut limits: Vec<Limit> = Vec::new();
        let mut signing: Vec<Signing> = Vec::new();
        for row in table.rows() {
            if row.cell("period") == SIGN {
                let limit = Signing { subject: subject(&row, roles)?, amount: amount(&row)? };
                if signing.iter().any(|other| other.subject == limit.subject) {
                    return Err(row.unsound("subject", "one line of period sign for each subject"));
                }
                signing.push(limit);
                continue;
            }
            let limit = read(&row, version, roles)?;
            let same = |other: &&Limit| {
                (&other.subject, other.period, other.own)
                    == (&limit.subject, limit.period, limit.own)
            };
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
        Ok(Self { version: version.to_owned(), limits, signing })
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    pub fn all(&self) -> &[Limit] {
        &self.limits
    }

    /// What must be known of earlier orders to judge this requisition: `facts` as far as they are
    /// known without it.
    pub fn counts(&self, facts: &Facts) -> Result<Vec<Count>, Refusal> {
        spending::counts(&self.limits, facts)
    }

    /// Whose submissions must wait for each other so that none is judged without the other.
    pub fn looks_back(&self) -> Option<LooksBack> {
        let mut over = self.limits.iter().filter(|limit| limit.period != Period::Order).peekable();
        over.peek()?;
        Some(if over.all(|limit| limit.own) { LooksBack::Requester } else { LooksBack::Everybody })
    }

    /// How many managers sign an amount, up to the first whose own limit of period `sign` covers
    /// it; `None` when nobody's does.
    pub fn signers(&self, facts: &Facts, judged: Money) -> Result<Option<usize>, Refusal> {
        signers(&self.signing, facts, judged)
    }

    /// The amounts of the limits of period `sign`.
    pub fn signing(&self) -> impl Iterator<Item = Money> + '_ {
        self.signing.iter().map(|limit| limit.amount)
    }

    /// How a requisition stands against the limits.
    pub fn judge(&self, facts: &Facts) -> Result<Standing, Refusal> {
        spending::judge(&self.limits, facts)
    }
}

fn read(row: &Row<'_>, version: &str, roles: &BTreeSet<Role>) -> Result<Limit, Refusal> {
    let rule = RuleRef { id: row.id()?, version: version.to_owned() };
    let subject = subject(row, roles)?;
    let own = own(row, &subject)?;
    Ok(Limit { rule, own, subject, period: period(row)?, amount: amount(row)? })
}

fn amount(row: &Row<'_>) -> Result<Money, Refusal> {
    let currency: Currency = row
        .cell("currency")
        .parse()
        .map_err(|_| row.unsound("currency", "a currency of ISO 4217 such as EUR"))?;
    row.amount("amount", currency)?.ok_or_else(|| row.unsound("amount", "an amount such as 500.00"))
}

fn subject(row: &Row<'_>, roles: &BTreeSet<Role>) -> Result<Subject, Refusal> {
    let expected = || {
        row.unsound(
            "subject",
            "role:NAME, person:E-MAIL, cost_center:CODE, supplier:NAME or category:UNSPSC; * for \
             each of the last three",
        )
    };
    let (kind, name) = row.cell("subject").split_once(':').ok_or_else(expected)?;
    let named = name == EACH || is_name(name);
    match kind {
        "role" => Ok(Subject::Role(row.known_role("subject", name, roles)?)),
        "person" if name.contains('@') => Ok(Subject::Person(crate::base::text::fold(name))),
        "cost_center" if named => Ok(Subject::CostCenter(name.to_owned())),
        "supplier" if named => Ok(Subject::Supplier(name.to_owned())),
        "category" if name == EACH || is_category(name) => Ok(Subject::Category(name.to_owned())),
        _ => Err(expected()),
    }
}

/// A person's and a role's limit count what the requester orders; the others what everybody does,
/// unless the line says `own`.
fn own(row: &Row<'_>, subject: &Subject) -> Result<bool, Refusal> {
    let personal = matches!(subject, Subject::Role(_) | Subject::Person(_));
    match row.cell("counts") {
        ANY => Ok(personal),
        "own" => Ok(true),
        "all" if !personal => Ok(false),
        "all" => Err(row.unsound("counts", "own, or nothing, for a person or a role")),
        _ => Err(row.unsound("counts", "own or all")),
    }
}

fn period(row: &Row<'_>) -> Result<Period, Refusal> {
    let text = row.cell("period");
    if text == "order" {
        return Ok(Period::Order);
    }
    if let Ok(cycle) = text.parse::<Cycle>() {
        return Ok(Period::Calendar(cycle));
    }
    text.strip_prefix("window:")
        .and_then(|rest| rest.strip_suffix('d'))
        .and_then(|days| days.parse::<u16>().ok())
        .filter(|days| (1..=MAX_WINDOW_DAYS).contains(days))
        .map(|days| Period::Window { days })
        .ok_or_else(|| {
            row.unsound(
                "period",
                "order, sign, day, week, month, quarter, fiscal_year, or a window of days such as \
                 window:7d",
            )
        })
}

//! `approval.csv`: the approval rules, one line each, conditions as columns.
//!
//! A rule applies when **all** its conditions hold; a cell `*` (or an empty one) is no condition.
//! Everything is parsed here, once, before casbin sees a line; what cannot be parsed is refused.

use std::collections::BTreeSet;

use super::table::{ANY, Row, Table, unsound};
use crate::{
    base::money::{Currency, Money},
    domain::{
        approval::{ApproverSource, Mode, Place},
        refusal::Refusal,
        requisition::RequisitionSource,
        role::Role,
    },
};

/// Every column a set may have. Later columns may be left out of a header.
pub const COLUMNS: &[&str] = &[
    "id",
    "effect",
    "limit",
    "above",
    "up_to",
    "currency",
    "category",
    "supplier",
    "account",
    "cost_center",
    "source",
    "flagged",
    "budget",
    "requester",
    "place",
    "approver",
    "vote",
    "because",
];
const NEEDED: &[&str] = &["id", "effect", "place", "approver"];
/// The columns that casbin matches on.
pub const CONDITIONS: &[&str] = &[
    "limit",
    "above",
    "up_to",
    "currency",
    "category",
    "supplier",
    "account",
    "cost_center",
    "source",
    "flagged",
    "budget",
    "requester",
];

/// What a rule does when it applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// `allow`: the requisition may go on once these people have signed.
    Ask { place: Place, source: ApproverSource, mode: Mode },
    /// `deny`: it cannot be submitted.
    Block,
}

/// One approval rule, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub id: String,
    pub effect: Effect,
    /// `over` or `within` the requester's own limit.
    pub over_limit: Option<bool>,
    /// Applies to more than this, exclusive.
    pub above: Option<Money>,
    /// Applies up to this, inclusive.
    pub up_to: Option<Money>,
    /// UNSPSC prefixes; one line must match the line conditions together.
    pub category: Vec<String>,
    pub supplier: Vec<String>,
    pub account: Vec<String>,
    pub cost_center: Vec<String>,
    pub source: Option<RequisitionSource>,
    /// Applies when a budget in mode `require_approval` is exceeded.
    pub budget_exceeded: bool,
    /// Applies to an incoming order with something to look at.
    pub flagged: bool,
    /// Applies when the requester has one of these roles.
    pub requester: Vec<Role>,
    /// The admin's own words, shown to whoever is asked.
    pub because: Option<String>,
    /// The cells of [`CONDITIONS`] as casbin gets them.
    pub cells: Vec<String>,
}

impl Rule {
    /// The conditions as column and cell.
    pub fn conditions(&self) -> impl Iterator<Item = (&'static str, &str)> {
        CONDITIONS.iter().copied().zip(self.cells.iter().map(String::as_str))
    }

    /// casbin's word for the effect.
    pub const fn eft(&self) -> &'static str {
        match self.effect {
            Effect::Ask { .. } => "allow",
            Effect::Block => "deny",
        }
    }

    /// Whether the rule asks about lines.
    pub fn has_line_conditions(&self) -> bool {
        !(self.category.is_empty() && self.supplier.is_empty() && self.account.is_empty())
    }

    /// The currency of the rule's amounts, when it has any.
    pub fn currency(&self) -> Option<Currency> {
        self.above.or(self.up_to).map(Money::currency)
    }
}

/// Reads a set; `roles` are those that the access policy knows.
pub fn read(csv: &str, roles: &BTreeSet<Role>) -> Result<Vec<Rule>, Refusal> {
    let table = Table::read("approval", csv, COLUMNS, NEEDED)?;
    let rules: Vec<Rule> =
        table.rows().iter().map(|row| rule(row, roles)).collect::<Result<_, _>>()?;
    if !rules.iter().any(|rule| matches!(rule.effect, Effect::Ask { .. })) {
        return Err(unsound(
            "approval",
            "at least one line with effect allow",
            "a set that asks nobody, whatever is ordered",
        ));
    }
    Ok(rules)
}

fn rule(row: &Row<'_>, roles: &BTreeSet<Role>) -> Result<Rule, Refusal> {
    let (above, up_to) = bounds(row)?;
    let sources: Vec<_> =
        RequisitionSource::ALL.iter().map(|source| (source.word(), *source)).collect();
    Ok(Rule {
        id: row.id()?,
        effect: effect(row, roles)?,
        over_limit: one_of(row, "limit", &[("over", true), ("within", false)])?,
        above,
        up_to,
        category: list(row, "category", is_category, "UNSPSC prefixes such as 43 or 43|4410")?,
        supplier: list(row, "supplier", is_name, "suppliers by short name, such as office-one")?,
        account: list(row, "account", is_name, "accounts such as 6400|6410")?,
        cost_center: list(row, "cost_center", is_name, "cost centres such as 4100|4200")?,
        source: one_of(row, "source", &sources)?,
        flagged: one_of(row, "flagged", &[("yes", true)])?.unwrap_or(false),
        budget_exceeded: one_of(row, "budget", &[("exceeded", true)])?.unwrap_or(false),
        requester: names(row, "requester")
            .into_iter()
            .map(|name| row.known_role("requester", &name, roles))
            .collect::<Result<_, _>>()?,
        because: Some(row.cell("because")).filter(|text| *text != ANY).map(str::to_owned),
        cells: CONDITIONS.iter().map(|column| row.cell(column).to_owned()).collect(),
    })
}

fn bounds(row: &Row<'_>) -> Result<(Option<Money>, Option<Money>), Refusal> {
    let named = row.cell("currency");
    if named == ANY {
        return match ["above", "up_to"].iter().find(|column| row.cell(column) != ANY) {
            Some(_) => Err(row.unsound("currency", "the currency of the amount, such as EUR")),
            None => Ok((None, None)),
        };
    }
    let currency: Currency =
        named.parse().map_err(|_| row.unsound("currency", "a currency of ISO 4217 such as EUR"))?;
    let above = row.amount("above", currency)?;
    let up_to = row.amount("up_to", currency)?;
    if let (Some(low), Some(high)) = (above, up_to)
        && low.minor() >= high.minor()
    {
        return Err(row.unsound("up_to", "an amount higher than above; no order is in between"));
    }
    Ok((above, up_to))
}

fn effect(row: &Row<'_>, roles: &BTreeSet<Role>) -> Result<Effect, Refusal> {
    match row.cell("effect") {
        "allow" => {}
        "deny" => {
            return match ["place", "approver", "vote"].iter().find(|c| row.cell(c) != ANY) {
                Some(column) => Err(row.unsound(column, "* in a line that blocks")),
                None if row.cell("because") == ANY => {
                    Err(row.unsound("because", "a message for the requester in a line that blocks"))
                }
                None => Ok(Effect::Block),
            };
        }
        _ => return Err(row.unsound("effect", "allow or deny")),
    }
    let place =
        row.cell("place").parse::<Place>().map_err(|expected| row.unsound("place", expected))?;
    let source = row
        .cell("approver")
        .parse::<ApproverSource>()
        .map_err(|expected| row.unsound("approver", expected))?;
    if let ApproverSource::Role(role) = &source {
        row.known_role("approver", role.as_str(), roles)?;
    }
    let mode = one_of(row, "vote", &[("any", Mode::Any), ("all", Mode::All)])?;
    Ok(Effect::Ask { place, source, mode: mode.unwrap_or(Mode::Any) })
}

fn one_of<T: Copy>(row: &Row<'_>, column: &str, words: &[(&str, T)]) -> Result<Option<T>, Refusal> {
    let cell = row.cell(column);
    if cell == ANY {
        return Ok(None);
    }
    words.iter().find(|(word, _)| *word == cell).map(|(_, value)| Some(*value)).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        row.unsound(column, format!("{} or *", known.join(", ")))
    })
}

fn names(row: &Row<'_>, column: &str) -> Vec<String> {
    match row.cell(column) {
        ANY => Vec::new(),
        cell => cell.split('|').map(|name| name.trim().to_owned()).collect(),
    }
}

fn list(
    row: &Row<'_>,
    column: &str,
    good: fn(&str) -> bool,
    expected: &str,
) -> Result<Vec<String>, Refusal> {
    let found = names(row, column);
    if found.iter().all(|name| good(name)) { Ok(found) } else { Err(row.unsound(column, expected)) }
}

/// 2 to 8 digits.
pub fn is_category(text: &str) -> bool {
    (2..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// A short name or code.
pub fn is_name(text: &str) -> bool {
    (1..=80).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

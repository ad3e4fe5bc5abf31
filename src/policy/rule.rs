//! `approval.csv`: the approval rules, one line each, conditions as columns.
//!
//! A rule applies when **all** its conditions hold; a cell `*` (or an empty one) is no condition.
//! Everything is parsed here, once, before casbin sees a line; what cannot be parsed is refused.

use crate::{
    base::money::{Currency, Money},
    domain::{
        approval::{ApproverSource, LineKind, Mode, Place, SupplierStatus},
        requisition::RequisitionSource,
        role::Role,
    },
};

use super::table::ANY;

mod read;

pub use read::{is_category, is_name, read};

/// Every column a set may have, beside the organisation's own fields ([`FIELD`], [`LINE_FIELD`]).
/// Columns may be left out of a header.
pub const COLUMNS: &[&str] = &[
    "id",
    "effect",
    "limit",
    "above",
    "up_to",
    "currency",
    "category",
    "eclass",
    "supplier",
    "supplier_status",
    "line",
    "line_above",
    "account",
    "cost_center",
    "project",
    "country",
    "unit",
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
/// Begins a column on one of the organisation's own fields of the whole requisition.
pub const FIELD: &str = "field:";
/// Begins a column on one of the organisation's own fields of a line.
pub const LINE_FIELD: &str = "line_field:";
/// What matches the absence of a project, a unit or a field.
pub const NONE: &str = "none";

/// What a rule does when it applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// `allow`: the requisition may go on once these people have signed.
    Ask { place: Place, source: ApproverSource, mode: Mode },
    /// `deny`: it cannot be submitted.
    Block,
    /// `warn`: it can be submitted, and the message is shown.
    Warn,
    /// `watch`: these people are told and not asked.
    Watch(ApproverSource),
}

impl Effect {
    /// Whom the rule asks or tells.
    pub const fn source(&self) -> Option<&ApproverSource> {
        match self {
            Self::Ask { source, .. } | Self::Watch(source) => Some(source),
            Self::Block | Self::Warn => None,
        }
    }
}

/// A condition on one of the organisation's own fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldTest {
    pub name: String,
    pub values: Vec<String>,
}

impl FieldTest {
    /// Whether the field has one of the values; `none` is its absence.
    pub fn holds(&self, fields: &std::collections::BTreeMap<String, String>) -> bool {
        let value = fields.get(&self.name).map_or(NONE, String::as_str);
        self.values.iter().any(|wanted| wanted == value)
    }
}

/// What one line must meet, all of it together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineTest {
    /// UNSPSC prefixes.
    pub category: Vec<String>,
    /// eCl@ss prefixes.
    pub eclass: Vec<String>,
    pub supplier: Vec<String>,
    pub status: Vec<SupplierStatus>,
    pub kind: Vec<LineKind>,
    pub account: Vec<String>,
    /// More than this on the one line.
    pub above: Option<Money>,
    pub fields: Vec<FieldTest>,
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
    /// `None` when any line, or none, will do.
    pub line: Option<LineTest>,
    pub cost_center: Vec<String>,
    pub project: Vec<String>,
    pub country: Vec<String>,
    /// The requester's unit.
    pub unit: Vec<String>,
    pub fields: Vec<FieldTest>,
    pub source: Option<RequisitionSource>,
    /// Applies when a budget in mode `require_approval` is exceeded.
    pub budget_exceeded: bool,
    /// Applies to an incoming order with something to look at.
    pub flagged: bool,
    /// Applies when the requester has one of these roles.
    pub requester: Vec<Role>,
    /// The admin's own words, shown to whoever is asked.
    pub because: Option<String>,
    /// The cells of the conditions as they were written, by column.
    pub cells: Vec<(String, String)>,
}

impl Rule {
    /// A condition's cell as it was written; `*` when there is none.
    pub fn cell(&self, column: &str) -> &str {
        self.cells.iter().find(|(name, _)| name == column).map_or(ANY, |(_, cell)| cell)
    }

    /// The conditions on lines as they were written: `category 43`.
    pub fn line_cells(&self) -> impl Iterator<Item = String> + '_ {
        const LINE: [&str; 7] =
            ["category", "eclass", "supplier", "supplier_status", "line", "line_above", "account"];
        let of_line = |name: &str| LINE.contains(&name) || name.starts_with(LINE_FIELD);
        let cells = self.cells.iter().filter(move |(name, cell)| cell != ANY && of_line(name));
        cells.map(|(name, cell)| format!("{name} {cell}"))
    }

    /// The currency of the rule's amounts, when it has any.
    pub fn currency(&self) -> Option<Currency> {
        let line = self.line.as_ref().and_then(|line| line.above);
        self.above.or(self.up_to).or(line).map(Money::currency)
    }
}

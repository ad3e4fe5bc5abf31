//! What the registers say of a requisition: budgets, counted limits, earlier orders, rates.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    base::money::{Currency, Money},
    domain::spending::Count,
};

use super::{BudgetMode, Person};

/// How the cost centre's budget would stand with this requisition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetState {
    pub mode: BudgetMode,
    /// Whether this requisition goes beyond what is available.
    pub exceeded: bool,
    /// What is left before this requisition.
    pub available: Money,
}

/// How a budget beside the cost centre's would stand: of a project or an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherBudget {
    /// `project P-17`.
    pub of: String,
    /// The numbers of the lines that count against it.
    pub lines: Vec<u32>,
    pub state: BudgetState,
}

/// A budget of what is charged whose period is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LapsedBudget {
    /// `cost centre 4100`, `project P-17`.
    pub of: String,
    /// `2026`, `2026-Q2`.
    pub period: String,
}

/// A budget among the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// `cost centre 4100`.
    pub of: String,
    /// What of this requisition counts against it.
    pub amount: Money,
    pub state: BudgetState,
}

/// What was handed in earlier and counts against a limit: without this requisition and without
/// rejected, withdrawn and expired ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowSum {
    pub count: Count,
    /// One sum for each currency.
    pub totals: Vec<Money>,
    /// The latest of them, to be named; a period that counts only the sum names none.
    pub earlier: Vec<Earlier>,
}

/// A requisition that is judged together with this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    pub number: String,
    /// The part of it that counts.
    pub total: Money,
}

/// One unit of `from` is `rate` units of `to`. Rates are never turned round or chained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    pub from: Currency,
    pub to: Currency,
    #[serde(with = "plain_decimal")]
    pub rate: Decimal,
}

/// A decimal as its canonical text.
mod plain_decimal {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&crate::base::decimal::canonical(*value))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::from_str_exact(&text).map_err(D::Error::custom)
    }
}

/// Somebody whom the requester wants to be asked as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdHoc {
    pub person: Person,
    /// The requester's own words.
    pub reason: String,
}

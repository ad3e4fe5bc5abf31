//! What the policy may know of one requisition. The caller reads it from the database in the
//! deciding transaction; nothing here is looked up.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::{
    base::{
        id::PersonId,
        money::{Currency, Money},
        words::words,
    },
    domain::{refusal::Refusal, requisition::RequisitionSource, role::Role, spending::Count},
};

/// A person as far as sign-off needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    /// The e-mail address, by which rules and answers name the person.
    pub mail: String,
    pub name: String,
    /// A disabled person is never asked and never counted.
    pub active: bool,
}

/// One line of the requisition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line's number as people see it, from 1.
    pub number: u32,
    /// The supplier's short name.
    pub supplier: String,
    pub sku: String,
    /// The UNSPSC code, 2 to 8 digits.
    pub unspsc: Option<String>,
    pub total: Money,
    /// The unit of measure.
    pub unit: String,
    /// The ledger accounts it is charged to, where the organisation uses them.
    pub accounts: Vec<String>,
}

words! {
    /// What happens when a budget is exceeded.
    BudgetMode {
        Block = "block",
        Warn = "warn",
        RequireApproval = "require_approval",
    }
}

/// How the cost centre's budget would stand with this requisition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetState {
    pub mode: BudgetMode,
    /// Whether this requisition goes beyond what is available.
    pub exceeded: bool,
    /// What is left before this requisition.
    pub available: Money,
}

/// What was handed in earlier and counts against a limit: without this requisition and without
/// rejected, withdrawn and expired ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowSum {
    pub count: Count,
    /// One sum for each currency.
    pub totals: Vec<Money>,
    /// The latest of them, to be named; a period that counts only the sum names none.
    pub earlier: Vec<Earlier>,
}

/// A requisition that is judged together with this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    pub number: String,
    /// The part of it that counts.
    pub total: Money,
}

/// One unit of `from` is `rate` units of `to`. Rates are never turned round or chained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub from: Currency,
    pub to: Currency,
    pub rate: Decimal,
}

/// Everything the policy may know of one requisition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The buyer organisation's short name.
    pub organisation: String,
    /// The organisation's own currency.
    pub currency: Currency,
    pub requester: Person,
    /// The requester's roles.
    pub roles: BTreeSet<Role>,
    /// The requester's manager, that one's manager, and so on.
    pub managers: Vec<Person>,
    /// The cost centre's code.
    pub cost_center: String,
    /// Net total.
    pub total: Money,
    pub lines: Vec<Line>,
    pub source: RequisitionSource,
    /// Whether something about an incoming order needs a look: a price beyond its tolerance.
    pub flagged: bool,
    /// `None` when the cost centre has no budget.
    pub budget: Option<BudgetState>,
    /// Who holds the roles that the rules name.
    pub holders: BTreeMap<Role, Vec<Person>>,
    /// The people whom rules name by e-mail.
    pub named: Vec<Person>,
    pub rates: Vec<Rate>,
    /// One sum for everything that the limits count over more than this order.
    pub windows: Vec<WindowSum>,
}

impl Facts {
    /// An amount in another currency, exact and unrounded. A missing rate is a refusal, never a
    /// guess.
    pub fn convert(&self, money: Money, to: Currency) -> Result<Decimal, Refusal> {
        let from = money.currency();
        if from == to {
            return Ok(money.amount());
        }
        let rate = self
            .rates
            .iter()
            .find(|rate| rate.from == from && rate.to == to && rate.rate > Decimal::ZERO)
            .ok_or_else(|| {
                cannot_decide("rates", format!("There is no rate from {from} to {to}."))
                    .mend(format!("Enter a rate from {from} to {to}."))
            })?;
        money.amount().checked_mul(rate.rate).ok_or_else(|| {
            cannot_decide("total", format!("{money} is too large to be converted exactly."))
        })
    }

    /// The organisation's own people of this e-mail address, for rules that name one.
    pub fn person_named(&self, mail: &str) -> Option<&Person> {
        let mail = crate::base::text::fold(mail);
        self.named.iter().find(|person| crate::base::text::fold(&person.mail) == mail)
    }
}

/// The refusal when the policy lacks what it needs: the submission waits, it never slips through.
pub fn cannot_decide(field: impl Into<String>, message: impl Into<String>) -> Refusal {
    Refusal::unavailable("policy-cannot-decide", message).field(field)
}

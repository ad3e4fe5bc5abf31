//! Spending limits: how much may be ordered without anybody's signature.
//!
//! A limit belongs to a person, a role, a cost centre, a supplier or a category, and counts one
//! order, a calendar period, or a rolling window of days. A window is the answer to split orders:
//! what is alike and close together is judged as one. Within every limit that applies no tier is
//! asked. A requester without any limit of his own may spend nothing alone.

use rust_decimal::Decimal;

use super::{
    approval::{Facts, RuleRef, WindowSum},
    period::Cycle,
    refusal::Refusal,
    role::Role,
};
use crate::base::{money::Money, text::fold};
use measure::{beats, earlier, named, part, raise, too_large};

mod measure;
mod words;

pub use words::in_words;

/// Whose limit it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    Role(Role),
    /// By e-mail address, folded.
    Person(String),
    /// By code; `*` is each one for itself.
    CostCenter(String),
    /// By short name; `*` is each one for itself.
    Supplier(String),
    /// A UNSPSC prefix; `*` is each segment (the first two digits) for itself.
    Category(String),
}

/// The subject that stands for each cost centre, supplier or category by itself.
pub const EACH: &str = "*";

/// What is counted against a limit.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum Period {
    /// This order alone.
    Order,
    /// This order and earlier ones of so many days.
    Window { days: u16 },
    /// This order and earlier ones of the same day, week, month, quarter or fiscal year.
    Calendar(Cycle),
}

/// Which part of an order counts.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum What {
    All,
    /// Orders charged to this cost centre.
    CostCenter(String),
    /// Lines of this supplier.
    Supplier(String),
    /// Lines whose UNSPSC code begins so.
    Category(String),
}

/// What is added up for one limit.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct Count {
    pub what: What,
    /// Only the requester's own orders; else those of the whole organisation.
    pub own: bool,
    pub period: Period,
}

impl Count {
    /// Everything that the requester orders within so many days.
    pub const fn own_window(days: u16) -> Self {
        Self { what: What::All, own: true, period: Period::Window { days } }
    }
}

/// One spending limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    pub rule: RuleRef,
    pub subject: Subject,
    pub period: Period,
    /// Whether only the requester's own orders count; always so for a person and a role.
    pub own: bool,
    /// Inclusive: an order of exactly this amount is within.
    pub amount: Money,
}

/// One limit held against the requisition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    pub rule: RuleRef,
    pub count: Count,
    pub amount: Money,
    /// What was counted, exact, in the limit's currency.
    pub counted: Decimal,
    pub within: bool,
}

/// How a requisition stands against the limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Within every limit that applies.
    pub within: bool,
    /// What the tiers are compared with: the total, or more when earlier orders of a window are
    /// judged together with this one.
    pub judged: Money,
    /// The window that made `judged` more than the total, with the orders in it.
    pub together: Option<WindowSum>,
    pub measured: Vec<Measured>,
    /// Plain words.
    pub because: String,
}

impl Standing {
    /// The limit that stands in the way, or the one that lets the order pass.
    pub fn decisive(&self) -> Option<&Measured> {
        self.measured.iter().find(|one| !one.within).or(self.measured.first())
    }
}

/// A limit that applies, with the part of the order that it counts.
type Applying<'l> = (&'l Limit, What);

/// What must be known of earlier orders before the requisition can be judged.
pub fn counts(limits: &[Limit], facts: &Facts) -> Result<Vec<Count>, Refusal> {
    let mut wanted = Vec::new();
    for (limit, what) in applicable(limits, facts)? {
        let count = Count { what, own: limit.own, period: limit.period };
        if limit.period != Period::Order && !wanted.contains(&count) {
            wanted.push(count);
        }
    }
    Ok(wanted)
}

/// Holds the requisition against the limits that apply to it.
pub fn judge(limits: &[Limit], facts: &Facts) -> Result<Standing, Refusal> {
    let mut standing = Standing {
        within: true,
        judged: facts.total,
        together: None,
        measured: Vec::new(),
        because: String::new(),
    };
    let mut has_own = false;
    for (limit, what) in applicable(limits, facts)? {
        let this = part(facts, &what)?;
        let mut counted = facts.convert(this, limit.amount.currency())?;
        if limit.period != Period::Order {
            let sum = earlier(limit, &what, facts)?;
            for total in &sum.totals {
                let more = facts.convert(*total, limit.amount.currency())?;
                counted = counted.checked_add(more).ok_or_else(too_large)?;
            }
            if matches!(limit.period, Period::Window { .. }) {
                raise(&mut standing, facts, sum)?;
            }
        }
        has_own |= matches!(limit.subject, Subject::Role(_) | Subject::Person(_));
        let within = counted <= limit.amount.amount();
        standing.within &= within;
        standing.measured.push(Measured {
            rule: limit.rule.clone(),
            count: Count { what, own: limit.own, period: limit.period },
            amount: limit.amount,
            counted,
            within,
        });
    }
    standing.within &= has_own;
    standing.because = words::standing(&standing, facts, has_own);
    Ok(standing)
}

/// The limits that apply, each with what it counts: for each period the requester's own limit, else
/// the highest one of his roles; then those of the cost centre, the suppliers and the categories of
/// the order, where one that names its subject goes before one for each.
fn applicable<'l>(limits: &'l [Limit], facts: &Facts) -> Result<Vec<Applying<'l>>, Refusal> {
    let mail = fold(&facts.requester.mail);
    let mut own: Vec<&Limit> = Vec::new();
    let mine = |limit: &&Limit| match &limit.subject {
        Subject::Person(person) => *person == mail,
        Subject::Role(role) => facts.roles.contains(role),
        Subject::CostCenter(_) | Subject::Supplier(_) | Subject::Category(_) => false,
    };
    for limit in limits.iter().filter(mine) {
        match own.iter_mut().find(|other| other.period == limit.period) {
            None => own.push(limit),
            Some(other) => {
                if beats(limit, other, facts)? {
                    *other = limit;
                }
            }
        }
    }
    own.sort_by_key(|limit| limit.period);
    let mut chosen: Vec<Applying<'l>> = own.into_iter().map(|limit| (limit, What::All)).collect();
    for limit in limits {
        for what in named(limit, facts) {
            if !is_each(&limit.subject) || !is_covered(limits, limit, &what) {
                chosen.push((limit, what));
            }
        }
    }
    Ok(chosen)
}

const fn is_each(subject: &Subject) -> bool {
    match subject {
        Subject::CostCenter(name) | Subject::Supplier(name) | Subject::Category(name) => {
            matches!(name.as_bytes(), b"*")
        }
        Subject::Role(_) | Subject::Person(_) => false,
    }
}

/// Whether another limit of the same kind names what this one holds for each.
fn is_covered(limits: &[Limit], each: &Limit, what: &What) -> bool {
    limits.iter().any(|other| {
        other.own == each.own
            && other.period == each.period
            && match (&other.subject, what) {
                (Subject::CostCenter(name), What::CostCenter(this))
                | (Subject::Supplier(name), What::Supplier(this))
                | (Subject::Category(name), What::Category(this)) => name == this,
                _ => false,
            }
    })
}

#[cfg(test)]
mod tests;

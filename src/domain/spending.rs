//! Spending limits: how much a requester may order without anybody's signature.
//!
//! A limit is per order, or over a rolling window of days (so that one need split into several
//! orders is judged as one). Within every limit that applies: no tier is asked. A requester
//! without any limit may spend nothing alone.

use rust_decimal::Decimal;

use super::{
    approval::{Facts, RuleRef, cannot_decide, plain},
    refusal::Refusal,
    role::Role,
};
use crate::base::money::{Currency, Money};

/// Whose limit it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    Role(Role),
    /// By e-mail address, folded.
    Person(String),
}

/// What is counted against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Period {
    /// This order alone.
    Order,
    /// This order and the requester's earlier ones of so many days.
    Window { days: u16 },
}

/// One spending limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    pub rule: RuleRef,
    pub subject: Subject,
    pub period: Period,
    /// Inclusive: an order of exactly this amount is within.
    pub amount: Money,
}

/// One limit held against the requisition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    pub rule: RuleRef,
    pub period: Period,
    pub amount: Money,
    /// What was counted, exact, in the limit's currency.
    pub counted: Decimal,
    pub within: bool,
}

/// How a requisition stands against the requester's own limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Within every limit that applies.
    pub within: bool,
    /// What the tiers are compared with: the total, or the sum of the window when earlier orders
    /// of the window are judged together with this one.
    pub judged: Money,
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

/// Holds the requisition against the requester's limits: for each period his own limit, else the
/// highest one of his roles.
pub fn judge(limits: &[Limit], facts: &Facts) -> Result<Standing, Refusal> {
    let mut standing = Standing {
        within: true,
        judged: facts.total,
        measured: Vec::new(),
        because: String::new(),
    };
    for limit in applicable(limits, facts)? {
        let sum = counted(limit.period, facts)?;
        let amount = facts.convert(sum, limit.amount.currency())?;
        let within = amount <= limit.amount.amount();
        if larger(facts, sum, standing.judged)? {
            standing.judged = sum;
        }
        standing.within &= within;
        standing.measured.push(Measured {
            rule: limit.rule.clone(),
            period: limit.period,
            amount: limit.amount,
            counted: amount,
            within,
        });
    }
    if standing.measured.is_empty() {
        standing.within = false;
    }
    standing.because = words(&standing, facts.total);
    Ok(standing)
}

fn applicable<'l>(limits: &'l [Limit], facts: &Facts) -> Result<Vec<&'l Limit>, Refusal> {
    let mail = crate::base::text::fold(&facts.requester.mail);
    let mut chosen: Vec<&Limit> = Vec::new();
    let mine = |limit: &&Limit| match &limit.subject {
        Subject::Person(person) => *person == mail,
        Subject::Role(role) => facts.roles.contains(role),
    };
    for limit in limits.iter().filter(mine) {
        match chosen.iter_mut().find(|other| other.period == limit.period) {
            None => chosen.push(limit),
            Some(other) => {
                if beats(limit, other, facts)? {
                    *other = limit;
                }
            }
        }
    }
    chosen.sort_by_key(|limit| limit.period);
    Ok(chosen)
}

/// A person's own limit goes before those of roles; among roles the highest amount counts.
fn beats(limit: &Limit, other: &Limit, facts: &Facts) -> Result<bool, Refusal> {
    match (&limit.subject, &other.subject) {
        (Subject::Person(_), Subject::Role(_)) => Ok(true),
        (Subject::Role(_), Subject::Person(_)) => Ok(false),
        _ => larger(facts, limit.amount, other.amount),
    }
}

/// Whether `one` is more than `other`, in the organisation's currency when they differ.
fn larger(facts: &Facts, one: Money, other: Money) -> Result<bool, Refusal> {
    if one.currency() == other.currency() {
        return Ok(one.minor() > other.minor());
    }
    let base = facts.currency;
    Ok(facts.convert(one, base)? > facts.convert(other, base)?)
}

/// What a period counts: the order's total, or the sum of the window in the organisation's
/// currency. An empty window counts the order alone.
fn counted(period: Period, facts: &Facts) -> Result<Money, Refusal> {
    let Period::Window { days } = period else { return Ok(facts.total) };
    let window = facts.windows.iter().find(|window| window.days == days).ok_or_else(|| {
        cannot_decide("windows", format!("The orders of the last {days} days are not known."))
            .mend("Submit again; tell the operator if it happens twice.")
    })?;
    if window.total.minor() < 0 {
        return Err(cannot_decide("windows", "The sum of the last orders is below zero."));
    }
    if window.total.is_zero() {
        return Ok(facts.total);
    }
    let base = window.total.currency();
    let this = Money::rounded(facts.convert(facts.total, base)?, base);
    this.and_then(|this| this.checked_add(window.total))
        .map_err(|fault| cannot_decide("windows", fault.to_string()))
}

fn words(standing: &Standing, total: Money) -> String {
    let Some(limit) = standing.decisive() else {
        return format!("{} needs a signature: the requester has no own limit.", plain(total));
    };
    let what = match limit.period {
        Period::Order => plain(total),
        Period::Window { days } => {
            format!(
                "{} within {days} days, this order included,",
                in_words(limit.counted, limit.amount.currency())
            )
        }
    };
    let verb = if limit.within { "is within" } else { "is above" };
    format!("{what} {verb} the requester's own limit of {}.", plain(limit.amount))
}

/// An exact amount for a sentence, rounded to the currency's places.
pub fn in_words(amount: Decimal, currency: Currency) -> String {
    Money::rounded(amount, currency).map_or_else(|_| format!("{amount} {currency}"), plain)
}

#[cfg(test)]
mod tests;

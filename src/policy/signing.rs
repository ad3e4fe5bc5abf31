//! How much somebody may sign for others: lines of `limits.csv` with period `sign`.
//!
//! They say how far up a chain of managers goes. Nobody signs without such a limit, and an amount
//! that nobody's limit covers is a dead end, never a silent yes at the top.

use crate::{
    base::{id::PersonId, money::Money, text::fold},
    domain::{
        approval::{Facts, Person},
        refusal::Refusal,
        spending::Subject,
    },
};

/// The period of a limit on what one may sign.
pub const SIGN: &str = "sign";

/// Up to how much, inclusive, a person or the holders of a role may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    pub subject: Subject,
    pub amount: Money,
}

/// How many active managers who may decide sign, up to the first whose limit covers the amount.
pub fn signers(limits: &[Signing], facts: &Facts, judged: Money) -> Result<Option<usize>, Refusal> {
    let mut seen: Vec<PersonId> = Vec::new();
    for manager in &facts.managers {
        let counts = manager.active && manager.decides && manager.id != facts.requester.id;
        if !counts || seen.contains(&manager.id) {
            continue;
        }
        seen.push(manager.id);
        if covers(limits, facts, manager, judged)? {
            return Ok(Some(seen.len()));
        }
    }
    Ok(None)
}

/// A person's own limit goes before those of roles; among roles the highest counts.
fn covers(
    limits: &[Signing],
    facts: &Facts,
    manager: &Person,
    judged: Money,
) -> Result<bool, Refusal> {
    let within = |limit: &Signing| -> Result<bool, Refusal> {
        Ok(facts.convert(judged, limit.amount.currency())? <= limit.amount.amount())
    };
    let mail = fold(&manager.mail);
    let own = |limit: &&Signing| matches!(&limit.subject, Subject::Person(of) if *of == mail);
    if let Some(limit) = limits.iter().find(own) {
        return within(limit);
    }
    let roles = facts.manager_roles.get(&manager.id);
    for limit in limits {
        let Subject::Role(role) = &limit.subject else { continue };
        if roles.is_some_and(|roles| roles.contains(role)) && within(limit)? {
            return Ok(true);
        }
    }
    Ok(false)
}

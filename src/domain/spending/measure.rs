//! Measuring a requisition against one limit.

use crate::base::money::Money;

use super::{
    super::{
        approval::{Facts, WindowSum, cannot_decide},
        refusal::Refusal,
    },
    EACH, Limit, Standing, Subject, What, words,
};

/// What of this order a limit of a cost centre, supplier or category counts.
pub(super) fn named(limit: &Limit, facts: &Facts) -> Vec<What> {
    let matches = |name: &String, own: &str| name == EACH || name == own;
    let mut found = Vec::new();
    match &limit.subject {
        Subject::Role(_) | Subject::Person(_) => {}
        Subject::CostCenter(code) => {
            if matches(code, &facts.cost_center) {
                found.push(What::CostCenter(facts.cost_center.clone()));
            }
        }
        Subject::Supplier(name) => {
            let own = facts.lines.iter().map(|line| &line.supplier);
            found.extend(own.filter(|own| matches(name, own)).cloned().map(What::Supplier));
        }
        Subject::Category(prefix) => {
            let codes = facts.lines.iter().filter_map(|line| line.unspsc.as_deref());
            found.extend(codes.filter_map(|code| match prefix.as_str() {
                EACH => code.get(..2).map(|segment| What::Category(segment.to_owned())),
                _ => code.starts_with(prefix).then(|| What::Category(prefix.clone())),
            }));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// A person's own limit goes before those of roles; among roles the highest amount counts.
pub(super) fn beats(limit: &Limit, other: &Limit, facts: &Facts) -> Result<bool, Refusal> {
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

/// The part of the order that counts.
pub(super) fn part(facts: &Facts, what: &What) -> Result<Money, Refusal> {
    let lines = facts.lines.iter().filter(|line| match what {
        What::All | What::CostCenter(_) => true,
        What::Supplier(name) => line.supplier == *name,
        What::Category(prefix) => {
            line.unspsc.as_deref().is_some_and(|code| code.starts_with(prefix))
        }
    });
    match what {
        What::All | What::CostCenter(_) => Ok(facts.total),
        What::Supplier(_) | What::Category(_) => {
            Money::sum(lines.map(|line| line.total), facts.total.currency())
                .map_err(|fault| cannot_decide("lines", fault.to_string()))
        }
    }
}

/// What was handed in earlier and counts against the limit.
pub(super) fn earlier<'f>(
    limit: &Limit,
    what: &What,
    facts: &'f Facts,
) -> Result<&'f WindowSum, Refusal> {
    let same = |sum: &&WindowSum| {
        sum.count.what == *what && sum.count.own == limit.own && sum.count.period == limit.period
    };
    let found = facts.windows.iter().find(same).ok_or_else(|| {
        let message = format!(
            "What was ordered {} is not known, and limit {} counts it.",
            words::span(limit.period),
            limit.rule.id
        );
        cannot_decide("windows", message)
            .mend("Submit again; tell the operator if it happens twice.")
    })?;
    if found.totals.iter().any(|total| total.minor() < 0) {
        return Err(cannot_decide("windows", "The sum of the last orders is below zero."));
    }
    Ok(found)
}

/// Judges this order together with the earlier ones of a window, when that is more than before.
pub(super) fn raise(
    standing: &mut Standing,
    facts: &Facts,
    sum: &WindowSum,
) -> Result<(), Refusal> {
    if sum.totals.iter().all(|total| total.is_zero()) {
        return Ok(());
    }
    let base = facts.currency;
    let mut whole = facts.convert(facts.total, base)?;
    for total in &sum.totals {
        let more = facts.convert(*total, base)?;
        whole = whole.checked_add(more).ok_or_else(too_large)?;
    }
    let whole =
        Money::rounded(whole, base).map_err(|fault| cannot_decide("windows", fault.to_string()))?;
    if larger(facts, whole, standing.judged)? {
        standing.judged = whole;
        standing.together = Some(sum.clone());
    }
    Ok(())
}

pub(super) fn too_large() -> Refusal {
    cannot_decide("windows", "The sum of the last orders is too large to be computed exactly.")
}

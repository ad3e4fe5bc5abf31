//! What only the organisation's own people show: rules that ask whoever may not decide, votes that
//! more people would have to give than there are, dead ends where the only one asked is the one who
//! asks, and managers in a circle.

use std::collections::BTreeSet;

use super::{
    super::{
        rule::{Effect, Rule},
        table::unsound,
    },
    Member, Policies, Surroundings,
    reach::typical,
};
use crate::domain::{
    approval::{ApproverSource, Mode},
    refusal::Refusal,
};

/// Refuses what no requisition could get past.
pub fn check(policies: &Policies, around: &Surroundings) -> Result<(), Refusal> {
    if around.staff.is_empty() {
        return Ok(());
    }
    for rule in policies.approval.rules() {
        let Effect::Ask { source, mode, .. } = &rule.effect else { continue };
        if matches!(source, ApproverSource::Manager(_) | ApproverSource::ManagerChain) {
            check_circle(rule, around)?;
            continue;
        }
        let Some(asked) = asked(source, around) else { continue };
        if asked.is_empty() && around.awaits(source) {
            continue;
        }
        let asked = check_rights(policies, rule, asked)?;
        check_votes(rule, *mode, asked.len())?;
        check_dead_end(policies, rule, (&asked, *mode), around)?;
    }
    Ok(())
}

/// Whom a source names whatever is ordered; `None` when it depends on the requisition.
fn asked<'a>(source: &ApproverSource, around: &'a Surroundings) -> Option<Vec<&'a Member>> {
    let staff = around.staff.iter().filter(|member| member.person.active);
    let found: Vec<&Member> = match source {
        ApproverSource::Role(role) => staff.filter(|member| member.roles.contains(role)).collect(),
        ApproverSource::Person(mail) => {
            staff.filter(|member| crate::base::text::fold(&member.person.mail) == *mail).collect()
        }
        ApproverSource::Group(group) => {
            staff.filter(|member| member.groups.contains(group)).collect()
        }
        _ => return None,
    };
    Some(found)
}

/// Those of them who may decide: nobody else is asked for a signature.
fn check_rights<'a>(
    policies: &Policies,
    rule: &Rule,
    asked: Vec<&'a Member>,
) -> Result<Vec<&'a Member>, Refusal> {
    let whom = rule.effect.source().map(ToString::to_string).unwrap_or_default();
    if asked.is_empty() {
        let witness = format!("{} meets rule {}, and {whom} is nobody", typical(rule), rule.id);
        return Err(unsound("approval", "somebody active to ask", witness));
    }
    let may = |member: &&Member| policies.access.may(&member.roles, "*", "task", "decide");
    let able: Vec<&Member> = asked.into_iter().filter(may).collect();
    if !able.is_empty() {
        return Ok(able);
    }
    let witness = format!(
        "{} meets rule {}, which asks {whom}, and nobody of them may decide a task",
        typical(rule),
        rule.id
    );
    Err(unsound("approval", "approvers whom the access policy lets decide tasks", witness))
}

fn check_votes(rule: &Rule, mode: Mode, asked: usize) -> Result<(), Refusal> {
    let needed = mode.needed(asked);
    if needed <= asked {
        return Ok(());
    }
    let witness = format!(
        "{} meets rule {}, which needs {needed} signatures of {asked} people who may decide",
        typical(rule),
        rule.id
    );
    Err(unsound("approval", "no more votes than people", witness))
}

/// Whether nobody who could hand such a requisition in could ever get it signed.
fn check_dead_end(
    policies: &Policies,
    rule: &Rule,
    (asked, mode): (&[&Member], Mode),
    around: &Surroundings,
) -> Result<(), Refusal> {
    let meets = |member: &&Member| {
        let roles = rule.requester.is_empty()
            || rule.requester.iter().any(|role| member.roles.contains(role));
        let unit = rule.unit.is_empty()
            || rule.unit.iter().any(|unit| *unit == *member.unit.as_deref().unwrap_or("none"));
        member.person.active
            && roles
            && unit
            && policies.access.may(&member.roles, "*", "cart", "submit")
    };
    let requesters: Vec<&Member> = around.staff.iter().filter(meets).collect();
    let stuck = |requester: &&Member| {
        let others = asked.iter().filter(|one| one.person.id != requester.person.id).count();
        others < mode.needed(others)
    };
    if requesters.is_empty() || !requesters.iter().all(stuck) {
        return Ok(());
    }
    let names: Vec<&str> = requesters.iter().map(|one| one.person.mail.as_str()).collect();
    let witness = format!(
        "{} of {} meets rule {}, which asks nobody else, and nobody signs his own",
        typical(rule),
        names.join(", "),
        rule.id
    );
    Err(unsound("approval", "an approver other than the requester", witness))
}

fn check_circle(rule: &Rule, around: &Surroundings) -> Result<(), Refusal> {
    let find = |id| around.staff.iter().find(|member| member.person.id == id);
    for start in &around.staff {
        let mut seen = BTreeSet::from([start.person.id]);
        let mut way = vec![start.person.mail.as_str()];
        let mut next = start.manager.and_then(find);
        while let Some(member) = next {
            way.push(&member.person.mail);
            if member.person.id == start.person.id {
                let witness = format!(
                    "rule {} asks managers, and they run in a circle: {}",
                    rule.id,
                    way.join(" > ")
                );
                return Err(unsound("approval", "managers that end at the top", witness));
            }
            if !seen.insert(member.person.id) {
                break;
            }
            next = member.manager.and_then(find);
        }
    }
    Ok(())
}

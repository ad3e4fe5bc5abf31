//! From the rules that apply to an ordered plan: who is asked, and in what order.
//!
//! * Tiers follow each other (`tier-1`, `tier-2`, ..); tiers that ask nobody leave no gap.
//! * A `beside` reviewer stands beside the first tier; alone in the plan, he is order 1.
//! * `last` comes after everything else.
//! * Nobody is asked twice. A `last` step keeps its place and takes over the earlier step that
//!   the same people would sign; otherwise the first place stands and the later one is noted.

use std::collections::{BTreeMap, BTreeSet};

use super::{ApproverSource, Asked, Facts, Mode, Person, Place, PlannedStep};
use crate::{base::id::PersonId, domain::refusal::Refusal};

struct Standing {
    place: Place,
    step: PlannedStep,
}

/// Orders the rules that apply into steps. A rule that leaves nobody to ask is a dead end:
/// `no-approver`, naming the rule.
pub fn arrange(facts: &Facts, asked: Vec<Asked>) -> Result<Vec<PlannedStep>, Refusal> {
    let mut waiting = Vec::with_capacity(asked.len());
    for rule in asked {
        let approvers = resolve(facts, &rule)?;
        let step = PlannedStep {
            order: 0,
            mode: rule.mode,
            rule: rule.rule,
            because: rule.because,
            approvers,
            also: Vec::new(),
        };
        waiting.push(Standing { place: rule.place, step });
    }
    // `last` goes first: it is the place that wins when the same people stand twice.
    waiting.sort_by_key(|standing| (standing.place != Place::Last, standing.place));
    let mut standing: Vec<Standing> = Vec::with_capacity(waiting.len());
    for next in waiting {
        settle(&mut standing, next);
    }
    Ok(number(standing))
}

/// Puts one more step beside those that stand, so that nobody is asked twice.
fn settle(standing: &mut Vec<Standing>, mut next: Standing) {
    if let Some(earlier) = standing.iter_mut().find(|earlier| signs_for(&earlier.step, &next.step))
    {
        take_over(&mut earlier.step, next.step);
        return;
    }
    if next.step.mode == Mode::Any {
        let asked: BTreeSet<PersonId> = standing.iter().flat_map(|one| ids(&one.step)).collect();
        let fresh = without(&next.step, &asked);
        if !fresh.is_empty() {
            narrow(&mut next.step, fresh);
            standing.push(next);
            return;
        }
    } else {
        let certain: BTreeSet<PersonId> = standing
            .iter()
            .filter(|one| all_sign(&one.step))
            .flat_map(|one| ids(&one.step))
            .collect();
        let rest = without(&next.step, &certain);
        if rest.is_empty() {
            if let Some(earlier) = standing.iter_mut().find(|one| all_sign(&one.step)) {
                take_over(&mut earlier.step, next.step);
            }
            return;
        }
        narrow(&mut next.step, rest);
    }
    // Whoever is left here and also stands among others in an earlier step is kept for this one.
    let mine: BTreeSet<PersonId> = ids(&next.step).collect();
    let mut kept = Vec::with_capacity(standing.len() + 1);
    for mut earlier in standing.drain(..) {
        let rest = if all_sign(&earlier.step) {
            earlier.step.approvers.clone()
        } else {
            without(&earlier.step, &mine)
        };
        if rest.is_empty() {
            take_over(&mut next.step, earlier.step);
        } else {
            narrow(&mut earlier.step, rest);
            kept.push(earlier);
        }
    }
    *standing = kept;
    standing.push(next);
}

/// The step of `gone` needs no signatures of its own; people are told so.
fn take_over(stays: &mut PlannedStep, gone: PlannedStep) {
    let note = format!(" Also asked by rule {}; counted once.", gone.rule.id);
    stays.because.push_str(&note);
    stays.also.push(gone.rule);
    stays.also.extend(gone.also);
}

fn narrow(step: &mut PlannedStep, approvers: Vec<Person>) {
    if approvers.len() < step.approvers.len() {
        step.because.push_str(" Whoever is asked in another step is not asked again.");
        step.approvers = approvers;
    }
}

fn without(step: &PlannedStep, gone: &BTreeSet<PersonId>) -> Vec<Person> {
    step.approvers.iter().filter(|person| !gone.contains(&person.id)).cloned().collect()
}

fn ids(step: &PlannedStep) -> impl Iterator<Item = PersonId> + '_ {
    step.approvers.iter().map(|person| person.id)
}

/// Whether every one of the step's people signs when it is approved.
fn all_sign(step: &PlannedStep) -> bool {
    step.mode == Mode::All || step.approvers.len() == 1
}

/// Whether a yes to `earlier` always holds the signatures that `later` asks for.
fn signs_for(earlier: &PlannedStep, later: &PlannedStep) -> bool {
    let first: BTreeSet<PersonId> = ids(earlier).collect();
    let second: BTreeSet<PersonId> = ids(later).collect();
    match (all_sign(earlier), later.mode) {
        (true, Mode::Any) => !first.is_disjoint(&second),
        (true, Mode::All) => second.is_subset(&first),
        (false, Mode::Any) => first.is_subset(&second),
        (false, Mode::All) => false,
    }
}

fn number(mut standing: Vec<Standing>) -> Vec<PlannedStep> {
    let tiers: BTreeMap<u8, u32> = standing
        .iter()
        .filter_map(|step| match step.place {
            Place::Tier(tier) => Some(tier),
            Place::Beside | Place::Last => None,
        })
        .collect::<BTreeSet<u8>>()
        .into_iter()
        .zip(1..)
        .collect();
    let beside = standing.iter().any(|step| step.place == Place::Beside);
    let before_last = tiers.values().copied().max().unwrap_or(u32::from(beside));
    standing.sort_by_key(|step| step.place);
    let mut steps: Vec<PlannedStep> = standing
        .into_iter()
        .map(|Standing { place, mut step }| {
            step.order = match place {
                Place::Tier(tier) => tiers.get(&tier).copied().unwrap_or(1),
                Place::Beside => 1,
                Place::Last => before_last + 1,
            };
            step
        })
        .collect();
    steps.sort_by_key(|step| step.order);
    steps
}

/// The people a rule asks: active, never the requester, each once.
fn resolve(facts: &Facts, rule: &Asked) -> Result<Vec<Person>, Refusal> {
    let may = |person: &&Person| person.active && person.id != facts.requester.id;
    let found: Vec<Person> = match &rule.source {
        ApproverSource::Manager(level) => {
            let nth = usize::from(level.saturating_sub(1));
            let mut chain: Vec<&Person> = Vec::new();
            for person in facts.managers.iter().filter(may) {
                if chain.iter().all(|known| known.id != person.id) {
                    chain.push(person);
                }
            }
            chain.get(nth).map(|person| (*person).clone()).into_iter().collect()
        }
        ApproverSource::Role(role) => {
            let mut holders: Vec<Person> =
                facts.holders.get(role).into_iter().flatten().filter(may).cloned().collect();
            holders.sort_by_key(|person| person.id);
            holders.dedup_by_key(|person| person.id);
            holders
        }
        ApproverSource::Person(mail) => {
            facts.person_named(mail).filter(may).cloned().into_iter().collect()
        }
    };
    if found.is_empty() { Err(dead_end(facts, rule)) } else { Ok(found) }
}

fn dead_end(facts: &Facts, rule: &Asked) -> Refusal {
    let mend = match &rule.source {
        ApproverSource::Manager(_) => {
            format!("Give {} a manager who is not disabled.", facts.requester.mail)
        }
        ApproverSource::Role(role) => {
            format!("Give the role {role} to somebody other than {}.", facts.requester.mail)
        }
        ApproverSource::Person(mail) => format!("Name somebody other than {mail} in the rule."),
    };
    Refusal::invalid(
        "no-approver",
        format!(
            "Rule {} asks {}, but nobody can be asked: a requester never approves, and disabled \
             people do not count.",
            rule.rule.id, rule.source
        ),
    )
    .field("approver")
    .expected("one active person other than the requester")
    .mend(mend)
    .with("rule", rule.rule.id.clone())
    .with("version", rule.rule.version.clone())
}

#[cfg(test)]
mod tests;

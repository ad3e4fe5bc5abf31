//! From the rules that apply to an ordered plan: who is asked, and in what order.
//!
//! * Tiers follow each other (`tier-1`, `tier-2`, ..); tiers that ask nobody leave no gap.
//! * A `beside` reviewer stands beside the first tier; alone in the plan, he is order 1.
//! * `last` comes after everything else.
//! * Nobody is asked twice. A `last` step keeps its place and takes over the earlier step that
//!   the same people would sign; otherwise the first place stands and the later one is noted.

use std::collections::{BTreeMap, BTreeSet};

use super::{Asked, Facts, Mode, Person, Place, PlannedStep, Wanted};
use crate::{base::id::PersonId, domain::refusal::Refusal};

mod people;

pub use people::people;
use people::{dead_end, resolve};

struct Standing {
    place: Place,
    /// Within one place: the managers of a chain sign one after the other.
    rank: u8,
    step: PlannedStep,
}

/// Orders the rules that apply into steps. A rule that leaves nobody to ask is a dead end:
/// `no-approver`, naming the rule.
pub fn arrange(facts: &Facts, asked: Vec<Asked>) -> Result<Vec<PlannedStep>, Refusal> {
    let mut waiting = Vec::with_capacity(asked.len());
    for rule in asked {
        waiting.extend(stand(facts, rule)?);
    }
    // `last` goes first: it is the place that wins when the same people stand twice.
    waiting.sort_by_key(|one| (one.place != Place::Last, one.place, one.rank));
    let mut standing: Vec<Standing> = Vec::with_capacity(waiting.len());
    for next in waiting {
        settle(&mut standing, next)?;
    }
    Ok(number(standing))
}

/// The steps of one rule: one, but for a chain of managers, each of whom has a step of his own.
fn stand(facts: &Facts, rule: Asked) -> Result<Vec<Standing>, Refusal> {
    let found = resolve(facts, &rule)?;
    let chain = matches!(rule.source, Wanted::Managers(_));
    let needed = rule.mode.needed(found.len());
    if found.is_empty() || (!chain && needed > found.len()) {
        return Err(dead_end(facts, &rule, found.len()));
    }
    let step = |mode: Mode, approvers: Vec<Person>| PlannedStep {
        order: 0,
        mode,
        rule: rule.rule.clone(),
        because: rule.because.clone(),
        approvers,
        also: Vec::new(),
    };
    let place = rule.place;
    if chain {
        let one = |(rank, person)| Standing { place, rank, step: step(Mode::Any, vec![person]) };
        return Ok((0..).zip(found).map(one).collect());
    }
    Ok(vec![Standing { place, rank: 0, step: step(rule.mode, found) }])
}

/// Puts one more step beside those that stand, so that nobody is asked twice.
fn settle(standing: &mut Vec<Standing>, mut next: Standing) -> Result<(), Refusal> {
    let needed = next.step.mode.needed(next.step.approvers.len());
    let sure: usize = standing.iter().map(|one| sure_of(&one.step, &next.step)).sum();
    if sure >= needed {
        let most = standing.iter_mut().max_by_key(|one| sure_of(&one.step, &next.step));
        if let Some(most) = most {
            take_over(&mut most.step, next.step);
        }
        return Ok(());
    }
    count_certain(standing, &mut next.step);
    count_within(standing, &mut next.step);
    let needed = next.step.mode.needed(next.step.approvers.len());
    if needed == 0 || next.step.approvers.is_empty() {
        if let Some(earlier) = standing.iter_mut().find(|one| all_sign(&one.step)) {
            take_over(&mut earlier.step, next.step);
        }
        return Ok(());
    }
    let asked: BTreeSet<PersonId> = standing.iter().flat_map(|one| ids(&one.step)).collect();
    let fresh = without(&next.step, &asked);
    if next.step.mode != Mode::All && fresh.len() >= needed {
        narrow(&mut next.step, fresh);
        standing.push(next);
        return Ok(());
    }
    make_room(standing, &mut next)?;
    standing.push(next);
    Ok(())
}

/// Takes those who certainly sign elsewhere out of a step that needs several, and counts them.
fn count_certain(standing: &[Standing], step: &mut PlannedStep) {
    if step.mode.needed(step.approvers.len()) <= 1 && step.mode != Mode::All {
        return;
    }
    let certain: BTreeSet<PersonId> =
        standing.iter().filter(|one| all_sign(&one.step)).flat_map(|one| ids(&one.step)).collect();
    let rest = without(step, &certain);
    let counted = step.approvers.len() - rest.len();
    step.mode = fewer(step.mode, counted);
    narrow(step, rest);
}

/// An earlier step all of whose people stand in the new one, too, but who need not be among those
/// that sign there, stays as it is: what it brings is counted, and the others give the rest. As the
/// new step is not sure of the earlier one's signatures, there are enough of them.
fn count_within(standing: &[Standing], step: &mut PlannedStep) {
    for Standing { step: earlier, .. } in standing {
        let theirs: BTreeSet<PersonId> = ids(earlier).collect();
        let within = theirs.iter().all(|id| ids(step).any(|own| own == *id));
        let brought = earlier.mode.needed(earlier.approvers.len());
        if within && sure_of(step, earlier) < brought {
            step.mode = fewer(step.mode, brought);
            let rest = without(step, &theirs);
            narrow(step, rest);
        }
    }
}

/// Whoever is left in the new step and also stands among others in an earlier one is kept for the
/// new one, as long as the earlier one can still be signed.
fn make_room(standing: &mut Vec<Standing>, next: &mut Standing) -> Result<(), Refusal> {
    let mine: BTreeSet<PersonId> = ids(&next.step).collect();
    let mut kept = Vec::with_capacity(standing.len() + 1);
    for mut earlier in standing.drain(..) {
        if all_sign(&earlier.step) {
            kept.push(earlier);
            continue;
        }
        let rest = without(&earlier.step, &mine);
        let gone = earlier.step.approvers.len() - rest.len();
        let mode =
            if all_sign(&next.step) { fewer(earlier.step.mode, gone) } else { earlier.step.mode };
        let needed = if gone == 0 { 0 } else { mode.needed(rest.len()) };
        if rest.is_empty() || (gone > 0 && mode == Mode::Of(0)) {
            take_over(&mut next.step, earlier.step);
            continue;
        }
        if needed > rest.len() {
            return Err(too_few(&earlier.step, &next.step));
        }
        earlier.step.mode = mode;
        narrow(&mut earlier.step, rest);
        kept.push(earlier);
    }
    *standing = kept;
    Ok(())
}

/// The mode when so many of its people sign elsewhere anyhow.
fn fewer(mode: Mode, counted: usize) -> Mode {
    match mode {
        Mode::Of(votes) => match usize::from(votes).saturating_sub(counted) {
            1 => Mode::Any,
            left => Mode::Of(u8::try_from(left).unwrap_or(votes)),
        },
        Mode::Any | Mode::All | Mode::First => mode,
    }
}

fn too_few(one: &PlannedStep, other: &PlannedStep) -> Refusal {
    Refusal::invalid(
        "no-approver",
        format!(
            "Rules {} and {} together need more different people than they name.",
            one.rule.id, other.rule.id
        ),
    )
    .field("approver")
    .expected("a person of its own for each signature")
    .mend("Name more people, or ask for fewer signatures.")
    .with("rule", other.rule.id.clone())
    .with("version", other.rule.version.clone())
}

/// The step of `gone` needs no signatures of its own; people are told so.
fn take_over(stays: &mut PlannedStep, gone: PlannedStep) {
    if gone.rule.id == stays.rule.id {
        return;
    }
    let note = format!(" Also asked by rule {}; counted once.", gone.rule.id);
    stays.because.push_str(&note);
    stays.also.push(gone.rule);
    stays.also.extend(gone.also);
}

const NARROWED: &str = " Whoever is asked in another step is not asked again.";

fn narrow(step: &mut PlannedStep, approvers: Vec<Person>) {
    if approvers.len() < step.approvers.len() {
        if !step.because.ends_with(NARROWED) {
            step.because.push_str(NARROWED);
        }
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
    step.mode.needed(step.approvers.len()) >= step.approvers.len()
}

/// How many of the people of `later` sign whenever `earlier` is approved, whoever of it signs.
fn sure_of(earlier: &PlannedStep, later: &PlannedStep) -> usize {
    let second: BTreeSet<PersonId> = ids(later).collect();
    let outside = ids(earlier).filter(|id| !second.contains(id)).count();
    earlier.mode.needed(earlier.approvers.len()).saturating_sub(outside)
}

fn number(mut standing: Vec<Standing>) -> Vec<PlannedStep> {
    let tiers: BTreeMap<(u8, u8), u32> = standing
        .iter()
        .filter_map(|step| match step.place {
            Place::Tier(tier) => Some((tier, step.rank)),
            Place::Beside | Place::Last => None,
        })
        .collect::<BTreeSet<(u8, u8)>>()
        .into_iter()
        .zip(1..)
        .collect();
    let last: BTreeMap<u8, u32> = standing
        .iter()
        .filter(|step| step.place == Place::Last)
        .map(|step| step.rank)
        .collect::<BTreeSet<u8>>()
        .into_iter()
        .zip(1..)
        .collect();
    let beside = standing.iter().any(|step| step.place == Place::Beside);
    let before_last = tiers.values().copied().max().unwrap_or(u32::from(beside));
    standing.sort_by_key(|step| (step.place, step.rank));
    let mut steps: Vec<PlannedStep> = standing
        .into_iter()
        .map(|Standing { place, rank, mut step }| {
            step.order = match place {
                Place::Tier(tier) => tiers.get(&(tier, rank)).copied().unwrap_or(1),
                Place::Beside => 1,
                Place::Last => before_last + last.get(&rank).copied().unwrap_or(1),
            };
            step
        })
        .collect();
    steps.sort_by_key(|step| step.order);
    steps
}

#[cfg(test)]
mod tests;

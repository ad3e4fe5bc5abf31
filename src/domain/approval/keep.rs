//! Which signatures of an old plan stand in the new one after an edit.
//!
//! A signature stands when the new plan asks the same person by the same rule, and no change
//! reopens that step. It keeps the hash of the content it was given over, and who gave it when. A
//! step is signed when as many stand as its own vote asks for.
//!
//! A deputy's signature falls when the new plan asks the deputy himself: one person gives one
//! signature, and his own is the one that nobody else can give.

use std::collections::BTreeSet;

use super::{Step, StepState, Task, TaskState};
use crate::base::id::{PersonId, TaskId};

/// A signature that stands: the task it was given on, and the task of the new plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub from: TaskId,
    pub to: TaskId,
}

/// Carries signatures from the old steps into the new ones, none of which runs yet. `reopens` says
/// of a new step whether it must be signed again.
pub fn keep(old: &[Step], new: &mut [Step], reopens: impl Fn(&Step) -> bool) -> Vec<Kept> {
    let mut kept = Vec::new();
    let asked: BTreeSet<PersonId> =
        new.iter().flat_map(|step| &step.tasks).map(|task| task.assignee).collect();
    let stands = |one: &Task| {
        let by = one.decision.as_ref().map(|decision| decision.by);
        by.is_some_and(|by| by == one.assignee || !asked.contains(&by))
    };
    for step in new {
        let before = old.iter().find(|one| one.rule == step.rule);
        let Some(before) = before.filter(|_| !reopens(step)) else { continue };
        for task in &mut step.tasks {
            let signed = |one: &&Task| {
                one.assignee == task.assignee && one.state == TaskState::Approved && stands(one)
            };
            if let Some(from) = before.tasks.iter().find(signed) {
                carry(from, task);
                kept.push(Kept { from: from.id, to: task.id });
            }
        }
        let signed = step.tasks.iter().filter(|task| task.state == TaskState::Approved).count();
        if signed >= step.mode.needed(step.tasks.len()) {
            step.state = StepState::Approved;
            for task in step.tasks.iter_mut().filter(|task| task.state != TaskState::Approved) {
                task.state = TaskState::Void;
            }
        }
    }
    kept
}

fn carry(from: &Task, to: &mut Task) {
    to.state = TaskState::Approved;
    to.decision.clone_from(&from.decision);
    to.opened_at = from.opened_at;
    to.content_hash.clone_from(&from.content_hash);
}

#[cfg(test)]
mod tests {
    use super::super::{DecisionRecord, Mode, Timers, Verdict};
    use super::*;
    use crate::base::{
        id::{OrganisationId, PersonId, RequisitionId, StepId},
        time::Time,
    };

    /// A step of these people; those who are marked have signed.
    fn step(mode: Mode, people: &[(u128, bool)]) -> Step {
        let task = |(person, signed): &(u128, bool)| {
            let person = PersonId::from_bits(*person);
            Task {
                id: TaskId::from_bits(7),
                step: StepId::from_bits(1),
                requisition: RequisitionId::from_bits(2),
                organisation: OrganisationId::from_bits(3),
                requester: PersonId::from_bits(99),
                assignee: person,
                state: if *signed { TaskState::Approved } else { TaskState::Waiting },
                content_hash: "ab".into(),
                opened_at: None,
                due_at: None,
                timers: Timers::default(),
                stand_ins: Vec::new(),
                decision: signed.then(|| DecisionRecord {
                    verdict: Verdict::Approve,
                    by: person,
                    on_behalf_of: None,
                    at: Time::from_millis(1),
                    comment: String::new(),
                }),
                version: 1,
            }
        };
        let needed = mode.needed(people.len());
        let signed = people.iter().filter(|(_, signed)| *signed).count();
        Step {
            id: StepId::from_bits(1),
            requisition: RequisitionId::from_bits(2),
            round: 1,
            order: 1,
            mode,
            state: if signed >= needed { StepState::Approved } else { StepState::Waiting },
            rule: "board".into(),
            rule_version: 1,
            because: String::new(),
            unless: String::new(),
            tasks: people.iter().map(task).collect(),
        }
    }

    /// What becomes of a step that asked the first people and now asks the second.
    fn after(mode: Mode, before: &[(u128, bool)], now: &[u128]) -> (StepState, usize) {
        let now: Vec<(u128, bool)> = now.iter().map(|person| (*person, false)).collect();
        let mut new = [step(mode, &now)];
        let kept = keep(&[step(mode, before)], &mut new, |_| false);
        (new[0].state, kept.len())
    }

    #[test]
    fn a_deputys_signature_falls_when_he_is_asked_himself() {
        let stands_in = |mut step: Step| {
            let decision = step.tasks[0].decision.as_mut().expect("a decision");
            (decision.by, decision.on_behalf_of) =
                (PersonId::from_bits(2), Some(PersonId::from_bits(1)));
            step
        };
        let old = [stands_in(step(Mode::Any, &[(1, true)]))];
        let own = Step { rule: "director".into(), ..step(Mode::Any, &[(2, false)]) };
        let mut alone = [step(Mode::Any, &[(1, false)])];
        assert_eq!(keep(&old, &mut alone, |_| false).len(), 1);
        let mut both = [step(Mode::Any, &[(1, false)]), own];
        assert!(keep(&old, &mut both, |_| false).is_empty());
        assert_eq!(both[0].state, StepState::Waiting);
    }

    #[test]
    fn a_step_is_signed_when_as_many_signatures_stand_as_its_vote_asks_for() {
        let two = [(1, true), (2, true), (3, false)];
        let done = StepState::Approved;
        assert_eq!(after(Mode::Of(2), &two, &[1, 2, 3]), (done, 2));
        assert_eq!(after(Mode::Of(2), &two, &[1, 2, 3, 4]), (done, 2), "the group grew");
        assert_eq!(after(Mode::Of(2), &two, &[1, 3, 4]), (StepState::Waiting, 1), "one left it");
        assert_eq!(after(Mode::Of(3), &two, &[1, 2, 3]), (StepState::Waiting, 2));
        assert_eq!(after(Mode::First, &[(1, true), (2, false)], &[1, 3, 4]), (done, 1));
        let both = [(1, true), (2, true)];
        assert_eq!(after(Mode::All, &both, &[1, 2]), (done, 2));
        assert_eq!(after(Mode::All, &both, &[1, 3]), (StepState::Waiting, 1), "3 has not signed");
    }
}

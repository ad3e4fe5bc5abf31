//! Which signatures of an old plan stand in the new one after an edit.
//!
//! A signature stands when the new plan asks the same person by the same rule, and no change
//! reopens that step. It keeps the hash of the content it was given over, and who gave it when.

use super::{Mode, Step, StepState, Task, TaskState};
use crate::base::id::TaskId;

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
    for step in new {
        let before = old.iter().find(|one| one.rule == step.rule);
        let Some(before) = before.filter(|_| !reopens(step)) else { continue };
        for task in &mut step.tasks {
            let signed = |one: &&Task| {
                one.assignee == task.assignee
                    && one.state == TaskState::Approved
                    && one.decision.is_some()
            };
            if let Some(from) = before.tasks.iter().find(signed) {
                carry(from, task);
                kept.push(Kept { from: from.id, to: task.id });
            }
        }
        let same_people = step.tasks.len() == before.tasks.len();
        let signed = step.tasks.iter().filter(|task| task.state == TaskState::Approved).count();
        let enough = before.state == StepState::Approved && before.mode == step.mode;
        let done = match step.mode {
            Mode::Any => signed > 0,
            _ => signed > 0 && (signed == step.tasks.len() || (enough && same_people)),
        };
        if done {
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

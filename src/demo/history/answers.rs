//! What approvers answered in the past: by chance, but the same for the same seed.

use crate::{
    base::time::{DAY_MS, MINUTE_MS, Time},
    domain::approval::{DecisionRecord, Step, StepState, TaskState, Verdict},
};

use super::{LONGEST, ONE_NO_IN};

/// A stream of numbers that is the same for the same seed (SplitMix64).
pub(super) struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)).checked_rem(sides).unwrap_or(0)
    }
}

/// Lets the approvers answer, one order after the other; answers when it ended, and whether by a
/// no. Without steps it ends at once.
pub(super) fn decide(steps: &mut [Step], submitted_at: Time, dice: &mut Dice) -> (Time, bool) {
    let mut at = submitted_at;
    let mut orders: Vec<u32> = steps.iter().map(|step| step.order).collect();
    orders.dedup();
    let mut rejected = false;
    for order in orders {
        let begun = at;
        for step in steps.iter_mut().filter(|step| step.order == order) {
            if rejected {
                void(step);
                continue;
            }
            let no = dice.roll(ONE_NO_IN) == 0;
            let ended = answer(step, begun, no, dice);
            at = at.max(ended);
            rejected = no;
        }
    }
    (at, rejected)
}

fn void(step: &mut Step) {
    step.state = StepState::Void;
    step.tasks.iter_mut().for_each(|task| {
        task.state = TaskState::Void;
    });
}

/// The answers of one step's people: the first alone, or each of them.
pub(super) fn answer(step: &mut Step, begun: Time, no: bool, dice: &mut Dice) -> Time {
    let mut ended = begun;
    let needed = if no { 1 } else { step.mode.needed(step.tasks.len()) };
    for (task, nth) in step.tasks.iter_mut().zip(0_usize..) {
        task.opened_at = Some(begun);
        task.due_at = Some(begun.plus_ms(3 * DAY_MS));
        if nth >= needed {
            task.state = TaskState::Void;
            continue;
        }
        let minutes = 10 + dice.roll(LONGEST);
        let at = begun.plus_ms(i64::try_from(minutes).unwrap_or(0) * MINUTE_MS);
        ended = ended.max(at);
        let (verdict, state) = match no {
            true => (Verdict::Reject, TaskState::Rejected),
            false => (Verdict::Approve, TaskState::Approved),
        };
        task.state = state;
        task.decision = Some(DecisionRecord {
            verdict,
            by: task.assignee,
            on_behalf_of: None,
            at,
            comment: if no { "Not needed now".to_owned() } else { String::new() },
        });
    }
    step.state = if no { StepState::Rejected } else { StepState::Approved };
    ended
}

//! A plan in progress: which tasks are open, who may decide them, what a decision opens next.
//!
//! One rejection rejects the requisition, but for a vote of n, which is lost when n can no longer
//! be reached. A step is approved by one yes (`any`, `first`), by every yes (`all`) or by n; steps
//! of the same order are open side by side, and the next order opens when all of them are approved.
//! Who may decide stands here and nowhere else: never the requester, only the assignee or a
//! recorded deputy, one person one signature, and only over unchanged content.

use crate::{
    base::{
        id::{PersonId, StepId, TaskId},
        words::words,
    },
    domain::refusal::Refusal,
};

use super::Mode;

words! {
    /// How a step stands.
    StepState {
        Waiting = "waiting",
        Open = "open",
        Approved = "approved",
        Rejected = "rejected",
        Void = "void",
    }
}

words! {
    /// How a task stands.
    TaskState {
        /// Its turn has not come.
        Waiting = "waiting",
        Open = "open",
        Approved = "approved",
        Rejected = "rejected",
        /// No longer asked: another signed, somebody rejected, or the content changed.
        Void = "void",
    }
}

words! {
    /// What can happen to a task.
    TaskMove {
        Open = "open",
        Approve = "approve",
        Reject = "reject",
        Void = "void",
    }
}

words! {
    /// What somebody decided.
    Verdict {
        Approve = "approve",
        Reject = "reject",
    }
}

impl TaskState {
    /// Every move that exists; what is not here is refused.
    pub const MOVES: &'static [(Self, TaskMove, Self)] = &[
        (Self::Waiting, TaskMove::Open, Self::Open),
        (Self::Waiting, TaskMove::Void, Self::Void),
        (Self::Open, TaskMove::Approve, Self::Approved),
        (Self::Open, TaskMove::Reject, Self::Rejected),
        (Self::Open, TaskMove::Void, Self::Void),
        // Decisions on content that has changed since.
        (Self::Approved, TaskMove::Void, Self::Void),
    ];

    /// The state after a move, or `None` when there is no such move.
    pub fn after(self, step: TaskMove) -> Option<Self> {
        Self::MOVES
            .iter()
            .find(|(from, name, _)| *from == self && *name == step)
            .map(|(_, _, to)| *to)
    }
}

/// One step waiting for one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningTask {
    pub id: TaskId,
    pub assignee: PersonId,
    pub state: TaskState,
    /// Who decided: the assignee, or the deputy.
    pub decided_by: Option<PersonId>,
    /// Who may decide it for the assignee at this moment.
    pub stand_ins: Vec<PersonId>,
}

/// A step with its tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningStep {
    pub id: StepId,
    pub order: u32,
    pub mode: Mode,
    pub state: StepState,
    pub tasks: Vec<RunningTask>,
}

/// A plan in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub requester: PersonId,
    /// The hash of the content as it stands today.
    pub content_hash: String,
    pub steps: Vec<RunningStep>,
}

/// Somebody's word on one task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub task: TaskId,
    pub decider: PersonId,
    pub verdict: Verdict,
    /// The content that the decider saw.
    pub content_hash: String,
}

/// What a decision changed. Only rows named here are to be saved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moved {
    /// Tasks and their new state, the decided one first.
    pub tasks: Vec<(TaskId, TaskState)>,
    pub steps: Vec<(StepId, StepState)>,
    /// Tasks whose turn has come: their assignees get a letter, and nobody else does.
    pub opened: Vec<TaskId>,
    /// Every step is approved.
    pub approved: bool,
    /// Somebody said no.
    pub rejected: bool,
}

impl Moved {
    fn task(&mut self, task: &mut RunningTask, step: TaskMove) {
        if let Some(state) = task.state.after(step) {
            task.state = state;
            self.tasks.push((task.id, state));
        }
    }

    fn step(&mut self, step: &mut RunningStep, state: StepState) {
        step.state = state;
        self.steps.push((step.id, state));
    }
}

/// Opens the first steps of a plan that has just been made.
pub fn start(progress: &mut Progress) -> Moved {
    let mut moved = Moved::default();
    open_next(progress, &mut moved);
    moved
}

/// Voids whatever is waiting, open or approved: the requisition was withdrawn, expired, or its
/// content changed and a new plan takes over.
pub fn withdraw(progress: &mut Progress) -> Moved {
    let mut moved = Moved::default();
    for step in &mut progress.steps {
        void_tasks(step, &mut moved, |_| true);
        if matches!(step.state, StepState::Waiting | StepState::Open | StepState::Approved) {
            moved.step(step, StepState::Void);
        }
    }
    moved
}

/// Takes one decision into a running plan, or says why it cannot be taken. On a refusal nothing
/// has changed.
pub fn decide(progress: &mut Progress, decision: &Decision) -> Result<Moved, Refusal> {
    let (at, task) = check(progress, decision)?;
    let mut moved = Moved::default();
    let Some(step) = progress.steps.get_mut(at) else { return Err(Refusal::not_found("task")) };
    let Some(decided) = step.tasks.get_mut(task) else { return Err(Refusal::not_found("task")) };
    decided.decided_by = Some(decision.decider);
    match decision.verdict {
        Verdict::Approve => {
            moved.task(decided, TaskMove::Approve);
            if yes(step) >= step.mode.needed(step.tasks.len()) {
                void_tasks(step, &mut moved, |task| task.state == TaskState::Open);
                moved.step(step, StepState::Approved);
                open_next(progress, &mut moved);
            }
        }
        Verdict::Reject => {
            moved.task(decided, TaskMove::Reject);
            let still = step.tasks.iter().filter(|task| task.state == TaskState::Open).count();
            if !step.mode.one_no_rejects()
                && yes(step) + still >= step.mode.needed(step.tasks.len())
            {
                return Ok(moved);
            }
            moved.step(step, StepState::Rejected);
            moved.rejected = true;
            for step in &mut progress.steps {
                let live = |task: &RunningTask| task.state != TaskState::Approved;
                void_tasks(step, &mut moved, live);
                if matches!(step.state, StepState::Waiting | StepState::Open) {
                    moved.step(step, StepState::Void);
                }
            }
        }
    }
    Ok(moved)
}

/// How many different people have said yes. A task's people differ, which [`check`] makes sure of.
fn yes(step: &RunningStep) -> usize {
    step.tasks.iter().filter(|task| task.state == TaskState::Approved).count()
}

fn void_tasks(step: &mut RunningStep, moved: &mut Moved, which: impl Fn(&RunningTask) -> bool) {
    for task in step.tasks.iter_mut().filter(|task| which(task)) {
        moved.task(task, TaskMove::Void);
    }
}

/// Opens the lowest order that is not approved yet, when nothing of it is open; notes when there
/// is none left.
fn open_next(progress: &mut Progress, moved: &mut Moved) {
    // Void steps of an earlier content are not waited for.
    let live = |step: &&RunningStep| matches!(step.state, StepState::Waiting | StepState::Open);
    let Some(order) = progress.steps.iter().filter(live).map(|step| step.order).min() else {
        moved.approved = progress.steps.iter().any(|step| step.state == StepState::Approved);
        return;
    };
    for step in &mut progress.steps {
        if step.order == order && step.state == StepState::Waiting {
            moved.step(step, StepState::Open);
            // A signature that an edit left standing is not asked for again.
            for task in step.tasks.iter_mut().filter(|task| task.state == TaskState::Waiting) {
                moved.task(task, TaskMove::Open);
                moved.opened.push(task.id);
            }
        }
    }
}

/// Where the task stands, once everything that forbids the decision has been ruled out.
fn check(progress: &Progress, decision: &Decision) -> Result<(usize, usize), Refusal> {
    let found = progress.steps.iter().enumerate().find_map(|(at, step)| {
        step.tasks.iter().position(|task| task.id == decision.task).map(|task| (at, task))
    });
    let (at, index) = found.ok_or_else(|| Refusal::not_found("task"))?;
    let task = progress
        .steps
        .get(at)
        .and_then(|step| step.tasks.get(index))
        .ok_or_else(|| Refusal::not_found("task"))?;
    // Before anything else, whoever is named as assignee: nobody signs his own requisition.
    if decision.decider == progress.requester || task.assignee == progress.requester {
        return Err(Refusal::forbidden("self-approval", "Nobody decides his own requisition.")
            .mend("Ask the other approvers of the step, or the admin for another approver."));
    }
    if decision.decider != task.assignee && !task.stand_ins.contains(&decision.decider) {
        return Err(Refusal::not_found("task"));
    }
    // An old link names a task that is void by now: what the person must hear is why.
    if decision.content_hash != progress.content_hash {
        return Err(Refusal::conflict(
            "content-changed",
            "The requisition has changed since you saw it.",
        )
        .field("content_hash")
        .got(crate::base::text::shorten(&decision.content_hash, 80))
        .expected(progress.content_hash.clone())
        .mend("Look at the requisition as it stands now and decide again."));
    }
    let twice = progress
        .steps
        .iter()
        .flat_map(|step| &step.tasks)
        .any(|other| other.id != task.id && signs(other) == Some(decision.decider));
    if twice {
        return Err(Refusal::forbidden(
            "same-person-twice",
            "You are asked in another step of this requisition: one person gives one signature.",
        )
        .mend("Decide your own task; this one waits for somebody else."));
    }
    match task.state {
        TaskState::Open => {}
        TaskState::Approved | TaskState::Rejected => {
            return Err(Refusal::conflict(
                "already-decided",
                "This task has been decided already.",
            )
            .got(task.state.word())
            .expected(TaskState::Open.word())
            .mend("Nothing is left to do here."));
        }
        TaskState::Waiting | TaskState::Void => {
            return Err(Refusal::conflict("task-not-open", "This task is not open.")
                .got(task.state.word())
                .expected(TaskState::Open.word())
                .mend("Look at the requisition to see whose turn it is."));
        }
    }
    Ok((at, index))
}

/// Who signs or has signed this task: a deputy who decided, else the assignee while it counts.
fn signs(task: &RunningTask) -> Option<PersonId> {
    match task.state {
        TaskState::Waiting | TaskState::Open => Some(task.assignee),
        TaskState::Approved | TaskState::Rejected => task.decided_by.or(Some(task.assignee)),
        TaskState::Void => None,
    }
}

#[cfg(test)]
mod tests;

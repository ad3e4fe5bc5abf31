//! Steps and tasks as they are kept, and the text of a decision that its hash is made of.

use crate::base::{
    id::{OrganisationId, PersonId, RequisitionId, StepId, TaskId},
    text::sha256_hex,
    time::Time,
};

use super::{
    Mode, Moved, Progress, RunningStep, RunningTask, StandIn, StepState, TaskState, Timers, Verdict,
};

/// A step of a requisition's plan as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub id: StepId,
    pub requisition: RequisitionId,
    /// The requisition's round that the plan was made for.
    pub round: i64,
    /// From 1; steps side by side share one.
    pub order: u32,
    pub mode: Mode,
    pub state: StepState,
    pub rule: String,
    /// The number of the approval policy's version.
    pub rule_version: i64,
    pub because: String,
    /// The nearest change that would have spared the step, in plain words; empty without one.
    pub unless: String,
    pub tasks: Vec<Task>,
}

/// One step waiting for one person, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub id: TaskId,
    pub step: StepId,
    pub requisition: RequisitionId,
    pub organisation: OrganisationId,
    pub requester: PersonId,
    pub assignee: PersonId,
    pub state: TaskState,
    /// The content that its assignee is asked about.
    pub content_hash: String,
    /// When its turn came.
    pub opened_at: Option<Time>,
    /// When an answer is expected: then the next manager is asked as well.
    pub due_at: Option<Time>,
    pub timers: Timers,
    /// Who else may decide it, or might once.
    pub stand_ins: Vec<StandIn>,
    /// What was decided; it stays when the task is void later.
    pub decision: Option<DecisionRecord>,
    pub version: i64,
}

/// One decision, as it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    pub verdict: Verdict,
    pub by: PersonId,
    /// The assignee for whom a deputy decided.
    pub on_behalf_of: Option<PersonId>,
    pub at: Time,
    pub comment: String,
}

impl Task {
    /// The canonical text of the decision on this task: its SHA-256 stands in the audit trail, so
    /// that a decision changed in the database is found.
    pub fn decision_text(&self) -> Option<String> {
        let decision = self.decision.as_ref()?;
        let on_behalf_of = decision.on_behalf_of.map(|id| id.to_string());
        Some(format!(
            "countersign decision 1\nrequisition={}\ntask={}\nassignee={}\ndecision={}\nby={}\n\
             on-behalf-of={}\nat={}\ncontent={}\ncomment={}:{}\n",
            self.requisition,
            self.id,
            self.assignee,
            decision.verdict,
            decision.by,
            on_behalf_of.as_deref().unwrap_or("-"),
            decision.at.millis(),
            self.content_hash,
            decision.comment.len(),
            decision.comment
        ))
    }

    /// SHA-256 of [`Task::decision_text`], as hexadecimal.
    pub fn decision_hash(&self) -> Option<String> {
        self.decision_text().map(|text| sha256_hex(text.as_bytes()))
    }

    fn running(&self) -> RunningTask {
        RunningTask {
            id: self.id,
            assignee: self.assignee,
            state: self.state,
            decided_by: self.decision.as_ref().map(|decision| decision.by),
            stand_ins: self.stand_ins.iter().map(|one| one.person).collect(),
        }
    }
}

/// The plan in progress that these rows of one round stand for.
pub fn progress_of(requester: PersonId, content_hash: &str, steps: &[Step]) -> Progress {
    let running = |step: &Step| RunningStep {
        id: step.id,
        order: step.order,
        mode: step.mode,
        state: step.state,
        tasks: step.tasks.iter().map(Task::running).collect(),
    };
    Progress {
        requester,
        content_hash: content_hash.to_owned(),
        steps: steps.iter().map(running).collect(),
    }
}

/// Writes what a decision or a start changed into the rows.
pub fn apply(steps: &mut [Step], moved: &Moved, at: Time) {
    for step in steps {
        if let Some((_, state)) = moved.steps.iter().rev().find(|(id, _)| *id == step.id) {
            step.state = *state;
        }
        for task in &mut step.tasks {
            if let Some((_, state)) = moved.tasks.iter().rev().find(|(id, _)| *id == task.id) {
                task.state = *state;
            }
            if moved.opened.contains(&task.id) {
                task.opened_at = Some(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task() -> Task {
        Task {
            id: TaskId::from_bits(1),
            step: StepId::from_bits(2),
            requisition: RequisitionId::from_bits(3),
            organisation: OrganisationId::from_bits(4),
            requester: PersonId::from_bits(5),
            assignee: PersonId::from_bits(6),
            state: TaskState::Approved,
            content_hash: "ab".into(),
            opened_at: None,
            due_at: None,
            timers: Timers::default(),
            stand_ins: Vec::new(),
            decision: Some(DecisionRecord {
                verdict: Verdict::Approve,
                by: PersonId::from_bits(6),
                on_behalf_of: None,
                at: Time::from_millis(7),
                comment: "fine".into(),
            }),
            version: 1,
        }
    }

    #[test]
    fn every_part_of_a_decision_counts() {
        let before = task().decision_hash();
        let edits: [fn(&mut Task, &mut DecisionRecord); 8] = [
            |t, _| t.id = TaskId::from_bits(9),
            |t, _| t.requisition = RequisitionId::from_bits(9),
            |t, _| t.content_hash = "abc".into(),
            |_, d| d.verdict = Verdict::Reject,
            |_, d| d.by = PersonId::from_bits(9),
            |_, d| d.on_behalf_of = Some(PersonId::from_bits(6)),
            |_, d| d.at = Time::from_millis(8),
            |_, d| d.comment = "fine.".into(),
        ];
        for edit in edits {
            let mut other = task();
            let mut decision = other.decision.take().unwrap();
            edit(&mut other, &mut decision);
            other.decision = Some(decision);
            assert_ne!(other.decision_hash(), before);
        }
    }

    #[test]
    fn a_void_task_keeps_its_decision() {
        let mut void = task();
        void.state = TaskState::Void;
        assert_eq!(void.decision_hash(), task().decision_hash());
        void.decision = None;
        assert_eq!(void.decision_hash(), None);
    }
}

//! Decisions on tasks, and what follows the last yes.
//!
//! Who may decide is said by `domain::approval::decide` and nowhere else; this module reads the
//! rows under the requisition's lock, saves what moved, and hands an approved requisition on.

mod arise;
mod lines;
mod right;
pub mod timer;

pub use lines::{DecideLines, LineWord};

pub(super) use arise::{arise, hand_over};

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        id::{RequisitionId, TaskId},
        secret::Keys,
    },
    domain::{
        approval::{
            self, Decision, DecisionRecord, LINK_MS, Moved, Step, Task, TaskState, Verdict,
            link_bound,
        },
        fact::{self, Fact},
        party::Checkout,
        refusal::Refusal,
        requisition::{
            Requisition, RequisitionLine, RequisitionMove, RequisitionSource, RequisitionState,
        },
    },
    store,
};

use super::{Actor, App, AppError, Command, Cx, Need, budget, order, requisition};

/// What a decide link's token is for.
const PURPOSE: &str = "decide";

/// Somebody's word on one task, over the content they saw.
#[derive(Debug, Clone)]
pub struct Decide {
    pub task: TaskId,
    pub verdict: Verdict,
    pub comment: Option<String>,
    pub content_hash: String,
}

/// What became of task and requisition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    pub task: TaskId,
    pub requisition: RequisitionId,
    pub state: RequisitionState,
    /// What was decided in the end: who rejects every line rejects the whole. Absent in answers
    /// that were kept before it was told.
    #[serde(default)]
    pub verdict: Option<Verdict>,
}

impl Command for Decide {
    type Answer = Decided;
    // Asked below, after who the caller is to this task: a requester hears that nobody signs
    // his own requisition, and whoever has nothing to do with it hears of nothing.
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Decided, AppError> {
        let person = cx.actor.need_person()?.clone();
        let organisation = cx.actor.need_organisation()?;
        let comment = requisition::comment(self.comment.as_deref())?;
        let task = store::step::task(cx.conn, self.task).await?;
        let task = task.filter(|task| task.organisation == organisation);
        let task = task.ok_or_else(|| Refusal::not_found("task"))?;
        let found = store::requisition::lock(cx.conn, organisation, task.requisition).await?;
        let mut requisition = found.ok_or_else(|| Refusal::not_found("requisition"))?;
        let mut steps = store::step::of_requisition(cx.conn, requisition.id).await?;
        // Whose delegation is over stands in no longer.
        for task in steps.iter_mut().flat_map(|step| &mut step.tasks) {
            task.stand_ins.retain(|one| one.holds_at(cx.now));
        }
        let mut progress =
            approval::progress_of(requisition.requester, &requisition.content_hash, &steps);
        let decision = Decision {
            task: self.task,
            decider: person.id,
            verdict: self.verdict,
            content_hash: self.content_hash.clone(),
        };
        let moved = approval::decide(&mut progress, &decision)?;
        right::need(cx, &task).await?;
        let own = task.assignee == person.id;
        approval::apply(&mut steps, &moved, cx.now);
        let record = DecisionRecord {
            verdict: self.verdict,
            by: person.id,
            on_behalf_of: (!own).then_some(task.assignee),
            at: cx.now,
            comment,
        };
        let decided = record_on(&mut steps, self.task, record)?;
        requisition::save_moved(cx.conn, &steps, &moved).await?;
        let fact = decided_fact(cx, &decided, person.email.as_str()).await?;
        cx.fact(fact);
        self.follow(cx, &mut requisition, &steps, &moved).await?;
        let (id, state, verdict) = (requisition.id, requisition.state, Some(self.verdict));
        Ok(Decided { task: self.task, requisition: id, state, verdict })
    }
}

impl Decide {
    async fn follow(
        &self,
        cx: &mut Cx<'_>,
        requisition: &mut Requisition,
        steps: &[Step],
        moved: &Moved,
    ) -> Result<(), AppError> {
        if moved.rejected {
            let reason = requisition::comment(self.comment.as_deref())?;
            return reject(cx, requisition, reason).await;
        }
        if moved.approved {
            let lines = store::requisition::lines(cx.conn, requisition.id).await?;
            return finish(cx, requisition, &lines).await;
        }
        arise(cx, steps, &moved.opened).await
    }
}

/// Writes the decision on its task, and answers the task.
fn record_on(steps: &mut [Step], id: TaskId, record: DecisionRecord) -> Result<Task, AppError> {
    let task = steps.iter_mut().flat_map(|step| &mut step.tasks).find(|task| task.id == id);
    let task = task.ok_or_else(|| Refusal::not_found("task"))?;
    task.decision = Some(record);
    Ok(task.clone())
}

async fn decided_fact(cx: &mut Cx<'_>, task: &Task, by: &str) -> Result<Fact, AppError> {
    let decision = task.decision.as_ref();
    let on_behalf_of = match decision.and_then(|decision| decision.on_behalf_of) {
        Some(id) => store::person::get(cx.conn, id).await?.map(|person| person.email.to_string()),
        None => None,
    };
    Ok(Fact::Decided(fact::Decided {
        requisition: task.requisition.to_string(),
        task: task.id.to_string(),
        decision: decision.map(|decision| decision.verdict.to_string()).unwrap_or_default(),
        by: by.to_owned(),
        on_behalf_of,
        comment: decision.map(|decision| decision.comment.clone()).unwrap_or_default(),
        content_hash: task.content_hash.clone(),
        decision_hash: task.decision_hash().unwrap_or_default(),
        at: decision.map_or(crate::base::time::Time::from_millis(0), |decision| decision.at),
    }))
}

async fn reject(
    cx: &mut Cx<'_>,
    requisition: &mut Requisition,
    reason: String,
) -> Result<(), AppError> {
    move_on(cx, requisition, RequisitionMove::Reject)?;
    requisition.decided_at = Some(cx.now);
    requisition.reject_reason = Some(reason.clone());
    store::requisition::update(cx.conn, requisition).await?;
    budget::release(cx, requisition.id).await?;
    order::stands_again(cx, requisition).await?;
    cx.fact(Fact::RequisitionRejected {
        requisition: requisition.id.to_string(),
        reason,
        by: cx.actor.name(),
    });
    Ok(())
}

fn move_on(
    cx: &Cx<'_>,
    requisition: &mut Requisition,
    by: RequisitionMove,
) -> Result<(), AppError> {
    let next = requisition.state.after(by).ok_or_else(|| {
        let (actor, state) = (cx.actor.name(), requisition.state);
        AppError::internal(format!("{actor} cannot {by} a requisition that is {state}"))
    })?;
    requisition.state = next;
    Ok(())
}

/// What follows the last yes, or a plan that asks nobody: orders are issued in this transaction, or
/// the cart waits for its owner to transfer it.
pub(super) async fn finish(
    cx: &mut Cx<'_>,
    requisition: &mut Requisition,
    lines: &[RequisitionLine],
) -> Result<(), AppError> {
    move_on(cx, requisition, RequisitionMove::Approve)?;
    requisition.decided_at = Some(cx.now);
    cx.fact(Fact::RequisitionApproved {
        requisition: requisition.id.to_string(),
        content_hash: requisition.content_hash.clone(),
    });
    let orders_follow = requisition.source == RequisitionSource::IncomingOrder
        || requisition.checkout == Checkout::ApproveThenOrder;
    if orders_follow {
        budget::commit(cx, requisition.id).await?;
        order::issue(cx, requisition, lines).await?;
        move_on(cx, requisition, RequisitionMove::Order)?;
    }
    store::requisition::update(cx.conn, requisition).await?;
    if orders_follow {
        order::keep_standing(cx, requisition, lines).await?;
    }
    Ok(())
}

/// The token of a task's decide link. It names the task and is bound to the content it asks about
/// and to the letter it stands in ([`link_bound`]); it is never stored.
pub fn link_token(keys: &Keys, task: TaskId, bound: &str) -> String {
    keys.token(PURPOSE, task.bits(), bound)
}

/// A task of the actor's organisation, for its page: whether the actor may decide it is said by
/// the decision itself.
pub async fn task(app: &App, actor: &Actor, id: TaskId) -> Result<Task, AppError> {
    let organisation = actor.need_organisation()?;
    let mut conn = app.store.read().await?;
    let task = store::step::task(&mut conn, id).await?;
    let task = task.filter(|task| task.organisation == organisation);
    task.ok_or_else(|| Refusal::not_found("task").into())
}

/// How a decide link stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// It shows the page, and its assignee may decide.
    Open,
    /// The requisition was changed after the link was sent.
    ContentChanged,
    /// Decided, withdrawn, rejected by another, or too old.
    Used(&'static str),
}

/// The task behind a decide link. It is shown to whoever holds the link; a forged one and one that
/// never was are the same.
pub async fn of_link(app: &App, token: &str) -> Result<(Task, LinkState), AppError> {
    let gone = || Refusal::not_found("link");
    let id = Keys::token_id(token).map(TaskId::from_bits).ok_or_else(gone)?;
    let mut conn = app.store.read().await?;
    let task = store::step::task(&mut conn, id).await?.ok_or_else(gone)?;
    // Each letter has a link of its own: a reminder does not make the first link younger.
    let opened_at = task.opened_at.ok_or_else(gone)?;
    let written = task.timers.letters(opened_at).find(|(letter, _)| {
        app.keys.token_holds(token, PURPOSE, &link_bound(&task.content_hash, *letter))
    });
    let (_, written_at) = written.ok_or_else(gone)?;
    let requisition = store::requisition::get_any(&mut conn, task.requisition).await?;
    let requisition = requisition.ok_or_else(gone)?;
    let state = if requisition.content_hash != task.content_hash {
        LinkState::ContentChanged
    } else if task.decision.is_some() {
        LinkState::Used("This task has been decided already.")
    } else if task.state != TaskState::Open {
        LinkState::Used("Nothing is left to decide here.")
    } else if app.now().since(written_at) > LINK_MS {
        LinkState::Used("This link has expired. Sign in to decide under Approvals.")
    } else {
        LinkState::Open
    };
    Ok((task, state))
}

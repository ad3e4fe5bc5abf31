//! What time does to an open task: people are reminded, the next manager is asked as well, and in
//! the end the requisition expires. Each happens once, whichever server is the first to look.

use crate::{
    app::{Actor, App, AppError, Command, Cx, Need, act, budget, requisition},
    base::id::{OrganisationId, TaskId},
    domain::{
        approval::{Ring, StandIn, StandInKind, Step, Task, TaskState},
        fact::Fact,
        party::Person,
        requisition::{Requisition, RequisitionMove},
    },
    store,
};

use super::{arise, move_on};

/// Timers that ring in one look; more wait for the next.
const AT_ONCE: i64 = 50;

/// Rings what is due, the most overdue first; `true` when more may be waiting.
pub async fn ring(app: &std::sync::Arc<App>) -> Result<bool, AppError> {
    let mut conn = app.store.read().await?;
    let due = store::step::ringing(&mut conn, app.now(), AT_ONCE).await?;
    drop(conn);
    for (task, organisation) in &due {
        let actor = Actor::system("timer", Some(*organisation));
        act(app, &actor, RingOne { task: *task, organisation: *organisation }).await?;
    }
    Ok(!due.is_empty())
}

/// Rings the next timer of one task, when it is still due.
#[derive(Debug, Clone, Copy)]
struct RingOne {
    task: TaskId,
    organisation: OrganisationId,
}

impl Command for RingOne {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let known = store::step::task(cx.conn, self.task).await?;
        // Another server may have been quicker, or somebody decided: then there is nothing to do.
        cx.nothing_changed();
        let Some(known) = known else { return Ok(()) };
        let locked =
            store::requisition::lock(cx.conn, self.organisation, known.requisition).await?;
        let Some(requisition) = locked else { return Ok(()) };
        let steps = store::step::of_requisition(cx.conn, requisition.id).await?;
        let task = steps.iter().flat_map(|step| &step.tasks).find(|task| task.id == self.task);
        let Some(mut task) = task.filter(|task| task.state == TaskState::Open).cloned() else {
            return Ok(());
        };
        let Some((at, ring)) = task.timers.next() else { return Ok(()) };
        if at > cx.now {
            return Ok(());
        }
        match ring {
            Ring::Remind => remind(cx, &mut task).await,
            Ring::Escalate => escalate(cx, &mut task, &steps).await,
            Ring::Expire => expire(cx, requisition).await,
        }
    }
}

async fn remind(cx: &mut Cx<'_>, task: &mut Task) -> Result<(), AppError> {
    task.timers.reminded_at = Some(cx.now);
    store::step::set_timers(cx.conn, task).await?;
    cx.fact(Fact::TaskReminded {
        requisition: task.requisition.to_string(),
        task: task.id.to_string(),
    });
    Ok(())
}

async fn escalate(cx: &mut Cx<'_>, task: &mut Task, steps: &[Step]) -> Result<(), AppError> {
    task.timers.escalated_at = Some(cx.now);
    store::step::set_timers(cx.conn, task).await?;
    let manager = next_manager(cx, task, steps).await?;
    if let Some(manager) = &manager {
        let one = StandIn {
            task: task.id,
            person: manager.id,
            kind: StandInKind::Escalation,
            delegation: None,
            since: cx.now,
            until: None,
        };
        store::stand_in::insert(cx.conn, task, &one).await?;
    }
    cx.fact(Fact::TaskEscalated {
        requisition: task.requisition.to_string(),
        task: task.id.to_string(),
        to: manager.map(|manager| manager.id.to_string()),
    });
    Ok(())
}

/// The next above the assignee who may sign: never the requester, nobody who signs already.
async fn next_manager(
    cx: &mut Cx<'_>,
    task: &Task,
    steps: &[Step],
) -> Result<Option<Person>, AppError> {
    let signers = arise::signers(steps);
    let chain = store::person::managers(cx.conn, task.organisation, task.assignee).await?;
    for manager in chain {
        let free = manager.id != task.requester && !signers.contains(&manager.id);
        if free && manager.is_active() && cx.person_may(&manager, "task", "decide").await? {
            return Ok(Some(manager));
        }
    }
    Ok(None)
}

async fn expire(cx: &mut Cx<'_>, mut requisition: Requisition) -> Result<(), AppError> {
    requisition::void_steps(cx, &requisition).await?;
    move_on(cx, &mut requisition, RequisitionMove::Expire)?;
    requisition.decided_at = Some(cx.now);
    store::requisition::update(cx.conn, &mut requisition).await?;
    budget::release(cx, requisition.id).await?;
    cx.fact(Fact::RequisitionExpired { requisition: requisition.id.to_string() });
    Ok(())
}

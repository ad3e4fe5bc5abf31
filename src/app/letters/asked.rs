//! Letters that ask somebody to decide: the first one, the reminder, and the one to the manager.

use crate::{
    app::{AppError, Cx, budget},
    base::{
        id::{PersonId, RequisitionId, TaskId},
        time::Time,
    },
    domain::{
        approval::{Ring, StandInKind, Step, Task, TaskState, link_bound},
        notice::{LineBrief, Notice},
        requisition::RequisitionLine,
    },
    store,
};

use super::{brief, need_requisition, tell};

/// Writes to whoever is to answer now; `letter` says which letter about the task it is.
pub(super) async fn write(
    cx: &mut Cx<'_>,
    id: RequisitionId,
    task: TaskId,
    letter: Option<Ring>,
) -> Result<(), AppError> {
    let requisition = need_requisition(cx, id).await?;
    let steps = store::step::of_requisition(cx.conn, id).await?;
    let Some((step, task)) = place(&steps, task) else { return Ok(()) };
    let Some(to) = reader(task, letter, cx.now).filter(|_| task.state == TaskState::Open) else {
        return Ok(());
    };
    let stands_for = match to == task.assignee {
        true => None,
        false => store::person::get(cx.conn, task.assignee).await?.map(|person| person.name),
    };
    let lines = store::requisition::lines(cx.conn, id).await?;
    let notice = Notice::TaskOpened {
        task: task.id,
        letter,
        requisition: brief(cx, &requisition).await?,
        because: step.because.clone(),
        lines: lines.iter().map(line_brief).collect(),
        budget_left: budget::left(cx.conn, requisition.organisation, id).await?,
        due_at: task.due_at.filter(|due| *due > cx.now),
        on_behalf_of: stands_for,
        comment: Some(requisition.comment.clone()).filter(|comment| !comment.is_empty()),
    };
    let (bound, about) = (link_bound(&task.content_hash, letter), id.to_string());
    tell(cx, to, &notice, (&bound, &about)).await
}

/// The manager who was asked as well; else the deputy while there is one; else the assignee.
fn reader(task: &Task, letter: Option<Ring>, now: Time) -> Option<PersonId> {
    let last = |kind: StandInKind| {
        let mut holding = task.stand_ins.iter().rev();
        holding.find(|one| one.kind == kind && one.holds_at(now)).map(|one| one.person)
    };
    match letter {
        Some(Ring::Escalate) => last(StandInKind::Escalation),
        Some(Ring::Remind | Ring::Expire) | None => {
            last(StandInKind::Delegation).or(Some(task.assignee))
        }
    }
}

fn place(steps: &[Step], id: TaskId) -> Option<(&Step, &Task)> {
    let mut all = steps.iter().flat_map(|step| step.tasks.iter().map(move |task| (step, task)));
    all.find(|(_, task)| task.id == id)
}

fn line_brief(line: &RequisitionLine) -> LineBrief {
    LineBrief {
        quantity: format!("{} {}", line.goods.quantity, line.goods.unit),
        description: line.goods.description.clone(),
        total: line.goods.total,
    }
}

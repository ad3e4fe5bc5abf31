//! The rights behind a decision, as they stand at this moment: a task may have been opened, and a
//! deputy found, under other ones.

use crate::{
    app::{AppError, Cx},
    domain::{
        approval::{StandInKind, Task},
        delegation,
        party::Person,
        refusal::Refusal,
    },
    store,
};

use super::arise;

/// Asks whether the caller, who is the task's assignee or stands in for him, has what his decision
/// needs: the assignee his own right; a deputy the right to stand in, beside the assignee's, which
/// was lent to him for some days; the next manager his own right.
pub(super) async fn need(cx: &mut Cx<'_>, task: &Task) -> Result<(), AppError> {
    let me = cx.actor.need_person()?.id;
    if task.assignee == me || stands_in(cx, task, StandInKind::Escalation)? {
        return match cx.may("task", "decide").await? {
            true => Ok(()),
            false => Err(not_allowed("You may not decide this task.").into()),
        };
    }
    if !cx.may("delegation", "receive").await? {
        return Err(not_allowed("You may not stand in for anybody any more.").into());
    }
    let principal = store::person::get(cx.conn, task.assignee).await?;
    let principal = principal.ok_or_else(|| Refusal::not_found("task"))?;
    if lends(cx, &principal).await? {
        return Ok(());
    }
    let message = format!(
        "{} may not decide this task any more, and so nobody decides it as a deputy.",
        principal.name
    );
    Err(not_allowed(message).into())
}

/// Whether somebody has a decision to hand over.
pub(super) async fn lends(cx: &mut Cx<'_>, principal: &Person) -> Result<bool, AppError> {
    Ok(principal.is_active() && cx.person_may(principal, "task", "decide").await?)
}

/// Asks whether a deputy was handed over the requisition as it stands after his edit, too.
pub(super) async fn need_bounds(cx: &mut Cx<'_>, task: &Task) -> Result<(), AppError> {
    let me = cx.actor.need_person()?.id;
    if task.assignee == me || stands_in(cx, task, StandInKind::Escalation)? {
        return Ok(());
    }
    let live = store::delegation::live(cx.conn, task.organisation, cx.now).await?;
    let subject = arise::subject(cx, task.requisition).await?;
    if delegation::reaches(&live, (task.assignee, me), cx.now, &subject) {
        return Ok(());
    }
    let message = "With this change it is more than what was handed over to you.";
    Err(Refusal::invalid("beyond-delegation", message)
        .field("lines")
        .got(subject.total.to_string())
        .expected("a requisition within the bounds of the delegation, before and after")
        .mend("Change less, or leave the task to the one for whom you stand in.")
        .into())
}

fn stands_in(cx: &Cx<'_>, task: &Task, kind: StandInKind) -> Result<bool, AppError> {
    let me = cx.actor.need_person()?.id;
    let mut own = task.stand_ins.iter().filter(|one| one.person == me && one.holds_at(cx.now));
    Ok(own.any(|one| one.kind == kind))
}

fn not_allowed(message: impl Into<String>) -> Refusal {
    Refusal::forbidden("not-allowed", message)
        .mend("Ask an admin who may decide it, or for the right.")
}

//! What people say about a requisition. A question by somebody who is to decide stops the clock of
//! its open tasks; the requester's answer starts it again.

use crate::{
    base::id::{RemarkId, RequisitionId},
    domain::{
        approval::{Task, TaskState},
        fact::Fact,
        party::Person,
        refusal::Refusal,
        remark::{Remark, RemarkKind},
        requisition::RequisitionState,
    },
    store,
};

use super::{AppError, Command, Cx, Need, Reader, requisition};

/// Contributions to one requisition.
const MOST: usize = 500;

/// Says something about a requisition.
#[derive(Debug, Clone)]
pub struct Say {
    pub requisition: RequisitionId,
    pub text: String,
    /// Whether the requester must answer before the clock goes on.
    pub question: bool,
}

impl Command for Say {
    type Answer = RemarkId;
    const NEED: Need = Need::May("requisition", "read");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<RemarkId, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let me = cx.actor.need_person()?.id;
        let missing = || Refusal::not_found("requisition");
        let found = store::requisition::lock(cx.conn, organisation, self.requisition).await?;
        let row = found.ok_or_else(missing)?;
        let asked = requisition::concerns(cx.conn, row.id, me).await?;
        if row.requester != me && !asked && !cx.may("requisition", "read-all").await? {
            return Err(missing().into());
        }
        let text = requisition::comment(Some(&self.text)).map_err(|fault| fault.field("text"))?;
        let said = store::remark::of(cx.conn, row.id).await?;
        if text.is_empty() || said.len() >= MOST {
            return Err(Refusal::invalid("no-text", "Nothing can be added here.")
                .field("text")
                .expected(format!("a text, and at most {MOST} contributions"))
                .into());
        }
        let mut open = open_tasks(cx, row.id).await?;
        let stopped = open.iter().any(|task| task.timers.stopped_at.is_some());
        let pending = row.state == RequisitionState::Pending;
        let kind = if self.question {
            let mine = |task: &Task| {
                let holds = |one: &crate::domain::approval::StandIn| {
                    one.person == me && one.holds_at(cx.now)
                };
                task.assignee == me || task.stand_ins.iter().any(holds)
            };
            if !pending || !open.iter().any(mine) {
                let message = "Only somebody who is to decide now asks the requester.";
                return Err(Refusal::forbidden("not-asked", message).field("question").into());
            }
            RemarkKind::Question
        } else if row.requester == me && stopped {
            RemarkKind::Answer
        } else {
            RemarkKind::Comment
        };
        match kind {
            RemarkKind::Question => stop(cx, &mut open).await?,
            RemarkKind::Answer => resume(cx, &mut open).await?,
            RemarkKind::Comment => {}
        }
        let remark =
            Remark { id: cx.id(), requisition: row.id, person: me, kind, text, made_at: cx.now };
        store::remark::insert(cx.conn, &remark).await?;
        cx.fact(Fact::RemarkMade {
            requisition: row.id.to_string(),
            remark: remark.id.to_string(),
            kind: kind.to_string(),
            text: remark.text,
        });
        Ok(remark.id)
    }
}

async fn open_tasks(cx: &mut Cx<'_>, id: RequisitionId) -> Result<Vec<Task>, AppError> {
    let steps = store::step::of_requisition(cx.conn, id).await?;
    let tasks = steps.into_iter().flat_map(|step| step.tasks);
    Ok(tasks.filter(|task| task.state == TaskState::Open).collect())
}

async fn stop(cx: &mut Cx<'_>, open: &mut [Task]) -> Result<(), AppError> {
    for task in open.iter_mut().filter(|task| task.timers.stopped_at.is_none()) {
        task.timers.stopped_at = Some(cx.now);
        store::step::set_timers(cx.conn, task).await?;
    }
    Ok(())
}

/// What has not rung yet is moved by the time the clock stood still, onto a working day.
async fn resume(cx: &mut Cx<'_>, open: &mut [Task]) -> Result<(), AppError> {
    for task in open.iter_mut() {
        let person = store::person::get(cx.conn, task.assignee).await?;
        let Some(person) = person else { continue };
        let calendar =
            store::calendar::of_person(cx.conn, task.organisation, &person, cx.now).await?;
        task.timers = task.timers.resumed(cx.now, |at| calendar.roll(at));
        let timers = &task.timers;
        task.due_at = timers.escalate_at.or(timers.expire_at).or(timers.remind_at);
        store::step::set_timers(cx.conn, task).await?;
    }
    Ok(())
}

/// A contribution with its author.
#[derive(Debug, Clone)]
pub struct RemarkView {
    pub remark: Remark,
    pub person: Option<Person>,
}

/// What was said about a requisition that the reader may see, the earliest first.
pub async fn list(reader: &mut Reader<'_>, id: RequisitionId) -> Result<Vec<RemarkView>, AppError> {
    requisition::need_visible(reader, id).await?;
    let mut shown = Vec::new();
    for remark in store::remark::of(&mut reader.conn, id).await? {
        let person = store::person::get(&mut reader.conn, remark.person).await?;
        shown.push(RemarkView { remark, person });
    }
    Ok(shown)
}

//! What waits for one person's decision.

use crate::{
    base::{
        id::{RequisitionId, TaskId},
        money::Money,
        page::{Cut, Page},
    },
    domain::{
        approval::{Task, TaskState},
        party::Person,
        refusal::Refusal,
        requisition::{Requisition, RequisitionLine},
    },
    store,
};

use super::{AppError, Reader, budget, catalogue::suppliers_by_id};

/// One open task with what its assignee must see at a glance.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub task: Task,
    pub requisition: Requisition,
    pub requester: Option<Person>,
    /// Why this person is asked: the rule's own words.
    pub because: String,
    /// What is left of the budget with this requisition reserved, when there is one.
    pub budget_left: Option<Money>,
    /// For whom the reader stands in, when the task is somebody else's.
    pub on_behalf_of: Option<Person>,
}

/// The reader's open tasks, newest first.
pub async fn open(reader: &mut Reader<'_>, cut: &Cut) -> Result<Page<Waiting>, AppError> {
    let person = reader.actor.need_person()?.id;
    let organisation = reader.actor.need_organisation()?;
    if reader.actor.punchout().is_some() {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let who = (person, reader.app.now());
    let page = store::step::open_of(&mut reader.conn, organisation, who, cut).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for task in page.items {
        items.push(waiting(reader, task).await?);
    }
    Ok(Page { items, next: page.next })
}

/// How many tasks wait for the reader: the figure beside "Approvals".
pub async fn count(reader: &mut Reader<'_>) -> Result<u64, AppError> {
    let Some(person) = reader.actor.person_id() else { return Ok(0) };
    if reader.actor.punchout().is_some() {
        return Ok(0);
    }
    let now = reader.app.now();
    let many = store::step::open_count(&mut reader.conn, person, now).await?;
    Ok(u64::try_from(many).unwrap_or_default())
}

/// One of the reader's own tasks, in whatever state.
pub async fn task(reader: &mut Reader<'_>, id: TaskId) -> Result<Waiting, AppError> {
    let person = reader.actor.need_person()?.id;
    let task = store::step::task(&mut reader.conn, id).await?;
    let own = |task: &Task| {
        let asked = task.assignee == person || task.stand_ins.iter().any(|one| one.person == person);
        asked
            && task.state != TaskState::Waiting
            && Some(task.organisation) == reader.actor.organisation
    };
    let task = task.filter(own).ok_or_else(|| Refusal::not_found("task"))?;
    if reader.actor.punchout().is_some() {
        return Err(Refusal::not_found("task").into());
    }
    waiting(reader, task).await
}

/// The lines that a task's page shows, and the names of their suppliers for people.
pub async fn lines(
    reader: &mut Reader<'_>,
    requisition: RequisitionId,
) -> Result<Vec<(RequisitionLine, String)>, AppError> {
    let lines = store::requisition::lines(&mut reader.conn, requisition).await?;
    let suppliers = suppliers_by_id(&mut reader.conn).await?;
    let named = |line: RequisitionLine| {
        let supplier = suppliers.get(&line.goods.supplier);
        (line, supplier.map(|supplier| supplier.title.clone()).unwrap_or_default())
    };
    Ok(lines.into_iter().map(named).collect())
}

/// What a decide link shows to whoever holds it: the caller has proved the link.
pub async fn of_link(reader: &mut Reader<'_>, task: Task) -> Result<Waiting, AppError> {
    waiting(reader, task).await
}

async fn waiting(reader: &mut Reader<'_>, task: Task) -> Result<Waiting, AppError> {
    let conn = &mut reader.conn;
    let requisition = store::requisition::get_any(conn, task.requisition).await?;
    let requisition = requisition.ok_or_else(|| Refusal::not_found("requisition"))?;
    let steps = store::step::of_requisition(conn, task.requisition).await?;
    let because = steps.into_iter().find(|step| step.id == task.step).map(|step| step.because);
    let requester = store::person::get(conn, requisition.requester).await?;
    let budget_left = budget::left(conn, requisition.organisation, requisition.id).await?;
    let on_behalf_of = match reader.actor.person_id() {
        Some(me) if me != task.assignee => store::person::get(conn, task.assignee).await?,
        _ => None,
    };
    let because = because.unwrap_or_default();
    Ok(Waiting { task, requisition, requester, because, budget_left, on_behalf_of })
}

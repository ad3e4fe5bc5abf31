//! What waits for one person's decision.

use crate::{
    base::{
        id::{RequisitionId, TaskId},
        money::Money,
        page::{Cut, MAX_LIMIT, Page},
        text::fold,
        time::Time,
        words::words,
    },
    domain::{
        approval::{Task, TaskState, Warning},
        party::Person,
        refusal::Refusal,
        requisition::{Requisition, RequisitionLine},
    },
    store,
};

use super::{AppError, Reader, budget, catalogue::suppliers_by_id, requisition};

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
    /// For whom the reader stands in at this moment, when the task is somebody else's.
    pub on_behalf_of: Option<Person>,
    /// Who is asked, when a known reader is not and stands in for nobody: he looks and decides not.
    pub not_mine: Option<Person>,
    /// Warnings of rules and budgets, when the plan was made.
    pub warnings: Vec<Warning>,
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

words! {
    /// In which order tasks stand.
    Order {
        Newest = "newest",
        Oldest = "oldest",
        /// The one that is due first.
        Due = "due",
        /// The largest amount first.
        Amount = "amount",
    }
}

/// Which tasks somebody wants to see.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// A part of the number, of the requester's name or address, or of the cost centre.
    pub q: Option<String>,
    pub order: Option<Order>,
}

impl Wanted {
    fn holds(&self, one: &Waiting) -> bool {
        let Some(q) = self.q.as_deref().map(fold).filter(|q| !q.is_empty()) else { return true };
        let requester = one.requester.as_ref();
        let name = requester.map(|person| fold(&person.name)).unwrap_or_default();
        let mail = requester.map(|person| person.email.to_string()).unwrap_or_default();
        [fold(&one.requisition.number), name, mail, fold(&one.requisition.cost_center_code)]
            .iter()
            .any(|text| text.contains(&q))
    }

    fn sort(&self, all: &mut [Waiting]) {
        let opened = |one: &Waiting| one.task.opened_at.map_or(i64::MAX, Time::millis);
        match self.order.unwrap_or(Order::Newest) {
            Order::Newest => all.sort_by_key(|one| std::cmp::Reverse(opened(one))),
            Order::Oldest => all.sort_by_key(opened),
            Order::Due => {
                all.sort_by_key(|one| one.task.due_at.map_or(i64::MAX, Time::millis));
            }
            Order::Amount => {
                all.sort_by_key(|one| std::cmp::Reverse(one.requisition.total.minor()));
            }
        }
    }
}

/// Tasks that are looked at to be sorted: more at once nobody decides.
const SORTED: usize = 400;

/// The reader's open tasks that are wanted, in the order wanted; at most [`SORTED`].
pub async fn wanted(reader: &mut Reader<'_>, wanted: &Wanted) -> Result<Vec<Waiting>, AppError> {
    let mut all = Vec::new();
    let mut cut = Cut::new(None, Some(MAX_LIMIT));
    loop {
        let page = open(reader, &cut).await?;
        all.extend(page.items);
        match page.next.filter(|_| all.len() < SORTED) {
            Some(next) => cut = Cut::new(Some(next), Some(MAX_LIMIT)),
            None => break,
        }
    }
    all.retain(|one| wanted.holds(one));
    wanted.sort(&mut all);
    Ok(all)
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
        let asked =
            task.assignee == person || task.stand_ins.iter().any(|one| one.person == person);
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

/// Whom the task asks.
pub async fn assignee(reader: &mut Reader<'_>, task: &Task) -> Result<Option<Person>, AppError> {
    Ok(store::person::get(&mut reader.conn, task.assignee).await?)
}

async fn waiting(reader: &mut Reader<'_>, task: Task) -> Result<Waiting, AppError> {
    let conn = &mut reader.conn;
    let requisition = store::requisition::get_any(conn, task.requisition).await?;
    let requisition = requisition.ok_or_else(|| Refusal::not_found("requisition"))?;
    let steps = store::step::of_requisition(conn, task.requisition).await?;
    let because = steps.into_iter().find(|step| step.id == task.step).map(|step| step.because);
    let requester = store::person::get(conn, requisition.requester).await?;
    let budget_left = budget::left(conn, requisition.organisation, requisition.id).await?;
    let warnings = requisition::kept_notes(conn, &requisition).await?.warnings;
    let now = reader.app.now();
    let (mut on_behalf_of, mut not_mine) = (None, None);
    if let Some(me) = reader.actor.person_id().filter(|me| *me != task.assignee) {
        let assignee = store::person::get(conn, task.assignee).await?;
        match task.stand_ins.iter().any(|one| one.person == me && one.holds_at(now)) {
            true => on_behalf_of = assignee,
            false => not_mine = assignee,
        }
    }
    let because = because.unwrap_or_default();
    Ok(Waiting {
        task,
        requisition,
        requester,
        because,
        budget_left,
        on_behalf_of,
        not_mine,
        warnings,
    })
}

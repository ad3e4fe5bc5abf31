//! Requisitions as people see them, and the plan a cart would get.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    base::{
        id::{PersonId, RequisitionId, SupplierId, TaskId},
        page::{Cut, Page},
    },
    domain::{
        approval::{KeptPlan, Notes, StandIn, Step, TaskState},
        line_edit::LineEdit,
        order::Order,
        party::{Person, Supplier},
        refusal::Refusal,
        requisition::{Requisition, RequisitionLine, RequisitionMove, RequisitionState},
    },
    store::{self, Conn},
};

use super::{
    super::{AppError, Reader, catalogue::suppliers_by_id},
    Forecast, forecast,
};

mod preview;

pub use preview::{
    CheckoutView, Preview, PreviewStep, checkout_view, explained, preview, preview_with,
};

/// An order that a requisition became.
#[derive(Debug, Clone)]
pub struct OrderShown {
    pub order: Order,
    pub supplier: Option<Supplier>,
}

/// A requisition with everything its page shows.
#[derive(Debug, Clone)]
pub struct RequisitionView {
    pub requisition: Requisition,
    pub lines: Vec<RequisitionLine>,
    pub suppliers: HashMap<SupplierId, Supplier>,
    /// The steps of the present round.
    pub steps: Vec<Step>,
    /// The steps of earlier rounds, newest first: their decisions are void.
    pub earlier: Vec<Step>,
    /// What rules said beside asking, when the plan was made.
    pub notes: Notes,
    pub people: BTreeMap<PersonId, Person>,
    pub orders: Vec<OrderShown>,
    /// What approvers did to single lines, the earliest first.
    pub line_edits: Vec<LineEdit>,
    /// When it will probably be decided; in lists it is not reckoned.
    pub forecast: Option<Forecast>,
    /// The reader's own open task on it.
    pub my_task: Option<TaskId>,
    pub can_edit: bool,
    pub can_withdraw: bool,
}

impl RequisitionView {
    /// A person's e-mail address.
    pub fn mail(&self, id: PersonId) -> String {
        self.people.get(&id).map(|person| person.email.to_string()).unwrap_or_default()
    }

    /// A person's name.
    pub fn name(&self, id: PersonId) -> &str {
        self.people.get(&id).map_or("", |person| &person.name)
    }

    /// The short name of a line's supplier.
    pub fn supplier(&self, line: &RequisitionLine) -> &str {
        self.suppliers.get(&line.goods.supplier).map_or("", |supplier| &supplier.name)
    }

    /// The supplier's name for people.
    pub fn supplier_title(&self, line: &RequisitionLine) -> &str {
        self.suppliers.get(&line.goods.supplier).map_or("", |supplier| &supplier.title)
    }
}

/// Whether somebody is to know of it: his turn to decide came, or a rule tells him.
pub async fn concerns(
    conn: &mut Conn,
    id: RequisitionId,
    person: PersonId,
) -> Result<bool, AppError> {
    Ok(store::step::was_asked(conn, id, person).await?
        || store::watcher::is_one(conn, id, person).await?)
}

/// Whether the reader may see it: as its requester, as one whom it concerns, or as one who reads
/// everything.
pub async fn visible(reader: &mut Reader<'_>, requisition: &Requisition) -> Result<bool, AppError> {
    if Some(requisition.organisation) != reader.actor.organisation {
        return Ok(false);
    }
    if reader.may("requisition", "read-all") {
        return Ok(true);
    }
    let Some(person) = reader.actor.person_id() else { return Ok(false) };
    if requisition.requester == person {
        return Ok(reader.may("requisition", "read"));
    }
    Ok(reader.actor.punchout().is_none()
        && concerns(&mut reader.conn, requisition.id, person).await?)
}

/// The requisition, when the reader may see it.
pub async fn need_visible(
    reader: &mut Reader<'_>,
    id: RequisitionId,
) -> Result<Requisition, AppError> {
    let organisation = reader.actor.need_organisation()?;
    let found = store::requisition::get(&mut reader.conn, organisation, id).await?;
    let requisition = found.ok_or_else(|| Refusal::not_found("requisition"))?;
    if !visible(reader, &requisition).await? {
        return Err(Refusal::not_found("requisition").into());
    }
    Ok(requisition)
}

/// One requisition.
pub async fn get(reader: &mut Reader<'_>, id: RequisitionId) -> Result<RequisitionView, AppError> {
    let requisition = need_visible(reader, id).await?;
    let suppliers = suppliers_by_id(&mut reader.conn).await?;
    let mut view = shown(reader, requisition, suppliers).await?;
    if view.requisition.state == RequisitionState::Pending {
        view.forecast = forecast::of_view(reader, &view).await?;
    }
    Ok(view)
}

/// The requisitions the reader may list, newest first: all of the organisation, or the own ones.
pub async fn list(reader: &mut Reader<'_>, cut: &Cut) -> Result<Page<RequisitionView>, AppError> {
    let organisation = reader.actor.need_organisation()?;
    let page = if reader.may("requisition", "read-all") {
        store::requisition::of_organisation(&mut reader.conn, organisation, cut).await?
    } else {
        reader.need("requisition", "read")?;
        let person = reader.actor.need_person()?.id;
        store::requisition::of_requester(&mut reader.conn, organisation, person, cut).await?
    };
    let suppliers = suppliers_by_id(&mut reader.conn).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for requisition in page.items {
        items.push(shown(reader, requisition, suppliers.clone()).await?);
    }
    Ok(Page { items, next: page.next })
}

async fn shown(
    reader: &mut Reader<'_>,
    requisition: Requisition,
    suppliers: HashMap<SupplierId, Supplier>,
) -> Result<RequisitionView, AppError> {
    let conn = &mut reader.conn;
    let lines = store::requisition::lines(conn, requisition.id).await?;
    let all = store::step::of_requisition(conn, requisition.id).await?;
    let (steps, earlier): (Vec<Step>, Vec<Step>) =
        all.into_iter().partition(|step| step.round == requisition.round);
    let notes = kept_notes(conn, &requisition).await?;
    let line_edits = store::line_edit::of(conn, requisition.id).await?;
    let mut people = people_of(reader, &requisition, steps.iter().chain(&earlier)).await?;
    for edit in &line_edits {
        if let Some(person) = store::person::get(&mut reader.conn, edit.person).await? {
            people.insert(edit.person, person);
        }
    }
    let mut orders = store::order::of_requisition(&mut reader.conn, requisition.id).await?;
    orders.sort_by(|one, other| one.number.cmp(&other.number));
    let with_supplier = |order: Order| {
        let supplier = suppliers.get(&order.supplier).cloned();
        OrderShown { order, supplier }
    };
    let orders = orders.into_iter().map(with_supplier).collect();
    let me = reader.actor.person_id();
    let mine = me == Some(requisition.requester);
    let may_decide = reader.may("task", "decide");
    let now = reader.app.now();
    let open = |task: &&crate::domain::approval::Task| {
        let stands_in = |one: &StandIn| Some(one.person) == me && one.holds_at(now);
        let mine = Some(task.assignee) == me && may_decide;
        task.state == TaskState::Open && (mine || task.stand_ins.iter().any(stands_in))
    };
    let my_task = steps.iter().flat_map(|step| &step.tasks).find(open).map(|task| task.id);
    let can = |by: RequisitionMove| mine && requisition.state.after(by).is_some();
    Ok(RequisitionView {
        can_edit: can(RequisitionMove::Change) && reader.may("requisition", "edit"),
        can_withdraw: can(RequisitionMove::Withdraw) && reader.may("requisition", "withdraw"),
        requisition,
        lines,
        suppliers,
        steps,
        earlier,
        notes,
        people,
        orders,
        line_edits,
        forecast: None,
        my_task,
    })
}

/// What was said beside asking when the present plan was made.
pub async fn kept_notes(conn: &mut Conn, requisition: &Requisition) -> Result<Notes, AppError> {
    let record = store::plan_record::get(conn, requisition.id, requisition.round).await?;
    let Some((_, plan)) = record else { return Ok(Notes::default()) };
    let kept: KeptPlan = serde_json::from_str(&plan).map_err(AppError::internal)?;
    Ok(kept.notes)
}

async fn people_of<'s>(
    reader: &mut Reader<'_>,
    requisition: &Requisition,
    steps: impl Iterator<Item = &'s Step>,
) -> Result<BTreeMap<PersonId, Person>, AppError> {
    let mut ids: BTreeSet<PersonId> = [requisition.requester].into();
    for task in steps.flat_map(|step| &step.tasks) {
        ids.insert(task.assignee);
        ids.extend(task.stand_ins.iter().map(|one| one.person));
        if let Some(decision) = &task.decision {
            ids.insert(decision.by);
            ids.extend(decision.on_behalf_of);
        }
    }
    let mut people = BTreeMap::new();
    for id in ids {
        if let Some(person) = store::person::get(&mut reader.conn, id).await? {
            people.insert(id, person);
        }
    }
    Ok(people)
}

//! Requisitions: the list, one with its plan and timeline, changing its lines, taking it back.

use askama::Template;
use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::{plan, shop, shown::Shown, thread::Thread};
use crate::{
    app::{
        AppError, act,
        cart::{self, LineAsked},
        requisition::{self, ChangeLines, OrderShown, RequisitionView, Withdraw},
    },
    base::{
        id::{RequisitionId, TaskId},
        money::{Money, UnitPrice},
        page::Cut,
        time::Time,
    },
    domain::{
        approval::TaskState,
        cart::read_quantity,
        refusal::Refusal,
        requisition::{RequisitionLine, RequisitionState},
    },
    http::{
        actor::{Posted, Query, SignedIn, Visitor},
        guard::Form,
        part::{self as ui, Crumbs, Empty, Facts, Field, Pager, Plan, Shell, Timeline},
        problem,
    },
};

#[derive(Template)]
#[template(path = "pages/requisition.html", config = ".askama.toml")]
struct RequisitionPage {
    shell: Shell,
    crumbs: Crumbs,
    waiting_for: String,
    plan: Plan,
    /// Who is away, and who stands in or could.
    away: Vec<String>,
    earlier: Option<Plan>,
    /// Warnings of rules, and who is told.
    notes: Vec<String>,
    facts: Facts,
    timeline: Timeline,
    thread: Thread,
    shown: Shown,
    view: RequisitionView,
}

impl RequisitionPage {
    fn path(&self, rest: &str) -> String {
        format!("/requisitions/{}{rest}", self.view.requisition.id)
    }

    /// Those of this page.
    fn lines(&self) -> &[RequisitionLine] {
        self.shown.of(&self.view.lines)
    }

    fn task_path(&self, task: &TaskId) -> String {
        format!("/approvals/{task}")
    }

    fn order_path(&self, shown: &OrderShown) -> String {
        format!("/orders/{}", shown.order.id)
    }
}

#[derive(Template)]
#[template(path = "pages/requisitions.html", config = ".askama.toml")]
struct ListPage {
    shell: Shell,
    rows: Vec<Row>,
    empty: Empty,
    pager: Pager,
}

struct Row {
    path: String,
    number: String,
    requester: String,
    at: Time,
    cost_center: String,
    state: &'static str,
    waiting_for: String,
    total: Money,
}

#[derive(Template)]
#[template(path = "pages/requisition_edit.html", config = ".askama.toml")]
struct EditPage {
    shell: Shell,
    crumbs: Crumbs,
    lines: Vec<EditLine>,
    more: Field,
    action: String,
    back: String,
}

struct EditLine {
    description: String,
    sku: String,
    supplier: String,
    supplier_title: String,
    price: UnitPrice,
    quantity: String,
    unit: String,
    /// The id of its control, to which the summary of faults links.
    control: String,
    wrong: bool,
}

/// "Waiting for Mia Berg and Ivy Lang"; nothing when nobody's turn it is.
pub fn waiting_for(view: &RequisitionView) -> String {
    let open = view.steps.iter().flat_map(|step| &step.tasks);
    let names: Vec<&str> = open
        .filter(|task| task.state == TaskState::Open)
        .map(|task| view.name(task.assignee))
        .collect();
    if view.requisition.state != RequisitionState::Pending || names.is_empty() {
        return String::new();
    }
    format!("Waiting for {}", names.join(" and "))
}

fn row(view: &RequisitionView) -> Row {
    let row = &view.requisition;
    Row {
        path: format!("/requisitions/{}", row.id),
        number: row.number.clone(),
        requester: view.name(row.requester).to_owned(),
        at: row.submitted_at,
        cost_center: row.cost_center_code.clone(),
        state: row.state.word(),
        waiting_for: waiting_for(view),
        total: row.total,
    }
}

#[handler]
async fn h_list(who: SignedIn, Query(query): Query) -> Result<Response> {
    let shell = who.shell("Requisitions", "/requisitions").await?;
    let after = query.filled("after")?.map(str::to_owned);
    let mut reader = who.app.reader(&who.actor).await?;
    let page = requisition::list(&mut reader, &Cut::new(after.clone(), None)).await?;
    let empty = Empty::new("No requisitions yet", "A cart that is handed in stands here.")
        .first("Go to the shop", shell.href("/shop"));
    let list = shell.href("/requisitions");
    let pager = Pager::new(&list, after.as_deref(), page.next.as_deref());
    let rows = page.items.iter().map(row).collect();
    Ok(who.page(&ListPage { shell, rows, empty, pager })?)
}

fn id_of(text: &str) -> Result<RequisitionId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("requisition").into())
}

async fn read(who: &Visitor, id: &str) -> Result<RequisitionView, AppError> {
    let mut reader = who.app.reader(&who.actor).await?;
    requisition::get(&mut reader, id_of(id)?).await
}

fn facts(shell: &Shell, view: &RequisitionView) -> Facts {
    let row = &view.requisition;
    let place = &row.ship_to;
    let place = format!("{}: {}, {} {}", place.code, place.street, place.postal_code, place.city);
    let facts = Facts::new()
        .small()
        .text("Requester", view.name(row.requester))
        .text("Cost centre", &row.cost_center_code)
        .html("Handed in", shell.when(row.submitted_at))
        .text("Ship to", &place)
        .text("Bill to", &row.bill_to.code)
        .maybe("Their order", row.buyer_order_id.as_deref())
        .maybe("Project", row.extras.project.as_deref())
        .maybe("Comment", Some(&row.comment));
    let said = row.extras.said();
    let facts = said.iter().fold(facts, |facts, (name, value)| facts.text(name, value));
    let facts = match row.needed_on {
        Some(day) => facts.html("Needed on", shell.day(day)),
        None => facts,
    };
    facts.text("Content hash", &row.content_hash)
}

#[handler]
async fn h_one(who: SignedIn, Path(id): Path<String>, query: Query) -> Result<Response> {
    let view = read(&who, &id).await?;
    let number = view.requisition.number.clone();
    let shell = who.shell(format!("Requisition {number}"), "/requisitions").await?;
    let crumbs = Crumbs::to(number).over("Requisitions", shell.href("/requisitions"));
    let mut reader = who.app.reader(&who.actor).await?;
    let positions = view.lines.iter().map(|line| line.position);
    let path = format!("/requisitions/{id}");
    let shown = Shown::new(&shell, &path, positions, query.0.filled("after")?);
    let content = (&view.requisition, shown.of(&view.lines));
    let thread = Thread::of(&shell, &mut reader, content, view.my_task).await?;
    drop(reader);
    let earlier = (!view.earlier.is_empty()).then(|| plan::running(&shell, &view, &view.earlier));
    Ok(who.page(&RequisitionPage {
        crumbs,
        waiting_for: waiting_for(&view),
        plan: plan::running(&shell, &view, &view.steps),
        away: view.forecast.as_ref().map(plan::away).unwrap_or_default(),
        earlier,
        facts: facts(&shell, &view),
        notes: plan::notes(&view.notes),
        timeline: Timeline { events: plan::timeline(&shell, &view) },
        thread,
        shown,
        view,
        shell,
    })?)
}

#[handler]
async fn h_withdraw(Path(id): Path<String>, Posted { who, .. }: Posted) -> Result<Response> {
    act(&who.app, &who.actor, Withdraw { requisition: id_of(&id)? }).await?;
    Ok(who.go(&format!("/requisitions/{id}")))
}

async fn edit_page(
    who: &Visitor,
    id: &str,
    sent: Option<&Form>,
    refusal: Option<Refusal>,
) -> Result<Response> {
    let view = read(who, id).await?;
    let number = view.requisition.number.clone();
    let mut shell = who.shell(format!("Change {number}"), "/requisitions").await?;
    if let Some(refusal) = &refusal {
        shell.refuse(refusal);
    }
    if refusal.is_none() && !view.can_edit {
        return Ok(who.go(&format!("/requisitions/{id}")));
    }
    let quantities: Vec<&str> = sent.map(|form| form.all("quantity").collect()).unwrap_or_default();
    let lines = view.lines.iter().enumerate().map(|(at, line)| EditLine {
        description: line.goods.description.clone(),
        sku: line.goods.sku.clone(),
        supplier: view.supplier(line).to_owned(),
        supplier_title: view.supplier_title(line).to_owned(),
        price: line.goods.price,
        quantity: quantities
            .get(at)
            .map_or_else(|| line.goods.quantity.to_string(), |text| (*text).to_owned()),
        unit: line.goods.unit.clone(),
        control: shop::control_id(&quantity_name(at)),
        wrong: shell.faults.iter().any(|fault| fault.field == Some(quantity_name(at))),
    });
    let lines = lines.collect();
    let typed = sent.and_then(|form| form.maybe("more").ok().flatten()).unwrap_or_default();
    let more = Field::area("more", "More lines")
        .hint("One a line: number, quantity; as in BOLT-M8, 100")
        .optional()
        .value(typed)
        .faults(&shell.faults);
    let back = format!("/requisitions/{id}");
    let crumbs = Crumbs::to("Change lines")
        .over("Requisitions", shell.href("/requisitions"))
        .over(number, shell.href(&back));
    let action = format!("{back}/edit");
    let mut answer = who.page(&EditPage { shell, crumbs, lines, more, action, back })?;
    if let Some(refusal) = &refusal {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

#[handler]
async fn h_edit(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    edit_page(&who, &id, None, None).await
}

/// What the fault of a line's quantity is told at: the form has one name for all of them.
fn quantity_name(at: usize) -> String {
    format!("quantity-{at}")
}

/// The lines as the form has them; a quantity left empty takes its line out.
async fn lines_of(who: &Visitor, id: &str, form: &Form) -> Result<Vec<LineAsked>, AppError> {
    let mut lines = Vec::new();
    let stand = read(who, id).await?.lines;
    let named = form.all("sku").zip(form.all("supplier")).zip(form.all("quantity"));
    for (at, ((sku, supplier), quantity)) in named.enumerate() {
        let quantity = quantity.trim();
        if !quantity.is_empty() && quantity != "0" {
            let own = stand.get(at).filter(|line| line.goods.sku == sku);
            let stands = own.map(|line| line.goods.quantity.to_string()).unwrap_or_default();
            let read = who.locale.figure("quantity", quantity, &stands);
            let quantity = read.and_then(|text| read_quantity(&text));
            let quantity = quantity.map_err(|refusal| refusal.field(quantity_name(at)))?;
            let (sku, supplier) = (sku.to_owned(), supplier.to_owned());
            lines.push(LineAsked { supplier, sku, quantity });
        }
    }
    if let Some(text) = form.filled("more")? {
        let mut reader = who.app.reader(&who.actor).await?;
        let (more, faults) =
            cart::paste(&mut reader, text, &|typed| who.locale.typed(typed)).await?;
        if let Some(fault) = faults.first() {
            return Err(Refusal::invalid("bad-lines", fault.sentence()).field("more").into());
        }
        lines.extend(more);
    }
    Ok(lines)
}

#[handler]
async fn h_do_edit(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let requisition = id_of(&id)?;
    let done = match lines_of(&who, &id, &form).await {
        Ok(lines) => act(&who.app, &who.actor, ChangeLines { requisition, lines }).await,
        Err(fault) => Err(fault),
    };
    match done {
        Ok(()) => Ok(who.go(&format!("/requisitions/{id}"))),
        Err(AppError::Refusal(refusal)) => edit_page(&who, &id, Some(&form), Some(*refusal)).await,
        Err(fault) => Err(fault.into()),
    }
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/requisitions", get(h_list))
        .at("/requisitions/:id", get(h_one))
        .at("/requisitions/:id/withdraw", post(h_withdraw))
        .at("/requisitions/:id/edit", get(h_edit).post(h_do_edit))
}

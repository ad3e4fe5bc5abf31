//! The supplier desk: orders that go to a supplier without a system of its own, confirmed, turned
//! down, shipped and billed by its people.

use askama::Template;
use poem::{Response, Result, Route, get, handler, post, web::Path};
use rust_decimal::Decimal;

use super::order::{
    File, Row, files, list_page, quantities, read_id, refuse, rows, timeline, typed,
};
use crate::{
    app::{
        Actor, App, AppError, act,
        delivery::address_lines,
        order::{self, OrderView},
        receiving::{Confirm, Ship},
    },
    base::{id::OrderId, text::shorten, time::parse_day},
    domain::{
        confirmation::{self, ConfirmationKind, Part, PartKind, SaidLine},
        order::{OrderLine, OrderState},
        refusal::Refusal,
        shipment,
    },
    http::{
        actor::{Posted, Query, SignedIn},
        guard::Form,
        locale::Locale,
        part::{self as ui, Crumbs, Facts, Field, Shell, Timeline},
        problem,
    },
};

mod fields;

use fields::{confirm_fields, facts, parcel_fields, reason_field, ship_fields, to_confirm};

/// Characters of a reason, a carrier or a tracking number.
const MAX_TEXT: u32 = 200;

#[derive(Template)]
#[template(path = "pages/supplier_order.html", config = ".askama.toml")]
struct DeskPage {
    shell: Shell,
    crumbs: Crumbs,
    view: OrderView,
    files: Vec<File>,
    rows: Vec<Row>,
    facts: Facts,
    ship_to: Vec<String>,
    bill_to: Vec<String>,
    /// Quantity of a line and what becomes of the rest; empty when all is said.
    confirm: Vec<(Field, Field)>,
    reason: Option<Field>,
    ship: Vec<Field>,
    parcel: Vec<Field>,
    may_bill: bool,
    timeline: Timeline,
}

/// What was refused, in which form, with what was typed.
struct Refused<'f> {
    refusal: Refusal,
    form: &'f Form,
    name: &'static str,
}

async fn desk_page(who: &SignedIn, id: OrderId, refused: Option<Refused<'_>>) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    if reader.actor.supplier().is_none() {
        return Err(AppError::from(Refusal::not_found("page")).into());
    }
    let view = order::get(&mut reader, id).await?;
    let may_bill = reader.may("invoice", "create");
    drop(reader);
    let mut shell = who.shell(format!("Order {}", view.order.number), "/supplier").await?;
    if let Some(refused) = &refused {
        refuse(&mut shell, &refused.refusal, refused.name);
    }
    let form = |name: &str| {
        refused.as_ref().filter(|refused| refused.name == name).map(|refused| refused.form)
    };
    let page = DeskPage {
        crumbs: Crumbs::to(view.order.number.clone()).over("Orders", shell.href("/supplier")),
        files: files(&view),
        rows: rows(&shell, &view.lines),
        facts: facts(&shell, &view),
        ship_to: address_lines(&view.order.ship_to),
        bill_to: address_lines(&view.order.bill_to),
        confirm: confirm_fields(&shell, &view, form("confirm")),
        reason: reason_field(&shell, &view, form("reject")),
        ship: ship_fields(&shell, &view, form("ship")),
        parcel: parcel_fields(&shell, form("ship")),
        may_bill: may_bill && bills(view.order.state),
        timeline: timeline(&shell, &view),
        view,
        shell,
    };
    let mut answer = who.page(&page)?;
    if let Some(refused) = &refused {
        answer.set_status(problem::status(&refused.refusal));
    }
    Ok(answer)
}

const fn bills(state: OrderState) -> bool {
    !matches!(state, OrderState::Rejected | OrderState::Cancelled | OrderState::Closed)
}

/// What a form says of each line: so much now, the rest later or not at all.
fn said_lines(
    (form, locale): (&Form, &Locale),
    lines: &[OrderLine],
) -> std::result::Result<Vec<SaidLine>, Refusal> {
    let mut said = Vec::with_capacity(lines.len());
    for line in lines {
        let name = format!("confirm-{}", line.line_number);
        let now = typed((form, locale), &name, to_confirm(line))?;
        let rest = match form.filled(&format!("rest-{}", line.line_number))? {
            Some("reject") => PartKind::Reject,
            _ => PartKind::Backordered,
        };
        let part = |kind: PartKind, quantity: Decimal| Part {
            line_number: line.line_number,
            kind,
            quantity,
            price: None,
            delivery_on: None,
            comment: String::new(),
        };
        let left = (line.ordered() - now).max(Decimal::ZERO);
        let mut parts = vec![part(PartKind::Accept, now), part(rest, left)];
        parts.retain(|part| !part.quantity.is_zero());
        let stated = parts.iter().map(|part| part.quantity).sum();
        said.push(SaidLine { line_number: line.line_number, stated, parts });
    }
    Ok(said)
}

fn line_text(form: &Form, name: &str) -> std::result::Result<String, Refusal> {
    let text = form.filled(name)?.unwrap_or_default();
    Ok(shorten(&crate::base::text::one_line(text), MAX_TEXT as usize))
}

async fn lines(app: &App, actor: &Actor, id: OrderId) -> Result<Vec<OrderLine>> {
    let mut reader = app.reader(actor).await?;
    Ok(order::get(&mut reader, id).await?.lines)
}

fn confirm(
    order: OrderId,
    form: (&Form, &Locale),
    lines: &[OrderLine],
) -> std::result::Result<Confirm, Refusal> {
    let lines = said_lines(form, lines)?;
    let whole = |one: &SaidLine| one.parts.iter().all(|part| part.kind == PartKind::Accept);
    let kind = match lines.iter().all(whole) {
        true => ConfirmationKind::Accept,
        false => ConfirmationKind::AllDetail,
    };
    let comment = String::new();
    let said = confirmation::Said { kind, confirm_id: None, update: false, comment, lines };
    Ok(Confirm { order, said })
}

fn reject(order: OrderId, form: &Form) -> std::result::Result<Confirm, Refusal> {
    let comment = line_text(form, "reason")?;
    if comment.trim().is_empty() {
        return Err(Refusal::invalid("reason-missing", "Say why the order is not taken.")
            .field("reason")
            .expected("one sentence"));
    }
    let (kind, lines) = (ConfirmationKind::Reject, Vec::new());
    let said = confirmation::Said { kind, confirm_id: None, update: false, comment, lines };
    Ok(Confirm { order, said })
}

fn ship(
    order: OrderId,
    (form, locale): (&Form, &Locale),
    lines: &[OrderLine],
) -> std::result::Result<Ship, Refusal> {
    let day = form.filled("delivery_on")?.map(|text| parse_day(text.trim())).transpose();
    let delivery_on = day.map_err(|fault| {
        Refusal::invalid("bad-day", "This is no day.")
            .field("delivery_on")
            .expected(fault.to_string())
    })?;
    let said = shipment::Said {
        number: None,
        update: false,
        taken_back: false,
        carrier: line_text(form, "carrier")?,
        tracking: line_text(form, "tracking")?,
        delivery_on,
        parts: quantities((form, locale), ("ship", OrderLine::to_ship), lines)?,
    };
    Ok(Ship { order, said })
}

/// The page again with what was refused, or the order as it is now.
async fn after(
    who: &SignedIn,
    id: OrderId,
    done: std::result::Result<(), AppError>,
    (form, name): (&Form, &'static str),
) -> Result<Response> {
    match done {
        Ok(()) => Ok(who.go(&format!("/supplier/orders/{id}"))),
        Err(AppError::Refusal(refusal)) => {
            desk_page(who, id, Some(Refused { refusal: *refusal, form, name })).await
        }
        Err(fault) => Err(fault.into()),
    }
}

#[handler]
async fn h_list(who: SignedIn, query: Query) -> Result<Response> {
    if who.actor.supplier().is_none() {
        return Err(AppError::from(Refusal::not_found("page")).into());
    }
    list_page(&who, &query.0, true).await
}

#[handler]
async fn h_one(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    desk_page(&who, read_id(&id)?, None).await
}

#[handler]
async fn h_confirm(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let id = read_id(&id)?;
    let lines = lines(&who.app, &who.actor, id).await?;
    let done = match confirm(id, (&form, &who.locale), &lines) {
        Ok(command) => act(&who.app, &who.actor, command).await.map(drop),
        Err(refusal) => Err(refusal.into()),
    };
    after(&who, id, done, (&form, "confirm")).await
}

#[handler]
async fn h_reject(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let id = read_id(&id)?;
    let done = match reject(id, &form) {
        Ok(command) => act(&who.app, &who.actor, command).await.map(drop),
        Err(refusal) => Err(refusal.into()),
    };
    after(&who, id, done, (&form, "reject")).await
}

#[handler]
async fn h_ship(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let id = read_id(&id)?;
    let lines = lines(&who.app, &who.actor, id).await?;
    let done = match ship(id, (&form, &who.locale), &lines) {
        Ok(command) => act(&who.app, &who.actor, command).await.map(drop),
        Err(refusal) => Err(refusal.into()),
    };
    after(&who, id, done, (&form, "ship")).await
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/supplier", get(h_list))
        .at("/supplier/orders/:id", get(h_one))
        .at("/supplier/orders/:id/confirm", post(h_confirm))
        .at("/supplier/orders/:id/reject", post(h_reject))
        .at("/supplier/orders/:id/ship", post(h_ship))
}

//! Orders of an organisation: the list, and one order with its lines, its sending and what the
//! supplier said; **Receive** for whoever has the goods in hand.

use askama::Template;
use poem::{Response, Result, Route, get, handler, post, web::Path};
use rust_decimal::Decimal;

use crate::{
    app::{
        AppError, act,
        delivery::{Resend, address_lines},
        order::{self, Cancel, OrderBrief, OrderView},
        receiving::Receive,
    },
    base::{decimal, id::OrderId, page::Cut},
    domain::{
        order::{OrderLine, OrderMove},
        refusal::Refusal,
        shipment::Moved,
    },
    http::{
        actor::{Posted, Query, SignedIn},
        guard::Form,
        locale::Locale,
        part::{self as ui, Crumbs, Empty, Facts, Field, Html, Pager, Shell, Timeline},
        problem,
    },
};

mod attachment;
mod parts;

use attachment::h_attachment;
pub(super) use attachment::{File, file_name, files};
pub(super) use parts::timeline;
use parts::{facts, sending};

#[derive(Template)]
#[template(path = "pages/orders.html", config = ".askama.toml")]
struct ListPage {
    shell: Shell,
    rows: Vec<OrderBrief>,
    at_supplier: bool,
    /// Where one order is.
    path: &'static str,
    pager: Pager,
    empty: Empty,
}

/// A list of orders, on either side.
pub(super) async fn list_page(who: &SignedIn, query: &Form, at_supplier: bool) -> Result<Response> {
    let (here, path, title) = match at_supplier {
        true => ("/supplier", "/supplier/orders", "Supplier desk"),
        false => ("/orders", "/orders", "Orders"),
    };
    let after = query.filled("after")?.map(str::to_owned);
    let shell = who.shell(title, here).await?;
    let mut reader = who.app.reader(&who.actor).await?;
    let page = order::list(&mut reader, &Cut::new(after.clone(), None)).await?;
    let pager = Pager::new(&shell.href(here), after.as_deref(), page.next.as_deref());
    let empty = match at_supplier {
        true => Empty::new("No order yet", "Orders appear here as soon as they are signed off."),
        false => Empty::new("No order yet", "Fill a cart and submit it for sign-off.")
            .first("Go to the shop", shell.href("/shop")),
    };
    Ok(who.page(&ListPage { shell, rows: page.items, at_supplier, path, pager, empty })?)
}

#[derive(Template)]
#[template(path = "pages/order.html", config = ".askama.toml")]
struct OrderPage {
    shell: Shell,
    crumbs: Crumbs,
    view: OrderView,
    rows: Vec<Row>,
    facts: Facts,
    ship_to: Vec<String>,
    bill_to: Vec<String>,
    deliveries: Vec<Sending>,
    /// One field for each line that is not all there yet.
    receive: Vec<Field>,
    files: Vec<File>,
    /// Why it is cancelled; when it can be.
    cancel: Option<Field>,
    timeline: Timeline,
}

/// A line with its progress in words.
pub(super) struct Row {
    pub line: OrderLine,
    pub progress: String,
}

/// How the order was sent.
struct Sending {
    title: String,
    state: Html,
    next: Option<Html>,
    tries: Vec<Try>,
}

struct Try {
    at: Html,
    outcome: Html,
    detail: String,
}

pub(super) fn rows(shell: &Shell, lines: &[OrderLine]) -> Vec<Row> {
    lines.iter().map(|line| Row { line: line.clone(), progress: progress(shell, line) }).collect()
}

/// `6 confirmed, 4 backordered, 6 shipped`; nothing while nothing happened.
fn progress(shell: &Shell, line: &OrderLine) -> String {
    let done = &line.progress;
    let parts = [
        (done.confirmed, "confirmed"),
        (done.backordered, "backordered"),
        (done.rejected, "rejected"),
        (done.shipped, "shipped"),
        (done.received, "received"),
        (done.invoiced, "invoiced"),
    ];
    let said = parts.iter().filter(|(value, _)| !value.is_zero());
    let words = said.map(|(value, word)| {
        format!("{} {word}", shell.locale.number(&decimal::canonical(*value)))
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() { "nothing yet".to_owned() } else { words.join(", ") }
}

/// The fault of a line's quantity belongs to the field of this form.
pub(super) fn refuse(shell: &mut Shell, refusal: &Refusal, form: &str) {
    let mut own = refusal.clone();
    let line = refusal.field.as_deref().and_then(|field| field.strip_prefix("lines["));
    if let Some((number, _)) = line.and_then(|rest| rest.split_once(']')) {
        own.field = Some(format!("{form}-{number}"));
    }
    shell.refuse(&own);
}

/// The quantity typed for a line where `proposed` stood; nothing typed is zero.
pub(super) fn typed(
    (form, locale): (&Form, &Locale),
    name: &str,
    proposed: Decimal,
) -> std::result::Result<Decimal, Refusal> {
    let Some(text) = form.filled(name)? else { return Ok(Decimal::ZERO) };
    let read = locale.figure(name, text, &decimal::canonical(proposed))?;
    decimal::parse(&read).map_err(|_| {
        Refusal::invalid("bad-quantity", "This is no quantity.")
            .field(name)
            .got(crate::base::text::shorten(text, 40))
            .expected("a number such as 2 or 2.5")
    })
}

/// The quantities of a form, line by line; lines with nothing are left out.
pub(super) fn quantities(
    form: (&Form, &Locale),
    (prefix, proposed): (&str, fn(&OrderLine) -> Decimal),
    lines: &[OrderLine],
) -> std::result::Result<Vec<Moved>, Refusal> {
    let mut parts = Vec::new();
    for line in lines {
        let quantity = typed(form, &format!("{prefix}-{}", line.line_number), proposed(line))?;
        if !quantity.is_zero() {
            parts.push(Moved { line_number: line.line_number, quantity });
        }
    }
    if parts.is_empty() {
        return Err(Refusal::invalid("nothing-asked", "No quantity is filled in.")
            .mend("Fill in at least one."));
    }
    Ok(parts)
}

/// A field for a quantity of a line, with what is proposed or was typed before.
pub(super) fn quantity_field(
    shell: &Shell,
    (prefix, line): (&str, &OrderLine),
    proposed: Decimal,
    form: Option<&Form>,
) -> Field {
    let name = format!("{prefix}-{}", line.line_number);
    let before = form.and_then(|form| form.all(&name).next().map(str::to_owned));
    let label = format!("{} {} ({})", line.goods.sku, line.goods.description, line.goods.unit);
    Field::text(&*name, label)
        .value(before.unwrap_or_else(|| decimal::canonical(proposed)))
        .short()
        .decimal()
        .optional()
        .faults(&shell.faults)
}

pub(super) fn read_id(text: &str) -> std::result::Result<OrderId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("order").into())
}

async fn order_page(
    who: &SignedIn,
    id: OrderId,
    refused: Option<(Refusal, &Form)>,
) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let view = order::get(&mut reader, id).await?;
    drop(reader);
    let mut shell = who.shell(format!("Order {}", view.order.number), "/orders").await?;
    if let Some((refusal, _)) = &refused {
        refuse(&mut shell, refusal, "receive");
    }
    let open =
        view.may_receive && view.order.state.takes(&[OrderMove::Receive, OrderMove::ReceivePart]);
    let left = view.lines.iter().filter(|line| open && !line.to_receive().is_zero());
    let form = refused.as_ref().map(|(_, form)| *form);
    let receive = left
        .map(|line| quantity_field(&shell, ("receive", line), line.to_receive(), form))
        .collect();
    let page = OrderPage {
        crumbs: Crumbs::to(view.order.number.clone()).over("Orders", shell.href("/orders")),
        rows: rows(&shell, &view.lines),
        facts: facts(&shell, &view),
        ship_to: address_lines(&view.order.ship_to),
        bill_to: address_lines(&view.order.bill_to),
        deliveries: view.deliveries.iter().map(|one| sending(&shell, one)).collect(),
        receive,
        files: files(&view),
        cancel: view.may_cancel.then(|| {
            let reason = form.and_then(|form| form.filled("reason").ok().flatten());
            Field::text("reason", "Reason")
                .hint("The supplier reads it.")
                .value(reason.unwrap_or_default())
                .faults(&shell.faults)
        }),
        timeline: timeline(&shell, &view),
        view,
        shell,
    };
    let mut answer = who.page(&page)?;
    if let Some((refusal, _)) = &refused {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

#[handler]
async fn h_list(who: SignedIn, query: Query) -> Result<Response> {
    list_page(&who, &query.0, false).await
}

#[handler]
async fn h_one(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    order_page(&who, read_id(&id)?, None).await
}

#[handler]
async fn h_receive(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let id = read_id(&id)?;
    let mut reader = who.app.reader(&who.actor).await?;
    let lines = order::get(&mut reader, id).await?.lines;
    drop(reader);
    let asked = ("receive", OrderLine::to_receive as fn(&OrderLine) -> Decimal);
    let done = match quantities((&form, &who.locale), asked, &lines) {
        Ok(parts) => act(&who.app, &who.actor, Receive { order: id, parts }).await,
        Err(refusal) => Err(refusal.into()),
    };
    match done {
        Ok(_) => Ok(who.go(&format!("/orders/{id}"))),
        Err(AppError::Refusal(refusal)) => order_page(&who, id, Some((*refusal, &form))).await,
        Err(fault) => Err(fault.into()),
    }
}

#[handler]
async fn h_cancel(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let id = read_id(&id)?;
    let reason = form.filled("reason")?.unwrap_or_default().to_owned();
    match act(&who.app, &who.actor, Cancel { order: id, reason }).await {
        Ok(()) => Ok(who.go(&format!("/orders/{id}"))),
        Err(AppError::Refusal(refusal)) => order_page(&who, id, Some((*refusal, &form))).await,
        Err(fault) => Err(fault.into()),
    }
}

#[handler]
async fn h_resend(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let id = read_id(&id)?;
    match act(&who.app, &who.actor, Resend { order: id }).await {
        Ok(_) => Ok(who.go(&format!("/orders/{id}"))),
        Err(AppError::Refusal(refusal)) => order_page(&who, id, Some((*refusal, &form))).await,
        Err(fault) => Err(fault.into()),
    }
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/orders", get(h_list))
        .at("/orders/:id", get(h_one))
        .at("/orders/:id/receive", post(h_receive))
        .at("/orders/:id/resend", post(h_resend))
        .at("/orders/:id/cancel", post(h_cancel))
        .at("/orders/:id/attachments/:position", get(h_attachment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{
        guard::{Charset, form},
        locale::Tongue,
    };

    #[test]
    fn a_thousand_that_could_be_one_is_not_taken_for_either() {
        let form = form::parse(b"ship-1=1.000&ship-2=1.125&ship-3=2,5", Charset::Utf8).unwrap();
        let german = Locale { tongue: Tongue::De, zone: "UTC".to_owned() };
        let read = |name, proposed: &str| {
            typed((&form, &german), name, decimal::parse(proposed).unwrap()).map(decimal::canonical)
        };
        let refused = read("ship-1", "1000").unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), ("two-readings", Some("ship-1")));
        assert_eq!(read("ship-2", "1.125").as_deref(), Ok("1.125"), "as the page wrote it");
        assert_eq!(read("ship-3", "4").as_deref(), Ok("2.5"));
        assert_eq!(read("ship-4", "4").as_deref(), Ok("0"));
    }
}

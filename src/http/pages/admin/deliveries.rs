//! /admin/deliveries: documents that did not arrive, and sending them again.

use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::view::{Section, Table, View};
use crate::{
    app::{
        AppError, act,
        delivery::{self, DeliveryView, Resend},
    },
    base::id::OrderId,
    domain::refusal::Refusal,
    http::{
        actor::{Posted, Query, SignedIn},
        part::{self as ui, Empty, Html, Shell},
    },
};

#[handler]
async fn h_list(who: SignedIn, query: Query) -> Result<Response> {
    let failed = {
        let mut reader = who.app.reader(&who.actor).await?;
        reader.need("delivery", "edit")?;
        delivery::failed(&mut reader).await?
    };
    let mut view = View::new(&who, "Deliveries", None).await?.under(&[]).done(&query);
    if failed.is_empty() {
        let what = "Documents that were given up after three days stand here, to be sent again.";
        return view.section(Section::Empty(Empty::new("All arrived", what))).answer(&who);
    }
    view = view.lead("These were given up. Mend the cause, then send them again.");
    let rows = failed.iter().map(|one| row(&who, &view.shell, one)).collect();
    let heads = ["About", "By", "To", "Attempts", "What was answered", "Since", ""];
    view.table(Table::new(&heads, rows)).answer(&who)
}

fn row(who: &SignedIn, shell: &Shell, one: &DeliveryView) -> Vec<Html> {
    let sent = &one.delivery;
    let is_order = sent.about.parse::<OrderId>().is_ok();
    let about = match is_order {
        true => ui::link(&who.href(&format!("/orders/{}", sent.about)), &sent.about),
        false => ui::text(&sent.about),
    };
    let again = match is_order {
        true => shell.button("Send again", &format!("/admin/deliveries/{}", sent.about), "small"),
        false => ui::text(""),
    };
    let last = one.attempts.last().map(|attempt| attempt.detail.as_str());
    vec![
        about,
        ui::text(sent.channel.word()),
        ui::text(&sent.target),
        ui::text(&sent.attempts.to_string()),
        ui::text(last.unwrap_or_default()),
        shell.when(sent.created_at),
        again,
    ]
}

#[handler]
async fn h_resend(Path(order): Path<String>, Posted { who, .. }: Posted) -> Result<Response> {
    super::need(&who, "order", "resend").await?;
    let order: OrderId = order.parse().map_err(|_| AppError::from(Refusal::not_found("order")))?;
    act(&who.app, &who.actor, Resend { order }).await?;
    Ok(who.go("/admin/deliveries?done=resent"))
}

pub(super) fn add(route: Route) -> Route {
    route.at("/admin/deliveries", get(h_list)).at("/admin/deliveries/:order", post(h_resend))
}

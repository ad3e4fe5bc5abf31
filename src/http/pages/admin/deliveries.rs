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
        part::{self as ui, Empty, Html, Shell, Tone},
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
        let what = "Documents that could not be delivered stand here, until they are.";
        return view.section(Section::Empty(Empty::new("All arrived", what))).answer(&who);
    }
    view = view.lead("These did not arrive. Mend the cause, then send them again.");
    let rows = failed.iter().map(|(one, name)| row(&who, &view.shell, one, name)).collect();
    let heads =
        ["About", "State", "By", "To", "Attempts", "What was answered", "Since", "Next try", ""];
    view.table(Table::new(&heads, rows)).answer(&who)
}

fn row(who: &SignedIn, shell: &Shell, one: &DeliveryView, name: &str) -> Vec<Html> {
    let sent = &one.delivery;
    let is_order = sent.about.parse::<OrderId>().is_ok();
    let about = match is_order {
        true => ui::link(&who.href(&format!("/orders/{}", sent.about)), name),
        false => ui::text(name),
    };
    let (state, next) = match sent.next_at {
        Some(at) => (ui::toned("tried again", Tone::Warn), shell.when(at)),
        None => (ui::toned("given up", Tone::Bad), ui::text("")),
    };
    let again = match is_order {
        true => shell.button("Send again", &format!("/admin/deliveries/{}", sent.about), "small"),
        false => ui::text(""),
    };
    let last = one.attempts.last().map(|attempt| attempt.detail.as_str());
    vec![
        about,
        state,
        ui::text(sent.channel.word()),
        ui::text(&sent.target),
        ui::text(&sent.attempts.to_string()),
        ui::text(last.unwrap_or_default()),
        shell.when(sent.created_at),
        next,
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

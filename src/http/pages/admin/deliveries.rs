//! /admin/deliveries: documents and letters that did not arrive, and sending them again.

use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::view::{Section, Table, View};
use crate::{
    app::{
        AppError, act,
        delivery::{self, DeliveryView, Resend},
        letters::{self, SendAgain},
    },
    base::{
        id::{LetterId, OrderId},
        time::Time,
    },
    domain::refusal::Refusal,
    http::{
        actor::{Posted, Query, SignedIn},
        part::{self as ui, Empty, Html, Shell, Tone},
    },
    store::letter::Undelivered,
};

#[handler]
async fn h_list(who: SignedIn, query: Query) -> Result<Response> {
    let (failed, letters) = {
        let mut reader = who.app.reader(&who.actor).await?;
        reader.need("delivery", "edit")?;
        (delivery::failed(&mut reader).await?, letters::undelivered(&mut reader).await?)
    };
    let mut view = View::new(&who, "Deliveries", None).await?.under(&[]).done(&query);
    if failed.is_empty() && letters.is_empty() {
        let what = "Documents and letters that did not arrive stand here, until they do.";
        return view.section(Section::Empty(Empty::new("All arrived", what))).answer(&who);
    }
    view = view.lead("These did not arrive. Mend the cause, then send them again.");
    let rows = failed.iter().map(|(one, name)| row(&who, &view.shell, one, name)).collect();
    let heads =
        ["About", "State", "By", "To", "Attempts", "What was answered", "Since", "Next try", ""];
    if !failed.is_empty() {
        view = view.table(Table::new(&heads, rows));
    }
    if !letters.is_empty() {
        let rows = letters.iter().map(|(one, last)| letter(&view.shell, one, last)).collect();
        let heads =
            ["Letter", "State", "To", "Attempts", "What was answered", "Since", "Next try", ""];
        view = view.table(Table::new(&heads, rows).title("Letters"));
    }
    view.answer(&who)
}

fn letter(shell: &Shell, one: &Undelivered, last: &str) -> Vec<Html> {
    let (state, next) = state(shell, one.next_at);
    let action = format!("/admin/deliveries/letters/{}", one.letter.id);
    vec![
        ui::text(&one.letter.subject),
        state,
        ui::text(&one.letter.address),
        ui::text(&one.attempts.to_string()),
        ui::text(last),
        shell.when(one.created_at),
        next,
        shell.button("Send again", &action, "small"),
    ]
}

fn state(shell: &Shell, next_at: Option<Time>) -> (Html, Html) {
    match next_at {
        Some(at) => (ui::toned("tried again", Tone::Warn), shell.when(at)),
        None => (ui::toned("given up", Tone::Bad), ui::text("")),
    }
}

fn row(who: &SignedIn, shell: &Shell, one: &DeliveryView, name: &str) -> Vec<Html> {
    let sent = &one.delivery;
    let is_order = sent.about.parse::<OrderId>().is_ok();
    let about = match is_order {
        true => ui::link(&who.href(&format!("/orders/{}", sent.about)), name),
        false => ui::text(name),
    };
    let (state, next) = state(shell, sent.next_at);
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

#[handler]
async fn h_letter(Path(letter): Path<String>, Posted { who, .. }: Posted) -> Result<Response> {
    super::need(&who, "order", "resend").await?;
    let none = |_| AppError::from(Refusal::not_found("letter"));
    let letter: LetterId = letter.parse().map_err(none)?;
    act(&who.app, &who.actor, SendAgain { letter }).await?;
    Ok(who.go("/admin/deliveries?done=resent"))
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/admin/deliveries", get(h_list))
        .at("/admin/deliveries/:order", post(h_resend))
        .at("/admin/deliveries/letters/:letter", post(h_letter))
}

//! /admin/tokens: who uses the JSON API, and ending a token.

use poem::{Response, Result, Route, get, handler, post, web::Path};

use super::view::{Section, Table, View};
use crate::{
    app::{AppError, act, party::token},
    base::page::Cut,
    domain::refusal::Refusal,
    http::{
        actor::{Posted, Query, SignedIn},
        part::{self as ui, Empty, Pager},
    },
};

#[handler]
async fn h_list(who: SignedIn, query: Query) -> Result<Response> {
    let cut = Cut::new(query.0.filled("after")?.map(str::to_owned), None);
    let page = {
        let mut reader = who.app.reader(&who.actor).await?;
        token::list(&mut reader, &cut).await?
    };
    let view = View::new(&who, "API tokens", None).await?.under(&[]).done(&query);
    if page.items.is_empty() && cut.after.is_none() {
        let what = "A program gets one from POST /api/v1/login. It is never shown again.";
        let empty = Empty::new("No token is in use", what);
        let empty = empty.first("How the API works", who.href("/api/docs"));
        return view.section(Section::Empty(empty)).answer(&who);
    }
    let rows = page.items.iter().map(|(session, email)| {
        let end = format!("/admin/tokens/{}", session.id);
        vec![
            ui::text(email),
            view.shell.when(session.created_at),
            view.shell.when(session.last_seen_at),
            view.shell.when(session.expires_at),
            view.shell.button("End", &end, "danger small"),
        ]
    });
    let rows = rows.collect();
    let heads = ["Person", "Made", "Last used", "Good until", ""];
    let pager = Pager::new(&who.href("/admin/tokens"), cut.after.as_deref(), page.next.as_deref());
    view.table(Table::new(&heads, rows).pager(pager)).answer(&who)
}

#[handler]
async fn h_end(Path(id): Path<String>, Posted { who, .. }: Posted) -> Result<Response> {
    super::need(&who, "person", "edit").await?;
    let token = id.parse().map_err(|_| AppError::from(Refusal::not_found("token")))?;
    act(&who.app, &who.actor, token::End { token }).await?;
    Ok(who.go("/admin/tokens?done=removed"))
}

pub(super) fn add(route: Route) -> Route {
    route.at("/admin/tokens", get(h_list)).at("/admin/tokens/:id", post(h_end))
}

//! `/start/{token}`: where a visit from a procurement system begins.
//!
//! The first visit opens the session and gives it a cookie; the browser comes back at once, and
//! where it brought no cookie the session goes on in the address. A look ahead (HEAD, prefetch)
//! uses nothing up. A second visit with the session's own cookie goes on to the shop.

use askama::Template;
use http::{HeaderValue, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use poem::{Request, Response, Result, Route, get, handler, web::Path};

use crate::{
    app::{
        Actor, AppError, act,
        login::{fresh_token, lifetime_ms, token_hash},
        punchout::{CameBack, Entry, GoByPath, Open, entry, hop_token, session_of},
    },
    domain::punchout::start_link_over,
    http::{
        actor::Visitor,
        guard::cookie::{self, Kind},
        oci::without_referrer,
        part::Shell,
        problem::see_other,
    },
    store::{StoreError, session::SessionKind},
};

#[derive(Template)]
#[template(path = "pages/start.html", config = ".askama.toml")]
struct MissingPage {
    shell: Shell,
    parts: Vec<String>,
}

/// Whether the browser only looks ahead.
fn looks_ahead(request: &Request) -> bool {
    let says = |name: &str| {
        let value = request.header(name).unwrap_or_default().to_ascii_lowercase();
        value.contains("prefetch") || value.contains("preview") || value.contains("prerender")
    };
    ["sec-purpose", "purpose", "x-purpose", "x-moz"].into_iter().any(says)
}

/// Two visits at one moment: the later one finds the link used.
fn used(fault: AppError) -> AppError {
    match fault {
        AppError::Store(StoreError::Conflict(_)) => start_link_over().into(),
        other => other,
    }
}

#[handler]
async fn h_start(
    request: &Request,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response> {
    if looks_ahead(request) {
        return Ok(nothing_yet());
    }
    let own = visitor.actor.punchout();
    if own.is_some() && own == session_of(&token) {
        return go_on(&visitor).await;
    }
    let app = &visitor.app;
    let visit = fresh_token(&*app.entropy);
    let command = Open { token, visit_hash: token_hash(&visit) };
    let opened = act(app, &Actor::nobody(), command).await.map_err(used)?;
    let hop = hop_token(&app.keys, opened.session);
    let mut answer = see_other(&format!("/start/{hop}/on"));
    let seconds = u32::try_from(lifetime_ms(SessionKind::Punchout) / 1_000).unwrap_or(0);
    let line = cookie::set(Kind::Visit, &visit, seconds, visitor.https());
    if let Ok(line) = HeaderValue::from_str(&line) {
        answer.headers_mut().append(header::SET_COOKIE, line);
    }
    Ok(without_referrer(answer))
}

/// The browser came back at once: with its cookie it goes on, without it by the address.
#[handler]
async fn h_on(request: &Request, visitor: Visitor, Path(hop): Path<String>) -> Result<Response> {
    if looks_ahead(request) {
        return Ok(nothing_yet());
    }
    let app = &visitor.app;
    let own = visitor.actor.punchout();
    if let Some(session) = own.filter(|_| own == session_of(&hop)) {
        act(app, &Actor::nobody(), CameBack { session }).await?;
        return go_on(&visitor).await;
    }
    let visit = fresh_token(&*app.entropy);
    let command = GoByPath { hop, visit_hash: token_hash(&visit) };
    act(app, &Actor::nobody(), command).await.map_err(used)?;
    Ok(without_referrer(see_other(&format!("/p/{visit}/start"))))
}

/// What a look ahead gets: a page without anything, whatever the token.
fn nothing_yet() -> Response {
    without_referrer(Response::builder().content_type("text/html; charset=utf-8").finish())
}

/// HEAD has a handler of its own: a GET handler would be run for it as if it were a visit.
#[handler]
fn h_ahead() -> Response {
    nothing_yet()
}

/// Where a visit that is open goes on: the page it was called for.
#[handler]
async fn h_here(visitor: Visitor) -> Result<Response> {
    go_on(&visitor).await
}

async fn go_on(visitor: &Visitor) -> Result<Response> {
    let mut reader = visitor.app.reader(&visitor.actor).await?;
    let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let path = match entry(&mut reader).await? {
        Entry::Shop => "/shop".to_owned(),
        Entry::Cart => "/cart".to_owned(),
        Entry::Missing(parts) => return missing_page(visitor, parts).await,
        Entry::Ready => "/transfer".to_owned(),
        Entry::Search(text) => format!("/shop?q={}", escaped(&text)),
        Entry::Item(supplier, sku) => format!("/shop/{}/{}", escaped(&supplier), escaped(&sku)),
    };
    Ok(without_referrer(visitor.go(&path)))
}

/// What of the cart that was sent along cannot be bought now, before the cart itself is shown.
async fn missing_page(visitor: &Visitor, parts: Vec<String>) -> Result<Response> {
    let mut shell = visitor.shell("Some parts are not offered any more", "/cart").await?;
    shell.narrow = true;
    Ok(without_referrer(visitor.page(&MissingPage { shell, parts })?))
}

pub(super) fn add(route: Route) -> Route {
    route
        .at("/start", get(h_here))
        .at("/start/:token", get(h_start).head(h_ahead))
        .at("/start/:token/on", get(h_on).head(h_ahead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_ahead_is_told_from_a_visit() {
        let get = |name: &'static str, value: &str| Request::builder().header(name, value).finish();
        assert!(looks_ahead(&get("sec-purpose", "prefetch;prerender")));
        assert!(looks_ahead(&get("purpose", "preview")));
        assert!(!looks_ahead(&get("accept", "text/html")));
    }
}

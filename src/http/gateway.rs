//! `/gateway/back/{token}`: the address to which a supplier's shop sends a cart by the shopper's
//! browser, as a post or, as some OCI shops do, in the query of a GET.
//!
//! A GET takes a cart once, as a post does, and only when it brings one: HEAD, a page fetched ahead
//! and a visit to the bare address change nothing. Post or GET comes from another site, so no
//! cookie comes along and no form token can: the one-time token in the address is the whole proof.
//! The answer leads the browser to its cart, which then brings its own cookie; it never hands out a
//! session.

use askama::Template;
use http::{HeaderValue, StatusCode, header};
use poem::{Body, Request, Response, Result, Route, get, handler, web::Path};

use super::{
    actor::app_of,
    guard::{Limits, PagePolicy},
    locale::Locale,
    oci::without_referrer,
    part::Shell,
    problem,
};
use crate::{
    app::{
        AppError,
        gateway::{self, Taken},
    },
    exchange::{gateway::brings_cart, punchout::oci_refusal},
    oci::form,
};

/// What is shown where the browser cannot be led on: its session stands in the address of the page
/// it came from, which no other site may learn.
#[derive(Template)]
#[template(path = "gateway.html", config = ".askama.toml")]
struct BackPage {
    shell: Shell,
    shop: String,
}

#[handler]
async fn h_back(request: &Request, Path(token): Path<String>, body: Body) -> Result<Response> {
    let app = app_of(request)?;
    let bytes = body.into_bytes_limit(Limits::default().form_bytes).await?;
    let fields = form::parse(&bytes).map_err(oci_refusal)?;
    led_on(gateway::take_back(&app, &token, &fields).await?)
}

#[handler]
async fn h_back_by_get(request: &Request, Path(token): Path<String>) -> Result<Response> {
    if is_fetched_ahead(request) {
        return Ok(nothing(StatusCode::SERVICE_UNAVAILABLE));
    }
    let app = app_of(request)?;
    let query = request.uri().query().unwrap_or_default();
    let fields = form::parse(query.as_bytes()).map_err(oci_refusal)?;
    led_on(match brings_cart(&fields) {
        true => gateway::take_back(&app, &token, &fields).await?,
        false => gateway::come_back(&app, &token).await?,
    })
}

/// A HEAD asks whether there is something, and takes nothing.
#[handler]
fn h_head() -> Response {
    nothing(StatusCode::NO_CONTENT)
}

fn nothing(status: StatusCode) -> Response {
    let mut answer = Response::builder().status(status).finish();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// Whether the browser only looks ahead: nobody has gone there yet.
fn is_fetched_ahead(request: &Request) -> bool {
    ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| {
        let said = request.header(name).unwrap_or_default().to_ascii_lowercase();
        said.contains("prefetch") || said.contains("prerender") || said.contains("preview")
    })
}

/// Leads the browser to its cart.
fn led_on(taken: Taken) -> Result<Response> {
    if !taken.by_path {
        return Ok(without_referrer(problem::see_other("/cart?done=site")));
    }
    let mut shell = Shell::new("Your cart is here", Locale::default());
    shell.narrow = true;
    let html = BackPage { shell, shop: taken.shop }.render().map_err(AppError::internal)?;
    let answer = Response::builder().content_type("text/html; charset=utf-8").body(html);
    Ok(without_referrer(PagePolicy::default().on(answer)))
}

pub(super) fn add(route: Route) -> Route {
    route.at("/gateway/back/:token", get(h_back_by_get).head(h_head).post(h_back))
}

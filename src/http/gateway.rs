//! `/gateway/back/{token}`: the address to which a supplier's shop sends a cart by the shopper's
//! browser.
//!
//! The post comes from another site, so no cookie comes along and no form token can: the one-time
//! token in the address is the whole proof. The answer leads the browser to its cart, which then
//! brings its own cookie; it never hands out a session.

use askama::Template;
use poem::{Body, Request, Response, Result, Route, handler, post, web::Path};

use super::{
    actor::app_of,
    guard::{Limits, PagePolicy},
    locale::Locale,
    oci::without_referrer,
    part::Shell,
    problem,
};
use crate::{
    app::{AppError, gateway},
    exchange::punchout::oci_refusal,
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
    let taken = gateway::take_back(&app, &token, &fields).await?;
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
    route.at("/gateway/back/:token", post(h_back))
}

//! `/oci`: the start call of OCI systems, by GET or POST.
//!
//! A shopper goes on to a clean address at once: no page ever stands at one that holds a password.
//! VALIDATE answers with a page that sends itself, BACKGROUND_SEARCH with one that does not,
//! DOWNLOADJSON with JSON.

use askama::Template;
use http::{HeaderValue, header};
use poem::{Body, Request, Response, Result, Route, get, handler};

use super::{
    actor::app_of,
    guard::{Limits, PagePolicy},
    locale::Locale,
    part::Shell,
    problem,
};
use crate::{
    app::{
        AppError,
        punchout::{OciAnswer, OciCarrier, oci_call},
    },
    exchange::punchout::{ReturnForm, oci_refusal},
    oci::form,
};

#[derive(Template)]
#[template(path = "oci.html", config = ".askama.toml")]
struct OciPage {
    shell: Shell,
    form: ReturnForm,
    /// Sent by the browser at once, without anything to see.
    sends_itself: bool,
}

#[handler]
async fn h_oci(request: &Request, body: Body) -> Result<Response> {
    let app = app_of(request)?;
    let bytes = body.into_bytes_limit(Limits::default().form_bytes).await?;
    let query = request.uri().query().unwrap_or_default();
    let query = form::parse(query.as_bytes()).map_err(oci_refusal)?;
    let body = form::parse(&bytes).map_err(oci_refusal)?;
    let answer = match oci_call(&app, &query, &body).await? {
        OciAnswer::Start(path) => problem::see_other(&path),
        OciAnswer::Validated(carrier) => page(carrier, true)?,
        OciAnswer::Hits(carrier) => page(carrier, false)?,
        OciAnswer::Catalogue(json) => {
            Response::builder().content_type("application/json").body(json)
        }
    };
    Ok(without_referrer(answer))
}

fn page(carrier: OciCarrier, sends_itself: bool) -> Result<Response> {
    let OciCarrier { form, framed_by } = carrier;
    // A procurement system asks in a frame of its own page, as it opens the shop.
    let policy = PagePolicy::default().form_to(&form.action);
    let policy = framed_by.iter().fold(policy, |policy, origin| policy.framed_by(origin));
    let shell = Shell::new("Catalogue", Locale::default());
    let page = OciPage { shell, form, sends_itself };
    let html = page.render().map_err(AppError::internal)?;
    let answer = Response::builder().content_type("text/html; charset=utf-8").body(html);
    Ok(policy.on(answer))
}

/// The call's address may hold a password: nobody it leads to may learn it.
pub(super) fn without_referrer(mut answer: Response) -> Response {
    let policy = HeaderValue::from_static("no-referrer");
    answer.headers_mut().insert(header::REFERRER_POLICY, policy);
    answer
}

pub(super) fn add(route: Route) -> Route {
    route.at("/oci", get(h_oci).post(h_oci))
}

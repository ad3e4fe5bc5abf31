//! `POST /cxml/sandbox/{token}`: where a partner under trial posts its documents.
//!
//! It answers like `/cxml`, but for one HTTP 503 that the suite asks for; no session and no order
//! comes of anything here.

use http::{StatusCode, header};
use poem::{Body, Request, Response, Result, Route, get, handler, web::Path};

use super::{
    actor::app_of,
    guard::{ClientCertificate, Limits},
};
use crate::{
    app::{conformance, inbox::Post},
    cxml::multipart,
};

#[handler]
async fn h_take(request: &Request, Path(token): Path<String>, body: Body) -> Result<Response> {
    let app = app_of(request)?;
    let bytes = body.into_bytes_limit(Limits::default().body_bytes).await?;
    let kind = request.header(header::CONTENT_TYPE);
    let parts = kind.and_then(multipart::boundary).map(|own| multipart::parts(&bytes, &own));
    let start = kind.and_then(|kind| multipart::parameter(kind, "start"));
    let root = parts.as_deref().and_then(|parts| multipart::root(parts, start.as_deref()));
    let (bytes, content_type): (&[u8], Option<&str>) = match root {
        Some(root) => (&root.body, root.content_type.as_deref()),
        None => (&bytes, kind),
    };
    let document = Post { bytes, content_type, certificate: ClientCertificate::of(request) };
    let answer = conformance::receive(&app, &token, document).await?;
    let status = StatusCode::from_u16(answer.http).unwrap_or(StatusCode::OK);
    let xml = "text/xml; charset=UTF-8";
    let kind = if status == StatusCode::OK { xml } else { "text/plain; charset=utf-8" };
    Ok(Response::builder().status(status).content_type(kind).body(answer.body))
}

/// The start page of a sandbox visit: there is no shop behind it.
#[handler]
fn h_start() -> Response {
    let text = "This is the sandbox: there is no shop here. The test carts come back when the \
                trial is run by the administrator who gave you this address.";
    Response::builder().content_type("text/plain; charset=utf-8").body(text)
}

pub(super) fn add(route: Route) -> Route {
    route.at("/cxml/sandbox/:token", get(h_start).post(h_take))
}

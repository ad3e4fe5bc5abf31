//! `POST /cxml`: the one door for documents, plain or with attachments in a multipart body.
//!
//! Whatever the document says, the answer is a cXML Response in HTTP 200 as soon as the body could
//! be read at all: an HTTP error would be taken for a transient one and asked again for hours.

use http::{StatusCode, header};
use poem::{Body, Request, Response, Result, Route, handler, post};

use super::{
    actor::app_of,
    guard::{ClientCertificate, Limits},
};
use crate::{
    app::inbox::{self, Post},
    cxml::multipart,
};

#[handler]
async fn h_cxml(request: &Request, body: Body) -> Result<Response> {
    let app = app_of(request)?;
    let bytes = body.into_bytes_limit(Limits::default().body_bytes).await?;
    let kind = request.header(header::CONTENT_TYPE);
    let certificate = ClientCertificate::of(request);
    let whole = Post { bytes: &bytes, content_type: kind, certificate };
    let answer = match kind.and_then(multipart::boundary) {
        None => inbox::receive(&app, whole).await,
        Some(boundary) => {
            let start = kind.and_then(|kind| multipart::parameter(kind, "start"));
            match multipart::split(multipart::parts(&bytes, &boundary), start.as_deref()) {
                Some((root, beside)) => {
                    // Files may be large: what was posted goes before its parts are worked on.
                    drop(bytes);
                    inbox::receive_parts(&app, &root, beside, certificate).await
                }
                // Not a multipart body after all: the reader says what is wrong with it.
                None => inbox::receive(&app, Post { content_type: None, ..whole }).await,
            }
        }
    };
    Ok(Response::builder()
        .status(StatusCode::OK)
        .content_type(&answer.content_type)
        .body(answer.body))
}

pub(super) fn add(route: Route) -> Route {
    route.at("/cxml", post(h_cxml))
}

//! The look of the simulators: plain pages that cannot be taken for the shop's.

use askama::Template;
use poem::{IntoResponse, Response, http::StatusCode};

/// Renders a page with headers that let it frame the shop and be framed by itself.
pub fn show(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => poem::web::Html(html)
            .with_header("content-security-policy", CSP)
            .with_header("x-frame-options", "SAMEORIGIN")
            .into_response(),
        Err(fault) => plain(StatusCode::INTERNAL_SERVER_ERROR, &fault.to_string()),
    }
}

/// The simulators run on this machine and speak to the shop at another port or name of it.
const CSP: &str = "default-src 'self'; frame-src http://127.0.0.1:* http://localhost:*; \
    form-action 'self' http://127.0.0.1:* http://localhost:*; frame-ancestors 'self'";

/// A plain answer.
pub fn plain(status: StatusCode, text: &str) -> Response {
    text.to_owned()
        .with_content_type("text/plain; charset=utf-8")
        .with_status(status)
        .into_response()
}

/// A JSON answer for tests and scripts.
pub fn json(value: &impl serde::Serialize) -> Response {
    let text = serde_json::to_string(value).unwrap_or_default();
    text.with_content_type("application/json").into_response()
}

/// An XML answer.
pub fn xml(bytes: Vec<u8>) -> Response {
    bytes.with_content_type("text/xml; charset=UTF-8").into_response()
}

/// Goes on to another page of the simulators.
pub fn go(path: &str) -> Response {
    poem::web::Redirect::see_other(path).into_response()
}

pub fn style() -> Response {
    include_str!("page/sim.css").with_content_type("text/css; charset=utf-8").into_response()
}

/// Bytes of a form the simulators read.
const FORM_LIMIT: usize = 12 * 1024 * 1024;

/// The posted fields in order, read as a procurement system would: UTF-8, else windows-1252.
pub async fn form(req: &mut poem::Request) -> Vec<(String, String)> {
    let body = req.take_body().into_bytes_limit(FORM_LIMIT).await.unwrap_or_default();
    crate::oci::form::parse(&body).unwrap_or_default()
}

/// The posted body whole.
pub async fn body(req: &mut poem::Request) -> Vec<u8> {
    req.take_body().into_bytes_limit(FORM_LIMIT).await.map(|b| b.to_vec()).unwrap_or_default()
}

/// A field of a form.
pub fn field<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    fields.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
}

/// The HTML of a mail, without any right of its own.
pub fn mail_body(html: String) -> Response {
    poem::web::Html(html)
        .with_header(
            "content-security-policy",
            "default-src 'none'; frame-ancestors 'self'; sandbox",
        )
        .with_header("x-frame-options", "SAMEORIGIN")
        .into_response()
}

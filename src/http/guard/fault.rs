//! What the transport itself answers when something is wrong: a page for a person, a problem for a
//! program, one line of text for a cXML sender. Refusals of the rules are not made here.

use askama::Template;
use http::{StatusCode, header};
use poem::{Request, Response};

use super::RequestId;
use crate::http::{locale::Locale, part::Shell};

/// Something wrong with a request, or with us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub status: StatusCode,
    /// Stable, kebab-case.
    pub code: &'static str,
    /// One plain sentence.
    pub what: String,
    /// How to mend it.
    pub mend: Option<&'static str>,
}

impl Fault {
    pub fn new(status: StatusCode, code: &'static str, what: impl Into<String>) -> Self {
        Self { status, code, what: what.into(), mend: None }
    }

    #[must_use]
    pub fn mend(mut self, mend: &'static str) -> Self {
        self.mend = Some(mend);
        self
    }

    /// The plain fault of a status that some library answered with.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, what) = match status {
            StatusCode::NOT_FOUND => ("not-found", "There is no such page."),
            StatusCode::METHOD_NOT_ALLOWED => ("method", "This address does not take this method."),
            StatusCode::PAYLOAD_TOO_LARGE => ("body-too-large", "The body is too large."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("media-type", "This content type is not read."),
            StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "The server is busy. Try again."),
            status if status.is_client_error() => ("bad-request", "The request cannot be read."),
            _ => ("internal", "Something went wrong on our side."),
        };
        Self::new(status, code, what)
    }

    /// The last resort, when a handler failed in a way nobody foresaw.
    pub fn internal() -> Self {
        Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
            .mend("Try again. If it stays, tell your administrator the request number.")
    }
}

/// In which form a caller reads an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    Person,
    Program,
    /// A partner's system that expects cXML; a transport fault is told in plain text.
    Partner,
}

impl Reader {
    /// By the address first, then by what the caller accepts.
    pub fn of(request: &Request) -> Self {
        let path = request.uri().path();
        let accepts_html =
            request.header(header::ACCEPT).is_some_and(|accept| accept.contains("text/html"));
        match path {
            "/cxml" => Self::Partner,
            _ if path.starts_with("/api/") => Self::Program,
            // Calls that only browsers make, whatever they say they accept.
            "/oci" => Self::Person,
            _ if path.starts_with("/start/") => Self::Person,
            _ if accepts_html => Self::Person,
            _ => Self::Program,
        }
    }
}

#[derive(Template)]
#[template(path = "part/fault.html", config = ".askama.toml")]
struct Page {
    shell: Shell,
    what: String,
    mend: Option<&'static str>,
}

/// The answer for a fault.
pub fn answer(fault: &Fault, reader: Reader, id: &RequestId) -> Response {
    let builder = Response::builder().status(fault.status);
    match reader {
        Reader::Person => {
            let mut shell = Shell::new(title(fault.status), Locale::default());
            shell.narrow = true;
            shell.request_id = Some(id.0.clone());
            let page = Page { shell, what: fault.what.clone(), mend: fault.mend };
            let html = page.render().unwrap_or_else(|_| fault.what.clone());
            builder.content_type("text/html; charset=utf-8").body(html)
        }
        Reader::Program => {
            let problem = serde_json::json!({
                "title": title(fault.status),
                "status": fault.status.as_u16(),
                "code": fault.code,
                "detail": fault.what,
                "mend": fault.mend,
                "request_id": id.0,
            });
            builder.content_type("application/problem+json").body(problem.to_string())
        }
        Reader::Partner => {
            let mend = fault.mend.map(|mend| format!(" {mend}")).unwrap_or_default();
            let line = format!("{}{mend} ({})\n", fault.what, fault.code);
            builder.content_type("text/plain; charset=utf-8").body(line)
        }
    }
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::FORBIDDEN => "Not allowed",
        status if status.is_client_error() => "This cannot be read",
        StatusCode::SERVICE_UNAVAILABLE => "Busy",
        _ => "Something went wrong",
    }
}

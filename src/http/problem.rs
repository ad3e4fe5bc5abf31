//! The one place where a refusal or a fault becomes an HTTP answer.
//!
//! Programs get `application/problem+json` (RFC 9457) with a stable code, the field, what was got,
//! what was expected and how to mend it; people get a page that says the same, or are asked to sign
//! in. No answer carries the text of an internal error. Use cases know nothing of this.

use askama::Template;
use http::{HeaderValue, Method, StatusCode, header};
use poem::{
    Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result,
    error::ResponseError,
};
use serde_json::{Map, Value};

use super::{
    guard::{RequestId, fault::Reader},
    locale::Locale,
    part::{Shell, coded},
};
use crate::{
    app::AppError,
    base::text::shorten,
    domain::refusal::{Refusal, RefusalKind},
};

mod foreign;

pub(super) use foreign::signed_out;

impl ResponseError for AppError {
    fn status(&self) -> StatusCode {
        self.refusal().map_or(StatusCode::INTERNAL_SERVER_ERROR, status)
    }

    /// Only for an answer that passes no [`Told`]: without any detail.
    fn as_response(&self) -> Response {
        self.status().into_response()
    }
}

impl ResponseError for Refusal {
    fn status(&self) -> StatusCode {
        status(self)
    }

    fn as_response(&self) -> Response {
        problem(self, None)
    }
}

/// The HTTP status of a refusal.
pub fn status(refusal: &Refusal) -> StatusCode {
    match refusal.kind {
        RefusalKind::Invalid => match refusal.code {
            "body-not-json" | "bad-parameter" | "bad-request" => StatusCode::BAD_REQUEST,
            "media-type" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "body-too-large" => StatusCode::PAYLOAD_TOO_LARGE,
            "method" => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        },
        RefusalKind::Conflict => StatusCode::CONFLICT,
        RefusalKind::Forbidden => StatusCode::FORBIDDEN,
        RefusalKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        RefusalKind::NotFound => StatusCode::NOT_FOUND,
        RefusalKind::Unavailable => match refusal.code {
            "internal" => StatusCode::INTERNAL_SERVER_ERROR,
            "slow-down" => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        },
    }
}

const fn title(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::Invalid => "This cannot be accepted",
        RefusalKind::Conflict => "Not in its present state",
        RefusalKind::Forbidden => "Not allowed",
        RefusalKind::Unauthenticated => "Sign in first",
        RefusalKind::NotFound => "Not found",
        RefusalKind::Unavailable => "Not just now",
    }
}

/// The fields of the refusal as problem+json.
pub fn fields(refusal: &Refusal) -> Map<String, Value> {
    let status = status(refusal);
    let mut body = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    let text = |text: &Option<String>| text.clone().map(Value::String);
    put("type", Some(format!("urn:countersign:problem:{}", refusal.code).into()));
    put("title", Some(title(refusal.kind).into()));
    put("status", Some(status.as_u16().into()));
    put("code", Some(refusal.code.into()));
    put("detail", Some(refusal.message.clone().into()));
    put("field", text(&refusal.field));
    put("got", text(&refusal.got));
    put("expected", text(&refusal.expected));
    put("mend", text(&refusal.mend));
    for (name, value) in &refusal.more {
        put(name, Some(named(value)));
    }
    body
}

/// The refusal as problem+json.
pub fn problem(refusal: &Refusal, request: Option<&RequestId>) -> Response {
    let mut body = fields(refusal);
    if let Some(id) = request {
        body.insert("request_id".to_owned(), id.0.clone().into());
    }
    let answer = Response::builder()
        .status(status(refusal))
        .content_type("application/problem+json")
        .body(Value::Object(body).to_string());
    with_hints(answer, refusal)
}

/// Named values are texts; one that is a JSON object (an amount of money) stays one.
fn named(value: &str) -> Value {
    let object = if value.starts_with('{') { serde_json::from_str(value).ok() } else { None };
    object.unwrap_or_else(|| Value::String(value.to_owned()))
}

/// Headers that a status asks for.
fn with_hints(mut answer: Response, refusal: &Refusal) -> Response {
    let headers = answer.headers_mut();
    if refusal.kind == RefusalKind::Unauthenticated {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    let allow = refusal.more.iter().find(|(name, _)| *name == "allow");
    if let Some(Ok(allow)) = allow.map(|(_, allow)| HeaderValue::from_str(allow)) {
        headers.insert(header::ALLOW, allow);
    }
    if refusal.kind == RefusalKind::Unavailable && refusal.code != "internal" {
        let seconds = refusal.more.iter().find(|(name, _)| *name == "retry_after_s");
        let seconds = seconds.map_or("5", |(_, seconds)| seconds);
        if let Ok(seconds) = HeaderValue::from_str(seconds) {
            headers.insert(header::RETRY_AFTER, seconds);
        }
    }
    answer
}

/// The middleware that turns every error of the handlers below it into such an answer.
pub struct Told;

impl<E: Endpoint> Middleware<E> for Told {
    type Output = ToldEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        ToldEndpoint { inner }
    }
}

pub struct ToldEndpoint<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for ToldEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let asked = Asked::of(&request);
        match self.inner.call(request).await {
            Ok(answer) => Ok(answer.into_response()),
            Err(error) if error.is_from_response() => Ok(error.into_response()),
            Err(error) => {
                let pattern = error.data::<PathPattern>().cloned();
                let mut answer = asked.answer(&refusal_of(error));
                if let Some(pattern) = pattern {
                    answer.set_data(pattern);
                }
                Ok(answer)
            }
        }
    }
}

fn refusal_of(error: poem::Error) -> Refusal {
    match error.downcast::<AppError>() {
        Ok(fault) => fault.told(),
        Err(error) => match error.downcast::<Refusal>() {
            Ok(refusal) => refusal,
            Err(error) => foreign::refusal(&error),
        },
    }
}

/// What must be known of a request to answer it when its handler failed.
struct Asked {
    reader: Reader,
    id: Option<RequestId>,
    /// `/p/{token}`, when the session lives in the address.
    prefix: String,
    /// Where to come back to after signing in.
    next: String,
    /// A form came, and was not taken.
    unsent: bool,
    accept_language: Option<String>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let prefix = super::split_prefix(request.uri().path()).map(|(token, _)| token);
        let prefix = prefix.map(|token| format!("/p/{token}")).unwrap_or_default();
        Self {
            reader: Reader::of(request),
            id: request.data::<RequestId>().cloned(),
            prefix,
            next: next_after_sign_in(request),
            unsent: !matches!(*request.method(), Method::GET | Method::HEAD),
            accept_language: request.header(header::ACCEPT_LANGUAGE).map(str::to_owned),
        }
    }

    fn answer(&self, refusal: &Refusal) -> Response {
        if self.reader != Reader::Person {
            return problem(refusal, self.id.as_ref());
        }
        if refusal.code == "sign-in-needed" && self.prefix.is_empty() {
            let unsent = if self.unsent { "&unsent=yes" } else { "" };
            return see_other(&format!("/sign-in?next={}{unsent}", coded(&self.next)));
        }
        let page = self.page(refusal);
        let html = page.render().unwrap_or_else(|_| refusal.message.clone());
        let answer = Response::builder()
            .status(status(refusal))
            .content_type("text/html; charset=utf-8")
            .body(html);
        let mut answer = with_hints(answer, refusal);
        // A browser would ask for a password in a window of its own.
        answer.headers_mut().remove(header::WWW_AUTHENTICATE);
        answer
    }

    fn page(&self, refusal: &Refusal) -> Page {
        let locale = Locale::choose(None, self.accept_language.as_deref(), "UTC");
        let mut shell = Shell::new(title(refusal.kind), locale);
        shell.narrow = true;
        shell.prefix.clone_from(&self.prefix);
        shell.request_id = self.id.as_ref().map(|id| id.0.clone());
        let visit_over = refusal.code == "sign-in-needed";
        if visit_over {
            shell.title = "This visit is over".to_owned();
        }
        Page { shell, refusal: refusal.clone(), visit_over }
    }
}

#[derive(Template)]
#[template(path = "problem.html", config = ".askama.toml")]
struct Page {
    shell: Shell,
    refusal: Refusal,
    /// The session in the address has ended.
    visit_over: bool,
}

/// A page is come back to; after a post, the page the form stood on is.
fn next_after_sign_in(request: &Request) -> String {
    let here = request.uri();
    let path = here.path_and_query().map_or("/", |target| target.as_str());
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads {
        return shorten(path, 1_000);
    }
    let referer = request.header(header::REFERER).and_then(|text| url::Url::parse(text).ok());
    let own = referer.filter(|url| {
        let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
        request.header(header::HOST) == Some(authority)
    });
    own.map_or_else(|| "/".to_owned(), |url| shorten(&url[url::Position::BeforePath..], 1_000))
}

/// After a post: the browser goes on with a GET.
pub fn see_other(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, location).finish()
}

#[cfg(test)]
mod tests;

//! The front: every request passes here first and every answer last.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result};
use tracing::Instrument;

use super::{
    ClientCertificate, Gate, RequestId,
    connection::{Connection, Stage},
    fault::{self, Fault, Reader},
    headers, request,
};
use crate::http::metrics;

/// The outermost middleware: `app.with(Front::new(gate, https))`.
#[derive(Debug, Clone)]
pub struct Front {
    gate: Arc<Gate>,
    https: bool,
}

impl Front {
    /// `https` says whether people reach the server by https, be it through a proxy.
    pub fn new(gate: Arc<Gate>, https: bool) -> Self {
        Self { gate, https }
    }
}

impl<E: Endpoint> Middleware<E> for Front {
    type Output = FrontEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        FrontEndpoint { inner, front: self.clone() }
    }
}

/// An endpoint behind the front.
#[derive(Debug)]
pub struct FrontEndpoint<E> {
    inner: E,
    front: Front,
}

/// What is known of a request for its log line; nothing in it is secret.
struct Sketch {
    id: RequestId,
    method: &'static str,
    scrubbed: String,
    reader: Reader,
    begun: Instant,
}

impl<E: Endpoint> Endpoint for FrontEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let sketch = Sketch {
            id: RequestId::fresh(),
            method: method_name(request.method()),
            scrubbed: scrub(request.uri().path()),
            reader: Reader::of(&request),
            begun: Instant::now(),
        };
        request.set_data(sketch.id.clone());
        let peer = request.remote_addr().as_socket_addr().copied();
        let address = peer.map(|peer| peer.ip());
        ClientCertificate::settle(&mut request, &self.front.gate.limits, address);
        let connection = peer.and_then(|peer| self.front.gate.find(peer));
        let span = tracing::info_span!("request", id = %sketch.id.0);
        let mut answer =
            self.guarded(request, &sketch, connection.as_deref()).instrument(span).await;
        self.finish(&mut answer, &sketch, connection.as_deref());
        Ok(answer)
    }
}

impl<E: Endpoint> FrontEndpoint<E> {
    /// Checks, reads the body, lets the handler work; whatever happens becomes an answer.
    async fn guarded(
        &self,
        mut request: Request,
        sketch: &Sketch,
        connection: Option<&Connection>,
    ) -> Response {
        let enter = |stage| connection.into_iter().for_each(|own| own.enter(stage));
        let tell = |fault: &Fault| fault::answer(fault, sketch.reader, &sketch.id);
        enter(Stage::Body);
        let limits = &self.front.gate.limits;
        // Until the answer is made: the handler holds the body as well.
        let mut held = self.front.gate.hold();
        let checked = match request::check_head(&request, limits) {
            Ok(()) if request::has_body(request.headers()) => {
                request::read_body(&mut request, limits, &mut held).await.map(|_| ())
            }
            checked => checked,
        };
        enter(Stage::Busy);
        if let Err(fault) = checked {
            let mut answer = tell(&fault);
            // What is left of the body must not be taken for the next request.
            close(&mut answer);
            return answer;
        }
        match AssertUnwindSafe(self.inner.call(request)).catch_unwind().await {
            Ok(Ok(answer)) => answer.into_response(),
            Ok(Err(error)) => from_error(error, tell),
            Err(_) => {
                tracing::error!("a handler panicked");
                tell(&Fault::internal())
            }
        }
    }

    /// Headers, figures and the one log line; then the connection waits for its next request.
    fn finish(&self, answer: &mut Response, sketch: &Sketch, connection: Option<&Connection>) {
        headers::harden(answer, self.front.https);
        if let Ok(id) = HeaderValue::from_str(&sketch.id.0) {
            answer.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
        }
        if connection.is_some_and(|own| own.is_old(&self.front.gate.limits)) {
            close(answer);
        }
        let took = sketch.begun.elapsed();
        let route = answer.data::<PathPattern>().map(|pattern| pattern.0.clone());
        metrics::request(sketch.method, route.as_deref(), answer.status(), took);
        log(sketch, route.as_deref().unwrap_or(&sketch.scrubbed), answer.status(), took);
        connection.into_iter().for_each(|own| own.enter(Stage::Idle));
    }
}

fn log(sketch: &Sketch, route: &str, status: StatusCode, took: Duration) {
    let (method, status) = (sketch.method, status.as_u16());
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let id = sketch.id.0.as_str();
    tracing::info!(target: "countersign::request", id, method, route, status, millis, "answered");
}

/// An error of a handler or of poem: its own answer when it made one, else a plain fault of its
/// status. The error's text goes to the log alone.
fn from_error(error: poem::Error, tell: impl Fn(&Fault) -> Response) -> Response {
    let pattern = error.data::<PathPattern>().cloned();
    let own = error.is_from_response();
    let status = error.status();
    if status.is_server_error() {
        tracing::error!(%error, "a handler failed");
    }
    let mut answer = if own { error.into_response() } else { tell(&Fault::of_status(status)) };
    if let Some(pattern) = pattern {
        answer.set_data(pattern);
    }
    answer
}

fn close(answer: &mut Response) {
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
}

/// Methods are labels of figures: one of a fixed few.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// A path that matched no route, without anything that could be a token: its first word, and a
/// sign that more followed.
pub fn scrub(path: &str) -> String {
    let mut words = path.trim_start_matches('/').split('/');
    let first = words.next().unwrap_or_default();
    let plain = first.len() <= 20 && first.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let first = if plain { first } else { ".." };
    let more = if words.next().is_some() { "/.." } else { "" };
    format!("/{first}{more}")
}

#[cfg(test)]
mod tests;

//! What a request must look like before anybody looks at what it wants.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, Method, StatusCode, Version, header};
use poem::{Body, Request};
use tokio::{io::AsyncReadExt, time::timeout_at};

use super::{Limits, connection::Held, fault::Fault};

/// The name of one request in logs and answers; made here, never taken from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

impl RequestId {
    /// A fresh one: time and 80 random bits.
    pub fn fresh() -> Self {
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let random: u128 = rand::random();
        Self(ulid::Ulid((millis << 80) | (random >> 48)).to_string())
    }
}

/// Checks the head: method, length of the target, exactly one sound Host, no compression.
pub fn check_head(request: &Request, limits: &Limits) -> Result<(), Fault> {
    if matches!(*request.method(), Method::TRACE | Method::CONNECT) {
        return Err(Fault::new(StatusCode::METHOD_NOT_ALLOWED, "method", "Not this method."));
    }
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > limits.target_bytes {
        let what = "The address is too long.";
        return Err(Fault::new(StatusCode::URI_TOO_LONG, "address-too-long", what)
            .mend("Send the fields in the body of a POST."));
    }
    check_host(request)?;
    check_target(request)?;
    check_encoding(request.headers())
}

/// No name, number or id holds the character 0, and PostgreSQL keeps no text that does.
fn check_target(request: &Request) -> Result<(), Fault> {
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    if target.contains("%00") {
        let what = "The address holds the character 0 (%00).";
        return Err(Fault::new(StatusCode::BAD_REQUEST, "bad-parameter", what)
            .mend("Send text without control characters."));
    }
    Ok(())
}

fn check_host(request: &Request) -> Result<(), Fault> {
    let fault = |what: &str| {
        Err(Fault::new(StatusCode::BAD_REQUEST, "host", what).mend("Send one Host header."))
    };
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let Some(host) = hosts.next() else {
        if request.version() < Version::HTTP_11 {
            return Ok(());
        }
        return fault("The Host header is missing.");
    };
    if hosts.next().is_some() {
        return fault("There are two Host headers.");
    }
    let sound = |byte: &u8| byte.is_ascii_alphanumeric() || b".-:[]_".contains(byte);
    if host.is_empty() || !host.as_bytes().iter().all(sound) {
        return fault("The Host header is not a host.");
    }
    // A proxy that read the one and a server that reads the other would disagree.
    match request.uri().authority() {
        Some(target) if !target.as_str().as_bytes().eq_ignore_ascii_case(host.as_bytes()) => {
            fault("The address and the Host header name different hosts.")
        }
        _ => Ok(()),
    }
}

fn check_encoding(headers: &HeaderMap) -> Result<(), Fault> {
    let plain = |value: &http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if headers.get_all(header::CONTENT_ENCODING).iter().all(plain) {
        return Ok(());
    }
    let what = "Compressed bodies are not read here.";
    Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "compressed-body", what)
        .mend("Send the body without Content-Encoding."))
}

/// Whether a body was announced.
pub fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0")
}

/// Reads the whole body into memory within its limit and its time, and puts it back for the
/// handler. What is announced as too long is refused before a byte is read.
pub async fn read_body(
    request: &mut Request,
    limits: &Limits,
    held: &mut Held<'_>,
) -> Result<usize, Fault> {
    let most = limits.body_limit(request.content_type());
    let announced = request.header(header::CONTENT_LENGTH).and_then(|n| n.parse::<u64>().ok());
    if announced.is_some_and(|announced| announced > most as u64) {
        return Err(too_large(most));
    }
    let bytes = collect(request.take_body(), most, limits, held).await?;
    let count = bytes.len();
    request.set_body(bytes);
    Ok(count)
}

async fn collect(
    body: Body,
    most: usize,
    limits: &Limits,
    held: &mut Held<'_>,
) -> Result<Vec<u8>, Fault> {
    let mut reader = body.into_async_read();
    // An announced length is only a claim: memory is taken as bytes arrive.
    let mut bytes = Vec::new();
    let (mut span_begun, mut span_from) = (Instant::now(), 0);
    loop {
        let mut piece = (&mut reader).take((most - bytes.len()) as u64 + 1);
        let deadline = span_begun + limits.body;
        let read = timeout_at(deadline.into(), piece.read_buf(&mut bytes)).await;
        match read {
            Err(_) => {
                let what = "The body came too slowly.";
                return Err(Fault::new(StatusCode::REQUEST_TIMEOUT, "slow-body", what));
            }
            Ok(Err(_)) => {
                let what = "The body ended before it was whole.";
                return Err(Fault::new(StatusCode::BAD_REQUEST, "cut-body", what));
            }
            Ok(Ok(0)) => return Ok(bytes),
            Ok(Ok(_)) if bytes.len() > most => return Err(too_large(most)),
            Ok(Ok(count)) if !held.grow(count) => {
                return Err(Fault::of_status(StatusCode::SERVICE_UNAVAILABLE));
            }
            Ok(Ok(_)) => {}
        }
        if bytes.len() - span_from >= limits.body_span_bytes() {
            (span_begun, span_from) = (Instant::now(), bytes.len());
        }
    }
}

fn too_large(most: usize) -> Fault {
    let what = format!("The body is larger than {} MiB.", most >> 20);
    Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", what)
        .mend("Send it in smaller parts.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::guard::Gate;

    fn checked(build: impl FnOnce(poem::RequestBuilder) -> poem::RequestBuilder) -> Option<u16> {
        let builder = Request::builder().method(Method::POST).version(Version::HTTP_11);
        let request = build(builder).finish();
        check_head(&request, &Limits::default()).err().map(|fault| fault.status.as_u16())
    }

    #[test]
    fn exactly_one_sound_host_is_asked_for() {
        assert_eq!(checked(|r| r), Some(400));
        assert_eq!(checked(|r| r.header("host", "a.example:80")), None);
        assert_eq!(checked(|r| r.header("host", "a").header("host", "a")), Some(400));
        assert_eq!(checked(|r| r.header("host", "a/b@c")), Some(400));
        assert_eq!(checked(|r| r.header("host", "")), Some(400));
        assert_eq!(checked(|r| r.uri_str("http://b/x").header("host", "a")), Some(400));
    }

    #[test]
    fn compressed_bodies_and_long_addresses_are_refused() {
        let host = |r: poem::RequestBuilder| r.header("host", "a");
        assert_eq!(checked(|r| host(r).header("content-encoding", "gzip")), Some(415));
        assert_eq!(checked(|r| host(r).header("content-encoding", "identity")), None);
        let long = format!("/{}", "a".repeat(16 << 10));
        assert_eq!(checked(|r| host(r).uri_str(&long)), Some(414));
    }

    #[tokio::test]
    async fn a_body_at_its_limit_passes_and_one_byte_more_does_not() {
        let limits = Limits { body_bytes: 1_000, ..Limits::default() };
        for (length, good) in [(1_000, true), (1_001, false)] {
            let mut request = Request::builder().body(vec![b'x'; length]);
            let gate = Gate::new(limits.clone());
            let read = read_body(&mut request, &limits, &mut gate.hold()).await;
            assert_eq!(read.is_ok(), good, "{length}");
        }
        let mut lies = Request::builder().header("content-length", "1001").body("x");
        let gate = Gate::new(limits.clone());
        let read = read_body(&mut lies, &limits, &mut gate.hold()).await;
        assert_eq!(read.unwrap_err().status.as_u16(), 413);
    }

    #[tokio::test]
    async fn all_bodies_together_are_limited_and_give_their_bytes_back() {
        let limits = Limits { held_bytes: 1_500, ..Limits::default() };
        let gate = Gate::new(limits.clone());
        let read = async |held: &mut Held<'_>| {
            let mut request = Request::builder().body(vec![b'x'; 1_000]);
            read_body(&mut request, &limits, held).await.map_err(|fault| fault.status.as_u16())
        };
        let mut first = gate.hold();
        assert_eq!(read(&mut first).await, Ok(1_000));
        assert_eq!(read(&mut gate.hold()).await, Err(503));
        drop(first);
        assert_eq!(read(&mut gate.hold()).await, Ok(1_000));
    }

    #[tokio::test]
    async fn a_body_earns_time_by_its_bytes_and_a_stall_ends_it() {
        let limits = Limits {
            body: std::time::Duration::from_millis(200),
            body_bytes_per_second: 10,
            ..Limits::default()
        };
        let gate = Gate::new(limits.clone());
        let send = |pieces: u32, stalls: bool| {
            let stream = futures_util::stream::unfold(0, move |sent| async move {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                if sent == pieces && stalls {
                    std::future::pending::<()>().await;
                }
                let piece = Ok::<_, std::io::Error>(vec![b'x'; 10]);
                (sent < pieces).then_some((piece, sent + 1))
            });
            Request::builder().body(Body::from_bytes_stream(stream))
        };
        let mut steady = send(8, false);
        assert_eq!(read_body(&mut steady, &limits, &mut gate.hold()).await, Ok(80));
        let mut stalled = send(3, true);
        let fault = read_body(&mut stalled, &limits, &mut gate.hold()).await.unwrap_err();
        assert_eq!(fault.code, "slow-body");
    }

    #[test]
    fn request_ids_are_fresh() {
        assert_ne!(RequestId::fresh(), RequestId::fresh());
        assert_eq!(RequestId::fresh().0.len(), 26);
    }
}

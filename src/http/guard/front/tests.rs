use poem::{EndpointExt, RequestBuilder, Route, endpoint::make_sync, get, post};

use super::*;
use crate::http::guard::Limits;

/// Sends one request through the front.
async fn ask(build: impl FnOnce(RequestBuilder) -> Request) -> Response {
    let limits = Limits { body_bytes: 100, form_bytes: 200, ..Limits::default() };
    let echo = poem::endpoint::make(|mut request: Request| async move {
        let bytes = request.take_body().into_bytes_limit(1_000).await?;
        Ok::<_, poem::Error>(bytes.to_vec())
    });
    let app = Route::new()
        .at("/echo", post(echo))
        .at("/panic", get(make_sync(|_| -> Response { panic!("on purpose") })))
        .at("/start/:token", get(make_sync(|_| "started")))
        .with(Front::new(Gate::new(limits), false));
    app.get_response(build(Request::builder().header("host", "127.0.0.1"))).await
}

async fn fetch(path: &'static str, accept: &'static str) -> Response {
    ask(|request| request.uri_str(path).header("accept", accept).finish()).await
}

/// Posts so many bytes with one more header.
async fn send(bytes: usize, name: &'static str, value: &'static str) -> Response {
    ask(|request| {
        let request = request.method(Method::POST).uri_str("/echo").header(name, value);
        request.header("content-length", bytes).body(vec![b'x'; bytes])
    })
    .await
}

#[tokio::test]
async fn every_answer_is_hardened_and_named() {
    let answer = fetch("/start/secret", "*/*").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-request-id").unwrap().len(), 26);
}

#[tokio::test]
async fn a_panic_becomes_a_plain_answer_without_its_text() {
    let answer = fetch("/panic", "text/html").await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let html = answer.into_body().into_string().await.unwrap();
    assert!(html.contains("Something went wrong") && !html.contains("on purpose"), "{html}");
}

#[tokio::test]
async fn unknown_addresses_are_told_to_each_reader_in_its_own_form() {
    let page = fetch("/nowhere", "text/html,*/*").await;
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    assert_eq!(page.content_type(), Some("text/html; charset=utf-8"));
    let problem = fetch("/api/v1/nowhere", "text/html").await;
    assert_eq!(problem.content_type(), Some("application/problem+json"));
    assert_eq!(fetch("/echo", "*/*").await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn bodies_are_limited_and_reach_the_handler_whole() {
    let good = send(100, "accept", "*/*").await;
    assert_eq!(good.status(), StatusCode::OK);
    assert_eq!(good.into_body().into_vec().await.unwrap(), vec![b'x'; 100]);
    let long = send(101, "accept", "*/*").await;
    assert_eq!(long.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(long.header("connection"), Some("close"));
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    assert_eq!(send(200, "content-type", form).await.status(), StatusCode::OK);
    let packed = send(1, "content-encoding", "gzip").await;
    assert_eq!(packed.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[test]
fn paths_are_scrubbed_of_everything_that_could_be_a_token() {
    assert_eq!(scrub("/start/abc"), "/start/..");
    assert_eq!(scrub("/"), "/");
    assert_eq!(scrub("/AbC123/x/y"), "/../..");
    assert_eq!(scrub("/favicon.ico"), "/..");
}

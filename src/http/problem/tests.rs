use super::*;

fn json(refusal: &Refusal) -> (u16, Value) {
    let answer = problem(refusal, None);
    let status = answer.status().as_u16();
    let body = futures_util::FutureExt::now_or_never(answer.into_body().into_vec());
    (status, serde_json::from_slice(&body.unwrap().unwrap()).unwrap())
}

#[test]
fn a_problem_names_code_field_and_mend() {
    let refusal = Refusal::invalid("bad-quantity", "The quantity is no number.")
        .field("lines[2].quantity")
        .got("x")
        .expected("a number above zero")
        .mend("Write 2.5.")
        .with("available", "{\"amount\":\"1.00\",\"currency\":\"EUR\"}");
    let (status, body) = json(&refusal);
    assert_eq!(status, 422);
    assert_eq!(body["type"], "urn:countersign:problem:bad-quantity");
    assert_eq!(body["field"], "lines[2].quantity");
    assert_eq!(body["available"]["amount"], "1.00");
    assert_eq!(body["status"], 422);
}

#[test]
fn each_kind_has_its_status() {
    let of = |refusal: Refusal| status(&refusal).as_u16();
    assert_eq!(of(Refusal::conflict("content-changed", "")), 409);
    assert_eq!(of(Refusal::not_found("order")), 404);
    assert_eq!(of(Refusal::forbidden("cross-site", "")), 403);
    assert_eq!(of(Refusal::unauthenticated("wrong-login", "")), 401);
    assert_eq!(of(Refusal::unavailable("try-again", "")), 503);
    assert_eq!(of(Refusal::unavailable("internal", "")), 500);
    assert_eq!(of(Refusal::unavailable("slow-down", "")), 429);
}

#[test]
fn the_frameworks_errors_speak_the_houses_words() {
    let payload = |reason: &str| {
        let reason = reason.to_owned();
        refusal_of(poem_openapi::error::ParseRequestPayloadError { reason }.into())
    };
    let syntax = payload("expected value at line 1 column 1");
    assert_eq!((status(&syntax).as_u16(), syntax.code), (400, "body-not-json"));
    let shape = payload("failed to parse \"Login\": field `email` is required");
    assert_eq!((status(&shape).as_u16(), shape.code), (422, "body-invalid"));
    assert_eq!(shape.field.as_deref(), Some("email"));
    let gone = refusal_of(poem::error::NotFoundError.into());
    assert_eq!(status(&gone).as_u16(), 404);
    let inner = refusal_of(AppError::internal("secret detail").into());
    assert_eq!(status(&inner).as_u16(), 500);
    assert!(!format!("{inner:?}").contains("secret detail"));
}

#[test]
fn signing_in_comes_back_to_this_server_only() {
    let next = |method: Method, path: &str, referer: &str| {
        let request = Request::builder()
            .method(method)
            .uri_str(path)
            .header("host", "buy.example")
            .header("referer", referer)
            .finish();
        next_after_sign_in(&request)
    };
    assert_eq!(next(Method::GET, "/orders?after=1", ""), "/orders?after=1");
    assert_eq!(next(Method::POST, "/cart/lines", "http://buy.example/shop?q=x"), "/shop?q=x");
    assert_eq!(next(Method::POST, "/cart/lines", "http://evil.example/shop"), "/");
    assert_eq!(next(Method::POST, "/cart/lines", "nonsense"), "/");
}

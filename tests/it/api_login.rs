//! Signing in by the API, and the conventions that every call keeps.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Kind, Server};

async fn login(client: &Client, body: &str) -> Answer {
    let kind = [("content-type", "application/json")];
    client.send(Method::POST, "/api/v1/login", &kind, body.as_bytes().to_vec()).await
}

fn is_problem(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let body = answer.json();
    assert_eq!(body["code"], code, "{body}");
    assert_eq!(body["status"], status, "{body}");
    body
}

#[tokio::test]
async fn a_token_says_who_holds_it_until_it_is_given_back() {
    for kind in Kind::all() {
        let server = Server::demo_on(kind).await;
        let ed = server.api("ed@acme.example").await;
        let me = ed.get("/me").await.expect(200).json();
        assert_eq!(
            (me["email"].as_str(), me["organisation"].as_str()),
            (Some("ed@acme.example"), Some("acme"),)
        );
        let sue = server.api("sue@partsdesk.example").await;
        let me = sue.get("/me").await.expect(200).json();
        assert_eq!((&me["supplier"], &me["organisation"]), (&json!("partsdesk"), &Value::Null));
        ed.post("/logout", json!({})).await.expect(200);
        is_problem(&ed.get("/me").await, 401, "sign-in-needed");
    }
}

#[tokio::test]
async fn a_wrong_pair_gets_one_answer_whoever_it_is() {
    let server = Server::demo().await;
    let client = server.client();
    let mut answers = Vec::new();
    for email in ["ed@acme.example", "nobody@acme.example", "not an address"] {
        let body = json!({"email": email, "password": "marker-7f3a"}).to_string();
        let mut problem = is_problem(&login(&client, &body).await, 401, "wrong-login");
        problem["request_id"] = Value::Null;
        answers.push(problem);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[1], answers[2]);
    // Signing in still works at once, and in any case of the letters.
    let good = json!({"email": "ED@Acme.example", "password": "demo"}).to_string();
    login(&client, &good).await.expect(200);
    assert!(!server.log().contains("marker-7f3a"), "a password stands in the log");
}

#[tokio::test]
async fn a_body_of_another_shape_is_refused_with_its_field() {
    let server = Server::demo().await;
    let client = server.client();
    let field = |answer: &Answer, code: &str, status: u16| {
        is_problem(answer, status, code)["field"].as_str().unwrap_or_default().to_owned()
    };
    let answer = login(&client, r#"{"email":"ed@acme.example","password":4711}"#).await;
    assert_eq!(field(&answer, "body-invalid", 422), "password");
    assert!(!answer.text().contains("4711"), "{}", answer.text());
    let answer = login(&client, r#"{"email":"ed@acme.example"}"#).await;
    assert_eq!(field(&answer, "body-invalid", 422), "password");
    let answer = login(&client, r#"{"email":"a","password":"b","admin":true}"#).await;
    assert_eq!(field(&answer, "body-invalid", 422), "admin");
    let answer = login(&client, "{").await;
    assert_eq!(field(&answer, "body-not-json", 400), "body");
    let kind = [("content-type", "text/plain")];
    let answer = client.send(Method::POST, "/api/v1/login", &kind, b"{}".to_vec()).await;
    is_problem(&answer, 415, "media-type");
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_and_cookies_open_nothing() {
    let server = Server::demo().await;
    let client = server.client();
    is_problem(&client.get("/api/v1/nothing").await, 404, "not-found");
    is_problem(&client.get("/api/v1/login").await, 405, "method");
    is_problem(&client.get("/api/v1/me").await, 401, "sign-in-needed");
    let fields = [("email", "ed@acme.example"), ("password", "demo")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    client.form("/sign-in", &fields).await.expect(303);
    is_problem(&client.get("/api/v1/me").await, 401, "sign-in-needed");
}

#[tokio::test]
async fn the_specification_and_its_page_stand_for_themselves() {
    let server = Server::demo().await;
    let client = server.client();
    let spec = client.get("/api/openapi.json").await.expect(200).json();
    let login = &spec["paths"]["/api/v1/login"]["post"];
    assert_eq!(login["parameters"][0]["name"], "Idempotency-Key");
    assert!(login["responses"]["default"].is_object());
    let page = client.get("/api/docs").await.expect(200);
    assert!(page.text().contains("/api/v1/login"));
    assert!(page.body.len() < 160 * 1024, "{} bytes", page.body.len());
    assert!(!page.text().contains("https://"), "the page leads elsewhere");
}

#[tokio::test]
async fn the_server_says_how_it_is_and_stops_when_told() {
    let mut server = Server::demo().await;
    let client = server.client();
    client.get("/healthz").await.expect(200);
    client.get("/readyz").await.expect(200);
    let figures = client.get("/metrics").await.expect(200).text();
    assert!(figures.contains("route=\"/healthz\""), "{figures}");
    assert!(server.terminate().success());
}

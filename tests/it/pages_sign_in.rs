//! The sign-in page, one-time links and what stands between another site and a session.

use std::process::Output;

use reqwest::Method;

use crate::harness::{Client, Database, Server, html};

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn sign_in(client: &Client, email: &str, next: &str) -> crate::harness::Answer {
    let form = fields(&[("email", email), ("password", "demo"), ("next", next)]);
    client.form("/sign-in", &form).await
}

#[tokio::test]
async fn a_person_signs_in_comes_back_and_signs_out() {
    let server = Server::demo().await;
    let client = server.client();
    let page = [("accept", "text/html")];
    let asked = client.send(Method::GET, "/password?x=1", &page, Vec::new()).await;
    assert_eq!(asked.status, 303);
    assert_eq!(asked.location(), Some("/sign-in?next=%2Fpassword%3Fx%3D1"));
    let form = html::form(&client.open("/sign-in?next=%2Fpassword").await.text(), "Sign in");
    let form = form.unwrap().with("email", "mia@acme.example").with("password", "demo");
    let done = client.form(&form.action, &form.fields).await.expect(303);
    assert_eq!(done.location(), Some("/password"));
    let cookie = done.header("set-cookie").unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let here = client.open("/password").await.expect(200);
    assert!(here.text().contains("Approvals"), "{}", here.text());
    let out = html::form(&here.text(), "Sign out").unwrap();
    client.form(&out.action, &out.fields).await.expect(303);
    // The token itself is dead, not only the cookie.
    let token = cookie.split(';').next().unwrap();
    let again = [("cookie", token), ("accept", "text/html")];
    let answer = server.client().send(Method::GET, "/password", &again, Vec::new()).await;
    assert_eq!(answer.status, 303);
}

#[tokio::test]
async fn nobody_is_sent_elsewhere_after_signing_in() {
    let server = Server::demo().await;
    for bad in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
    {
        let done = sign_in(&server.client(), "ed@acme.example", bad).await.expect(303);
        assert_eq!(done.location(), Some("/"), "{bad}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_on_the_page() {
    let server = Server::demo().await;
    let form =
        fields(&[("email", "ed@acme.example"), ("password", "marker-7f3a"), ("next", "/cart")]);
    let answer = server.client().form("/sign-in", &form).await.expect(401);
    let text = answer.text();
    assert!(text.contains("The e-mail address or the password is wrong."), "{text}");
    assert!(text.contains("value=\"ed@acme.example\"") && text.contains("value=\"/cart\""));
    assert!(!text.contains("marker-7f3a"), "the password is repeated");
    assert!(!server.log().contains("marker-7f3a"), "the password stands in the log");
}

#[tokio::test]
async fn another_site_cannot_post_in_a_persons_name() {
    let server = Server::demo().await;
    let client = server.client();
    sign_in(&client, "ed@acme.example", "/").await.expect(303);
    let page = client.open("/password").await.text();
    let form = html::form(&page, "Sign out").unwrap();
    let token = form.field("csrf").unwrap();
    let post = async |headers: &[(&str, &str)], body: String| {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        client.send(Method::POST, "/sign-out", &all, body.into_bytes()).await.status
    };
    let good = format!("csrf={token}");
    assert_eq!(post(&[("origin", "http://evil.example")], good.clone()).await, 403);
    assert_eq!(post(&[("sec-fetch-site", "cross-site")], good.clone()).await, 403);
    assert_eq!(post(&[], String::new()).await, 403);
    assert_eq!(post(&[], "csrf=00000000000000000000000000000000".to_owned()).await, 403);
    assert_eq!(post(&[], format!("{good}&{good}")).await, 422);
    assert_eq!(post(&[("sec-fetch-site", "same-origin")], good).await, 303);
}

#[tokio::test]
async fn a_session_idles_away() {
    let server = Server::demo().await;
    let client = server.client();
    sign_in(&client, "ed@acme.example", "/").await.expect(303);
    client.get("/password").await.expect(200);
    server.advance("PT29M").await;
    client.get("/password").await.expect(200);
    server.advance("PT29M").await;
    client.get("/password").await.expect(200);
    server.advance("PT31M").await;
    client.get("/password").await.expect(401);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let server = Server::demo().await;
    let (one, other) = (server.client(), server.client());
    sign_in(&one, "ed@acme.example", "/").await.expect(303);
    sign_in(&other, "ed@acme.example", "/").await.expect(303);
    let form = html::form(&one.open("/password").await.text(), "Change password").unwrap();
    let filled = |new: &str, old: &str| {
        form.clone().with("old", old).with("password", new).with("again", new).fields
    };
    let short = one.form("/password", &filled("short", "demo")).await.expect(422).text();
    assert!(short.contains("12 to 200 characters") || short.contains("too short"), "{short}");
    one.form("/password", &filled("three plain words", "wrong")).await.expect(422);
    one.form("/password", &filled("three plain words", "demo")).await.expect(303);
    one.get("/password").await.expect(200);
    other.get("/password").await.expect(401);
    sign_in(&other, "ed@acme.example", "/").await.expect(401);
}

fn init(database: &Database) -> Output {
    std::process::Command::new(crate::harness::server::binary())
        .args(["init", "--organisation", "Umbrella Ltd", "--currency", "GBP"])
        .args(["--admin", "ann@umbrella.example", "--data"])
        .arg(database.folder())
        .output()
        .unwrap()
}

#[tokio::test]
async fn the_first_admin_sets_a_password_by_a_link_that_works_once() {
    let database = Database::new(crate::harness::Kind::Sqlite).await;
    let made = init(&database);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let out = String::from_utf8(made.stdout).unwrap();
    let link = out.lines().find(|line| line.starts_with("http")).unwrap();
    let path = url::Url::parse(link).unwrap().path().to_owned();
    let again = init(&database);
    assert!(!again.status.success());
    let fault = String::from_utf8(again.stderr).unwrap();
    assert!(fault.contains("umbrella-ltd"), "{fault}");
    // The demo keeps the world it finds.
    let server = Server::demo_in(database);
    let client = server.client();
    let form = html::form(&client.open(&path).await.text(), "Set password").unwrap();
    let new = form.with("password", "three plain words").with("again", "three plain words");
    client.form(&new.action, &new.fields).await.expect(303);
    let home = client.open("/password").await.expect(200);
    assert!(home.text().contains("Umbrella Ltd"));
    client.form(&new.action, &new.fields).await.expect(409);
    client.get(&format!("{}x", &path[..path.len() - 1])).await.expect(404);
}

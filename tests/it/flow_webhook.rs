//! Webhooks: signed events in the transaction of the fact, tried again until they are accepted; and
//! what an admin keeps beside them.

use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use poem::{
    EndpointExt, Request, Server as Http, handler,
    http::StatusCode,
    listener::{Acceptor, Listener, TcpListener},
    web::Data,
};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::{Server, html, site::eventually};

/// What arrived: id, signature, body.
type Heard = Arc<Mutex<Vec<(String, String, String)>>>;

/// Says no the first time, and yes from then on.
#[handler]
async fn hook(request: &Request, body: String, heard: Data<&Heard>) -> StatusCode {
    let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
    let mut heard = heard.lock().unwrap();
    heard.push((header("countersign-event"), header("countersign-signature"), body));
    if heard.len() == 1 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}

async fn listen() -> (String, Heard) {
    let heard = Heard::default();
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
    let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
    let endpoint = hook.data(Arc::clone(&heard));
    tokio::spawn(Http::new_with_acceptor(acceptor).run(endpoint));
    (format!("http://{address}/hook"), heard)
}

fn holds(secret: &str, signature: &str, body: &str) -> bool {
    let (time, sent) = signature.split_once(",v1=").expect("t=..,v1=..");
    let time = time.strip_prefix("t=").expect("a time");
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    let bytes = mac.finalize().into_bytes();
    sent == bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
}

#[tokio::test]
async fn an_event_is_signed_tried_again_and_recognised_by_its_id() {
    for server in Server::everywhere().await {
        let (url, heard) = listen().await;
        let ada = server.api("ada@acme.example").await;
        let kinds = ["requisition-approved", "order-issued"];
        let made = ada.post("/webhooks", json!({"url": url, "kinds": kinds})).await.expect(201);
        let made = made.json();
        let secret = made["secret"].as_str().expect("shown once").to_owned();
        assert!(!Value::from(ada.list("/webhooks").await).to_string().contains(&secret));
        let ed = server.api("ed@acme.example").await;
        ed.post("/webhooks", json!({"url": url, "kinds": kinds})).await.expect(404);
        let it = ed.requisition(&[("PEN-01", "office-one", "2")], "4100").await;
        let many = || async { heard.lock().unwrap().len() };
        eventually("both events once", || async { many().await >= 2 }).await;
        server.advance("PT10S").await;
        eventually("the first again", || async { many().await >= 3 }).await;
        let all = heard.lock().unwrap().clone();
        assert_eq!(all.iter().filter(|one| one.0 == all[0].0).count(), 2, "{all:?}");
        for (id, signature, body) in &all {
            assert!(holds(&secret, signature, body), "{signature} {body}");
            let body: Value = serde_json::from_str(body).unwrap();
            assert_eq!(body["event"], id.as_str());
        }
        let told: Vec<Value> =
            all.iter().map(|one| serde_json::from_str(&one.2).unwrap()).collect();
        let issued = told.iter().find(|one| one["kind"] == "order-issued").expect("an order");
        assert_eq!(issued["data"]["requisition"], it["id"], "{issued}");
        let path = format!("/webhooks/{}/events", made["id"].as_str().unwrap());
        let arrived = || async {
            let events = ada.list(&path).await;
            events.len() == 2 && events.iter().all(|one| one["state"] == "delivered")
        };
        eventually("both delivered", arrived).await;
        let browser = server.signed_in("ada@acme.example").await;
        let page = format!("/admin/webhooks/{}", made["id"].as_str().unwrap());
        let page = browser.get(&page).await.expect(200).text();
        assert!(page.contains("order-issued") && page.contains("HTTP 200"), "{page}");
        // Once removed, nobody is told.
        let page = browser.get("/admin/webhooks").await.expect(200).text();
        let form = html::form(&page, "Remove").expect("a way out");
        browser.submit(&form.action, &form.fields).await.expect(200);
        let before = many().await;
        ed.requisition(&[("PEN-01", "office-one", "1")], "4100").await;
        server.advance("PT10S").await;
        assert_eq!(many().await, before);
    }
}

/// Never answers.
#[handler]
async fn silent(heard: Data<&Heard>) -> StatusCode {
    heard.lock().unwrap().push(Default::default());
    tokio::time::sleep(std::time::Duration::from_secs(90)).await;
    StatusCode::OK
}

#[tokio::test]
async fn an_address_that_is_slow_holds_up_no_other() {
    let server = Server::demo().await;
    let ((url, heard), stuck) = (listen().await, Heard::default());
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
    let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
    tokio::spawn(Http::new_with_acceptor(acceptor).run(silent.data(Arc::clone(&stuck))));
    let ada = server.api("ada@acme.example").await;
    for url in [format!("http://{address}/slow"), url] {
        let body = json!({"url": url, "kinds": ["requisition-approved", "order-issued"]});
        ada.post("/webhooks", body).await.expect(201);
    }
    let ed = server.api("ed@acme.example").await;
    let began = std::time::Instant::now();
    for _ in 0..6 {
        ed.requisition(&[("PEN-01", "office-one", "1")], "4100").await;
    }
    eventually("twelve events", || async { heard.lock().unwrap().len() >= 12 }).await;
    assert!(began.elapsed().as_secs() < 25, "{:?}", began.elapsed());
    assert_eq!(stuck.lock().unwrap().len(), 1, "one at a time of one address");
}

#[tokio::test]
async fn an_admin_adds_an_address_on_the_page_and_the_address_rules_hold() {
    let server = Server::demo().await;
    let browser = server.signed_in("ada@acme.example").await;
    let page = browser.get("/admin/webhooks").await.expect(200).text();
    let form = html::form(&page, "Add").expect("a form");
    let odd = form.clone().with("url", "ftp://erp.example/x").with("kind-order-issued", "yes");
    let refused = browser.form("/admin/webhooks", &odd.fields).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    let form = form.with("url", "https://erp.example/x").with("kind-order-issued", "yes");
    let made = browser.form("/admin/webhooks", &form.fields).await.expect(200).text();
    assert!(made.contains("The secret") && made.contains("https://erp.example/x"), "{made}");
    let again = browser.get("/admin/webhooks").await.expect(200).text();
    assert!(!again.contains("The secret"));
}

#[tokio::test]
async fn sign_off_settings_and_holidays_are_kept_on_a_page() {
    let server = Server::demo().await;
    let browser = server.signed_in("ada@acme.example").await;
    let page = browser.get("/admin/sign-off").await.expect(200).text();
    let form = html::form(&page, "Save").expect("a form");
    assert_eq!(form.field("remind_after"), Some("1"));
    let wrong = form.clone().with("escalate_after", "1").with("approver_quantity", "yes");
    assert_eq!(browser.form("/admin/sign-off", &wrong.fields).await.status, 422);
    let form = form.with("remind_after", "2").with("tolerance", "7.5");
    browser.submit("/admin/sign-off", &form.fields).await.expect(200);
    let form = html::form(&page, "Save holidays").expect("a form");
    let days = "2026-12-25 Christmas Day\r\n2027-01-01 New Year";
    browser
        .submit("/admin/sign-off/holidays", &form.with("holidays", days).fields)
        .await
        .expect(200);
    let ada = server.api("ada@acme.example").await;
    let now = ada.get("/sign-off").await.expect(200).json();
    assert_eq!((&now["remind_after"], &now["tolerance"]), (&json!(2), &json!("7.5")));
    assert_eq!(ada.list("/holidays").await.len(), 2);
}

#[tokio::test]
async fn a_budget_that_only_warns_says_so_to_everybody_concerned() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let budgets = ada.list("/budgets").await;
    let of = |one: &&Value| one["cost_center"] == "4100";
    let budget = budgets.iter().find(of).expect("a budget of 4100");
    let change = json!({"mode": "warn", "limit": {"amount": "1000.00", "currency": "EUR"}});
    let path = format!("/budgets/{}", budget["id"].as_str().unwrap());
    ada.put(&path, change).await.expect(200);
    let ed = server.signed_in("ed@acme.example").await;
    let api = server.api("ed@acme.example").await;
    let cart = api.cart(&[("DESK-01", "office-one", "4")]).await;
    let body = json!({"cost_center": "4100"});
    let preview = api.post(&format!("/carts/{cart}/preview"), body).await;
    let said = "does not cover 1,800.00 EUR";
    assert!(preview.text().contains(said), "{}", preview.text());
    let made = api.post(&format!("/carts/{cart}/submit"), json!({"cost_center": "4100"})).await;
    let made = made.expect(201).json();
    let page = ed.get(&format!("/requisitions/{}", made["id"].as_str().unwrap())).await;
    assert!(page.expect(200).text().contains(said));
    let mia = server.api("mia@acme.example").await;
    let task = mia.list("/tasks").await[0]["id"].as_str().unwrap().to_owned();
    let page = server.signed_in("mia@acme.example").await.get(&format!("/approvals/{task}")).await;
    assert!(page.expect(200).text().contains(said));
}

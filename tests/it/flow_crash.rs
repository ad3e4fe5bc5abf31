//! `kill -9` at any moment: nothing that was answered is lost, nothing happens twice.

use std::time::Duration;

use rand::RngExt;
use serde_json::{Value, json};

use crate::harness::{Api, Kind, Server, Site, api::lines_of, client::CutOff, site::eventually};

const LINES: &[(&str, &str, &str)] = &[
    ("LAPTOP-01", "office-one", "5"),
    ("DRILL-01", "toolworks", "2"),
    ("BOLT-M8", "partsdesk", "1000"),
];
const APPROVERS: &[&str] = &["mia@acme.example", "ivy@acme.example", "dan@acme.example"];
/// Kills in the loop; the fast run on PostgreSQL needs fewer, as SQLite has them all.
const KILLS: usize = 50;

/// One journey, cut off anywhere and taken up again; every call carries a key of its own.
struct Journey {
    number: usize,
    cart: Option<String>,
    requisition: Option<Value>,
}

impl Journey {
    /// Goes as far as the server lives. Whatever was answered stays known.
    async fn go(&mut self, tokens: &Tokens) -> Result<(), CutOff> {
        let ed = &tokens.ed;
        if self.cart.is_none() {
            let key = format!("cart-{}", self.number);
            let answer = ed.attempt("/carts", &key, json!({})).await?;
            self.cart = Some(answer["id"].as_str().unwrap().to_owned());
        }
        let cart = self.cart.clone().unwrap();
        if self.requisition.is_none() {
            // After a submit whose answer was lost, the cart says so; the key gives the answer.
            let _ = ed.attempt_put(&format!("/carts/{cart}/lines"), lines_of(LINES)).await?;
            let key = format!("submit-{}", self.number);
            let body = json!({"cost_center": "4100"});
            let answer = ed.attempt(&format!("/carts/{cart}/submit"), &key, body).await?;
            self.requisition = Some(answer);
        }
        let requisition = self.requisition.clone().unwrap();
        for (mail, api) in &tokens.approvers {
            let steps = requisition["plan"]["steps"].as_array().unwrap();
            let mut tasks = steps.iter().flat_map(|s| s["tasks"].as_array().unwrap());
            let task = tasks.find(|t| t["assignee"] == *mail).unwrap()["id"].as_str().unwrap();
            let key = format!("decide-{}-{mail}", self.number);
            let hash = requisition["content_hash"].clone();
            let body = json!({"decision": "approve", "content_hash": hash});
            api.attempt(&format!("/tasks/{task}/decide"), &key, body).await?;
        }
        Ok(())
    }
}

struct Tokens {
    ed: Api,
    approvers: Vec<(&'static str, Api)>,
}

impl Tokens {
    async fn of(server: &Server) -> Self {
        let mut approvers = Vec::new();
        for mail in APPROVERS {
            approvers.push((*mail, server.api(mail).await));
        }
        Self { ed: server.api("ed@acme.example").await, approvers }
    }
}

async fn killed_often(kind: Kind, kills: usize) {
    let site = Site::open().await;
    let mut server = Server::demo_on(kind).await;
    let delivery = json!({
        "channel": "cxml",
        "url": site.url(),
        "identity": "111111111",
        "secret": "office-one-secret",
    });
    let ada = server.api("ada@acme.example").await;
    ada.put("/suppliers/office-one/delivery", delivery).await.expect(200);
    // Tokens live in the database, so they outlive the process.
    let tokens = Tokens::of(&server).await;
    let mut done = 0;
    let mut journey = Journey { number: 0, cart: None, requisition: None };
    for _ in 0..kills {
        let moment = Duration::from_millis(rand::rng().random_range(0..600));
        let running = async {
            loop {
                if journey.go(&tokens).await.is_err() {
                    return;
                }
                done += 1;
                journey = Journey { number: done, cart: None, requisition: None };
            }
        };
        let _ = tokio::time::timeout(moment, running).await;
        server.kill();
        server.restart();
    }
    // The client's kept connections died with the last server: as any client it asks once more.
    if journey.go(&tokens).await.is_err() {
        journey.go(&tokens).await.unwrap();
    }
    done += 1;

    let requisitions = tokens.ed.list("/requisitions").await;
    assert_eq!(requisitions.len(), done, "one requisition a journey");
    for requisition in &requisitions {
        assert!(matches!(requisition["state"].as_str(), Some("ordered" | "approved")));
    }
    let orders = tokens.ed.list("/orders").await;
    assert_eq!(orders.len(), 3 * done, "three orders a journey");
    let mut numbers: Vec<String> = orders.iter().map(|o| o["number"].to_string()).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), orders.len(), "no number twice");
    eventually("each cXML order has arrived", || async { site.payloads().len() >= done }).await;
    assert_eq!(site.payloads().len(), done, "each cXML order once");
    let verified = server.command(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[tokio::test]
async fn fifty_kills_at_random_moments_lose_nothing_and_double_nothing() {
    killed_often(Kind::Sqlite, KILLS).await;
}

#[tokio::test]
async fn kills_on_postgresql_lose_nothing_and_double_nothing() {
    if Kind::all().contains(&Kind::Postgres) {
        killed_often(Kind::Postgres, KILLS / 5).await;
    }
}

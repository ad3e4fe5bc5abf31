//! Acme: a requisition finds its approvers, nobody else, and becomes one order per supplier.

use serde_json::{Value, json};

use crate::harness::{Api, Server, api::asked};

const LARGE: &[(&str, &str, &str)] = &[
    ("LAPTOP-01", "office-one", "5"),
    ("DRILL-01", "toolworks", "2"),
    ("BOLT-M8", "partsdesk", "1000"),
];

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

async fn state(api: &Api, requisition: &str) -> String {
    let now = api.get(&format!("/requisitions/{requisition}")).await.expect(200).json();
    now["state"].as_str().expect("a state").to_owned()
}

/// Task ids of a plan by assignee.
fn task_of(requisition: &Value, mail: &str) -> String {
    let steps = requisition["plan"]["steps"].as_array().expect("steps");
    let mut tasks = steps.iter().flat_map(|step| step["tasks"].as_array().expect("tasks"));
    let task = tasks.find(|task| task["assignee"] == mail);
    id(task.unwrap_or_else(|| panic!("no task of {mail}"))).to_owned()
}

#[tokio::test]
async fn a_large_cart_is_signed_off_in_order_and_becomes_three_orders() {
    for server in Server::everywhere().await {
        let ed = server.api("ed@acme.example").await;
        let requisition = ed.requisition(LARGE, "4100").await;
        let it = id(&requisition);
        assert_eq!(requisition["total"], json!({"amount": "6214.80", "currency": "EUR"}));
        assert_eq!(requisition["state"], "pending");
        let plan = [vec!["ivy@acme.example", "mia@acme.example"], vec!["dan@acme.example"]];
        assert_eq!(asked(&requisition), plan);

        let dan = server.api("dan@acme.example").await;
        assert!(!dan.is_asked(it).await, "dan is asked before his turn");
        for outsider in ["ed@acme.example", "ada@acme.example", "carla@acme.example"] {
            let api = server.api(outsider).await;
            assert!(!api.is_asked(it).await, "{outsider} is asked");
            for owner in ["mia@acme.example", "ivy@acme.example", "dan@acme.example"] {
                let task = task_of(&requisition, owner);
                let body = json!({
                    "decision": "approve",
                    "content_hash": requisition["content_hash"],
                });
                let answer = api.post(&format!("/tasks/{task}/decide"), body).await;
                assert!(matches!(answer.status, 403 | 404), "{outsider}: {}", answer.text());
            }
        }
        server.api("mia@acme.example").await.decide(it, "approve").await.expect(200);
        assert!(!dan.is_asked(it).await, "dan is asked while ivy still thinks");
        server.api("ivy@acme.example").await.decide(it, "approve").await.expect(200);
        assert_eq!(state(&ed, it).await, "pending");
        dan.decide(it, "approve").await.expect(200);

        let done = ed.get(&format!("/requisitions/{it}")).await.expect(200).json();
        assert!(matches!(done["state"].as_str(), Some("ordered" | "approved")), "{done}");
        let orders = ed.list("/orders").await;
        let mut suppliers: Vec<_> = orders.iter().map(|o| o["supplier"].to_string()).collect();
        suppliers.sort();
        assert_eq!(suppliers, ["\"office-one\"", "\"partsdesk\"", "\"toolworks\""]);
        let mut totals: Vec<_> = orders.iter().map(|o| o["total"]["amount"].to_string()).collect();
        totals.sort();
        assert_eq!(totals, ["\"179.80\"", "\"35.00\"", "\"6000.00\""]);
    }
}

#[tokio::test]
async fn the_limit_itself_needs_nobody_and_a_cent_more_asks_the_manager() {
    for server in Server::everywhere().await {
        nobody_up_to_the_limit(&server).await;
    }
}

async fn nobody_up_to_the_limit(server: &Server) {
    let ed = server.api("ed@acme.example").await;
    for quantity in ["400", "500"] {
        let free = ed.requisition(&[("PEN-01", "office-one", quantity)], "4100").await;
        assert!(asked(&free).is_empty(), "{quantity}: {free}");
        assert!(matches!(free["state"].as_str(), Some("ordered" | "approved")), "{free}");
    }
    let pens = ("PEN-01", "office-one", "500");
    let cart = ed.cart(&[pens]).await;
    let preview = ed.post(&format!("/carts/{cart}/preview"), json!({"cost_center": "4100"})).await;
    assert_eq!(preview.status, 200, "{}", preview.text());
    let above = ed.requisition(&[("PEN-01", "office-one", "501")], "4100").await;
    assert_eq!(asked(&above), [["mia@acme.example"]]);
    // A bolt costs 0.035, so 0.04: no cart comes closer above the limit.
    let bit = [pens, ("BOLT-M8", "partsdesk", "1")];
    assert_eq!(asked(&ed.requisition(&bit, "4100").await), [["mia@acme.example"]]);
}

#[tokio::test]
async fn a_closed_budget_blocks_and_an_open_one_asks_the_director_last() {
    for server in Server::everywhere().await {
        budgets_block_or_ask(&server).await;
    }
}

async fn budgets_block_or_ask(server: &Server) {
    let ed = server.api("ed@acme.example").await;
    let cart = ed.cart(&[("DESK-01", "office-one", "23")]).await;
    let body = json!({"cost_center": "4200"});
    let refused = ed.post(&format!("/carts/{cart}/submit"), body).await.expect(422).json();
    assert_eq!(refused["code"], "budget-exceeded", "{refused}");
    assert!(refused["available"].to_string().contains("10000.00"), "{refused}");

    let over = ed.requisition(&[("DESK-01", "office-one", "223")], "4100").await;
    let people = asked(&over);
    assert_eq!(people.last(), Some(&vec!["dan@acme.example".to_owned()]), "{over}");
    let dans = people.iter().flatten().filter(|m| *m == "dan@acme.example").count();
    assert_eq!(dans, 1, "the director is asked once: {over}");
}

#[tokio::test]
async fn a_changed_content_voids_decisions_and_old_hashes() {
    for server in Server::everywhere().await {
        let ed = server.api("ed@acme.example").await;
        let first = ed.requisition(&[("DESK-01", "office-one", "12")], "4100").await;
        let it = id(&first);
        server.api("mia@acme.example").await.decide(it, "approve").await.expect(200);
        let lines = crate::harness::api::lines_of(&[("DESK-01", "office-one", "13")]);
        let changed = ed.put(&format!("/requisitions/{it}/lines"), lines).await.expect(200);
        let changed = changed.json();
        assert_ne!(changed["content_hash"], first["content_hash"]);
        assert_eq!(changed["total"]["amount"], "5850.00");
        let mia = server.api("mia@acme.example").await;
        assert!(mia.is_asked(it).await, "mia's decision is void");
        let task = task_of(&changed, "mia@acme.example");
        let old = json!({"decision": "approve", "content_hash": first["content_hash"]});
        let answer = mia.post(&format!("/tasks/{task}/decide"), old).await.expect(409).json();
        assert_eq!(answer["code"], "content-changed");
        mia.decide(it, "approve").await.expect(200);
        server.api("dan@acme.example").await.decide(it, "approve").await.expect(200);
        assert!(matches!(state(&ed, it).await.as_str(), "ordered" | "approved"));
    }
}

#[tokio::test]
async fn a_rejected_or_withdrawn_requisition_orders_nothing_and_frees_the_budget() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let rejected = ed.requisition(&[("DESK-01", "office-one", "4")], "4100").await;
    mia.decide(id(&rejected), "reject").await.expect(200);
    assert_eq!(state(&ed, id(&rejected)).await, "rejected");
    let withdrawn = ed.requisition(&[("DESK-01", "office-one", "4")], "4100").await;
    let path = format!("/requisitions/{}/withdraw", id(&withdrawn));
    let answer = ed.post(&path, json!({})).await;
    assert!(matches!(answer.status, 200 | 204), "{}", answer.text());
    assert!(!mia.is_asked(id(&withdrawn)).await);
    assert!(ed.list("/orders").await.is_empty());
    let budgets = server.api("ada@acme.example").await.list("/budgets").await;
    let budget = budgets.iter().find(|b| b["cost_center"] == "4100").expect("a budget");
    assert_eq!(budget["reserved"]["amount"], "0.00", "{budget}");
    assert_eq!(budget["available"]["amount"], "100000.00", "{budget}");
}

#[tokio::test]
async fn a_call_with_a_key_happens_once() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let cart = ed.cart(&[("PEN-01", "office-one", "2")]).await;
    let path = format!("/carts/{cart}/submit");
    let body = json!({"cost_center": "4100"});
    let first = ed.post_once(&path, "key-1", body.clone()).await.expect(201);
    let again = ed.post_once(&path, "key-1", body).await.expect(201);
    assert_eq!(first.json()["id"], again.json()["id"]);
    let other = ed.post_once(&path, "key-1", json!({"cost_center": "4200"})).await.expect(409);
    assert_eq!(other.json()["code"], "key-reused");
    assert_eq!(ed.list("/requisitions").await.len(), 1);
}

#[tokio::test]
async fn what_one_may_not_see_is_not_there() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let mine = ed.requisition(&[("DESK-01", "office-one", "4")], "4100").await;
    let stranger = server.api("ed@globex.example").await;
    let path = format!("/requisitions/{}", id(&mine));
    assert_eq!(stranger.get(&path).await.expect(404).json()["code"], "not-found");
    let lines = crate::harness::api::lines_of(&[("PEN-01", "office-one", "1")]);
    stranger.put(&format!("{path}/lines"), lines).await.expect(404);
    stranger.post(&format!("{path}/withdraw"), json!({})).await.expect(404);
    assert!(stranger.list("/requisitions").await.is_empty());
}

#[tokio::test]
async fn numbers_instead_of_texts_and_unknown_things_are_refused_with_their_field() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let cart = ed.post("/carts", json!({})).await.json();
    let path = format!("/carts/{}/lines", id(&cart));
    for line in [
        json!({"sku": "PEN-01", "supplier": "office-one", "quantity": 3}),
        json!({"sku": "PEN-01", "supplier": "office-one", "quantity": "-1"}),
        json!({"sku": "PEN-01", "supplier": "office-one", "quantity": "1e3"}),
        json!({"sku": "NONE-99", "supplier": "office-one", "quantity": "1"}),
    ] {
        let answer = ed.put(&path, json!({"lines": [line]})).await.expect(422);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert!(answer.json()["code"].is_string(), "{}", answer.text());
    }
}

//! Single lines rejected and changed, and what an edit reopens: exactly the steps it concerns.

use serde_json::{Value, json};

use crate::harness::{Api, Server};

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

async fn now(api: &Api, requisition: &Value) -> Value {
    api.get(&format!("/requisitions/{}", id(requisition))).await.expect(200).json()
}

/// `mia approved`, `dan open` of every task, in the plan's order.
fn plan(requisition: &Value) -> Vec<String> {
    let steps = requisition["plan"]["steps"].as_array().cloned().unwrap_or_default();
    let tasks = steps.iter().flat_map(|step| step["tasks"].as_array().cloned().expect("tasks"));
    let mut told: Vec<String> = tasks
        .map(|task| {
            let who = task["assignee"].as_str().expect("mail");
            let who = who.split('@').next().expect("a name");
            format!("{who} {}", task["state"].as_str().expect("a state"))
        })
        .collect();
    told.sort();
    told
}

/// Decides one's own open task with words about single lines.
async fn decide_lines(api: &Api, requisition: &Value, lines: Value) -> crate::harness::Answer {
    let tasks = api.list("/tasks").await;
    let task = tasks.iter().find(|task| task["requisition"] == id(requisition)).expect("a task");
    let body = json!({
        "decision": "approve",
        "content_hash": task["content_hash"],
        "lines": lines,
    });
    api.post(&format!("/tasks/{}/decide", id(task)), body).await
}

async fn amend(api: &Api, requisition: &Value, body: Value) -> Value {
    let path = format!("/requisitions/{}/amend", id(requisition));
    api.post(&path, body).await.expect(200).json()
}

/// Five laptops, two drills, a thousand bolts: Mia and Ivy, then Dan.
const LARGE: &[(&str, &str, &str)] = &[
    ("LAPTOP-01", "office-one", "5"),
    ("DRILL-01", "toolworks", "2"),
    ("BOLT-M8", "partsdesk", "1000"),
];

fn lines(quantities: [&str; 3]) -> Value {
    let mut all = Vec::new();
    for ((sku, supplier, _), quantity) in LARGE.iter().zip(quantities) {
        all.push(json!({"sku": sku, "supplier": supplier, "quantity": quantity}));
    }
    Value::Array(all)
}

#[tokio::test]
async fn a_rejected_line_falls_away_and_the_rest_goes_on() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let ivy = server.api("ivy@acme.example").await;
    let it = ed.requisition(LARGE, "4100").await;
    ivy.decide(id(&it), "approve").await.expect(200);
    let no_reason = decide_lines(&mia, &it, json!([{"line": 2, "reject": " "}])).await;
    let no_reason = no_reason.expect(422).json();
    assert_eq!(no_reason["code"], "reason-missing");
    assert_eq!(no_reason["field"], "lines[0].reject", "{no_reason}");
    decide_lines(&mia, &it, json!([{"line": 2, "reject": "We have drills."}])).await.expect(200);
    let after = now(&ed, &it).await;
    assert_eq!(after["total"]["amount"], "6035.00");
    assert_ne!(after["content_hash"], it["content_hash"]);
    assert_eq!(plan(&after), ["dan open", "ivy approved", "mia approved"], "{after}");
    let edits = after["line_edits"].as_array().cloned().unwrap_or_default();
    assert_eq!(edits[0]["what"], "rejected", "{after}");
    assert_eq!(edits[0]["reason"], "We have drills.");
    assert_eq!(edits[0]["by"], "mia@acme.example");
    server.api("dan@acme.example").await.decide(id(&it), "approve").await.expect(200);
    let orders = ed.list("/orders").await;
    assert_eq!(orders.len(), 2, "no order to toolworks: {orders:?}");
}

#[tokio::test]
async fn without_any_line_left_all_is_rejected() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let it = ed.requisition(&[("DESK-01", "office-one", "4")], "4100").await;
    let said = decide_lines(&mia, &it, json!([{"line": 1, "reject": "Too dear."}])).await;
    let said = said.expect(200).json();
    assert_eq!(said["state"], "rejected", "{said}");
    let after = now(&ed, &it).await;
    assert_eq!(after["state"], "rejected", "{after}");
    assert_eq!(after["reject_reason"], "Too dear.");
}

#[tokio::test]
async fn an_approvers_edit_reopens_what_it_concerns_beyond_the_tolerance() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let ivy = server.api("ivy@acme.example").await;
    let it = ed.requisition(LARGE, "4100").await;
    ivy.decide(id(&it), "approve").await.expect(200);
    // Bolts are no laptops: Ivy's signature stands although the bolts cost far more.
    decide_lines(&mia, &it, json!([{"line": 3, "quantity": "20000"}])).await.expect(200);
    let after = now(&ed, &it).await;
    assert_eq!(after["total"]["amount"], "6879.80");
    assert_eq!(plan(&after), ["dan open", "ivy approved", "mia approved"], "{after}");
    // Dan buys one laptop more: that concerns Ivy and Mia, and he has signed himself.
    let dan = server.api("dan@acme.example").await;
    decide_lines(&dan, &it, json!([{"line": 1, "quantity": "6"}])).await.expect(200);
    let after = now(&ed, &it).await;
    assert_eq!(after["state"], "pending");
    let told = plan(&after);
    assert!(
        told.contains(&"ivy open".to_owned()) && told.contains(&"mia open".to_owned()),
        "{told:?}"
    );
    // What a requester may not: decide by the way of an edit.
    let task = mia.list("/tasks").await[0].clone();
    let body = json!({
        "decision": "approve",
        "content_hash": task["content_hash"],
        "lines": [{"line": 2, "quantity": "1"}],
    });
    let refused = ed.post(&format!("/tasks/{}/decide", id(&task)), body).await.expect(403).json();
    assert_eq!(refused["code"], "self-approval");
}

#[tokio::test]
async fn the_edit_rule_says_what_an_approver_may_change() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let mut rule = ada.get("/sign-off").await.expect(200).json();
    rule["approver_quantity"] = json!(false);
    ada.put("/sign-off", rule).await.expect(200);
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let it = ed.requisition(&[("DESK-01", "office-one", "4")], "4100").await;
    let refused = decide_lines(&mia, &it, json!([{"line": 1, "quantity": "3"}])).await;
    assert_eq!(refused.expect(403).json()["code"], "edit-not-allowed");
    let account = json!([{"line": 1, "account": {"name": "GL", "value": "6815"}}]);
    decide_lines(&mia, &it, account).await.expect(200);
    assert!(matches!(now(&ed, &it).await["state"].as_str(), Some("ordered")));
}

#[tokio::test]
async fn a_requesters_change_reopens_exactly_the_stated_steps() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let ivy = server.api("ivy@acme.example").await;
    let it = ed.requisition(LARGE, "4100").await;
    mia.decide(id(&it), "approve").await.expect(200);
    ivy.decide(id(&it), "approve").await.expect(200);
    let all_signed = ["dan open", "ivy approved", "mia approved"];
    // Within 5 percent: nobody signs again.
    let done = amend(&ed, &it, json!({"lines": lines(["5", "2", "1040"])})).await;
    assert_eq!(done["facets"], json!(["within"]), "{done}");
    assert_eq!(plan(&now(&ed, &it).await), all_signed);
    // Less: nobody.
    let done = amend(&ed, &it, json!({"lines": lines(["5", "1", "1040"])})).await;
    assert_eq!(done["facets"], json!(["less"]), "{done}");
    assert_eq!(plan(&now(&ed, &it).await), all_signed);
    // A comment: nobody. Another place: the first step over the whole, Mia, and not the reviewer.
    amend(&ed, &it, json!({"comment": "Please before Christmas."})).await;
    assert_eq!(plan(&now(&ed, &it).await), all_signed);
    let done = amend(&ed, &it, json!({"ship_to": "plant"})).await;
    assert_eq!(done["facets"], json!(["ship-to"]), "{done}");
    assert_eq!(plan(&now(&ed, &it).await), ["dan waiting", "ivy approved", "mia open"]);
    mia.decide(id(&it), "approve").await.expect(200);
    // Many small steps are one large one: 1040 and 1040 again is beyond what was signed.
    let done = amend(&ed, &it, json!({"lines": lines(["5", "1", "1085"])})).await;
    assert_eq!(done["facets"], json!(["more"]), "{done}");
    assert_eq!(plan(&now(&ed, &it).await), ["dan waiting", "ivy approved", "mia open"]);
    mia.decide(id(&it), "approve").await.expect(200);
    // A laptop more: everybody.
    amend(&ed, &it, json!({"lines": lines(["6", "1", "1085"])})).await;
    assert_eq!(plan(&now(&ed, &it).await), ["dan waiting", "ivy open", "mia open"]);
    // The fixed way voids everything.
    let path = format!("/requisitions/{}/lines", id(&it));
    mia.decide(id(&it), "approve").await.expect(200);
    ed.put(&path, json!({"lines": lines(["6", "1", "1086"])})).await.expect(200);
    assert_eq!(plan(&now(&ed, &it).await), ["dan waiting", "ivy open", "mia open"]);
}

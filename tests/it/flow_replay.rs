//! What-if on a past that is known: `demo --history` against differences computed here by hand;
//! shadow runs; activation at a time; votes, warnings and added approvers on a running server.

use serde_json::{Value, json};

use crate::harness::{Api, Kind, Server, api::asked, site::eventually};

fn cents(requisition: &Value) -> i64 {
    requisition["total"]["amount"].as_str().expect("an amount").replace('.', "").parse().unwrap()
}

fn is_technology(requisition: &Value) -> bool {
    let lines = requisition["lines"].as_array().expect("lines");
    lines.iter().any(|line| line["unspsc"].as_str().unwrap().starts_with("43"))
}

async fn csv(admin: &Api, kind: &str) -> String {
    let now = admin.get(&format!("/policies/{kind}")).await.expect(200).json();
    now["csv"].as_str().expect("csv").to_owned()
}

async fn replay(admin: &Api, kind: &str, csv: &str) -> Value {
    admin.post("/policies/replay", json!({"kind": kind, "csv": csv})).await.expect(200).json()
}

#[tokio::test]
async fn a_replay_over_history_equals_the_difference_computed_by_hand() {
    let server = Server::demo_with(Kind::Sqlite, &["--history", "300"]).await;
    let ada = server.api("ada@acme.example").await;
    let past = ada.list("/requisitions").await;
    assert_eq!(past.len(), 300);
    let count = |test: &dyn Fn(&Value) -> bool| past.iter().filter(|one| test(one)).count() as u64;
    let (approval, limits) = (csv(&ada, "approval").await, csv(&ada, "limits").await);

    let same = replay(&ada, "approval", &approval).await;
    assert_eq!((&same["looked_at"], &same["changed"]), (&json!(300), &json!(0)), "{same}");
    assert_eq!(same["reproduced"], 300, "the rules make the very plans that were kept");

    // A limit of 600: what lay between, and is nothing that somebody reviews anyhow.
    let higher = replay(&ada, "limits", &limits.replace("500.00", "600.00")).await;
    let between = |one: &Value| (50_001..=60_000).contains(&cents(one));
    assert_eq!(higher["newly_alone"], count(&|one| between(one) && !is_technology(one)));
    assert_eq!(higher["changed"], count(&between));

    // The director from 3,000: asked newly, unless he is the manager who signs already.
    let lower = replay(&ada, "approval", &approval.replace("5000.00", "3000.00")).await;
    let newly = count(&|one| {
        (300_001..=500_000).contains(&cents(one)) && one["requester"] == "ed@acme.example"
    });
    assert_eq!(lower["changed"], newly);
    assert_eq!(lower["newly_signed"], 0);

    // Nobody reviews technology: whatever has some loses its reviewer, and small orders all of it.
    let rest: String = approval
        .lines()
        .filter(|line| !line.contains("it-reviewer"))
        .map(|line| format!("{line}\n"))
        .collect();
    let open = replay(&ada, "approval", &rest).await;
    assert_eq!(open["changed"], count(&is_technology));
    assert_eq!(open["newly_alone"], count(&|one| is_technology(one) && cents(one) <= 50_000));
    let centers = open["cost_centers"].as_array().expect("cost centres");
    let sum: u64 = centers.iter().map(|center| center["changed"].as_u64().unwrap()).sum();
    assert_eq!(open["changed"], sum);

    assert!(server.command(&["audit", "verify"]).status.success());
    let dan = server.api("dan@acme.example").await;
    assert!(dan.list("/tasks").await.is_empty(), "nothing of the past waits");
}

#[tokio::test]
async fn a_shadow_records_what_it_would_plan_and_changes_nothing() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let ed = server.api("ed@acme.example").await;
    let draft = csv(&ada, "approval").await.replace("5000.00", "3000.00");
    let body = json!({"csv": draft, "comment": "the director from 3,000"});
    let version = ada.put("/policies/approval", body).await.expect(200).json()["version"].clone();
    ada.post("/policies/approval/shadow", json!({"version": version})).await.expect(200);
    let lines = [("DESK-01", "office-one", "7"), ("PEN-01", "office-one", "350")];
    let made = ed.requisition(&lines, "4100").await;
    assert_eq!(asked(&made), [["mia@acme.example"]], "the rules in force asked");
    ed.requisition(&[("PEN-01", "office-one", "2")], "4100").await;
    let found = ada.get("/policies/shadow").await.expect(200).json();
    let diverged = found["divergences"].as_array().expect("divergences");
    assert_eq!(diverged.len(), 1, "{found}");
    assert_eq!(diverged[0]["draft"]["short"], "mia@acme.example > dan@acme.example");
    assert_eq!(diverged[0]["requisition"], made["id"]);
    ada.post("/policies/approval/shadow", json!({"version": null})).await.expect(200);
    ed.requisition(&lines, "4100").await;
    let after = ada.get("/policies/shadow").await.expect(200).json();
    assert_eq!(after["divergences"].as_array().map(Vec::len), Some(1));
    assert!(after["running"].as_array().is_some_and(Vec::is_empty));
}

#[tokio::test]
async fn a_policy_comes_into_force_at_its_time_and_can_be_rolled_back() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let abe = server.api("abe@acme.example").await;
    let ed = server.api("ed@acme.example").await;
    let draft = csv(&ada, "approval").await.replace("5000.00", "3000.00");
    let body = json!({"csv": draft, "comment": "from tomorrow"});
    ada.put("/policies/approval", body).await.expect(200);
    let at = json!({"version": 2, "at": "2099-01-01T00:00:00Z"});
    let waits = abe.post("/policies/approval/activate", at).await.expect(200).json();
    assert_eq!(
        (&waits["state"], &waits["activate_at"]),
        (&json!("draft"), &json!("2099-01-01T00:00:00.000Z"))
    );
    let lines = [("DESK-01", "office-one", "7"), ("PEN-01", "office-one", "350")];
    let before = ed.requisition(&lines, "4100").await;
    // Nobody touches it any more: its hour comes, and the server puts it in force.
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let soon = soon.round(jiff::Unit::Second).unwrap().to_string();
    let at = json!({"version": 2, "at": soon});
    abe.post("/policies/approval/activate", at).await.expect(200);
    server.advance("PT2H").await;
    eventually("the draft comes into force", || async {
        let now = abe.get("/policies/approval").await.expect(200).json();
        now["version"] == 2
    })
    .await;
    let after = ed.requisition(&lines, "4100").await;
    assert_eq!((asked(&before).len(), asked(&after).len()), (1, 2));
    assert_eq!(
        (&before["plan"]["policy_version"], &after["plan"]["policy_version"]),
        (&json!(1), &json!(2))
    );
    let id = before["id"].as_str().unwrap();
    server.api("mia@acme.example").await.decide(id, "approve").await.expect(200);
    let done = ed.get(&format!("/requisitions/{id}")).await.expect(200).json();
    assert_eq!(done["state"], "ordered", "it finished on its own version");
    abe.post("/policies/approval/activate", json!({"version": 1})).await.expect(200);
    let again = ed.requisition(&lines, "4100").await;
    assert_eq!(asked(&again), [["mia@acme.example"]], "rolled back");
}

#[tokio::test]
async fn votes_warnings_watchers_and_added_approvers_stand_in_the_plan() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let abe = server.api("abe@acme.example").await;
    let ed = server.api("ed@acme.example").await;
    let groups = "board,mia@acme.example\nboard,dan@acme.example\nboard,carla@acme.example\n";
    ada.put("/registers/groups", json!({"csv": groups})).await.expect(200);
    ada.put("/registers/projects", json!({"csv": "p-17,New hall\n"})).await.expect(200);
    let csv = "id,effect,limit,project,field:urgent,place,approver,vote,because\n\
               manager,allow,over,*,*,tier-1,manager,*,*\n\
               board,allow,*,p-17,*,tier-2,group:board,2-of,*\n\
               hurry,warn,*,*,yes,*,*,*,Urgent orders cost a surcharge.\n\
               told,watch,*,p-17,*,*,role:it-reviewer,*,*\n";
    ada.put("/policies/approval", json!({"csv": csv, "comment": "board"})).await.expect(200);
    abe.post("/policies/approval/activate", json!({"version": 2})).await.expect(200);
    let cart = ed.cart(&[("PEN-01", "office-one", "2")]).await;
    let body = json!({
        "cost_center": "4100", "project": "p-17", "fields": {"urgent": "yes"},
        "ad_hoc": [{"approver": "ivy@acme.example", "reason": "Knows the machine"}],
    });
    let path = format!("/carts/{cart}/submit");
    let made = ed.post(&path, body).await.expect(201).json();
    let plan = &made["plan"];
    assert_eq!(plan["steps"][0]["mode"], "2-of", "{plan}");
    assert_eq!(plan["warnings"][0]["rule"], "hurry");
    assert_eq!(plan["watchers"][0]["person"], "ivy@acme.example");
    let id = made["id"].as_str().unwrap();
    server.api("ivy@acme.example").await.decide(id, "approve").await.expect(200);
    server.api("mia@acme.example").await.decide(id, "approve").await.expect(200);
    server.api("dan@acme.example").await.decide(id, "reject").await.expect(200);
    let state = |json: Value| json["state"].as_str().unwrap().to_owned();
    let path = format!("/requisitions/{id}");
    assert_eq!(state(ed.get(&path).await.expect(200).json()), "pending", "two can still agree");
    server.api("carla@acme.example").await.decide(id, "approve").await.expect(200);
    assert_eq!(state(ed.get(&path).await.expect(200).json()), "ordered");
    let cart = ed.cart(&[("PEN-01", "office-one", "2")]).await;
    let wrong = json!({"cost_center": "4100", "project": "p-99"});
    let path = format!("/carts/{cart}/submit");
    assert_eq!(ed.post(&path, wrong).await.expect(422).json()["code"], "unknown-project");
}

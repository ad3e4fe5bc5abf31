//! The policies really drive: a changed rule changes the next plan, without a restart.

use serde_json::json;

use crate::harness::{Api, Server, api::asked};

async fn change(ada: &Api, abe: &Api, kind: &str, edit: impl Fn(&str) -> String) {
    let now = ada.get(&format!("/policies/{kind}")).await.expect(200).json();
    let csv = edit(now["csv"].as_str().expect("csv"));
    let body = json!({"csv": csv, "comment": "by a test"});
    let draft = ada.put(&format!("/policies/{kind}"), body).await;
    assert!(matches!(draft.status, 200 | 201), "{}", draft.text());
    let version = json!({"version": draft.json()["version"]});
    let path = format!("/policies/{kind}/activate");
    let own = ada.post(&path, version.clone()).await;
    assert!(matches!(own.status, 403 | 409 | 422), "the author activated it: {}", own.text());
    abe.post(&path, version).await.expect(200);
}

#[tokio::test]
async fn a_lower_limit_asks_the_director_and_a_deleted_line_asks_nobody() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let abe = server.api("abe@acme.example").await;
    let ed = server.api("ed@acme.example").await;
    let lines = [("DESK-01", "office-one", "7"), ("PEN-01", "office-one", "350")];
    let before = ed.requisition(&lines, "4100").await;
    assert_eq!(asked(&before), [["mia@acme.example"]]);
    change(&ada, &abe, "approval", |csv| {
        let changed = csv.replace("5000.00", "3000.00");
        assert_ne!(changed, csv, "the limit stands in the policy: {csv}");
        changed
    })
    .await;
    let after = ed.requisition(&lines, "4100").await;
    assert_eq!(asked(&after), [["mia@acme.example"], ["dan@acme.example"]]);
    let it_line = |line: &str| line.contains("it-") || line.contains("43");
    change(&ada, &abe, "approval", |csv| {
        csv.lines().filter(|line| !it_line(line)).map(|line| format!("{line}\n")).collect()
    })
    .await;
    let laptop = ed.requisition(&[("LAPTOP-01", "office-one", "1")], "4100").await;
    assert_eq!(asked(&laptop), [["mia@acme.example"]]);
}

#[tokio::test]
async fn what_runs_already_finishes_under_its_own_version_whatever_is_edited() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let abe = server.api("abe@acme.example").await;
    let ed = server.api("ed@acme.example").await;
    let lines = [("DESK-01", "office-one", "7"), ("PEN-01", "office-one", "350")];
    let before = ed.requisition(&lines, "4100").await;
    change(&ada, &abe, "approval", |csv| csv.replace("5000.00", "3000.00")).await;
    let path = format!("/requisitions/{}", before["id"].as_str().expect("an id"));
    let fewer = json!([
        {"sku": "DESK-01", "supplier": "office-one", "quantity": "7"},
        {"sku": "PEN-01", "supplier": "office-one", "quantity": "349"},
    ]);
    ed.post(&format!("{path}/amend"), json!({"lines": fewer})).await.expect(200);
    let after = ed.get(&path).await.expect(200).json();
    assert_eq!(asked(&after), [["mia@acme.example"]], "{after}");
    let version = |it: &serde_json::Value| it["plan"]["policy_version"].clone();
    assert_eq!(version(&after), version(&before));
    let fresh = ed.requisition(&lines, "4100").await;
    assert_ne!(version(&fresh), version(&before));
    assert_eq!(asked(&fresh), [["mia@acme.example"], ["dan@acme.example"]]);
}

#[tokio::test]
async fn an_empty_or_broken_set_is_refused_with_a_witness() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    for kind in ["access", "approval", "limits"] {
        for csv in ["", "p, nonsense\n", "x;y;z\n"] {
            let body = json!({"csv": csv, "comment": "broken"});
            let answer = ada.put(&format!("/policies/{kind}"), body).await.expect(422);
            assert!(answer.json()["code"].is_string(), "{kind} {csv:?}: {}", answer.text());
        }
    }
    let ed = server.api("ed@acme.example").await;
    let answer = ed.get("/policies/approval").await;
    assert!(matches!(answer.status, 403 | 404), "{}", answer.text());
}

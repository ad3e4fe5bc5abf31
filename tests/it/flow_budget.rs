//! Budgets under many hands at once, and set by admins alone.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Api, Kind, Server};

/// The budget of cost centre 4200, with so much granted.
async fn budget(server: &Server, limit: &str) -> String {
    let ada = server.api("ada@acme.example").await;
    let all = ada.list("/budgets").await;
    let it = all.iter().find(|budget| budget["cost_center"] == "4200").expect("a budget");
    let id = it["id"].as_str().unwrap().to_owned();
    let limit = json!({"limit": {"amount": limit, "currency": "EUR"}});
    ada.put(&format!("/budgets/{id}"), limit).await.expect(200);
    id
}

/// A hundred carts of 900.00 EUR handed in at once, over the servers in turn; a budget of 9,000.00
/// takes ten.
async fn a_hundred_for_ten(servers: &[&Server]) {
    let id = budget(servers[0], "9000.00").await;
    let mut people: Vec<Api> = Vec::new();
    for server in servers {
        people.push(server.api("ed@acme.example").await);
    }
    let mut carts = Vec::new();
    for _ in 0..100 {
        carts.push(people[0].cart(&[("DESK-01", "office-one", "2")]).await);
    }
    let submits = carts.iter().enumerate().map(|(n, cart)| {
        let body = json!({"cost_center": "4200"});
        let person = &people[n % people.len()];
        async move { person.post(&format!("/carts/{cart}/submit"), body).await }
    });
    let answers = join_all(submits).await;
    let taken = answers.iter().filter(|answer| answer.status == 201).count();
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        let refused = answer.json();
        assert_eq!((answer.status, &refused["code"]), (422, &json!("budget-exceeded")));
    }
    assert_eq!(taken, 10);
    let now = people[0].get(&format!("/budgets/{id}")).await.expect(200).json();
    assert_eq!(now["reserved"]["amount"], "9000.00", "{now}");
    assert_eq!(now["available"]["amount"], "0.00", "{now}");
    let entries = people[0].list(&format!("/budgets/{id}/entries")).await;
    let reserved: Vec<&Value> =
        entries.iter().filter(|entry| entry["cause"] == "submitted").collect();
    assert_eq!(reserved.len(), 10);
    for entry in reserved {
        assert_eq!(entry["by"], "ed@acme.example");
        assert!(entry["number"].as_str().unwrap().starts_with("REQ-"), "{entry}");
    }
}

#[tokio::test]
async fn of_a_hundred_submissions_at_once_ten_fit_a_budget_for_ten() {
    let server = Server::demo().await;
    a_hundred_for_ten(&[&server]).await;
}

#[tokio::test]
async fn of_a_hundred_submissions_on_two_processes_ten_fit_a_budget_for_ten() {
    if !Kind::all().contains(&Kind::Postgres) {
        return;
    }
    let first = Server::demo_on(Kind::Postgres).await;
    let second = first.beside();
    a_hundred_for_ten(&[&first, &second]).await;
}

#[tokio::test]
async fn admins_set_budgets_and_the_ledger_remembers_every_limit() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let id = budget(&server, "9000.00").await;
    let path = format!("/budgets/{id}");
    let before = ada.list(&format!("{path}/entries")).await;
    assert_eq!(before.len(), 2, "granted, then less: {before:?}");
    let moment = before[0]["at"].as_str().unwrap().to_owned();
    server.advance("PT1H").await;
    let ada = server.api("ada@acme.example").await;
    let more = json!({"limit": {"amount": "12000.00", "currency": "EUR"}, "mode": "warn"});
    let now = ada.put(&path, more).await.expect(200).json();
    assert_eq!((&now["limit"]["amount"], &now["mode"]), (&json!("12000.00"), &json!("warn")));
    let then = ada.get(&format!("{path}?at={moment}")).await.expect(200).json();
    assert_eq!(then["limit"]["amount"], "9000.00", "{then}");
    let never = ada.get(&format!("{path}?at=2001-01-01T00:00:00Z")).await.expect(200).json();
    assert_eq!(never["limit"]["amount"], "0.00", "{never}");

    let quarter = |period: &str| {
        let limit = json!({"amount": "500.00", "currency": "EUR"});
        json!({"cost_center": "4200", "period": period, "mode": "block", "limit": limit})
    };
    let next = ada.post("/budgets", quarter("2027-Q1")).await.expect(200).json();
    assert_eq!(
        (&next["starts_on"], &next["ends_on"]),
        (&json!("2027-01-01"), &json!("2027-03-31"))
    );
    for (period, status, code) in [
        ("2027-02", 409, "budget-overlaps"),
        ("2027", 409, "budget-overlaps"),
        ("2027-Q5", 422, "bad-period"),
    ] {
        let refused = ada.post("/budgets", quarter(period)).await.expect(status).json();
        assert_eq!(refused["code"], code, "{period}: {refused}");
    }
    let ed = server.api("ed@acme.example").await;
    for answer in
        [ed.post("/budgets", quarter("2028")).await, ed.put(&path, json!({"mode": "warn"})).await]
    {
        assert!(matches!(answer.status, 403 | 404), "{}", answer.text());
    }
    let globex = server.api("ada@globex.example").await;
    globex.put(&path, json!({"mode": "warn"})).await.expect(404);
}

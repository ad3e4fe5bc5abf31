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

/// Makes a budget of this subject for 2026; its id.
async fn budget_of(ada: &Api, kind: &str, code: &str, mode: &str, limit: &str) -> String {
    let limit = json!({"amount": limit, "currency": "EUR"});
    let body = json!({kind: code, "period": "2026", "mode": mode, "limit": limit});
    let made = ada.post("/budgets", body).await.expect(200).json();
    assert_eq!((&made["kind"], &made["code"]), (&json!(kind), &json!(code)), "{made}");
    made["id"].as_str().unwrap().to_owned()
}

/// Reserved, committed, spent and available.
async fn stands(api: &Api, id: &str) -> [String; 4] {
    let now = api.get(&format!("/budgets/{id}")).await.expect(200).json();
    ["reserved", "committed", "spent", "available"]
        .map(|part| now[part]["amount"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_line_reserves_on_every_budget_that_it_is_charged_to_and_each_speaks_for_itself() {
    for server in Server::everywhere().await {
        let ada = server.api("ada@acme.example").await;
        let sheet = "p-17,New hall\np-18,Old hall\n";
        ada.put("/registers/projects", json!({"csv": sheet})).await.expect(200);
        let unknown = json!({"project": "p-99", "period": "2026", "mode": "warn",
            "limit": {"amount": "1.00", "currency": "EUR"}});
        let refused = ada.post("/budgets", unknown).await.expect(422).json();
        assert_eq!(refused["code"], "unknown-project");
        let hall = budget_of(&ada, "project", "p-17", "block", "1000.00").await;
        let account = budget_of(&ada, "account", "6815", "warn", "100.00").await;
        let all = ada.list("/budgets").await;
        let center = all.iter().find(|one| one["cost_center"] == "4100").unwrap()["id"].clone();
        let center = center.as_str().unwrap();

        let ed = server.api("ed@acme.example").await;
        let handed = async || {
            let cart = ed.cart(&[("DESK-01", "office-one", "2")]).await;
            let body = json!({"cost_center": "4100", "project": "p-17"});
            ed.post(&format!("/carts/{cart}/submit"), body).await
        };
        let it = handed().await.expect(201).json();
        let id = it["id"].as_str().unwrap();
        assert_eq!(stands(&ada, &hall).await, ["900.00", "0.00", "0.00", "100.00"]);
        assert_eq!(stands(&ada, center).await, ["900.00", "0.00", "0.00", "99100.00"]);
        let refused = handed().await.expect(422).json();
        assert_eq!(
            (&refused["code"], &refused["field"]),
            (&json!("budget-exceeded"), &json!("project"))
        );
        assert!(refused["detail"].as_str().unwrap().contains("project p-17"), "{refused}");
        assert_eq!(stands(&ada, center).await[0], "900.00", "all or nothing");

        let mia = server.api("mia@acme.example").await;
        let tasks = mia.list("/tasks").await;
        let task = tasks.iter().find(|task| task["requisition"] == *id).expect("a task");
        let edit = json!({"lines": [{"line": 1, "account": {"name": "GL", "value": "6815"}}],
            "decision": "approve", "content_hash": task["content_hash"]});
        let path = format!("/tasks/{}/decide", task["id"].as_str().unwrap());
        mia.post(&path, edit).await.expect(200);
        let now = ed.get(&format!("/requisitions/{id}")).await.expect(200).json();
        if now["state"] == "pending" {
            mia.decide(id, "approve").await.expect(200);
        }
        for (budget, left) in [(&*hall, "100.00"), (&*account, "-800.00"), (center, "99100.00")] {
            assert_eq!(stands(&ada, budget).await, ["0.00", "900.00", "0.00", left]);
        }
        let browser = server.signed_in("ada@acme.example").await;
        let why = browser.get(&format!("/requisitions/{id}/why")).await.expect(200).text();
        let why = crate::harness::html::plain(&why);
        assert!(why.contains("The budget of account 6815 does not cover 900.00 EUR"), "{why}");
        assert!(why.contains("800.00 EUR less and the budget of account 6815 suffices"), "{why}");
        assert!(!why.contains("1. mia@acme.example"), "people go by their names: {why}");
        let page = browser.get("/budgets").await.expect(200).text();
        assert!(page.contains("project p-17 New hall") && page.contains("account 6815"), "{page}");
    }
}

#[tokio::test]
async fn a_requester_says_what_each_line_is_charged_to() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let account = budget_of(&ada, "account", "6815", "warn", "100.00").await;
    let ed = server.api("ed@acme.example").await;
    let cart = ed.cart(&[("DESK-01", "office-one", "1"), ("PEN-01", "office-one", "10")]).await;
    let charged = |line: &str| json!({"cost_center": "4100", "account": "6815", "line_accounts": {line: "6820"}});
    let refused = ed.post(&format!("/carts/{cart}/submit"), charged("3")).await.expect(422);
    assert_eq!(refused.json()["field"], "line_accounts.3", "{}", refused.text());
    let own = ed.post(&format!("/carts/{cart}/submit"), charged("2")).await.expect(201).json();
    let said = |line: usize| own["lines"][line]["accounts"][0]["value"].clone();
    assert_eq!((said(0), said(1)), (json!("6815"), json!("6820")), "{own}");
    assert_eq!(stands(&ada, &account).await, ["0.00", "450.00", "0.00", "-350.00"], "{own}");
    let browser = server.signed_in("ed@acme.example").await;
    let path = format!("/requisitions/{}", own["id"].as_str().unwrap());
    let page = browser.get(&path).await.expect(200).text();
    assert!(page.contains("Account 6815") && page.contains("Account 6820"), "{page}");
}

#[tokio::test]
async fn of_many_submissions_on_two_budgets_each_is_booked_on_both_or_on_none() {
    for server in Server::everywhere().await {
        let ada = server.api("ada@acme.example").await;
        ada.put("/registers/projects", json!({"csv": "p-17,New hall\n"})).await.expect(200);
        let hall = budget_of(&ada, "project", "p-17", "block", "500.00").await;
        let center = budget(&server, "9000.00").await;
        let ed = server.api("ed@acme.example").await;
        let mut carts = Vec::new();
        for _ in 0..20 {
            carts.push(ed.cart(&[("PEN-01", "office-one", "100")]).await);
        }
        let ed = &ed;
        let submits = carts.iter().map(|cart| async move {
            let body = json!({"cost_center": "4200", "project": "p-17"});
            ed.post(&format!("/carts/{cart}/submit"), body).await
        });
        let answers = join_all(submits).await;
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!(answer.json()["code"], "budget-exceeded", "{}", answer.text());
        }
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 5);
        assert_eq!(stands(&ada, &hall).await, ["0.00", "500.00", "0.00", "0.00"]);
        assert_eq!(stands(&ada, &center).await, ["0.00", "500.00", "0.00", "8500.00"]);
    }
}

#[tokio::test]
async fn a_budget_that_has_ended_is_missed_by_who_orders_and_by_who_keeps_it() {
    let server = Server::demo().await;
    // Past the end of this year, whenever that is.
    server.advance("PT8784H").await;
    let ed = server.api("ed@acme.example").await;
    let cart = ed.cart(&[("PEN-01", "office-one", "3")]).await;
    let path = format!("/carts/{cart}/preview");
    let preview = ed.post(&path, json!({"cost_center": "4200"})).await.expect(200);
    assert!(preview.text().contains("has ended"), "{}", preview.text());
    let ada = server.signed_in("ada@acme.example").await;
    let page = ada.get("/admin/budgets").await.expect(200).text();
    assert!(page.contains("ended, no budget for today yet"), "{page}");
}

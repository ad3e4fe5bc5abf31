//! Several callers at the same moment: what a rule forbids one after the other it forbids side by
//! side, in the same words on both databases.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Answer, Server, api::Api};

/// Rounds of each race: one may go well by chance.
const ROUNDS: usize = 4;

/// How many answers had which status and code.
fn counted(answers: &[Answer]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        let told = (answer.status >= 400).then(|| answer.json()["code"].clone());
        let code = told.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        *counts.entry(format!("{} {code}", answer.status).trim().to_owned()).or_default() += 1;
    }
    counts
}

fn counts(of: &[(&str, usize)]) -> BTreeMap<String, usize> {
    of.iter().map(|(what, count)| ((*what).to_owned(), *count)).collect()
}

async fn posts(by: &[&Api], path: &str, bodies: &[Value]) -> BTreeMap<String, usize> {
    let call = |(at, body): (usize, &Value)| by[at % by.len()].post(path, body.clone());
    counted(&join_all(bodies.iter().enumerate().map(call)).await)
}

#[tokio::test]
async fn a_name_is_given_once_whoever_asks_at_the_same_moment() {
    for server in Server::everywhere().await {
        let ada = server.api("ada@acme.example").await;
        let globex = server.api("ada@globex.example").await;
        for round in 0..ROUNDS {
            let own = json!([{"domain": "DUNS", "identity": format!("race{round}")}]);
            let identity: Vec<_> =
                (0..4).map(|n| json!({"name": format!("n{n}"), "identities": own})).collect();
            let one = counts(&[("201", 1), ("409 identity-taken", 3)]);
            assert_eq!(posts(&[&ada, &globex], "/partners", &identity).await, one);
            let user: Vec<_> = (0..4)
                .map(|n| {
                    json!({"name": "o", "oci_user": format!("u{round}"), "secret":
                    format!("a-secret-of-{n}")})
                })
                .collect();
            let one = counts(&[("201", 1), ("409 oci-user-taken", 3)]);
            assert_eq!(posts(&[&ada, &globex], "/partners", &user).await, one);
            let center = vec![json!({"code": format!("r{round}"), "name": "R"}); 4];
            let one = counts(&[("201", 1), ("409 code-taken", 3)]);
            assert_eq!(posts(&[&ada], "/cost-centers", &center).await, one);
            let supplier = vec![json!({"name": format!("r{round}"), "title": "R"}); 4];
            let one = counts(&[("201", 1), ("409 name-taken", 3)]);
            assert_eq!(posts(&[&ada], "/suppliers", &supplier).await, one);
            let person = vec![json!({"email": format!("r{round}@acme.example"), "name": "R"}); 4];
            let one = counts(&[("201", 1), ("409 email-taken", 3)]);
            assert_eq!(posts(&[&ada], "/people", &person).await, one);
        }
    }
}

#[tokio::test]
async fn budgets_do_not_overlap_secrets_stay_two_and_managers_make_no_circle() {
    for server in Server::everywhere().await {
        let ada = server.api("ada@acme.example").await;
        let abe = server.api("abe@acme.example").await;
        for round in 0..ROUNDS {
            let budget = |period: String| {
                json!({"cost_center": "4200", "period": period, "mode": "warn",
                    "limit": {"amount": "1.00", "currency": "EUR"}})
            };
            let year = 2030 + round;
            let periods = [format!("{year}"), format!("{year}-Q1"), format!("{year}-02")];
            let answers = posts(&[&ada], "/budgets", &periods.map(budget)).await;
            assert_eq!(answers.get("409 budget-overlaps"), Some(&2), "{answers:?}");

            let new = json!({"name": "two", "oci_user": format!("two{round}")});
            let partner = ada.post("/partners", new).await.expect(201).json();
            let path = format!("/partners/{}/secret", partner["id"].as_str().unwrap());
            let one = counts(&[("201", 1), ("409 two-secrets", 2)]);
            assert_eq!(posts(&[&ada], &path, &vec![json!({}); 3]).await, one);

            let manager = |of: &str| json!({"manager": of});
            let (mia, ivy) = ("/people/mia@acme.example", "/people/ivy@acme.example");
            ada.put(mia, manager("dan@acme.example")).await.expect(200);
            ada.put(ivy, manager("")).await.expect(200);
            let both = tokio::join!(
                ada.put(mia, manager("ivy@acme.example")),
                abe.put(ivy, manager("mia@acme.example"))
            );
            let one = counts(&[("200", 1), ("422 manager-circle", 1)]);
            assert_eq!(counted(&[both.0, both.1]), one);
        }
    }
}

#[tokio::test]
async fn a_call_sent_twice_at_once_under_one_key_is_answered_once() {
    for server in Server::everywhere().await {
        let ed = server.api("ed@acme.example").await;
        let mia = server.api("mia@acme.example").await;
        for round in 0..ROUNDS {
            let key = format!("key{round}");
            let same = |answers: &[Answer]| {
                assert!(answers.iter().all(|one| one.status < 300), "{:?}", counted(answers));
                assert!(answers.iter().all(|one| one.json()["id"] == answers[0].json()["id"]));
            };
            same(&join_all((0..4).map(|_| ed.post_once("/carts", &key, json!({})))).await);
            let cart = ed.cart(&[("DESK-01", "office-one", "2")]).await;
            let (path, body) = (format!("/carts/{cart}/submit"), json!({"cost_center": "4100"}));
            let answers = join_all((0..4).map(|_| ed.post_once(&path, &key, body.clone()))).await;
            same(&answers);
            let task = mia.list("/tasks").await.remove(0);
            let path = format!("/tasks/{}/decide", task["id"].as_str().unwrap());
            let body = json!({"decision": "approve", "content_hash": task["content_hash"]});
            same(&join_all((0..4).map(|_| mia.post_once(&path, &key, body.clone()))).await);
        }
    }
}

#[tokio::test]
async fn a_lone_caller_never_loses_against_the_server_and_of_many_one_receives() {
    for server in Server::everywhere().await {
        let ed = server.api("ed@acme.example").await;
        for _ in 0..ROUNDS {
            let all = ed.requisition(&[("PEN-01", "office-one", "10")], "4100").await;
            let order = all["orders"][0]["id"].as_str().unwrap();
            let path = format!("/orders/{order}/receive");
            let six = json!({"lines": [{"line": 1, "quantity": "6"}]});
            let answers = posts(&[&ed], &path, &vec![six; 4]).await;
            assert_eq!(answers.get("200").or(answers.get("201")), Some(&1), "{answers:?}");
            assert!(!answers.keys().any(|code| code.contains("changed-meanwhile")), "{answers:?}");
        }
    }
}

//! The JSON API as one person.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Client, client::CutOff};

pub struct Api {
    client: Client,
    token: String,
}

impl Api {
    /// Signs in with the demo's password.
    pub async fn login(base: &str, mail: &str) -> Self {
        let client = Client::new(base);
        let body = json!({"email": mail, "password": "demo"});
        let kind = [("content-type", "application/json")];
        let path = "/api/v1/login";
        let answer = client.send(Method::POST, path, &kind, body.to_string().into_bytes()).await;
        let token = answer.expect(200).json()["token"].as_str().expect("a token").to_owned();
        Self { client, token }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None, &[]).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(body), &[]).await
    }

    /// A POST that may be sent again with the same key.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body), &[("idempotency-key", key)]).await
    }

    /// A list's entries, all pages.
    pub async fn list(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let after = next.map(|n| format!("{joint}after={n}")).unwrap_or_default();
            let page = self.get(&format!("{path}{after}")).await.expect(200).json();
            items.extend(page["items"].as_array().expect("items").iter().cloned());
            match page["next"].as_str() {
                Some(more) => next = Some(more.to_owned()),
                None => return items,
            }
        }
    }

    /// A POST with a key to a server that may be killed meanwhile; anything but success, and the
    /// same call's own earlier success, is a failure of the test.
    pub async fn attempt(&self, path: &str, key: &str, body: Value) -> Result<Value, CutOff> {
        let key = [("idempotency-key", key)];
        let answer = self.try_call(Method::POST, path, Some(body), &key).await?;
        assert!((200..300).contains(&answer.status), "{}: {}", answer.url, answer.text());
        Ok(if answer.body.is_empty() { Value::Null } else { answer.json() })
    }

    /// A PUT to a server that may be killed meanwhile; its status.
    pub async fn attempt_put(&self, path: &str, body: Value) -> Result<u16, CutOff> {
        self.try_call(Method::PUT, path, Some(body), &[]).await.map(|answer| answer.status)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        more: &[(&str, &str)],
    ) -> Answer {
        let answer = self.try_call(method, path, body, more).await;
        answer.unwrap_or_else(|e| panic!("{path}: {:?}", e.0))
    }

    async fn try_call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        more: &[(&str, &str)],
    ) -> Result<Answer, CutOff> {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend_from_slice(more);
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        let bytes = body.map(|b| b.to_string().into_bytes()).unwrap_or_default();
        self.client.try_send(method, &format!("/api/v1{path}"), &headers, bytes).await
    }

    /// A cart with these lines `(sku, supplier, quantity)`; its id.
    pub async fn cart(&self, lines: &[(&str, &str, &str)]) -> String {
        let answer = self.post("/carts", json!({})).await;
        assert!(matches!(answer.status, 200 | 201), "{}: {}", answer.status, answer.text());
        let id = answer.json()["id"].as_str().expect("a cart's id").to_owned();
        self.put(&format!("/carts/{id}/lines"), lines_of(lines)).await.expect(200);
        id
    }

    /// A requisition of these lines, handed in.
    pub async fn requisition(&self, lines: &[(&str, &str, &str)], cost_center: &str) -> Value {
        let cart = self.cart(lines).await;
        let body = json!({"cost_center": cost_center});
        self.post(&format!("/carts/{cart}/submit"), body).await.expect(201).json()
    }

    /// Decides my open task on this requisition.
    pub async fn decide(&self, requisition: &str, decision: &str) -> Answer {
        let tasks = self.list("/tasks").await;
        let mine = tasks.iter().find(|task| is_about(task, requisition));
        let task = mine.unwrap_or_else(|| panic!("no task for {requisition} in {tasks:?}"));
        let body = json!({
            "decision": decision,
            "comment": "by a test",
            "content_hash": task["content_hash"],
        });
        let id = task["id"].as_str().expect("a task's id");
        self.post(&format!("/tasks/{id}/decide"), body).await
    }

    /// Whether I am asked about this requisition now.
    pub async fn is_asked(&self, requisition: &str) -> bool {
        self.list("/tasks").await.iter().any(|task| is_about(task, requisition))
    }
}

/// A task names its requisition by id, or holds a small object about it.
fn is_about(task: &Value, requisition: &str) -> bool {
    let about = &task["requisition"];
    about == requisition || about["id"] == requisition
}

pub fn lines_of(lines: &[(&str, &str, &str)]) -> Value {
    let mut all = Vec::new();
    for (sku, supplier, quantity) in lines {
        all.push(json!({"sku": sku, "supplier": supplier, "quantity": quantity}));
    }
    json!({ "lines": all })
}

/// The people each step of a plan asks, by step, sorted within one.
pub fn asked(requisition: &Value) -> Vec<Vec<String>> {
    let steps = requisition["plan"]["steps"].as_array().cloned().unwrap_or_default();
    let mut by_order: std::collections::BTreeMap<i64, Vec<String>> = Default::default();
    for step in steps {
        let people = by_order.entry(step["order"].as_i64().expect("an order")).or_default();
        for task in step["tasks"].as_array().expect("tasks") {
            people.push(task["assignee"].as_str().expect("an assignee").to_owned());
        }
    }
    by_order
        .into_values()
        .map(|mut people| {
            people.sort();
            people
        })
        .collect()
}

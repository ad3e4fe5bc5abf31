//! What the API answers is what its own specification says, field by field.

use serde_json::{Value, json};

use crate::harness::{Answer, Server, api::Api};

/// What the specification says, and what did not agree with it.
struct Checker {
    spec: Value,
    faults: Vec<String>,
    checked: usize,
}

impl Checker {
    /// Compares the answer of a call, named as in the specification, with what is said of it.
    fn answer(&mut self, method: &str, pattern: &str, answer: &Answer) {
        let call = &self.spec["paths"][pattern][method];
        assert!(call.is_object(), "{method} {pattern} is a call");
        let known = &call["responses"][answer.status.to_string()];
        let known = if known.is_null() { &call["responses"]["default"] } else { known };
        let contents = known["content"].as_object().cloned().unwrap_or_default();
        let Some(content) = contents.values().next() else { return };
        if answer.body.is_empty() || !answer.header("content-type").unwrap_or("").contains("json") {
            return;
        }
        let at = format!("{method} {pattern} {}", answer.status);
        let schema = content["schema"].clone();
        self.value(&answer.json(), &schema, &at);
        self.checked += 1;
    }

    fn value(&mut self, value: &Value, schema: &Value, at: &str) {
        if value.is_null() {
            if schema["nullable"] != true {
                self.faults.push(format!("{at}: null"));
            }
            return;
        }
        for part in schema["allOf"].as_array().cloned().unwrap_or_default() {
            self.value(value, &part, at);
        }
        if let Some(name) = schema["$ref"].as_str() {
            let named = self.spec.pointer(name.trim_start_matches('#')).cloned();
            return self.value(value, &named.expect("a named shape"), at);
        }
        let sound = match schema["type"].as_str() {
            None => true,
            Some("object") => value.is_object(),
            Some("array") => value.is_array(),
            Some("string") => value.is_string(),
            Some("boolean") => value.is_boolean(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some(_) => value.is_number(),
        };
        let words = schema["enum"].as_array();
        if !sound || words.is_some_and(|words| !words.contains(value)) {
            self.faults.push(format!("{at}: {value} is no {schema}"));
        }
        if let Some(fields) = schema["properties"].as_object().cloned() {
            self.object(value, (&fields, &schema["required"]), at);
        }
        for item in value.as_array().into_iter().flatten() {
            self.value(item, &schema["items"].clone(), &format!("{at}[]"));
        }
    }

    fn object(
        &mut self,
        value: &Value,
        (fields, required): (&serde_json::Map<String, Value>, &Value),
        at: &str,
    ) {
        for name in required.as_array().into_iter().flatten().filter_map(Value::as_str) {
            if value.get(name).is_none() {
                self.faults.push(format!("{at}: no {name}"));
            }
        }
        for (name, value) in value.as_object().into_iter().flatten() {
            match fields.get(name) {
                Some(schema) => self.value(value, schema, &format!("{at}.{name}")),
                None => self.faults.push(format!("{at}: {name} is not said")),
            }
        }
    }
}

/// The address of a pattern, its parts filled with what is there.
async fn filled(api: &Api, pattern: &str) -> Option<String> {
    let mut path = String::new();
    for part in pattern.trim_start_matches("/api/v1/").split('/') {
        let part = match part {
            "{id}" | "{email}" | "{code}" => {
                let first = api.get(&path).await;
                let first = (first.status == 200).then(|| first.json()["items"][0].clone())?;
                let names = ["id", "email", "code", "name"];
                names.iter().find_map(|name| first[*name].as_str().map(str::to_owned))?
            }
            "{name}" | "{supplier}" => "office-one".to_owned(),
            "{sku}" => "PEN-01".to_owned(),
            "{kind}" => "approval".to_owned(),
            other if other.starts_with('{') => return None,
            other => other.to_owned(),
        };
        path = format!("{path}/{part}");
    }
    Some(path)
}

#[tokio::test]
async fn every_answer_is_as_the_specification_says() {
    let server = Server::demo().await;
    let spec = server.client().get("/api/openapi.json").await.expect(200).json();
    let mut checker = Checker { spec: spec.clone(), faults: Vec::new(), checked: 0 };
    let ada = server.api("ada@acme.example").await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;

    // Something of everything.
    let cart = ed.cart(&[("PEN-01", "office-one", "3")]).await;
    let preview = ed.post(&format!("/carts/{cart}/preview"), json!({"cost_center": "4100"})).await;
    checker.answer("post", "/api/v1/carts/{id}/preview", &preview);
    let path = format!("/carts/{cart}/submit");
    let done = ed.post(&path, json!({"cost_center": "4100"})).await;
    checker.answer("post", "/api/v1/carts/{id}/submit", &done);
    ed.requisition(&[("DESK-01", "office-one", "2")], "4100").await;
    ed.requisition(&[("LAPTOP-01", "office-one", "1")], "4100").await;
    let task = mia.list("/tasks").await.remove(0);
    let decide = format!("/tasks/{}/decide", task["id"].as_str().unwrap());
    let yes = json!({"decision": "approve", "content_hash": task["content_hash"]});
    checker.answer("post", "/api/v1/tasks/{id}/decide", &mia.post(&decide, yes).await);
    // Refusals with values of their own.
    let dear = ed.cart(&[("DESK-01", "office-one", "100")]).await;
    let over = ed.post(&format!("/carts/{dear}/submit"), json!({"cost_center": "4200"})).await;
    assert_eq!(over.json()["code"], "budget-exceeded", "{}", over.text());
    checker.answer("post", "/api/v1/carts/{id}/submit", &over);
    let csv = json!({"csv": "rule", "comment": "odd"});
    let unsound = ada.put("/policies/approval", csv).await;
    checker.answer("put", "/api/v1/policies/{kind}", &unsound);

    for (pattern, methods) in spec["paths"].as_object().unwrap() {
        if methods.get("get").is_none() {
            continue;
        }
        for api in [&ada, &ed, &mia] {
            if let Some(path) = filled(api, pattern).await {
                checker.answer("get", pattern, &api.get(&path).await);
            }
        }
    }
    assert!(checker.checked > 100, "{} answers were looked at", checker.checked);
    assert!(checker.faults.is_empty(), "{}", checker.faults.join("\n"));
}

#[tokio::test]
async fn limits_methods_and_damaged_addresses_are_answered_for() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let ed = server.api("ed@acme.example").await;
    for _ in 0..3 {
        ed.requisition(&[("PEN-01", "office-one", "1")], "4100").await;
    }
    let page = ada.get("/audit?limit=2").await.expect(200).json();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2), "{page}");
    let refused = ada.get("/requisitions?after=req_damaged").await.expect(422).json();
    assert_eq!((&refused["code"], &refused["field"]), (&json!("bad-after"), &json!("after")));
    let next = ada.get("/audit?limit=2").await.json()["next"].as_str().unwrap().to_owned();
    ada.get(&format!("/audit?limit=2&after={next}")).await.expect(200);
    let wrong = ada.delete("/requisitions").await.expect(405);
    assert_eq!(wrong.header("allow"), Some("GET"));
    let wrong = ada.put("/carts", json!({})).await.expect(405);
    assert!(wrong.header("allow").is_some_and(|allow| allow.contains("POST")), "{wrong:?}");
    let hooks = ["a", "b"].map(|name| format!("http://127.0.0.1:9/{name}"));
    for url in &hooks {
        ada.post("/webhooks", json!({"url": url, "kinds": ["order-issued"]})).await.expect(201);
    }
    let listed = ada.list("/webhooks").await;
    assert_eq!(listed[0]["url"], hooks[1], "the newest stands first");
    let import = |price: &str| {
        let csv = format!("sku,name,unit,price,currency\nX-1,Thing,EA,{price},EUR\n");
        json!({"supplier": "partsdesk", "csv": csv})
    };
    ada.post_once("/catalogue/import", "k", import("1.00")).await.expect(200);
    ada.post_once("/catalogue/import", "k", import("1.00")).await.expect(200);
    let other = ada.post_once("/catalogue/import", "k", import("2.00")).await.expect(409).json();
    assert_eq!(other["code"], "key-reused");
}

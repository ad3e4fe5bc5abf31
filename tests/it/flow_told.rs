//! Watchers, the conversation with its files, and several decisions in one call.

use http::Method;
use serde_json::{Value, json};

use crate::harness::{Api, Client, Server, api::asked, html, site::eventually};

const DESKS: &[(&str, &str, &str)] = &[("DESK-01", "office-one", "4")];

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

/// Puts an approval policy in force: one admin writes it, the other activates it.
async fn policy(server: &Server, csv: &str) {
    let body = json!({"csv": csv, "comment": "for this test"});
    let ada = server.api("ada@acme.example").await;
    ada.put("/policies/approval", body).await.expect(200);
    let abe = server.api("abe@acme.example").await;
    abe.post("/policies/approval/activate", json!({"version": 2})).await.expect(200);
}

/// The subjects of what was written to one person.
async fn subjects(mailbox: &Client, to: &str) -> Vec<String> {
    let all = mailbox.get("/sim/mail/state.json").await.expect(200).json();
    let all = all.as_array().cloned().unwrap_or_default();
    let mine = all.iter().filter(|one| one["to"].to_string().contains(to));
    mine.map(|one| one["subject"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_watcher_is_told_in_his_language_and_reads_and_nothing_waits_for_him() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    ada.put("/people/ivy@acme.example", json!({"locale": "de-DE"})).await.expect(200);
    let csv = "id,effect,limit,place,approver\n\
               manager,allow,over,tier-1,manager\n\
               told,watch,*,*,person:ivy@acme.example\n";
    policy(&server, csv).await;
    let ed = server.api("ed@acme.example").await;
    let ivy = server.api("ivy@acme.example").await;
    let it = ed.requisition(DESKS, "4100").await;
    assert_eq!(asked(&it), [["mia@acme.example"]]);
    assert!(ivy.list("/tasks").await.is_empty(), "nothing waits for a watcher");
    let path = format!("/requisitions/{}", id(&it));
    ivy.get(&path).await.expect(200);
    ivy.post(&format!("{path}/comments"), json!({"text": "We have desks."})).await.expect(201);
    assert_eq!(ivy.list(&format!("{path}/comments")).await.len(), 1);
    let page = server.signed_in("ivy@acme.example").await.get(&path).await.expect(200).text();
    assert!(page.contains("We have desks.") && html::form(&page, "Withdraw").is_none());
    server.api("mia@acme.example").await.decide(id(&it), "reject").await.expect(200);
    let mailbox = &server.mailboxes()[0];
    eventually("both letters", || async {
        let told = subjects(mailbox, "ivy@acme.example").await;
        told.iter().any(|one| one.starts_with("Zur Kenntnis: REQ-"))
            && told.iter().any(|one| one.ends_with("wurde abgelehnt"))
    })
    .await;
    let carla = server.api("carla@acme.example").await;
    carla.get(&path).await.expect(200);
    // Whom no rule tells and nobody asks still hears of nothing.
    let other = ed.requisition(&[("PEN-01", "office-one", "1")], "4100").await;
    let fin = server.api("fin@acme.example").await;
    fin.get(&format!("/requisitions/{}", id(&other))).await.expect(404);
}

/// A form with a file, as a browser posts it.
async fn upload(client: &Client, form: &html::Form, name: &str, body: &[u8]) -> u16 {
    let mut sent = Vec::new();
    for (field, value) in form.fields.iter().filter(|(field, _)| field != "file") {
        let head = format!("--B\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n");
        sent.extend_from_slice(format!("{head}{value}\r\n").as_bytes());
    }
    let head = format!(
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/pdf\r\n\r\n"
    );
    sent.extend_from_slice(head.as_bytes());
    sent.extend_from_slice(body);
    sent.extend_from_slice(b"\r\n--B--\r\n");
    let kind = [("content-type", "multipart/form-data; boundary=B")];
    client.send(Method::POST, &form.action, &kind, sent).await.status
}

async fn states(api: &Api, path: &str) -> Vec<String> {
    let now = api.get(path).await.expect(200).json();
    let steps = now["plan"]["steps"].as_array().cloned().unwrap_or_default();
    steps.iter().map(|step| step["state"].as_str().expect("a state").to_owned()).collect()
}

#[tokio::test]
async fn people_talk_and_attach_files_on_the_pages() {
    let server = Server::demo().await;
    let csv = "id,effect,limit,place,approver\n\
               manager,allow,*,tier-1,manager\n\
               second,allow,*,tier-2,role:director\n";
    policy(&server, csv).await;
    let ed = server.api("ed@acme.example").await;
    let it = ed.requisition(DESKS, "4100").await;
    let path = format!("/requisitions/{}", id(&it));
    let mia = server.signed_in("mia@acme.example").await;
    let task = server.api("mia@acme.example").await.list("/tasks").await[0].clone();
    let page = mia.get(&format!("/approvals/{}", id(&task))).await.expect(200).text();
    let form = html::form(&page, "Add comment").expect("the approver can ask");
    let form = form.with("text", "Why four?").with("question", "yes");
    let back = mia.submit(&form.action, &form.fields).await.expect(200);
    assert!(back.url.contains("/approvals/task_") && back.text().contains("Why four?"));
    let form = html::form(&back.text(), "Attach file").expect("a form for files");
    assert_eq!(upload(&mia, &form, "quote.pdf", b"%PDF\r\n\x00\xFF").await, 303);
    // The requester answers, and sends a drawing along with the line.
    let browser = server.signed_in("ed@acme.example").await;
    let page = browser.get(&path).await.expect(200).text();
    let form = html::form(&page, "Add comment").expect("a box").with("text", "Four people.");
    browser.submit(&form.action, &form.fields).await.expect(200);
    server.api("mia@acme.example").await.decide(id(&it), "approve").await.expect(200);
    assert_eq!(states(&ed, &path).await, ["approved", "open"]);
    let form = html::form(&page, "Attach file").expect("a form for files").with("line", "1");
    assert_eq!(upload(&browser, &form, "C:\\drawing.dwg", b"lines").await, 303);
    assert_eq!(states(&ed, &path).await, ["approved", "open"], "papers reopen nothing");
    assert_ne!(ed.get(&path).await.json()["content_hash"], it["content_hash"]);
    let said = ed.list(&format!("{path}/comments")).await;
    let kinds: Vec<&str> = said.iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds, ["question", "answer"]);
    let files = ed.list(&format!("{path}/files")).await;
    assert_eq!(files[0]["name"], "quote.pdf");
    assert_eq!(files[0]["content_type"], "application/pdf");
    assert_eq!((&files[1]["name"], &files[1]["line"]), (&json!("drawing.dwg"), &json!(1)));
    let file = format!("{path}/files/{}", id(&files[0]));
    assert_eq!(browser.get(&file).await.expect(200).body, b"%PDF\r\n\x00\xFF");
    server.signed_in("fin@acme.example").await.get(&file).await.expect(404);
    let ada = server.api("ada@acme.example").await;
    let audit = Value::from(ada.list(&format!("/audit?about={}", id(&it))).await).to_string();
    assert!(audit.contains("file-attached") && audit.contains("quote.pdf"), "{audit}");
    // The line's file goes to its supplier, the other stays in the house.
    server.api("dan@acme.example").await.decide(id(&it), "approve").await.expect(200);
    let order = ed.list("/orders").await[0].clone();
    let page = browser.get(&format!("/orders/{}", id(&order))).await.expect(200).text();
    assert!(page.contains("drawing.dwg") && !page.contains("quote.pdf"), "{page}");
    let empty = json!({"name": "x", "content_type": "text/plain", "content": ""});
    let refused = ed.post(&format!("{path}/files"), empty).await.expect(422).json();
    assert_eq!(refused["code"], "bad-file");
}

fn said(task: &Value, word: &str, hash: &Value) -> Value {
    json!({"task": task["id"], "decision": word, "content_hash": hash})
}

#[tokio::test]
async fn several_decisions_in_one_call_are_taken_each_on_its_own() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let one = ed.requisition(DESKS, "4100").await;
    let two = ed.requisition(DESKS, "4100").await;
    let tasks = mia.list("/tasks").await;
    let of = |it: &Value| {
        tasks.iter().find(|task| task["requisition"] == it["id"]).cloned().expect("a task")
    };
    let (first, second) = (of(&one), of(&two));
    let body = json!({"decisions": [
        said(&first, "approve", &first["content_hash"]),
        said(&second, "approve", &json!("another")),
        said(&json!({"id": "task_x"}), "reject", &first["content_hash"]),
    ]});
    let answer = mia.post_once("/tasks/decide", "k-1", body.clone()).await.expect(200).json();
    let items = answer["items"].as_array().expect("items");
    assert_eq!(items[0]["state"], "approved", "{answer}");
    assert_eq!(items[0]["requisition_state"], "ordered");
    assert_eq!(items[1]["problem"]["code"], "content-changed", "{answer}");
    assert_eq!(items[1]["problem"]["status"], 409);
    assert_eq!(items[2]["problem"]["code"], "not-found");
    let again = mia.post_once("/tasks/decide", "k-1", body.clone()).await.expect(200).json();
    assert_eq!(again, answer, "the stored answer, of refused ones too");
    let other = json!({"decisions": [said(&second, "reject", &second["content_hash"])]});
    let reused = mia.post_once("/tasks/decide", "k-1", other).await.expect(409).json();
    assert_eq!(reused["code"], "key-reused", "{reused}");
    let again = mia.post_once("/tasks/decide", "k-1", body.clone()).await.expect(200).json();
    assert_eq!(again, answer, "another body changed nothing of it");
    let fresh = mia.post("/tasks/decide", body).await.expect(200).json();
    assert_eq!(fresh["items"][0]["problem"]["code"], "already-decided", "{fresh}");
    mia.post("/tasks/decide", json!({"decisions": []})).await.expect(422);
}

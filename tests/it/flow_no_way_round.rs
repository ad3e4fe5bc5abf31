//! Nobody signs what he asked for: every way that somebody might try, and one code for all.

use serde_json::{Value, json};

use crate::harness::{Answer, Api, Client, Server, html, site::eventually};

const DESKS: &[(&str, &str, &str)] = &[("DESK-01", "office-one", "4")];

/// The task of a person in a requisition's plan.
fn task_of(requisition: &Value, mail: &str) -> String {
    let steps = requisition["plan"]["steps"].as_array().expect("steps");
    let mut tasks = steps.iter().flat_map(|step| step["tasks"].as_array().expect("tasks"));
    let task = tasks.find(|task| task["assignee"] == mail);
    let task = task.unwrap_or_else(|| panic!("no task of {mail} in {requisition}"));
    task["id"].as_str().expect("an id").to_owned()
}

/// Decides a task whatever stands in the worklist.
async fn force(api: &Api, requisition: &Value, owner: &str) -> Answer {
    let task = task_of(requisition, owner);
    let hash = &requisition["content_hash"];
    let body = json!({"decision": "approve", "content_hash": hash});
    api.post(&format!("/tasks/{task}/decide"), body).await
}

async fn refused(api: &Api, requisition: &Value, owner: &str) {
    let answer = force(api, requisition, owner).await.expect(403).json();
    assert_eq!(answer["code"], "self-approval", "{answer}");
}

async fn give_roles(server: &Server, mail: &str, roles: &[&str]) {
    let ada = server.api("ada@acme.example").await;
    ada.put(&format!("/people/{mail}"), json!({"roles": roles})).await.expect(200);
}

async fn set_manager(server: &Server, mail: &str, manager: &str) -> Answer {
    let ada = server.api("ada@acme.example").await;
    ada.put(&format!("/people/{mail}"), json!({"manager": manager})).await
}

/// A browser with a login.
async fn browser(server: &Server, mail: &str) -> Client {
    let client = server.client();
    let fields = [("email", mail), ("password", "demo"), ("next", "/")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    client.form("/sign-in", &fields).await.expect(303);
    client
}

/// The path of the link to decide in the newest letter to this person.
pub(crate) async fn mail_link(server: &Server, to: &str) -> String {
    let mailboxes = server.mailboxes();
    let found = || async {
        for mailbox in &mailboxes {
            let all = mailbox.get("/sim/mail/state.json").await.expect(200).json();
            let all = all.as_array().cloned().unwrap_or_default();
            let mine = all.iter().map(Value::to_string).filter(|one| one.contains(to));
            if let Some(link) = mine.filter_map(|one| link_in(&one)).next() {
                return Some(link);
            }
        }
        None
    };
    eventually("a letter with a link", || async { found().await.is_some() }).await;
    found().await.expect("a link")
}

fn link_in(letter: &str) -> Option<String> {
    let (_, rest) = letter.split_once("/decide/")?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.~".contains(c)))?;
    Some(format!("/decide/{}", &rest[..end]))
}

#[tokio::test]
async fn looking_at_a_link_decides_nothing_and_a_link_to_an_older_content_is_void() {
    for server in Server::everywhere().await {
        let ed = server.api("ed@acme.example").await;
        let requisition = ed.requisition(DESKS, "4100").await;
        let id = requisition["id"].as_str().expect("an id");
        let link = mail_link(&server, "mia@acme.example").await;
        // A mail scanner: no cookies, GET and HEAD, more than once.
        let scanner = server.client();
        for _ in 0..2 {
            scanner.head(&link).await;
            scanner.get(&link).await;
        }
        let mia = browser(&server, "mia@acme.example").await;
        let page = mia.get(&link).await.expect(200).text();
        let form = html::form(&page, "Approve").expect("the page of the link has its buttons");
        let now = ed.get(&format!("/requisitions/{id}")).await.expect(200).json();
        assert_eq!(now["state"], "pending", "looking is not deciding: {now}");
        let lines = crate::harness::api::lines_of(&[("DESK-01", "office-one", "3")]);
        ed.put(&format!("/requisitions/{id}/lines"), lines).await.expect(200);
        let late = mia.form(&form.action, &form.fields).await;
        assert_eq!(late.status, 409, "{}", late.text());
        let now = ed.get(&format!("/requisitions/{id}")).await.expect(200).json();
        assert_eq!(now["state"], "pending", "the old link is void: {now}");
    }
}

#[tokio::test]
async fn the_requester_is_refused_by_every_role_and_through_every_door() {
    let server = Server::demo().await;
    // Every role at once, the admin's and the director's among them.
    give_roles(
        &server,
        "ed@acme.example",
        &["requester", "approver", "director", "cfo", "it-reviewer", "admin", "accounts-payable"],
    )
    .await;
    let ed = server.api("ed@acme.example").await;
    let laptops = [("LAPTOP-01", "office-one", "5"), ("DRILL-01", "toolworks", "2")];
    let requisition = ed.requisition(&laptops, "4100").await;
    let id = requisition["id"].as_str().expect("an id");
    let asked: Vec<String> = crate::harness::api::asked(&requisition).concat();
    assert!(!asked.contains(&"ed@acme.example".to_owned()), "{asked:?}");
    for owner in &asked {
        refused(&ed, &requisition, owner).await;
    }
    // By mail: the link of the manager's letter, followed by the requester with his own login.
    let link = mail_link(&server, "mia@acme.example").await;
    let browser = browser(&server, "ed@acme.example").await;
    let page = browser.get(&link).await.expect(200);
    let page = page.text();
    assert!(html::form(&page, "Approve").is_none(), "no buttons for him: {page}");
    let said = html::plain(&page);
    assert!(!said.contains("stand in") && said.contains("is asked to decide this"), "{said}");
    let csrf = html::form_to(&page, "").expect("a form").field("csrf").expect("a token").to_owned();
    let form = html::Form { action: link.clone(), method: "post".to_owned(), fields: Vec::new() }
        .with("csrf", &csrf)
        .with("content_hash", requisition["content_hash"].as_str().expect("a hash"))
        .with("comment", "")
        .with("decision", "approve");
    let answer = browser.form(&form.action, &form.fields).await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert!(answer.text().contains("Nobody decides his own requisition"), "{}", answer.text());
    // By the page of the task itself.
    let task = task_of(&requisition, "mia@acme.example");
    let form = form.with("content_hash", requisition["content_hash"].as_str().expect("a hash"));
    browser.form(&format!("/approvals/{task}"), &form.fields).await.expect(403);
    // By an edit: new lines ask the same people anew, and he is none of them.
    let lines = crate::harness::api::lines_of(&[("DESK-01", "office-one", "3")]);
    let edited = ed.put(&format!("/requisitions/{id}/lines"), lines).await.expect(200).json();
    refused(&ed, &edited, "mia@acme.example").await;
    let now = ed.get(&format!("/requisitions/{id}")).await.expect(200).json();
    assert_eq!(now["state"], "pending", "{now}");
    assert!(ed.list("/orders").await.is_empty());
}

#[tokio::test]
async fn a_deputy_gains_nothing_over_his_own_requisition() {
    let server = Server::demo().await;
    let mia = server.api("mia@acme.example").await;
    let ivy = server.api("ivy@acme.example").await;
    let delegation = json!({"deputy": "ed@acme.example", "until": "2027-06-30"});
    mia.post("/delegations", delegation).await.expect(201);
    // Over Ed's own requisition Mia stays asked, and Ed is not.
    let ed = server.api("ed@acme.example").await;
    let own = ed.requisition(DESKS, "4100").await;
    assert!(!ed.is_asked(own["id"].as_str().expect("an id")).await);
    refused(&ed, &own, "mia@acme.example").await;
    // Over somebody else's he stands in, for her, and it is recorded.
    let other = ivy.requisition(DESKS, "4100").await;
    let dans = task_of(&other, "dan@acme.example");
    assert!(!dans.is_empty(), "ivy's manager is dan");
    mia.decide(own["id"].as_str().expect("an id"), "approve").await.expect(200);
}

#[tokio::test]
async fn who_manages_himself_asks_somebody_else_or_nobody() {
    let server = Server::demo().await;
    let answer = set_manager(&server, "ed@acme.example", "ed@acme.example").await;
    let ed = server.api("ed@acme.example").await;
    if answer.status == 200 {
        let cart = ed.cart(DESKS).await;
        let body = json!({"cost_center": "4100"});
        let refused = ed.post(&format!("/carts/{cart}/submit"), body).await.expect(422).json();
        assert_eq!(refused["code"], "no-approver", "{refused}");
    } else {
        assert_eq!(answer.status, 422, "{}", answer.text());
    }
    // A circle of managers: the requester is stepped over.
    set_manager(&server, "mia@acme.example", "ed@acme.example").await;
    set_manager(&server, "ed@acme.example", "mia@acme.example").await;
    let requisition = ed.requisition(DESKS, "4100").await;
    assert_eq!(crate::harness::api::asked(&requisition), [["mia@acme.example"]]);
    refused(&ed, &requisition, "mia@acme.example").await;
}

#[tokio::test]
async fn a_sole_approver_who_asks_is_a_dead_end_and_never_a_yes() {
    let server = Server::demo().await;
    // Dan is the only director; above 5,000.00 the director is asked, also about Dan's own.
    let dan = server.api("dan@acme.example").await;
    let cart = dan.cart(&[("DESK-01", "office-one", "12")]).await;
    let body = json!({"cost_center": "4100"});
    let refused = dan.post(&format!("/carts/{cart}/submit"), body).await.expect(422).json();
    assert_eq!(refused["code"], "no-approver", "{refused}");
    assert!(refused["mend"].to_string().contains("director"), "{refused}");
    assert!(dan.list("/requisitions").await.is_empty());
}

/// Puts another access policy in force: drafted by ada, activated by abe.
async fn in_force(server: &Server, csv: &str) {
    let ada = server.api("ada@acme.example").await;
    let body = json!({"csv": csv, "comment": "who takes goods in"});
    let draft = ada.put("/policies/access", body).await.expect(200).json();
    let abe = server.api("abe@acme.example").await;
    let version = json!({"version": draft["version"]});
    abe.post("/policies/access/activate", version).await.expect(200);
}

#[tokio::test]
async fn whom_the_policy_keeps_from_his_own_goods_takes_them_in_by_no_way() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let now = ada.get("/policies/access").await.expect(200).json();
    assert_eq!(now["missing"], json!([]), "{now}");
    let csv = now["csv"].as_str().unwrap();
    let lines = ["goods-requester", "goods-approver"]
        .map(|part| format!("p, {part}, *, order, receive, allow"));
    let apart = csv
        .replace(&lines[0], &lines[0].replace("allow", "deny"))
        .replace(&lines[1], &lines[1].replace("allow", "deny"))
        .replace("p, admin, *, order, cancel", "p, admin, *, order, receive, allow\n$0")
        .replace("$0", "p, admin, *, order, cancel");
    in_force(&server, &apart).await;
    // Whatever roles ed and mia have besides.
    give_roles(&server, "ed@acme.example", &["requester", "receiver", "admin"]).await;
    give_roles(&server, "mia@acme.example", &["approver", "receiver"]).await;
    let ed = server.api("ed@acme.example").await;
    let mia = server.api("mia@acme.example").await;
    let it = ed.requisition(DESKS, "4100").await;
    mia.decide(it["id"].as_str().unwrap(), "approve").await.expect(200);
    let order = ed.list("/orders").await.remove(0);
    let id = order["id"].as_str().unwrap();
    for api in [&ed, &mia] {
        let refused = api.post(&format!("/orders/{id}/receive"), json!({})).await;
        assert_eq!(refused.expect(403).json()["code"], "own-order");
    }
    let page = browser(&server, "ed@acme.example").await;
    let at = page.get(&format!("/orders/{id}")).await.expect(200).text();
    if let Some(form) = html::form(&at, "Receive") {
        let said = page.submit(&form.action, &form.fields).await;
        assert!(said.text().contains("does not take them in"), "{}", said.status);
    }
    give_roles(&server, "fin@acme.example", &["accounts-payable", "receiver"]).await;
    let fin = server.api("fin@acme.example").await;
    fin.post(&format!("/orders/{id}/receive"), json!({})).await.expect(200);
}

#[tokio::test]
async fn an_older_policy_is_told_which_shipped_lines_it_lacks_and_drafts_them() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let now = ada.get("/policies/access").await.expect(200).json();
    let line = "p, goods-receiver, *, invoice, decide, deny";
    in_force(&server, &now["csv"].as_str().unwrap().replace(line, "")).await;
    let now = ada.get("/policies/access").await.expect(200).json();
    assert_eq!(now["missing"], json!([line]));
    let page = browser(&server, "ada@acme.example").await;
    let at = page.get("/admin/policies/access").await.expect(200).text();
    assert!(html::plain(&at).contains(line), "{at}");
    let draft = page.press(&at, "Draft the missing lines").await;
    assert!(html::plain(&draft).contains(line) && draft.contains("draft"), "{draft}");
}

//! What people type: read as they write it, shown again when it is not taken, and never lost.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Server, html};

const BOLTS: &[(&str, &str, &str)] = &[("BOLT-M8", "partsdesk", "1000")];
const LARGE: &[(&str, &str, &str)] =
    &[("LAPTOP-01", "office-one", "5"), ("DRILL-01", "toolworks", "2")];

/// Writes figures as Germans do from now on.
async fn german(server: &Server, mail: &str) -> Client {
    let ada = server.api("ada@acme.example").await;
    ada.put(&format!("/people/{mail}"), json!({"locale": "de-DE"})).await.expect(200);
    server.signed_in(mail).await
}

/// Fills in the form with this button and presses it.
async fn press(client: &Client, page: &str, button: &str, fill: &[(&str, &str)]) -> Answer {
    let text = client.open(page).await.expect(200).text();
    let form = html::form(&text, button).unwrap_or_else(|| panic!("no {button} in {text}"));
    let form = fill.iter().fold(form, |form, (name, value)| form.with(name, value));
    client.form(&form.action, &form.fields).await
}

/// The page says which field can be read in two ways, and links to it.
fn two_readings(answer: Answer, field: &str) {
    let field = field.replace('_', "-");
    let text = answer.expect(422).text();
    let words = html::plain(&text);
    assert!(words.contains("This number can be read in two ways."), "{words}");
    assert!(words.contains("1000 for a thousand, 1,5 for one and a half"), "{words}");
    assert!(text.contains(&format!("href=\"#f-{field}\"")), "a link to {field}: {text}");
    assert!(text.contains(&format!("id=\"f-{field}\"")), "{field} is there: {text}");
}

fn path(kind: &str, row: &Value) -> String {
    format!("/{kind}/{}", row["id"].as_str().expect("an id"))
}

/// The page on which this person decides his one task.
async fn task_page(server: &Server, mail: &str) -> String {
    let tasks = server.api(mail).await.list("/tasks").await;
    path("approvals", tasks.first().expect("a task"))
}

#[tokio::test]
async fn a_german_thousand_is_never_taken_for_one() {
    let server = Server::demo().await;
    let (ed, mia) =
        (german(&server, "ed@acme.example").await, german(&server, "mia@acme.example").await);
    let api = server.api("ed@acme.example").await;
    let large = api.requisition(LARGE, "4100").await;
    let edit = format!("{}/edit", path("requisitions", &large));
    let form = html::form(&ed.open(&edit).await.text(), "Save and ask again").expect("the form");
    let mut fields = form.fields.clone();
    fields.iter_mut().find(|(name, _)| name == "quantity").expect("a quantity").1 = "1.000".into();
    two_readings(ed.form(&form.action, &fields).await, "quantity-0");
    let decide = task_page(&server, "mia@acme.example").await;
    two_readings(press(&mia, &decide, "Approve", &[("quantity-2", "1.000")]).await, "quantity-2");
    press(&mia, &decide, "Approve", &[("quantity-2", "1,0")]).await.expect(303);
    let now = api.get(&path("requisitions", &large)).await.expect(200).json();
    assert_eq!(now["lines"][1]["quantity"], "1", "{now}");
    api.requisition(BOLTS, "4100").await;
    let orders = api.list("/orders").await;
    let order = orders.iter().find(|one| one["supplier"] == "partsdesk").expect("an order");
    let page = path("orders", order);
    two_readings(press(&ed, &page, "Receive", &[("receive-1", "1.000")]).await, "receive-1");
    press(&ed, &page, "Receive", &[("receive-1", "400,5")]).await.expect(303);
    let words = html::plain(&ed.get(&page).await.text());
    assert!(words.contains("400,5 received"), "{words}");
    // What the page wrote itself is no riddle: 599.5 are left.
    press(&ed, &page, "Receive", &[]).await.expect(303);
}

#[tokio::test]
async fn the_admins_figures_are_read_as_they_are_written() {
    let server = Server::demo().await;
    let ada = german(&server, "ada@acme.example").await;
    for (page, name) in [("/admin/settings", "price_tolerance"), ("/admin/sign-off", "tolerance")] {
        two_readings(press(&ada, page, "Save", &[(name, "1.125")]).await, name);
        press(&ada, page, "Save", &[(name, "1,125")]).await.expect(303);
        assert!(ada.get(page).await.text().contains("value=\"1.125\""), "{page}");
        press(&ada, page, "Save", &[]).await.expect(303);
    }
    let prices = "/admin/prices?supplier=office-one&sku=PEN-01";
    two_readings(press(&ada, prices, "Save", &[("tiers", "1 0,9\n1.000 0,5")]).await, "tiers");
    press(&ada, prices, "Save", &[("tiers", "1 0,9\n100 0.035")]).await.expect(303);
    press(&ada, prices, "Save", &[]).await.expect(303);
    let words = html::plain(&ada.get(prices).await.text());
    assert!(words.contains("0,035 EUR"), "{words}");
}

#[tokio::test]
async fn a_decision_that_is_not_taken_keeps_every_word() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let it = ed.requisition(LARGE, "4100").await;
    let mia = server.signed_in("mia@acme.example").await;
    let page = task_page(&server, "mia@acme.example").await;
    let first = mia.get(&page).await.text();
    assert!(first.contains("<details><summary>Decide line by line"), "{first}");
    let said = [("refuse-2", "We have drills."), ("quantity-1", "three"), ("comment", "Soon")];
    let text = press(&mia, &page, "Approve", &said).await.expect(422).text();
    assert!(text.contains("<details open><summary>Decide line by line"), "{text}");
    assert!(text.contains("href=\"#f-quantity-1\""), "{text}");
    let words = html::plain(&text);
    assert!(words.contains("This is no quantity.") && words.contains("Got: three."), "{words}");
    let form = html::form(&text, "Approve").expect("the form again");
    for (name, value) in said {
        assert_eq!(form.field(name).map(str::trim), Some(value));
    }
    let form = form.with("quantity-1", "3");
    mia.form(&form.action, &form.fields).await.expect(303);
    let now = ed.get(&path("requisitions", &it)).await.expect(200).json();
    let lines = now["lines"].as_array().expect("lines");
    assert_eq!((lines.len(), &lines[0]["quantity"]), (1, &json!("3")), "{now}");
}

#[tokio::test]
async fn a_thousand_lines_are_decided_in_parts_that_say_so() {
    let server = Server::demo().await;
    let head = "sku,name,unit,price,currency,unspsc\n".to_owned();
    let line = |at: u32| format!("MANY-{at},Part {at},EA,0.10,EUR,31161500\n");
    let csv = (1..=250).fold(head, |csv, at| csv + line(at).as_str());
    let ada = server.signed_in("ada@acme.example").await;
    let list = [("csv", csv.as_str()), ("supplier", "partsdesk")];
    press(&ada, "/admin/import", "Import", &list).await.expect(200);
    let skus: Vec<String> = (1..=250).map(|at| format!("MANY-{at}")).collect();
    let lines: Vec<_> = skus.iter().map(|sku| (sku.as_str(), "partsdesk", "30")).collect();
    let ed = server.api("ed@acme.example").await;
    let it = ed.requisition(&lines, "4100").await;
    let mia = server.signed_in("mia@acme.example").await;
    for page in [path("requisitions", &it), task_page(&server, "mia@acme.example").await] {
        let first = mia.get(&page).await.expect(200);
        assert!(first.body.len() < 100_000, "{page} has {} bytes", first.body.len());
        let words = html::plain(&first.text());
        assert!(words.contains("1 to 100 of 250") && !words.contains("Part 101 "), "{words}");
        let last = mia.get(&format!("{page}?after=200")).await.expect(200).text();
        let words = html::plain(&last);
        assert!(words.contains("201 to 250 of 250") && words.contains("Part 250 "), "{words}");
    }
    let page = format!("{}?after=200", task_page(&server, "mia@acme.example").await);
    let text = press(&mia, &page, "Approve", &[("quantity-250", "x")]).await.expect(422).text();
    assert!(html::plain(&text).contains("201 to 250 of 250"), "the same part again: {text}");
    let form = html::form(&text, "Approve").expect("the form").with("quantity-250", "29");
    mia.form(&form.action, &form.fields).await.expect(303);
    let now = ed.get(&path("requisitions", &it)).await.expect(200).json();
    assert_eq!(now["total"]["amount"], "749.90", "all others stand: {now}");
}

#[tokio::test]
async fn what_is_typed_behind_a_mails_link_survives_signing_in() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let it = ed.requisition(LARGE, "4100").await;
    let link = super::flow_no_way_round::mail_link(&server, "mia@acme.example").await;
    let mia = server.client();
    let said = [("comment", "Too \"dear\" <b>"), ("quantity-1", "3")];
    let text = press(&mia, &link, "Reject", &said).await.expect(401).text();
    assert!(html::plain(&text).contains("Nothing has been sent yet"), "{text}");
    let form = html::form(&text, "Sign in").expect("the sign-in form");
    let form = form.with("email", "mia@acme.example").with("password", "wrong");
    let text = mia.form(&form.action, &form.fields).await.expect(401).text();
    let form = html::form(&text, "Sign in").expect("the form again").with("password", "demo");
    let text = mia.form(&form.action, &form.fields).await.expect(200).text();
    let on = html::form(&text, "Go on").expect("a way back to what was typed");
    let text = mia.form(&on.action, &on.fields).await.expect(200).text();
    assert!(html::plain(&text).contains("Nothing has been sent yet."), "{text}");
    let form = html::form(&text, "Reject").expect("the decision");
    assert_eq!(form.field("quantity-1"), Some("3"));
    assert!(text.contains("Too &#34;dear&#34; &#60;b&#62;"), "{text}");
    let now = ed.get(&path("requisitions", &it)).await.expect(200).json();
    assert_eq!(now["state"], "pending", "{now}");
    let form = form.with("comment", "Too dear");
    mia.form(&form.action, &form.fields).await.expect(303);
    let now = ed.get(&path("requisitions", &it)).await.expect(200).json();
    assert_eq!(now["reject_reason"], "Too dear", "{now}");
    // Any other form says that it came too late.
    let gone = server.client();
    let html = [("accept", "text/html"), ("content-type", "application/x-www-form-urlencoded")];
    let late = gone.send(reqwest::Method::POST, "/cart/quantities", &html, Vec::new()).await;
    assert_eq!(late.location(), Some("/sign-in?next=%2F&unsent=yes"));
    let words = html::plain(&gone.open(late.location().expect("a place")).await.text());
    assert!(words.contains("You were signed out before this could be sent."), "{words}");
}

#[tokio::test]
async fn an_orders_page_links_only_to_what_its_reader_may_see() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let it = ed.requisition(BOLTS, "4100").await;
    let order = path("orders", &ed.list("/orders").await.remove(0));
    let (trail, origin) = (format!("{order}/trail"), path("requisitions", &it));
    let people = [("ada", true, true), ("ed", false, true), ("fin", false, false)];
    for (who, sees_trail, sees_origin) in people {
        let client = server.signed_in(&format!("{who}@acme.example")).await;
        let text = client.get(&order).await.expect(200).text();
        for (target, sees) in [(&trail, sees_trail), (&origin, sees_origin)] {
            let linked = text.contains(&format!("href=\"{target}\""));
            assert_eq!(linked, sees, "{who} {target}");
            client.get(target).await.expect(if sees { 200 } else { 404 });
        }
    }
}

#[tokio::test]
async fn somebody_named_without_a_reason_is_told_at_the_reason() {
    let server = Server::demo().await;
    let ed = server.signed_in("ed@acme.example").await;
    ed.add_to_cart("DESK-01", "4").await;
    let named = [("also_ask", "ivy@acme.example")];
    let text = press(&ed, "/cart", "Submit for sign-off", &named).await.expect(422).text();
    let words = html::plain(&text);
    assert!(words.contains("Say why somebody else is to be asked as well."), "{words}");
    assert!(text.contains("href=\"#f-reason\"") && text.contains("id=\"f-reason\""), "{text}");
    let nobody = [("also_ask", "nobody@acme.example"), ("reason", "She knows.")];
    let text = press(&ed, "/cart", "Submit for sign-off", &nobody).await.expect(422).text();
    assert!(text.contains("href=\"#f-also-ask\""), "{text}");
}

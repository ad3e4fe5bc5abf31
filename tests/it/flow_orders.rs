//! Orders on their way: partners that are down, a server that is killed, a resend by hand, and the
//! pages on which a supplier confirms and ships and a buyer receives.

use serde_json::{Value, json};

use crate::harness::{Api, Client, Server, Site, documents, dtd, html, site::eventually};

/// Below Ed's own limit: nobody is asked.
const SMALL: &[(&str, &str, &str)] = &[
    ("PEN-01", "office-one", "10"),
    ("DRILL-01", "toolworks", "1"),
    ("BOLT-M8", "partsdesk", "1000"),
];

async fn orders(api: &Api) -> Vec<Value> {
    let mut all = Vec::new();
    for order in api.list("/orders").await {
        let id = order["id"].as_str().unwrap();
        all.push(api.get(&format!("/orders/{id}")).await.expect(200).json());
    }
    all
}

async fn order_of(api: &Api, supplier: &str) -> Value {
    let all = orders(api).await;
    all.into_iter().find(|order| order["supplier"] == supplier).expect("an order")
}

/// How often it was tried, and where it stands.
fn sending(order: &Value) -> (i64, String) {
    let row = order["deliveries"].as_array().unwrap().iter();
    let row = row.clone().find(|row| row["purpose"] == "order").expect("a delivery");
    (row["attempts"].as_i64().unwrap(), row["state"].as_str().unwrap().to_owned())
}

/// Acme orders of office-one go to this site.
async fn lead_to(site: &Site, ada: &Api) {
    let body = json!({"channel": "cxml", "url": site.url()});
    ada.put("/suppliers/office-one/delivery", body).await.expect(200);
}

async fn mail_is_down(client: &Client, down: bool) {
    let word = if down { "yes" } else { "no" };
    let fields = [("down".to_owned(), word.to_owned())];
    client.form("/sim/mail/switch", &fields).await.expect(303);
}

/// Letters about the order that arrived at this address.
async fn mails(client: &Client, to: &str, number: &str) -> usize {
    let text = client.get("/sim/mail/state.json").await.expect(200).text();
    let all: Value = serde_json::from_str(&text).unwrap();
    let all = all.as_array().cloned().unwrap_or_default();
    all.iter().map(Value::to_string).filter(|one| one.contains(to) && one.contains(number)).count()
}

#[tokio::test]
async fn what_could_not_be_delivered_arrives_once_partners_are_back() {
    let server = Server::demo().await;
    let (ed, ada) = (server.api("ed@acme.example").await, server.api("ada@acme.example").await);
    let client = server.client();
    let mut site = Site::open().await;
    lead_to(&site, &ada).await;
    site.pause();
    mail_is_down(&client, true).await;
    ed.requisition(SMALL, "4100").await;
    for supplier in ["office-one", "toolworks"] {
        eventually("a first attempt", || async { sending(&order_of(&ed, supplier).await).0 >= 1 })
            .await;
    }
    server.advance("PT10S").await;
    eventually("a second attempt", || async {
        sending(&order_of(&ed, "office-one").await) == (2, "waiting".to_owned())
    })
    .await;
    let waiting = order_of(&ed, "office-one").await;
    assert_eq!(waiting["state"], "issued");
    let tried = waiting["deliveries"][0]["log"][0]["detail"].as_str().unwrap().to_owned();
    assert!(tried.contains("refused") || tried.contains("closed"), "{tried}");
    assert_eq!(order_of(&ed, "partsdesk").await["state"], "sent", "the desk needs no wire");
    site.resume().await;
    mail_is_down(&client, false).await;
    server.advance("PT40M").await;
    for supplier in ["office-one", "toolworks"] {
        eventually("it has arrived", || async { order_of(&ed, supplier).await["state"] == "sent" })
            .await;
    }
    assert_eq!(site.payloads().len(), 1);
    let mailed = order_of(&ed, "toolworks").await["number"].as_str().unwrap().to_owned();
    assert_eq!(mails(&client, "orders@toolworks.example", &mailed).await, 1);
    let number = waiting["number"].as_str().unwrap().to_owned();
    eventually("Ed's letter has arrived too", || async {
        mails(&client, "ed@acme.example", &number).await == 1
    })
    .await;
}

#[tokio::test]
async fn a_killed_server_goes_on_delivering_and_a_resend_is_the_same_document() {
    let mut server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let mut site = Site::open().await;
    lead_to(&site, &ada).await;
    site.pause();
    let ed = server.api("ed@acme.example").await;
    ed.requisition(&SMALL[..1], "4100").await;
    server.kill();
    site.resume().await;
    server.restart();
    let (ed, ada) = (server.api("ed@acme.example").await, server.api("ada@acme.example").await);
    server.advance("PT10M").await;
    eventually("it has arrived", || async { order_of(&ed, "office-one").await["state"] == "sent" })
        .await;
    let order = order_of(&ed, "office-one").await;
    let path = format!("/orders/{}/resend", order["id"].as_str().unwrap());
    assert_eq!(ed.post(&path, json!({})).await.status, 403);
    ada.post(&path, json!({})).await.expect(200);
    eventually("it has arrived again", || async {
        let arrived = site.documents().len();
        arrived >= 2 && sending(&order_of(&ada, "office-one").await).1 == "delivered"
    })
    .await;
    // Asserts that what came twice is the very same.
    assert_eq!(site.payloads(), [order["payload_id"].as_str().unwrap()]);
    let document = site.documents().remove(0);
    dtd::check(&document);
    let secret = documents::between(&document, "<SharedSecret>", "</SharedSecret>");
    assert_eq!(secret, Some("office-one-secret"));
    let id = order["id"].as_str().unwrap();
    let kept = ed.get(&format!("/orders/{id}/documents")).await.expect(200).text();
    assert!(kept.contains("OrderRequest") && !kept.contains("office-one-secret"), "{kept}");
}

/// Presses the button on the page, with these fields filled in; the page that follows.
async fn press(client: &Client, page: &str, button: &str, fill: &[(&str, &str)]) -> String {
    let text = client.open(page).await.expect(200).text();
    let form = html::form(&text, button).unwrap_or_else(|| panic!("no {button} in {text}"));
    let form = fill.iter().fold(form, |form, (name, value)| form.with(name, value));
    client.submit(&form.action, &form.fields).await.text()
}

#[tokio::test]
async fn sue_confirms_and_ships_on_the_desk_and_ed_receives() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    ed.requisition(&SMALL[2..], "4100").await;
    let order = order_of(&ed, "partsdesk").await;
    let (id, number) = (order["id"].as_str().unwrap(), order["number"].as_str().unwrap());
    let sue = server.signed_in("sue@partsdesk.example").await;
    let desk = sue.open("/supplier").await.expect(200).text();
    assert_eq!(html::link(&desk, number).as_deref(), Some(&*format!("/supplier/orders/{id}")));
    let page = format!("/supplier/orders/{id}");
    let too_much = press(&sue, &page, "Confirm order", &[("confirm-1", "1001")]).await;
    assert!(too_much.contains("There is a problem"), "{}", html::plain(&too_much));
    assert!(too_much.contains("value=\"1001\""), "what was typed stays");
    let part = press(&sue, &page, "Confirm order", &[("confirm-1", "600")]).await;
    assert!(html::plain(&part).contains("600 confirmed, 400 backordered"));
    let all = press(&sue, &page, "Confirm order", &[("confirm-1", "1000")]).await;
    assert!(html::plain(&all).contains("1,000 confirmed"), "{}", html::plain(&all));
    let fill = [("ship-1", "1000"), ("carrier", "Fast <b>"), ("tracking", "1Z")];
    let sent = press(&sue, &page, "Ship", &fill).await;
    assert!(sent.contains("Fast &lt;b&gt;") || sent.contains("Fast &#60;b&#62;"), "{sent}");
    assert!(html::form(&sent, "Ship").is_none() && html::form(&sent, "Create invoice").is_some());
    // Another supplier's people and another organisation's see nothing.
    for (mail, path) in [("sue@partsdesk.example", "/orders/"), ("ed@globex.example", "/orders/")] {
        let stranger = server.signed_in(mail).await;
        let answer = stranger.get(&format!("{path}{id}")).await;
        assert!(mail.starts_with("sue") || answer.status == 404, "{mail}: {}", answer.status);
    }
    let buyer = server.signed_in("ed@acme.example").await;
    let page = format!("/orders/{id}");
    let some = press(&buyer, &page, "Receive", &[("receive-1", "400")]).await;
    assert!(html::plain(&some).contains("partly received"));
    let done = press(&buyer, &page, "Receive", &[]).await;
    assert!(html::form(&done, "Receive").is_none(), "{}", html::plain(&done));
    assert_eq!(order_of(&ed, "partsdesk").await["state"], "received");
}

#[tokio::test]
async fn a_rejection_on_the_desk_needs_a_reason_and_reaches_the_requester() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    ed.requisition(&SMALL[2..], "4100").await;
    let order = order_of(&ed, "partsdesk").await;
    let (id, number) = (order["id"].as_str().unwrap(), order["number"].as_str().unwrap());
    let sue = server.signed_in("sue@partsdesk.example").await;
    let page = format!("/supplier/orders/{id}");
    let asked = press(&sue, &page, "Reject order", &[]).await;
    assert!(asked.contains("Say why the order is not taken."), "{}", html::plain(&asked));
    press(&sue, &page, "Reject order", &[("reason", "No bolts this year")]).await;
    assert_eq!(order_of(&ed, "partsdesk").await["state"], "rejected");
    let client = server.client();
    eventually("Ed reads of it", || async { mails(&client, "ed@acme.example", number).await == 2 })
        .await;
}

//! Mail server and supplier down during sign-off: everything arrives once they are back.

use std::sync::Arc;

use countersign::{
    base::time::{Clock, Time},
    sim::mail::MailSink,
};
use serde_json::json;

use crate::harness::{Kind, Server, Site, html, site::eventually};

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
        Time::from_millis(i64::try_from(since.as_millis()).unwrap())
    }
}

#[tokio::test]
async fn what_could_not_be_sent_is_sent_when_the_others_are_back() {
    let address = "127.0.0.1:0".parse().unwrap();
    let (sink, address) = MailSink::start(address, Arc::new(SystemClock)).await.unwrap();
    let mut site = Site::open().await;
    let smtp = format!("smtp://{address}");
    let server = Server::demo_with(Kind::Sqlite, &["--smtp", &smtp]).await;
    let ada = server.api("ada@acme.example").await;
    let delivery = json!({"channel": "cxml", "url": site.url(), "identity": "111111111",
        "secret": "office-one-secret"});
    ada.put("/suppliers/office-one/delivery", delivery).await.expect(200);
    sink.pause();
    site.pause();

    let ed = server.api("ed@acme.example").await;
    let lines = [("DESK-01", "office-one", "2"), ("DRILL-01", "toolworks", "2")];
    let requisition = ed.requisition(&lines, "4100").await;
    let it = requisition["id"].as_str().unwrap();
    server.api("mia@acme.example").await.decide(it, "approve").await.expect(200);
    let attempts = |orders: &[serde_json::Value], supplier: &str| {
        let order = orders.iter().find(|o| o["supplier"] == supplier).expect("an order");
        let delivery = order["deliveries"][0].clone();
        (delivery["state"].as_str().unwrap().to_owned(), delivery["attempts"].clone())
    };
    eventually("both deliveries were tried in vain", || async {
        let mut orders = Vec::new();
        for order in ed.list("/orders").await {
            let path = format!("/orders/{}", order["id"].as_str().unwrap());
            orders.push(ed.get(&path).await.expect(200).json());
        }
        let tried = |supplier| {
            let (state, attempts) = attempts(&orders, supplier);
            state == "waiting" && attempts.as_i64().is_none_or(|n| n > 0)
        };
        orders.len() == 2 && tried("office-one") && tried("toolworks")
    })
    .await;
    assert!(site.documents().is_empty() && sink.arrived() == 0);

    sink.resume().await.unwrap();
    site.resume().await;
    server.advance("PT26H").await;
    eventually("the cXML order has arrived", || async { site.payloads().len() == 1 }).await;
    eventually("all mail has arrived", || async {
        let mails = sink.list();
        let to = |who: &str| mails.iter().filter(|m| m.to.iter().any(|t| t == who)).count();
        to("orders@toolworks.example") == 1
            && to("mia@acme.example") >= 1
            && to("ed@acme.example") >= 1
    })
    .await;
    assert_eq!(sink.list().iter().filter(|m| m.to[0] == "dan@acme.example").count(), 0);
    sink.stop().await;
}

#[tokio::test]
async fn a_letter_that_the_mail_server_refuses_stands_with_the_deliveries() {
    let (smtp, listener) = refusing_server().await;
    let server = Server::demo_with(Kind::Sqlite, &["--smtp", &smtp]).await;
    server
        .api("ed@acme.example")
        .await
        .requisition(&[("DESK-01", "office-one", "2")], "4100")
        .await;
    let ada = server.signed_in("ada@acme.example").await;
    let listed = async || {
        let page = ada.get("/admin/deliveries").await.expect(200).text();
        page.contains("mia@acme.example") && page.contains("550") && page.contains("given up")
    };
    eventually("the refused letter in the list", listed).await;
    assert!(server.log().contains("letter not taken"), "a refusal is no success in the log");
    let page = ada.get("/admin/deliveries").await.expect(200).text();
    let at = page.find("/admin/deliveries/letters/").expect("a button");
    let path: String = page[at..].chars().take_while(|c| *c != '"').collect();
    let form = html::form(&page, "Send again").expect("the form");
    ada.form(&path, &form.fields).await.expect(303);
    listener.abort();
}

/// A mail server that takes nobody's mail.
async fn refusing_server() -> (String, tokio::task::JoinHandle<()>) {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut socket = BufReader::new(socket);
                let _ = socket.write_all(b"220 mail.example\r\n").await;
                let mut line = String::new();
                while socket.read_line(&mut line).await.is_ok_and(|read| read > 0) {
                    let answer: &[u8] = match line.get(..4).unwrap_or_default() {
                        "EHLO" | "HELO" | "MAIL" | "RSET" | "NOOP" => b"250 fine\r\n",
                        "QUIT" => b"221 bye\r\n",
                        _ => b"550 no such mailbox\r\n",
                    };
                    let _ = socket.write_all(answer).await;
                    line.clear();
                }
            });
        }
    });
    (url, serving)
}

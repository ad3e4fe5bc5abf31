//! Visits from procurement systems: the cXML door, start links, OCI calls, the way back.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::Method;

use crate::harness::{
    Client, Server,
    documents::{ACME, GLOBEX, INITECH, Partner, between, envelope, setup, start_page, status},
    html,
};

mod corpus;
mod doors;

const BACK: &str = "http://localhost:9/back";

/// A visit of this person: a client whose session has begun.
async fn visit(server: &Server, partner: Partner, mail: &str, payload: &str) -> Client {
    let shopper = server.client();
    let answer = shopper.xml("/cxml", &setup(partner, payload, mail, "cookie-1", BACK)).await;
    let start = start_page(&answer.expect(200).text()).unwrap();
    shopper.open(&start).await;
    shopper
}

#[tokio::test]
async fn fifty_equal_setup_requests_make_one_session_and_fifty_equal_answers() {
    let server = Server::demo().await;
    let document = setup(ACME, "same@test", "ed@acme.example", "c", BACK);
    let posts = (0..50).map(|_| {
        let (client, document) = (server.client(), document.clone());
        tokio::spawn(async move { client.xml("/cxml", &document).await.expect(200).body })
    });
    let mut answers = BTreeSet::new();
    for post in posts.collect::<Vec<_>>() {
        answers.insert(post.await.unwrap());
    }
    assert_eq!(answers.len(), 1);
    let answer = String::from_utf8(answers.pop_first().unwrap()).unwrap();
    assert_eq!(status(&answer), Some(200), "{answer}");
    // The same later; another body under the same payloadID is refused.
    let client = server.client();
    assert_eq!(client.xml("/cxml", &document).await.text(), answer);
    let other = document.replace(">c<", ">d<");
    let refused = client.xml("/cxml", &other).await.expect(200).text();
    assert_eq!(status(&refused), Some(409), "{refused}");
    // Another sender has payloadIDs of its own.
    let foreign = setup(GLOBEX, "same@test", "ed@globex.example", "c", BACK);
    assert_eq!(status(&client.xml("/cxml", &foreign).await.text()), Some(200));
}

#[tokio::test]
async fn a_start_link_opens_once_and_looking_ahead_uses_nothing_up() {
    let server = Server::demo().await;
    let client = server.client();
    let document = setup(ACME, "start@test", "ed@acme.example", "c", BACK);
    let start = start_page(&client.xml("/cxml", &document).await.text()).unwrap();
    client.head(&start).await.expect(200);
    let ahead = [("sec-purpose", "prefetch;prerender")];
    client.send(Method::GET, &start, &ahead, Vec::new()).await.expect(200);
    let opened = client.get(&start).await.expect(303);
    let cookie = opened.header("set-cookie").unwrap().to_owned();
    for word in ["HttpOnly", "SameSite=None", "Secure", "Partitioned"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    assert_eq!(opened.header("referrer-policy"), Some("no-referrer"));
    let hop = opened.location().unwrap().to_owned();
    let shop = client.get(&hop).await.expect(303);
    assert_eq!(shop.location(), Some("/shop"));
    // With its own cookie it goes on, without it the link is used up, as a forged one is.
    client.get(&start).await.expect(303);
    let stranger = server.client();
    let used = stranger.get(&start).await.expect(403).text();
    let forged = format!("{}A", &start[..start.len() - 1]);
    let forged = stranger.get(&forged).await.expect(403).text();
    let nonsense = stranger.get("/start/x").await.expect(403).text();
    let plain = |page: &str| {
        let text = html::plain(page);
        between(&text, "", "Request ").map_or(text.clone(), str::to_owned)
    };
    assert_eq!(plain(&used), plain(&forged));
    assert_eq!(plain(&used), plain(&nonsense));
    assert!(!used.contains(start.rsplit('/').next().unwrap()));
}

#[tokio::test]
async fn once_the_cookie_came_back_no_address_takes_the_visit_over() {
    let server = Server::demo().await;
    let client = server.client();
    let document = setup(ACME, "hop@test", "ed@acme.example", "c", BACK);
    let start = start_page(&client.xml("/cxml", &document).await.text()).unwrap();
    let on = client.get(&start).await.expect(303).location().unwrap().to_owned();
    for _ in 0..2 {
        client.get(&on).await.expect(303);
        server.client().get(&on).await.expect(403);
    }
    client.get("/cart").await.expect(200);
}

#[tokio::test]
async fn who_only_looks_at_a_cart_is_offered_no_transfer() {
    let server = Server::demo().await;
    let line = "</Contact><ItemOut quantity=\"2\"><ItemID><SupplierPartID>PEN-01</SupplierPartID>\
                </ItemID></ItemOut></PunchOutSetupRequest>";
    let document = setup(GLOBEX, "look@test", "ed@globex.example", "c", BACK)
        .replace("operation=\"create\"", "operation=\"inspect\"")
        .replace("</Contact></PunchOutSetupRequest>", line);
    let looker = server.client();
    let start = start_page(&looker.xml("/cxml", &document).await.text()).unwrap();
    looker.open(&start).await;
    let page = looker.get("/cart").await.expect(200).text();
    assert!(html::plain(&page).contains("opened this cart to be looked at"), "{page}");
    assert!(html::form(&page, "Transfer cart").is_none());
    assert!(html::form(&page, "Cancel and return").is_some());
}

#[tokio::test]
async fn an_expired_start_link_is_refused_like_a_used_one() {
    let server = Server::demo().await;
    let client = server.client();
    let document = setup(ACME, "late@test", "ed@acme.example", "c", BACK);
    let start = start_page(&client.xml("/cxml", &document).await.text()).unwrap();
    server.advance("PT16M").await;
    client.get(&start).await.expect(403);
}

#[tokio::test]
async fn a_browser_without_cookies_goes_on_by_the_address_once() {
    let server = Server::demo().await;
    let document = setup(ACME, "path@test", "ed@acme.example", "c", BACK);
    let answer = server.client().xml("/cxml", &document).await.text();
    let start = start_page(&answer).unwrap();
    let hop = server.client().get(&start).await.expect(303).location().unwrap().to_owned();
    let path = server.client().get(&hop).await.expect(303).location().unwrap().to_owned();
    assert!(path.starts_with("/p/"), "{path}");
    let next = server.client().get(&path).await.expect(303);
    assert_eq!(next.header("referrer-policy"), Some("no-referrer"));
    let shop = next.location().unwrap().to_owned();
    assert!(shop.starts_with("/p/") && shop.ends_with("/shop"), "{shop}");
    server.client().get(&hop).await.expect(403);
}

#[tokio::test]
async fn cancelling_carries_an_empty_cart_with_status_204_home() {
    let server = Server::demo().await;
    let shopper = visit(&server, GLOBEX, "ed@globex.example", "cancel@test").await;
    let page = shopper.get("/transfer").await.expect(200).text();
    let cancel = html::form(&page, "Cancel and return").expect("a way out");
    let page = shopper.form(&cancel.action, &cancel.fields).await.expect(200);
    let policy = page.header("content-security-policy").unwrap().to_owned();
    assert!(policy.contains("form-action 'self' http://localhost:9"), "{policy}");
    let back = html::form_to(&page.text(), BACK).expect("the way back");
    let document = back.field("cxml-urlencoded").unwrap();
    assert_eq!(status(document), Some(204), "{document}");
    assert_eq!(between(document, "<BuyerCookie>", "</BuyerCookie>"), Some("cookie-1"));
    assert!(!document.contains("<ItemIn") && !document.contains("SharedSecret"));
    // The visit is over.
    let after = shopper.get("/transfer").await;
    assert_ne!(after.status, 200);
}

#[tokio::test]
async fn a_cart_that_is_signed_off_here_goes_home_pending_and_then_final() {
    for server in Server::everywhere().await {
        let ed = server.api("ed@initech.example").await;
        let mia = server.api("mia@initech.example").await;
        for decision in ["approve", "reject"] {
            let payload = format!("{decision}@test");
            let shopper = visit(&server, INITECH, "ed@initech.example", &payload).await;
            shopper.add_to_cart("LAPTOP-01", "2").await;
            let cart = shopper.get("/cart").await.expect(200).text();
            assert!(html::form(&cart, "Transfer cart").is_none(), "it is signed off first");
            let submitted = shopper.press(&cart, "Submit for sign-off").await;
            assert_eq!(quote_status(&submitted).as_deref(), Some("pending"), "{submitted}");
            let it = ed.list("/requisitions").await.remove(0);
            assert_eq!(it["state"], "pending", "{it}");
            let id = it["id"].as_str().unwrap();
            let path = format!("/transfer/requisition/{id}");
            let token = html::form(&cart, "Submit for sign-off").expect("a form").fields;
            let early = shopper.form(&path, &token).await;
            assert!((400..500).contains(&early.status), "{}", early.text());
            if decision == "approve" {
                let order = laptops("ahead@test");
                let answer = server.client().xml("/cxml", &order).await.expect(200).text();
                assert_eq!(status(&answer), Some(201), "{answer}");
                assert!(answer.contains("the sign-off of its cart"), "{answer}");
            }
            mia.decide(id, decision).await.expect(200);
            let page = shopper.get("/transfer").await.expect(200).text();
            if decision == "approve" {
                let home = shopper.press(&page, "Transfer cart").await;
                assert_eq!(quote_status(&home).as_deref(), Some("final"), "{home}");
                continue;
            }
            assert_ne!(quote_status(&page).as_deref(), Some("final"), "{page}");
            let late = shopper.form(&path, &token).await;
            assert!((400..500).contains(&late.status), "{}", late.text());
        }
    }
}

/// An order of Initech for the laptops, sent before anybody signed.
fn laptops(payload: &str) -> String {
    let order = "<OrderRequest><OrderRequestHeader orderID=\"I-1\" \
                 orderDate=\"2026-11-21T09:00:00+00:00\" type=\"new\"><Total><Money \
                 currency=\"EUR\">2.00</Money></Total><BillTo><Address><Name xml:lang=\"en\">\
                 Initech</Name></Address></BillTo></OrderRequestHeader><ItemOut quantity=\"2\" \
                 lineNumber=\"1\"><ItemID><SupplierPartID>LAPTOP-01</SupplierPartID></ItemID>\
                 <ItemDetail><UnitPrice><Money currency=\"EUR\">1.00</Money></UnitPrice>\
                 <Description xml:lang=\"en\">Laptop</Description><UnitOfMeasure>EA\
                 </UnitOfMeasure></ItemDetail></ItemOut></OrderRequest>";
    envelope(INITECH, payload, order)
}

/// What the cart on its way home says of itself.
fn quote_status(page: &str) -> Option<String> {
    let home = html::form_to(page, BACK)?;
    let document = String::from_utf8(STANDARD.decode(home.field("cxml-base64")?).ok()?).ok()?;
    between(&document, "quoteStatus=\"", "\"").map(str::to_owned)
}

#[tokio::test]
async fn people_are_found_in_the_senders_own_organisation_alone() {
    let server = Server::demo().await;
    let client = server.client();
    // Initech names Acme's ed: nobody of Acme is touched, the connection's own account shops.
    let document = setup(INITECH, "foreign@test", "ed@acme.example", "c", BACK);
    let answer = client.xml("/cxml", &document).await.text();
    assert_eq!(status(&answer), Some(200), "{answer}");
    let page = client.open(&start_page(&answer).unwrap()).await;
    let page = if page.status == 200 { page } else { client.get("/transfer").await };
    assert!(!html::plain(&page.text()).contains("Acme"), "{}", html::plain(&page.text()));
    // Somebody new is made on first sight.
    let document = setup(INITECH, "new@test", "newcomer@initech.example", "c", BACK);
    assert_eq!(status(&client.xml("/cxml", &document).await.text()), Some(200));
}

#[tokio::test]
async fn a_profile_names_what_the_door_takes() {
    let server = Server::demo().await;
    let request = envelope(ACME, "profile@test", "<ProfileRequest/>");
    let answer = server.client().xml("/cxml", &request).await.expect(200).text();
    assert_eq!(status(&answer), Some(200));
    for name in ["PunchOutSetupRequest", "OrderRequest", "StatusUpdateRequest"] {
        assert!(answer.contains(&format!("requestName=\"{name}\"")), "{answer}");
    }
    assert!(answer.contains(&format!("{}/cxml", server.url)));
}

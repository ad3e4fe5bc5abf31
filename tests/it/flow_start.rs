//! The newcomer's first minute: the demo starts, everybody gets in, and it stops as it should.

use reqwest::Method;

use crate::harness::{
    Client, Kind, Server,
    documents::{self, ACME, GLOBEX, INITECH, Partner},
};

const PEOPLE: &[&str] = &[
    "ed@acme.example",
    "mia@acme.example",
    "dan@acme.example",
    "carla@acme.example",
    "ivy@acme.example",
    "fin@acme.example",
    "ada@acme.example",
    "abe@acme.example",
    "ed@globex.example",
    "mia@globex.example",
    "ada@globex.example",
    "abe@globex.example",
    "ed@initech.example",
    "mia@initech.example",
    "ada@initech.example",
    "abe@initech.example",
    "sue@partsdesk.example",
];

#[tokio::test]
async fn everybody_of_the_demo_world_gets_in_on_every_database() {
    for kind in Kind::all() {
        let server = Server::demo_on(kind).await;
        for mail in PEOPLE {
            server.api(mail).await.get("/carts").await;
        }
        let body = b"{\"email\":\"ed@acme.example\",\"password\":\"wrong\"}".to_vec();
        let json = [("content-type", "application/json")];
        let answer = server.client().send(Method::POST, "/api/v1/login", &json, body).await;
        assert_eq!(answer.expect(401).header("content-type"), Some("application/problem+json"));
    }
}

async fn profile(client: &Client, partner: Partner) -> Option<u16> {
    let payload = format!("{}@test", partner.identity);
    let document = documents::envelope(partner, &payload, "<ProfileRequest/>");
    let answer = client.xml("/cxml", &document).await.expect(200);
    documents::status(&answer.text())
}

#[tokio::test]
async fn every_partner_is_known_by_its_secret_and_by_nothing_else() {
    let server = Server::demo().await;
    let client = server.client();
    for partner in [ACME, GLOBEX, INITECH] {
        assert_eq!(profile(&client, partner).await, Some(200), "{}", partner.identity);
        let stranger = Partner { secret: "guessed", ..partner };
        assert_eq!(profile(&client, stranger).await, Some(401), "{}", partner.identity);
    }
    let swapped = Partner { secret: GLOBEX.secret, ..ACME };
    assert_eq!(profile(&client, swapped).await, Some(401));
}

#[tokio::test]
async fn the_fixed_items_cost_what_they_should() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    for (sku, supplier, price) in [
        ("PEN-01", "office-one", "1.00"),
        ("DESK-01", "office-one", "450.00"),
        ("LAPTOP-01", "office-one", "1200.00"),
        ("DRILL-01", "toolworks", "89.90"),
        ("BOLT-M8", "partsdesk", "0.035"),
    ] {
        let items = ed.list(&format!("/items?q={sku}&supplier={supplier}")).await;
        let item = items.iter().find(|item| item["sku"] == sku);
        let item = item.unwrap_or_else(|| panic!("{sku} in {items:?}"));
        assert_eq!(item["supplier"], supplier, "{item}");
        assert!(item["price"].to_string().contains(price), "{item}");
        assert!(item["price"].to_string().contains("EUR"), "{item}");
    }
    assert!(ed.list("/items").await.len() >= 300);
}

#[tokio::test]
async fn a_stopped_server_ends_well_and_finds_its_world_again() {
    for kind in Kind::all() {
        let mut server = Server::demo_on(kind).await;
        let ed = server.api("ed@acme.example").await;
        let cart = ed.cart(&[("PEN-01", "office-one", "3")]).await;
        assert!(server.terminate().success());
        server.restart();
        let ed = server.api("ed@acme.example").await;
        let cart = ed.get(&format!("/carts/{cart}")).await.expect(200).json();
        assert_eq!(cart["total"]["amount"], "3.00", "{cart}");
        server.kill();
        server.restart();
        server.client().get("/readyz").await.expect(200);
    }
}

#[tokio::test]
async fn operations_are_answered_and_metrics_carry_no_secret() {
    let server = Server::demo().await;
    let client = server.client();
    client.get("/healthz").await.expect(200);
    client.get("/readyz").await.expect(200);
    client.get("/oci?USERNAME=acme&PASSWORD=acme-secret&HOOK_URL=http%3A%2F%2Fx%2F").await;
    let metrics = client.get("/metrics").await.expect(200).text();
    assert!(!metrics.contains("acme-secret"), "{metrics}");
    client.get("/api/openapi.json").await.expect(200).json();
    client.get("/api/docs").await.expect(200);
    assert!(!server.log().contains("acme-secret"));
}

#[tokio::test]
async fn the_start_page_and_the_sign_in_page_are_there_for_a_newcomer() {
    let server = Server::demo().await;
    let client = server.client();
    let start = client.open("/").await.expect(200).text();
    assert!(start.contains("/sim/buyer") && start.contains("/sim/supplier"), "{start}");
    assert!(start.len() < 100_000);
    for page in ["/sim/buyer", "/sim/supplier", "/sim/mail"] {
        client.get(page).await.expect(200);
    }
    for page in ["/approvals", "/admin", "/audit", "/requisitions"] {
        let answer = client.get(page).await;
        // A program is told 401; a browser, which asks for HTML, is led to the sign-in page.
        assert!(matches!(answer.status, 302 | 303 | 401), "{page}: {}", answer.status);
    }
}

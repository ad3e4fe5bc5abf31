//! Level 2: what suppliers' own shops have is found from here, and a shop opens at the article; our
//! own shop does the same for those who call it.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    flow_gateway::{bring_back, from_ariba, from_sap, go_on, lead_to},
    harness::{
        Server, Shop, Site,
        documents::{ACME, setup, start_page},
        html,
        shop::KEY,
    },
};

#[tokio::test]
async fn a_search_here_finds_what_an_oci_shop_has_and_opens_it_there() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let (shop, orders) = (Shop::open().await, Site::open().await);
    let settings = json!({"protocol": "oci", "user": "acme-at-shop", "search": true});
    lead_to(&ada, &shop, &orders, settings).await;
    // Another shop cannot be reached; it takes nothing from the first.
    let dead = json!({"protocol": "oci", "user": "acme", "url": "http://127.0.0.1:9/oci",
        "title": "Toolworks direct", "secret": "x", "search": true});
    ada.put("/suppliers/toolworks/site", dead).await.expect(200);
    let ariba = from_ariba(&server, "level-2-1@test").await;
    let page = ariba.get("/shop?q=PEN-01").await.expect(200).text();
    assert!(html::plain(&page).contains("Ballpoint pen, blue"), "the catalogue waits for nobody");
    assert!(shop.heard().is_empty(), "{:?}", shop.heard());
    let way = html::link(&page, "look for “PEN-01” at Office Two, Toolworks direct")
        .expect("a way to the hits");
    let page = ariba.get(&way).await.expect(200).text();
    let told = html::plain(&page);
    for part in [
        "BIT-8",
        "Bohrer Ø 8 & Dübel",
        "12.50",
        "Office Two",
        "1 more at Office Two",
        "Toolworks direct could not be searched: the connection was refused.",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let call = shop.heard().remove(0);
    assert!(call.contains("FUNCTION=BACKGROUND_SEARCH&SEARCHSTRING=PEN-01"), "{call}");
    // The doctor knows why, and not the password.
    let failed = ada.list("/exchanges?direction=out&result=failed").await;
    assert_eq!(failed[0]["document"], "OciCall", "{failed:?}");
    let body = ada.get(&format!("/exchanges/{}", failed[0]["id"].as_str().unwrap())).await.text();
    assert!(body.contains("SEARCHSTRING=PEN-01") && !body.contains("PASSWORD=x"), "{body}");

    let form = go_on_from(&ariba, &page, "Open there").await;
    let call = shop.heard().pop().unwrap();
    assert!(call.contains("FUNCTION=DETAIL&PRODUCTID=cfg+7%2C+1"), "{call}");
    let told = html::plain(&bring_back(&ariba, &form).await);
    assert!(told.contains("BIT-8") && told.contains("25.00"), "{told}");
}

/// The button of a hit leads to the OCI call of its shop, which the browser makes.
async fn go_on_from(
    shopper: &crate::harness::Client,
    page: &str,
    words: &str,
) -> crate::harness::html::Form {
    let page = shopper.press(page, words).await;
    let call = html::form(&page, "Go on").expect("the OCI call");
    let stranger = crate::harness::Client::new("http://x");
    let start = stranger.form(&call.action, &call.fields).await.expect(200);
    html::form(&start.text(), "Go").expect("the shop's way back")
}

#[tokio::test]
async fn a_slow_shop_a_broken_one_and_one_that_is_off_hold_nobody_up() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let (shop, orders) = (Shop::open().await, Site::open().await);
    let settings = json!({"protocol": "oci", "user": "acme-at-shop", "search": true});
    lead_to(&ada, &shop, &orders, settings).await;
    let ed = server.api("ed@acme.example").await;
    let began = Instant::now();
    let found = ed.list("/site-hits?q=slow").await;
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert_eq!(found[0]["trouble"], "no complete answer in time", "{found:?}");
    let found = ed.list("/site-hits?q=broken").await;
    assert_eq!(found[0]["trouble"], "it answered HTTP 500", "{found:?}");
    let found = ed.list("/site-hits?q=drill").await;
    let hit = json!({"sku": "BIT-8", "aux_id": KEY, "description": "Bohrer Ø 8 & Dübel",
        "unit": "H87", "lead_time_days": null,
        "price": {"amount": "12.50", "currency": "EUR", "per": "1"}});
    assert_eq!(found[0]["hits"], json!([hit]), "{found:?}");
    ed.get(&format!("/site-hits?q={}", "x".repeat(101))).await.expect(422);
    ada.put("/suppliers/office-one/site", json!({"search": false})).await.expect(200);
    // The demo's own OCI shop is still asked.
    let found = ed.list("/site-hits?q=drill").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["hits"][0]["sku"], "DRILL-X5", "{found:?}");
    // A cXML shop has no such search.
    let cxml = json!({"protocol": "cxml", "price_check": "none", "search": true});
    ada.put("/suppliers/office-one/site", cxml).await.expect(422);
}

#[tokio::test]
async fn an_article_of_the_catalogue_may_be_chosen_at_a_cxml_shop_which_opens_at_it() {
    let server = Server::demo().await;
    let (ed, ada) = (server.api("ed@acme.example").await, server.api("ada@acme.example").await);
    let (shop, orders) = (Shop::open().await, Site::open().await);
    lead_to(&ada, &shop, &orders, json!({"protocol": "cxml"})).await;
    let csv = format!(
        "sku;name;unit;price;currency;unspsc;aux_id;at_site\n\
         CHAIR-9;Swivel chair, made to order;EA;12.50;EUR;56112104;{KEY};yes\n"
    );
    let import = json!({"supplier": "office-one", "csv": csv});
    ada.post("/catalogue/import", import).await.expect(200);
    let item = ed.get("/items/office-one/CHAIR-9").await.expect(200).json();
    assert_eq!(item["at_site"], true, "{item}");
    // From here it cannot be put into a cart.
    let id = ed.cart(&[("PEN-01", "office-one", "1")]).await;
    let lines = json!({"lines": [{"sku": "CHAIR-9", "supplier": "office-one", "quantity": "1"}]});
    let refused = ed.put(&format!("/carts/{id}/lines"), lines).await.expect(409).json();
    assert_eq!(refused["code"], "chosen-at-site", "{refused}");

    let sap = from_sap(&server).await;
    let page = sap.get("/shop/office-one/CHAIR-9").await.expect(200).text();
    assert!(html::form(&page, "Open at Office Two").is_some() && !page.contains("Add to cart"));
    let form = go_on(&sap, "Open at Office Two", "/shop?q=CHAIR-9").await;
    let asked = shop.heard().remove(0);
    assert!(asked.contains("<SelectedItem>") && asked.contains("CHAIR-9"), "{asked}");
    assert!(asked.contains(KEY), "{asked}");
    // The price that came back is the catalogue's own, so nobody need look at it.
    let told = html::plain(&bring_back(&sap, &form).await);
    assert!(told.contains("CHAIR-9") && !told.contains("Nobody confirmed"), "{told}");
    // Where the shop is not open, the article says so.
    ada.put("/suppliers/office-one/site", json!({"enabled": false})).await.expect(200);
    let page = sap.get("/shop?q=CHAIR-9").await.expect(200).text();
    assert!(html::plain(&page).contains("which is not open to you"), "{page}");
}

#[tokio::test]
async fn our_own_shop_opens_at_the_article_that_a_buyer_s_system_selected() {
    let server = Server::demo().await;
    let plain = setup(ACME, "level-2-2@test", "ed@acme.example", "c-1", "http://localhost:9/back");
    let selected = "<SelectedItem><ItemID><SupplierPartID>DRILL-01</SupplierPartID></ItemID>\
                    </SelectedItem></PunchOutSetupRequest>";
    let document = plain.replace("</PunchOutSetupRequest>", selected);
    let ariba = server.client();
    let answer = ariba.xml("/cxml", &document).await.expect(200).text();
    let page = ariba.open(&start_page(&answer).unwrap()).await.expect(200);
    assert!(page.url.ends_with("/shop/toolworks/DRILL%2D01"), "{}", page.url);
    let sap = server.client();
    let fields = [
        ("USERNAME", "acme"),
        ("PASSWORD", "acme-secret"),
        ("HOOK_URL", "http://localhost:9/hook"),
        ("FUNCTION", "DETAIL"),
        ("PRODUCTID", "DRILL-01"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let page = sap.submit("/oci", &fields).await.expect(200);
    assert!(page.url.ends_with("/shop/toolworks/DRILL%2D01"), "{}", page.url);
}

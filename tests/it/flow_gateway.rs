//! The gateway: a buyer of one world shops at a supplier's own site of the other, and what comes
//! back is signed off and ordered as it came.

use serde_json::{Value, json};

use crate::harness::{
    Api, Client, Server, Shop, Site,
    documents::{ACME, between, envelope, setup, start_page, status},
    html::{self, Form},
    shop::{KEY, PRICE, cart, oci_cart},
    site::eventually,
};

/// Office One's shop is this site, and its orders go to that one.
pub async fn lead_to(ada: &Api, shop: &Shop, orders: &Site, settings: Value) {
    let mut body = json!({"title": "Office Two", "secret": "site-secret", "price_check": "none"});
    for (name, value) in settings.as_object().unwrap() {
        body[name] = value.clone();
    }
    body["url"] = match body["protocol"].as_str() {
        Some("oci") => shop.at("/oci"),
        _ => shop.at("/punchout"),
    }
    .into();
    ada.put("/suppliers/office-one/site", body).await.expect(200);
    let body = json!({"channel": "cxml", "url": orders.url()});
    ada.put("/suppliers/office-one/delivery", body).await.expect(200);
}

/// A shopper who came from SAP.
pub async fn from_sap(server: &Server) -> Client {
    let shopper = server.client();
    let fields = [
        ("USERNAME", "acme"),
        ("PASSWORD", "acme-secret"),
        ("HOOK_URL", "http://localhost:9/hook"),
        ("USER_EMAIL", "ed@acme.example"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    shopper.submit("/oci", &fields).await.expect(200);
    shopper
}

/// A shopper who came from a cXML system.
pub async fn from_ariba(server: &Server, payload: &str) -> Client {
    let shopper = server.client();
    let back = "http://localhost:9/back";
    let document = setup(ACME, payload, "ed@acme.example", "cookie-1", back);
    let answer = shopper.xml("/cxml", &document).await.expect(200).text();
    shopper.open(&start_page(&answer).unwrap()).await;
    shopper
}

/// The page of the supplier's shop that the browser comes to.
pub async fn go_on(shopper: &Client, words: &str, from: &str) -> Form {
    let page = shopper.get(from).await.expect(200).text();
    let page = shopper.press(&page, words).await;
    match between(&page, "http-equiv=\"refresh\" content=\"0;url=", "\"") {
        Some(url) => {
            let url = url.replace("&amp;", "&").replace("&#38;", "&");
            let start = Client::new("http://x").get(&url).await.expect(200).text();
            html::form(&start, "Check out").expect("the shop's way back")
        }
        None => {
            let call = html::form(&page, "Go on").expect("the OCI call");
            let start = Client::new("http://x").form(&call.action, &call.fields).await;
            html::form(&start.expect(200).text(), "Go").expect("the shop's way back")
        }
    }
}

/// The browser posts the cart from the supplier's page: no cookie goes along, then it is led on.
pub async fn bring_back(shopper: &Client, form: &Form) -> String {
    let stranger = Client::new("http://x");
    let posted = stranger.form(&form.action, &form.fields).await.expect(303);
    shopper.get(posted.location().unwrap()).await.expect(200).text()
}

async fn submit(shopper: &Client, page: &str) -> Value {
    let form = html::form(page, "Submit for sign-off").expect("the checkout");
    let form = form.with("cost_center", "4100");
    shopper.submit(&form.action, &form.fields).await;
    Value::Null
}

async fn the_requisition(ed: &Api) -> Value {
    let all = ed.list("/requisitions").await;
    let id = all[0]["id"].as_str().unwrap();
    ed.get(&format!("/requisitions/{id}")).await.expect(200).json()
}

#[tokio::test]
async fn a_sap_shopper_buys_at_a_cxml_shop_and_it_gets_its_order_as_it_said() {
    let server = Server::demo().await;
    let (ed, ada) = (server.api("ed@acme.example").await, server.api("ada@acme.example").await);
    let (shop, orders) = (Shop::open().await, Site::open().await);
    lead_to(&ada, &shop, &orders, json!({"protocol": "cxml"})).await;
    let sap = from_sap(&server).await;
    let form = go_on(&sap, "Shop at Office Two", "/shop").await;
    let asked = shop.heard().remove(0);
    for part in ["operation=\"create\"", "AN01000000001", "site-secret", "ed@acme.example"] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    let page = bring_back(&sap, &form).await;
    let told = html::plain(&page);
    for part in ["CHAIR-9", "Größe 9", "25.00", "Nobody confirmed this price", "Office Two"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // The very same post again changes nothing, another one is refused.
    bring_back(&sap, &form).await;
    let other = form.clone().with("cxml-urlencoded", &cart("x", "1.00", "1"));
    Client::new("http://x").form(&other.action, &other.fields).await.expect(409);

    submit(&sap, &page).await;
    let requisition = the_requisition(&ed).await;
    assert_eq!(requisition["state"], "pending", "25.00 EUR alone would ask nobody: {requisition}");
    assert_eq!(requisition["flags"][0]["line"], 1, "{requisition}");
    let mia = server.api("mia@acme.example").await;
    mia.decide(requisition["id"].as_str().unwrap(), "approve").await.expect(200);
    eventually("the order is there", || async { orders.documents().len() == 1 }).await;
    let order = orders.documents().remove(0);
    for part in [
        "<SupplierPartID>CHAIR-9</SupplierPartID>",
        &format!("<SupplierPartAuxiliaryID>{KEY}</SupplierPartAuxiliaryID>"),
        &format!("<Money currency=\"EUR\">{PRICE}</Money>"),
        "Größe 9",
    ] {
        assert!(order.contains(part), "{part}: {order}");
    }
}

/// Ariba's order for two of the shop's chairs, at the price that came back.
fn order_of_chairs() -> String {
    let request = format!(
        "<OrderRequest><OrderRequestHeader orderID=\"4500000077\" \
         orderDate=\"2026-11-21T09:00:00+00:00\" type=\"new\">\
         <Total><Money currency=\"EUR\">25.00</Money></Total>\
         <Contact role=\"endUser\"><Name xml:lang=\"en\">Ed</Name>\
         <Email>ed@acme.example</Email></Contact></OrderRequestHeader>\
         <ItemOut quantity=\"2\" lineNumber=\"1\"><ItemID><SupplierPartID>CHAIR-9</SupplierPartID>\
         <SupplierPartAuxiliaryID>{KEY}</SupplierPartAuxiliaryID></ItemID><ItemDetail><UnitPrice>\
         <Money currency=\"EUR\">{PRICE}</Money></UnitPrice>\
         <Description xml:lang=\"en\">Chair</Description><UnitOfMeasure>EA</UnitOfMeasure>\
         <Classification domain=\"UNSPSC\">56101504</Classification></ItemDetail></ItemOut>\
         </OrderRequest>"
    );
    envelope(ACME, "chairs@ariba", &request)
}

#[tokio::test]
async fn a_price_nobody_confirmed_is_held_in_the_order_that_comes_back_for_it() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let (shop, orders) = (Shop::open().await, Site::open().await);
    lead_to(&ada, &shop, &orders, json!({"protocol": "cxml"})).await;
    ada.put("/organisation", json!({"checkout": "transfer"})).await.expect(200);
    let ariba = from_ariba(&server, "gateway-7@test").await;
    let form = go_on(&ariba, "Shop at Office Two", "/shop").await;
    let page = bring_back(&ariba, &form).await;
    ariba.press(&page, "Transfer cart").await;
    let answer = server.client().xml("/cxml", &order_of_chairs()).await.expect(200).text();
    assert_eq!(status(&answer), Some(201), "{answer}");
    assert!(answer.contains("a price that the supplier stands by"), "{answer}");
    assert!(orders.documents().is_empty());
}

#[tokio::test]
async fn a_cxml_shopper_buys_at_an_oci_shop_whose_price_is_asked_for_again() {
    let server = Server::demo().await;
    let (ed, ada) = (server.api("ed@acme.example").await, server.api("ada@acme.example").await);
    let (shop, orders) = (Shop::open().await, Site::open().await);
    let settings = json!({"protocol": "oci", "user": "acme-at-shop", "price_check": "validate"});
    lead_to(&ada, &shop, &orders, settings).await;
    let ariba = from_ariba(&server, "gateway-1@test").await;
    // A price that the browser changed on its way is not taken.
    let form = go_on(&ariba, "Shop at Office Two", "/shop").await;
    let cheap = Form { fields: oci_cart("1.25", "2"), ..form.clone() };
    let refused = Client::new("http://x").form(&cheap.action, &cheap.fields).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(html::plain(&refused.text()).contains("does not stand by the price"));
    // Nor is another article at the price of this one; another classification is not believed.
    let mut gold = form.clone();
    for (name, value) in &mut gold.fields {
        if name == "NEW_ITEM-VENDORMAT[1]" {
            "GOLD-BAR".clone_into(value);
        }
    }
    let refused = Client::new("http://x").form(&gold.action, &gold.fields).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    let form = form.with("NEW_ITEM-MATGROUP[1]", "43211503");
    assert!(html::plain(&ariba.get("/cart").await.text()).contains("Your cart is empty"));
    // The honest cart is, and nobody need look at it: the supplier stands by it.
    let page = bring_back(&ariba, &form).await;
    let told = html::plain(&page);
    assert!(told.contains("BIT-8") && told.contains("Bohrer Ø 8 & Dübel"), "{told}");
    assert!(!told.contains("Nobody confirmed"), "{told}");
    submit(&ariba, &page).await;
    let requisition = the_requisition(&ed).await;
    assert_eq!(requisition["state"], "ordered", "{requisition}");
    eventually("the order is there", || async { orders.documents().len() == 1 }).await;
    let order = orders.documents().remove(0);
    assert!(order.contains("<SupplierPartID>BIT-8</SupplierPartID>"), "{order}");
    assert!(order.contains(KEY), "{order}");
    assert!(order.contains("27112821") && !order.contains("43211503"), "{order}");
    let calls = shop.heard();
    assert!(
        calls.iter().filter(|call| call.contains("FUNCTION=VALIDATE")).count() == 3,
        "{calls:?}"
    );
}

/// The address as a shop calls it that sends its cart by GET.
fn in_query(form: &Form, fields: &[(String, String)]) -> String {
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    format!("{}?{query}", form.action)
}

#[tokio::test]
async fn a_cart_that_comes_by_get_is_taken_once_and_looking_takes_nothing() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let (shop, orders) = (Shop::open().await, Site::open().await);
    let settings = json!({"protocol": "oci", "user": "acme-at-shop", "price_check": "validate"});
    lead_to(&ada, &shop, &orders, settings).await;
    let sap = from_sap(&server).await;
    let form = go_on(&sap, "Shop at Office Two", "/shop").await;
    let stranger = Client::new("http://x");
    let right = in_query(&form, &form.fields);
    // A HEAD, a page fetched ahead and the bare address change nothing.
    assert_eq!(stranger.head(&right).await.status, 204);
    let ahead = [("sec-purpose", "prefetch;prerender")];
    let method = reqwest::Method::GET;
    assert_eq!(stranger.send(method, &right, &ahead, Vec::new()).await.status, 503);
    let bare = stranger.get(&format!("{}?~OkCode=ADDI", form.action)).await.expect(303);
    let page = sap.get(bare.location().unwrap()).await.expect(200).text();
    assert!(html::plain(&page).contains("Your cart is empty"), "{page}");
    // The same checks as of a post.
    let cheap = in_query(&form, &oci_cart("1.25", "2"));
    assert_eq!(stranger.get(&cheap).await.status, 422);
    let forged = right.replacen("/gateway/back/", "/gateway/back/A", 1);
    assert_eq!(stranger.get(&forged).await.status, 403);
    for _ in 0..2 {
        let taken = stranger.get(&right).await.expect(303);
        let told = html::plain(&sap.get(taken.location().unwrap()).await.expect(200).text());
        assert!(told.contains("25.00") && told.matches("BIT-8").count() == 1, "{told}");
    }
    // It was the same cart, whichever way it came; another one is too late.
    stranger.form(&form.action, &form.fields).await.expect(303);
    assert_eq!(stranger.get(&in_query(&form, &oci_cart(PRICE, "3"))).await.status, 409);
}

#[tokio::test]
async fn lines_of_a_shop_are_changed_there_and_nowhere_else() {
    let server = Server::demo().await;
    let (ed, ada) = (server.api("ed@acme.example").await, server.api("ada@acme.example").await);
    let (shop, orders) = (Shop::open().await, Site::open().await);
    lead_to(&ada, &shop, &orders, json!({"protocol": "cxml", "price_check": "inspect"})).await;
    let sap = from_sap(&server).await;
    let form = go_on(&sap, "Shop at Office Two", "/shop").await;
    // The supplier says no to another price than its own.
    let cheat = form.field("cxml-urlencoded").unwrap().replace(PRICE, "0.50");
    let cheat = form.clone().with("cxml-urlencoded", &cheat);
    Client::new("http://x").form(&cheat.action, &cheat.fields).await.expect(422);
    let page = bring_back(&sap, &form).await;
    // Its yes states no price: that stays for a person.
    let told = html::plain(&page);
    assert!(told.contains("Nobody confirmed this price: the supplier let the cart in"), "{told}");
    assert!(!page.contains("name=\"quantity-cln"), "its quantity is no field here: {page}");
    // Changed there: the lines that were sent along give way to those that come back.
    let form = go_on(&sap, "Change it at Office Two", "/cart").await;
    let asked = shop.heard().pop().unwrap();
    assert!(asked.contains("operation=\"edit\"") && asked.contains("CHAIR-9"), "{asked}");
    let back = form.field("cxml-urlencoded").unwrap().replace("quantity=\"2\"", "quantity=\"3\"");
    let page = bring_back(&sap, &form.with("cxml-urlencoded", &back)).await;
    let told = html::plain(&page);
    assert!(told.contains("37.50") && told.matches("CHAIR-9").count() == 1, "{told}");
    let ways = page.split("formaction=\"").filter_map(|rest| rest.split('"').next());
    let remove = ways.into_iter().find(|to| to.ends_with("/remove")).expect("a way to remove it");
    let fields = html::form(&page, "Remove").unwrap().fields;
    let page = sap.submit(remove, &fields).await.expect(200).text();
    assert!(html::plain(&page).contains("Your cart is empty"));
    // By the API the same holds.
    let id = ed.cart(&[("PEN-01", "office-one", "1")]).await;
    let lines = json!({"lines": [{"sku": "CHAIR-9", "supplier": "office-one", "quantity": "1"}]});
    assert_eq!(ed.put(&format!("/carts/{id}/lines"), lines).await.status, 422);
}

#[tokio::test]
async fn nothing_is_taken_from_strangers_late_comers_or_a_shop_that_says_no() {
    let server = Server::demo().await;
    let ada = server.api("ada@acme.example").await;
    let (shop, orders) = (Shop::open().await, Site::open().await);
    lead_to(&ada, &shop, &orders, json!({"protocol": "cxml"})).await;
    let sap = from_sap(&server).await;
    let form = go_on(&sap, "Shop at Office Two", "/shop").await;
    let stranger = Client::new("http://x");
    let (start, end) = form.action.split_at(form.action.len() - 9);
    let other = if end.starts_with('A') { "B" } else { "A" };
    let forged = format!("{start}{other}{}", &end[1..]);
    assert_eq!(stranger.form(&forged, &form.fields).await.status, 403);
    let foreign = form.clone().with("cxml-urlencoded", &cart("vst_other", PRICE, "2"));
    assert_eq!(stranger.form(&foreign.action, &foreign.fields).await.status, 403);
    let dollars = form.field("cxml-urlencoded").unwrap().replace("\"EUR\"", "\"USD\"");
    let dollars = form.clone().with("cxml-urlencoded", &dollars);
    assert_eq!(stranger.form(&dollars.action, &dollars.fields).await.status, 422);
    // Nobody could say how much an unknown unit is.
    let crates = form.field("cxml-urlencoded").unwrap().replace(">EA<", ">KISTE<");
    let crates = form.clone().with("cxml-urlencoded", &crates);
    let refused = stranger.form(&crates.action, &crates.fields).await.expect(422).text();
    assert!(html::plain(&refused).contains("KISTE"), "{refused}");
    server.advance("PT5H").await;
    assert_eq!(stranger.form(&form.action, &form.fields).await.status, 403);
    // Neither the secret nor a live token stands in what is kept.
    let token = form.action.rsplit('/').next().unwrap();
    for folder in std::fs::read_dir(server.database().folder()).unwrap() {
        let bytes = std::fs::read(folder.unwrap().path()).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("site-secret") && !text.contains(token));
    }
    ada.put("/suppliers/office-one/site", json!({"secret": "another"})).await.expect(200);
    let sap = from_sap(&server).await;
    let page = sap.get("/shop").await.expect(200).text();
    let way = html::form(&page, "Shop at Office Two").unwrap();
    let answer = sap.form(&way.action, &way.fields).await;
    assert_eq!(answer.status, 409, "{}", answer.text());
    assert!(html::plain(&answer.text()).contains("did not let you in"));
}

#[tokio::test]
async fn in_the_demo_ed_shops_at_office_one_online() {
    let server = Server::demo().await;
    let sap = from_sap(&server).await;
    let page = sap.get("/shop").await.expect(200).text();
    let page = sap.press(&page, "Shop at Office One online").await;
    let url = between(&page, "http-equiv=\"refresh\" content=\"0;url=", "\"").expect("a way on");
    let office = Client::new(&server.url);
    let shelf = office.get(&url.replace("&amp;", "&")).await.expect(200).text();
    let chosen = html::form(&shelf, "Check out").unwrap().with("LAMP-X1", "2");
    let ready = office.form(&chosen.action, &chosen.fields).await.expect(200).text();
    let page = bring_back(&sap, &html::form(&ready, "Send the cart back").unwrap()).await;
    let told = html::plain(&page);
    assert!(told.contains("149.80") && told.contains("from Office One online"), "{told}");
    assert!(told.contains("Nobody confirmed"), "a yes without a price: {told}");
}

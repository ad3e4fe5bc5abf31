//! OCI journeys by the SAP simulator, as a browser walks them: the cart that comes back and is
//! ordered, and the cart that is signed off here before it may go back.

use crate::harness::{
    Client, Server,
    html::{self, Form},
    site::eventually,
};

/// A SAP visit of a company's Ed in the shop; the simulator's page of it.
async fn punch_out(server: &Server, company: &str) -> (Client, String) {
    let sap = server.client();
    let mail = format!("ed@{company}.example");
    let fields = [("system", "SAP"), ("company", company), ("user", &mail)];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let page = sap.submit("/sim/buyer/punchout", &fields).await.expect(200);
    let visit = page.url.rsplit('/').next().unwrap_or_default().to_owned();
    let call = html::form(&page.text(), "Open the catalogue").expect("an OCI call");
    let shop = sap.submit(&call.action, &call.fields).await.expect(200);
    assert!(shop.url.ends_with("/shop"), "{}", shop.url);
    (sap, visit)
}

/// The form of the page that carries a cart home.
fn way_home(page: &str) -> Form {
    html::form_to(page, "/sim/buyer/return/").expect("the way home")
}

fn ordered(page: &str, id: &str, prices: &[(&str, &str)]) -> Form {
    let form = html::form(page, "Send the order").expect("the order's form");
    prices.iter().fold(form.with("order_number", id), |form, (name, price)| form.with(name, price))
}

#[tokio::test]
async fn a_cart_taken_back_by_sap_is_ordered_as_it_was_or_held_for_its_price() {
    for server in Server::everywhere().await {
        order_the_cart_again(&server).await;
    }
}

async fn order_the_cart_again(server: &Server) {
    let (sap, visit) = punch_out(server, "globex").await;
    sap.add_to_cart("PEN-01", "10").await;
    sap.add_to_cart("BOLT-M8", "1000").await;
    let cart = sap.get("/cart").await.expect(200).text();
    let home = way_home(&sap.press(&cart, "Transfer cart").await);
    assert_eq!(home.field("NEW_ITEM-VENDORMAT[1]"), Some("PEN-01"));
    assert_eq!(home.field("NEW_ITEM-CURRENCY[2]"), Some("USD"));
    // Whoever comes back because it did not arrive finds the way there, and the file.
    let left = sap.get("/cart").await.expect(200).text();
    assert!(left.contains("Send it again"), "{left}");
    let (before, _) = left.split_once("/csv\"").unwrap();
    let (_, files) = before.rsplit_once('"').unwrap();
    assert!(sap.get(&format!("{files}/csv")).await.expect(200).text().contains("PEN-01"));
    assert_eq!(way_home(&sap.get("/transfer").await.text()).fields, home.fields);
    let page = sap.submit(&home.action, &home.fields).await.expect(200);
    assert!(page.url.ends_with(&visit), "{}", page.url);
    let page = page.text();
    assert!(page.contains("The cart came back.") && page.contains(">final<"), "{page}");

    let same = ordered(&page, "SAP-1", &[]);
    let answer = sap.submit(&same.action, &same.fields).await.expect(200).text();
    let answer = html::plain(&answer);
    assert!(answer.contains("200") && answer.contains("Forwarded to the suppliers"), "{answer}");
    let ed = server.api("ed@globex.example").await;
    let orders = ed.list("/orders").await;
    assert_eq!(orders.len(), 2, "{orders:?}");

    let dearer = ordered(&page, "SAP-2", &[("price-1", "1.50")]);
    let answer = sap.submit(&dearer.action, &dearer.fields).await.expect(200).text();
    let answer = html::plain(&answer);
    for word in ["201", "line 1", "price", "expected", "got 1.5 USD", "tolerance"] {
        assert!(answer.contains(word), "{word}: {answer}");
    }
    assert_eq!(ed.list("/orders").await.len(), 2, "nothing goes on while it is held");
    let held = ed.list("/requisitions").await.remove(0);
    assert_eq!(held["state"], "pending", "{held}");
    let mia = server.api("mia@globex.example").await;
    mia.decide(held["id"].as_str().unwrap(), "approve").await.expect(200);
    assert_eq!(ed.list("/orders").await.len(), 4);
    let state = server.client();
    eventually("the news of the held order", || async {
        let page = html::plain(&state.get("/sim/buyer").await.text());
        page.contains("StatusUpdateRequest")
    })
    .await;
}

#[tokio::test]
async fn sap_gets_a_cart_that_is_signed_off_and_never_one_that_is_not() {
    for server in Server::everywhere().await {
        sign_off_then_transfer(&server).await;
    }
}

async fn sign_off_then_transfer(server: &Server) {
    let ed = server.api("ed@initech.example").await;
    let mia = server.api("mia@initech.example").await;
    for decision in ["approve", "reject"] {
        let (sap, visit) = punch_out(server, "initech").await;
        sap.add_to_cart("LAPTOP-01", "2").await;
        let cart = sap.get("/cart").await.expect(200).text();
        assert!(html::form(&cart, "Transfer cart").is_none(), "it is signed off first");
        let submitted = sap.press(&cart, "Submit for sign-off").await;
        assert!(html::form_to(&submitted, "/sim/buyer/return/").is_none(), "{submitted}");
        assert!(!submitted.contains("NEW_ITEM"));
        let it = ed.list("/requisitions").await.remove(0);
        let id = it["id"].as_str().unwrap().to_owned();
        assert_eq!(it["state"], "pending", "{it}");
        // Nobody gets it out meanwhile, by the page or by its address.
        let ready = sap.get("/transfer").await.expect(200).text();
        assert!(html::form(&ready, "Transfer cart").is_none(), "{ready}");
        let token = html::form(&ready, "Cancel and return").expect("a form").fields;
        let path = format!("/transfer/requisition/{id}");
        let early = sap.form(&path, &token).await;
        assert!((400..500).contains(&early.status), "{}: {}", early.status, early.text());
        mia.decide(&id, decision).await.expect(200);
        let ready = sap.get("/transfer").await.expect(200).text();
        if decision == "reject" {
            assert!(html::form(&ready, "Transfer cart").is_none(), "{ready}");
            let late = sap.form(&path, &token).await;
            assert!((400..500).contains(&late.status), "{}", late.status);
            continue;
        }
        let home = way_home(&sap.press(&ready, "Transfer cart").await);
        assert_eq!(home.field("NEW_ITEM-VENDORMAT[1]"), Some("LAPTOP-01"));
        assert_eq!(home.field("NEW_ITEM-QUANTITY[1]"), Some("2"));
        let page = sap.submit(&home.action, &home.fields).await.expect(200);
        assert!(page.url.ends_with(&visit), "{}", page.url);
        assert!(page.text().contains(">final<"), "{}", page.text());
    }
}

#[tokio::test]
async fn a_system_copies_the_catalogue_page_by_page_as_json() {
    let server = Server::demo().await;
    let program = server.client();
    let mut seen = std::collections::BTreeSet::new();
    let mut page = 1;
    loop {
        let asked = format!(
            "/oci?USERNAME=globex&PASSWORD=globex-secret&FUNCTION=DOWNLOADJSON&pagesize=200\
             &requestedpage={page}&transactionid=t-1&cti=X"
        );
        let answer = program.get(&asked).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let json = answer.json();
        assert_eq!((&json["TRANSACTIONID"], &json["CTI"]), (&"t-1".into(), &"X".into()));
        assert_eq!(json["CURRENTPAGE"], page.to_string());
        for entry in json["Items"].as_array().unwrap() {
            let item = &entry["NEWITEM"];
            assert_eq!(item["CURRENCY"], "USD", "{item}");
            assert!(seen.insert(item["EXT_PRODUCT_ID"].as_str().unwrap().to_owned()), "{item}");
            if item["VENDOR_MAT"] == "BOLT-M8" {
                assert_eq!((&item["PRICE"], &item["UNIT"]), (&"0.038".into(), &"EA".into()));
            }
        }
        if json["TOTALPAGES"].as_str() == Some(page.to_string().as_str()) {
            assert_eq!(json["TOTALITEMS"], seen.len().to_string());
            break;
        }
        page += 1;
    }
    assert!(page > 1 && seen.len() > 300, "{page} pages, {} items", seen.len());
    // The copied key is what a later check asks for.
    let product = seen.first().unwrap();
    let check = format!(
        "/oci?USERNAME=globex&PASSWORD=globex-secret&HOOK_URL=http%3A%2F%2Flocalhost%3A9%2Fh\
         &FUNCTION=QUANTITYCHECK&PRODUCTID={product}&QUANTITY=2"
    );
    let answer = program.get(&check).await.expect(200).text();
    let form = html::form_to(&answer, "http://localhost:9/h").unwrap();
    assert_eq!(form.field("NEW_ITEM-EXT_PRODUCT_ID[1]"), Some(product.as_str()));
    assert_eq!(form.field("NEW_ITEM-QUANTITY[1]"), Some("2"));
    // The asking system does it in a frame of its own.
    let framed = program.get(&check).await;
    assert_eq!(framed.header("x-frame-options"), None);
    let policy = framed.header("content-security-policy").unwrap_or_default();
    assert!(policy.contains("frame-ancestors http://localhost:*"), "{policy}");
    let stranger = "/oci?USERNAME=globex&PASSWORD=x&FUNCTION=DOWNLOADJSON";
    assert!((400..500).contains(&program.get(stranger).await.status));
}

#[tokio::test]
async fn a_refused_transfer_tells_the_whole_of_its_first_fault() {
    let server = Server::demo().await;
    let ada = server.api("ada@globex.example").await;
    let path = format!("/partners/{}", ada.list("/partners").await[0]["id"].as_str().unwrap());
    let rule = serde_json::json!({"profile_overrides": "[oci.lengths]\nVENDORMAT = 3"});
    ada.put(&path, rule).await.expect(200);
    let (sap, _) = punch_out(&server, "globex").await;
    sap.add_to_cart("PEN-01", "10").await;
    let cart = sap.get("/cart").await.expect(200).text();
    let way = html::form(&cart, "Transfer cart").unwrap();
    let page = sap.submit(&way.action, &way.fields).await.expect(422).text();
    let told = html::plain(&page);
    assert!(told.contains("Got: PEN-01. Expected: at most 3 characters"), "{told}");
    assert!(!page.contains("href=\"#f-lines"), "{page}");
}

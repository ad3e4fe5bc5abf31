//! Every partner profile in a recorded-style journey: its setup or OCI call, the cart in its
//! dialect, a limit that is named before the browser leaves, its order, and the supplier's invoice
//! on its way to it. The documents beside this file are in each system's manner, made up here.

use std::{fs, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::harness::{
    Api, Client, Server,
    documents::{self, OFFICE_ONE, between, start_page, status},
    html::{self, Form},
    site::eventually,
};

const BACK: &str = "http://localhost:9/back?sid=1&x=2";

/// One system: its profile, how the cart comes home, what it calls a box, and its price for one
/// bolt at 0.038.
struct System {
    name: &'static str,
    field: &'static str,
    box_unit: &'static str,
    /// Something that stands in the cart it gets, and nothing else would put there.
    mark: &'static str,
    /// A line of its own over the profile that makes the cart break a limit, and the field named.
    limit: (&'static str, &'static str),
}

const fn system(
    name: &'static str,
    field: &'static str,
    box_unit: &'static str,
    mark: &'static str,
    limit: (&'static str, &'static str),
) -> System {
    System { name, field, box_unit, mark, limit }
}

const PLAIN: &str = "cxml-urlencoded";
const PART: (&str, &str) = ("limits.part = 5", "sku");
const LONG: (&str, &str) = ("limits.description = 7", "description");
const OCI_PART: (&str, &str) = ("oci.lengths = { VENDORMAT = 5 }", "VENDORMAT");

const SYSTEMS: &[System] = &[
    system("generic", PLAIN, "BX", "<SupplierID domain=\"Countersign\">office-one<", PART),
    system("ariba", PLAIN, "XBX", "domain=\"UNSPSC\">44", ("limits.forbidden.part = \"-\"", "sku")),
    system("coupa", PLAIN, "BX", "<UnitOfMeasure>BX<", LONG),
    system("oracle-ebs", PLAIN, "BX", "currency=\"USD\">0.038<", LONG),
    system("oracle-fusion", PLAIN, "BX", "currency=\"USD\">0.038<", PART),
    system("jaggaer", PLAIN, "BX", "currency=\"USD\">0.038<", ("limits.lines = 1", "lines")),
    system("workday", "cxml-base64", "XBX", "<UnitOfMeasure>XBX<", LONG),
    system("dynamics-365", PLAIN, "BX", "<ShortName>", PART),
    system("amazon-business", PLAIN, "BX", "<BuyerCookie>", ("limits.auxiliary = 9", "aux_id")),
    system("ivalua", PLAIN, "XBX", "<UnitOfMeasure>XBX<", LONG),
    system("powerschool", PLAIN, "BX", "<BuyerCookie>", ("cart.price_decimals = 2", "price")),
    system("sap-srm", "OCI", "BX", "NEW_ITEM-EXT_PRODUCT_ID[1]=item_", OCI_PART),
    system("s4hana", "OCI", "BX", "NEW_ITEM-EXT_PRODUCT_ID[1]=item_", OCI_PART),
];

/// Whom an envelope names, and whom the supplier's invoice is for.
const US: &str = "<To><Credential domain=\"DUNS\"><Identity>999999999<";
const GLOBEX: &str = "<To><Credential domain=\"NetworkId\"><Identity>AN01000000002<";

fn file(name: &str) -> String {
    let folder = format!("{}/tests/it/flow_profiles", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(format!("{folder}/{name}")).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Globex's connection with this profile and these lines over it.
async fn set(ada: &Api, profile: &str, overrides: &str) -> Value {
    let partners = ada.list("/partners").await;
    let path = format!("/partners/{}", partners[0]["id"].as_str().unwrap());
    let body = json!({"profile": profile, "profile_overrides": overrides, "cart_encoding": ""});
    ada.put(&path, body).await.expect(200).json()
}

/// The shopper in the shop, come by the system's own call.
async fn visit(server: &Server, system: &System) -> Client {
    let shopper = server.client();
    if system.field == "OCI" {
        let call = file(&format!("{}-call.txt", system.name)).replace("{BACK}", BACK);
        let pairs = call.lines().filter_map(|line| line.split_once('='));
        let fields: Vec<_> = pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        let shop = shopper.submit("/oci", &fields).await.expect(200);
        assert!(shop.url.ends_with("/shop"), "{}", shop.url);
        return shopper;
    }
    let setup = file(&format!("{}-setup.xml", system.name))
        .replace("{BACK}", &BACK.replace('&', "&amp;"))
        .replace("{COOKIE}", &format!("cookie {}", system.name));
    let answer = shopper.xml("/cxml", &setup).await.expect(200).text();
    assert_eq!(status(&answer), Some(200), "{}: {answer}", system.name);
    shopper.open(&start_page(&answer).unwrap()).await.expect(200);
    shopper
}

async fn transfer(shopper: &Client) -> crate::harness::Answer {
    let page = shopper.get("/cart").await.expect(200).text();
    let form = html::form(&page, "Transfer cart").expect("a way back");
    shopper.submit(&form.action, &form.fields).await
}

/// The cart as the system reads it: cXML text, or the OCI fields one a line.
fn cart_of(system: &System, form: &Form) -> String {
    if system.field == "OCI" {
        let lines = form.fields.iter().map(|(name, value)| format!("{name}={value}\n"));
        return lines.collect();
    }
    let value = form.field(system.field).unwrap_or_else(|| panic!("{}: {form:?}", system.name));
    match system.field {
        PLAIN => value.to_owned(),
        _ => String::from_utf8(STANDARD.decode(value).unwrap()).unwrap(),
    }
}

/// The lines of the order that the system makes of its cart.
fn lines_of(system: &System, cart: &str) -> String {
    if system.field != "OCI" {
        let items = cart.split("<ItemIn").skip(1);
        let lines = items.map(|item| {
            let (item, _) = item.split_once("</ItemIn>").unwrap();
            format!("<ItemOut{item}</ItemOut>")
        });
        return lines.collect();
    }
    let value = |name: String| between(cart, &format!("{name}="), "\n").unwrap().to_owned();
    let line = |at: usize| {
        let field = |name: &str| value(format!("NEW_ITEM-{name}[{at}]"));
        format!(
            "<ItemOut quantity=\"{}\" lineNumber=\"{at}\"><ItemID><SupplierPartID>{}\
             </SupplierPartID></ItemID><ItemDetail><UnitPrice><Money currency=\"{}\">{}</Money>\
             </UnitPrice><Description xml:lang=\"en\">{}</Description><UnitOfMeasure>{}\
             </UnitOfMeasure><PriceBasisQuantity quantity=\"{}\" conversionFactor=\"1\">\
             <UnitOfMeasure>{}</UnitOfMeasure></PriceBasisQuantity><Classification \
             domain=\"UNSPSC\">{}</Classification></ItemDetail></ItemOut>",
            field("QUANTITY"),
            field("VENDORMAT"),
            field("CURRENCY"),
            field("PRICE"),
            field("DESCRIPTION").replace('&', "and").replace(['<', '>'], " "),
            field("UNIT"),
            field("PRICEUNIT"),
            field("UNIT"),
            field("EXT_CATEGORY_ID"),
        )
    };
    (1..=3).map(line).collect()
}

fn order_of(system: &System, cart: &str) -> String {
    let name = if system.field == "OCI" { "sap" } else { system.name };
    let date = "2026-11-22T10:00:00+00:00";
    file(&format!("{name}-order.xml"))
        .replace("{ORDER}", &format!("PO-{}", system.name))
        .replace("{DATE}", date)
        .replace("{TOTAL}", "48.90")
        .replace("{LINES}", &lines_of(system, cart))
}

/// The supplier's invoice for the boxes of an order that it got.
fn invoice(system: &System) -> String {
    let money = |tag: &str| format!("<{tag}><Money currency=\"USD\">7.65</Money></{tag}>");
    documents::envelope(
        OFFICE_ONE,
        &format!("inv-{}@office-one", system.name),
        &format!(
            "<InvoiceDetailRequest><InvoiceDetailRequestHeader invoiceID=\"INV-{}\" \
             purpose=\"standard\" operation=\"new\" invoiceDate=\"2026-11-22T12:00:00+00:00\">\
             <InvoiceDetailHeaderIndicator/><InvoiceDetailLineIndicator/>\
             </InvoiceDetailRequestHeader><InvoiceDetailOrder><InvoiceDetailOrderInfo>\
             <OrderReference orderID=\"PO-{}\"><DocumentReference payloadID=\"\"/>\
             </OrderReference></InvoiceDetailOrderInfo>\
             <InvoiceDetailItem invoiceLineNumber=\"1\" quantity=\"3\">\
             <UnitOfMeasure>BX</UnitOfMeasure><UnitPrice><Money currency=\"USD\">2.55</Money>\
             </UnitPrice><InvoiceDetailItemReference lineNumber=\"2\"><ItemID>\
             <SupplierPartID>OFF-8F951</SupplierPartID></ItemID>\
             <Description xml:lang=\"en\">Boxes</Description></InvoiceDetailItemReference>\
             {}{}</InvoiceDetailItem></InvoiceDetailOrder><InvoiceDetailSummary>{}\
             <Tax><Money currency=\"USD\">0.00</Money><Description xml:lang=\"en\">none\
             </Description></Tax>{}{}{}</InvoiceDetailSummary></InvoiceDetailRequest>",
            system.name,
            system.name,
            money("SubtotalAmount"),
            money("NetAmount"),
            money("SubtotalAmount"),
            money("GrossAmount"),
            money("NetAmount"),
            money("DueAmount"),
        ),
    )
    .replacen(US, GLOBEX, 1)
}

#[tokio::test]
async fn every_profile_shops_orders_and_is_invoiced() {
    let server = Server::demo().await;
    let ada = server.api("ada@globex.example").await;
    let known: Vec<Value> = ada.list("/profiles").await;
    assert_eq!(known.len(), SYSTEMS.len(), "{known:?}");
    // One after another: they are one connection that changes its profile. A fault of one must
    // not hide those of the others.
    let (server, ada) = (Arc::new(server), Arc::new(ada));
    let mut faults = Vec::new();
    for system in SYSTEMS {
        let (server, ada) = (Arc::clone(&server), Arc::clone(&ada));
        let done = tokio::spawn(async move { walk(&server, &ada, system).await }).await;
        faults.extend(done.err().map(|_| system.name));
    }
    assert!(faults.is_empty(), "{faults:?}");
}

async fn walk(server: &Server, ada: &Api, system: &System) {
    let name = system.name;
    let (overrides, field) = system.limit;
    let kept = set(ada, name, overrides).await;
    assert_eq!((&kept["profile"], &kept["profile_overrides"]), (&json!(name), &json!(overrides)));
    let shopper = visit(server, system).await;
    for (sku, quantity) in [("PEN-01", "3"), ("OFF-8F951", "3"), ("BOLT-M8", "1000")] {
        shopper.add_to_cart(sku, quantity).await;
    }
    let cart = html::plain(&shopper.open("/cart").await.expect(200).text());
    assert!(cart.contains("would not take this cart"), "{name} is named in the cart: {cart}");
    let refused = transfer(&shopper).await;
    let page = html::plain(&refused.text());
    assert_eq!(refused.status, 422, "{name}: {page}");
    assert!(page.contains(field), "{name} names {field}: {page}");
    assert!(field == "lines" || page.contains("Line "), "{name} names the line: {page}");

    set(ada, name, "").await;
    let page = transfer(&shopper).await.expect(200).text();
    let form = html::form_to(&page, "http://localhost:9/back").expect("the way home");
    let cart = cart_of(system, &form);
    assert!(cart.contains(system.mark), "{name}: {} in {cart}", system.mark);
    let unit = match system.field {
        "OCI" => format!("NEW_ITEM-UNIT[2]={}\n", system.box_unit),
        _ => format!("<UnitOfMeasure>{}</UnitOfMeasure>", system.box_unit),
    };
    assert!(cart.contains(&unit), "{name}: {unit} in {cart}");

    let order = order_of(system, &cart);
    let answer = server.client().xml("/cxml", &order).await.expect(200).text();
    assert_eq!(status(&answer), Some(200), "{name}: {answer}");
    let ed = server.api("ed@globex.example").await;
    let orders = ed.list("/orders").await;
    let own = orders.iter().find(|order| order["supplier"] == "office-one").expect("an order");
    assert_eq!(own["buyer_order_id"], format!("PO-{name}"), "{name}: {own}");
    let document = invoice(system);
    let answer = server.client().xml("/cxml", &document).await.expect(200).text();
    assert!(matches!(status(&answer), Some(200 | 201)), "{name}: {answer}");
    let arrived = server.client();
    let mark = format!("invoiceID=\"INV-{name}\"");
    eventually("the invoice at the buyer's system", || async {
        html::plain(&arrived.get("/sim/buyer").await.text()).contains(&mark)
    })
    .await;
    let page = html::plain(&arrived.get("/sim/buyer").await.text());
    let unit = format!("<UnitOfMeasure>{}</UnitOfMeasure>", system.box_unit);
    let invoice = between(&page, &mark, "</cXML>").expect("the whole invoice");
    assert!(invoice.contains(&unit), "{name}: {unit} in {invoice}");
}

#[tokio::test]
async fn an_order_in_another_unit_is_held_and_an_unknown_unit_is_refused_by_name() {
    let server = Server::demo().await;
    let ada = server.api("ada@globex.example").await;
    let coupa = SYSTEMS.iter().find(|system| system.name == "coupa").unwrap();
    set(&ada, "coupa", "").await;
    let shopper = visit(&server, coupa).await;
    shopper.add_to_cart("OFF-8F951", "3").await;
    let page = transfer(&shopper).await.expect(200).text();
    let cart = cart_of(coupa, &html::form_to(&page, "http://localhost:9/back").unwrap());
    let order = order_of(coupa, &cart);
    let mut number = 0;
    for (unit, code, said) in [
        ("FURLONG", 400, "OrderRequest/ItemOut[1]/ItemDetail/UnitOfMeasure"),
        ("EA", 201, "line 1, unit: expected BX, got EA"),
        ("BOX", 200, "Forwarded"),
        ("XBX", 200, "Forwarded"),
    ] {
        number += 1;
        let order = order
            .replace("<UnitOfMeasure>BX<", &format!("<UnitOfMeasure>{unit}<"))
            .replace("PO-coupa", &format!("PO-{number}"))
            .replace("1795338000.", &format!("{number}."));
        let answer = server.client().xml("/cxml", &order).await.expect(200).text();
        assert_eq!(status(&answer), Some(code), "{unit}: {answer}");
        assert!(answer.contains(said), "{unit}: {answer}");
    }
}

#[tokio::test]
async fn a_misspelt_override_is_refused_and_changes_nothing() {
    let server = Server::demo().await;
    let ada = server.api("ada@globex.example").await;
    let before = set(&ada, "jaggaer", "limits.part = 40").await;
    let path = format!("/partners/{}", before["id"].as_str().unwrap());
    for (body, code) in [
        (json!({"profile_overrides": "limits.parts = 40"}), "bad-profile-override"),
        (json!({"profile": "jagger"}), "unknown-profile"),
    ] {
        let answer = ada.put(&path, body).await.expect(422).json();
        assert_eq!(answer["code"], code, "{answer}");
        assert!(answer["got"].is_string() && answer["expected"].is_string(), "{answer}");
    }
    assert_eq!(ada.get(&path).await.expect(200).json(), before);
}

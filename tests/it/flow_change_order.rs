//! A procurement system changes and cancels its orders: the supplier gets the next version with a
//! reference to the last, and an order that the supplier answered stays as it is.

use serde_json::{Value, json};

use crate::harness::{
    Api, Server, Site,
    documents::{self, GLOBEX, OFFICE_ONE, between, envelope},
    dtd,
    site::eventually,
};

/// An OrderRequest of Globex over pens.
pub fn order(payload: &str, kind: &str, pens: u32) -> String {
    let reference = match kind {
        "new" => String::new(),
        _ => "<DocumentReference payloadID=\"new@globex\"/>".to_owned(),
    };
    let total = pens * 2;
    envelope(
        GLOBEX,
        payload,
        &format!(
            "<OrderRequest><OrderRequestHeader orderID=\"4500000001\" \
             orderDate=\"2026-11-21T09:00:00+00:00\" type=\"{kind}\">\
             <Total><Money currency=\"USD\">{total}.00</Money></Total>\
             <BillTo><Address><Name xml:lang=\"en\">Globex</Name></Address></BillTo>\
             <Contact role=\"endUser\"><Name xml:lang=\"en\">Ed</Name>\
             <Email>ed@globex.example</Email></Contact>{reference}</OrderRequestHeader>\
             <ItemOut quantity=\"{pens}\" lineNumber=\"1\"><ItemID><SupplierPartID>PEN-01\
             </SupplierPartID></ItemID><ItemDetail><UnitPrice><Money currency=\"USD\">2.00</Money>\
             </UnitPrice><Description xml:lang=\"en\">Pen</Description><UnitOfMeasure>EA\
             </UnitOfMeasure><Classification domain=\"UNSPSC\">44121701</Classification>\
             </ItemDetail></ItemOut></OrderRequest>"
        ),
    )
}

mod news;

struct World {
    server: Server,
    site: Site,
    mia: Api,
    ada: Api,
}

impl World {
    async fn new() -> Self {
        let server = Server::demo().await;
        let site = Site::open().await;
        let (mia, ada) =
            (server.api("mia@globex.example").await, server.api("ada@globex.example").await);
        let body = json!({"channel": "cxml", "url": site.url()});
        ada.put("/suppliers/office-one/delivery", body).await.expect(200);
        Self { server, site, mia, ada }
    }

    /// The answer's status and text.
    async fn post(&self, document: &str) -> (u16, String) {
        let text = self.server.client().xml("/cxml", document).await.expect(200).text();
        (documents::status(&text).expect("a status"), text)
    }

    async fn approve(&self) {
        let tasks = self.mia.list("/tasks").await;
        let requisition = tasks.first().expect("a task")["requisition"].as_str().unwrap();
        self.mia.decide(requisition, "approve").await.expect(200);
    }

    /// The only order there is.
    async fn order(&self) -> Value {
        let all = self.ada.list("/orders").await;
        assert_eq!(all.len(), 1, "one order, whatever its version");
        let id = all[0]["id"].as_str().unwrap().to_owned();
        self.ada.get(&format!("/orders/{id}")).await.expect(200).json()
    }

    async fn arrived(&self, count: usize) -> String {
        eventually("the document arrives", || async { self.site.documents().len() >= count }).await;
        let all = self.site.documents();
        assert_eq!(all.len(), count, "and only that one");
        dtd::check(&all[count - 1]);
        all[count - 1].clone()
    }
}

fn attribute<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    between(document, &format!(" {name}=\""), "\"")
}

/// A confirmation of the whole order that was sent.
fn accepted(sent: &str) -> String {
    let reference = attribute(sent, "payloadID").unwrap();
    format!(
        "<ConfirmationRequest><ConfirmationHeader type=\"accept\" \
         noticeDate=\"2026-11-21T09:00:00+00:00\" confirmID=\"C1\"/><OrderReference \
         orderID=\"4500000001\"><DocumentReference payloadID=\"{reference}\"/></OrderReference>\
         </ConfirmationRequest>"
    )
}

#[tokio::test]
async fn a_change_and_a_cancellation_reach_the_supplier_with_version_and_reference() {
    let world = World::new().await;
    assert_eq!(world.post(&order("new@globex", "new", 5)).await.0, 201);
    world.approve().await;
    let first = world.arrived(1).await;
    assert_eq!((attribute(&first, "type"), attribute(&first, "orderVersion")), (Some("new"), None));

    assert_eq!(world.post(&order("change@globex", "update", 7)).await.0, 201);
    assert_eq!(
        world.order().await["revision"],
        1,
        "the last version stands until the next is signed"
    );
    world.approve().await;
    let second = world.arrived(2).await;
    assert_eq!(attribute(&second, "type"), Some("update"));
    assert_eq!(attribute(&second, "orderVersion"), Some("2"));
    let reference = between(&second, "<DocumentReference payloadID=\"", "\"");
    assert_eq!(reference, attribute(&first, "payloadID"));
    assert!(second.contains("quantity=\"7\"") && second.contains("4500000001"));
    let stands = world.order().await;
    assert_eq!((&stands["revision"], &stands["lines"][0]["quantity"]), (&json!(2), &json!("7")));

    assert_eq!(world.post(&order("end@globex", "delete", 7)).await.0, 200);
    let third = world.arrived(3).await;
    assert_eq!(attribute(&third, "type"), Some("delete"));
    assert_eq!(attribute(&third, "orderVersion"), Some("3"));
    let reference = between(&third, "<DocumentReference payloadID=\"", "\"");
    assert_eq!(reference, attribute(&second, "payloadID"));
    assert_eq!(world.order().await["state"], "cancelled");
    assert_eq!(world.post(&order("late@globex", "update", 9)).await.0, 409, "nothing stands");
    let verified = world.server.command(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[tokio::test]
async fn an_order_that_the_supplier_confirmed_is_neither_changed_nor_cancelled() {
    let world = World::new().await;
    world.post(&order("new@globex", "new", 5)).await;
    world.approve().await;
    let sent = world.arrived(1).await;
    let confirmation = accepted(&sent);
    let confirmed = envelope(OFFICE_ONE, "c1@office-one", &confirmation)
        .replace("<Identity>999999999<", "<Identity>AN01000000002<")
        .replace("<To><Credential domain=\"DUNS\">", "<To><Credential domain=\"NetworkId\">");
    assert_eq!(world.post(&confirmed).await.0, 200);
    for kind in ["update", "delete"] {
        let (code, text) = world.post(&order(&format!("{kind}@globex"), kind, 8)).await;
        assert_eq!(code, 409, "{text}");
        assert!(text.contains("the supplier") || text.contains("The supplier"), "{text}");
    }
    let order = world.order().await;
    assert_eq!((&order["state"], &order["revision"]), (&json!("confirmed"), &json!(1)));
    let id = order["id"].as_str().unwrap();
    let refused = world.ada.post(&format!("/orders/{id}/cancel"), json!({"reason": "x"})).await;
    assert_eq!(refused.expect(409).json()["code"], "order-answered");
}

#[tokio::test]
async fn what_never_left_is_replaced_before_it_leaves() {
    let mut world = World::new().await;
    world.site.pause();
    world.post(&order("new@globex", "new", 5)).await;
    // Still waiting for sign-off: the change takes its place.
    assert_eq!(world.post(&order("change@globex", "update", 7)).await.0, 201);
    let open = world.mia.list("/tasks").await;
    assert_eq!(open.len(), 1, "the overtaken version asks nobody any more");
    world.site.resume().await;
    world.approve().await;
    let only = world.arrived(1).await;
    assert!(only.contains("quantity=\"7\"") && attribute(&only, "type") == Some("new"));
}

#[tokio::test]
async fn an_admin_cancels_with_a_reason_that_the_supplier_reads() {
    let server = Server::demo().await;
    let (ed, ada) = (server.api("ed@acme.example").await, server.api("ada@acme.example").await);
    let site = Site::open().await;
    let body = json!({"channel": "cxml", "url": site.url()});
    ada.put("/suppliers/office-one/delivery", body).await.expect(200);
    ed.requisition(&[("DESK-01", "office-one", "1")], "4100").await;
    eventually("the order arrives", || async { site.documents().len() == 1 }).await;
    let id = ada.list("/orders").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/orders/{id}/cancel");
    ed.post(&path, json!({"reason": "mine"})).await.expect(403);
    ada.post(&path, json!({"reason": " "})).await.expect(422);
    let done = ada.post(&path, json!({"reason": "Too many desks"})).await.expect(200).json();
    assert_eq!(done["state"], "cancelled");
    eventually("the cancellation arrives", || async { site.documents().len() == 2 }).await;
    let said = site.documents()[1].clone();
    dtd::check(&said);
    assert!(said.contains("type=\"delete\"") && said.contains("Too many desks"));
    let budgets = ada.list("/budgets").await;
    let budget = budgets.iter().find(|one| one["cost_center"] == "4100").unwrap();
    assert_eq!(budget["committed"]["amount"], "0.00");
}

/// Goods of office-one under their lineNumber.
fn line(number: u32, sku: &str, quantity: u32, more: &str) -> String {
    format!(
        "<ItemOut quantity=\"{quantity}\" lineNumber=\"{number}\"{more}><ItemID><SupplierPartID>\
         {sku}</SupplierPartID></ItemID><ItemDetail><UnitPrice><Money currency=\"USD\">2.00</Money>\
         </UnitPrice><Description xml:lang=\"en\">Thing</Description><UnitOfMeasure>EA\
         </UnitOfMeasure><Classification domain=\"UNSPSC\">44121701</Classification></ItemDetail>\
         <Comments xml:lang=\"en\">For line {number}</Comments></ItemOut>"
    )
}

/// The order of Globex with these lines and this Total in place of its own.
fn with_lines(payload: &str, lines: &str, total: &str) -> String {
    let document = order(payload, "new", 5);
    let (head, rest) = document.split_once("<ItemOut").unwrap();
    let (_, tail) = rest.split_once("</ItemOut>").unwrap();
    format!("{head}{lines}{tail}").replacen(
        ">10.00</Money></Total>",
        &format!(">{total}</Money></Total>"),
        1,
    )
}

/// A document of office-one to Globex.
fn from_supplier(payload: &str, request: &str) -> String {
    envelope(OFFICE_ONE, payload, request)
        .replace("<Identity>999999999<", "<Identity>AN01000000002<")
        .replace("<To><Credential domain=\"DUNS\">", "<To><Credential domain=\"NetworkId\">")
}

fn notice(payload: &str, id: &str, operation: &str, sent: &str, unit: &str) -> String {
    from_supplier(
        payload,
        &format!(
            "<ShipNoticeRequest><ShipNoticeHeader shipmentID=\"{id}\" operation=\"{operation}\" \
             noticeDate=\"2026-11-22T09:00:00+00:00\"/><ShipControl><CarrierIdentifier \
             domain=\"companyName\">Fast</CarrierIdentifier><ShipmentIdentifier>1Z\
             </ShipmentIdentifier></ShipControl><ShipNoticePortion><OrderReference \
             orderID=\"4500000001\"><DocumentReference payloadID=\"\"/></OrderReference>\
             <ShipNoticeItem lineNumber=\"1\" quantity=\"{sent}\"><UnitOfMeasure>{unit}\
             </UnitOfMeasure></ShipNoticeItem></ShipNoticePortion></ShipNoticeRequest>"
        ),
    )
}

fn receipt(number: u32, quantity: u32) -> String {
    let money = "<Money currency=\"USD\">2.00</Money>";
    envelope(
        GLOBEX,
        &format!("receipt-{number}@globex"),
        &format!(
            "<ReceiptRequest><ReceiptRequestHeader receiptID=\"R-{number}\" \
             receiptDate=\"2026-11-22T09:00:00+00:00\" operation=\"new\"/><ReceiptOrder>\
             <ReceiptOrderInfo><OrderReference orderID=\"4500000001\"><DocumentReference \
             payloadID=\"\"/></OrderReference></ReceiptOrderInfo><ReceiptItem \
             receiptLineNumber=\"1\" quantity=\"{quantity}\" type=\"received\">\
             <ReceiptItemReference lineNumber=\"{number}\"/><UnitRate>{money}<UnitOfMeasure>EA\
             </UnitOfMeasure></UnitRate><ReceivedAmount>{money}</ReceivedAmount></ReceiptItem>\
             </ReceiptOrder><Total>{money}</Total></ReceiptRequest>"
        ),
    )
}

#[tokio::test]
async fn the_buyers_line_numbers_and_words_are_kept_to_the_invoice() {
    let world = World::new().await;
    let buyer = Site::open().await;
    let url = json!({"invoice_url": buyer.url()});
    world.ada.put("/organisation", url).await.expect(200);
    let day = " requestedDeliveryDate=\"2026-12-24T12:00:00+00:00\"";
    let lines = [line(20, "PEN-01", 5, ""), line(10, "DESK-01", 3, day)].concat();
    assert_eq!(world.post(&with_lines("new@globex", &lines, "16.00")).await.0, 201);
    world.approve().await;
    let sent = world.arrived(1).await;
    assert!(sent.contains("For line 20") && sent.contains("2026-12-24"), "{sent}");
    let (code, text) = world.post(&receipt(10, 3)).await;
    assert_eq!(code, 200, "{text}");
    let (code, text) = world.post(&receipt(1, 1)).await;
    assert_eq!(code, 400, "our own number is none of the buyer's order: {text}");
    let stands = world.order().await;
    let received =
        |at: usize| (stands["lines"][at]["sku"].clone(), stands["lines"][at]["received"].clone());
    assert_eq!(received(0), (json!("PEN-01"), json!("0")));
    assert_eq!(received(1), (json!("DESK-01"), json!("3")));
    // Our second line is the buyer's tenth.
    let money = |tag: &str| format!("<{tag}><Money currency=\"USD\">6.00</Money></{tag}>");
    let [subtotal, gross, net, due] =
        ["SubtotalAmount", "GrossAmount", "NetAmount", "DueAmount"].map(money);
    let bill = format!(
        "<InvoiceDetailRequest><InvoiceDetailRequestHeader invoiceID=\"I1\" purpose=\"standard\" \
         operation=\"new\" invoiceDate=\"2026-11-22T12:00:00+00:00\">\
         <InvoiceDetailHeaderIndicator/><InvoiceDetailLineIndicator/></InvoiceDetailRequestHeader>\
         <InvoiceDetailOrder><InvoiceDetailOrderInfo><OrderReference orderID=\"4500000001\">\
         <DocumentReference payloadID=\"\"/></OrderReference></InvoiceDetailOrderInfo>\
         <InvoiceDetailItem invoiceLineNumber=\"1\" quantity=\"3\"><UnitOfMeasure>EA\
         </UnitOfMeasure><UnitPrice><Money currency=\"USD\">2.00</Money></UnitPrice>\
         <InvoiceDetailItemReference lineNumber=\"2\"><ItemID><SupplierPartID>DESK-01\
         </SupplierPartID></ItemID><Description xml:lang=\"en\">Desk</Description>\
         </InvoiceDetailItemReference>{subtotal}{net}</InvoiceDetailItem></InvoiceDetailOrder>\
         <InvoiceDetailSummary>{subtotal}<Tax><Money currency=\"USD\">0.00</Money>\
         <Description xml:lang=\"en\">none</Description></Tax>{gross}{net}{due}\
         </InvoiceDetailSummary></InvoiceDetailRequest>"
    );
    let (code, text) = world.post(&from_supplier("i1@office-one", &bill)).await;
    assert_eq!(code, 200, "{text}");
    let issued = || buyer.documents().into_iter().find(|one| one.contains("<InvoiceDetailRequest"));
    eventually("the invoice arrives", || async { issued().is_some() }).await;
    let issued = issued().unwrap();
    assert!(issued.contains("<InvoiceDetailItemReference lineNumber=\"10\""), "{issued}");
}

#[tokio::test]
async fn what_an_order_says_in_two_ways_is_held_or_refused_by_name() {
    let world = World::new().await;
    let twice = [line(1, "PEN-01", 5, ""), line(1, "DESK-01", 1, "")].concat();
    let (code, text) = world.post(&with_lines("twice@globex", &twice, "12.00")).await;
    assert!(code == 400 && text.contains("@lineNumber"), "{text}");
    let place = |street: &str| {
        format!(
            "<ShipTo><Address><Name xml:lang=\"en\">Globex</Name><PostalAddress><Street>{street}\
             </Street><City>Ulm</City><Country isoCountryCode=\"DE\">Germany</Country>\
             </PostalAddress></Address></ShipTo>"
        )
    };
    let at = |street: &str, number: u32| {
        line(number, "PEN-01", 5, "")
            .replace("</ItemDetail>", &format!("</ItemDetail>{}", place(street)))
    };
    let apart = [at("One Way", 1), at("Other Way", 2)].concat();
    let (code, text) = world.post(&with_lines("apart@globex", &apart, "20.00")).await;
    assert!(
        code == 400 && text.contains("ItemOut[2]/ShipTo") && text.contains("Other Way"),
        "{text}"
    );
}

#[tokio::test]
async fn an_older_version_changes_nothing() {
    let world = World::new().await;
    let version = |payload: &str, kind: &str, pens: u32, version: &str| {
        let marked = format!(" orderVersion=\"{version}\" type=");
        order(payload, kind, pens).replacen(" type=", &marked, 1)
    };
    assert_eq!(world.post(&version("v1@globex", "new", 5, "1")).await.0, 201);
    assert_eq!(world.post(&version("v3@globex", "update", 7, "3")).await.0, 201);
    for old in ["2", "3"] {
        let (code, text) = world.post(&version(&format!("o{old}@globex"), "update", 6, old)).await;
        assert!(code == 409 && text.contains("above 3"), "{text}");
    }
    assert_eq!(world.post(&version("d2@globex", "delete", 6, "2")).await.0, 409);
    world.approve().await;
    assert!(world.arrived(1).await.contains("quantity=\"7\""));
    assert_eq!(world.post(&version("d3@globex", "delete", 7, "3")).await.0, 200);
}

#[tokio::test]
async fn a_ship_notice_is_taken_back_and_other_units_are_refused() {
    let world = World::new().await;
    world.post(&order("new@globex", "new", 5)).await;
    world.approve().await;
    world.arrived(1).await;
    let confirmed = |payload: &str, unit: &str| {
        from_supplier(
            payload,
            &format!(
                "<ConfirmationRequest><ConfirmationHeader type=\"detail\" \
                 noticeDate=\"2026-11-22T09:00:00+00:00\" confirmID=\"C1\"/><OrderReference \
                 orderID=\"4500000001\"><DocumentReference payloadID=\"\"/></OrderReference>\
                 <ConfirmationItem lineNumber=\"1\" quantity=\"5\"><UnitOfMeasure>{unit}\
                 </UnitOfMeasure><ConfirmationStatus type=\"detail\" quantity=\"5\" \
                 deliveryDate=\"2026-12-01T00:00:00+00:00\"><UnitOfMeasure>{unit}</UnitOfMeasure>\
                 <UnitPrice><Money currency=\"USD\">2.50</Money></UnitPrice><Comments \
                 xml:lang=\"en\">Blue ones</Comments></ConfirmationStatus></ConfirmationItem>\
                 </ConfirmationRequest>"
            ),
        )
    };
    for (document, code) in [
        (confirmed("c1@office-one", "BX"), 400),
        (confirmed("c2@office-one", "EA"), 200),
        (notice("s1@office-one", "S1", "new", "5", "BX"), 400),
        (notice("s2@office-one", "S1", "new", "5", "EA"), 200),
        (notice("s3@office-one", "S9", "delete", "5", "EA"), 417),
    ] {
        let (got, text) = world.post(&document).await;
        assert_eq!(got, code, "{text}");
    }
    let shipped = world.order().await;
    assert_eq!(shipped["state"], "shipped");
    let said = &shipped["confirmations"][0];
    assert_eq!((&said["price"], &said["other_than"]), (&json!("2.5"), &json!("2")), "{said}");
    assert_eq!(
        (&said["delivery_on"], &said["comment"]),
        (&json!("2026-12-01"), &json!("Blue ones"))
    );
    let (id, ada) = (shipped["id"].as_str().unwrap(), world.server.signed_in("ada@globex.example"));
    let page = ada.await.get(&format!("/orders/{id}")).await.expect(200).text();
    assert!(
        page.contains("at another price, 2.5 USD for 2") && page.contains("Blue ones"),
        "{page}"
    );
    for (payload, operation, sent) in
        [("s4", "delete", "5"), ("s5", "new", "5"), ("s6", "update", "0")]
    {
        let number = if payload == "s4" { "S1" } else { "S2" };
        let mut document = notice(&format!("{payload}@office-one"), number, operation, sent, "EA");
        if let ("s4", Some((head, rest))) = (payload, document.split_once("<ShipNoticePortion>")) {
            // The DTD lets a notice that is taken back name no order.
            document = format!("{head}{}", rest.split_once("</ShipNoticePortion>").unwrap().1);
        }
        let (code, text) = world.post(&document).await;
        assert_eq!(code, 200, "{payload}: {text}");
    }
    let back = world.order().await;
    assert_eq!((&back["state"], &back["lines"][0]["shipped"]), (&json!("confirmed"), &json!("0")));
    let verified = world.server.command(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

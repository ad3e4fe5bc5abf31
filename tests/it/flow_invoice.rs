//! After the order: confirmed in part, invoiced with a wrong price, then with the right one.

use serde_json::Value;

use crate::{
    flow_change_order,
    harness::{
        Api, Server,
        documents::{self, ACME, OFFICE_ONE},
        dtd,
    },
};

/// An order of four desks at 450.00, issued; its JSON and its OrderRequest's payloadID.
async fn ordered(ed: &Api, server: &Server) -> (Value, String) {
    let requisition = ed.requisition(&[("DESK-01", "office-one", "4")], "4100").await;
    let it = requisition["id"].as_str().unwrap();
    server.api("mia@acme.example").await.decide(it, "approve").await.expect(200);
    let order = ed.list("/orders").await.remove(0);
    let path = format!("/orders/{}/documents", order["id"].as_str().unwrap());
    let papers = ed.get(&path).await.expect(200).text();
    let payload = documents::between(&papers, "payloadID=\\\"", "\\\"").expect("a payloadID");
    (order, payload.to_owned())
}

fn confirmation(number: &str, payload: &str, accepted: &str, open: &str) -> String {
    documents::envelope(
        OFFICE_ONE,
        &format!("conf-{accepted}@office-one"),
        &format!(
            "<ConfirmationRequest><ConfirmationHeader confirmID=\"C-1\" type=\"detail\" \
             operation=\"new\" noticeDate=\"2026-11-21T10:00:00+00:00\"/>\
             <OrderReference orderID=\"{number}\"><DocumentReference payloadID=\"{payload}\"/>\
             </OrderReference><ConfirmationItem lineNumber=\"1\" quantity=\"4\">\
             <UnitOfMeasure>EA</UnitOfMeasure>\
             <ConfirmationStatus quantity=\"{accepted}\" type=\"accept\">\
             <UnitOfMeasure>EA</UnitOfMeasure></ConfirmationStatus>\
             <ConfirmationStatus quantity=\"{open}\" type=\"backordered\">\
             <UnitOfMeasure>EA</UnitOfMeasure></ConfirmationStatus></ConfirmationItem>\
             </ConfirmationRequest>"
        ),
    )
}

fn money(tag: &str, amount: &str) -> String {
    format!("<{tag}><Money currency=\"EUR\">{amount}</Money></{tag}>")
}

fn invoice(number: &str, payload: &str, id: &str, unit: &str, sum: &str) -> String {
    let (price, subtotal) = (money("UnitPrice", unit), money("SubtotalAmount", sum));
    let (gross, net, due) =
        (money("GrossAmount", sum), money("NetAmount", sum), money("DueAmount", sum));
    documents::envelope(
        OFFICE_ONE,
        &format!("{id}@office-one"),
        &format!(
            "<InvoiceDetailRequest><InvoiceDetailRequestHeader invoiceID=\"{id}\" \
             purpose=\"standard\" operation=\"new\" invoiceDate=\"2026-11-21T12:00:00+00:00\">\
             <InvoiceDetailHeaderIndicator/><InvoiceDetailLineIndicator/>\
             </InvoiceDetailRequestHeader><InvoiceDetailOrder><InvoiceDetailOrderInfo>\
             <OrderReference orderID=\"{number}\"><DocumentReference payloadID=\"{payload}\"/>\
             </OrderReference></InvoiceDetailOrderInfo>\
             <InvoiceDetailItem invoiceLineNumber=\"1\" quantity=\"4\">\
             <UnitOfMeasure>EA</UnitOfMeasure>{price}\
             <InvoiceDetailItemReference lineNumber=\"1\"><ItemID>\
             <SupplierPartID>DESK-01</SupplierPartID></ItemID>\
             <Description xml:lang=\"en\">Desk</Description></InvoiceDetailItemReference>\
             {subtotal}{net_line}</InvoiceDetailItem></InvoiceDetailOrder>\
             <InvoiceDetailSummary>{subtotal}<Tax><Money currency=\"EUR\">0.00</Money>\
             <Description xml:lang=\"en\">none</Description></Tax>{gross}{net}{due}\
             </InvoiceDetailSummary></InvoiceDetailRequest>",
            net_line = money("NetAmount", sum),
        ),
    )
    .replace("/cXML.dtd", "/InvoiceDetail.dtd")
}

#[tokio::test]
async fn a_wrong_price_is_named_and_the_right_invoice_passes() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let supplier = server.client();
    let (order, payload) = ordered(&ed, &server).await;
    let number = order["number"].as_str().unwrap();
    let order_path = format!("/orders/{}", order["id"].as_str().unwrap());

    let document = confirmation(number, &payload, "3", "1").replace("/cXML.dtd", "/Fulfill.dtd");
    dtd::check(&document);
    let answer = supplier.xml("/cxml", &document).await.expect(200).text();
    assert_eq!(documents::status(&answer), Some(200), "{answer}");
    let now = ed.get(&order_path).await.expect(200).json();
    assert_eq!(now["state"], "partly_confirmed", "{now}");

    let fin = server.api("fin@acme.example").await;
    for (id, unit, sum, result, state) in [
        ("INV-1", "460.00", "1840.00", "difference", "difference"),
        ("INV-2", "450.00", "1800.00", "clean", "approved"),
    ] {
        let document = invoice(number, &payload, id, unit, sum);
        dtd::check(&document);
        let answer = supplier.xml("/cxml", &document).await.expect(200).text();
        assert!(matches!(documents::status(&answer), Some(200 | 201)), "{answer}");
        let invoices = fin.list("/invoices").await;
        let it = invoices.iter().find(|i| i.to_string().contains(id)).expect("the invoice");
        let path = format!("/invoices/{}", it["id"].as_str().unwrap());
        let it = fin.get(&path).await.expect(200).json();
        assert_eq!(it["match"]["result"], result, "{it}");
        let right = it["state"] == state || (state == "approved" && it["state"] == "issued");
        assert!(right, "{it}");
        if result == "difference" {
            let fault = &it["match"]["differences"][0];
            assert!(fault["line"] == 1 || fault["line"] == "1", "{fault}");
            assert!(fault["field"].to_string().contains("price"), "{fault}");
            assert!(fault["expected"].to_string().contains("450.00"), "{fault}");
            assert!(fault["got"].to_string().contains("460.00"), "{fault}");
        }
    }
}

fn remittance(id: &str, invoice: &str, gross: &str, net: &str) -> String {
    let (gross, net) = (money("GrossAmount", gross), money("NetAmount", net));
    documents::envelope(
        ACME,
        &format!("{id}@pay"),
        &format!(
            "<PaymentRemittanceRequest><PaymentRemittanceRequestHeader \
             paymentRemittanceID=\"{id}\" paymentDate=\"2026-11-22T09:00:00+00:00\">\
             <PaymentMethod type=\"wire\"/></PaymentRemittanceRequestHeader>\
             <PaymentRemittanceSummary>{net}{gross}</PaymentRemittanceSummary>\
             <RemittanceDetail lineNumber=\"1\"><PayableInfo><PayableInvoiceInfo>\
             <InvoiceIDInfo invoiceID=\"{invoice}\"/></PayableInvoiceInfo></PayableInfo>{net}\
             {gross}</RemittanceDetail></PaymentRemittanceRequest>"
        ),
    )
}

#[tokio::test]
async fn a_remittance_pays_the_invoice_that_it_names_and_no_more() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    let door = server.client();
    let (order, payload) = ordered(&ed, &server).await;
    let document =
        invoice(order["number"].as_str().unwrap(), &payload, "INV-9", "450.00", "1800.00");
    door.xml("/cxml", &document).await.expect(200);
    let fin = server.api("fin@acme.example").await;
    let path = format!("/invoices/{}", fin.list("/invoices").await[0]["id"].as_str().unwrap());
    let expected = [
        ("P-1", "INV-8", "800.00", 400),
        ("P-1", "INV-9", "800.00", 200),
        ("P-2", "INV-9", "1000.01", 400),
        ("P-2", "INV-9", "1000.00", 200),
        ("P-3", "INV-9", "1.00", 409),
    ];
    for (id, number, gross, code) in expected {
        let document = remittance(id, number, gross, gross);
        let answer = door.xml("/cxml", &document).await.expect(200).text();
        assert_eq!(documents::status(&answer), Some(code), "{id} {gross}: {answer}");
    }
    let paid = fin.get(&path).await.expect(200).json();
    assert_eq!(paid["state"], "paid", "{paid}");
    let page = server.signed_in("fin@acme.example").await.get(&path).await.expect(200).text();
    assert!(page.contains("P-1") && page.contains("P-2"), "{page}");
}

#[tokio::test]
async fn a_payload_id_of_another_organisations_order_is_never_passed_over_for_the_number() {
    let server = Server::demo().await;
    let (ed, strange) =
        (server.api("ed@acme.example").await, server.api("mia@globex.example").await);
    let (order, own) = ordered(&ed, &server).await;
    let door = server.client();
    let document = flow_change_order::order("new@globex", "new", 5);
    door.xml("/cxml", &document).await.expect(200);
    let held = strange.list("/tasks").await.remove(0);
    strange.decide(held["requisition"].as_str().unwrap(), "approve").await.expect(200);
    let strange = server.api("ada@globex.example").await;
    let other = strange.list("/orders").await.remove(0);
    assert_eq!(order["number"], other["number"], "numbers run per organisation");
    let path = |order: &Value| format!("/orders/{}", order["id"].as_str().unwrap());
    let other = strange.get(&path(&other)).await.expect(200).json();
    let number = order["number"].as_str().unwrap();
    let theirs = other["payload_id"].as_str().unwrap();
    let to_acme = |document: &str| {
        document.replacen(
            "<To><Credential domain=\"DUNS\"><Identity>999999999<",
            "<To><Credential domain=\"NetworkId\"><Identity>AN01000000001<",
            1,
        )
    };
    let strangers = [
        confirmation(number, theirs, "3", "1"),
        invoice(number, theirs, "INV-1", "450.00", "1800.00"),
    ];
    for document in strangers {
        let answer = door.xml("/cxml", &to_acme(&document)).await.expect(200).text();
        assert_eq!(documents::status(&answer), Some(417), "{answer}");
    }
    let untouched = ed.get(&path(&order)).await.expect(200).json();
    assert_eq!(untouched["lines"][0]["confirmed"], "0", "{untouched}");
    // One that nobody knows leaves it to the number, and the own one is still the surest.
    for (payload, accepted, open) in [("nobodys@x", "2", "2"), (own.as_str(), "3", "1")] {
        let document = to_acme(&confirmation(number, payload, accepted, open))
            .replace("confirmID=\"C-1\"", &format!("confirmID=\"C-{accepted}\""));
        let answer = door.xml("/cxml", &document).await.expect(200).text();
        assert_eq!(documents::status(&answer), Some(200), "{answer}");
    }
}

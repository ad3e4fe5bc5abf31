//! Credit and debit memos against an invoice: what they give back, to the cent and never twice.

use serde_json::{Value, json};

use crate::harness::{
    Api, Server,
    documents::{self, OFFICE_ONE},
    dtd, html,
};

/// What a memo or an invoice says, beside the order that it is about.
struct Said<'a> {
    id: &'a str,
    purpose: &'a str,
    /// What it corrects.
    of: &'a str,
    /// Quantity and price of the one line; without them it is for the whole order.
    line: Option<(&'a str, &'a str)>,
    /// Subtotal, tax and net.
    sums: [&'a str; 3],
}

fn money(tag: &str, amount: &str) -> String {
    format!("<{tag}><Money currency=\"EUR\">{amount}</Money></{tag}>")
}

fn document((number, payload): (&str, &str), said: &Said<'_>) -> String {
    let Said { id, purpose, of, line, sums: [subtotal, tax, net] } = said;
    let subtotal = money("SubtotalAmount", subtotal);
    let of_order = format!(
        "<InvoiceDetailOrderInfo><OrderReference orderID=\"{number}\">\
         <DocumentReference payloadID=\"{payload}\"/></OrderReference></InvoiceDetailOrderInfo>"
    );
    let (flag, body) = match line {
        Some((quantity, price)) => (
            "",
            format!(
                "<InvoiceDetailOrder>{of_order}\
                 <InvoiceDetailItem invoiceLineNumber=\"1\" quantity=\"{quantity}\">\
                 <UnitOfMeasure>EA</UnitOfMeasure>{}<InvoiceDetailItemReference lineNumber=\"1\"/>\
                 {subtotal}</InvoiceDetailItem></InvoiceDetailOrder>",
                money("UnitPrice", price)
            ),
        ),
        None => (
            " isHeaderInvoice=\"yes\"",
            format!(
                "<InvoiceDetailHeaderOrder>{of_order}\
                 <InvoiceDetailOrderSummary invoiceLineNumber=\"1\">{subtotal}\
                 </InvoiceDetailOrderSummary></InvoiceDetailHeaderOrder>"
            ),
        ),
    };
    let corrects = match *of {
        "" => String::new(),
        of => format!("<InvoiceIDInfo invoiceID=\"{of}\"/>"),
    };
    let request = format!(
        "<InvoiceDetailRequest><InvoiceDetailRequestHeader invoiceID=\"{id}\" \
         purpose=\"{purpose}\" operation=\"new\" invoiceDate=\"2026-11-21T12:00:00+00:00\">\
         <InvoiceDetailHeaderIndicator{flag}/><InvoiceDetailLineIndicator/>{corrects}\
         </InvoiceDetailRequestHeader>{body}<InvoiceDetailSummary>{subtotal}<Tax>\
         <Money currency=\"EUR\">{tax}</Money><Description xml:lang=\"en\">VAT</Description></Tax>\
         {}</InvoiceDetailSummary></InvoiceDetailRequest>",
        money("NetAmount", net)
    );
    let document = documents::envelope(OFFICE_ONE, &format!("{id}@office-one"), &request)
        .replace("/cXML.dtd", "/InvoiceDetail.dtd");
    dtd::check(&document);
    document
}

/// Four desks at 450.00, ordered and sent.
async fn desks(server: &Server) -> (Value, String) {
    let ed = server.api("ed@acme.example").await;
    let requisition = ed.requisition(&[("DESK-01", "office-one", "4")], "4100").await;
    let mia = server.api("mia@acme.example").await;
    mia.decide(requisition["id"].as_str().unwrap(), "approve").await.expect(200);
    let order = ed.list("/orders").await.remove(0);
    let path = format!("/orders/{}/documents", order["id"].as_str().unwrap());
    let papers = ed.get(&path).await.expect(200).text();
    let payload = documents::between(&papers, "payloadID=\\\"", "\\\"").expect("a payloadID");
    (order, payload.to_owned())
}

/// Limit, reserved, committed, spent and available of a budget.
fn standing(budget: &Value) -> [String; 5] {
    ["limit", "reserved", "committed", "spent", "available"]
        .map(|part| budget[part]["amount"].as_str().unwrap_or_default().to_owned())
}

async fn budget(api: &Api, query: &str) -> (String, [String; 5]) {
    let all = api.list("/budgets").await;
    let id = all.iter().find(|one| one["cost_center"] == "4100").unwrap()["id"].as_str().unwrap();
    let now = api.get(&format!("/budgets/{id}{query}")).await.expect(200).json();
    (id.to_owned(), standing(&now))
}

/// What the supplier is answered: the code of the Status.
async fn sent(server: &Server, order: &(Value, String), said: &Said<'_>) -> (u16, String) {
    let number = order.0["number"].as_str().unwrap();
    let document = document((number, &order.1), said);
    let answer = server.client().xml("/cxml", &document).await.expect(200).text();
    (documents::status(&answer).unwrap(), answer)
}

async fn invoice_of(api: &Api, number: &str) -> Value {
    let all = api.list("/invoices").await;
    let id = all.iter().find(|one| one["number"] == number).expect("the invoice")["id"].clone();
    api.get(&format!("/invoices/{}", id.as_str().unwrap())).await.expect(200).json()
}

const PLAIN: Said<'_> = Said {
    id: "INV-1",
    purpose: "standard",
    of: "",
    line: Some(("4", "450.00")),
    sums: ["1800.00", "342.00", "2142.00"],
};

#[tokio::test]
async fn a_credit_memo_gives_money_back_to_the_budget_to_the_cent_and_never_too_much() {
    for server in Server::everywhere().await {
        let order = desks(&server).await;
        let ada = server.api("ada@acme.example").await;
        let (id, committed) = budget(&ada, "").await;
        assert_eq!(committed, ["100000.00", "0.00", "1800.00", "0.00", "98200.00"]);
        assert_eq!(sent(&server, &order, &PLAIN).await.0, 200);
        let (_, spent) = budget(&ada, "").await;
        assert_eq!(spent, ["100000.00", "0.00", "0.00", "1800.00", "98200.00"]);
        let entries = ada.list(&format!("/budgets/{id}/entries")).await;
        let moment = entries[0]["at"].as_str().unwrap().to_owned();
        server.advance("PT1H").await;

        let back = |id, quantity, sums| Said {
            id,
            purpose: "lineLevelCreditMemo",
            of: "INV-1",
            line: Some((quantity, "450.00")),
            sums,
        };
        let one = back("CM-1", "-1", ["-450.00", "-85.50", "-535.50"]);
        let (code, answer) = sent(&server, &order, &one).await;
        assert_eq!(code, 200, "{answer}");
        let ada = server.api("ada@acme.example").await;
        let now = ["100000.00", "0.00", "0.00", "1350.00", "98650.00"];
        assert_eq!(budget(&ada, "").await.1, now);
        assert_eq!(budget(&ada, &format!("?at={moment}")).await.1, spent);
        let entry = ada.list(&format!("/budgets/{id}/entries")).await.remove(0);
        assert_eq!(
            (&entry["cause"], &entry["source"], &entry["target"], &entry["number"]),
            (&json!("credited"), &json!("spent"), &json!("available"), &json!("CM-1")),
            "{entry}"
        );
        memo_is_shown(&server, &order.0).await;

        let nameless = Said { of: "", ..back("CM-2", "-1", ["-450.00", "0.00", "-450.00"]) };
        let foreign = Said { of: "INV-7", ..back("CM-2", "-1", ["-450.00", "0.00", "-450.00"]) };
        let over = back("CM-2", "-4", ["-1800.00", "0.00", "-1800.00"]);
        let taxed = back("CM-2", "-3", ["-1350.00", "-256.51", "-1606.51"]);
        let above = back("CM-2", "1", ["450.00", "0.00", "450.00"]);
        for (wrong, says) in [
            (nameless, "which invoice"),
            (foreign, "INV-7"),
            (over, "at most 3 EA"),
            (taxed, "at most 1606.50 EUR"),
            (above, "below zero"),
        ] {
            let (code, answer) = sent(&server, &order, &wrong).await;
            assert!(code == 400 && answer.contains(says), "{says}: {answer}");
        }
        assert_eq!(budget(&ada, "").await.1, now);
        let rest = back("CM-3", "-3", ["-1350.00", "-256.50", "-1606.50"]);
        assert_eq!(sent(&server, &order, &rest).await.0, 200);
        let nothing = ["100000.00", "0.00", "0.00", "0.00", "100000.00"];
        assert_eq!(budget(&ada, "").await.1, nothing);
        // What was given back may be billed anew.
        let again = Said { id: "INV-2", ..PLAIN };
        assert_eq!(sent(&server, &order, &again).await.0, 200);
        assert_eq!(budget(&ada, "").await.1, spent);
    }
}

/// The memo in the list, on its page, in the order's story, and on its way to the buyer's system.
async fn memo_is_shown(server: &Server, order: &Value) {
    let fin = server.api("fin@acme.example").await;
    let memo = invoice_of(&fin, "CM-1").await;
    assert_eq!((&memo["kind"], &memo["state"]), (&json!("credit_memo"), &json!("issued")));
    assert_eq!(memo["total"]["amount"], "-535.50");
    let invoice = invoice_of(&fin, "INV-1").await;
    assert_eq!((&memo["corrects"], &invoice["memos"][0]["id"]), (&invoice["id"], &memo["id"]));
    let browser = server.signed_in("fin@acme.example").await;
    let page = browser.get(&format!("/invoices/{}", memo["id"].as_str().unwrap())).await.text();
    let words = html::plain(&page);
    assert!(words.contains("Credit memo CM-1") && words.contains("Invoice INV-1"), "{words}");
    assert!(page.contains("lineLevelCreditMemo"), "{words}");
    assert!(html::plain(&browser.get("/invoices").await.text()).contains("Credit memo"));
    let ada = server.signed_in("ada@acme.example").await;
    let path = format!("/orders/{}/trail", order["id"].as_str().unwrap());
    let story = html::plain(&ada.get(&path).await.expect(200).text());
    assert!(story.contains("Credit memo CM-1"), "{story}");
    let ada = server.api("ada@acme.example").await;
    let path = format!("/audit?about={}", invoice["id"].as_str().unwrap());
    let entries = ada.list(&path).await;
    assert!(entries.iter().any(|entry| entry["kind"] == "invoice-corrected"), "{entries:?}");
}

#[tokio::test]
async fn prices_whole_orders_and_debits_are_corrected_as_the_standard_says() {
    for server in Server::everywhere().await {
        let order = desks(&server).await;
        let whole = Said { line: None, sums: ["1800.00", "0.00", "1800.00"], ..PLAIN };
        let (code, answer) = sent(&server, &order, &whole).await;
        assert_eq!(code, 200, "{answer}");
        let fin = server.api("fin@acme.example").await;
        assert_eq!(invoice_of(&fin, "INV-1").await["match"]["result"], "clean");
        let price = Said {
            id: "CM-1",
            purpose: "lineLevelCreditMemo",
            of: "INV-1",
            line: Some(("4", "-12.50")),
            sums: ["-50.00", "0.00", "-50.00"],
        };
        assert_eq!(sent(&server, &order, &price).await.0, 200);
        assert_eq!(invoice_of(&fin, "CM-1").await["lines"][0]["scope"], "amount");
        let header = Said {
            id: "CM-2",
            purpose: "creditMemo",
            line: None,
            sums: ["-100.00", "0.00", "-100.00"],
            ..price
        };
        assert_eq!(sent(&server, &order, &header).await.0, 200);
        let ada = server.api("ada@acme.example").await;
        let now = ["100000.00", "0.00", "0.00", "1650.00", "98350.00"];
        assert_eq!(budget(&ada, "").await.1, now);

        let debit = Said {
            id: "DM-1",
            purpose: "debitMemo",
            of: "INV-1",
            line: None,
            sums: ["30.00", "0.00", "30.00"],
        };
        assert_eq!(sent(&server, &order, &debit).await.0, 200);
        let memo = invoice_of(&fin, "DM-1").await;
        assert_eq!((&memo["kind"], &memo["state"]), (&json!("debit_memo"), &json!("difference")));
        assert_eq!(budget(&ada, "").await.1, now, "people decide first");
        let path = format!("/invoices/{}/decide", memo["id"].as_str().unwrap());
        fin.post(&path, json!({"decision": "approve", "reason": "agreed"})).await.expect(200);
        let more = ["100000.00", "0.00", "0.00", "1680.00", "98320.00"];
        assert_eq!(budget(&ada, "").await.1, more);
    }
}

#[tokio::test]
async fn the_supplier_desk_gives_back_what_is_left_of_an_invoice() {
    let server = Server::demo().await;
    let ed = server.api("ed@acme.example").await;
    ed.requisition(&[("BOLT-M8", "partsdesk", "1000")], "4100").await;
    let order = ed.list("/orders").await.remove(0);
    let sue = server.signed_in("sue@partsdesk.example").await;
    let create = async |path: &str, button: &str, quantity: &str| {
        let page = sue.get(path).await.expect(200).text();
        let form = html::form(&page, button).expect("a form").with("lines[1].quantity", quantity);
        sue.form(&form.action, &form.fields).await
    };
    let path = format!("/supplier/orders/{}/invoice", order["id"].as_str().unwrap());
    let at = create(&path, "Create invoice", "1000").await.expect(303);
    let invoice = at.location().unwrap().to_owned();
    let page = sue.get(&invoice).await.text();
    let credit = html::link(&page, "Create credit memo").expect("a link");
    let at = create(&credit, "Create credit memo", "400").await.expect(303);
    let memo = html::plain(&sue.get(at.location().unwrap()).await.text());
    assert!(memo.contains("Credit memo CM-") && memo.contains("-14.00"), "{memo}");
    let ada = server.api("ada@acme.example").await;
    assert_eq!(budget(&ada, "").await.1[3], "21.00");
    let over = create(&credit, "Create credit memo", "601").await;
    assert_eq!(over.status, 422, "{}", over.text());
    let words = html::plain(&over.text());
    assert!(words.contains("More is given back than is left"), "{words}");
    create(&credit, "Create credit memo", "600").await.expect(303);
    assert_eq!(budget(&ada, "").await.1[3], "0.00");
}

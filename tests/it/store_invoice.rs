//! Invoices on both databases: matched, replaced, decided, booked on lines and budgets, issued.

use countersign::{
    app::{
        AppError, act,
        inbox::{self, Post},
        invoice::{self, Accept, CreateFromOrder, InvoiceView, Reject},
        receiving::Receive,
        requisition::{Submit, Wish},
    },
    base::{page::Cut, time::HOUR_MS},
    domain::{
        approval::BudgetMode,
        invoice::{InvoiceState, MatchResult},
        order::{Order, OrderState},
    },
    store::{self, delivery::Purpose},
};

use crate::harness::{
    Kind,
    documents::{OFFICE_ONE, Partner, envelope, status},
    dtd,
    inside::Inside,
};

const TOOLWORKS: Partner =
    Partner { domain: "DUNS", identity: "222222222", secret: "toolworks-secret" };

/// Ed of Acme orders these goods from one supplier, below his limit.
async fn ordered(inside: &Inside, lines: &[(&str, &str)]) -> Order {
    inside.budget("4100", BudgetMode::RequireApproval, "100000.00").await;
    let ed = inside.actor("ed@acme.example").await;
    let cart = inside.cart(&ed, lines).await;
    let wish = Wish {
        cost_center: "4100".to_owned(),
        ship_to: None,
        needed_on: None,
        comment: None,
        ..Wish::default()
    };
    let submitted = act(&inside.app, &ed, Submit { cart, wish }).await.unwrap();
    let mut conn = inside.app.store.read().await.unwrap();
    let orders = store::order::of_requisition(&mut conn, submitted.requisition).await.unwrap();
    let [order] = orders.as_slice() else { panic!("{orders:?}") };
    order.clone()
}

/// A line of an invoice: order line, SKU, quantity, price, sum.
type Billed<'a> = (u32, &'a str, &'a str, &'a str, &'a str);

struct Bill<'a> {
    payload: &'a str,
    number: &'a str,
    order: &'a Order,
    purpose: &'a str,
    lines: &'a [Billed<'a>],
    subtotal: &'a str,
}

/// The answer's status code and text.
async fn bill(inside: &Inside, from: Partner, bill: &Bill<'_>) -> (u16, String) {
    let mut items = String::new();
    for (line, sku, quantity, price, sum) in bill.lines {
        items.push_str(&format!(
            "<InvoiceDetailItem invoiceLineNumber=\"{line}\" quantity=\"{quantity}\">\
             <UnitOfMeasure>EA</UnitOfMeasure>\
             <UnitPrice><Money currency=\"EUR\">{price}</Money></UnitPrice>\
             <InvoiceDetailItemReference lineNumber=\"{line}\"><ItemID><SupplierPartID>{sku}\
             </SupplierPartID></ItemID></InvoiceDetailItemReference>\
             <SubtotalAmount><Money currency=\"EUR\">{sum}</Money></SubtotalAmount>\
             </InvoiceDetailItem>"
        ));
    }
    let Bill { payload, number, order, purpose, subtotal, .. } = bill;
    let request = format!(
        "<InvoiceDetailRequest><InvoiceDetailRequestHeader invoiceID=\"{number}\" \
         invoiceDate=\"2026-11-21T09:00:00+00:00\" purpose=\"{purpose}\">\
         <InvoiceDetailHeaderIndicator/><InvoiceDetailLineIndicator/>\
         </InvoiceDetailRequestHeader><InvoiceDetailOrder><InvoiceDetailOrderInfo>\
         <OrderReference orderID=\"{}\"><DocumentReference payloadID=\"{}\"/></OrderReference>\
         </InvoiceDetailOrderInfo>{items}</InvoiceDetailOrder><InvoiceDetailSummary>\
         <SubtotalAmount><Money currency=\"EUR\">{subtotal}</Money></SubtotalAmount>\
         <Tax><Money currency=\"EUR\">0.00</Money><Description xml:lang=\"en\"/></Tax>\
         <NetAmount><Money currency=\"EUR\">{subtotal}</Money></NetAmount>\
         </InvoiceDetailSummary></InvoiceDetailRequest>",
        order.number, order.payload_id
    );
    let document =
        envelope(from, payload, &request).replace("1.2.071/cXML.dtd", "1.2.071/InvoiceDetail.dtd");
    let post = Post { bytes: document.as_bytes(), ..Post::default() };
    let answer = inbox::receive(&inside.app, post).await.body;
    let answer = String::from_utf8(answer).unwrap();
    (status(&answer).unwrap(), answer)
}

/// The supplier's invoices of this number as Acme's accounts payable sees them, oldest first.
async fn seen(inside: &Inside, number: &str) -> Vec<InvoiceView> {
    let fin = inside.actor("fin@acme.example").await;
    let mut reader = inside.app.reader(&fin).await.unwrap();
    let page = invoice::list(&mut reader, &Cut::default()).await.unwrap();
    let mut views = Vec::new();
    for row in page.items.iter().rev().filter(|row| row.invoice.number == number) {
        views.push(invoice::get(&mut reader, row.invoice.id).await.unwrap());
    }
    views
}

async fn spent(inside: &Inside) -> (String, String) {
    let mut conn = inside.app.store.read().await.unwrap();
    let acme = store::organisation::by_name(&mut conn, "acme").await.unwrap().unwrap();
    let all = store::budget::of_organisation(&mut conn, acme.id, &Cut::default()).await.unwrap();
    let standings: Vec<_> = all.items.iter().map(|budget| budget.standing).collect();
    let zero = countersign::base::money::Money::zero(acme.currency);
    let sum =
        |of: fn(&countersign::domain::budget::Standing) -> countersign::base::money::Money| {
            standings.iter().map(of).fold(zero, |sum, one| sum.checked_add(one).unwrap())
        };
    (sum(|one| one.committed).amount_text(), sum(|one| one.spent).amount_text())
}

async fn invoiced(inside: &Inside, order: &Order) -> Vec<String> {
    let mut conn = inside.app.store.read().await.unwrap();
    let lines = store::order::lines(&mut conn, order.id).await.unwrap();
    lines.iter().map(|line| line.progress.invoiced.normalize().to_string()).collect()
}

fn code(fault: AppError) -> String {
    fault.told().code.to_owned()
}

#[tokio::test]
async fn a_wrong_price_stands_as_a_difference_and_the_corrected_invoice_passes() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let order = ordered(&inside, &[("PEN-01", "10"), ("CENT-01", "100")]).await;
        let mut first = Bill {
            payload: "i1@x",
            number: "INV-1",
            order: &order,
            purpose: "standard",
            lines: &[(1, "PEN-01", "10", "1.10", "11.00"), (2, "CENT-01", "100", "0.01", "1.00")],
            subtotal: "12.00",
        };
        let (code, answer) = bill(&inside, OFFICE_ONE, &first).await;
        assert_eq!(code, 200, "{answer}");
        let views = seen(&inside, "INV-1").await;
        assert_eq!(views[0].invoice.state, InvoiceState::Difference);
        let [only] = views[0].differences.as_slice() else { panic!("{:?}", views[0].differences) };
        assert_eq!((only.line, only.field.as_str()), (Some(1), "price"));
        assert_eq!(spent(&inside).await, ("11.00".to_owned(), "0.00".to_owned()));
        assert_eq!(invoiced(&inside, &order).await, ["0", "0"]);

        first.payload = "i2@x";
        first.lines =
            &[(1, "PEN-01", "10", "1.00", "10.00"), (2, "CENT-01", "100", "0.01", "1.00")];
        first.subtotal = "11.00";
        let (code, answer) = bill(&inside, OFFICE_ONE, &first).await;
        assert_eq!(code, 200, "{answer}");
        let views = seen(&inside, "INV-1").await;
        assert_eq!(views[0].invoice.state, InvoiceState::Rejected);
        assert_eq!(views[0].invoice.reason, "replaced");
        assert_eq!(views[1].invoice.state, InvoiceState::Issued);
        assert_eq!(views[1].invoice.result, MatchResult::Clean);
        assert_eq!(spent(&inside).await, ("0.00".to_owned(), "11.00".to_owned()));
        assert_eq!(invoiced(&inside, &order).await, ["10", "100"]);
        issued_document_is_right(&inside, &views[1]).await;

        first.payload = "i3@x";
        let (code, answer) = bill(&inside, OFFICE_ONE, &first).await;
        assert_eq!(code, 400, "a passed invoice comes once: {answer}");
        assert!(answer.contains("INV-1"), "{answer}");
        assert_eq!(spent(&inside).await.1, "11.00");
    }
}

/// The frozen document waits for the buyer's system, without a secret, about invoice and order.
async fn issued_document_is_right(inside: &Inside, view: &InvoiceView) {
    let id = view.invoice.id.to_string();
    let mut conn = inside.app.store.read().await.unwrap();
    let deliveries = store::delivery::about(&mut conn, &id).await.unwrap();
    let [delivery] = deliveries.as_slice() else { panic!("{deliveries:?}") };
    assert_eq!(delivery.purpose, Purpose::Invoice);
    assert!(delivery.target.ends_with("/sim/buyer/acme/cxml"), "{}", delivery.target);
    assert_eq!(Some(delivery.document), view.invoice.issued_document);
    let about = store::document::about(&mut conn, &view.orders[0].id.to_string()).await.unwrap();
    let document = about.iter().find(|kept| kept.id == delivery.document).unwrap();
    let text = String::from_utf8(document.body.to_vec()).unwrap();
    assert!(!text.contains("-secret"), "{text}");
    assert!(text.contains("AN01000000001") && text.contains("111111111"), "{text}");
    dtd::check(&text);
}

#[tokio::test]
async fn what_belongs_to_nobody_is_refused_and_never_passed_over() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let order = ordered(&inside, &[("PEN-01", "10")]).await;
        let plain = |payload, lines, purpose| Bill {
            payload,
            number: "INV-9",
            order: &order,
            purpose,
            lines,
            subtotal: "10.00",
        };
        let pens: &[Billed<'_>] = &[(1, "PEN-01", "10", "1.00", "10.00")];
        let foreign = bill(&inside, TOOLWORKS, &plain("a@x", pens, "standard")).await;
        assert_eq!(foreign.0, 417, "another supplier's order: {}", foreign.1);
        let glue: &[Billed<'_>] = &[(7, "GLUE-01", "10", "1.00", "10.00")];
        let unknown = bill(&inside, OFFICE_ONE, &plain("b@x", glue, "standard")).await;
        assert_eq!(unknown.0, 400, "{}", unknown.1);
        let credit = bill(&inside, OFFICE_ONE, &plain("c@x", pens, "creditMemo")).await;
        assert_eq!(credit.0, 400, "a memo names an invoice: {}", credit.1);
        assert!(seen(&inside, "INV-9").await.is_empty());
    }
}

#[tokio::test]
async fn accounts_payable_decides_on_differences_with_a_reason() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let order = ordered(&inside, &[("PEN-01", "10")]).await;
        let over = |payload, number| Bill {
            payload,
            number,
            order: &order,
            purpose: "standard",
            lines: &[(1, "PEN-01", "12", "1.00", "12.00")],
            subtotal: "12.00",
        };
        assert_eq!(bill(&inside, OFFICE_ONE, &over("a@x", "INV-1")).await.0, 200);
        assert_eq!(bill(&inside, OFFICE_ONE, &over("b@x", "INV-2")).await.0, 200);
        let views = (seen(&inside, "INV-1").await, seen(&inside, "INV-2").await);
        let (one, two) = (views.0[0].invoice.id, views.1[0].invoice.id);
        assert_eq!(views.0[0].differences[0].field, "quantity");
        let fin = inside.actor("fin@acme.example").await;
        let accept = |reason: &str| Accept { invoice: one, reason: reason.to_owned() };
        let refused = act(&inside.app, &fin, accept(" ")).await.unwrap_err();
        assert_eq!(code(refused), "reason-needed");
        let ed = inside.actor("ed@acme.example").await;
        assert_eq!(code(act(&inside.app, &ed, accept("x")).await.unwrap_err()), "not-allowed");
        act(&inside.app, &fin, accept("two more were agreed")).await.unwrap();
        assert_eq!(seen(&inside, "INV-1").await[0].invoice.state, InvoiceState::Issued);
        assert_eq!(invoiced(&inside, &order).await, ["12"]);
        assert_eq!(spent(&inside).await, ("0.00".to_owned(), "12.00".to_owned()));
        let again = act(&inside.app, &fin, accept("again")).await.unwrap_err();
        assert_eq!(code(again), "invoice-state");
        let reject = Reject { invoice: two, reason: "billed twice".to_owned() };
        act(&inside.app, &fin, reject).await.unwrap();
        let two = &seen(&inside, "INV-2").await[0];
        assert_eq!(two.invoice.state, InvoiceState::Rejected);
        assert_eq!(two.decided_by.as_deref().map(str::is_empty), Some(false));
        let globex = inside.actor("ada@globex.example").await;
        let mut reader = inside.app.reader(&globex).await.unwrap();
        assert_eq!(code(invoice::get(&mut reader, one).await.unwrap_err()), "not-found");
    }
}

#[tokio::test]
async fn the_supplier_desk_bills_what_is_not_billed_yet() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let order = ordered(&inside, &[("BOLT-M8", "1000")]).await;
        let sue = inside.actor("sue@partsdesk.example").await;
        let create = |number: Option<&str>| CreateFromOrder {
            order: order.id,
            number: number.map(str::to_owned),
            tax_rate: 19.into(),
            lines: Vec::new(),
        };
        let olly = inside.actor("olly@office-one.example").await;
        let foreign = act(&inside.app, &olly, create(None)).await.unwrap_err();
        assert_eq!(code(foreign), "not-found");
        act(&inside.app, &sue, create(Some("S-1"))).await.unwrap();
        let view = &seen(&inside, "S-1").await[0];
        assert_eq!(view.invoice.state, InvoiceState::Issued);
        assert_eq!(view.invoice.sums.subtotal.to_string(), "35.00 EUR");
        assert_eq!(view.invoice.sums.total.to_string(), "41.65 EUR");
        assert_eq!(spent(&inside).await, ("0.00".to_owned(), "35.00".to_owned()));
        let twice = act(&inside.app, &sue, create(Some("S-2"))).await.unwrap_err();
        assert_eq!(code(twice), "nothing-to-invoice");
        let mut conn = inside.app.store.read().await.unwrap();
        let order = store::order::get(&mut conn, order.id).await.unwrap().unwrap();
        assert_ne!(order.state, OrderState::Closed, "nothing was received yet");
    }
}

/// Who is told of an invoice that differs.
async fn told_of_difference(inside: &Inside) -> Vec<String> {
    let at = inside.app.now();
    let held = inside.app.store.take_letters(at, at.plus_ms(72 * HOUR_MS), 200).await.unwrap();
    let letters = held.into_iter().map(|held| held.letter);
    letters
        .filter(|letter| letter.subject.contains("differs from the order"))
        .inspect(|letter| assert!(letter.text.contains("1.10"), "{}", letter.text))
        .map(|letter| letter.address)
        .collect()
}

#[tokio::test]
async fn a_corrected_invoice_under_another_number_leaves_nothing_to_approve_twice() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let order = ordered(&inside, &[("PEN-01", "10")]).await;
        let pens = |payload, number, lines, subtotal| Bill {
            payload,
            number,
            order: &order,
            purpose: "standard",
            lines,
            subtotal,
        };
        let dear: &[Billed<'_>] = &[(1, "PEN-01", "10", "1.10", "11.00")];
        let right: &[Billed<'_>] = &[(1, "PEN-01", "10", "1.00", "10.00")];
        let wrong = bill(&inside, OFFICE_ONE, &pens("a@x", "INV-1", dear, "11.00")).await;
        assert_eq!(wrong.0, 200, "{}", wrong.1);
        assert_eq!(told_of_difference(&inside).await, ["fin@acme.example"]);
        let corrected = bill(&inside, OFFICE_ONE, &pens("b@x", "INV-2", right, "10.00")).await;
        assert_eq!(corrected.0, 200, "{}", corrected.1);
        assert_eq!(seen(&inside, "INV-2").await[0].invoice.result, MatchResult::Clean);
        assert_eq!(invoiced(&inside, &order).await, ["10"]);

        let fin = inside.actor("fin@acme.example").await;
        let first = seen(&inside, "INV-1").await[0].invoice.id;
        let accept = Accept { invoice: first, reason: "a few cents".to_owned() };
        assert_eq!(code(act(&inside.app, &fin, accept).await.unwrap_err()), "billed-already");
        let reject = Reject { invoice: first, reason: "corrected by INV-2".to_owned() };
        act(&inside.app, &fin, reject).await.unwrap();
        assert_eq!(invoiced(&inside, &order).await, ["10"]);
        assert_eq!(spent(&inside).await, ("0.00".to_owned(), "10.00".to_owned()));

        let ed = inside.actor("ed@acme.example").await;
        act(&inside.app, &ed, Receive { order: order.id, parts: Vec::new() }).await.unwrap();
        let mut conn = inside.app.store.read().await.unwrap();
        let order = store::order::get(&mut conn, order.id).await.unwrap().unwrap();
        assert_eq!(order.state, OrderState::Closed, "the receipt came last");
    }
}

#[tokio::test]
async fn a_rejected_invoice_frees_its_lines_for_the_corrected_one() {
    for kind in Kind::all() {
        let inside = Inside::new(kind).await;
        let order = ordered(&inside, &[("PEN-01", "10")]).await;
        let ed = inside.actor("ed@acme.example").await;
        act(&inside.app, &ed, Receive { order: order.id, parts: Vec::new() }).await.unwrap();
        let pens = |payload, number, lines, subtotal| Bill {
            payload,
            number,
            order: &order,
            purpose: "standard",
            lines,
            subtotal,
        };
        let dear: &[Billed<'_>] = &[(1, "PEN-01", "10", "1.10", "11.00")];
        let right: &[Billed<'_>] = &[(1, "PEN-01", "10", "1.00", "10.00")];
        bill(&inside, OFFICE_ONE, &pens("a@x", "INV-1", dear, "11.00")).await;
        let first = seen(&inside, "INV-1").await[0].invoice.id;
        let fin = inside.actor("fin@acme.example").await;
        let reject = Reject { invoice: first, reason: "the price is 1.00".to_owned() };
        act(&inside.app, &fin, reject).await.unwrap();
        bill(&inside, OFFICE_ONE, &pens("b@x", "INV-2", right, "10.00")).await;
        assert_eq!(seen(&inside, "INV-2").await[0].invoice.state, InvoiceState::Issued);
        assert_eq!(invoiced(&inside, &order).await, ["10"]);
        let mut conn = inside.app.store.read().await.unwrap();
        let order = store::order::get(&mut conn, order.id).await.unwrap().unwrap();
        assert_eq!(order.state, OrderState::Closed, "the invoice came last");
    }
}

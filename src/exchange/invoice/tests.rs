use super::*;
use crate::{
    base::{
        id::{InvoiceId, OrderId, OrganisationId, SupplierId},
        time::{Time, parse_day},
    },
    cxml::{
        self, Payload,
        confirmation::OrderReference,
        invoice::InvoiceOrder,
        invoice::{InvoicePurpose, InvoiceSummary},
        invoice_line::ItemReference,
        item::{ItemId, PriceBasis},
    },
    domain::{
        invoice::{Invoice, InvoiceKind, InvoiceLine, InvoiceState, MatchResult},
        matching::tests::order,
        order::{Source, tests::pens},
        party::Identity,
    },
};

fn amount(text: &str) -> Amount {
    Amount::new(crate::base::decimal::parse_signed(text).unwrap(), Currency::EUR)
}

fn item(number: u32, price: &str) -> InvoiceItem {
    let reference = ItemReference {
        line_number: Some(number),
        id: Some(ItemId::new("PEN-01")),
        description: None,
    };
    InvoiceItem::new(number, 10.into(), "EA", amount(price), reference)
}

fn request(items: Vec<InvoiceItem>) -> InvoiceDetailRequest {
    let order = OrderReference::new("PO-2026-000001", "po_1@buy.example");
    let mut summary = InvoiceSummary::new(amount("10.00"));
    summary.net = Some(amount("10.00"));
    let orders = vec![InvoiceOrder { order, items }];
    InvoiceDetailRequest::new("INV-1", Stamp("2026-11-21".into()), orders, summary)
}

#[test]
fn lines_and_sums_are_read_with_their_price_basis() {
    let mut screws = item(1, "100.0000");
    screws.basis = Some(PriceBasis {
        quantity: Quantity::parse("100").unwrap(),
        conversion_factor: Quantity::ONE,
        unit: "EA".into(),
        description: None,
    });
    let claim = said(&request(vec![screws])).unwrap();
    assert_eq!(claim.number, "INV-1");
    assert_eq!(claim.invoiced_on, parse_day("2026-11-21").ok());
    assert_eq!(claim.sums.total.to_string(), "10.00 EUR");
    assert_eq!(claim.lines[0].price.per.to_string(), "100");
    assert_eq!(claim.lines[0].sum().unwrap().to_string(), "10.00 EUR");
    assert_eq!(claim.lines[0].order.payload_id.as_deref(), Some("po_1@buy.example"));
}

#[test]
fn what_is_not_to_be_booked_is_not_implemented() {
    let plain = request(vec![item(1, "1")]);
    let mut withdrawn = plain.clone();
    withdrawn.operation = InvoiceOperation::Delete;
    let mut both = plain.clone();
    both.header_orders.push(whole("10.00"));
    let mut news = plain;
    news.information_only = true;
    for other in [withdrawn, both, news] {
        assert_eq!(said(&other).unwrap_err().code, "not-implemented");
    }
}

#[test]
fn amounts_below_zero_and_of_other_currencies_are_refused() {
    let mut credit = item(1, "1");
    credit.quantity = (-1).into();
    assert_eq!(said(&request(vec![credit])).unwrap_err().code, "bad-quantity");
    let mut mixed = item(1, "1");
    mixed.unit_price = Some(Amount::new(1.into(), Currency::USD));
    assert_eq!(said(&request(vec![mixed])).unwrap_err().code, "currency-mixed");
    let mut raised = request(vec![item(1, "1")]);
    raised.summary.discount = Some(amount("-5"));
    assert_eq!(said(&raised).unwrap_err().code, "bad-amount");
    let mut fine = request(vec![item(1, "1")]);
    fine.summary.subtotal = amount("10.005");
    assert_eq!(said(&fine).unwrap_err().code, "bad-amount");
    assert_eq!(said(&request(vec![item(1, "1"), item(1, "1")])).unwrap_err().code, "line-doubled");
}

fn money(text: &str) -> Money {
    Money::parse(text, Currency::EUR).unwrap()
}

/// An invoice of ten pens as the buyer's system gets it.
fn frozen(line_tax: &str) -> cxml::Document {
    frozen_as(InvoiceKind::Invoice, Scope::Goods, line_tax)
}

/// The same as a memo.
fn frozen_as(kind: InvoiceKind, scope: Scope, line_tax: &str) -> cxml::Document {
    let billed = order(vec![pens(1, 10)]);
    let mut invoice = Invoice {
        kind,
        corrects: None,
        id: InvoiceId::from_bits(1),
        organisation: OrganisationId::from_bits(1),
        supplier: SupplierId::from_bits(1),
        number: "INV-1".into(),
        source: Source::Cxml,
        invoiced_on: parse_day("2026-11-21").unwrap(),
        sums: Sums {
            handling: money("1.00"),
            discount: money("0.50"),
            ..Sums::plain(money("10.00"), money("1.90"), money("12.40"))
        },
        state: InvoiceState::Approved,
        result: MatchResult::Difference,
        decided_by: None,
        reason: "agreed by phone".into(),
        document: None,
        issued_document: None,
        received_at: Time::from_millis(0),
        version: 1,
    };
    let goods = &billed.lines[0].goods;
    let mut line = InvoiceLine {
        line_number: 1,
        scope,
        order: OrderId::from_bits(1),
        order_line: 1,
        sku: goods.sku.clone(),
        description: goods.description.clone(),
        quantity: goods.quantity,
        unit: "EA".into(),
        price: UnitPrice::new(100.into(), Currency::EUR, Quantity::parse("100").unwrap()),
        subtotal: money("10.00"),
        tax_rate: Some(19.into()),
        tax: money(line_tax),
    };
    let identity = |name: &str| Identity::new("DUNS", name);
    let parties = Parties {
        from: identity("supplier"),
        to: identity("buyer"),
        sender: identity("999999999"),
        supplier_title: "Office One".into(),
        organisation_title: "Acme".into(),
    };
    let at = Time::from_millis(1_795_254_291_000);
    if kind == InvoiceKind::CreditMemo {
        invoice.sums = invoice.sums.turned();
        line.subtotal = crate::domain::invoice::turned(line.subtotal);
        line.tax = crate::domain::invoice::turned(line.tax);
    }
    let original = Original {
        number: "INV-0".into(),
        invoiced_on: parse_day("2026-11-01").unwrap(),
        payload_id: Some("inv_0@buy.example".into()),
    };
    let original = Some(&original).filter(|_| kind != InvoiceKind::Invoice);
    issue((&invoice, &[line]), &[billed.order], &parties, original, ("doc_1@buy.example", at))
}

#[test]
fn what_is_issued_reads_back_as_the_same_claim() {
    for (line_tax, in_line) in [("0.00", None), ("1.90", Some(money("1.90")))] {
        let bytes = cxml::encode(&frozen(line_tax));
        let back = cxml::receive(&bytes, None).unwrap();
        let Ok(Payload::InvoiceDetailRequest(request)) = back.payload else { panic!("lost") };
        let claim = said(&request).unwrap();
        assert_eq!(claim.sums.total.to_string(), "12.40 EUR");
        assert_eq!(claim.stated.line_tax, in_line);
        assert_eq!(claim.taxes.len(), 1);
        assert_eq!(claim.lines[0].price.per.to_string(), "100");
        assert_eq!(claim.lines[0].order.number.as_deref(), Some("PO-2026-000001"));
        assert!(String::from_utf8_lossy(&bytes).contains(cxml::SECRET_MARK));
    }
}

#[test]
fn what_is_issued_is_valid() {
    for line_tax in ["0.00", "1.90"] {
        let bytes = cxml::encode(&frozen(line_tax));
        assert_eq!(cxml::check(&bytes), Vec::new());
    }
}

fn whole(sum: &str) -> crate::cxml::invoice_line::InvoiceHeaderOrder {
    crate::cxml::invoice_line::InvoiceHeaderOrder {
        order: OrderReference::new("PO-2026-000001", "po_1@buy.example"),
        line_number: 1,
        subtotal: amount(sum),
        tax: None,
        gross: None,
        net: None,
        comments: Vec::new(),
        extrinsics: Vec::new(),
    }
}

#[test]
fn every_kind_of_memo_is_valid_and_reads_back_with_what_it_corrects() {
    for kind in [InvoiceKind::CreditMemo, InvoiceKind::DebitMemo] {
        for scope in [Scope::Goods, Scope::Amount, Scope::Order] {
            let bytes = cxml::encode(&frozen_as(kind, scope, "1.90"));
            assert_eq!(cxml::check(&bytes), Vec::new());
            let back = cxml::receive(&bytes, None).unwrap();
            let Ok(Payload::InvoiceDetailRequest(request)) = back.payload else { panic!("lost") };
            let below = request.summary.net.unwrap().value < Decimal::ZERO;
            assert_eq!(below, kind == InvoiceKind::CreditMemo);
            let claim = said(&request).unwrap();
            assert_eq!((claim.kind, claim.lines[0].scope), (kind, scope));
            assert_eq!(claim.sums.total.to_string(), "12.40 EUR");
            assert_eq!(claim.lines[0].sum().unwrap().to_string(), "10.00 EUR");
            assert_eq!(claim.corrects.number.as_deref(), Some("INV-0"));
            assert_eq!(claim.corrects.payload_id.as_deref(), Some("inv_0@buy.example"));
        }
    }
}

/// A credit memo of these lines over ten euros, that corrects INV-0.
fn credit(items: Vec<InvoiceItem>) -> InvoiceDetailRequest {
    let mut memo = request(items);
    memo.purpose = InvoicePurpose::CreditMemo;
    memo.corrects = Some(("INV-0".into(), None));
    memo.summary.subtotal = amount("-10.00");
    memo.summary.net = Some(amount("-10.00"));
    memo
}

#[test]
fn a_credit_memo_has_its_sign_at_the_quantity_or_at_the_price_and_below_every_sum() {
    let mut back = item(1, "1");
    back.quantity = (-10).into();
    for line in [back, item(1, "-1")] {
        let claim = said(&credit(vec![line])).unwrap();
        assert_eq!(claim.lines[0].sum().unwrap().to_string(), "10.00 EUR");
        assert_eq!(claim.sums.total.to_string(), "10.00 EUR");
    }
    let mut above = credit(vec![item(1, "-1")]);
    above.summary.net = Some(amount("10.00"));
    assert_eq!(said(&above).unwrap_err().code, "bad-amount");
    let mut nameless = credit(vec![item(1, "-1")]);
    nameless.corrects = None;
    assert_eq!(said(&nameless).unwrap_err().code, "memo-without-invoice");
}

#[test]
fn a_service_may_say_its_sum_alone_and_an_invoice_sums_for_whole_orders() {
    let mut service = item(1, "1");
    (service.service, service.unit_price) = (true, None);
    service.subtotal = Some(amount("10.00"));
    let claim = said(&request(vec![service])).unwrap();
    assert_eq!(claim.lines[0].sum().unwrap().to_string(), "10.00 EUR");
    let mut header = request(Vec::new());
    header.orders.clear();
    header.header_orders.push(whole("10.00"));
    let claim = said(&header).unwrap();
    assert_eq!((claim.lines[0].scope, claim.kind), (Scope::Order, InvoiceKind::Invoice));
}

#[test]
fn charges_and_allowances_are_summed_from_header_and_lines() {
    use crate::cxml::modification::{Modification, ModificationValue};
    let of = |allowance, value| Modification {
        original: None,
        allowance,
        value,
        tax: None,
        detail: None,
    };
    let mut line = item(1, "1");
    line.modifications = vec![of(false, ModificationValue::Amount(amount("0.70")))];
    let mut bill = request(vec![line]);
    bill.summary.net = None;
    bill.summary.modifications = vec![of(true, ModificationValue::Percent("5".into()))];
    let sums = said(&bill).unwrap().sums;
    assert_eq!((sums.charges, sums.allowances), (money("0.70"), money("0.50")));
    assert_eq!(sums.total, money("10.20"));
}

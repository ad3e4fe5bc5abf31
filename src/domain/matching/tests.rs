use super::*;
use crate::{
    base::{
        id::{DocumentId, InvoiceId, OrganisationId, RequisitionId, SupplierId},
        money::Currency,
        quantity::Quantity,
        time::{Day, Time},
    },
    domain::{
        invoice::{Corrected, Invoice, InvoiceState, Stated, Sums, TaxPart},
        order::{Reference, Source, tests::pens},
        party::PostalAddress,
    },
};

fn decimal(text: &str) -> Decimal {
    decimal::parse_signed(text).unwrap()
}

fn euro(text: &str) -> Money {
    Money::parse(text, Currency::EUR).unwrap()
}

fn price(amount: &str, currency: Currency, per: &str) -> UnitPrice {
    UnitPrice::new(decimal(amount), currency, Quantity::parse(per).unwrap())
}

fn address() -> PostalAddress {
    PostalAddress {
        code: String::new(),
        name: "Acme".into(),
        deliver_to: String::new(),
        street: String::new(),
        city: "Ulm".into(),
        postal_code: String::new(),
        country: "DE".into(),
        email: None,
    }
}

/// An order of these lines.
pub(crate) fn order(lines: Vec<OrderLine>) -> Ordered {
    let currency = lines[0].goods.price.currency;
    let order = Order {
        id: OrderId::from_bits(1),
        number: "PO-2026-000001".into(),
        organisation: OrganisationId::from_bits(1),
        supplier: SupplierId::from_bits(1),
        requisition: RequisitionId::from_bits(1),
        buyer_order_id: None,
        cost_center_code: "4100".into(),
        ship_to: address(),
        bill_to: address(),
        needed_on: None,
        comment: String::new(),
        currency,
        total: Money::sum(lines.iter().map(|line| line.goods.total), currency).unwrap(),
        state: OrderState::Sent,
        content_hash: String::new(),
        signed_hash: String::new(),
        revision: 1,
        payload_id: "po_1@buy.example".into(),
        document: DocumentId::from_bits(1),
        issued_at: Time::from_millis(0),
        version: 1,
    };
    Ordered { order, lines }
}

pub(crate) fn line(number: i64, quantity: &str, price: UnitPrice) -> ClaimLine {
    let quantity = Quantity::parse(quantity).unwrap();
    ClaimLine {
        line_number: number,
        scope: Scope::Goods,
        order: Reference::default(),
        order_line: Some(number),
        sku: "PEN-01".into(),
        description: String::new(),
        quantity,
        unit: "EA".into(),
        price,
        subtotal: Some(price.times(quantity).unwrap()),
        tax_rate: None,
        tax: Money::zero(price.currency),
    }
}

/// A claim of these lines with right sums and no tax.
pub(crate) fn claim(lines: Vec<ClaimLine>) -> Claim {
    let currency = lines[0].price.currency;
    let subtotal = Money::sum(lines.iter().map(|line| line.sum().unwrap()), currency).unwrap();
    let total = subtotal;
    Claim {
        kind: InvoiceKind::Invoice,
        corrects: Corrected::default(),
        number: "INV-1".into(),
        invoiced_on: None,
        sums: Sums::plain(subtotal, Money::zero(currency), total),
        stated: Stated { gross: Some(total), net: Some(total), ..Stated::default() },
        taxes: Vec::new(),
        lines,
    }
}

/// An invoice of these sums that passed.
pub(crate) fn kept_invoice(sums: Sums) -> Invoice {
    Invoice {
        id: InvoiceId::from_bits(1),
        organisation: OrganisationId::from_bits(1),
        supplier: SupplierId::from_bits(1),
        kind: InvoiceKind::Invoice,
        corrects: None,
        number: "INV-1".into(),
        source: Source::Cxml,
        invoiced_on: Day::constant(2026, 11, 21),
        sums,
        state: InvoiceState::Approved,
        result: MatchResult::Clean,
        decided_by: None,
        reason: String::new(),
        document: None,
        issued_document: None,
        received_at: Time::from_millis(0),
        version: 1,
    }
}

fn run(claim: &Claim, ordered: &Ordered) -> Result<Matched, Refusal> {
    let orders: Vec<&Ordered> = claim.lines.iter().map(|_| ordered).collect();
    matched(claim, &orders, Tolerance::NONE, Ways::Two)
}

fn fields(claim: &Claim, ordered: &Ordered) -> Vec<(Option<i64>, String)> {
    let differences = run(claim, ordered).unwrap().differences;
    differences.into_iter().map(|found| (found.line, found.field)).collect()
}

fn one_euro() -> UnitPrice {
    price("1", Currency::EUR, "1")
}

#[test]
fn an_invoice_as_ordered_is_clean() {
    let ordered = order(vec![pens(1, 10), pens(2, 5)]);
    let claim = claim(vec![line(1, "10", one_euro()), line(2, "5", one_euro())]);
    let matched = run(&claim, &ordered).unwrap();
    assert_eq!(matched.result(), MatchResult::Clean, "{:?}", matched.differences);
    assert_eq!(matched.lines[1].order_line, 2);
}

#[test]
fn a_wrong_price_is_named_with_its_line_and_nothing_else_is() {
    let ordered = order(vec![pens(1, 10), pens(2, 5)]);
    let dear = price("1.10", Currency::EUR, "1");
    let claim = claim(vec![line(1, "10", one_euro()), line(2, "5", dear)]);
    let matched = run(&claim, &ordered).unwrap();
    let [only] = matched.differences.as_slice() else { panic!("{:?}", matched.differences) };
    assert_eq!((only.line, only.field.as_str()), (Some(2), "price"));
    assert_eq!((only.expected.as_str(), only.got.as_str()), ("1.00 EUR", "1.10 EUR"));
    assert_eq!(only.tolerance, "0");
}

#[test]
fn a_lower_price_is_a_difference_as_well() {
    let ordered = order(vec![pens(1, 10)]);
    let cheap = price("0.99999999", Currency::EUR, "1");
    assert_eq!(fields(&claim(vec![line(1, "10", cheap)]), &ordered), [(Some(1), "price".into())]);
}

#[test]
fn prices_are_compared_whatever_they_are_for() {
    let ordered = order(vec![pens(1, 1_000)]);
    let of_hundred = claim(vec![line(1, "1000", price("100.00", Currency::EUR, "100"))]);
    assert_eq!(fields(&of_hundred, &ordered), []);
    let of_three = claim(vec![line(1, "3", price("3.00000001", Currency::EUR, "3"))]);
    assert_eq!(fields(&of_three, &ordered), [(Some(1), "price".into())]);
    let wrong_basis = claim(vec![line(1, "1000", price("1", Currency::EUR, "1000"))]);
    let found = run(&wrong_basis, &ordered).unwrap().differences;
    assert_eq!(found[0].got, "1.00 EUR per 1000");
}

#[test]
fn a_tolerance_holds_to_its_edge_and_no_further() {
    let ordered = order(vec![pens(1, 10)]);
    let percent = Tolerance { price_percent: decimal("2") };
    for (amount, clean) in [("1.02", true), ("0.98", true), ("1.0201", false), ("0.9799", false)] {
        let claim = claim(vec![line(1, "10", price(amount, Currency::EUR, "1"))]);
        let matched = matched(&claim, &[&ordered], percent, Ways::Two).unwrap();
        assert_eq!(matched.differences.is_empty(), clean, "{amount}");
    }
}

#[test]
fn no_more_is_billed_than_was_ordered_and_not_turned_down() {
    let mut ordered = order(vec![pens(1, 10)]);
    ordered.lines[0].progress.rejected = decimal("2");
    ordered.lines[0].progress.invoiced = decimal("5");
    assert_eq!(fields(&claim(vec![line(1, "3", one_euro())]), &ordered), []);
    let over = run(&claim(vec![line(1, "3.00000001", one_euro())]), &ordered).unwrap();
    assert_eq!(over.differences[0].field, "quantity");
    assert_eq!(over.differences[0].expected, "at most 3 EA");
}

#[test]
fn an_order_line_billed_in_parts_counts_once() {
    let ordered = order(vec![pens(1, 10)]);
    let part = |number, quantity: &str| {
        let mut part = line(number, quantity, one_euro());
        part.order_line = Some(1);
        part
    };
    assert_eq!(fields(&claim(vec![part(1, "6"), part(2, "4")]), &ordered), []);
    let over = claim(vec![part(1, "6"), part(2, "5")]);
    assert_eq!(fields(&over, &ordered), [(Some(2), "quantity".into())]);
}

#[test]
fn three_ways_bill_no_more_than_was_received() {
    let mut ordered = order(vec![pens(1, 10)]);
    ordered.lines[0].progress.received = decimal("4");
    let match_of = |quantity: &str| {
        let claim = claim(vec![line(1, quantity, one_euro())]);
        matched(&claim, &[&ordered], Tolerance::NONE, Ways::Three).unwrap().differences.len()
    };
    assert_eq!((match_of("4"), match_of("5")), (0, 1));
}

#[test]
fn a_sum_is_rounded_once_and_must_be_the_product() {
    let mut ordered = order(vec![pens(1, 10)]);
    let fine = price("0.335", Currency::EUR, "1");
    ordered.lines[0].goods.price = fine;
    let mut three = line(1, "3", fine);
    assert_eq!(three.subtotal, Some(euro("1.01")));
    assert_eq!(fields(&claim(vec![three.clone()]), &ordered), []);
    three.subtotal = Some(euro("1.02"));
    assert_eq!(fields(&claim(vec![three]), &ordered), [(Some(1), "sum".into())]);
}

#[test]
fn dinars_have_three_places() {
    let dinar: Currency = "KWD".parse().unwrap();
    let mut ordered = order(vec![pens(1, 10)]);
    ordered.lines[0].goods.price = price("0.1235", dinar, "1");
    let three = line(1, "3", price("0.1235", dinar, "1"));
    assert_eq!(three.subtotal.map(|sum| sum.to_string()).as_deref(), Some("0.371 KWD"));
    assert_eq!(fields(&claim(vec![three]), &ordered), []);
}

#[test]
fn another_currency_is_a_difference() {
    let ordered = order(vec![pens(1, 10)]);
    let dollars = claim(vec![line(1, "10", price("1", Currency::USD, "1"))]);
    assert_eq!(fields(&dollars, &ordered), [(Some(1), "currency".into())]);
}

#[test]
fn a_line_is_found_by_its_number_else_by_its_sku_else_refused() {
    let mut ordered = order(vec![pens(1, 10), pens(2, 10)]);
    ordered.lines[1].goods.sku = "INK-02".into();
    let mut ink = line(7, "10", one_euro());
    ink.sku = "INK-02".into();
    let found = run(&claim(vec![ink.clone()]), &ordered).unwrap();
    assert_eq!((found.lines[0].order_line, found.differences.len()), (2, 0));
    ink.sku = "GLUE-03".into();
    let refusal = run(&claim(vec![ink.clone()]), &ordered).unwrap_err();
    assert_eq!((refusal.code, refusal.got.as_deref()), ("unknown-line", Some("7")));
    ink.order_line = Some(1);
    assert_eq!(fields(&claim(vec![ink]), &ordered), [(Some(7), "sku".into())]);
    let mut twins = order(vec![pens(1, 10), pens(2, 10)]);
    twins.lines[1].goods.sku = "PEN-01".into();
    let ambiguous = line(9, "1", one_euro());
    assert_eq!(run(&claim(vec![ambiguous]), &twins).unwrap_err().code, "unknown-line");
}

#[test]
fn the_header_must_add_up() {
    let ordered = order(vec![pens(1, 10)]);
    let right = claim(vec![line(1, "10", one_euro())]);
    let mut wrong = right.clone();
    wrong.sums.subtotal = euro("11");
    let header = |field: &str| (None, field.to_owned());
    let expected = [header("subtotal"), header("gross"), header("net")];
    assert_eq!(fields(&wrong, &ordered), expected);
    let mut shipped = right.clone();
    shipped.sums.shipping = euro("4");
    shipped.stated = Stated { gross: Some(euro("14")), ..Stated::default() };
    assert_eq!(fields(&shipped, &ordered), [header("shipping")]);
    let mut reduced = right.clone();
    reduced.sums.discount = euro("1");
    reduced.stated.net = Some(euro("9"));
    assert_eq!(fields(&reduced, &ordered), []);
    reduced.stated.net = Some(euro("9.50"));
    assert_eq!(fields(&reduced, &ordered), [header("net")]);
}

#[test]
fn taxes_are_what_their_rates_make_of_their_amounts() {
    let ordered = order(vec![pens(1, 10)]);
    let taxed = |tax: &str, rate: &str| {
        let mut taxed = claim(vec![line(1, "10", one_euro())]);
        let amount = euro(tax);
        taxed.sums.tax = amount;
        taxed.taxes = vec![TaxPart { rate: decimal(rate), taxable: euro("10"), amount }];
        taxed.stated = Stated::default();
        fields(&taxed, &ordered)
    };
    assert_eq!(taxed("1.90", "19"), []);
    assert_eq!(taxed("1.91", "19"), [], "one line may be a cent off");
    assert_eq!(taxed("1.92", "19"), [(None, "tax".into())]);
}

#[test]
fn an_order_that_was_cancelled_is_not_billed_silently() {
    let mut ordered = order(vec![pens(1, 10)]);
    ordered.order.state = OrderState::Cancelled;
    let found = fields(&claim(vec![line(1, "1", one_euro())]), &ordered);
    assert_eq!(found, [(Some(1), "order".into())]);
}

#[test]
fn a_sum_for_the_whole_order_bills_what_is_open_and_no_other_sum() {
    let mut ordered = order(vec![pens(1, 10), pens(2, 5)]);
    ordered.lines[0].progress.invoiced = decimal("4");
    let whole = |sum: &str| {
        let of = ClaimLine { order_line: None, ..line(1, "1", price(sum, Currency::EUR, "1")) };
        claim(vec![ClaimLine { scope: Scope::Order, ..of }])
    };
    assert_eq!(fields(&whole("11"), &ordered), []);
    assert_eq!(fields(&whole("15"), &ordered), [(Some(1), "subtotal".to_owned())]);
    let mut twice = whole("11");
    twice.lines.push(ClaimLine { line_number: 2, ..twice.lines[0].clone() });
    twice.sums.subtotal = euro("22");
    (twice.stated.gross, twice.stated.net) = (None, None);
    assert_eq!(fields(&twice, &ordered), [(Some(2), "subtotal".to_owned())]);
}

#[test]
fn charges_and_allowances_count_in_the_sum_and_charges_are_a_difference() {
    let ordered = order(vec![pens(1, 10)]);
    let mut found = claim(vec![line(1, "10", one_euro())]);
    (found.sums.allowances, found.sums.total) = (euro("2"), euro("8"));
    found.stated = Stated { net: Some(euro("8")), gross: Some(euro("10")), ..Stated::default() };
    assert_eq!(fields(&found, &ordered), []);
    found.stated.gross = Some(euro("8"));
    assert_eq!(fields(&found, &ordered), []);
    (found.sums.charges, found.stated.net) = (euro("1"), Some(euro("9")));
    found.stated.gross = None;
    assert_eq!(fields(&found, &ordered), [(None, "charges".to_owned())]);
    found.stated.without_tax = Some(euro("10"));
    let names: Vec<_> = fields(&found, &ordered).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["charges", "without_tax"]);
}

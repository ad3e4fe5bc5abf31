use proptest::prelude::*;

use super::*;
use crate::{
    base::{
        id::{CartId, OrganisationId, PersonId, RequisitionId, RequisitionLineId, SupplierId},
        money::{Currency, Money, UnitPrice},
        quantity::Quantity,
        time::{Time, parse_day},
    },
    domain::{
        cart::{Account, Goods},
        party::Checkout,
        requisition::{BuyerLine, RequisitionSource, RequisitionState},
    },
};

fn address(code: &str) -> PostalAddress {
    PostalAddress {
        code: code.into(),
        name: "Acme".into(),
        deliver_to: "Ed".into(),
        street: "Long Street 1".into(),
        city: "Ulm".into(),
        postal_code: "89073".into(),
        country: "DE".into(),
        email: None,
    }
}

fn sample() -> (Requisition, Vec<RequisitionLine>) {
    let requisition = Requisition {
        id: RequisitionId::from_bits(1),
        number: "REQ-2026-000001".into(),
        organisation: OrganisationId::from_bits(2),
        requester: PersonId::from_bits(3),
        cart: Some(CartId::from_bits(4)),
        punchout_session: None,
        source: RequisitionSource::Cart,
        checkout: Checkout::ApproveThenOrder,
        buyer_order_id: None,
        buyer_payload_id: None,
        cost_center: None,
        cost_center_code: "4100".into(),
        ship_to: address("main"),
        bill_to: address("office"),
        needed_on: None,
        comment: String::new(),
        extras: Extras::default(),
        currency: Currency::EUR,
        total: Money::from_minor(1_000, Currency::EUR),
        state: RequisitionState::Pending,
        round: 1,
        content_hash: String::new(),
        approval_version: 1,
        limits_version: 1,
        because: String::new(),
        flags: Vec::new(),
        submitted_at: Time::from_millis(0),
        decided_at: None,
        reject_reason: None,
        returned_pending_at: None,
        returned_final_at: None,
        version: 1,
    };
    let line = |position: i64, supplier: u128| RequisitionLine {
        id: RequisitionLineId::from_bits(position.unsigned_abs().into()),
        position,
        goods: Goods {
            item: None,
            supplier: SupplierId::from_bits(supplier),
            sku: "PEN-01".into(),
            aux_id: String::new(),
            description: "Pen".into(),
            quantity: Quantity::parse("10").unwrap(),
            unit: "EA".into(),
            price: UnitPrice::new(1.into(), Currency::EUR, Quantity::ONE),
            total: Money::from_minor(1_000, Currency::EUR),
            unspsc: "44121700".into(),
            manufacturer: String::new(),
            manufacturer_sku: String::new(),
            lead_time_days: None,
        },
        accounts: vec![Account { name: "GL".into(), value: "6100".into() }],
        attachments: vec!["ab".into()],
        buyer: BuyerLine::default(),
    };
    (requisition, vec![line(1, 10), line(2, 20)])
}

type Edit = fn(&mut Requisition, &mut RequisitionLine, &str);

/// Every field of the signed content, and how to put another text (or number) into it.
const EDITS: &[(&str, Edit)] = &[
    ("line comment", |_, l, v| l.buyer.comment = v.into()),
    ("requester", |r, _, v| r.requester = PersonId::from_bits(100 + v.len() as u128)),
    ("cost centre", |r, _, v| r.cost_center_code = v.into()),
    ("ship-to code", |r, _, v| r.ship_to.code = v.into()),
    ("ship-to name", |r, _, v| r.ship_to.name = v.into()),
    ("ship-to deliver-to", |r, _, v| r.ship_to.deliver_to = v.into()),
    ("ship-to street", |r, _, v| r.ship_to.street = v.into()),
    ("ship-to city", |r, _, v| r.ship_to.city = v.into()),
    ("ship-to postal code", |r, _, v| r.ship_to.postal_code = v.into()),
    ("ship-to country", |r, _, v| r.ship_to.country = v.into()),
    ("ship-to e-mail", |r, _, v| r.ship_to.email = Some(v.into())),
    ("bill-to code", |r, _, v| r.bill_to.code = v.into()),
    ("bill-to street", |r, _, v| r.bill_to.street = v.into()),
    ("bill-to e-mail", |r, _, v| r.bill_to.email = Some(v.into())),
    ("needed-on", |r, _, _| r.needed_on = parse_day("2026-12-24").ok()),
    ("comment", |r, _, v| r.comment = v.into()),
    ("currency", |r, _, _| r.currency = Currency::USD),
    ("supplier", |_, l, v| l.goods.supplier = SupplierId::from_bits(100 + v.len() as u128)),
    ("sku", |_, l, v| l.goods.sku = v.into()),
    ("auxiliary id", |_, l, v| l.goods.aux_id = v.into()),
    ("description", |_, l, v| l.goods.description = v.into()),
    ("quantity", |_, l, _| l.goods.quantity = Quantity::parse("10.5").unwrap()),
    ("unit", |_, l, v| l.goods.unit = v.into()),
    ("price", |_, l, _| l.goods.price.amount = 2.into()),
    ("price currency", |_, l, _| l.goods.price.currency = Currency::USD),
    ("price basis", |_, l, _| l.goods.price.per = Quantity::parse("100").unwrap()),
    ("account name", |_, l, v| l.accounts[0].name = v.into()),
    ("account value", |_, l, v| l.accounts[0].value = v.into()),
    ("one account more", |_, l, v| {
        l.accounts.push(Account { name: v.into(), value: String::new() });
    }),
    ("attachment", |_, l, v| l.attachments[0] = v.into()),
    ("no attachment", |_, l, _| l.attachments.clear()),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// `value` ends in a sign that the sample never has, so it is always another value.
    #[test]
    fn changing_any_field_changes_the_hash(value in "(\\PC|\n|=|:){0,30}~", at in 0usize..2) {
        let (requisition, lines) = sample();
        let before = content_hash(&requisition, &lines);
        for (name, edit) in EDITS {
            let (mut other, mut changed) = (requisition.clone(), lines.clone());
            edit(&mut other, &mut changed[at], &value);
            prop_assert_ne!(&before, &content_hash(&other, &changed), "{}", name);
        }
    }

    #[test]
    fn texts_cannot_slip_from_one_field_into_the_next(a in ".{0,12}", b in ".{1,12}") {
        let (requisition, mut lines) = sample();
        lines[0].goods.sku = format!("{a}{b}");
        lines[0].goods.aux_id = String::new();
        let before = content_hash(&requisition, &lines);
        lines[0].goods.sku = a;
        lines[0].goods.aux_id = b;
        prop_assert_ne!(before, content_hash(&requisition, &lines));
    }
}

#[test]
fn what_is_not_content_does_not_change_the_hash() {
    let (mut requisition, mut lines) = sample();
    let before = content_hash(&requisition, &lines);
    requisition.state = RequisitionState::Approved;
    requisition.round = 7;
    requisition.number = "REQ-2026-000009".into();
    lines[0].id = RequisitionLineId::from_bits(99);
    // The same price, written with another number of zeros.
    lines[0].goods.price.amount = rust_decimal::Decimal::new(10_000, 4);
    assert_eq!(content_hash(&requisition, &lines), before);
}

#[test]
fn the_order_of_lines_and_a_missing_line_count() {
    let (requisition, mut lines) = sample();
    let before = content_hash(&requisition, &lines);
    lines.swap(0, 1);
    assert_ne!(content_hash(&requisition, &lines), before);
    lines.swap(0, 1);
    lines.pop();
    assert_ne!(content_hash(&requisition, &lines), before);
}

#[test]
fn an_orders_part_changes_with_its_own_lines_alone() {
    let (requisition, mut lines) = sample();
    let (first, second) = (lines[0].goods.supplier, lines[1].goods.supplier);
    let before = [first, second].map(|s| order_part_hash(&requisition, &lines, s));
    assert_ne!(before[0], before[1]);
    lines[1].goods.sku = "PEN-02".into();
    assert_eq!(order_part_hash(&requisition, &lines, first), before[0]);
    assert_ne!(order_part_hash(&requisition, &lines, second), before[1]);
}

use super::*;
use crate::{
    base::{
        id::{OrganisationId, PersonId, RequisitionId, RequisitionLineId, SupplierId},
        money::{Currency, Money, UnitPrice},
        quantity::Quantity,
        time::Time,
    },
    domain::{
        cart::{Account, Goods},
        party::{Checkout, PostalAddress},
        requisition::{BuyerLine, RequisitionSource, RequisitionState},
    },
};

fn address(code: &str) -> PostalAddress {
    PostalAddress {
        code: code.into(),
        name: "Acme".into(),
        deliver_to: String::new(),
        street: String::new(),
        city: String::new(),
        postal_code: String::new(),
        country: "DE".into(),
        email: None,
    }
}

fn line(position: i64, sku: &str, quantity: i64) -> RequisitionLine {
    let price = UnitPrice::new(Decimal::from(10), Currency::EUR, Quantity::ONE);
    RequisitionLine {
        id: RequisitionLineId::from_bits(position.unsigned_abs().into()),
        position,
        goods: Goods {
            item: None,
            supplier: SupplierId::from_bits(1),
            sku: sku.into(),
            aux_id: String::new(),
            description: sku.into(),
            quantity: Quantity::parse(&quantity.to_string()).unwrap(),
            unit: "EA".into(),
            price,
            total: Money::from_minor(quantity * 1_000, Currency::EUR),
            unspsc: String::new(),
            manufacturer: String::new(),
            manufacturer_sku: String::new(),
            lead_time_days: None,
        },
        accounts: Vec::new(),
        attachments: Vec::new(),
        buyer: BuyerLine::default(),
    }
}

fn requisition() -> Requisition {
    Requisition {
        id: RequisitionId::from_bits(1),
        number: "REQ-2026-000001".into(),
        organisation: OrganisationId::from_bits(2),
        requester: PersonId::from_bits(3),
        cart: None,
        punchout_session: None,
        source: RequisitionSource::Cart,
        checkout: Checkout::ApproveThenOrder,
        buyer_order_id: None,
        buyer_payload_id: None,
        cost_center: None,
        cost_center_code: "4100".into(),
        ship_to: address("main"),
        bill_to: address("main"),
        needed_on: None,
        comment: String::new(),
        currency: Currency::EUR,
        total: Money::from_minor(150_000, Currency::EUR),
        state: RequisitionState::Pending,
        round: 1,
        content_hash: String::new(),
        approval_version: 1,
        limits_version: 1,
        because: String::new(),
        flags: Vec::new(),
        extras: Default::default(),
        submitted_at: Time::from_millis(0),
        decided_at: None,
        reject_reason: None,
        returned_pending_at: None,
        returned_final_at: None,
        version: 1,
    }
}

/// A hundred pens and fifty pads.
fn lines() -> Vec<RequisitionLine> {
    vec![line(1, "PEN", 100), line(2, "PAD", 50)]
}

fn facets(edit: impl FnOnce(&mut Requisition, &mut Vec<RequisitionLine>)) -> Vec<Facet> {
    let (before, mut after, mut new) = (requisition(), requisition(), lines());
    edit(&mut after, &mut new);
    let signed = Signed::of(&lines());
    let found = changes((&before, &lines()), (&after, &new), (&signed, Decimal::from(5)));
    found.into_iter().map(|one| one.facet).collect()
}

#[test]
fn each_edit_is_the_facet_that_the_table_says() {
    assert!(facets(|_, _| {}).is_empty());
    assert_eq!(facets(|_, lines| lines.truncate(1)), [Facet::Less]);
    assert_eq!(facets(|_, lines| lines[0] = line(1, "PEN", 90)), [Facet::Less]);
    assert_eq!(facets(|_, lines| lines[0] = line(1, "PEN", 105)), [Facet::Within]);
    assert_eq!(facets(|_, lines| lines[1] = line(2, "PAD", 53)), [Facet::More]);
    assert_eq!(facets(|_, lines| lines[1] = line(2, "CUP", 50)), [Facet::Goods]);
    let added = facets(|_, lines| lines.push(line(3, "CUP", 1)));
    assert_eq!(added, [Facet::Goods]);
    assert_eq!(facets(|head, _| head.ship_to = address("plant")), [Facet::ShipTo]);
    assert_eq!(facets(|head, _| head.comment = "Please".into()), [Facet::Papers]);
    let file = |lines: &mut Vec<RequisitionLine>| lines[0].attachments.push("ab".into());
    assert_eq!(facets(|_, lines| file(lines)), [Facet::Papers]);
    let account = Account { name: "GL".into(), value: "6815".into() };
    assert_eq!(facets(|_, lines| lines[0].accounts.push(account)), [Facet::Account]);
}

#[test]
fn what_is_moved_between_lines_is_growth_of_a_line() {
    let found = facets(|_, lines| {
        lines[0] = line(1, "PEN", 60);
        lines[1] = line(2, "PAD", 90);
    });
    assert_eq!(found, [Facet::Less, Facet::More], "the total is as it was");
}

#[test]
fn many_small_edits_do_not_add_up_unseen() {
    let signed = Signed::of(&lines());
    let (head, tolerance) = (requisition(), Decimal::from(5));
    let once = vec![line(1, "PEN", 105), line(2, "PAD", 50)];
    let twice = vec![line(1, "PEN", 110), line(2, "PAD", 50)];
    let first = changes((&head, &lines()), (&head, &once), (&signed, tolerance));
    assert_eq!(reach(&first), Reopens::Nobody);
    let second = changes((&head, &once), (&head, &twice), (&signed, tolerance));
    assert_eq!(reach(&second), Reopens::Concerned);
}

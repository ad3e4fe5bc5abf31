use super::*;
use crate::{
    base::{
        decimal,
        id::{DocumentId, OrderId, OrganisationId, RequisitionId, SupplierId},
        money::{Currency, Money},
        quantity::Quantity,
        time::{Time, parse_day},
    },
    cxml,
    domain::order::{OrderState, tests::pens},
};

fn address_of(code: &str, deliver_to: &str) -> PostalAddress {
    PostalAddress {
        code: code.into(),
        name: "Acme Industries".into(),
        deliver_to: deliver_to.into(),
        street: "Long Street 1\nBuilding 3".into(),
        city: "Ulm".into(),
        postal_code: "89073".into(),
        country: "DE".into(),
        email: Some("goods@acme.example".into()),
    }
}

fn sample() -> (Order, Vec<OrderLine>, Parties) {
    let order = Order {
        id: OrderId::from_bits(1),
        number: "PO-2026-000123".into(),
        organisation: OrganisationId::from_bits(2),
        supplier: SupplierId::from_bits(3),
        requisition: RequisitionId::from_bits(4),
        buyer_order_id: None,
        cost_center_code: "4100".into(),
        ship_to: address_of("main", "Ed & Co <ramp>"),
        bill_to: address_of("office", ""),
        needed_on: parse_day("2026-12-01").ok(),
        comment: "Ring twice".into(),
        currency: Currency::EUR,
        total: Money::from_minor(4_500, Currency::EUR),
        state: OrderState::Issued,
        content_hash: "ab12".into(),
        signed_hash: "cd34".into(),
        revision: 1,
        payload_id: "po_1@buy.example".into(),
        document: DocumentId::from_bits(5),
        issued_at: Time::from_millis(1_795_254_291_000),
        version: 1,
    };
    let mut bolts = pens(2, 1000);
    bolts.goods.price.amount = decimal::parse("3.5").unwrap();
    bolts.goods.price.per = Quantity::parse("100").unwrap();
    bolts.goods.aux_id = "id, 1".into();
    bolts.goods.unspsc = String::new();
    let parties = Parties {
        from: Identity::new("NetworkId", "AN01000000001"),
        to: Identity::new("DUNS", "111111111"),
        sender: Identity::new("DUNS", "999999999"),
        requester: Some(("Ed Brown".into(), "ed@acme.example".into())),
        requisition: "REQ-2026-000042".into(),
    };
    (order, vec![pens(1, 10), bolts], parties)
}

#[test]
fn an_order_reads_back_as_what_was_ordered() {
    let (order, lines, parties) = sample();
    let bytes = cxml::encode(&request(&order, &lines, &parties, Beside::default()));
    let read = cxml::decode(&bytes, None).unwrap();
    assert_eq!(read.envelope.payload_id, "po_1@buy.example");
    assert!(read.envelope.from.names("NetworkId", "AN01000000001"));
    assert!(read.envelope.sender.names("DUNS", "999999999"));
    let Payload::OrderRequest(read) = read.payload else { panic!("an OrderRequest") };
    assert_eq!(read.order_id, "PO-2026-000123");
    assert_eq!(read.requisition_id.as_deref(), Some("REQ-2026-000042"));
    assert_eq!(read.total.value.to_string(), "45.00");
    assert_eq!(read.items.len(), 2);
    let detail = read.items[1].detail.as_ref().unwrap();
    assert_eq!(
        (detail.price.amount.to_string(), detail.price.per.to_string()),
        ("3.50".into(), "100".into())
    );
    assert_eq!(read.items[0].detail.as_ref().unwrap().classifications[0].1, "44121701");
    assert_eq!(read.ship_to.unwrap().postal.unwrap().deliver_to, ["Ed & Co <ramp>"]);
    assert_eq!(read.contacts[0].emails, ["ed@acme.example"]);
}

#[test]
fn the_secret_is_a_mark_until_it_is_sent() {
    let (order, lines, parties) = sample();
    let bytes = cxml::encode(&request(&order, &lines, &parties, Beside::default()));
    assert_eq!(cxml::redact(&bytes), bytes, "nothing is left to cut out");
    let sent = cxml::fill_secret(&bytes, &Secret::new("s&cret"));
    let text = String::from_utf8(sent).unwrap();
    assert!(text.contains("<SharedSecret>s&amp;cret</SharedSecret>"), "{text}");
    assert_eq!(cxml::redact(text.as_bytes()), bytes);
}

#[test]
fn the_procurement_systems_number_stays_with_ours_beside_it() {
    let (mut order, lines, parties) = sample();
    order.buyer_order_id = Some("4500012345".into());
    let Payload::OrderRequest(request) =
        request(&order, &lines, &parties, Beside::default()).payload
    else {
        panic!("an OrderRequest")
    };
    assert_eq!(request.order_id, "4500012345");
    assert_eq!(Extrinsic::find(&request.extrinsics, "OrderNumber"), Some("PO-2026-000123"));
}

#[test]
fn the_same_order_is_the_same_bytes() {
    let (order, lines, parties) = sample();
    let bytes = || cxml::encode(&request(&order, &lines, &parties, Beside::default()));
    assert_eq!(bytes(), bytes());
}

use super::*;
use crate::base::{
    id::{ItemId as Item_, OrganisationId, PartnerId, PersonId, PunchoutSessionId, SupplierId},
    money::{Currency, UnitPrice},
    quantity::Quantity,
};
use crate::cxml::{self, Mode, Payload, punchout_order::QuoteStatus};
use crate::domain::{
    party::CartEncoding,
    profile::profile,
    punchout::{Operation, Protocol, PunchoutSession, SessionState, Wire},
};

fn goods(sku: &str, quantity: &str, price: &str, per: &str) -> Goods {
    let price = UnitPrice::new(
        crate::base::decimal::parse(price).unwrap(),
        Currency::EUR,
        Quantity::parse(per).unwrap(),
    );
    let quantity = Quantity::parse(quantity).unwrap();
    Goods {
        item: Some(Item_::from_bits(7)),
        supplier: SupplierId::from_bits(1),
        sku: sku.to_owned(),
        aux_id: String::new(),
        description: "Schraube 19\" <größer> & mehr".to_owned(),
        quantity,
        unit: "EA".to_owned(),
        price,
        total: price.times(quantity).unwrap(),
        unspsc: "31161500".to_owned(),
        manufacturer: "Würth".to_owned(),
        manufacturer_sku: "W1".to_owned(),
        lead_time_days: Some(3),
    }
}

fn line(goods: Goods) -> Line {
    Line { key: "cln_1".to_owned(), goods, supplier: Some(Identity::new("DUNS", "111111111")) }
}

fn session(protocol: Protocol) -> PunchoutSession {
    PunchoutSession {
        id: PunchoutSessionId::from_bits(1),
        organisation: OrganisationId::from_bits(1),
        partner: PartnerId::from_bits(1),
        person: PersonId::from_bits(1),
        protocol,
        operation: Operation::Create,
        state: SessionState::Open,
        buyer_cookie: " cookie\u{a0}<1> ".to_owned(),
        return_url: "https://erp.example/hook?sid=1".to_owned(),
        return_target: String::new(),
        charset: "iso-8859-1".to_owned(),
        echo: vec![("~OkCode".to_owned(), "ADDI".to_owned())],
        wire: Wire {
            buyer: Identity::new("NetworkId", "AN01"),
            us: Identity::new("DUNS", "999999999"),
            test: true,
            search: None,
            missing: Vec::new(),
            preset: Vec::new(),
        },
        selected_item: None,
        start_hash: String::new(),
        start_expires_at: Time::from_millis(0),
        started_at: None,
        path_at: None,
        cookie_at: None,
        cart: None,
        return_document: None,
        created_at: Time::from_millis(0),
        returned_at: None,
        version: 1,
    }
}

fn generic() -> std::sync::Arc<Profile> {
    profile("generic", "").unwrap()
}

fn returned(lines: Vec<Line>) -> Returned {
    let total = Money::sum(lines.iter().map(|line| line.goods.total), Currency::EUR).unwrap();
    Returned { lines, total, is_final: false, was_pending: false }
}

#[test]
fn a_cart_goes_back_with_cookie_lines_and_three_field_prices() {
    let session = session(Protocol::Cxml);
    let mut own = goods("B-2", "1", "2", "1");
    own.aux_id = "id, 1".to_owned();
    let cart = returned(vec![line(goods("B-1", "1000", "35", "1000")), line(own)]);
    let document = order_message(&session, &generic(), &cart, ("p@x".into(), Time::from_millis(0)));
    let bytes = cxml::encode(&document);
    let back = cxml::decode(&bytes, None).unwrap();
    let Payload::PunchOutOrderMessage(message) = back.payload else { panic!("{back:?}") };
    assert_eq!(message.buyer_cookie, session.buyer_cookie);
    assert_eq!(message.quote_status, QuoteStatus::Pending);
    assert_eq!(message.total.value.to_string(), "37.00");
    let keys: Vec<_> = message.items.iter().map(|i| i.id.auxiliary.clone().unwrap().text).collect();
    assert_eq!(keys, ["cln_1", "id, 1"]);
    let price = message.items[0].detail.as_ref().unwrap().price;
    assert_eq!((price.amount.to_string(), price.per.to_string()), ("35".into(), "1000".into()));
    assert_eq!(back.envelope.from.credentials[0].identity, "999999999");
    assert_eq!(back.envelope.to.credentials[0].identity, "AN01");
    assert_eq!(back.envelope.mode, Some(Mode::Test));
    assert!(back.envelope.status.is_none());
    assert!(!String::from_utf8_lossy(&bytes).contains("SharedSecret"));
}

#[test]
fn an_empty_cart_says_204() {
    let nothing = Returned::nothing(Money::zero(Currency::EUR));
    let stamp = ("p".into(), Time::from_millis(0));
    let document = order_message(&session(Protocol::Cxml), &generic(), &nothing, stamp);
    let back = cxml::decode(&cxml::encode(&document), None).unwrap();
    assert_eq!(back.envelope.status.map(|status| status.code), Some(204));
}

#[test]
fn the_urlencoded_field_is_ascii_and_base64_keeps_the_bytes() {
    let cart = returned(vec![line(goods("B-1", "2", "1", "1"))]);
    let stamp = ("p".into(), Time::from_millis(0));
    let document = order_message(&session(Protocol::Cxml), &generic(), &cart, stamp);
    let bytes = cxml::encode(&document);
    let form = cxml_form("https://erp.example/x?a=b", CartEncoding::Urlencoded, &bytes);
    assert_eq!(form.action, "https://erp.example/x?a=b");
    assert!(form.hidden[0].1.is_ascii() && form.hidden[0].1.contains("gr&#246;&#223;er"));
    let read = cxml::decode(form.hidden[0].1.as_bytes(), None).unwrap();
    assert_eq!(read, cxml::decode(&bytes, None).unwrap());
    let form = cxml_form("https://erp.example/x", CartEncoding::Base64, &bytes);
    assert_eq!(form.hidden[0].0, "cxml-base64");
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    assert_eq!(STANDARD.decode(&form.hidden[0].1).unwrap(), bytes);
}

#[test]
fn an_oci_cart_is_kept_and_written_again_the_same() {
    let session = session(Protocol::Oci);
    let cart = returned(vec![line(goods("B-1", "1000", "0.035", "1"))]);
    let stamp = ("p".to_owned(), Time::from_millis(0));
    let kept = write(&session, &generic(), &cart, stamp, ("us", "them")).unwrap();
    let kept = (kept.kind, kept.body.as_slice());
    let form = form_of(&session, &generic(), CartEncoding::Urlencoded, kept).unwrap();
    assert_eq!(form.action, "https://erp.example/hook");
    assert_eq!(form.hidden[0], ("sid".to_owned(), "1".to_owned()));
    assert_eq!(form.hidden[1].0, "~OkCode");
    let value = |name: &str| form.hidden.iter().find(|(n, _)| n == name).unwrap().1.clone();
    assert_eq!(value("NEW_ITEM-PRICE[1]"), "0.035");
    assert_eq!(value("NEW_ITEM-VENDORMAT[1]"), "B-1");
    assert_eq!(form.charset, "iso-8859-1");
}

#[test]
fn what_the_oci_call_fixed_stands_on_every_line() {
    let mut session = session(Protocol::Oci);
    session.wire.preset = vec![("VENDOR".to_owned(), "4711".to_owned())];
    let lines = vec![line(goods("A", "1", "1.00", "1")), line(goods("B", "1", "1.00", "1"))];
    let stamp = ("1@x".to_owned(), Time::from_millis(0));
    let kept = write(&session, &generic(), &returned(lines), stamp, ("us", "them")).unwrap();
    let fields = read_oci_fields(&kept.body).unwrap();
    let vendors: Vec<_> =
        fields.iter().filter(|(name, _)| name.starts_with("NEW_ITEM-VENDOR[")).collect();
    assert_eq!(vendors.len(), 2);
    assert!(vendors.iter().all(|(_, value)| value == "4711"), "{vendors:?}");
}

#[test]
fn a_bad_line_is_named_before_anything_leaves() {
    let mut bad = goods("B-9", "1", "1", "1");
    bad.unit = "FURLONG".to_owned();
    let lines = [line(goods("B-1", "1", "1", "1")), line(bad.clone())];
    for faults in [check_oci(&generic(), "utf-8", &lines), check(&generic(), &lines)] {
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].field.as_deref(), Some("lines[1].unit"));
        assert_eq!(faults[0].got.as_deref(), Some("FURLONG"));
        assert!(faults[0].message.contains("Line 2 (B-9)"), "{}", faults[0].message);
    }
    let passing = profile("generic", "units.pass_unknown = true").unwrap();
    assert!(check(&passing, &lines).is_empty());
    bad.unit = String::new();
    assert_eq!(check(&passing, &[line(bad)])[0].field.as_deref(), Some("lines[0].unit"));
}

#[test]
fn every_format_carries_the_same_cart_home_in_a_field_of_its_own() {
    let session = session(Protocol::Cxml);
    let cart = returned(vec![line(goods("B-1", "1000", "35", "1000"))]);
    for (overrides, field) in [
        ("", "cxml-urlencoded"),
        ("cart.format = \"oracle-xml\"", "oracleCart"),
        ("cart.format = \"peppol\"", "peppol-punchout"),
        ("cart.field = \"basket\"", "basket"),
    ] {
        let profile = profile("generic", overrides).unwrap();
        let stamp = ("p".to_owned(), Time::from_millis(0));
        let kept = write(&session, &profile, &cart, stamp, ("us", "them")).unwrap();
        let kept = (kept.kind, kept.body.as_slice());
        let form = form_of(&session, &profile, CartEncoding::Urlencoded, kept).unwrap();
        assert_eq!((form.hidden.len(), form.hidden[0].0.as_str()), (1, field));
        if [ORACLE, PEPPOL].contains(&kept.0) {
            let rows = table(kept.0, kept.1);
            let price =
                if kept.0 == ORACLE { ["0.035", "EUR", "1"] } else { ["35", "EUR", "1000"] };
            let what = ["B-1", "Schraube 19\" <größer> & mehr", "1000", "EA"];
            let expected = [what.as_slice(), &price].concat();
            assert_eq!((rows.len(), rows[0].join("|")), (1, expected.join("|")));
        }
    }
}

#[test]
fn a_price_that_oracle_cannot_say_is_named() {
    let session = session(Protocol::Cxml);
    let cart = returned(vec![line(goods("B-1", "3", "10", "3"))]);
    let oracle = profile("generic", "cart.format = \"oracle-xml\"").unwrap();
    let stamp = ("p".to_owned(), Time::from_millis(0));
    let faults = write(&session, &oracle, &cart, stamp, ("us", "them")).unwrap_err();
    assert_eq!(faults[0].field.as_deref(), Some("lines[0].price"));
}

#[test]
fn a_profile_writes_units_extrinsics_and_custom_fields() {
    let overrides = "oci.custom = { CUST_FIELD4 = \"supplier\" }\n\
        oci.fixed = { VENDOR = \"0000100042\" }\nunits.out = { EA = \"ST\" }\n\
        extrinsics.line = { \"Buyer Supplier\" = \"supplier\" }\ncart.short_name = 8";
    let profile = profile("sap-srm", overrides).unwrap();
    let lines = [line(goods("B-1", "2", "1", "1"))];
    let fields = oci_fields(&profile, "utf-8", &lines).unwrap();
    let value = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    assert_eq!(value("NEW_ITEM-UNIT[1]"), Some("ST"));
    assert_eq!(value("NEW_ITEM-CUST_FIELD4[1]"), Some("111111111"));
    assert_eq!(value("NEW_ITEM-VENDOR[1]"), Some("0000100042"));
    let stamp = ("p".to_owned(), Time::from_millis(0));
    let document =
        order_message(&session(Protocol::Cxml), &profile, &returned(lines.to_vec()), stamp);
    let text = String::from_utf8(cxml::encode(&document)).unwrap();
    assert!(text.contains("<UnitOfMeasure>ST</UnitOfMeasure>"), "{text}");
    assert!(text.contains("<Extrinsic name=\"Buyer Supplier\">111111111</Extrinsic>"), "{text}");
    assert!(text.contains("<ShortName>Schraube</ShortName>"), "{text}");
}

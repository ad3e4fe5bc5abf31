//! What is written reads back equal, whatever stands in it.

use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::base::{
    money::{Currency, UnitPrice},
    quantity::Quantity,
    secret::Secret,
};

use super::super::{
    Credential, Document, Envelope, Mode, Party, Payload,
    address::{Address, Contact, Phone, Postal},
    charges::{Distribution, Segment, Shipping, Tax, TaxDetail},
    check,
    confirmation::{
        ConfirmationItem, ConfirmationKind, ConfirmationRequest, ConfirmationStatus, LineStatus,
        OrderReference,
    },
    decode, encode,
    item::{Item, ItemDetail, ItemId},
    order::{OrderAction, OrderRequest},
    punchout_order::{PunchOutOrderMessage, QuoteStatus},
    punchout_setup::{PunchOutSetupRequest, SetupOperation},
    redact,
    values::{Amount, Comments, Description, Extrinsic, Kept, Stamp},
};

/// A text as it comes out of a trimmed element.
fn text() -> impl Strategy<Value = String> {
    let made = prop_oneof![
        "[ -~äß€中😀\u{202E}]{1,24}",
        Just("a]]>b".to_owned()),
        Just("<&>\"'".to_owned()),
    ];
    made.prop_map(|text: String| text.trim().to_owned())
        .prop_filter("says something", |text| !text.is_empty())
}

/// A text that is kept to the byte.
fn raw_text() -> impl Strategy<Value = String> {
    prop_oneof![text(), Just(" \t\r\n x \r".to_owned())]
}

fn decimal() -> impl Strategy<Value = Decimal> {
    (0_i64..10_000_000_000, 0_u32..=8).prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

fn quantity() -> impl Strategy<Value = Quantity> {
    decimal().prop_filter_map("above zero", |value| Quantity::new(value).ok())
}

fn amount() -> impl Strategy<Value = Amount> {
    let currency = prop_oneof![Just(Currency::EUR), Just(Currency::USD)];
    (decimal(), currency).prop_map(|(value, currency)| Amount::new(value, currency))
}

prop_compose! {
    fn address()(name in text(), street in text(), city in text(), id in text(), dial in text())
        -> Address {
        Address {
            id: Some(id),
            name,
            lang: Some("de".to_owned()),
            postal: Some(Postal {
                street: vec![street.clone(), street],
                city,
                country: "Germany".to_owned(),
                country_code: "DE".to_owned(),
                ..Postal::default()
            }),
            phone: Some(Phone {
                country_code: "DE".to_owned(),
                dial_code: dial.clone(),
                area: dial.clone(),
                number: dial,
                ..Phone::default()
            }),
            ..Address::default()
        }
    }
}

prop_compose! {
    fn tax()(amount in amount(), rate in decimal(), words in text()) -> Tax {
        let detail = TaxDetail {
            category: words.clone(),
            purpose: None,
            rate: Some(rate),
            exempt: None,
            taxable: Some(amount),
            amount,
            location: Some(words.clone()),
            description: None,
        };
        Tax { amount, description: Some(words), details: vec![detail], extrinsics: Vec::new() }
    }
}

prop_compose! {
    fn item()(
        quantity in quantity(),
        price in amount(),
        per in quantity(),
        words in text(),
        auxiliary in raw_text(),
        line in 1_u32..9_999_999,
        tax in proptest::option::of(tax()),
        ship_to in proptest::option::of(address()),
    ) -> Item {
        let price = UnitPrice::new(price.value, price.currency, per);
        let mut detail = ItemDetail::new(price, words.clone(), "EA");
        detail.descriptions = vec![Description {
            text: words.clone(),
            short_name: Some(words.clone()),
            lang: Some("fr".to_owned()),
        }];
        detail.classifications = vec![("UNSPSC".to_owned(), words.clone())];
        detail.extrinsics = vec![Extrinsic::new(words.clone(), auxiliary.clone())];
        let mut id = ItemId::new(words.clone());
        id.auxiliary = Some(Kept::plain(auxiliary));
        let charge = Amount::new(price.amount, price.currency);
        let segment = Segment { name: words.clone(), id: words.clone(), description: words.clone() };
        let mut item = Item::new(quantity, id, Some(detail));
        item.line_number = Some(line);
        item.distributions =
            vec![Distribution { name: words.clone(), segments: vec![segment], charge }];
        item.comments = vec![Comments { lang: Some("fr".to_owned()), ..Comments::new(words) }];
        item.tax = tax.map(Box::new);
        item.ship_to = ship_to.map(Box::new);
        item
    }
}

fn envelope(payload_id: &str, secret: &str) -> Envelope {
    let credential = Credential::new("DUNS", payload_id).with_secret(Secret::new(secret));
    let party = Party { credentials: vec![credential] };
    Envelope::request(payload_id, Stamp("2026-11-21T09:30:00+01:00".to_owned()))
        .between(Party::new("DUNS", "1"), Party::new("x", payload_id), party)
        .mode(Mode::Test)
}

/// Reads back equal, is valid, and loses nothing but the secret when redacted.
fn holds(document: Document) -> Result<(), TestCaseError> {
    let bytes = encode(&document);
    let again = decode(&bytes, None).map_err(|fault| TestCaseError::fail(fault.to_string()))?;
    // The unit of the price basis is written out; what it means is the same.
    let mut again = again;
    let items = match &mut again.payload {
        Payload::OrderRequest(order) => order.items.as_mut_slice(),
        Payload::PunchOutOrderMessage(cart) => cart.items.as_mut_slice(),
        Payload::PunchOutSetupRequest(setup) => setup.items.as_mut_slice(),
        _ => &mut [],
    };
    items.iter_mut().filter_map(|item| item.detail.as_mut()).for_each(|detail| {
        detail.basis = None;
    });
    prop_assert_eq!(&again, &document);
    prop_assert_eq!(check(&bytes), []);
    let clean = decode(&redact(&bytes), None).map(|document| document.payload);
    prop_assert_eq!(
        clean.map(|payload| payload.name().to_owned()),
        Ok(again.payload.name().to_owned())
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn orders_read_back(
        items in proptest::collection::vec(item(), 1..4),
        total in amount(),
        words in text(),
        place in address(),
    ) {
        let mut items = items;
        items.iter_mut().zip(1..).for_each(|(item, number)| item.line_number = Some(number));
        let mut order =
            OrderRequest::new(words.clone(), Stamp("2026-11-21".to_owned()), total, items);
        order.action = OrderAction::Update;
        order.bill_to = Some(place.clone());
        order.ship_to = Some(place);
        order.document_reference = Some(words.clone());
        order.shipping = Some(Shipping {
            amount: total,
            description: Some(words.clone()),
            tracking_domain: None,
            tracking_id: None,
        });
        let name = words.clone();
        order.contacts =
            vec![Contact { name, lang: Some("fr".to_owned()), ..Contact::default() }];
        holds(Document::new(envelope(&words, &words), Payload::OrderRequest(Box::new(order))))?;
    }

    #[test]
    fn carts_and_setup_requests_read_back(
        items in proptest::collection::vec(item(), 0..4),
        total in amount(),
        cookie in raw_text(),
    ) {
        let id = cookie.trim().to_owned();
        let mut setup = PunchOutSetupRequest::new(SetupOperation::Edit, cookie.clone());
        setup.items.clone_from(&items);
        setup.return_url = Some("https://buyer.example/?a=1&b=2".to_owned());
        setup.extrinsics = vec![Extrinsic::new("UserEmail", cookie.clone())];
        let payload = Payload::PunchOutSetupRequest(Box::new(setup));
        holds(Document::new(envelope(&id, &id), payload))?;
        let mut cart = PunchOutOrderMessage::new(cookie, total, items);
        cart.quote_status = QuoteStatus::Pending;
        let mut envelope = envelope(&id, &id);
        envelope.form = super::super::Form::Message;
        holds(Document::new(envelope, Payload::PunchOutOrderMessage(Box::new(cart))))?;
    }

    #[test]
    fn confirmations_read_back(quantity in decimal(), price in amount(), words in text()) {
        let mut status = ConfirmationStatus::new(LineStatus::Detail, quantity, words.clone());
        status.unit_price = Some(price);
        status.delivery_date = Some(Stamp(words.clone()));
        let item = ConfirmationItem {
            line_number: 7,
            quantity,
            unit: words.clone(),
            statuses: vec![status],
        };
        let order = OrderReference::new(words.clone(), words.clone());
        let date = Stamp("2026-11-21T09:30:00+01:00".to_owned());
        let confirmation =
            ConfirmationRequest::new(ConfirmationKind::Detail, date, order, vec![item]);
        let payload = Payload::ConfirmationRequest(Box::new(confirmation));
        holds(Document::new(envelope(&words, &words), payload))?;
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = (decode(&bytes, None), check(&bytes), redact(&bytes));
    }

    #[test]
    fn no_damage_makes_it_panic(at in 0_usize..6_000, cut in 0_usize..40, byte in any::<u8>()) {
        let whole = include_bytes!("../../../cxml-samples/in/order-new.xml");
        let mut bytes = whole.to_vec();
        let at = at.min(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, [byte]);
        let _ = (decode(&bytes, None), check(&bytes), super::super::prettify(&bytes));
        let clean = redact(&bytes);
        // A name that was damaged may hide its secret; an undamaged one never does.
        let holds = |bytes: &[u8], text: &[u8]| {
            bytes.windows(text.len()).any(|window| window == text)
        };
        if holds(&bytes, b"<SharedSecret>sample-secret") {
            prop_assert!(!holds(&clean, b"sample-secret"));
        }
    }
}

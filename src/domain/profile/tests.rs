use super::*;
use crate::base::{
    decimal,
    id::SupplierId,
    money::{Currency, Money, UnitPrice},
    quantity::Quantity,
};
use crate::domain::cart::Goods;

fn price(amount: &str, per: &str) -> UnitPrice {
    let amount = decimal::parse(amount).unwrap();
    UnitPrice::new(amount, Currency::EUR, Quantity::parse(per).unwrap())
}

fn goods(sku: &str, description: &str) -> Goods {
    Goods {
        item: None,
        supplier: SupplierId::from_bits(1),
        sku: sku.to_owned(),
        aux_id: String::new(),
        description: description.to_owned(),
        quantity: Quantity::ONE,
        unit: "EA".to_owned(),
        price: price("1", "1"),
        total: Money::zero(Currency::EUR),
        unspsc: "43211503".to_owned(),
        manufacturer: String::new(),
        manufacturer_sku: String::new(),
        lead_time_days: None,
    }
}

fn fields(profile: &Profile, goods: &Goods) -> Vec<&'static str> {
    check(profile, goods, "aux").into_iter().map(|fault| fault.field).collect()
}

#[test]
fn every_shipped_profile_reads_and_is_sound() {
    assert_eq!(SHIPPED.len(), BASES.len(), "one does not read");
    for (name, title) in shipped() {
        let own = profile(name, "").unwrap();
        assert!(!title.is_empty() && own.title == title, "{name}");
        check::sound(&own).unwrap();
        assert!(fields(&own, &goods("PEN-01", "Ballpoint pen")).is_empty(), "{name}");
        assert_eq!(own.units.to_theirs("FURLONG").is_some(), own.units.pass_unknown, "{name}");
    }
    assert_eq!(SHIPPED.iter().filter(|(_, file)| file.contains("title = ")).count(), 13);
}

#[test]
fn a_connection_says_only_what_differs_and_a_misspelt_word_is_named() {
    let own = profile("coupa", "limits.part = 12\n[units.out]\nEA = \"ST\"").unwrap();
    assert_eq!((own.limits.part, own.limits.description), (12, 255));
    assert_eq!(own.units.to_theirs("EA"), Some("ST"));
    assert_eq!(own.units.to_theirs("HUR"), Some("HR"));
    for bad in [
        "limits.parts = 12",
        "limits.part = 0",
        "limits.part = \"12\"",
        "cart.format = \"fax\"",
        "cart.price_decimals = 40",
        "limits.forbidden.sku = \"?\"",
        "oci.custom.CUST_FIELD9 = \"sku\"",
        "oci.user_field = \"a b\"",
        "oci.fixed = { \"PRICE[1]\" = \"0\" }",
        "oci.fixed = { PRICE = \"0\" }",
        "[limits",
        "documents.offered = [\"QuoteRequest\"]",
    ] {
        let refusal = profile("coupa", bad).unwrap_err();
        assert_eq!(refusal.code, "bad-profile-override", "{bad}");
        assert!(refusal.got.is_some() && refusal.expected.is_some(), "{bad}");
    }
    assert_eq!(profile("couga", "").unwrap_err().code, "unknown-profile");
}

#[test]
fn lengths_are_counted_as_the_system_counts_them() {
    let umlauts = "ü".repeat(140);
    let characters = profile("generic", "limits.part = 255").unwrap();
    assert!(fields(&characters, &goods(&umlauts, "x")).is_empty());
    let faults = check(&profile("ariba", "").unwrap(), &goods(&umlauts, "x"), "aux");
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].expected, "at most 255 bytes, not 280");
    assert_eq!(fields(&profile("ariba", "").unwrap(), &goods("A?1", "x")), ["sku"]);
    assert_eq!(
        fields(&profile("coupa", "").unwrap(), &goods("A?1", &"x".repeat(256))),
        ["description"]
    );
}

#[test]
fn a_price_is_said_exactly_or_not_at_all() {
    let rule = |overrides: &str| profile("generic", overrides).unwrap().cart.clone();
    let said = |overrides: &str, amount: &str, per: &str| {
        price_as(&rule(overrides), price(amount, per))
            .map(|price| (decimal::canonical(price.amount), price.per.to_string()))
    };
    let pair = |amount: &str, per: &str| Some((amount.to_owned(), per.to_owned()));
    assert_eq!(said("", "0.035", "1"), pair("0.035", "1"));
    assert_eq!(said("cart.price_decimals = 2", "0.035", "1"), pair("0.35", "10"));
    let scaled = price_as(&rule("cart.price_decimals = 4"), price("0.00012500", "1")).unwrap();
    assert_eq!((scaled.amount.to_string(), scaled.per.to_string()), pair("0.0125", "100").unwrap());
    assert_eq!(said("cart.price_basis = false", "35", "1000"), pair("0.035", "1"));
    assert_eq!(said("cart.price_basis = false", "10", "3"), None);
    assert_eq!(said("cart.price_basis = false\ncart.price_decimals = 2", "35", "1000"), None);
}

#[test]
fn a_classification_has_the_form_that_is_wanted() {
    let class = |name: &str, overrides: &str, code: &str| {
        checked_class(&profile(name, overrides).unwrap(), code)
    };
    assert_eq!(class("jaggaer", "", "4321150310"), Ok(Some("43211503".to_owned())));
    assert_eq!(class("generic", "", "43-21-15-03"), Ok(Some("43211503".to_owned())));
    assert_eq!(class("generic", "", "office"), Ok(None));
    assert_eq!(class("ariba", "", ""), Ok(Some("00000000".to_owned())));
    let fault = class("generic", "classification.required = true", "4321").unwrap_err();
    assert_eq!(
        (fault.field, fault.expected.as_str()),
        ("unspsc", "a UNSPSC code of 8 or 10 digits")
    );
}

#[test]
fn a_stated_encoding_goes_before_the_connections_own() {
    let chosen =
        |overrides: &str| Chosen { name: "generic".to_owned(), overrides: overrides.to_owned() };
    let own = CartEncoding::Urlencoded;
    assert_eq!(chosen("cart.encoding = \"base64\"").encoding(own), Ok(CartEncoding::Base64));
    let kept = chosen("cart.price_decimals = 2").encoding(CartEncoding::Base64);
    assert_eq!(kept, Ok(CartEncoding::Base64));
}

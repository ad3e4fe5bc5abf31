//! Pricing, bounds and the line ids that stay.

use crate::{
    base::{decimal, id::ItemId},
    domain::{catalogue::tests::item, price::Price},
};

use super::*;

const ACME: OrganisationId = OrganisationId::from_bits(1);

fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

fn list(amount: &str, per: &str) -> PriceList {
    let price = UnitPrice::new(decimal::parse(amount).unwrap(), Currency::EUR, quantity(per));
    let item = ItemId::from_bits(1);
    let prices = [Price { item, organisation: None, price, min_quantity: quantity("1") }];
    PriceList::of(&prices, ACME, Currency::EUR).unwrap()
}

fn goods(sku: &str) -> Goods {
    Goods::priced(&item(sku), &list("1", "1"), Quantity::ONE).unwrap()
}

#[test]
fn a_line_is_priced_from_the_catalogue_and_rounded_once() {
    let bolts = Goods::priced(&item("BOLT-M8"), &list("0.035", "1"), quantity("1000")).unwrap();
    assert_eq!(bolts.total.to_string(), "35.00 EUR");
    assert_eq!(bolts.computed_total().ok(), Some(bolts.total));
    let screws = Goods::priced(&item("S"), &list("3.49", "100"), quantity("7")).unwrap();
    assert_eq!(screws.total.to_string(), "0.24 EUR");
    assert_eq!(screws.price.per, quantity("100"));
}

#[test]
fn a_withdrawn_item_and_one_too_dear_to_count_are_refused() {
    let mut gone = item("X");
    gone.withdrawn_at = Some(Time::from_millis(1));
    let refused = Goods::priced(&gone, &list("1", "1"), Quantity::ONE).unwrap_err();
    assert_eq!(refused.code, "unknown-sku");
    let dear = list("9999999999999", "0.00000001");
    let refused = Goods::priced(&item("X"), &dear, quantity("9999999")).unwrap_err();
    assert_eq!(refused.code, "amount-not-exact");
}

#[test]
fn quantities_have_bounds() {
    for good in ["1", "0.001", "9999999", " 2.50 "] {
        assert!(read_quantity(good).is_ok(), "{good}");
    }
    for bad in ["", "0", "-1", "10000000", "0.0001", "1,5", "1e3", "=1"] {
        let refusal = read_quantity(bad).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), ("bad-quantity", Some("quantity")));
        assert!(refusal.expected.is_some(), "{bad}");
    }
    assert!(check_count(MAX_LINES).is_ok());
    assert_eq!(check_count(MAX_LINES + 1).unwrap_err().code, "too-many-lines");
}

#[test]
fn an_article_keeps_its_line_id_through_edits() {
    let mut next = 100;
    let mut fresh = || {
        next += 1;
        CartLineId::from_bits(next)
    };
    let before = relined(&[], vec![goods("A"), goods("B"), goods("A")], &mut fresh);
    let ids: Vec<_> = before.iter().map(|line| line.id).collect();
    let after = relined(&before, vec![goods("C"), goods("A"), goods("B")], &mut fresh);
    assert_eq!(after[0].id, CartLineId::from_bits(104));
    assert_eq!((after[1].id, after[2].id), (ids[0], ids[1]));
    assert_eq!(after.iter().map(|line| line.position).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn only_an_open_cart_can_be_edited() {
    assert!(CartState::Open.need_open().is_ok());
    for state in CartState::ALL.iter().filter(|state| **state != CartState::Open) {
        assert!(state.need_open().unwrap_err().code.starts_with("cart-"), "{state}");
    }
    assert_eq!(CartState::Submitted.need_open().unwrap_err().code, "cart-submitted");
}

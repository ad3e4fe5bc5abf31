//! The lines of test orders, carts and invoices.

use rust_decimal::Decimal;

use crate::{
    base::{
        money::{Currency, UnitPrice},
        quantity::Quantity,
    },
    cxml::{
        address::{Address, Contact, Postal},
        item::{Item, ItemDetail, ItemId},
        values::{Amount, Kept},
    },
};

/// One line: part, text, quantity and unit, price in cents and the units it is for.
#[derive(Debug, Clone)]
pub(super) struct Goods {
    pub part: String,
    pub text: String,
    /// In tenths.
    pub tenths: i64,
    pub unit: &'static str,
    pub cents: i64,
    pub per: i64,
}

/// So many whole pieces for this price.
pub(super) fn goods(part: &str, text: &str, pieces: i64, unit: &'static str, cents: i64) -> Goods {
    let (part, text) = (part.to_owned(), text.to_owned());
    Goods { part, text, tenths: pieces * 10, unit, cents, per: 1 }
}

/// Texts that go wrong where a charset is guessed.
pub(super) const UMLAUTS: &str = "Türschloß Größe 7, naïve façade, œuvre, 5 €";
/// Texts that go wrong where XML is glued together.
pub(super) const SPECIAL: &str = "Nut & bolt <M8> \"zinc\" 'A' 50%";

impl Goods {
    fn quantity(&self) -> Quantity {
        Quantity::new(Decimal::new(self.tenths, 1).normalize()).unwrap_or(Quantity::ONE)
    }

    fn price(&self, currency: Currency) -> UnitPrice {
        let per = Quantity::new(Decimal::from(self.per)).unwrap_or(Quantity::ONE);
        UnitPrice::new(Decimal::new(self.cents, 2), currency, per)
    }

    /// As a line of an order or a cart.
    pub fn item(&self, number: u32, currency: Currency) -> Item {
        let id = ItemId {
            auxiliary: Some(Kept::of_one_text(&format!("key/{} ü &{number}", self.part))),
            ..ItemId::new(&self.part)
        };
        let mut detail = ItemDetail::new(self.price(currency), &self.text, self.unit);
        detail.classifications.push(("UNSPSC".to_owned(), "44121701".to_owned()));
        let mut item = Item::new(self.quantity(), id, Some(detail));
        item.line_number = Some(number);
        item
    }
}

/// The lines, numbered from one.
pub(super) fn items(all: &[Goods], currency: Currency) -> Vec<Item> {
    (1..).zip(all).map(|(number, goods)| goods.item(number, currency)).collect()
}

/// The sum of lines, each rounded to the currency's cents.
pub(super) fn total(items: &[Item], currency: Currency) -> Amount {
    let sums =
        items.iter().filter_map(|item| item.detail.as_ref()?.price.times(item.quantity).ok());
    Amount::new(sums.map(|money| money.amount()).sum(), currency)
}

/// Two hundred lines.
pub(super) fn many() -> Vec<Goods> {
    (1..=200).map(|n| goods(&format!("TEST-{n}"), &format!("Part {n}"), n, "EA", 100 + n)).collect()
}

/// An address that is nobody's.
pub(super) fn address() -> Address {
    Address {
        id: Some("test".to_owned()),
        name: "Test, do not deliver".to_owned(),
        country_code: Some("DE".to_owned()),
        postal: Some(Postal {
            street: vec!["Teststraße 1".to_owned()],
            city: "Köln".to_owned(),
            postal_code: Some("50667".to_owned()),
            country: "Germany".to_owned(),
            country_code: "DE".to_owned(),
            ..Postal::default()
        }),
        ..Address::default()
    }
}

/// A person who is nobody.
pub(super) fn contact() -> Contact {
    Contact {
        role: Some("endUser".to_owned()),
        name: "Jörg Test".to_owned(),
        emails: vec!["joerg.test@test.example".to_owned()],
        ..Contact::default()
    }
}

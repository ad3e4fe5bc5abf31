//! Random values of the domain from a seed: the same on every run.

use rust_decimal::Decimal;

use crate::base::{
    money::{Currency, UnitPrice},
    quantity::Quantity,
};

use super::super::{
    address::{Address, Contact, Phone, Postal},
    blanket::BlanketDetail,
    charges::{Distribution, Segment, Shipping, Tax, TaxDetail},
    confirmation::OrderReference,
    item::{Item, ItemDetail, ItemId, PriceBasis},
    values::{Amount, Comments, Description, Extrinsic, IdReference, Kept, Stamp},
};

/// A small generator of numbers: the same damage on every run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % most.max(1)
    }
}

/// What a line is made for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Side {
    In,
    Out,
    Blanket,
}

impl Dice {
    pub(super) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    pub(super) fn yes(&mut self) -> bool {
        self.below(2) == 0
    }

    pub(super) fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.yes().then(|| make(self))
    }

    pub(super) fn some<T>(&mut self, least: usize, make: impl Fn(&mut Self) -> T) -> Vec<T> {
        // Mostly none more, sometimes two.
        let count = least + [0, 0, 1, 2][self.below(4)];
        (0..count).map(|_| make(self)).collect()
    }

    pub(super) fn text(&mut self) -> String {
        const PIECES: [&str; 12] = [
            "Bolt",
            "Größe 7",
            "a < b",
            "x & y",
            "\"q\"",
            "]]>",
            "ß",
            "中",
            "😀",
            "it's",
            "1/2",
            "-",
        ];
        let count = 1 + self.below(4);
        (0..count).map(|_| self.one(&PIECES)).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn number(&mut self) -> Decimal {
        Decimal::new(self.below(1_000_000) as i64, self.below(5) as u32)
    }

    pub(super) fn quantity(&mut self) -> Quantity {
        Quantity::new(self.number() + Decimal::ONE).unwrap()
    }

    pub(super) fn line(&mut self) -> u32 {
        1 + self.below(9_999) as u32
    }

    pub(super) fn amount(&mut self) -> Amount {
        let currency = self.one(&[Currency::EUR, Currency::USD, "KWD".parse().unwrap()]);
        Amount::new(self.number(), currency)
    }

    pub(super) fn stamp(&mut self) -> Stamp {
        Stamp(self.one(&["2026-11-21T09:30:00+01:00", "2026-11-21", "soon"]).to_owned())
    }

    pub(super) fn lang(&mut self) -> Option<String> {
        self.one(&[None, Some("de"), Some("fr-CA")]).map(str::to_owned)
    }

    pub(super) fn kept(&mut self) -> Kept {
        let xml = "<a b=\"c\">d &amp; e</a>f".to_owned();
        let text = self.text();
        self.one(&[Kept::plain(text), Kept { text: "f".to_owned(), xml: Some(xml) }])
    }

    pub(super) fn description(&mut self) -> Description {
        Description { text: self.text(), short_name: self.maybe(Self::text), lang: self.lang() }
    }

    /// An extrinsic may hold elements, which are valid only when the DTD knows them.
    pub(super) fn extrinsics(&mut self) -> Vec<Extrinsic> {
        self.some(0, |dice| Extrinsic::new(dice.text(), dice.text()))
    }

    pub(super) fn comments(&mut self) -> Vec<Comments> {
        self.some(0, |dice| Comments {
            text: dice.text(),
            lang: dice.lang(),
            kind: dice.maybe(Self::text),
            attachments: dice.some(0, |_| "cid:a@b".to_owned()),
        })
    }

    pub(super) fn comment(&mut self) -> Vec<Comments> {
        self.comments().into_iter().take(1).collect()
    }

    pub(super) fn references(&mut self) -> Vec<IdReference> {
        self.some(0, |dice| IdReference { domain: dice.text(), identifier: dice.text() })
    }

    pub(super) fn phone(&mut self) -> Phone {
        Phone {
            name: self.maybe(Self::text),
            country_code: "DE".to_owned(),
            dial_code: "49".to_owned(),
            area: "30".to_owned(),
            number: self.text(),
            extension: self.maybe(Self::text),
        }
    }

    pub(super) fn postal(&mut self) -> Postal {
        Postal {
            name: self.maybe(Self::text),
            deliver_to: self.some(0, Self::text),
            street: self.some(1, Self::text),
            city: self.text(),
            municipality: self.maybe(Self::text),
            state: self.maybe(Self::text),
            postal_code: self.maybe(Self::text),
            country: self.text(),
            country_code: "DE".to_owned(),
        }
    }

    pub(super) fn address(&mut self) -> Address {
        Address {
            id: self.maybe(Self::text),
            id_domain: self.maybe(Self::text),
            country_code: self.maybe(|_| "DE".to_owned()),
            name: self.text(),
            lang: self.lang(),
            postal: self.maybe(Self::postal),
            email: self.maybe(Self::text),
            phone: self.maybe(Self::phone),
            fax: self.maybe(Self::phone),
            url: self.maybe(|_| "https://x.example/?a=1&b=2".to_owned()),
        }
    }

    pub(super) fn contact(&mut self) -> Contact {
        Contact {
            role: self.maybe(|dice| dice.one(&["billTo", "from", "endUser"]).to_owned()),
            id: self.maybe(Self::text),
            id_domain: self.maybe(Self::text),
            name: self.text(),
            lang: self.lang(),
            postal: self.some(0, Self::postal),
            emails: self.some(0, Self::text),
            phones: self.some(0, Self::phone),
            faxes: self.some(0, Self::phone),
            urls: self.some(0, |_| "https://x.example/".to_owned()),
            references: self.references(),
            extrinsics: self.extrinsics(),
        }
    }

    pub(super) fn tax(&mut self) -> Tax {
        Tax {
            amount: self.amount(),
            description: Some(self.text()),
            details: self.some(0, |dice| TaxDetail {
                category: dice.one(&["vat", "sales", "gst"]).to_owned(),
                purpose: dice.maybe(|_| "tax".to_owned()),
                rate: dice.maybe(Self::number),
                exempt: dice.maybe(|dice| dice.one(&["zeroRated", "exempt"]).to_owned()),
                taxable: dice.maybe(Self::amount),
                amount: dice.amount(),
                location: dice.maybe(Self::text),
                description: dice.maybe(Self::text),
            }),
            extrinsics: self.extrinsics(),
        }
    }

    pub(super) fn shipping(&mut self) -> Shipping {
        Shipping {
            amount: self.amount(),
            description: Some(self.text()),
            tracking_domain: self.maybe(Self::text),
            tracking_id: self.maybe(Self::text),
        }
    }

    pub(super) fn distributions(&mut self) -> Vec<Distribution> {
        self.some(0, |dice| Distribution {
            name: dice.text(),
            segments: dice.some(1, |dice| Segment {
                name: dice.text(),
                id: dice.text(),
                description: dice.text(),
            }),
            charge: dice.amount(),
        })
    }

    pub(super) fn basis(&mut self) -> PriceBasis {
        PriceBasis {
            quantity: Quantity::new(Decimal::from(100)).unwrap(),
            conversion_factor: Quantity::ONE,
            unit: "EA".to_owned(),
            description: self.maybe(Self::description),
        }
    }

    pub(super) fn id(&mut self) -> ItemId {
        ItemId {
            supplier_part: self.text(),
            auxiliary: self.maybe(|dice| Kept::plain(dice.text())),
            buyer_part: self.maybe(Self::text),
            references: self.references(),
        }
    }

    pub(super) fn classification(&mut self) -> (String, String) {
        (self.one(&["UNSPSC", "SPSC", ""]).to_owned(), self.text())
    }

    pub(super) fn detail(&mut self) -> ItemDetail {
        let amount = self.amount();
        let basis = self.maybe(Self::basis);
        let per = basis.as_ref().map_or(Quantity::ONE, |basis| basis.quantity);
        ItemDetail {
            price: UnitPrice::new(amount.value, amount.currency, per),
            descriptions: self.some(1, Self::description),
            unit: self.text(),
            basis: basis.map(Box::new),
            classifications: self.some(0, Self::classification),
            manufacturer_part: self.maybe(Self::text),
            manufacturer_name: self.maybe(Self::text),
            url: self.maybe(|_| "https://x.example/".to_owned()),
            lead_time: self.maybe(|_| "3".to_owned()),
            extrinsics: self.extrinsics(),
        }
    }

    pub(super) fn blanket(&mut self) -> BlanketDetail {
        BlanketDetail {
            descriptions: self.some(1, Self::description),
            max_amount: self.maybe(Self::amount),
            min_amount: self.maybe(Self::amount),
            max_quantity: self.maybe(Self::number),
            min_quantity: self.maybe(Self::number),
            unit_price: self.maybe(Self::amount),
            unit: self.maybe(Self::text),
            classifications: self.some(0, Self::classification),
            extrinsics: self.extrinsics(),
        }
    }

    pub(super) fn item(&mut self, side: Side) -> Item {
        let out = matches!(side, Side::Out | Side::Blanket);
        let (quantity, id) = (self.quantity(), self.id());
        let detail = if side == Side::Blanket { None } else { Some(self.detail()) };
        let mut item = Item::new(quantity, id, detail);
        if side == Side::Blanket {
            item.blanket = Some(Box::new(self.blanket()));
        }
        if out {
            item.requisition_id = self.maybe(Self::text);
            item.requested_delivery = self.maybe(Self::stamp);
            item.agreement_item_number = self.maybe(Self::text);
            item.agreement_id = self.maybe(Self::text);
            item.comments = self.comments();
        } else {
            item.comments = self.comment();
            item.extrinsics = self.extrinsics();
        }
        item.item_type = self.maybe(|dice| dice.one(&["composite", "item"]).to_owned());
        item.parent_line_number = self.maybe(Self::line);
        item.supplier = self.maybe(|dice| ("DUNS".to_owned(), dice.text()));
        item.ship_to = self.maybe(|dice| Box::new(dice.address()));
        item.shipping = self.maybe(|dice| Box::new(dice.shipping()));
        item.tax = self.maybe(|dice| Box::new(dice.tax()));
        item.distributions = self.distributions();
        item.contacts = self.some(0, Self::contact);
        item
    }

    pub(super) fn items(&mut self, least: usize, side: Side) -> Vec<Item> {
        let mut items = self.some(least, |dice| dice.item(side));
        items.iter_mut().zip(1..).for_each(|(item, line)| item.line_number = Some(line));
        items
    }

    pub(super) fn order(&mut self) -> OrderReference {
        match self.below(2) {
            0 => OrderReference::new(self.text(), self.text()),
            _ => OrderReference {
                order_id: Some(self.text()),
                order_date: self.maybe(Self::stamp),
                payload_id: None,
            },
        }
    }

    pub(super) fn known_order(&mut self) -> OrderReference {
        OrderReference {
            order_date: self.maybe(Self::stamp),
            ..OrderReference::new(self.text(), self.text())
        }
    }
}

//! Carts and the line that goes from the cart into the requisition and the order.
//!
//! A line is priced once, from the catalogue, when it is put in or its quantity changes; the buyer
//! never names a price. A cart that was handed in or returned is never edited again.

use std::collections::{BTreeMap, VecDeque};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

mod paste;

pub use paste::{PasteFault, Pasted, Typed, Wanted, paste};

use crate::base::{
    id::{CartId, CartLineId, ItemId, OrganisationId, PersonId, PunchoutSessionId, SupplierId},
    money::{Currency, Money, MoneyFault, UnitPrice},
    quantity::Quantity,
    time::Time,
    words::words,
};

use super::{catalogue::Item, price::PriceList, refusal::Refusal};

/// Lines a cart may have: what the procurement systems of our partners take in one document.
pub const MAX_LINES: usize = 5_000;
/// The largest quantity of one line: seven digits, as no catalogue sells ten million of a thing.
pub const MAX_QUANTITY: Decimal = Decimal::from_parts(9_999_999, 0, 0, false, 0);
/// Places after the point of a quantity: OCI's NEW_ITEM-QUANTITY holds three.
pub const QUANTITY_PLACES: u32 = 3;

words! {
    /// Where a cart stands. Only an open cart can be edited.
    CartState {
        Open = "open",
        Submitted = "submitted",
        Returned = "returned",
        Cancelled = "cancelled",
    }
}

impl CartState {
    /// The refusal when the cart can no longer be edited.
    pub fn need_open(self) -> Result<(), Refusal> {
        let (code, what) = match self {
            Self::Open => return Ok(()),
            Self::Submitted => ("cart-submitted", "handed in"),
            Self::Returned => ("cart-returned", "returned"),
            Self::Cancelled => ("cart-cancelled", "cancelled"),
        };
        let message = format!("This cart was {what} and cannot be changed any more.");
        Err(Refusal::conflict(code, message).got(self.word()).expected("open").mend(match self {
            Self::Submitted => "Change the requisition instead, or begin a new cart.",
            Self::Returned => "Start a new visit from the procurement system.",
            _ => "Begin a new cart.",
        }))
    }
}

/// A cart of one person, in one currency; inside a punchout session it belongs to that session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cart {
    pub id: CartId,
    pub organisation: OrganisationId,
    pub person: PersonId,
    pub punchout_session: Option<PunchoutSessionId>,
    pub currency: Currency,
    pub state: CartState,
    pub created_at: Time,
    pub updated_at: Time,
    pub returned_at: Option<Time>,
    pub version: i64,
}

/// What is bought on one line: the same in cart, requisition and order, priced once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    /// `None` for a line of no catalogue: a supplier's own shop sent it as it is.
    pub item: Option<ItemId>,
    pub supplier: SupplierId,
    /// cXML SupplierPartID, OCI VENDORMAT.
    pub sku: String,
    /// cXML SupplierPartAuxiliaryID, echoed byte for byte.
    pub aux_id: String,
    pub description: String,
    pub quantity: Quantity,
    /// The unit of measure as the catalogue writes it.
    pub unit: String,
    pub price: UnitPrice,
    /// Quantity times price, rounded once to the minor unit.
    pub total: Money,
    pub unspsc: String,
    pub manufacturer: String,
    pub manufacturer_sku: String,
    pub lead_time_days: Option<i64>,
}

impl Goods {
    /// `quantity` of an item at the price that holds for it.
    pub fn priced(item: &Item, list: &PriceList, quantity: Quantity) -> Result<Self, Refusal> {
        if item.withdrawn_at.is_some() {
            return Err(not_sold(&item.sku));
        }
        if item.at_site {
            return Err(chosen_at_site(&item.sku));
        }
        let price = list.need(quantity)?.price;
        let total = price.times(quantity).map_err(|fault| {
            Refusal::invalid("amount-not-exact", format!("The line has no exact total: {fault}."))
                .field("quantity")
                .got(quantity.to_string())
                .mend("Order a smaller quantity.")
        })?;
        Ok(Self {
            item: Some(item.id),
            supplier: item.supplier,
            sku: item.sku.clone(),
            aux_id: item.aux_id.clone(),
            description: item.name.clone(),
            quantity,
            unit: item.unit.clone(),
            price,
            total,
            unspsc: item.unspsc.clone(),
            manufacturer: item.manufacturer.clone(),
            manufacturer_sku: item.manufacturer_sku.clone(),
            lead_time_days: item.lead_time_days,
        })
    }

    /// Whether both are the same article of the same supplier, whatever the quantity.
    pub fn same_article(&self, other: &Self) -> bool {
        self.supplier == other.supplier && self.sku == other.sku && self.aux_id == other.aux_id
    }

    /// What the line's total must be.
    pub fn computed_total(&self) -> Result<Money, MoneyFault> {
        self.price.times(self.quantity)
    }
}

/// A line of a cart; its id stays through edits and returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartLine {
    pub id: CartLineId,
    /// From 1, in the order shown.
    pub position: i64,
    pub goods: Goods,
}

/// One segment of an accounting distribution, as a procurement system sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub name: String,
    pub value: String,
}

/// The sum of the lines' totals.
pub fn total<'g>(
    goods: impl IntoIterator<Item = &'g Goods>,
    currency: Currency,
) -> Result<Money, MoneyFault> {
    Money::sum(goods.into_iter().map(|goods| goods.total), currency)
}

/// Reads a quantity as a person or program wrote it: above zero, bounded, at most three places.
pub fn read_quantity(text: &str) -> Result<Quantity, Refusal> {
    let refusal = |expected: String| {
        Refusal::invalid("bad-quantity", "This is not a quantity that can be ordered.")
            .field("quantity")
            .got(crate::base::text::shorten(text, 40))
            .expected(expected)
    };
    let quantity = Quantity::parse(text.trim()).map_err(|_| {
        refusal("a number above zero with a point as decimal mark, such as 2 or 2.5".to_owned())
    })?;
    check_quantity(quantity).map_err(refusal)?;
    Ok(quantity)
}

/// The bounds of a line's quantity; the fault is what was expected.
pub fn check_quantity(quantity: Quantity) -> Result<(), String> {
    if quantity.value() > MAX_QUANTITY {
        return Err(format!("at most {MAX_QUANTITY}"));
    }
    if quantity.value().normalize().scale() > QUANTITY_PLACES {
        return Err(format!("at most {QUANTITY_PLACES} places after the point"));
    }
    Ok(())
}

/// An article that cannot be bought, in the same words whether it is unknown, withdrawn or without
/// a price for this buyer: which of them is not the buyer's to know.
pub fn not_sold(sku: &str) -> Refusal {
    Refusal::invalid("unknown-sku", "This article is not offered.")
        .field("sku")
        .got(crate::base::text::shorten(sku, 60))
        .expected("the number of an article offered by this supplier")
        .mend("Search the catalogue for it.")
}

/// The refusal of an article that is only sold by way of the supplier's own shop.
fn chosen_at_site(sku: &str) -> Refusal {
    Refusal::conflict("chosen-at-site", "This article is chosen in the supplier's own shop.")
        .field("sku")
        .got(crate::base::text::shorten(sku, 60))
        .expected("an article that is sold from the catalogue")
        .mend("Open it in the supplier's shop; its cart comes back here.")
}

/// Refuses a cart with more lines than it may have.
pub fn check_count(lines: usize) -> Result<(), Refusal> {
    if lines <= MAX_LINES {
        return Ok(());
    }
    Err(Refusal::invalid("too-many-lines", "The cart has too many lines.")
        .field("lines")
        .got(lines.to_string())
        .expected(format!("at most {MAX_LINES}"))
        .mend("Split it into several carts."))
}

/// The lines of a cart after an edit: an article that stood in it before keeps its line's id, so
/// that a procurement system recognises the line; others get a fresh one.
pub fn relined(
    before: &[CartLine],
    goods: Vec<Goods>,
    mut fresh: impl FnMut() -> CartLineId,
) -> Vec<CartLine> {
    // A queue per article: one article may stand on several lines.
    let article = |goods: &Goods| {
        let (sku, aux) = (goods.sku.clone(), goods.aux_id.clone());
        (goods.supplier, sku, aux, goods.item.is_none())
    };
    let mut known: BTreeMap<_, VecDeque<CartLineId>> = BTreeMap::new();
    for line in before {
        known.entry(article(&line.goods)).or_default().push_back(line.id);
    }
    let mut lines = Vec::with_capacity(goods.len());
    for (position, goods) in (1..).zip(goods) {
        let kept = known.get_mut(&article(&goods)).and_then(VecDeque::pop_front);
        lines.push(CartLine { id: kept.unwrap_or_else(&mut fresh), position, goods });
    }
    lines
}

#[cfg(test)]
mod tests;

//! Carts and the line that goes from the cart into the requisition and the order.

use serde::{Deserialize, Serialize};

use crate::base::{
    id::{CartId, CartLineId, ItemId, OrganisationId, PersonId, PunchoutSessionId, SupplierId},
    money::{Currency, Money, MoneyFault, UnitPrice},
    quantity::Quantity,
    time::Time,
    words::words,
};

words! {
    /// Where a cart stands. Only an open cart can be edited.
    CartState {
        Open = "open",
        Submitted = "submitted",
        Returned = "returned",
        Cancelled = "cancelled",
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
    /// `None` for a line that no longer stands in the catalogue.
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

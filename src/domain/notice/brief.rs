//! What a notice says of a requisition, an order and its lines.

use crate::base::{
    id::{CartId, OrderId, RequisitionId},
    money::Money,
    words::words,
};

/// A requisition as a letter speaks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequisitionBrief {
    pub id: RequisitionId,
    /// The human number, such as `REQ-2026-000042`.
    pub number: String,
    /// The requester's name.
    pub requester: String,
    pub total: Money,
    /// The short name of the cost centre.
    pub cost_center: String,
}

/// An order as a letter speaks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBrief {
    pub id: OrderId,
    /// The human number, such as `PO-2026-000123`.
    pub number: String,
    /// The supplier's name.
    pub supplier: String,
    pub total: Money,
}

/// One line of a cart, short: what an approver has to see in the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineBrief {
    /// Quantity and unit: `5 EA`.
    pub quantity: String,
    pub description: String,
    pub total: Money,
}

/// What follows the last signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterApproval {
    /// Orders go to the suppliers at once: their numbers.
    Ordered(Vec<String>),
    /// The cart waits for its owner to press **Transfer cart**.
    Transfer(CartId),
    /// The order of the procurement system goes on to the suppliers.
    Forwarded,
}

words! {
    /// What those hear who are told and not asked.
    News {
        HandedIn = "handed-in",
        Approved = "approved",
        Rejected = "rejected",
        Expired = "expired",
    }
}

/// The sending of a document that has trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryTrouble {
    pub order: OrderBrief,
    /// How it is sent: `cxml`, `email`.
    pub channel: String,
    pub attempts: u32,
    /// What the last attempt came to, in plain words.
    pub reason: String,
}

//! Purchase orders: one per supplier, issued by the last approval, and where they stand.

use rust_decimal::Decimal;

use crate::base::{
    id::{
        DocumentId, OrderId, OrderLineId, OrganisationId, RequisitionId, RequisitionLineId,
        SupplierId,
    },
    money::{Currency, Money},
    time::{Day, Time},
    words::words,
};

use super::{cart::Goods, party::PostalAddress};

words! {
    /// Where an order stands.
    OrderState {
        Issued = "issued",
        Sent = "sent",
        Confirmed = "confirmed",
        PartlyConfirmed = "partly_confirmed",
        Rejected = "rejected",
        PartlyShipped = "partly_shipped",
        Shipped = "shipped",
        PartlyReceived = "partly_received",
        Received = "received",
        Closed = "closed",
        Cancelled = "cancelled",
    }
}

/// A purchase order, without its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub id: OrderId,
    /// Gapless per organisation: `PO-2026-000123`.
    pub number: String,
    pub organisation: OrganisationId,
    pub supplier: SupplierId,
    pub requisition: RequisitionId,
    /// The procurement system's orderID stays beside our number.
    pub buyer_order_id: Option<String>,
    pub cost_center_code: String,
    pub ship_to: PostalAddress,
    pub bill_to: PostalAddress,
    pub needed_on: Option<Day>,
    pub comment: String,
    pub currency: Currency,
    pub total: Money,
    pub state: OrderState,
    /// Of this order's part of the signed content.
    pub content_hash: String,
    /// The requisition's content hash that was signed.
    pub signed_hash: String,
    /// The payloadID of its OrderRequest, for life.
    pub payload_id: String,
    /// The frozen OrderRequest.
    pub document: DocumentId,
    pub issued_at: Time,
    pub version: i64,
}

/// A line of an order with what happened to it so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    pub id: OrderLineId,
    /// From 1, the lineNumber of the documents.
    pub line_number: i64,
    pub requisition_line: RequisitionLineId,
    pub goods: Goods,
    pub progress: Progress,
}

/// Quantities of a line by what happened to them; each between zero and the ordered quantity,
/// unless a supplier ships or invoices more than was ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    pub confirmed: Decimal,
    pub backordered: Decimal,
    pub rejected: Decimal,
    pub shipped: Decimal,
    pub received: Decimal,
    pub invoiced: Decimal,
}

//! Purchase orders: one per supplier, issued by the last approval, and where they stand.

use rust_decimal::Decimal;

use crate::base::{
    id::{DocumentId, OrderId, OrganisationId, RequisitionId, SupplierId},
    money::{Currency, Money},
    time::{Day, Time},
    words::words,
};

use super::{party::PostalAddress, refusal::Refusal};

mod line;

pub use line::{
    OrderLine, confirmed_move, line, not_too_fine, over_quantity, received_move, shipped_move,
};

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

words! {
    /// What can happen to an order as a whole.
    OrderMove {
        /// The supplier has the OrderRequest.
        Send = "send",
        ConfirmPart = "confirm_part",
        Confirm = "confirm",
        Reject = "reject",
        ShipPart = "ship_part",
        Ship = "ship",
        /// The supplier took back what it said was on its way; what else stands is then said anew.
        Unship = "unship",
        ReceivePart = "receive_part",
        Receive = "receive",
        /// Something that was received went back to the supplier.
        GiveBack = "give_back",
        /// Everything is received and invoiced.
        Close = "close",
        Cancel = "cancel",
    }
}

/// Every allowed move: from where, by what, to where. Drives buttons, API and documentation.
///
/// A supplier may answer before the worker has written down that the order arrived, ship without a
/// confirmation, and confirm what is shipped already; the buyer may receive what nobody announced.
/// The buyer may cancel, and change, until the supplier has answered.
pub const MOVES: &[(OrderState, OrderMove, OrderState)] = {
    use OrderMove as Move;
    use OrderState as State;
    &[
        (State::Issued, Move::Send, State::Sent),
        (State::Issued, Move::ConfirmPart, State::PartlyConfirmed),
        (State::Issued, Move::Confirm, State::Confirmed),
        (State::Issued, Move::Reject, State::Rejected),
        (State::Issued, Move::ShipPart, State::PartlyShipped),
        (State::Issued, Move::Ship, State::Shipped),
        (State::Issued, Move::ReceivePart, State::PartlyReceived),
        (State::Issued, Move::Receive, State::Received),
        (State::Issued, Move::Cancel, State::Cancelled),
        (State::Sent, Move::ConfirmPart, State::PartlyConfirmed),
        (State::Sent, Move::Confirm, State::Confirmed),
        (State::Sent, Move::Reject, State::Rejected),
        (State::Sent, Move::ShipPart, State::PartlyShipped),
        (State::Sent, Move::Ship, State::Shipped),
        (State::Sent, Move::ReceivePart, State::PartlyReceived),
        (State::Sent, Move::Receive, State::Received),
        (State::Sent, Move::Cancel, State::Cancelled),
        (State::PartlyConfirmed, Move::ConfirmPart, State::PartlyConfirmed),
        (State::PartlyConfirmed, Move::Confirm, State::Confirmed),
        (State::PartlyConfirmed, Move::Reject, State::Rejected),
        (State::PartlyConfirmed, Move::ShipPart, State::PartlyShipped),
        (State::PartlyConfirmed, Move::Ship, State::Shipped),
        (State::PartlyConfirmed, Move::ReceivePart, State::PartlyReceived),
        (State::PartlyConfirmed, Move::Receive, State::Received),
        (State::Confirmed, Move::ConfirmPart, State::PartlyConfirmed),
        (State::Confirmed, Move::Confirm, State::Confirmed),
        (State::Confirmed, Move::Reject, State::Rejected),
        (State::Confirmed, Move::ShipPart, State::PartlyShipped),
        (State::Confirmed, Move::Ship, State::Shipped),
        (State::Confirmed, Move::ReceivePart, State::PartlyReceived),
        (State::Confirmed, Move::Receive, State::Received),
        (State::PartlyShipped, Move::ConfirmPart, State::PartlyShipped),
        (State::PartlyShipped, Move::Confirm, State::PartlyShipped),
        (State::PartlyShipped, Move::ShipPart, State::PartlyShipped),
        (State::PartlyShipped, Move::Ship, State::Shipped),
        (State::PartlyShipped, Move::ReceivePart, State::PartlyReceived),
        (State::PartlyShipped, Move::Receive, State::Received),
        (State::Shipped, Move::ConfirmPart, State::Shipped),
        (State::Shipped, Move::Confirm, State::Shipped),
        (State::Shipped, Move::ShipPart, State::PartlyShipped),
        (State::Shipped, Move::Ship, State::Shipped),
        (State::Shipped, Move::ReceivePart, State::PartlyReceived),
        (State::Shipped, Move::Receive, State::Received),
        (State::PartlyReceived, Move::ConfirmPart, State::PartlyReceived),
        (State::PartlyReceived, Move::Confirm, State::PartlyReceived),
        (State::PartlyReceived, Move::ShipPart, State::PartlyReceived),
        (State::PartlyReceived, Move::Ship, State::PartlyReceived),
        (State::PartlyReceived, Move::ReceivePart, State::PartlyReceived),
        (State::PartlyReceived, Move::Receive, State::Received),
        (State::PartlyReceived, Move::GiveBack, State::PartlyReceived),
        (State::Received, Move::GiveBack, State::PartlyReceived),
        (State::PartlyShipped, Move::Unship, State::Sent),
        (State::Shipped, Move::Unship, State::Sent),
        (State::PartlyReceived, Move::Unship, State::PartlyReceived),
        (State::Received, Move::Unship, State::Received),
        (State::Received, Move::Close, State::Closed),
    ]
};

impl OrderState {
    /// The state after the move, when the move is allowed.
    pub fn after(self, by: OrderMove) -> Option<Self> {
        MOVES.iter().find(|(from, with, _)| *from == self && *with == by).map(|(_, _, to)| *to)
    }

    /// As [`OrderState::after`], or the refusal that names the state.
    pub fn moved(self, by: OrderMove) -> Result<Self, Refusal> {
        self.after(by).ok_or_else(|| {
            let (state, wanted) = (self.word().replace('_', " "), by.word().replace('_', " "));
            Refusal::conflict("order-state", format!("An order that is {state} takes no {wanted}."))
                .field("order")
                .got(self.word())
        })
    }

    /// Closed, when everything is received and invoiced, whichever came last.
    pub fn closed_by(self, lines: &[OrderLine]) -> Option<Self> {
        let done = |line: &OrderLine| line.progress.invoiced >= line.wanted();
        if lines.iter().all(done) { self.after(OrderMove::Close) } else { None }
    }

    /// Nothing can happen to it any more.
    pub fn has_ended(self) -> bool {
        MOVES.iter().all(|(from, _, _)| *from != self)
    }

    /// Whether one of the moves is allowed; for buttons.
    pub fn takes(self, any: &[OrderMove]) -> bool {
        any.iter().any(|by| self.after(*by).is_some())
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
    /// 1, and one more with every change or cancellation: the orderVersion of the documents.
    pub revision: i64,
    pub version: i64,
}

/// How another party names an order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reference {
    /// The payloadID of the OrderRequest; the surest name.
    pub payload_id: Option<String>,
    /// Its orderID: our number, or the procurement system's.
    pub number: Option<String>,
}

words! {
    /// By which way the supplier said something.
    Source {
        Cxml = "cxml",
        Desk = "desk",
    }
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

#[cfg(test)]
pub(crate) mod tests;

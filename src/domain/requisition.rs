//! Requisitions: carts handed in for sign-off, their states and the content that is signed.

use crate::base::{
    id::{
        CartId, CostCenterId, OrganisationId, PersonId, PunchoutSessionId, RequisitionId,
        RequisitionLineId,
    },
    money::{Currency, Money},
    time::{Day, Time},
    words::words,
};

use super::{
    cart::{Account, Goods},
    party::{Checkout, PostalAddress},
};

mod content;
pub mod edit;
mod extras;

pub use content::{content_hash, order_part_hash};
pub use extras::{Added, Extras, Extrinsic, Said};

words! {
    /// Where a requisition stands.
    RequisitionState {
        Draft = "draft",
        Pending = "pending",
        Approved = "approved",
        Rejected = "rejected",
        Withdrawn = "withdrawn",
        Expired = "expired",
        Ordered = "ordered",
    }
}

words! {
    /// What can happen to a requisition.
    RequisitionMove {
        Submit = "submit",
        Change = "change",
        Approve = "approve",
        Reject = "reject",
        Withdraw = "withdraw",
        Expire = "expire",
        Order = "order",
    }
}

/// Every allowed move: from where, by what, to where. Drives buttons, API and documentation.
pub const MOVES: &[(RequisitionState, RequisitionMove, RequisitionState)] = {
    use RequisitionMove as Move;
    use RequisitionState as State;
    &[
        (State::Draft, Move::Submit, State::Pending),
        (State::Pending, Move::Change, State::Pending),
        (State::Pending, Move::Approve, State::Approved),
        (State::Pending, Move::Reject, State::Rejected),
        (State::Pending, Move::Withdraw, State::Withdrawn),
        (State::Pending, Move::Expire, State::Expired),
        (State::Approved, Move::Order, State::Ordered),
    ]
};

impl RequisitionState {
    /// The state after the move, when the move is allowed.
    pub fn after(self, by: RequisitionMove) -> Option<Self> {
        MOVES.iter().find(|(from, with, _)| *from == self && *with == by).map(|(_, _, to)| *to)
    }
}

words! {
    /// How the requisition came in.
    RequisitionSource {
        Cart = "cart",
        IncomingOrder = "incoming_order",
    }
}

/// A requisition, without its lines and steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requisition {
    pub id: RequisitionId,
    /// Gapless per organisation: `REQ-2026-000123`.
    pub number: String,
    pub organisation: OrganisationId,
    pub requester: PersonId,
    pub cart: Option<CartId>,
    pub punchout_session: Option<PunchoutSessionId>,
    pub source: RequisitionSource,
    /// The organisation's checkout setting when it was handed in.
    pub checkout: Checkout,
    /// Journey 1: the procurement system's orderID and the payloadID of its OrderRequest.
    pub buyer_order_id: Option<String>,
    pub buyer_payload_id: Option<String>,
    pub cost_center: Option<CostCenterId>,
    /// The cost centre's code, as signed.
    pub cost_center_code: String,
    pub ship_to: PostalAddress,
    pub bill_to: PostalAddress,
    pub needed_on: Option<Day>,
    pub comment: String,
    /// What the rules may ask about beside the lines.
    pub extras: Extras,
    pub currency: Currency,
    pub total: Money,
    pub state: RequisitionState,
    /// Counts edits while pending; each round has its own plan.
    pub round: i64,
    pub content_hash: String,
    pub approval_version: i64,
    pub limits_version: i64,
    /// Why nobody is asked, when nobody is.
    pub because: String,
    /// What was flagged on arrival: price differences of an incoming order.
    pub flags: Vec<Flag>,
    pub submitted_at: Time,
    pub decided_at: Option<Time>,
    pub reject_reason: Option<String>,
    /// Journey 2: when the cart was returned as pending and as final.
    pub returned_pending_at: Option<Time>,
    pub returned_final_at: Option<Time>,
    pub version: i64,
}

impl Requisition {
    /// What is said of a line beside goods and accounts, for who signs it.
    pub fn said_of(&self, line: &RequisitionLine) -> Vec<Said> {
        let buyer = &line.buyer;
        let comment = Some(&buyer.comment).filter(|text| !text.trim().is_empty());
        let day = buyer.needed_on.map(|day| ("Needed on".to_owned(), day.to_string()));
        let comment = comment.map(|text| ("Comment".to_owned(), text.clone()));
        let position = u32::try_from(line.position).unwrap_or(u32::MAX);
        comment.into_iter().chain(day).chain(self.extras.said_of(position)).collect()
    }
}

/// Something about an incoming order that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Flag {
    /// The line number, from 1.
    pub line: u32,
    pub field: String,
    pub expected: String,
    pub got: String,
    pub tolerance: String,
}

impl Flag {
    /// The flag as a sentence for whoever decides.
    pub fn sentence(&self) -> String {
        let Self { line, field, expected, got, tolerance } = self;
        match tolerance.as_str() {
            "" => format!("Line {line}: {field} {got}; expected {expected}."),
            _ => format!(
                "Line {line}: {field} was {expected} in the returned cart and is {got} in the \
                 order (tolerance {tolerance})."
            ),
        }
    }
}

/// A line of a requisition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequisitionLine {
    pub id: RequisitionLineId,
    /// From 1.
    pub position: i64,
    pub goods: Goods,
    pub accounts: Vec<Account>,
    /// SHA-256 of each file attached to the line, as hexadecimal.
    pub attachments: Vec<String>,
    pub buyer: BuyerLine,
}

impl RequisitionLine {
    /// The number by which the procurement system speaks of the line.
    pub fn buyer_number(&self) -> i64 {
        self.buyer.number.unwrap_or(self.position)
    }
}

/// What a procurement system's order says of a line beside its goods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuyerLine {
    /// Its lineNumber; lines may come in any order and with gaps.
    pub number: Option<i64>,
    /// Read by the supplier, as the day is.
    pub comment: String,
    pub needed_on: Option<Day>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_meets_every_move_and_only_listed_ones_pass() {
        for from in RequisitionState::ALL {
            for by in RequisitionMove::ALL {
                let listed = MOVES.iter().filter(|(f, m, _)| f == from && m == by).count();
                assert!(listed <= 1, "{from} {by} is ambiguous");
                assert_eq!(from.after(*by).is_some(), listed == 1);
            }
        }
        let ended = [
            RequisitionState::Rejected,
            RequisitionState::Withdrawn,
            RequisitionState::Expired,
            RequisitionState::Ordered,
        ];
        for state in ended {
            assert!(RequisitionMove::ALL.iter().all(|by| state.after(*by).is_none()), "{state}");
        }
    }
}

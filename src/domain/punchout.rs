//! Visits from a procurement system: what a session is, how it moves, when its start link works.
//!
//! A session keeps what the way back needs (cookie, address, identities) exactly as it came. It
//! never holds a secret; the start link's token is kept as its hash.

use serde::{Deserialize, Serialize};

use crate::base::{
    id::{CartId, DocumentId, ItemId, OrganisationId, PartnerId, PersonId, PunchoutSessionId},
    time::{HOUR_MS, MINUTE_MS, Time},
    words::words,
};

use super::{
    party::{Checkout, Identity},
    refusal::Refusal,
};

/// How long a start link works.
pub const START_MS: i64 = 15 * MINUTE_MS;
/// How long after the first visit a browser without cookies may go on by the address.
pub const HOP_MS: i64 = MINUTE_MS;
/// How long a cart may be returned by the browser after its session began.
pub const RETURN_MS: i64 = 60 * 24 * HOUR_MS;

words! {
    /// The language a procurement system speaks.
    Protocol {
        Cxml = "cxml",
        Oci = "oci",
    }
}

words! {
    /// What the shopper may do; cXML's words.
    Operation {
        Create = "create",
        Edit = "edit",
        Inspect = "inspect",
        Source = "source",
    }
}

words! {
    /// Where a session stands.
    SessionState {
        /// The start link was given out.
        Issued = "issued",
        Open = "open",
        /// A cart, or an empty one after a submission, was frozen for the way back.
        Returned = "returned",
        Cancelled = "cancelled",
        Expired = "expired",
    }
}

words! {
    /// What can happen to a session.
    SessionMove {
        Open = "open",
        Return = "return",
        Cancel = "cancel",
        Expire = "expire",
    }
}

/// Every allowed move. A session that returned a cart may return one again: first as pending, then
/// as final.
pub const MOVES: &[(SessionState, SessionMove, SessionState)] = {
    use SessionMove as Move;
    use SessionState as State;
    &[
        (State::Issued, Move::Open, State::Open),
        (State::Issued, Move::Expire, State::Expired),
        (State::Open, Move::Return, State::Returned),
        (State::Open, Move::Cancel, State::Cancelled),
        (State::Returned, Move::Return, State::Returned),
    ]
};

impl SessionState {
    /// The state after the move, or the refusal that names both.
    pub fn after(self, by: SessionMove) -> Result<Self, Refusal> {
        let found = MOVES.iter().find(|(from, with, _)| *from == self && *with == by);
        found.map(|(_, _, to)| *to).ok_or_else(|| {
            Refusal::conflict("session-over", "This visit is over.")
                .got(self.word())
                .mend("Start again from your procurement system.")
        })
    }
}

/// Who speaks to whom on the way back, and what the call asked for beyond the usual.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wire {
    /// The buyer's From: the To of the returned cart.
    pub buyer: Identity,
    /// The To it named, or ours: the From of the returned cart.
    pub us: Identity,
    /// The document was marked as a test.
    pub test: bool,
    /// What to search for on arrival (OCI SOURCING).
    pub search: Option<String>,
    /// Parts of the cart that was sent along which cannot be bought now; the shopper is told.
    pub missing: Vec<String>,
    /// Fields of the returned lines that the OCI call fixed beforehand; none of what was priced.
    #[serde(default)]
    pub preset: Vec<(String, String)>,
}

/// A visit from a procurement system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PunchoutSession {
    pub id: PunchoutSessionId,
    pub organisation: OrganisationId,
    pub partner: PartnerId,
    pub person: PersonId,
    pub protocol: Protocol,
    pub operation: Operation,
    pub state: SessionState,
    /// cXML BuyerCookie, to the byte; never a key of ours.
    pub buyer_cookie: String,
    /// BrowserFormPost or HOOK_URL as it came; empty when none was given.
    pub return_url: String,
    /// The form's `target`; empty for the same window.
    pub return_target: String,
    /// Label of the charset of the return form.
    pub charset: String,
    /// Parameters that travel back as they came.
    pub echo: Vec<(String, String)>,
    pub wire: Wire,
    /// The item whose page opens first.
    pub selected_item: Option<ItemId>,
    /// SHA-256 of the start link's token.
    pub start_hash: String,
    pub start_expires_at: Time,
    pub started_at: Option<Time>,
    /// When the browser without cookies went on by the address.
    pub path_at: Option<Time>,
    /// When the browser came back with its cookie: nobody goes on by the address any more.
    pub cookie_at: Option<Time>,
    /// The cart last returned.
    pub cart: Option<CartId>,
    /// What was last frozen for the way back.
    pub return_document: Option<DocumentId>,
    pub created_at: Time,
    pub returned_at: Option<Time>,
    pub version: i64,
}

impl PunchoutSession {
    /// Whether the start link still opens the session. Used, expired and forged links get the same
    /// answer, so that none can be told from the other.
    pub fn may_open(&self, now: Time) -> Result<(), Refusal> {
        if self.state == SessionState::Issued && now < self.start_expires_at {
            return Ok(());
        }
        Err(start_link_over())
    }

    /// Whether a browser that took no cookie may go on by the address: once, right after the start,
    /// and never when one came back with the cookie.
    pub fn may_go_by_path(&self, now: Time) -> Result<(), Refusal> {
        let fresh = self.started_at.is_some_and(|at| now.since(at) < HOP_MS);
        let unspent = self.path_at.is_none() && self.cookie_at.is_none();
        if self.state == SessionState::Open && unspent && fresh {
            return Ok(());
        }
        Err(start_link_over())
    }

    /// Whether the shopper only looks.
    pub fn is_read_only(&self) -> bool {
        self.operation == Operation::Inspect
    }

    /// Whether a cart of this organisation leaves without being signed off here first.
    pub fn leaves_at_once(checkout: Checkout) -> bool {
        checkout == Checkout::Transfer
    }

    /// Whether this protocol can carry a cart that is not final yet: OCI knows no pending.
    pub fn knows_pending(&self) -> bool {
        self.protocol == Protocol::Cxml
    }
}

/// The one answer to a start link that does not work.
pub fn start_link_over() -> Refusal {
    Refusal::forbidden(
        "start-link-over",
        "This start link does not work: it was used, is too old, or was not given out here.",
    )
    .mend("Start again from your procurement system.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(state: SessionState) -> PunchoutSession {
        let at = Time::from_millis(1_000_000);
        PunchoutSession {
            id: PunchoutSessionId::from_bits(1),
            organisation: OrganisationId::from_bits(1),
            partner: PartnerId::from_bits(1),
            person: PersonId::from_bits(1),
            protocol: Protocol::Cxml,
            operation: Operation::Create,
            state,
            buyer_cookie: String::new(),
            return_url: String::new(),
            return_target: String::new(),
            charset: "UTF-8".into(),
            echo: Vec::new(),
            wire: Wire {
                buyer: Identity::new("DUNS", "1"),
                us: Identity::new("DUNS", "2"),
                test: false,
                search: None,
                missing: Vec::new(),
                preset: Vec::new(),
            },
            selected_item: None,
            start_hash: String::new(),
            start_expires_at: at.plus_ms(START_MS),
            started_at: Some(at),
            path_at: None,
            cookie_at: None,
            cart: None,
            return_document: None,
            created_at: at,
            returned_at: None,
            version: 1,
        }
    }

    #[test]
    fn used_and_expired_links_get_the_same_answer() {
        let at = Time::from_millis(1_000_000);
        assert!(session(SessionState::Issued).may_open(at).is_ok());
        let expired = session(SessionState::Issued).may_open(at.plus_ms(START_MS));
        let used = session(SessionState::Open).may_open(at);
        assert!(expired.is_err());
        assert_eq!(expired, used);
    }

    #[test]
    fn going_on_by_the_address_works_once_and_only_at_once() {
        let at = Time::from_millis(1_000_000);
        let mut open = session(SessionState::Open);
        assert!(open.may_go_by_path(at.plus_ms(HOP_MS - 1)).is_ok());
        assert!(open.may_go_by_path(at.plus_ms(HOP_MS)).is_err());
        open.path_at = Some(at);
        assert!(open.may_go_by_path(at).is_err());
        open = PunchoutSession { cookie_at: Some(at), ..session(SessionState::Open) };
        assert!(open.may_go_by_path(at).is_err());
    }

    #[test]
    fn every_state_meets_every_move_and_only_listed_ones_pass() {
        for from in SessionState::ALL {
            for by in SessionMove::ALL {
                let listed = MOVES.iter().filter(|(f, m, _)| f == from && m == by).count();
                assert!(listed <= 1);
                assert_eq!(from.after(*by).is_ok(), listed == 1, "{from} {by}");
            }
        }
        assert!(SessionState::Cancelled.after(SessionMove::Return).is_err());
    }
}

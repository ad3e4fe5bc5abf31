//! Prefixed ids: a ULID behind a word that says what it names (`req_01J..`).
//!
//! The millisecond of birth comes first, so ids sort by age on every database and "newest first"
//! needs no other column.

use std::{fmt, hash, marker::PhantomData, str::FromStr};

use super::time::Time;

/// Where random bytes come from: the system's generator, or a seeded one in tests.
pub trait Entropy: Send + Sync {
    /// Fills the slice with bytes nobody can guess.
    fn fill(&self, bytes: &mut [u8]);
}

/// What an id names; the prefix is part of its text.
pub trait Kind: Copy + 'static {
    const PREFIX: &'static str;
}

/// An id of one kind. Ids of different kinds are different types and never mix.
pub struct Id<K> {
    ulid: u128,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Id<K> {
    /// A fresh id born at `now`, with 80 random bits.
    pub fn fresh(now: Time, entropy: &dyn Entropy) -> Self {
        let mut random = [0_u8; 16];
        entropy.fill(&mut random[6..]);
        let millis = u128::from(now.millis().unsigned_abs() & 0xFFFF_FFFF_FFFF);
        Self::from_bits((millis << 80) | u128::from_be_bytes(random))
    }

    /// The id whose 128 bits are these.
    pub const fn from_bits(ulid: u128) -> Self {
        Self { ulid, kind: PhantomData }
    }

    /// The 128 bits, for tokens that carry an id.
    pub const fn bits(self) -> u128 {
        self.ulid
    }
}

/// A text that is not an id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id like {prefix}_01J8.., got \"{got}\"")]
pub struct NotId {
    pub prefix: &'static str,
    pub got: String,
}

impl<K: Kind> FromStr for Id<K> {
    type Err = NotId;

    fn from_str(text: &str) -> Result<Self, NotId> {
        let fault = || NotId { prefix: K::PREFIX, got: super::text::shorten(text, 40) };
        let ulid = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .filter(|rest| !rest.bytes().any(|b| b.is_ascii_lowercase()))
            .ok_or_else(fault)?;
        ulid::Ulid::from_string(ulid).map(|ulid| Self::from_bits(ulid.0)).map_err(|_| fault())
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, ulid::Ulid(self.ulid))
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.ulid == other.ulid
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.ulid.cmp(&other.ulid)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.ulid.hash(state);
    }
}

impl<K: Kind> serde::Serialize for Id<K> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, K: Kind> serde::Deserialize<'de> for Id<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $alias:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub enum $kind {}
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $alias = Id<$kind>;
    )*};
}

kinds! {
    /// A buyer organisation.
    Organisation OrganisationId "org";
    /// A supplier.
    Supplier SupplierId "sup";
    /// A person who signs in, punches out or is asked to decide.
    Person PersonId "per";
    /// A connection to a procurement system or a supplier.
    Partner PartnerId "prt";
    /// A cost centre.
    CostCenter CostCenterId "cc";
    /// A budget of one cost centre for one period.
    Budget BudgetId "bud";
    /// One movement on a budget.
    BudgetEntry BudgetEntryId "bue";
    /// An address to ship or bill to.
    Address AddressId "adr";
    /// A catalogue item.
    Item ItemId "item";
    /// One price of an item, for everybody or for one organisation.
    Price PriceId "pri";
    /// A visit from a procurement system.
    PunchoutSession PunchoutSessionId "pos";
    /// A login, an API token or the browser side of a punchout session.
    Session SessionId "ses";
    /// A one-time link to set a password.
    Invite InviteId "ivt";
    /// A cart.
    Cart CartId "cart";
    /// A line of a cart; it keeps its id through edits and returns.
    CartLine CartLineId "cln";
    /// A cart handed in for sign-off.
    Requisition RequisitionId "req";
    /// A line of a requisition.
    RequisitionLine RequisitionLineId "rln";
    /// A supplier's own punchout site, as one organisation uses it.
    Site SiteId "site";
    /// A visit of one person to such a site.
    SiteVisit SiteVisitId "vst";
    /// One step of a plan.
    Step StepId "step";
    /// One step waiting for one person.
    Task TaskId "task";
    /// A dated stand-in.
    Delegation DelegationId "dlg";
    /// What an approver did to one line.
    LineEdit LineEditId "led";
    /// One sentence of a conversation about a requisition.
    Remark RemarkId "rem";
    /// A file that somebody attached to a requisition.
    File FileId "fil";
    /// Days on which a person is away.
    Absence AbsenceId "abs";
    /// One version of one kind of policy.
    PolicyVersion PolicyVersionId "plc";
    /// A purchase order.
    Order OrderId "po";
    /// A line of a purchase order.
    OrderLine OrderLineId "poln";
    /// What a supplier said about an order.
    Confirmation ConfirmationId "cnf";
    /// Goods on their way.
    Shipment ShipmentId "shp";
    /// Goods that arrived.
    Receipt ReceiptId "rcp";
    /// An invoice.
    Invoice InvoiceId "inv";
    /// Bytes that went over the wire, in or out.
    Document DocumentId "doc";
    /// The sending of one document.
    Delivery DeliveryId "dlv";
    /// An address that is told of events.
    Webhook WebhookId "whk";
    /// Something that happened, as other systems are told of it.
    Event EventId "evt";
    /// One event on its way to one address.
    WebhookEvent WebhookEventId "whe";
    /// One exchange with a partner in which something went wrong.
    Exchange ExchangeId "exc";
    /// A mail to one person.
    Letter LetterId "ltr";
    /// A trial of a partner's system by the conformance suite.
    Trial TrialId "trl";
    /// A signed report of such a trial.
    Report ReportId "rep";
    /// One entry of the audit chain.
    AuditEntry AuditEntryId "aud";
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.iter_mut().zip(1..).for_each(|(byte, n)| *byte = n);
        }
    }

    #[test]
    fn ids_read_back_and_keep_their_kind() {
        let id = RequisitionId::fresh(Time::from_millis(1_700_000_000_000), &Counting);
        let text = id.to_string();
        assert!(text.starts_with("req_01HF"), "{text}");
        assert_eq!(text.parse::<RequisitionId>(), Ok(id));
        assert!(text.parse::<TaskId>().is_err());
        assert!(text.to_lowercase().parse::<RequisitionId>().is_err());
        assert!("req_".parse::<RequisitionId>().is_err());
    }

    #[test]
    fn later_ids_sort_later() {
        let at = |ms| OrderId::fresh(Time::from_millis(ms), &Counting);
        assert!(at(2) > at(1));
        assert!(at(2_000).to_string() > at(1_999).to_string());
    }
}

//! What people are told, as data: one [`Notice`] for one reader.
//!
//! Which fact tells whom is decided in `app`; the words are chosen in `exchange::letter`. A notice
//! carries no live token: it names what its link leads to ([`Link`]), and the sender makes the
//! address when the letter leaves. It must never carry a secret.

use std::{fmt, str::FromStr};

use super::approval::Ring;
use crate::base::{
    id::{CartId, ExchangeId, InviteId, InvoiceId, NotId, OrderId, RequisitionId, TaskId},
    money::Money,
    time::{Day, Time},
};

mod brief;

pub use brief::{AfterApproval, DeliveryTrouble, LineBrief, News, OrderBrief, RequisitionBrief};

/// The language of a reader; what is not known is English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    #[default]
    English,
    German,
    French,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::French];

    /// The language of a tag such as `de`, `de-AT`, `DE_ch`; English when it is none of ours.
    pub fn of_tag(tag: &str) -> Self {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
            .unwrap_or_default()
    }

    /// The tag for `lang` attributes.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
        }
    }
}

/// What the link of a letter leads to. Its text (`decide task_01J..`) is what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Link {
    /// The page to decide one task, behind a token made when the letter is sent.
    Decide(TaskId),
    /// The page to set a password, behind a token made when the letter is sent.
    SetPassword(InviteId),
    Requisition(RequisitionId),
    /// An approved cart that its owner can now transfer.
    Cart(CartId),
    Order(OrderId),
    Invoice(InvoiceId),
    Exchange(ExchangeId),
    /// Where the reader begins.
    Home,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decide(id) => write!(f, "decide {id}"),
            Self::SetPassword(id) => write!(f, "set-password {id}"),
            Self::Requisition(id) => write!(f, "requisition {id}"),
            Self::Cart(id) => write!(f, "cart {id}"),
            Self::Order(id) => write!(f, "order {id}"),
            Self::Invoice(id) => write!(f, "invoice {id}"),
            Self::Exchange(id) => write!(f, "exchange {id}"),
            Self::Home => f.write_str("home"),
        }
    }
}

impl FromStr for Link {
    type Err = NotId;

    fn from_str(text: &str) -> Result<Self, NotId> {
        match text.split_once(' ').unwrap_or((text, "")) {
            ("decide", id) => id.parse().map(Self::Decide),
            ("set-password", id) => id.parse().map(Self::SetPassword),
            ("requisition", id) => id.parse().map(Self::Requisition),
            ("cart", id) => id.parse().map(Self::Cart),
            ("order", id) => id.parse().map(Self::Order),
            ("invoice", id) => id.parse().map(Self::Invoice),
            ("exchange", id) => id.parse().map(Self::Exchange),
            ("home", "") => Ok(Self::Home),
            (other, _) => Err(NotId { prefix: "link", got: other.to_owned() }),
        }
    }
}

/// One thing that one person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// It is this reader's turn to decide.
    TaskOpened {
        task: TaskId,
        /// Nothing in the first letter about a task; else which timer rang.
        letter: Option<Ring>,
        requisition: RequisitionBrief,
        /// Why this reader is asked: the rule's own words.
        because: String,
        lines: Vec<LineBrief>,
        /// What is left of the budget after this requisition, when there is one.
        budget_left: Option<Money>,
        due_at: Option<Time>,
        /// The person for whom the reader stands in.
        on_behalf_of: Option<String>,
        comment: Option<String>,
    },
    RequisitionApproved {
        requisition: RequisitionBrief,
        then: AfterApproval,
    },
    RequisitionRejected {
        requisition: RequisitionBrief,
        by: String,
        reason: String,
    },
    /// Somebody asked or said something about a requisition.
    Remark {
        requisition: RequisitionBrief,
        by: String,
        text: String,
        question: bool,
    },
    /// A rule names the reader as one who is told and not asked.
    Watched {
        requisition: RequisitionBrief,
        news: News,
        /// Why this reader is told: the rule's own words.
        because: String,
        /// Of a rejection; else empty.
        reason: String,
    },
    /// Nobody decided in time.
    RequisitionExpired {
        requisition: RequisitionBrief,
    },
    OrderIssued {
        order: OrderBrief,
    },
    OrderRejectedBySupplier {
        order: OrderBrief,
        reason: String,
    },
    OrderShipped {
        order: OrderBrief,
        carrier: Option<String>,
        tracking: Option<String>,
        expected_on: Option<Day>,
    },
    InvoiceDifference {
        invoice: InvoiceId,
        /// The supplier's number of the invoice.
        number: String,
        supplier: String,
        total: Money,
        /// Each difference in one plain line.
        differences: Vec<String>,
    },
    Invite {
        invite: InviteId,
        organisation: String,
        invited_by: Option<String>,
        valid_hours: u32,
    },
    PasswordReset {
        invite: InviteId,
        valid_hours: u32,
    },
    /// A document is late and still being tried.
    DeliveryLate {
        trouble: DeliveryTrouble,
        next_at: Time,
    },
    /// Nobody tries any more.
    DeliveryFailed {
        trouble: DeliveryTrouble,
    },
    /// What was gathered for the reader since the last letter, each by its subject.
    Digest {
        /// What waits for the reader's decision.
        requests: Vec<String>,
        news: Vec<String>,
    },
    /// A document was rejected, or one of ours was; said to admins.
    ExchangeFailed {
        exchange: ExchangeId,
        /// The connection's name.
        partner: String,
        /// What it was: `OrderRequest`.
        document: String,
        /// The cause in plain words.
        because: String,
    },
}

impl Notice {
    /// The kebab-case word of the kind, as stored and counted.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::TaskOpened { letter: None, .. } => "task-opened",
            Self::TaskOpened { letter: Some(Ring::Remind), .. } => "task-reminded",
            Self::TaskOpened { letter: Some(_), .. } => "task-escalated",
            Self::RequisitionApproved { .. } => "requisition-approved",
            Self::RequisitionRejected { .. } => "requisition-rejected",
            Self::Remark { .. } => "remark",
            Self::Watched { .. } => "watched",
            Self::RequisitionExpired { .. } => "requisition-expired",
            Self::OrderIssued { .. } => "order-issued",
            Self::OrderRejectedBySupplier { .. } => "order-rejected-by-supplier",
            Self::OrderShipped { .. } => "order-shipped",
            Self::InvoiceDifference { .. } => "invoice-difference",
            Self::Invite { .. } => "invite",
            Self::PasswordReset { .. } => "password-reset",
            Self::DeliveryLate { .. } => "delivery-late",
            Self::DeliveryFailed { .. } => "delivery-failed",
            Self::ExchangeFailed { .. } => "exchange-failed",
            Self::Digest { .. } => "digest",
        }
    }

    /// What the link of the letter leads to.
    pub const fn link(&self) -> Link {
        match self {
            Self::TaskOpened { task, .. } => Link::Decide(*task),
            Self::RequisitionApproved { then: AfterApproval::Transfer(cart), .. } => {
                Link::Cart(*cart)
            }
            Self::RequisitionApproved { requisition, .. }
            | Self::RequisitionRejected { requisition, .. }
            | Self::Remark { requisition, .. }
            | Self::Watched { requisition, .. }
            | Self::RequisitionExpired { requisition } => Link::Requisition(requisition.id),
            Self::OrderIssued { order }
            | Self::OrderRejectedBySupplier { order, .. }
            | Self::OrderShipped { order, .. } => Link::Order(order.id),
            Self::InvoiceDifference { invoice, .. } => Link::Invoice(*invoice),
            Self::ExchangeFailed { exchange, .. } => Link::Exchange(*exchange),
            Self::Digest { .. } => Link::Home,
            Self::Invite { invite, .. } | Self::PasswordReset { invite, .. } => {
                Link::SetPassword(*invite)
            }
            Self::DeliveryLate { trouble, .. } | Self::DeliveryFailed { trouble } => {
                Link::Order(trouble.order.id)
            }
        }
    }
}

#[cfg(test)]
mod tests;

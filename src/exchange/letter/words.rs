//! What a letter can say, and the languages that have words for it.

use crate::domain::notice::{Language, News};

use super::{english, french, german};

/// What a letter says; each language has words for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    TaskOpened,
    TaskReminded,
    TaskEscalated,
    ApprovedAndOrdered,
    ApprovedToTransfer,
    ApprovedAndForwarded,
    Rejected,
    Expired,
    ToldHandedIn,
    ToldApproved,
    ToldRejected,
    ToldExpired,
    Asked,
    Said,
    OrderIssued,
    OrderRejected,
    OrderShipped,
    InvoiceDifference,
    Invite,
    PasswordReset,
    DeliveryLate,
    DeliveryFailed,
    ExchangeFailed,
    Digest,
}

impl Topic {
    /// What somebody hears who is told and not asked.
    pub(super) const fn told(news: News) -> Self {
        match news {
            News::HandedIn => Self::ToldHandedIn,
            News::Approved => Self::ToldApproved,
            News::Rejected => Self::ToldRejected,
            News::Expired => Self::ToldExpired,
        }
    }
}

/// The words of one topic in one language; `{name}` marks a value.
pub(super) struct Wording {
    pub(super) subject: &'static str,
    pub(super) lead: &'static str,
    /// The text of the link.
    pub(super) action: &'static str,
    /// What to know about the link or about what follows; may be empty.
    pub(super) note: &'static str,
}

pub(super) const fn said(
    subject: &'static str,
    lead: &'static str,
    action: &'static str,
    note: &'static str,
) -> Wording {
    Wording { subject, lead, action, note }
}

/// All topics in one language.
pub(super) struct Words {
    pub(super) task_opened: Wording,
    pub(super) task_reminded: Wording,
    pub(super) task_escalated: Wording,
    pub(super) approved_and_ordered: Wording,
    pub(super) approved_to_transfer: Wording,
    pub(super) approved_and_forwarded: Wording,
    pub(super) rejected: Wording,
    pub(super) expired: Wording,
    pub(super) told_handed_in: Wording,
    pub(super) told_approved: Wording,
    pub(super) told_rejected: Wording,
    pub(super) told_expired: Wording,
    pub(super) asked: Wording,
    pub(super) remarked: Wording,
    pub(super) order_issued: Wording,
    pub(super) order_rejected: Wording,
    pub(super) order_shipped: Wording,
    pub(super) invoice_difference: Wording,
    pub(super) invite: Wording,
    pub(super) password_reset: Wording,
    pub(super) delivery_late: Wording,
    pub(super) delivery_failed: Wording,
    pub(super) exchange_failed: Wording,
    pub(super) digest: Wording,
}

/// What stands before a value in the list of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Requester,
    Total,
    CostCenter,
    BudgetLeft,
    Because,
    WhyTold,
    OnBehalfOf,
    DueAt,
    Comment,
    Reason,
    RejectedBy,
    Supplier,
    Carrier,
    Tracking,
    ExpectedOn,
    Difference,
    Attempts,
    Channel,
    NextAttempt,
}

/// The fixed words of a letter in one language.
pub(super) struct Frame {
    /// Before and after the reader's name.
    pub(super) greeting: (&'static str, &'static str),
    pub(super) lines: &'static str,
    /// Before what was gathered: news, and requests.
    pub(super) gathered: [&'static str; 2],
    pub(super) more_lines: &'static str,
    pub(super) closing: &'static str,
}

pub(super) fn wording(language: Language, topic: Topic) -> &'static Wording {
    let words = match language {
        Language::English => &english::WORDS,
        Language::German => &german::WORDS,
        Language::French => &french::WORDS,
    };
    match topic {
        Topic::TaskOpened => &words.task_opened,
        Topic::TaskReminded => &words.task_reminded,
        Topic::TaskEscalated => &words.task_escalated,
        Topic::ApprovedAndOrdered => &words.approved_and_ordered,
        Topic::ApprovedToTransfer => &words.approved_to_transfer,
        Topic::ApprovedAndForwarded => &words.approved_and_forwarded,
        Topic::Rejected => &words.rejected,
        Topic::Expired => &words.expired,
        Topic::ToldHandedIn => &words.told_handed_in,
        Topic::ToldApproved => &words.told_approved,
        Topic::ToldRejected => &words.told_rejected,
        Topic::ToldExpired => &words.told_expired,
        Topic::Asked => &words.asked,
        Topic::Said => &words.remarked,
        Topic::OrderIssued => &words.order_issued,
        Topic::OrderRejected => &words.order_rejected,
        Topic::OrderShipped => &words.order_shipped,
        Topic::InvoiceDifference => &words.invoice_difference,
        Topic::Invite => &words.invite,
        Topic::PasswordReset => &words.password_reset,
        Topic::DeliveryLate => &words.delivery_late,
        Topic::DeliveryFailed => &words.delivery_failed,
        Topic::ExchangeFailed => &words.exchange_failed,
        Topic::Digest => &words.digest,
    }
}

pub(super) fn label(language: Language, label: Label) -> &'static str {
    match language {
        Language::English => english::label(label),
        Language::German => german::label(label),
        Language::French => french::label(label),
    }
}

pub(super) const fn frame(language: Language) -> Frame {
    match language {
        Language::English => english::FRAME,
        Language::German => german::FRAME,
        Language::French => french::FRAME,
    }
}

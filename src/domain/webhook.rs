//! Events that an organisation's own systems are told of. A kind is a kind of fact: nothing is told
//! that is not in the audit trail.

use crate::base::{
    id::{OrganisationId, WebhookId},
    time::Time,
    words::words,
};

use super::fact::Fact;

words! {
    /// What happened; the words of the audit trail.
    EventKind {
        RequisitionSubmitted = "requisition-submitted",
        RequisitionChanged = "requisition-changed",
        RequisitionApproved = "requisition-approved",
        RequisitionRejected = "requisition-rejected",
        RequisitionWithdrawn = "requisition-withdrawn",
        RequisitionExpired = "requisition-expired",
        /// Somebody's turn to decide came.
        TaskOpened = "task-opened",
        OrderIssued = "order-issued",
        OrderChanged = "order-changed",
        OrderCancelled = "order-cancelled",
        OrderConfirmed = "order-confirmed",
        OrderRejected = "order-rejected",
        OrderShipped = "order-shipped",
        OrderReceived = "order-received",
        InvoiceReceived = "invoice-received",
        InvoiceApproved = "invoice-approved",
        InvoiceRejected = "invoice-rejected",
        /// A credit or debit memo was booked.
        InvoiceCorrected = "invoice-corrected",
    }
}

impl EventKind {
    /// The event that a fact is; most facts are none.
    pub const fn of(fact: &Fact) -> Option<Self> {
        Some(match fact {
            Fact::RequisitionSubmitted(_) => Self::RequisitionSubmitted,
            Fact::RequisitionChanged(_) => Self::RequisitionChanged,
            Fact::RequisitionApproved { .. } => Self::RequisitionApproved,
            Fact::RequisitionRejected { .. } => Self::RequisitionRejected,
            Fact::RequisitionWithdrawn { .. } => Self::RequisitionWithdrawn,
            Fact::RequisitionExpired { .. } => Self::RequisitionExpired,
            Fact::TaskOpened { .. } => Self::TaskOpened,
            Fact::OrderIssued { .. } => Self::OrderIssued,
            Fact::OrderChanged { .. } => Self::OrderChanged,
            Fact::OrderCancelled { .. } => Self::OrderCancelled,
            Fact::OrderConfirmed { .. } => Self::OrderConfirmed,
            Fact::OrderRejected { .. } => Self::OrderRejected,
            Fact::OrderShipped { .. } => Self::OrderShipped,
            Fact::OrderReceived { .. } => Self::OrderReceived,
            Fact::InvoiceReceived { .. } => Self::InvoiceReceived,
            Fact::InvoiceApproved { .. } => Self::InvoiceApproved,
            Fact::InvoiceRejected { .. } => Self::InvoiceRejected,
            Fact::InvoiceCorrected { .. } => Self::InvoiceCorrected,
            _ => return None,
        })
    }
}

/// An address with what it is told of; its secret stands elsewhere, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: WebhookId,
    pub organisation: OrganisationId,
    pub url: String,
    /// In the order of [`EventKind::ALL`].
    pub kinds: Vec<EventKind>,
    pub made_at: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_the_word_of_its_fact() {
        let requisition = || "req_1".to_owned();
        let facts = [
            Fact::RequisitionWithdrawn { requisition: requisition() },
            Fact::RequisitionExpired { requisition: requisition() },
            Fact::InvoiceRejected { invoice: "inv_1".into(), reason: String::new() },
            Fact::OrderReceived {
                order: "po_1".into(),
                requisition: requisition(),
                receipt: "rcp_1".into(),
                state: "received".into(),
            },
        ];
        for fact in facts {
            assert_eq!(EventKind::of(&fact).unwrap().word(), fact.kind());
        }
        assert_eq!(EventKind::of(&Fact::SignInFailed { email: "a@b.example".into() }), None);
    }
}

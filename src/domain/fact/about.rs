//! Which objects a fact is about; the audit trail finds it by each.

use super::Fact;

impl Fact {
    /// The one thing it is about, when it is about nothing else.
    const fn about_one(&self) -> Option<&String> {
        match self {
            Self::PolicyDrafted { policy, .. }
            | Self::PolicyActivated { policy, .. }
            | Self::PolicyScheduled { policy, .. }
            | Self::PolicyNotActivated { policy, .. } => Some(policy),
            Self::OrganisationMade { organisation, .. }
            | Self::PolicyShadowed { organisation, .. }
            | Self::RegisterSaved { organisation, .. } => Some(organisation),
            Self::SignInFailed { email } => Some(email),
            Self::SignedOut { session }
            | Self::PunchoutOpened { session }
            | Self::PunchoutCancelled { session } => Some(session),
            Self::SettingSaved { object, .. } => Some(object),
            Self::Refused { about, .. } => Some(about),
            Self::SecretRotated { partner, .. } => Some(partner),
            Self::InvoiceApproved { invoice, .. }
            | Self::InvoiceIssued { invoice }
            | Self::InvoicePaid { invoice, .. }
            | Self::InvoiceRejected { invoice, .. } => Some(invoice),
            Self::CatalogueImported { supplier, .. } => Some(supplier),
            Self::CartChanged { cart, .. } => Some(cart),
            Self::SiteVisitOpened { visit } | Self::SiteVisitFailed { visit, .. } => Some(visit),
            _ => None,
        }
    }

    /// The objects it is about, the most telling first. `GET /audit?about=` finds it by each.
    pub fn about(&self) -> Vec<String> {
        if let Some(one) = self.about_one() {
            return vec![one.clone()];
        }
        let list = |ids: &[&String]| ids.iter().map(|id| (*id).clone()).collect::<Vec<_>>();
        match self {
            Self::SignedIn { person, session } | Self::TokenMade { person, session } => {
                list(&[person, session])
            }
            Self::PersonInvited { person, .. }
            | Self::PasswordResetAsked { person, .. }
            | Self::PasswordSet { person }
            | Self::PersonChanged { person, .. } => list(&[person]),
            Self::PunchoutIssued { session, partner, person, .. } => {
                list(&[session, partner, person])
            }
            Self::CartMade { cart, session } => {
                list(&[cart]).into_iter().chain(session.clone()).collect()
            }
            Self::SiteVisitBegun { visit, site, cart, .. } => list(&[visit, cart, site]),
            Self::CartReturned { session: visit, cart, .. }
            | Self::SiteCartTaken { visit, cart, .. }
            | Self::SiteCartRefused { visit, cart, .. } => list(&[visit, cart]),
            Self::RequisitionSubmitted(fact) | Self::RequisitionChanged(fact) => {
                list(&[&fact.requisition])
            }
            Self::RequisitionWithdrawn { requisition }
            | Self::RequisitionApproved { requisition, .. }
            | Self::RequisitionRejected { requisition, .. }
            | Self::RequisitionExpired { requisition }
            | Self::RemarkMade { requisition, .. }
            | Self::FileAttached { requisition, .. }
            | Self::OrderArrived { requisition, .. } => list(&[requisition]),
            Self::TaskOpened { requisition, task, .. }
            | Self::TaskReminded { requisition, task }
            | Self::SignatureKept { requisition, task, .. }
            | Self::TaskEscalated { requisition, task, .. } => list(&[task, requisition]),
            Self::LineEdited { requisition, task, .. } => {
                list(&[requisition]).into_iter().chain(task.clone()).collect()
            }
            Self::DelegationMade { delegation, principal, .. }
            | Self::DelegationEnded { delegation, principal } => list(&[delegation, principal]),
            Self::Decided(fact) => list(&[&fact.task, &fact.requisition]),
            Self::BudgetMoved { budget, requisition, .. } => {
                list(&[budget]).into_iter().chain(requisition.clone()).collect()
            }
            Self::OrderIssued { order, requisition, .. }
            | Self::OrderChanged { order, requisition, .. }
            | Self::OrderCancelled { order, requisition, .. }
            | Self::OrderSent { order, requisition }
            | Self::OrderConfirmed { order, requisition, .. }
            | Self::OrderRejected { order, requisition, .. }
            | Self::OrderStatusTold { order, requisition, .. }
            | Self::OrderShipped { order, requisition, .. }
            | Self::ShipmentTakenBack { order, requisition, .. }
            | Self::OrderReceived { order, requisition, .. } => list(&[order, requisition]),
            Self::DeliveryAsked { delivery, about }
            | Self::DeliveryLate { delivery, about, .. }
            | Self::DeliveryFailed { delivery, about, .. } => list(&[delivery, about]),
            Self::InvoiceReceived { invoice, orders, .. } => {
                list(&[invoice]).into_iter().chain(orders.iter().cloned()).collect()
            }
            Self::InvoiceCorrected { invoice, memo, .. } => list(&[memo, invoice]),
            Self::DocumentKept { document, about, answer, .. } => {
                let answer = answer.iter().map(|answer| &answer.document);
                list(&[document]).into_iter().chain(about.iter().chain(answer).cloned()).collect()
            }
            Self::ExchangeFailed { exchange, partner, .. } => list(&[exchange, partner]),
            // What is about one thing alone was answered above.
            _ => Vec::new(),
        }
    }
}

//! Which fact sends which document: bytes are frozen in the transaction that states the fact.
//!
//! A frozen document holds no secret and no live token; both are filled in when it is sent.

mod order;
mod status_update;

pub(super) use order::{to_buyer, to_supplier};

use crate::{
    base::id::{NotId, OrganisationId},
    cxml::order::OrderAction,
    domain::{
        delivery::DeliveryState,
        fact::Fact,
        party::{Channel, Identity, Organisation, Partner, PartnerKind},
    },
    store::{
        self, Conn,
        delivery::{Delivery, Purpose},
        document::Document,
    },
};

use super::{AppError, Cx, invoice};

/// Freezes the documents that a fact owes into the outbox.
pub(super) async fn freeze(
    cx: &mut Cx<'_>,
    _organisation: Option<OrganisationId>,
    fact: &Fact,
) -> Result<(), AppError> {
    match fact {
        Fact::OrderIssued { order, .. } => order::freeze(cx, id(order)?).await,
        Fact::OrderChanged { order, earlier, .. } => {
            order::amend(cx, id(order)?, (OrderAction::Update, earlier, "")).await
        }
        Fact::OrderCancelled { order, earlier, reason, .. } => {
            order::amend(cx, id(order)?, (OrderAction::Delete, earlier, reason)).await
        }
        Fact::InvoiceApproved { invoice, .. } => invoice::issue(cx, id(invoice)?).await,
        Fact::RequisitionSubmitted(made) => {
            super::punchout::after_submit(cx, id(&made.requisition)?).await
        }
        Fact::RequisitionApproved { requisition, .. } => {
            status_update::freeze(cx, id(requisition)?, None).await
        }
        Fact::RequisitionExpired { requisition } => {
            let reason = "nobody decided in time";
            status_update::freeze(cx, id(requisition)?, Some(reason)).await
        }
        Fact::RequisitionRejected { requisition, reason, .. } => {
            status_update::freeze(cx, id(requisition)?, Some(reason)).await
        }
        _ => Ok(()),
    }
}

/// Reads the id in a fact that this very transaction stated.
pub(super) fn id<T: std::str::FromStr<Err = NotId>>(text: &str) -> Result<T, AppError> {
    text.parse().map_err(AppError::internal)
}

/// Where a frozen document goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub purpose: Purpose,
    pub channel: Channel,
    /// URL or e-mail address; empty for the supplier desk.
    pub target: String,
    /// The connection whose secret is filled in when the document is sent.
    pub partner: Option<crate::base::id::PartnerId>,
}

/// Puts a kept document into the outbox. On the supplier desk it has arrived at once.
pub async fn send(cx: &mut Cx<'_>, document: &Document, way: Way) -> Result<(), AppError> {
    let organisation = document
        .organisation
        .ok_or_else(|| AppError::internal("a document without an organisation cannot be sent"))?;
    let arrived = way.channel == Channel::Desk;
    let delivery = Delivery {
        id: cx.id(),
        document: document.id,
        organisation,
        partner: way.partner,
        purpose: way.purpose,
        about: document.about.first().cloned().unwrap_or_default(),
        channel: way.channel,
        target: way.target,
        state: if arrived { DeliveryState::Delivered } else { DeliveryState::Waiting },
        attempts: 0,
        round_attempts: 0,
        round_at: None,
        created_at: cx.now,
        next_at: (!arrived).then_some(cx.now),
        fence: 0,
        told_at: None,
        finished_at: arrived.then_some(cx.now),
    };
    store::delivery::insert(cx.conn, &delivery).await?;
    Ok(())
}

/// The organisation's connection to its own procurement system: the first that is in use.
pub async fn buyer(
    conn: &mut Conn,
    organisation: OrganisationId,
) -> Result<Option<Partner>, AppError> {
    let all = store::partner::of_organisation(conn, organisation).await?;
    let fits = |partner: &Partner| {
        partner.kind == PartnerKind::Buyer
            && partner.disabled_at.is_none()
            && !partner.identities.is_empty()
    };
    Ok(all.into_iter().find(fits))
}

/// The identity that stands in documents of the organisation; its short name when it has
/// registered none.
pub fn buyer_identity(organisation: &Organisation, buyer: Option<&Partner>) -> Identity {
    first_identity(buyer, &organisation.name)
}

/// The first identity of a connection, or the short name in a domain of this server's own.
pub fn first_identity(partner: Option<&Partner>, name: &str) -> Identity {
    let first = partner.and_then(|partner| partner.identities.first());
    first.cloned().unwrap_or_else(|| Identity::new("countersign", name))
}

//! Which use case a document belongs to, and over which connection it came.

use crate::{
    base::time::Time,
    cxml::{Payload, Received, order::OrderAction},
    domain::{party::PartnerKind, profile::Offer, refusal::Refusal},
    exchange::{self, status::not_implemented},
    store::Conn,
};

use super::{Inbound, Taken, pending};
use crate::{
    app::{
        AppError, Cx, arrival, import, invoice, order,
        partner_auth::{self, Sender},
        punchout, receiving,
    },
    cxml::Status,
};

/// The one connection the document came over. A supplier may serve several organisations under one
/// secret; then To says which, else the order it refers to.
pub(super) async fn one_of(
    conn: &mut Conn,
    senders: Vec<Sender>,
    received: &Received,
) -> Result<Sender, AppError> {
    let mut left = partner_auth::addressed(conn, senders, &received.envelope.to).await?;
    let named = received.payload.as_ref().ok().and_then(order_named);
    if left.len() > 1
        && let Some(named) = named
        && let Some(supplier) = left.first().and_then(Sender::supplier)
        && let Some(found) = order::by_payload(conn, named).await?
        && found.supplier == supplier
    {
        left.retain(|sender| sender.partner.organisation == found.organisation);
    }
    let first = left.first().cloned();
    let other = |sender: &Sender| {
        first.as_ref().is_some_and(|own| own.partner.organisation != sender.partner.organisation)
    };
    match first.clone() {
        // What is not about an order of one organisation is answered over any of them.
        Some(own) if !left.iter().any(other) || !is_about_an_order(received, &own) => Ok(own),
        _ => Err(Refusal::not_found("organisation")
            .field("cXML/Header/To/Credential")
            .expected("the identity of the buyer organisation that you supply")
            .mend("Name the organisation in To, as its orders name it in From.")
            .into()),
    }
}

/// Whether it matters in which organisation the document is taken.
fn is_about_an_order(received: &Received, sender: &Sender) -> bool {
    let of_supplier = matches!(
        received.payload_name.as_str(),
        "ConfirmationRequest"
            | "ShipNoticeRequest"
            | "InvoiceDetailRequest"
            | "StatusUpdateRequest"
            | "CatalogUploadRequest"
            | "GetPendingRequest"
    );
    of_supplier || sender.supplier().is_none()
}

/// The payloadID of the order that a supplier's document is about.
fn order_named(payload: &Payload) -> Option<&str> {
    let order = match payload {
        Payload::StatusUpdateRequest(document) => {
            return document.document_reference.as_deref().filter(|id| !id.is_empty());
        }
        Payload::ConfirmationRequest(document) => &document.order,
        Payload::ShipNoticeRequest(document) => &document.portions.first()?.order,
        Payload::InvoiceDetailRequest(document) => {
            let header = || document.header_orders.first().map(|order| &order.order);
            document.orders.first().map(|order| &order.order).or_else(header)?
        }
        _ => return None,
    };
    order.payload_id.as_deref().filter(|id| !id.is_empty())
}

/// Hands the document to its owner, when the sender may send it at all.
pub(super) async fn to_owner(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    payload: &Payload,
) -> Result<Taken, AppError> {
    match payload {
        Payload::ProfileRequest => {
            let url = format!("{}/cxml", cx.app.site.public_url);
            let profile = exchange::punchout::profile(&url, cx.now, &offers(inbound)?);
            let payload = Payload::ProfileResponse(Box::new(profile));
            Ok(Taken { payload, ..Taken::status(Status::ok(), Vec::new()) })
        }
        Payload::PunchOutSetupRequest(request) => {
            need(cx, inbound, payload, ("punchout", "create")).await?;
            punchout::set_up(cx, inbound, request).await
        }
        Payload::InvoiceDetailRequest(request) => {
            need(cx, inbound, payload, ("invoice", "create")).await?;
            invoice::arrive(cx, inbound, request).await
        }
        Payload::OrderRequest(request) => {
            need(cx, inbound, payload, ("order", "create")).await?;
            match request.action {
                OrderAction::New => arrival::arrive(cx, inbound, request).await,
                OrderAction::Update => arrival::change(cx, inbound, request).await,
                OrderAction::Delete => arrival::cancel(cx, inbound, request).await,
            }
        }
        Payload::ConfirmationRequest(request) => {
            need(cx, inbound, payload, ("order", "confirm")).await?;
            receiving::confirmation(cx, inbound, request).await
        }
        Payload::ShipNoticeRequest(request) => {
            need(cx, inbound, payload, ("order", "ship")).await?;
            receiving::ship_notice(cx, inbound, request).await
        }
        Payload::StatusUpdateRequest(request) => {
            need(cx, inbound, payload, ("order", "confirm")).await?;
            receiving::status_update(cx, inbound, request).await
        }
        Payload::ReceiptRequest(request) => {
            offered(inbound, Offer::Receipt)?;
            need(cx, inbound, payload, ("order", "create")).await?;
            receiving::receipt(cx, inbound, request).await
        }
        Payload::PaymentRemittanceRequest(request) => {
            offered(inbound, Offer::Remittance)?;
            need(cx, inbound, payload, ("order", "create")).await?;
            invoice::remittance(cx, inbound, request).await
        }
        Payload::CatalogUploadRequest(request) => {
            offered(inbound, Offer::Catalogue)?;
            need(cx, inbound, payload, ("order", "confirm")).await?;
            import::upload(cx, inbound, request).await
        }
        Payload::GetPendingRequest(request) => {
            offered(inbound, Offer::Pending)?;
            pending::waiting(cx, inbound, request).await
        }
        Payload::CopyRequest(request) => {
            offered(inbound, Offer::Copy)?;
            pending::copy(cx, inbound, request).await
        }
        Payload::None => Err(Refusal::invalid("content", "The Request is empty.")
            .field("cXML/Request")
            .expected("one payload such as PunchOutSetupRequest")
            .into()),
        other => Err(not_implemented("cXML/Request", other.name(), &taken(inbound)?).into()),
    }
}

/// What this connection may send, as its ProfileResponse lists it.
fn taken(inbound: &Inbound<'_>) -> Result<String, AppError> {
    let profile = exchange::punchout::profile("", Time::from_millis(0), &offers(inbound)?);
    let names = profile.transactions.into_iter().map(|one| one.request_name);
    let names: Vec<String> = std::iter::once("ProfileRequest".to_owned()).chain(names).collect();
    Ok(names.join(", "))
}

/// What it may send beside the usual documents.
fn offers(inbound: &Inbound<'_>) -> Result<Vec<Offer>, AppError> {
    let partner = &inbound.sender.partner;
    let offered = partner.profile.read()?.documents.offered.clone();
    Ok(offered.into_iter().filter(|offer| is_of(*offer, &partner.kind)).collect())
}

/// Whose documents they are; the rest either side may send.
const fn is_of(offer: Offer, kind: &PartnerKind) -> bool {
    match offer {
        Offer::Receipt | Offer::Remittance => matches!(kind, PartnerKind::Buyer),
        Offer::Catalogue => matches!(kind, PartnerKind::Supplier { .. }),
        Offer::Pending | Offer::Copy => true,
    }
}

/// What is not offered over this connection is not implemented for it.
fn offered(inbound: &Inbound<'_>, offer: Offer) -> Result<(), AppError> {
    let profile = inbound.sender.partner.profile.read()?;
    if profile.documents.offered.contains(&offer) {
        return Ok(());
    }
    Err(not_implemented("cXML/Request", offer.word(), &taken(inbound)?).into())
}

/// Whether this kind of partner may send this kind of document.
async fn need(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    payload: &Payload,
    (object, action): (&str, &str),
) -> Result<(), AppError> {
    if cx.may(object, action).await? {
        return Ok(());
    }
    let who = match inbound.sender.partner.kind {
        PartnerKind::Buyer => "a procurement system",
        PartnerKind::Supplier { .. } => "a supplier",
    };
    let message = format!("This connection is {who}'s; it may not send a {}.", payload.name());
    Err(Refusal::forbidden("not-allowed", message).field("cXML/Request").into())
}

//! Confirmations and ship notices as documents: which order they mean, and what they say of it.

use crate::{
    cxml::{Status, confirmation::ConfirmationRequest, ship_notice::ShipNoticeRequest},
    domain::{
        order::{Order, Reference, Source},
        refusal::Refusal,
    },
    exchange, store,
};

use super::{AppError, Cx, confirm, ship};
use crate::app::inbox::{Inbound, Taken};

/// Takes a ConfirmationRequest of a supplier's system.
pub async fn confirmation(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &ConfirmationRequest,
) -> Result<Taken, AppError> {
    let said = exchange::confirmation::said(request)?;
    let reference = exchange::order::reference(&request.order);
    let order = order(cx, inbound, &reference).await?;
    let about = about(&order);
    confirm(cx, order, &said, (Source::Cxml, Some(inbound.id))).await?;
    Ok(Taken::status(Status::ok(), about))
}

/// Takes a ShipNoticeRequest of a supplier's system; it may speak of several orders.
pub async fn ship_notice(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &ShipNoticeRequest,
) -> Result<Taken, AppError> {
    let mut concerned = Vec::new();
    for (reference, said) in exchange::shipment::said(request)? {
        let order = order(cx, inbound, &reference).await?;
        concerned.extend(about(&order));
        ship(cx, order, &said, (Source::Cxml, Some(inbound.id))).await?;
    }
    Ok(Taken::status(Status::ok(), concerned))
}

fn about(order: &Order) -> Vec<String> {
    vec![order.id.to_string(), order.requisition.to_string()]
}

/// The one order that a supplier's document means: by the payloadID of its OrderRequest, else by
/// its number, among the orders of the sender's organisation to the sender.
pub async fn order(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    reference: &Reference,
) -> Result<Order, AppError> {
    let supplier = inbound.sender.supplier().ok_or_else(|| Refusal::not_found("order"))?;
    let organisation = inbound.sender.partner.organisation;
    if let Some(payload_id) = &reference.payload_id {
        let found = store::order::by_payload(cx.conn, supplier, payload_id).await?;
        if let Some(found) = found.filter(|order| order.organisation == organisation) {
            return Ok(found);
        }
    }
    let mut found = match &reference.number {
        Some(number) => store::order::by_number(cx.conn, organisation, supplier, number).await?,
        None => Vec::new(),
    };
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(not_one(reference, "Several orders go by this number.")),
        (None, _) => Err(not_one(reference, "No order of yours goes by this name.")),
    }
}

fn not_one(reference: &Reference, message: &str) -> AppError {
    let mut refusal = Refusal::not_found("order");
    message.clone_into(&mut refusal.message);
    let number = reference.number.as_deref().unwrap_or_default();
    let payload_id = reference.payload_id.as_deref().unwrap_or_default();
    refusal
        .field("OrderReference")
        .got(format!("orderID \"{number}\", payloadID \"{payload_id}\""))
        .expected("the orderID and the payloadID of an OrderRequest that you received")
        .mend("Repeat both as they stand in the OrderRequest.")
        .into()
}

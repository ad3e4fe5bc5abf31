//! News of a held order to the procurement system that sent it: 201 promised them.

use crate::{
    base::id::RequisitionId,
    base::secret::Secret,
    cxml::{
        self, Document as Wire, Envelope, Party, Payload, SECRET_MARK, Status,
        status_update::StatusUpdateRequest,
    },
    domain::{
        party::{Channel, Identity},
        requisition::RequisitionSource,
    },
    store::{
        self,
        delivery::Purpose,
        document::{Direction, Document, sender_key},
    },
};

use super::{AppError, Cx, Way};
use crate::app::document;

/// Freezes the news when the requisition was an order held for sign-off; anything else owes none.
pub(super) async fn freeze(
    cx: &mut Cx<'_>,
    id: RequisitionId,
    rejected_because: Option<&str>,
) -> Result<(), AppError> {
    let requisition = store::requisition::get_any(cx.conn, id).await?;
    let Some(requisition) = requisition else { return Ok(()) };
    let Some(ordered_in) = requisition.buyer_payload_id.clone() else { return Ok(()) };
    let held = !store::step::of_requisition(cx.conn, id).await?.is_empty();
    if requisition.source != RequisitionSource::IncomingOrder || !held {
        return Ok(());
    }
    let organisation = store::organisation::get(cx.conn, requisition.organisation).await?;
    let Some(organisation) = organisation else { return Ok(()) };
    let Some(target) = organisation.invoice_url.clone() else { return Ok(()) };
    let buyer = super::buyer(cx.conn, organisation.id).await?;
    let order = requisition.buyer_order_id.clone().unwrap_or_default();
    let status = match rejected_because {
        None => Status::new(Status::OK, format!("Order {order} is approved and forwarded.")),
        Some(reason) => Status::new(400, format!("Order {order} is rejected: {reason}")),
    };
    let party = |identity: &Identity| Party::new(&identity.domain, &identity.identity);
    let own = cx.app.site.identity.clone();
    let payload_id = format!("{}@countersign", cx.id::<crate::base::id::Document>());
    let to = super::buyer_identity(&organisation, buyer.as_ref());
    let envelope = Envelope::request(payload_id.clone(), cx.now).between(
        party(&own),
        party(&to),
        party(&own).with_secret(Secret::new(SECRET_MARK)),
    );
    let update = StatusUpdateRequest::new(ordered_in, status);
    let wire = Wire::new(envelope, Payload::StatusUpdateRequest(Box::new(update)));
    let kept = Document {
        id: cx.id(),
        direction: Direction::Out,
        kind: "StatusUpdateRequest".to_owned(),
        organisation: Some(organisation.id),
        supplier: None,
        partner: buyer.as_ref().map(|partner| partner.id),
        about: vec![id.to_string()],
        sender: sender_key(&own),
        payload_id,
        content_type: "text/xml; charset=UTF-8".to_owned(),
        body: cxml::encode(&wire).into(),
        status: None,
        reply_to: None,
        at: cx.now,
    };
    document::keep(cx, kept.clone()).await?;
    let partner = kept.partner;
    let purpose = Purpose::StatusUpdate;
    super::send(cx, &kept, Way { purpose, channel: Channel::Cxml, target, partner }).await
}

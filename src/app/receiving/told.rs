//! News of an order by StatusUpdateRequest: what a supplier that answered 201 owes, and where its
//! refusal comes.

use crate::{
    cxml::{Status, status_update::StatusUpdateRequest},
    domain::{
        confirmation::{ConfirmationKind, Said},
        fact::Fact,
        order::{OrderState, Source},
    },
    exchange::{self, status_update::News},
};

use super::{
    AppError, Cx,
    arrive::{about, meant},
    confirm,
};
use crate::app::inbox::{Inbound, Taken};

/// Takes the news. A refusal of an order that was neither confirmed nor shipped rejects it; all
/// else is noted in its story.
pub async fn status_update(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &StatusUpdateRequest,
) -> Result<Taken, AppError> {
    let (reference, News { refused, words }) = exchange::status_update::news(request)?;
    let order = meant(cx, inbound, &reference).await?;
    let about = about(&order);
    let payload_id = reference.payload_id.as_deref().map(str::trim).unwrap_or_default();
    // What was said of a version that another has replaced says nothing of the one that stands.
    let is_old = payload_id != order.payload_id && payload_id.starts_with(&order.id.to_string());
    match order.state {
        OrderState::Issued | OrderState::Sent if refused && !is_old => {
            let said = Said {
                kind: ConfirmationKind::Reject,
                confirm_id: None,
                update: false,
                comment: words,
                lines: Vec::new(),
            };
            confirm(cx, order, &said, (Source::Cxml, Some(inbound.id))).await?;
        }
        // Said again under another payloadID.
        OrderState::Rejected if refused => cx.nothing_changed(),
        _ => {
            let (id, requisition) = (order.id.to_string(), order.requisition.to_string());
            cx.fact_in(order.organisation, Fact::OrderStatusTold { order: id, requisition, words });
        }
    }
    Ok(Taken::status(Status::ok(), about))
}

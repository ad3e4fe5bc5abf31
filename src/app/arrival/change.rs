//! An order of the procurement system is changed or cancelled by a later OrderRequest.
//!
//! The change is judged like a new order. What was ordered before stands until the change is
//! signed off; see `app::order` for the rule of what may still be changed.

use crate::{
    cxml::{
        Status,
        order::{OrderAction, OrderRequest},
    },
    domain::{
        party::Organisation,
        refusal::Refusal,
        requisition::{Requisition, RequisitionState},
    },
    store,
};

use super::{AppError, Cx, Inbound, Taken, owner, said, take};
use crate::app::{order, requisition::take_back};

/// Takes a change: the lines of this document in place of those of the last.
pub async fn change(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &OrderRequest,
) -> Result<Taken, AppError> {
    let organisation = owner(cx, inbound).await?;
    let earlier = known(cx, &organisation, request).await?;
    need_newer(cx, &organisation, request).await?;
    let standing = order::standing(cx.conn, organisation.id, &request.order_id, None).await?;
    if standing.is_empty() && earlier.state != RequisitionState::Pending {
        return Err(ended(request, &earlier));
    }
    stop_pending(cx, &earlier).await?;
    order::set_aside(cx, &standing).await?;
    store::requisition::supersede(cx.conn, organisation.id, &request.order_id, cx.now).await?;
    let taken = take(cx, inbound, request, &organisation).await?;
    let changed = known(cx, &organisation, request).await?;
    order::need_open(cx, &changed).await?;
    Ok(taken)
}

/// Takes a cancellation: of what still waits for sign-off, and of every order that went out.
pub async fn cancel(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &OrderRequest,
) -> Result<Taken, AppError> {
    let organisation = owner(cx, inbound).await?;
    let earlier = known(cx, &organisation, request).await?;
    need_newer(cx, &organisation, request).await?;
    let standing = order::standing(cx.conn, organisation.id, &request.order_id, None).await?;
    if standing.is_empty() && earlier.state != RequisitionState::Pending {
        return Err(ended(request, &earlier));
    }
    for one in &standing {
        order::need_changeable(one)?;
    }
    stop_pending(cx, &earlier).await?;
    let reason = match said::comment(request) {
        empty if empty.trim().is_empty() => "Cancelled in the buyer's system.".to_owned(),
        given => given,
    };
    for one in &standing {
        // Giving a pending change back may have moved the order meanwhile.
        if let Some(now) = store::order::get(cx.conn, one.id).await? {
            order::cancel(cx, &now, &reason).await?;
        }
    }
    let about = std::iter::once(earlier.id.to_string());
    let about = about.chain(standing.iter().map(|one| one.id.to_string())).collect();
    let message = format!("Order {} is cancelled.", request.order_id);
    Ok(Taken::status(Status::new(Status::OK, message), about))
}

/// A version that still waits for sign-off is overtaken.
async fn stop_pending(cx: &mut Cx<'_>, earlier: &Requisition) -> Result<(), AppError> {
    if earlier.state != RequisitionState::Pending {
        return Ok(());
    }
    let locked = store::requisition::lock(cx.conn, earlier.organisation, earlier.id).await?;
    match locked {
        Some(mut own) if own.state == RequisitionState::Pending => take_back(cx, &mut own).await,
        _ => Err(AppError::Store(store::StoreError::Conflict("requisition"))),
    }
}

/// Refuses a document that was overtaken on its way: with an orderVersion below the last, or the
/// same again. A cancellation may repeat the version that it cancels.
async fn need_newer(
    cx: &mut Cx<'_>,
    organisation: &Organisation,
    request: &OrderRequest,
) -> Result<(), AppError> {
    let Some(version) = said::version(request) else { return Ok(()) };
    let last = store::buyer_order::version(cx.conn, organisation.id, &request.order_id).await?;
    let Some(last) = last else { return Ok(()) };
    let cancels = request.action == OrderAction::Delete;
    if version > last || cancels && version == last {
        return Ok(());
    }
    Err(Refusal::conflict("older-version", "A later version of this order came before.")
        .field("OrderRequest/OrderRequestHeader/@orderVersion")
        .got(version.to_string())
        .expected(format!("above {last}"))
        .mend("Send the order as it stands now, with the next version.")
        .into())
}

async fn known(
    cx: &mut Cx<'_>,
    organisation: &Organisation,
    request: &OrderRequest,
) -> Result<Requisition, AppError> {
    let found = store::requisition::of_buyer_order(cx.conn, organisation.id, &request.order_id);
    found.await?.ok_or_else(|| {
        let mut refusal = Refusal::not_found("order");
        "No order of this orderID came from you.".clone_into(&mut refusal.message);
        refusal
            .field("OrderRequest/OrderRequestHeader/@orderID")
            .got(crate::base::text::shorten(&request.order_id, 80))
            .expected("the orderID of an order that was sent with type new")
            .into()
    })
}

fn ended(request: &OrderRequest, earlier: &Requisition) -> AppError {
    Refusal::conflict("order-ended", "Nothing of this order stands any more.")
        .field("OrderRequest/OrderRequestHeader/@orderID")
        .got(format!("{}, {} here", request.order_id, earlier.number))
        .expected("an order that waits or was issued")
        .mend("Send a new order under an orderID of its own.")
        .into()
}

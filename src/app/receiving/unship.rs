//! A ship notice is taken back: nothing of it is on its way.

use crate::{
    app::{AppError, Cx},
    base::id::ShipmentId,
    domain::{
        fact::Fact,
        order::{Order, OrderMove, OrderState, confirmed_move, shipped_move},
        refusal::Refusal,
        shipment::{self, Said},
    },
    store,
};

/// Takes a notice back; `None` when it was taken back before. The order stands where it would
/// stand without the notice.
pub(super) async fn take_back(
    cx: &mut Cx<'_>,
    order: Order,
    said: &Said,
) -> Result<Option<ShipmentId>, AppError> {
    let before = store::order::lines(cx.conn, order.id).await?;
    let all = store::shipment::of_order(cx.conn, order.id).await?;
    let number = said.number.as_deref().unwrap_or_default();
    let (own, others): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.number == number);
    let Some(gone) = own.iter().find(|one| !one.replaced).map(|one| one.id) else {
        if own.is_empty() {
            return Err(unknown(number, &order).into());
        }
        cx.nothing_changed();
        return Ok(None);
    };
    store::shipment::replace(cx.conn, gone).await?;
    let mut lines = before.clone();
    let holding = others.iter().filter(|one| !one.replaced).map(|one| one.parts.as_slice());
    shipment::count(&mut lines, holding)?;
    let moved = order.state.moved(OrderMove::Unship);
    let state = moved.map_err(|refusal| refusal.with("order", &*order.number))?;
    let is_underway = lines.iter().any(|line| !line.progress.shipped.is_zero());
    let by = match (state, is_underway) {
        (OrderState::Sent, true) => Some(shipped_move(&lines)),
        (OrderState::Sent, false) => confirmed_move(&lines),
        _ => None,
    };
    let state = by.map_or(Ok(state), |by| state.moved(by))?;
    let order = super::keep(cx, order, (&before, &lines), state).await?;
    let fact = Fact::ShipmentTakenBack {
        order: order.id.to_string(),
        requisition: order.requisition.to_string(),
        shipment: gone.to_string(),
    };
    cx.fact_in(order.organisation, fact);
    Ok(Some(gone))
}

fn unknown(number: &str, order: &Order) -> Refusal {
    let mut refusal = Refusal::not_found("shipment");
    "No ship notice of this number came for the order.".clone_into(&mut refusal.message);
    refusal
        .field("ShipNoticeHeader/@shipmentID")
        .got(crate::base::text::shorten(number, 80))
        .expected(format!("the shipmentID of a notice for {}", order.number))
}

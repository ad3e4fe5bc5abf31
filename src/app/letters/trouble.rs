//! A document that does not arrive: the organisation's admins hear of it once when it is late, and
//! once when nobody tries any more.

use super::{AppError, Cx, need_order, read, tell};
use crate::{
    domain::{
        notice::{DeliveryTrouble, Notice},
        role::Role,
    },
    store,
};

/// Tells the admins. `about` is an order; other documents have no letter, they stand in the list of
/// deliveries.
pub(super) async fn write(
    cx: &mut Cx<'_>,
    delivery: &str,
    about: &str,
    attempts: u32,
) -> Result<(), AppError> {
    let Ok(order) = about.parse() else { return Ok(()) };
    let (order, brief) = need_order(cx, order).await?;
    let Some(row) = store::delivery::get(cx.conn, read(delivery)?).await? else { return Ok(()) };
    let last = store::delivery::attempts(cx.conn, delivery).await?.pop();
    let trouble = DeliveryTrouble {
        order: brief,
        channel: row.channel.to_string(),
        attempts,
        reason: last.map(|attempt| attempt.detail).unwrap_or_default(),
    };
    let notice = match row.next_at {
        Some(next_at) => Notice::DeliveryLate { trouble, next_at },
        None => Notice::DeliveryFailed { trouble },
    };
    for person in store::person::of_organisation(cx.conn, order.organisation).await? {
        if person.roles.contains(&Role::ADMIN) {
            tell(cx, person.id, &notice, ("", about)).await?;
        }
    }
    Ok(())
}

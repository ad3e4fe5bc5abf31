//! A document that does not arrive: the organisation's admins hear of it once when it is late, and
//! once when nobody tries any more; and an exchange that went wrong.

use crate::{
    base::id::{ExchangeId, OrganisationId},
    domain::{
        notice::{DeliveryTrouble, Notice},
        role::Role,
    },
    exchange::diagnosis::Finding,
    store,
};

use super::{AppError, Cx, need_order, read, tell};

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
    admins(cx, order.organisation, &notice, about).await
}

/// Tells the admins of an exchange that went wrong.
pub(super) async fn exchange(cx: &mut Cx<'_>, id: ExchangeId) -> Result<(), AppError> {
    let Some(organisation) = cx.actor.organisation else { return Ok(()) };
    let found = store::wire::get(cx.conn, organisation, id).await?;
    let Some(found) = found else { return Ok(()) };
    let partner = match found.partner {
        Some(partner) => store::partner::get(cx.conn, partner).await?.map(|partner| partner.name),
        None => None,
    };
    let findings: Vec<Finding> = serde_json::from_str(&found.findings).unwrap_or_default();
    let notice = Notice::ExchangeFailed {
        exchange: id,
        partner: partner.unwrap_or_else(|| found.sender.clone()),
        document: match found.kind.as_str() {
            "" => "document".to_owned(),
            kind => kind.to_owned(),
        },
        because: findings.first().map_or(found.cause, |first| first.cause().title.to_owned()),
    };
    admins(cx, organisation, &notice, &id.to_string()).await
}

async fn admins(
    cx: &mut Cx<'_>,
    organisation: OrganisationId,
    notice: &Notice,
    about: &str,
) -> Result<(), AppError> {
    for person in store::person::of_organisation(cx.conn, organisation).await? {
        if person.roles.contains(&Role::ADMIN) {
            tell(cx, person.id, notice, ("", about)).await?;
        }
    }
    Ok(())
}

//! Which order another party's document means.

use crate::{
    base::id::{OrderId, OrganisationId, SupplierId},
    domain::order::{Order, Reference},
    store::{self, Conn},
};

use super::AppError;

/// The orders of the organisation to the supplier that a reference may mean; at most two, enough to
/// know that it is ambiguous. By the payloadID of the OrderRequest, else by its number. A payloadID
/// that is known names its order and no other: numbers run per organisation, and the one beside a
/// stranger's payloadID may be somebody else's.
pub async fn named(
    conn: &mut Conn,
    (organisation, supplier): (OrganisationId, SupplierId),
    reference: &Reference,
) -> Result<Vec<Order>, AppError> {
    if let Some(payload_id) = &reference.payload_id
        && let Some(found) = by_payload(conn, payload_id).await?
    {
        let own = found.organisation == organisation && found.supplier == supplier;
        return Ok(own.then_some(found).into_iter().collect());
    }
    let Some(number) = reference.number.as_deref().map(str::trim) else { return Ok(Vec::new()) };
    Ok(store::order::by_number(conn, organisation, supplier, number).await?)
}

/// The order, of whomever, that an OrderRequest of this payloadID was about. Those of earlier
/// versions begin with the order's id as well.
pub async fn by_payload(conn: &mut Conn, payload_id: &str) -> Result<Option<Order>, AppError> {
    let payload_id = payload_id.trim();
    if let Some(found) = store::order::by_payload(conn, payload_id).await? {
        return Ok(Some(found));
    }
    let Some((local, host)) = payload_id.split_once('@') else { return Ok(None) };
    let id = local.split_once('.').map_or(local, |(id, _)| id);
    let Ok(id) = id.parse::<OrderId>() else { return Ok(None) };
    let found = store::order::get(conn, id).await?;
    let of_host = |order: &Order| order.payload_id.rsplit_once('@').is_some_and(|o| o.1 == host);
    Ok(found.filter(of_host))
}

//! Requisitions by the procurement system's own order number.

use crate::{
    base::{id::OrganisationId, time::Time},
    domain::requisition::Requisition,
};

use super::{
    super::{Conn, StoreError, db},
    read,
};

const OF_BUYER_ORDER: &str = "
    select * from requisition
    where organisation_id = $1 and buyer_order_id = $2 and source = 'incoming_order'
    order by id desc limit 1";

const SUPERSEDE: &str = "
    update requisition set superseded_at = $1
    where organisation_id = $2 and buyer_order_id = $3 and superseded_at is null";

/// A later version of the procurement system's order takes the place of those before.
pub async fn supersede(
    conn: &mut Conn,
    organisation: OrganisationId,
    order_id: &str,
    at: Time,
) -> Result<(), StoreError> {
    db::query(SUPERSEDE)
        .bind(at.millis())
        .bind(organisation.to_string())
        .bind(order_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// What became of the procurement system's order of this number.
pub async fn of_buyer_order(
    conn: &mut Conn,
    organisation: OrganisationId,
    order_id: &str,
) -> Result<Option<Requisition>, StoreError> {
    let query = db::query(OF_BUYER_ORDER).bind(organisation.to_string()).bind(order_id);
    let row = query.fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

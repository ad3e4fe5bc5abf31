//! In which version procurement systems sent their orders.

use crate::base::id::{OrganisationId, RequisitionId};

use super::{Conn, Row, StoreError, db};

const VERSION: &str = "
    select max(buyer_version) as buyer_version from requisition
    where organisation_id = $1 and buyer_order_id = $2 and source = 'incoming_order'";

/// The highest orderVersion that was taken of the procurement system's order.
pub async fn version(
    conn: &mut Conn,
    organisation: OrganisationId,
    order_id: &str,
) -> Result<Option<i64>, StoreError> {
    let query = db::query(VERSION).bind(organisation.to_string()).bind(order_id);
    let row = query.fetch_optional(conn).await?;
    row.map_or(Ok(None), |row| Row::new(&row, "requisition").maybe_int("buyer_version"))
}

const SET_VERSION: &str = "update requisition set buyer_version = $1 where id = $2";

/// Notes the orderVersion of the document that a requisition was made of.
pub async fn set_version(
    conn: &mut Conn,
    requisition: RequisitionId,
    version: i64,
) -> Result<(), StoreError> {
    db::query(SET_VERSION).bind(version).bind(requisition.to_string()).execute(conn).await?;
    Ok(())
}

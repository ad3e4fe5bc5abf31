//! What procurement systems ordered before: of which returned lines, and in which version.

use rust_decimal::Decimal;

use super::{Conn, Row, StoreError, db};
use crate::base::id::{CartId, CartLineId, OrganisationId, RequisitionId};

const DRAWN: &str = "
    select l.cart_line_id, l.quantity from cart_line c
    join requisition_line l on l.cart_line_id = c.id
    join requisition r on r.id = l.requisition_id
    where c.cart_id = $1 and r.superseded_at is null
        and r.state in ('pending', 'approved', 'ordered')
        and not exists (select 1 from purchase_order o
            where o.requisition_id = r.id and o.supplier_id = l.supplier_id
                and o.state in ('cancelled', 'rejected'))";

/// How much of which lines of a returned cart orders that stand have taken.
pub async fn drawn(
    conn: &mut Conn,
    cart: CartId,
) -> Result<Vec<(CartLineId, Decimal)>, StoreError> {
    let rows = db::query(DRAWN).bind(cart.to_string()).fetch_all(conn).await?;
    let one = |row: &db::DbRow| {
        let row = Row::new(row, "requisition_line");
        Ok((row.id("cart_line_id")?, row.decimal("quantity")?))
    };
    rows.iter().map(one).collect()
}

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

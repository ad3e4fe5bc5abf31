//! Goods on their way.

use crate::{
    base::{
        decimal,
        id::{OrderId, OrganisationId, ShipmentId, SupplierId},
        time::Day,
    },
    domain::shipment::{Moved, Shipment},
};

use super::{Bool, Conn, Row, StoreError, db, error::one_row};

const INSERT: &str = "
    insert into shipment (id, order_id, shipment_number, source, document_id, carrier, tracking,
        delivery_on, replaced, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const INSERT_LINE: &str =
    "insert into shipment_line (shipment_id, line_number, quantity) values ($1, $2, $3)";

pub async fn insert(conn: &mut Conn, row: &Shipment) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(row.order.to_string())
        .bind(&row.number)
        .bind(row.source.word())
        .bind(row.document.map(|id| id.to_string()))
        .bind(&row.carrier)
        .bind(&row.tracking)
        .bind(row.delivery_on.map(|day: Day| day.to_string()))
        .bind(Bool::bind(row.replaced))
        .bind(row.at.millis())
        .execute(&mut *conn)
        .await?;
    for part in &row.parts {
        db::query(INSERT_LINE)
            .bind(row.id.to_string())
            .bind(part.line_number)
            .bind(decimal::canonical(part.quantity))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

const REPLACE: &str = "update shipment set replaced = 1 where id = $1 and replaced = 0";

/// A later notice of the same number took the place of this one.
pub async fn replace(conn: &mut Conn, id: ShipmentId) -> Result<(), StoreError> {
    let done = db::query(REPLACE).bind(id.to_string()).execute(conn).await?;
    one_row(done.rows_affected(), "shipment")
}

const ORDERS: &str = "
    select distinct o.id from shipment s join purchase_order o on o.id = s.order_id
    where o.organisation_id = $1 and o.supplier_id = $2 and s.shipment_number = $3 order by o.id";

/// The orders that the supplier's notices of this number are or were about.
pub async fn orders(
    conn: &mut Conn,
    (organisation, supplier): (OrganisationId, SupplierId),
    number: &str,
) -> Result<Vec<OrderId>, StoreError> {
    let query =
        db::query(ORDERS).bind(organisation.to_string()).bind(supplier.to_string()).bind(number);
    let rows = query.fetch_all(conn).await?;
    rows.iter().map(|row| Row::new(row, "shipment").id("id")).collect()
}

const OF_ORDER: &str = "select * from shipment where order_id = $1 order by at, id";
const LINES: &str = "
    select l.* from shipment_line l join shipment s on s.id = l.shipment_id
    where s.order_id = $1 order by l.shipment_id, l.line_number";

/// Every shipment of the order, oldest first, the replaced ones included.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Shipment>, StoreError> {
    let rows = db::query(OF_ORDER).bind(order.to_string()).fetch_all(&mut *conn).await?;
    let mut found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    for row in &db::query(LINES).bind(order.to_string()).fetch_all(conn).await? {
        let row = Row::new(row, "shipment_line");
        let owner: ShipmentId = row.id("shipment_id")?;
        let part = read_part(&row)?;
        if let Some(found) = found.iter_mut().find(|found| found.id == owner) {
            found.parts.push(part);
        }
    }
    Ok(found)
}

fn read(row: &db::DbRow) -> Result<Shipment, StoreError> {
    let row = Row::new(row, "shipment");
    Ok(Shipment {
        id: row.id("id")?,
        order: row.id("order_id")?,
        number: row.text("shipment_number")?,
        source: row.parsed("source")?,
        document: row.maybe_id("document_id")?,
        carrier: row.text("carrier")?,
        tracking: row.text("tracking")?,
        delivery_on: row.maybe_day("delivery_on")?,
        at: row.time("at")?,
        replaced: row.flag("replaced")?,
        parts: Vec::new(),
    })
}

/// A line number with a quantity, as shipments and receipts have them.
pub(super) fn read_part(row: &Row<'_>) -> Result<Moved, StoreError> {
    Ok(Moved { line_number: row.int("line_number")?, quantity: row.decimal("quantity")? })
}

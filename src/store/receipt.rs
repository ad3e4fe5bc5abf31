//! What buyers have in hand.

use crate::{
    base::{
        decimal,
        id::{OrderId, ReceiptId},
    },
    domain::receipt::Receipt,
};

use super::{Conn, Row, StoreError, db, shipment::read_part};

const INSERT: &str = "
    insert into receipt (id, order_id, person_id, number, document_id, at)
    values ($1, $2, $3, $4, $5, $6)";
const INSERT_LINE: &str =
    "insert into receipt_line (receipt_id, line_number, quantity) values ($1, $2, $3)";

pub async fn insert(conn: &mut Conn, row: &Receipt) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(row.order.to_string())
        .bind(row.person.to_string())
        .bind(&row.number)
        .bind(row.document.map(|id| id.to_string()))
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

const OF_ORDER: &str = "select * from receipt where order_id = $1 order by at, id";
const LINES: &str = "
    select l.* from receipt_line l join receipt r on r.id = l.receipt_id
    where r.order_id = $1 order by l.receipt_id, l.line_number";

/// Every receipt of the order, oldest first.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Receipt>, StoreError> {
    let rows = db::query(OF_ORDER).bind(order.to_string()).fetch_all(&mut *conn).await?;
    let mut found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    for row in &db::query(LINES).bind(order.to_string()).fetch_all(conn).await? {
        let row = Row::new(row, "receipt_line");
        let owner: ReceiptId = row.id("receipt_id")?;
        let part = read_part(&row)?;
        if let Some(found) = found.iter_mut().find(|found| found.id == owner) {
            found.parts.push(part);
        }
    }
    Ok(found)
}

fn read(row: &db::DbRow) -> Result<Receipt, StoreError> {
    let row = Row::new(row, "receipt");
    Ok(Receipt {
        id: row.id("id")?,
        order: row.id("order_id")?,
        person: row.id("person_id")?,
        number: row.text("number")?,
        document: row.maybe_id("document_id")?,
        at: row.time("at")?,
        parts: Vec::new(),
    })
}

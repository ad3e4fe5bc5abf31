//! The lines of purchase orders, and what has happened to them.

use crate::{
    base::{decimal, id::OrderId, money::UnitPrice},
    domain::{
        cart::Goods,
        order::{OrderLine, Progress},
    },
};

use super::super::{Conn, Row, StoreError, db, error::one_row, goods};

const INSERT_LINE: &str = "
    insert into order_line (id, order_id, line_number, requisition_line_id, sku, aux_id,
        description, quantity, unit, price_amount, price_per, currency, total_minor, unspsc,
        manufacturer, manufacturer_sku, confirmed, backordered, rejected, shipped, received,
        invoiced)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '0', '0', '0',
        '0', '0', '0')";

/// Adds a line; nothing has happened to it yet.
pub async fn insert_line(
    conn: &mut Conn,
    order: OrderId,
    line: &OrderLine,
) -> Result<(), StoreError> {
    let goods = &line.goods;
    let head = db::query(INSERT_LINE)
        .bind(line.id.to_string())
        .bind(order.to_string())
        .bind(line.line_number)
        .bind(line.requisition_line.to_string());
    goods::bind(head, goods).put(conn)
}

const LINES: &str = "
    select l.*, o.supplier_id from order_line l join purchase_order o on o.id = l.order_id
    where l.order_id = $1 order by l.line_number";

/// The order's lines, in their order.
pub async fn lines(conn: &mut Conn, order: OrderId) -> Result<Vec<OrderLine>, StoreError> {
    let rows = db::query(LINES).bind(order.to_string()).fetch_known(conn).await?;
    rows.iter().map(read_line).collect()
}

fn read_line(row: &db::DbRow) -> Result<OrderLine, StoreError> {
    let row = Row::new(row, "order_line");
    let amount = row.decimal("price_amount")?;
    Ok(OrderLine {
        id: row.id("id")?,
        line_number: row.int("line_number")?,
        requisition_line: row.id("requisition_line_id")?,
        goods: Goods {
            item: None,
            supplier: row.id("supplier_id")?,
            sku: row.text("sku")?,
            aux_id: row.text("aux_id")?,
            description: row.text("description")?,
            quantity: row.quantity("quantity")?,
            unit: row.text("unit")?,
            price: UnitPrice::new(amount, row.parsed("currency")?, row.quantity("price_per")?),
            total: row.money("total_minor", "currency")?,
            unspsc: row.text("unspsc")?,
            manufacturer: row.text("manufacturer")?,
            manufacturer_sku: row.text("manufacturer_sku")?,
            lead_time_days: None,
        },
        progress: Progress {
            confirmed: row.decimal("confirmed")?,
            backordered: row.decimal("backordered")?,
            rejected: row.decimal("rejected")?,
            shipped: row.decimal("shipped")?,
            received: row.decimal("received")?,
            invoiced: row.decimal("invoiced")?,
        },
    })
}

const SAVE_PROGRESS: &str = "
    update order_line set confirmed = $1, backordered = $2, rejected = $3, shipped = $4,
        received = $5, invoiced = $6
    where id = $7";

/// Saves what happened to a line; the order's version, moved in the same transaction, guards it.
pub async fn save_progress(conn: &mut Conn, line: &OrderLine) -> Result<(), StoreError> {
    let progress = &line.progress;
    let done = db::query(SAVE_PROGRESS)
        .bind(decimal::canonical(progress.confirmed))
        .bind(decimal::canonical(progress.backordered))
        .bind(decimal::canonical(progress.rejected))
        .bind(decimal::canonical(progress.shipped))
        .bind(decimal::canonical(progress.received))
        .bind(decimal::canonical(progress.invoiced))
        .bind(line.id.to_string())
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "order line")
}

//! The lines of a requisition.

use crate::{
    base::id::RequisitionId,
    domain::requisition::{BuyerLine, RequisitionLine},
};

use super::{
    super::{Conn, Row, StoreError, db, goods},
    json, text,
};

const LINES: &str = "select * from requisition_line where requisition_id = $1 order by position";

/// The lines of a requisition, in their order.
pub async fn lines(conn: &mut Conn, id: RequisitionId) -> Result<Vec<RequisitionLine>, StoreError> {
    let rows = db::query(LINES).bind(id.to_string()).fetch_known(conn).await?;
    rows.iter().map(read_line).collect()
}

fn read_line(row: &db::DbRow) -> Result<RequisitionLine, StoreError> {
    let row = Row::new(row, "requisition_line");
    Ok(RequisitionLine {
        id: row.id("id")?,
        position: row.int("position")?,
        goods: goods::read(&row)?,
        accounts: row.json("accounts")?,
        attachments: row.json("attachments")?,
        buyer: BuyerLine {
            number: row.maybe_int("buyer_line")?,
            comment: row.text("comment")?,
            needed_on: row.maybe_day("needed_on")?,
        },
    })
}

/// Puts other lines in place of a pending requisition's; no order refers to them yet.
pub async fn replace_lines(
    conn: &mut Conn,
    id: RequisitionId,
    lines: &[RequisitionLine],
) -> Result<(), StoreError> {
    db::query("delete from requisition_line where requisition_id = $1")
        .bind(id.to_string())
        .execute(&mut *conn)
        .await?;
    insert_lines(conn, id, lines).await
}

const INSERT_LINE: &str = "
    insert into requisition_line (id, requisition_id, position, item_id, supplier_id, sku, aux_id,
        description, quantity, unit, price_amount, price_per, currency, total_minor, unspsc,
        manufacturer, manufacturer_sku, lead_time_days, accounts, attachments, buyer_line, comment,
        needed_on)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, $23)";

pub(super) async fn insert_lines(
    conn: &mut Conn,
    requisition: RequisitionId,
    lines: &[RequisitionLine],
) -> Result<(), StoreError> {
    for line in lines {
        let goods = &line.goods;
        let head = db::query(INSERT_LINE)
            .bind(line.id.to_string())
            .bind(requisition.to_string())
            .bind(line.position)
            .bind(text(goods.item))
            .bind(goods.supplier.to_string());
        goods::bind(head, goods)
            .bind(goods.lead_time_days)
            .bind(json(&line.accounts)?)
            .bind(json(&line.attachments)?)
            .bind(line.buyer.number)
            .bind(&line.buyer.comment)
            .bind(line.buyer.needed_on.map(|day| day.to_string()))
            .put(conn)?;
    }
    Ok(())
}

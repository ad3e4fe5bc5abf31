//! What suppliers said about orders.

use crate::{
    base::{
        decimal,
        id::{ConfirmationId, OrderId},
        quantity::Quantity,
        time::{Day, Time},
    },
    domain::confirmation::{AskedPrice, Confirmation, Part},
};

use super::{Bool, Conn, Row, StoreError, db, error::one_row};

const INSERT: &str = "
    insert into confirmation (id, order_id, confirm_id, kind, source, document_id, comment,
        replaced, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const INSERT_LINE: &str = "
    insert into confirmation_line (confirmation_id, position, line_number, kind, quantity,
        price_amount, delivery_on, comment, price_currency, price_per)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

pub async fn insert(conn: &mut Conn, row: &Confirmation) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(row.order.to_string())
        .bind(&row.confirm_id)
        .bind(row.kind.word())
        .bind(row.source.word())
        .bind(row.document.map(|id| id.to_string()))
        .bind(&row.comment)
        .bind(Bool::bind(row.replaced))
        .bind(row.at.millis())
        .execute(&mut *conn)
        .await?;
    for (part, position) in row.parts.iter().zip(1_i64..) {
        db::query(INSERT_LINE)
            .bind(row.id.to_string())
            .bind(position)
            .bind(part.line_number)
            .bind(part.kind.word())
            .bind(decimal::canonical(part.quantity))
            .bind(part.price.map(|price| decimal::canonical(price.amount)))
            .bind(part.delivery_on.map(|day: Day| day.to_string()))
            .bind(&part.comment)
            .bind(part.price.and_then(|price| price.currency).map(|own| own.to_string()))
            .bind(part.price.and_then(|price| price.per).map(|per| per.to_string()))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

const REPLACE: &str = "update confirmation set replaced = 1 where id = $1 and replaced = 0";

/// A later confirmation took the place of this one.
pub async fn replace(conn: &mut Conn, id: ConfirmationId) -> Result<(), StoreError> {
    let done = db::query(REPLACE).bind(id.to_string()).execute(conn).await?;
    one_row(done.rows_affected(), "confirmation")
}

const OF_ORDER: &str = "select * from confirmation where order_id = $1 order by at, id";
const LINES: &str = "
    select l.* from confirmation_line l join confirmation c on c.id = l.confirmation_id
    where c.order_id = $1 order by l.confirmation_id, l.position";

/// Every confirmation of the order, oldest first, the replaced ones included.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Confirmation>, StoreError> {
    let rows = db::query(OF_ORDER).bind(order.to_string()).fetch_all(&mut *conn).await?;
    let mut found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    for row in &db::query(LINES).bind(order.to_string()).fetch_all(conn).await? {
        let row = Row::new(row, "confirmation_line");
        let owner: ConfirmationId = row.id("confirmation_id")?;
        let part = read_part(&row)?;
        if let Some(found) = found.iter_mut().find(|found| found.id == owner) {
            found.parts.push(part);
        }
    }
    Ok(found)
}

fn read(row: &db::DbRow) -> Result<Confirmation, StoreError> {
    let row = Row::new(row, "confirmation");
    Ok(Confirmation {
        id: row.id("id")?,
        order: row.id("order_id")?,
        confirm_id: row.text("confirm_id")?,
        kind: row.parsed("kind")?,
        source: row.parsed("source")?,
        document: row.maybe_id("document_id")?,
        comment: row.text("comment")?,
        at: Time::from_millis(row.int("at")?),
        replaced: row.flag("replaced")?,
        parts: Vec::new(),
    })
}

fn read_part(row: &Row<'_>) -> Result<Part, StoreError> {
    Ok(Part {
        line_number: row.int("line_number")?,
        kind: row.parsed("kind")?,
        quantity: row.decimal("quantity")?,
        price: read_price(row)?,
        delivery_on: row.maybe_day("delivery_on")?,
        comment: row.text("comment")?,
    })
}

fn read_price(row: &Row<'_>) -> Result<Option<AskedPrice>, StoreError> {
    let Some(amount) = row.maybe_text("price_amount")? else { return Ok(None) };
    let amount = decimal::parse_signed(&amount);
    let per = row.maybe_text("price_per")?.map(|per| Quantity::parse(&per)).transpose();
    Ok(Some(AskedPrice {
        amount: amount.map_err(|fault| row.fault("price_amount", fault))?,
        currency: match row.maybe_text("price_currency")? {
            Some(code) => Some(code.parse().map_err(|fault| row.fault("price_currency", fault))?),
            None => None,
        },
        per: per.map_err(|fault| row.fault("price_per", fault))?,
    }))
}

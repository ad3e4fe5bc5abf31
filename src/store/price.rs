//! Prices: general ones and contract prices, by currency and quantity.

use std::collections::HashMap;

use crate::{
    base::{
        decimal,
        id::{ItemId, OrganisationId, PriceId},
        money::{Currency, UnitPrice},
        time::Time,
    },
    domain::price::Price,
};

use super::{Conn, Row, StoreError, db, item::AT_ONCE};

const OFFERED: &str = "
    select item_id, organisation_id, currency, amount, per, min_quantity from price
    where currency = $1 and (organisation_id is null or organisation_id = $2) and item_id in (
        $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35,
        $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51,
        $52)
    order by item_id, id";
const OF_ITEMS: &str = "
    select item_id, organisation_id, currency, amount, per, min_quantity from price
    where item_id in (
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34,
        $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50)
    order by item_id, id";

/// What can hold for one organisation in one currency, for each of the items: its contract prices
/// and the general ones. Items without any are missing.
pub async fn offered(
    conn: &mut Conn,
    items: &[ItemId],
    organisation: OrganisationId,
    currency: Currency,
) -> Result<HashMap<ItemId, Vec<Price>>, StoreError> {
    let mut found: HashMap<ItemId, Vec<Price>> = HashMap::new();
    for some in items.chunks(AT_ONCE) {
        let mut query =
            db::query(OFFERED).bind(currency.code().to_owned()).bind(organisation.to_string());
        for slot in 0..AT_ONCE {
            let item = some.get(slot).or(some.last());
            query = query.bind(item.map(ToString::to_string).unwrap_or_default());
        }
        for row in &query.fetch_all(&mut *conn).await? {
            let price = read(row)?;
            found.entry(price.item).or_default().push(price);
        }
    }
    Ok(found)
}

/// Every price of the items, those of all organisations included: for the catalogue's keepers, not
/// for shoppers.
pub async fn of_items(
    conn: &mut Conn,
    items: &[ItemId],
) -> Result<HashMap<ItemId, Vec<Price>>, StoreError> {
    let mut found: HashMap<ItemId, Vec<Price>> = HashMap::new();
    for some in items.chunks(AT_ONCE) {
        let mut query = db::query(OF_ITEMS);
        for slot in 0..AT_ONCE {
            let item = some.get(slot).or(some.last());
            query = query.bind(item.map(ToString::to_string).unwrap_or_default());
        }
        for row in &query.fetch_all(&mut *conn).await? {
            let price = read(row)?;
            found.entry(price.item).or_default().push(price);
        }
    }
    Ok(found)
}

fn read(row: &db::DbRow) -> Result<Price, StoreError> {
    let row = Row::new(row, "price");
    Ok(Price {
        item: row.id("item_id")?,
        organisation: row.maybe_id("organisation_id")?,
        price: UnitPrice::new(
            row.decimal("amount")?,
            row.parsed("currency")?,
            row.quantity("per")?,
        ),
        min_quantity: row.quantity("min_quantity")?,
    })
}

const CLEAR: &str = "
    delete from price
    where item_id = $1 and currency = $2 and coalesce(organisation_id, '') = $3";
const INSERT: &str = "
    insert into price (id, item_id, organisation_id, currency, amount, per, min_quantity,
        updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Whose price list of which item in which currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListOf {
    pub item: ItemId,
    /// `None` for the general list.
    pub organisation: Option<OrganisationId>,
    pub currency: Currency,
}

/// Takes the whole list away.
pub async fn clear(conn: &mut Conn, list: ListOf) -> Result<(), StoreError> {
    db::query(CLEAR)
        .bind(list.item.to_string())
        .bind(list.currency.code().to_owned())
        .bind(list.organisation.map(|id| id.to_string()).unwrap_or_default())
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn insert(conn: &mut Conn, id: PriceId, row: &Price, at: Time) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(id.to_string())
        .bind(row.item.to_string())
        .bind(row.organisation.map(|id| id.to_string()))
        .bind(row.price.currency.code().to_owned())
        .bind(decimal::canonical(row.price.amount))
        .bind(row.price.per.to_string())
        .bind(row.min_quantity.to_string())
        .bind(at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

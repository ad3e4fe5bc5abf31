//! Prices: general ones and contract prices, by currency and quantity.

use sqlx::any::AnyRow;

use crate::{
    base::{
        decimal,
        id::{ItemId, OrganisationId, PriceId},
        money::{Currency, UnitPrice},
        time::Time,
    },
    domain::price::Price,
};

use super::{Conn, Row, StoreError};

const OFFERED: &str = "
    select item_id, organisation_id, currency, amount, per, min_quantity from price
    where item_id = $1 and currency = $2 and (organisation_id is null or organisation_id = $3)
    order by id";
const OF_ITEM: &str = "
    select item_id, organisation_id, currency, amount, per, min_quantity from price
    where item_id = $1 order by id";

/// What can hold for one organisation in one currency: its contract prices and the general ones.
pub async fn offered(
    conn: &mut Conn,
    item: ItemId,
    organisation: OrganisationId,
    currency: Currency,
) -> Result<Vec<Price>, StoreError> {
    let query = sqlx::query(OFFERED).bind(item.to_string()).bind(currency.code().to_owned());
    let rows = query.bind(organisation.to_string()).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// Every price of an item, those of all organisations included: for its keepers, not for shoppers.
pub async fn of_item(conn: &mut Conn, item: ItemId) -> Result<Vec<Price>, StoreError> {
    let rows = sqlx::query(OF_ITEM).bind(item.to_string()).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Price, StoreError> {
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
    sqlx::query(CLEAR)
        .bind(list.item.to_string())
        .bind(list.currency.code().to_owned())
        .bind(list.organisation.map(|id| id.to_string()).unwrap_or_default())
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn insert(conn: &mut Conn, id: PriceId, row: &Price, at: Time) -> Result<(), StoreError> {
    sqlx::query(INSERT)
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

//! Items and how they are found.
//!
//! Search compares word beginnings in `item_word`, so one text serves both databases and a bare
//! number of characters finds nothing it should not. A rare word leads the search; common words are
//! only checked on the newest items until a page is full, so that no query reads a whole catalogue
//! to sort it.

use std::collections::BTreeSet;

use crate::{
    base::{
        id::{ItemId, SupplierId},
        time::Time,
    },
    domain::catalogue::Item,
};

use super::{Conn, Row, StoreError, db, error::one_row};

macro_rules! items {
    ($rest:expr) => {
        concat!(
            "select i.id, i.supplier_id, i.sku, i.aux_id, i.name, i.description, i.unit, i.unspsc,
                i.category, i.manufacturer, i.manufacturer_sku, i.lead_time_days, i.at_site, i.withdrawn_at,
                i.updated_at, i.version ",
            $rest
        )
    };
}

mod search;

pub use search::{Search, categories, offered, search};

const BY_ID: &str = items!("from item i where i.id = $1");
const BY_SKU: &str = items!("from item i where i.supplier_id = $1 and i.sku = $2");
const ALL_BY_SKU: &str = items!("from item i where i.sku = $1 order by i.supplier_id");

pub async fn get(conn: &mut Conn, id: ItemId) -> Result<Option<Item>, StoreError> {
    let row = db::query(BY_ID).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

pub async fn by_sku(
    conn: &mut Conn,
    supplier: SupplierId,
    sku: &str,
) -> Result<Option<Item>, StoreError> {
    let query = db::query(BY_SKU).bind(supplier.to_string()).bind(sku);
    let row = query.fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// Numbers or ids asked for with one statement.
pub const AT_ONCE: usize = 50;
const BY_SKUS: &str = items!(
    "from item i where i.supplier_id = $1 and i.sku in (
        $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34,
        $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50,
        $51)"
);

/// The supplier's items with these numbers, in no order; unknown numbers are simply missing.
pub async fn by_skus(
    conn: &mut Conn,
    supplier: SupplierId,
    skus: &[&str],
) -> Result<Vec<Item>, StoreError> {
    let mut found = Vec::with_capacity(skus.len());
    for some in skus.chunks(AT_ONCE) {
        let mut query = db::query(BY_SKUS).bind(supplier.to_string());
        for slot in 0..AT_ONCE {
            query = query.bind(some.get(slot).or(some.last()).copied().unwrap_or_default());
        }
        for row in &query.fetch_all(&mut *conn).await? {
            found.push(read(row)?);
        }
    }
    Ok(found)
}

/// The items of every supplier that uses this number.
pub async fn all_by_sku(conn: &mut Conn, sku: &str) -> Result<Vec<Item>, StoreError> {
    let rows = db::query(ALL_BY_SKU).bind(sku).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

fn read(row: &db::DbRow) -> Result<Item, StoreError> {
    let row = Row::new(row, "item");
    Ok(Item {
        id: row.id("id")?,
        supplier: row.id("supplier_id")?,
        sku: row.text("sku")?,
        aux_id: row.text("aux_id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        unit: row.text("unit")?,
        unspsc: row.text("unspsc")?,
        category: row.text("category")?,
        manufacturer: row.text("manufacturer")?,
        manufacturer_sku: row.text("manufacturer_sku")?,
        lead_time_days: row.maybe_int("lead_time_days")?,
        at_site: row.flag("at_site")?,
        withdrawn_at: row.maybe_time("withdrawn_at")?,
        updated_at: row.time("updated_at")?,
        version: row.int("version")?,
    })
}

const INSERT: &str = "
    insert into item (id, supplier_id, sku, aux_id, name, description, unit, unspsc, category,
        manufacturer, manufacturer_sku, lead_time_days, at_site, withdrawn_at, updated_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1)";

/// Adds an item with the words it is found by (`Item::words`).
pub async fn insert(
    conn: &mut Conn,
    item: &Item,
    words: &BTreeSet<String>,
) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(item.id.to_string())
        .bind(item.supplier.to_string())
        .bind(&item.sku)
        .bind(&item.aux_id)
        .bind(&item.name)
        .bind(&item.description)
        .bind(&item.unit)
        .bind(&item.unspsc)
        .bind(&item.category)
        .bind(&item.manufacturer)
        .bind(&item.manufacturer_sku)
        .bind(item.lead_time_days)
        .bind(i64::from(item.at_site))
        .bind(item.withdrawn_at.map(Time::millis))
        .bind(item.updated_at.millis())
        .execute(&mut *conn)
        .await?;
    add_words(conn, item.id, words).await
}

const UPDATE: &str = "
    update item set aux_id = $1, name = $2, description = $3, unit = $4, unspsc = $5,
        category = $6, manufacturer = $7, manufacturer_sku = $8, lead_time_days = $9,
        withdrawn_at = $10, updated_at = $11, at_site = $12, version = version + 1
    where id = $13 and version = $14";

/// Saves everything but supplier and number, with the words it is found by.
pub async fn update(
    conn: &mut Conn,
    item: &Item,
    words: &BTreeSet<String>,
) -> Result<(), StoreError> {
    let done = db::query(UPDATE)
        .bind(&item.aux_id)
        .bind(&item.name)
        .bind(&item.description)
        .bind(&item.unit)
        .bind(&item.unspsc)
        .bind(&item.category)
        .bind(&item.manufacturer)
        .bind(&item.manufacturer_sku)
        .bind(item.lead_time_days)
        .bind(item.withdrawn_at.map(Time::millis))
        .bind(item.updated_at.millis())
        .bind(i64::from(item.at_site))
        .bind(item.id.to_string())
        .bind(item.version)
        .execute(&mut *conn)
        .await?;
    one_row(done.rows_affected(), "item")?;
    db::query("delete from item_word where item_id = $1")
        .bind(item.id.to_string())
        .execute(&mut *conn)
        .await?;
    add_words(conn, item.id, words).await
}

/// Words put in with one statement: as many as most items have.
const WORDS_AT_ONCE: usize = 24;
/// Free places repeat the last word, which then is there already.
const ADD_WORDS: &str = "
    insert into item_word (word, item_id) values
        ($2, $1), ($3, $1), ($4, $1), ($5, $1), ($6, $1), ($7, $1), ($8, $1), ($9, $1),
        ($10, $1), ($11, $1), ($12, $1), ($13, $1), ($14, $1), ($15, $1), ($16, $1), ($17, $1),
        ($18, $1), ($19, $1), ($20, $1), ($21, $1), ($22, $1), ($23, $1), ($24, $1), ($25, $1)
    on conflict do nothing";

async fn add_words(
    conn: &mut Conn,
    item: ItemId,
    words: &BTreeSet<String>,
) -> Result<(), StoreError> {
    let words: Vec<&String> = words.iter().collect();
    for some in words.chunks(WORDS_AT_ONCE) {
        let mut query = db::query(ADD_WORDS).bind(item.to_string());
        for slot in 0..WORDS_AT_ONCE {
            query = query.bind(some.get(slot).or(some.last()).map_or("", |word| word.as_str()));
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

//! Items and how they are found.
//!
//! Search compares word beginnings in `item_word`, so one text serves both databases and a bare
//! number of characters finds nothing it should not. A rare word leads the search; common words are
//! only checked on the newest items until a page is full, so that no query reads a whole catalogue
//! to sort it.

use std::collections::BTreeSet;

use crate::{
    base::{
        id::{ItemId, OrganisationId, SupplierId},
        money::Currency,
        page::{Cut, Page},
        time::Time,
    },
    domain::catalogue::{Item, QUERY_WORDS},
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

/// What is looked for, and for whom: items without a price for them are not found.
#[derive(Debug, Clone)]
pub struct Search {
    /// From `domain::catalogue::query_words`; each begins some word of a found item.
    pub words: Vec<String>,
    pub supplier: Option<SupplierId>,
    pub category: Option<String>,
    pub organisation: OrganisationId,
    pub currency: Currency,
}

/// What every search checks of an item; empty texts ask nothing.
macro_rules! search {
    ($from:literal) => {
        items!(concat!(
            $from,
            " and i.id < $1
            and ($2 = '' or i.supplier_id = $2)
            and ($3 = '' or i.category = $3)
            and i.withdrawn_at is null
            and exists (select 1 from price p where p.item_id = i.id and p.currency = $4
                and (p.organisation_id is null or p.organisation_id = $5))
            and ($6 = '' or exists (select 1 from item_word w
                where w.item_id = i.id and w.word >= $6 and w.word < $7))
            and ($8 = '' or exists (select 1 from item_word w
                where w.item_id = i.id and w.word >= $8 and w.word < $9))
            and ($10 = '' or exists (select 1 from item_word w
                where w.item_id = i.id and w.word >= $10 and w.word < $11))
            and ($12 = '' or exists (select 1 from item_word w
                where w.item_id = i.id and w.word >= $12 and w.word < $13))
            and ($14 = '' or exists (select 1 from item_word w
                where w.item_id = i.id and w.word >= $14 and w.word < $15))
            and ($16 = '' or exists (select 1 from item_word w
                where w.item_id = i.id and w.word >= $16 and w.word < $17))
            order by i.id desc limit $18"
        ))
    };
}
const NEWEST: &str = search!("from item i where 1 = 1");
const OF_SUPPLIER: &str = search!("from item i where i.supplier_id = $2");
const OF_CATEGORY: &str = search!("from item i where i.category = $3");
/// `cross join` keeps SQLite from walking the items first.
const WITH_WORD: &str = search!(
    "from (select distinct item_id from item_word where word >= $6 and word < $7) hit
        cross join item i where i.id = hit.item_id"
);
const HITS: &str = "
    select count(*) as hits from (
        select 1 from item_word where word >= $1 and word < $2 limit $3
    ) found";

/// A word with at most this many hits leads the search: so many are checked in milliseconds.
const RARE: i64 = 5_000;
/// Sorts behind every item id: the largest ULID, in the alphabet that ids are written in.
const END: &str = "item_ZZZZZZZZZZZZZZZZZZZZZZZZZZ";
/// Sorts behind every character of a word.
const LAST: char = '\u{10FFFF}';

/// Items that match, newest first.
pub async fn search(conn: &mut Conn, search: &Search, cut: &Cut) -> Result<Page<Item>, StoreError> {
    let (words, hits) = rarest_first(conn, &search.words).await?;
    let sql = match (hits, &search.category, search.supplier) {
        (Some(hits), ..) if hits <= RARE => WITH_WORD,
        (_, Some(_), _) => OF_CATEGORY,
        (_, None, Some(_)) => OF_SUPPLIER,
        (_, None, None) => NEWEST,
    };
    let mut query = db::query(sql)
        .bind(cut.after.clone().unwrap_or_else(|| END.to_owned()))
        .bind(search.supplier.map(|id| id.to_string()).unwrap_or_default())
        .bind(search.category.clone().unwrap_or_default())
        .bind(search.currency.code().to_owned())
        .bind(search.organisation.to_string());
    for slot in 0..QUERY_WORDS {
        let word = words.get(slot).cloned().unwrap_or_default();
        let end = format!("{word}{LAST}");
        query = query.bind(word).bind(end);
    }
    let rows = query.bind(cut.fetch()).fetch_all(conn).await?;
    let items = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(items, cut, |item| item.id.to_string()))
}

/// `in`, not `exists`: SQLite 3.51 makes a join of the latter, and its offset then counts an item
/// once for each of its prices.
const OFFERED: &str = items!(
    "from item i where i.withdrawn_at is null and i.at_site = 0 and i.id in (select p.item_id from price p
        where p.currency = $1 and (p.organisation_id is null or p.organisation_id = $2))
    order by i.id limit $3 offset $4"
);
const OFFERED_COUNT: &str = "
    select count(*) as items from item i where i.withdrawn_at is null and i.at_site = 0
        and exists (select 1 from price p where p.item_id = i.id and p.currency = $1
            and (p.organisation_id is null or p.organisation_id = $2))";

/// A part of everything that is offered to the organisation, oldest first, and how many there are:
/// for those who copy the catalogue page by page.
pub async fn offered(
    conn: &mut Conn,
    (organisation, currency): (OrganisationId, Currency),
    (limit, offset): (u32, u64),
) -> Result<(Vec<Item>, u64), StoreError> {
    let count = db::query(OFFERED_COUNT)
        .bind(currency.code().to_owned())
        .bind(organisation.to_string())
        .fetch_one(&mut *conn)
        .await?;
    let count = Row::new(&count, "item").int("items")?;
    let rows = db::query(OFFERED)
        .bind(currency.code().to_owned())
        .bind(organisation.to_string())
        .bind(i64::from(limit))
        .bind(i64::try_from(offset).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?;
    let items = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok((items, u64::try_from(count).unwrap_or_default()))
}

/// The words with the rarest first, and its hits (counted no further than needed).
async fn rarest_first(
    conn: &mut Conn,
    words: &[String],
) -> Result<(Vec<String>, Option<i64>), StoreError> {
    let mut words: Vec<String> = words.iter().take(QUERY_WORDS).cloned().collect();
    let mut least: Option<(usize, i64)> = None;
    for (at, word) in words.iter().enumerate() {
        let row = db::query(HITS)
            .bind(word)
            .bind(format!("{word}{LAST}"))
            .bind(RARE + 1)
            .fetch_one(&mut *conn)
            .await?;
        let hits = Row::new(&row, "item_word").int("hits")?;
        if least.is_none_or(|(_, fewest)| hits < fewest) {
            least = Some((at, hits));
        }
    }
    let Some((at, hits)) = least else { return Ok((words, None)) };
    words.swap(0, at);
    Ok((words, Some(hits)))
}

/// One step of a walk over the distinct values of an index, however many items there are.
const CATEGORIES: &str = "
    with recursive step (category) as (
        select min(category) from item where category > ''
        union all
        select (select min(i.category) from item i where i.category > step.category)
        from step where step.category is not null
    )
    select category from step
    where category is not null and exists (
        select 1 from item i join price p on p.item_id = i.id
        where i.category = step.category and i.withdrawn_at is null and p.currency = $1
            and (p.organisation_id is null or p.organisation_id = $2))
    order by category";

/// The categories in which something is offered to the organisation.
pub async fn categories(
    conn: &mut Conn,
    organisation: OrganisationId,
    currency: Currency,
) -> Result<Vec<String>, StoreError> {
    let query = db::query(CATEGORIES).bind(currency.code().to_owned());
    let rows = query.bind(organisation.to_string()).fetch_all(conn).await?;
    rows.iter().map(|row| Row::new(row, "item").text("category")).collect()
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

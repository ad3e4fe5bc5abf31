//! Searching articles by words, supplier and category.

use crate::{
    base::{
        id::{OrganisationId, SupplierId},
        money::Currency,
        page::{Cut, Page},
    },
    domain::catalogue::{Item, QUERY_WORDS},
};

use super::{
    super::{Conn, Row, StoreError, db},
    read,
};

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

//! What an organisation can buy, at its own prices: searching and looking.
//!
//! An item without a price in the organisation's currency is not there, neither in lists nor by its
//! number. Contract prices of other organisations are never read.

use std::collections::{BTreeSet, HashMap};

use crate::{
    base::{
        id::{ItemId, OrganisationId, SupplierId},
        money::Currency,
        page::{Cut, Page},
        text,
    },
    domain::{
        catalogue::{Item, query_words},
        party::Supplier,
        price::PriceList,
        refusal::Refusal,
    },
    store::{self, Conn},
};

use super::{AppError, Reader};

/// Characters of a search text that are read.
pub const MAX_QUERY: usize = 200;

/// An item with what the reader's organisation pays for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub item: Item,
    pub supplier: Supplier,
    pub prices: PriceList,
}

/// What is looked for. Empty texts ask nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Each of its words must begin some word of a found item.
    pub text: String,
    /// A supplier's short name.
    pub supplier: Option<String>,
    pub category: Option<String>,
    pub cut: Cut,
}

/// Items offered to the reader's organisation: one with the very number that was typed first, then
/// newest first.
pub async fn search(reader: &mut Reader<'_>, query: &Query) -> Result<Page<Offer>, AppError> {
    reader.need("catalogue", "read")?;
    let buyer = buyer(reader).await?;
    let suppliers = suppliers_by_id(&mut reader.conn).await?;
    let supplier = query.supplier.as_deref().filter(|name| !name.is_empty());
    let supplier = supplier.map(|name| named(suppliers.values(), name)).transpose()?;
    let typed: String = query.text.chars().take(MAX_QUERY).collect();
    let search = store::item::Search {
        words: query_words(&typed),
        supplier,
        category: query.category.clone().filter(|category| !category.is_empty()),
        organisation: buyer.organisation,
        currency: buyer.currency,
    };
    let mut page = store::item::search(&mut reader.conn, &search, &query.cut).await?;
    let exact = |item: &Item| text::fold(&item.sku) == text::fold(typed.trim());
    // The item of that number leads the first page, so that no later page shows it again.
    page.items.retain(|item| query.cut.after.is_none() || !exact(item));
    if query.cut.after.is_none() {
        // Among many newer ones it may stand far behind.
        let numbered = of_number(&mut reader.conn, typed.trim(), &search).await?;
        let (mut first, others): (Vec<Item>, Vec<Item>) = page.items.into_iter().partition(exact);
        for item in numbered {
            if first.iter().all(|known| known.id != item.id) {
                first.push(item);
            }
        }
        page.items = first.into_iter().chain(others).collect();
    }
    let offers = offers(&mut reader.conn, buyer, page.items, &suppliers).await?;
    Ok(Page { items: offers, next: page.next })
}

/// What is offered under the very number, in whatever case it was typed.
async fn of_number(
    conn: &mut Conn,
    typed: &str,
    search: &store::item::Search,
) -> Result<Vec<Item>, AppError> {
    let cases = [typed.to_owned(), typed.to_uppercase(), typed.to_lowercase()];
    let cases: BTreeSet<String> = cases.into_iter().filter(|case| !case.is_empty()).collect();
    let mut found = Vec::new();
    for number in cases {
        found.extend(store::item::all_by_sku(conn, &number).await?);
    }
    found.retain(|item| {
        item.withdrawn_at.is_none()
            && search.supplier.is_none_or(|supplier| supplier == item.supplier)
            && search.category.as_ref().is_none_or(|category| *category == item.category)
    });
    Ok(found)
}

/// A numbered page (from 1) of everything offered to the reader's organisation, and how many items
/// there are: for systems that keep a copy of the catalogue.
pub async fn numbered(
    reader: &mut Reader<'_>,
    (page, size): (u32, u32),
) -> Result<(Vec<Offer>, u64), AppError> {
    reader.need("catalogue", "read")?;
    let buyer = buyer(reader).await?;
    let suppliers = suppliers_by_id(&mut reader.conn).await?;
    let offset = u64::from(page.saturating_sub(1)) * u64::from(size);
    let whose = (buyer.organisation, buyer.currency);
    let (items, count) = store::item::offered(&mut reader.conn, whose, (size, offset)).await?;
    Ok((offers(&mut reader.conn, buyer, items, &suppliers).await?, count))
}

/// One item by its supplier's short name and its number.
pub async fn get(reader: &mut Reader<'_>, supplier: &str, sku: &str) -> Result<Offer, AppError> {
    reader.need("catalogue", "read")?;
    let buyer = buyer(reader).await?;
    let suppliers = suppliers_by_id(&mut reader.conn).await?;
    let not_there = || AppError::from(Refusal::not_found("item"));
    let supplier = named(suppliers.values(), supplier).map_err(|_| not_there())?;
    let item = store::item::by_sku(&mut reader.conn, supplier, sku).await?;
    let item = item.filter(|item| item.withdrawn_at.is_none()).ok_or_else(not_there)?;
    let found = offers(&mut reader.conn, buyer, vec![item], &suppliers).await?;
    found.into_iter().next().ok_or_else(not_there)
}

/// The categories in which something is offered to the reader's organisation.
pub async fn categories(reader: &mut Reader<'_>) -> Result<Vec<String>, AppError> {
    reader.need("catalogue", "read")?;
    let buyer = buyer(reader).await?;
    Ok(store::item::categories(&mut reader.conn, buyer.organisation, buyer.currency).await?)
}

/// The suppliers of the catalogue, by short name.
pub async fn suppliers(reader: &mut Reader<'_>) -> Result<Vec<Supplier>, AppError> {
    reader.need("catalogue", "read")?;
    Ok(store::supplier::all(&mut reader.conn).await?)
}

/// Who buys, and in which currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Buyer {
    pub organisation: OrganisationId,
    pub currency: Currency,
}

async fn buyer(reader: &mut Reader<'_>) -> Result<Buyer, AppError> {
    let organisation = reader.actor.need_organisation()?;
    Buyer::of(&mut reader.conn, organisation).await
}

impl Buyer {
    /// The organisation with the currency it buys in.
    pub(super) async fn of(
        conn: &mut Conn,
        organisation: OrganisationId,
    ) -> Result<Self, AppError> {
        let found = store::organisation::get(conn, organisation).await?;
        let found = found.ok_or_else(|| Refusal::not_found("organisation"))?;
        Ok(Self { organisation, currency: found.currency })
    }
}

/// The items that are offered, with their prices, in the order given.
async fn offers(
    conn: &mut Conn,
    buyer: Buyer,
    items: Vec<Item>,
    suppliers: &HashMap<SupplierId, Supplier>,
) -> Result<Vec<Offer>, AppError> {
    let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
    let prices = store::price::offered(conn, &ids, buyer.organisation, buyer.currency).await?;
    let offered = items.into_iter().filter_map(|item| {
        let list = PriceList::of(prices.get(&item.id)?, buyer.organisation, buyer.currency)?;
        Some(Offer { supplier: suppliers.get(&item.supplier)?.clone(), item, prices: list })
    });
    Ok(offered.collect())
}

pub(super) async fn suppliers_by_id(
    conn: &mut Conn,
) -> Result<HashMap<SupplierId, Supplier>, AppError> {
    let all = store::supplier::all(conn).await?;
    Ok(all.into_iter().map(|supplier| (supplier.id, supplier)).collect())
}

/// The supplier of this short name.
pub(super) fn named<'s>(
    suppliers: impl IntoIterator<Item = &'s Supplier>,
    name: &str,
) -> Result<SupplierId, Refusal> {
    let found = suppliers.into_iter().find(|supplier| supplier.name == name);
    found.map(|supplier| supplier.id).ok_or_else(|| {
        Refusal::invalid("unknown-supplier", "There is no supplier of this name.")
            .field("supplier")
            .got(text::shorten(name, 60))
            .expected("a supplier's short name, such as office-one")
    })
}

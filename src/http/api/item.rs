//! `GET /items`: what the caller's organisation can buy, at its own prices.

use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::{
    Caller,
    shape::{List, Paged, UnitPriceJson},
};
use crate::{
    app::{
        catalogue::{self, Offer},
        gateway::{self, Beside},
    },
    base::page::Page,
    domain::price::Tier,
};

pub struct Items;

/// A price from a quantity on.
#[derive(Object)]
#[oai(rename = "Tier")]
struct TierAnswer {
    min_quantity: String,
    price: UnitPriceJson,
    /// Agreed with the caller's organisation.
    contract: bool,
}

/// An article of one supplier.
#[derive(Object)]
#[oai(rename = "Item")]
struct ItemAnswer {
    id: String,
    sku: String,
    /// The supplier's short name.
    supplier: String,
    name: String,
    description: String,
    /// UN/ECE Recommendation 20, or the catalogue's own code.
    unit: String,
    /// The price of one unit, or of the smallest quantity sold.
    price: UnitPriceJson,
    /// All prices by quantity, smallest first.
    tiers: Vec<TierAnswer>,
    /// Whether the price is agreed with the caller's organisation.
    contract: bool,
    /// Eight digits, or empty.
    unspsc: String,
    category: String,
    manufacturer: String,
    manufacturer_sku: String,
    lead_time_days: Option<i64>,
    /// It is chosen in the supplier's own shop (`POST /gateway/{supplier}` of a browser), not put
    /// into a cart from here.
    at_site: bool,
}

/// An article that a supplier's own shop found.
#[derive(Object)]
#[oai(rename = "SiteHit")]
struct HitAnswer {
    sku: String,
    /// The shop's own key.
    aux_id: String,
    description: String,
    unit: String,
    /// As the shop says it now.
    price: UnitPriceJson,
    lead_time_days: Option<u32>,
}

/// What one supplier's own shop answered to a search.
#[derive(Object)]
#[oai(rename = "SiteHits")]
struct HitsAnswer {
    /// The supplier's short name.
    supplier: String,
    /// What the shop is called.
    title: String,
    hits: Vec<HitAnswer>,
    /// Hits that could not be read, or of which there were too many.
    left_out: u32,
    /// Why there is no answer.
    trouble: Option<String>,
}

impl From<Beside> for HitsAnswer {
    fn from(beside: Beside) -> Self {
        let hit = |hit: gateway::Hit| HitAnswer {
            sku: hit.sku,
            aux_id: hit.aux_id,
            description: hit.description,
            unit: hit.unit,
            price: hit.price.into(),
            lead_time_days: hit.lead_time_days,
        };
        Self {
            supplier: beside.shop.supplier,
            title: beside.shop.title,
            hits: beside.hits.into_iter().map(hit).collect(),
            left_out: u32::try_from(beside.left_out).unwrap_or(u32::MAX),
            trouble: beside.trouble,
        }
    }
}

impl From<&Tier> for TierAnswer {
    fn from(tier: &Tier) -> Self {
        Self {
            min_quantity: tier.min_quantity.to_string(),
            price: tier.price.into(),
            contract: tier.is_contract,
        }
    }
}

impl From<Offer> for ItemAnswer {
    fn from(offer: Offer) -> Self {
        let Offer { item, supplier, prices } = offer;
        let entry = prices.entry();
        Self {
            id: item.id.to_string(),
            sku: item.sku,
            supplier: supplier.name,
            name: item.name,
            description: item.description,
            unit: item.unit,
            price: entry.price.into(),
            tiers: prices.tiers().iter().map(TierAnswer::from).collect(),
            contract: entry.is_contract,
            unspsc: item.unspsc,
            category: item.category,
            manufacturer: item.manufacturer,
            manufacturer_sku: item.manufacturer_sku,
            lead_time_days: item.lead_time_days,
            at_site: item.at_site,
        }
    }
}

#[OpenApi]
impl Items {
    /// Searches the catalogue: each word of `q` must begin some word of an item. An item with
    /// the very number that was asked for comes first, then the newest.
    #[oai(path = "/items", method = "get", operation_id = "items")]
    async fn items(
        &self,
        caller: Caller,
        q: Query<Option<String>>,
        /// A supplier's short name.
        supplier: Query<Option<String>>,
        paged: Paged,
    ) -> poem::Result<Json<List<ItemAnswer>>> {
        let query = catalogue::Query {
            text: q.0.unwrap_or_default(),
            supplier: supplier.0,
            category: None,
            cut: paged.0,
        };
        let mut reader = caller.reader().await?;
        let page = catalogue::search(&mut reader, &query).await?;
        Ok(Json(page.map(ItemAnswer::from).into()))
    }

    /// Searches the suppliers' own shops that are searched with the catalogue, all at once; one
    /// that does not answer within seconds says so in `trouble`.
    #[oai(path = "/site-hits", method = "get", operation_id = "site-hits")]
    async fn hits(&self, caller: Caller, q: Query<String>) -> poem::Result<Json<List<HitsAnswer>>> {
        let found = gateway::beside(caller.app(), caller.actor(), &q.0).await?;
        Ok(Json(Page { items: found, next: None }.map(HitsAnswer::from).into()))
    }

    /// One item by its supplier's short name and its number.
    #[oai(path = "/items/:supplier/:sku", method = "get", operation_id = "item")]
    async fn item(
        &self,
        caller: Caller,
        supplier: Path<String>,
        sku: Path<String>,
    ) -> poem::Result<Json<ItemAnswer>> {
        let mut reader = caller.reader().await?;
        Ok(Json(catalogue::get(&mut reader, &supplier.0, &sku.0).await?.into()))
    }
}

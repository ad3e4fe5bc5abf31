//! `/prices`: price lists of single articles; whole catalogues come by import.

use poem_openapi::{Object, OpenApi, param::Query, payload::Json};

use super::{
    Caller,
    shape::{Text, UnitPriceJson},
};
use crate::{
    app::party::price::{self, PriceView, TierInput},
    domain::price::Price,
};

pub struct Prices;

/// One tier of a price list.
#[derive(Object)]
struct TierJson {
    min_quantity: String,
    price: UnitPriceJson,
}

impl From<Price> for TierJson {
    fn from(price: Price) -> Self {
        Self { min_quantity: price.min_quantity.to_string(), price: price.price.into() }
    }
}

/// The prices of one article.
#[derive(Object)]
struct PricesJson {
    supplier: String,
    sku: String,
    name: String,
    /// For every organisation without a contract price.
    list: Vec<TierJson>,
    /// This organisation's own.
    contract: Vec<TierJson>,
}

impl From<PriceView> for PricesJson {
    fn from(view: PriceView) -> Self {
        Self {
            supplier: view.supplier,
            sku: view.item.sku,
            name: view.item.name,
            list: view.general.into_iter().map(TierJson::from).collect(),
            contract: view.contract.into_iter().map(TierJson::from).collect(),
        }
    }
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewTier {
    /// `"1"` when left out.
    min_quantity: Option<Text>,
    amount: Text,
    /// The quantity the amount is for; `"1"` when left out.
    per: Option<Text>,
}

/// A whole price list of one article in one currency; no tiers take it away.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PriceList {
    supplier: Text,
    sku: Text,
    /// This organisation's own price; else the general one.
    #[oai(default)]
    contract: bool,
    currency: Text,
    tiers: Vec<NewTier>,
}

async fn show(caller: &Caller, supplier: &str, sku: &str) -> poem::Result<Json<PricesJson>> {
    let mut reader = caller.reader().await?;
    Ok(Json(price::get(&mut reader, supplier, sku).await?.into()))
}

#[OpenApi]
impl Prices {
    /// The prices of one article.
    #[oai(path = "/prices", method = "get", operation_id = "prices")]
    async fn get(
        &self,
        caller: Caller,
        supplier: Query<String>,
        sku: Query<String>,
    ) -> poem::Result<Json<PricesJson>> {
        show(&caller, &supplier, &sku).await
    }

    /// Replaces one price list.
    #[oai(path = "/prices", method = "put", operation_id = "set-prices")]
    async fn set(&self, caller: Caller, body: Json<PriceList>) -> poem::Result<Json<PricesJson>> {
        caller.need("price", "edit").await?;
        let PriceList { supplier, sku, contract, currency, tiers } = body.0;
        let text = |text: Option<Text>| text.map(|text| text.0).unwrap_or_default();
        let tier = |tier: NewTier| TierInput {
            min_quantity: text(tier.min_quantity),
            amount: tier.amount.0,
            per: text(tier.per),
        };
        let save = price::Save {
            supplier: supplier.0,
            sku: sku.0,
            contract,
            currency: currency.0,
            tiers: tiers.into_iter().map(tier).collect(),
        };
        let saved = caller.act(save).await?;
        show(&caller, &saved.supplier, &saved.sku).await
    }
}

//! Prices by hand: the general list of an article, and an organisation's contract prices, in tiers
//! by quantity.

use serde::{Deserialize, Serialize};

use super::{diff::Diff, supplier};
use crate::{
    app::{AppError, Command, Cx, Need, Reader},
    base::{
        decimal,
        money::{Currency, UnitPrice},
        quantity::Quantity,
        text::shorten,
    },
    domain::{
        catalogue::Item,
        price::{Price, check_tiers},
        refusal::Refusal,
    },
    store::{self, price::ListOf},
};

/// One tier as written: all decimal texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierInput {
    /// The least quantity this price is for; `1` when empty.
    pub min_quantity: String,
    pub amount: String,
    /// The quantity the amount is for; `1` when empty.
    pub per: String,
}

/// Replaces one price list of one article; without tiers the list is taken away.
#[derive(Debug, Clone)]
pub struct Save {
    /// The supplier's short name.
    pub supplier: String,
    pub sku: String,
    /// The organisation's own contract price; else the general list, which only the organisation
    /// that keeps the supplier may change.
    pub contract: bool,
    pub currency: String,
    pub tiers: Vec<TierInput>,
}

/// What names the article.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    pub supplier: String,
    pub sku: String,
}

impl Command for Save {
    type Answer = Saved;
    const NEED: Need = Need::May("price", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Saved, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let supplier = if self.contract {
            let found = store::supplier::by_name(cx.conn, self.supplier.trim()).await?;
            found.ok_or_else(|| Refusal::not_found("supplier"))?
        } else {
            supplier::own(cx, &self.supplier).await?
        };
        let item = store::item::by_sku(cx.conn, supplier.id, self.sku.trim()).await?;
        let item = item.ok_or_else(|| Refusal::not_found("item"))?;
        let list = ListOf {
            item: item.id,
            organisation: self.contract.then_some(organisation),
            currency: currency(&self.currency)?,
        };
        let after = self.prices(list)?;
        check_tiers(&after)?;
        let found = store::price::of_items(cx.conn, &[item.id]).await?;
        let before = found.get(&item.id).map(Vec::as_slice).unwrap_or_default();
        let mut diff = Diff::default();
        let of = if self.contract { "contract price" } else { "price" };
        diff.note(&format!("{of} in {}", list.currency), told(before, list), told(&after, list));
        if !diff.is_empty() {
            store::price::clear(cx.conn, list).await?;
            for price in &after {
                store::price::insert(cx.conn, cx.id(), price, cx.now).await?;
            }
        }
        diff.settle(cx, "price", item.id);
        Ok(Saved { supplier: supplier.name, sku: item.sku })
    }
}

impl Save {
    fn prices(&self, list: ListOf) -> Result<Vec<Price>, Refusal> {
        let read = |(at, tier): (usize, &TierInput)| {
            let wrong = |field: &str, got: &str, expected: String| {
                Refusal::invalid("bad-price", "This price cannot be read.")
                    .field(format!("tiers[{at}].{field}"))
                    .got(shorten(got, 40))
                    .expected(expected)
            };
            let quantity = |field: &str, text: &str| match text.trim() {
                "" => Ok(Quantity::ONE),
                text => {
                    Quantity::parse(text).map_err(|fault| wrong(field, text, fault.to_string()))
                }
            };
            let amount = decimal::parse(tier.amount.trim())
                .map_err(|fault| wrong("amount", &tier.amount, fault.to_string()))?;
            let per = quantity("per", &tier.per)?;
            Ok(Price {
                item: list.item,
                organisation: list.organisation,
                price: UnitPrice::new(amount, list.currency, per),
                min_quantity: quantity("min_quantity", &tier.min_quantity)?,
            })
        };
        self.tiers.iter().enumerate().map(read).collect()
    }
}

fn currency(text: &str) -> Result<Currency, Refusal> {
    text.trim().to_ascii_uppercase().parse().map_err(|_| {
        Refusal::invalid("bad-currency", "This is no currency.")
            .field("currency")
            .got(shorten(text, 20))
            .expected("three letters of ISO 4217, such as EUR")
    })
}

/// One list in words that are equal when the tiers are.
fn told(prices: &[Price], list: ListOf) -> String {
    let own = |price: &&Price| {
        price.organisation == list.organisation && price.price.currency == list.currency
    };
    let mut tiers: Vec<&Price> = prices.iter().filter(own).collect();
    tiers.sort_by_key(|price| price.min_quantity);
    let tier = |price: &&Price| {
        let amount = decimal::canonical(price.price.amount);
        format!("{amount} per {} from {}", price.price.per, price.min_quantity)
    };
    tiers.iter().map(tier).collect::<Vec<_>>().join(", ")
}

/// An article with the prices that hold for the organisation: the general ones and its own.
#[derive(Debug, Clone)]
pub struct PriceView {
    pub item: Item,
    pub supplier: String,
    /// Whether the organisation may change the general list.
    pub own: bool,
    pub general: Vec<Price>,
    pub contract: Vec<Price>,
}

/// The prices of one article, by supplier's short name and number.
pub async fn get(
    reader: &mut Reader<'_>,
    supplier: &str,
    sku: &str,
) -> Result<PriceView, AppError> {
    reader.need("price", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let supplier = store::supplier::by_name(&mut reader.conn, supplier).await?;
    let supplier = supplier.ok_or_else(|| Refusal::not_found("supplier"))?;
    let item = store::item::by_sku(&mut reader.conn, supplier.id, sku).await?;
    let item = item.ok_or_else(|| Refusal::not_found("item"))?;
    let mut found = store::price::of_items(&mut reader.conn, &[item.id]).await?;
    let mut all = found.remove(&item.id).unwrap_or_default();
    all.sort_by_key(|price| (price.price.currency.to_string(), price.min_quantity));
    let of = |organisation| {
        let own = all.iter().filter(|price| price.organisation == organisation);
        own.cloned().collect::<Vec<Price>>()
    };
    Ok(PriceView {
        general: of(None),
        contract: of(Some(organisation)),
        own: supplier.owner == Some(organisation),
        supplier: supplier.name,
        item,
    })
}

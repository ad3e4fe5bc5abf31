//! What a file would change of the catalogue as it stands, and changing it.

use std::collections::HashMap;

use crate::{
    base::{decimal, id::ItemId, text::shorten},
    domain::{
        catalogue::Item,
        fact::{Change, Fact},
        party::Supplier,
        price::{Price, sold_from},
    },
    store::{self, Conn, price::ListOf},
};

use super::{
    super::{AppError, Command, Cx, Need},
    Article, Outcome, PriceLines,
};

/// Characters of a value shown in a change.
const SHOWN: usize = 60;

/// An article with what becomes of it.
pub(super) struct Planned {
    pub outcome: Outcome,
    /// As it stands, when it is known.
    present: Option<Item>,
    article_changes: bool,
    /// The lists that change.
    lists: Vec<PriceLines>,
}

/// What keeping the articles would change.
pub(super) async fn plan(
    conn: &mut Conn,
    supplier: &Supplier,
    articles: &[Article],
) -> Result<Vec<Planned>, AppError> {
    let skus: Vec<&str> = articles.iter().map(|article| article.item.sku.as_str()).collect();
    let found = store::item::by_skus(conn, supplier.id, &skus).await?;
    let ids: Vec<ItemId> = found.iter().map(|item| item.id).collect();
    let prices = store::price::of_items(conn, &ids).await?;
    let mut present: HashMap<String, Item> =
        found.into_iter().map(|item| (item.sku.clone(), item)).collect();
    let planned = articles.iter().map(|article| match present.remove(&article.item.sku) {
        present if article.gone => Planned::gone(present),
        Some(item) if article.price_alone => {
            let prices = prices.get(&item.id).map(Vec::as_slice).unwrap_or_default();
            match with_prices(article, &item, prices) {
                Ok(whole) => Planned::compared(&whole, item, prices),
                Err(fault) => Planned::refused(fault),
            }
        }
        None if article.price_alone => {
            let expected = "an article of the catalogue, as the file changes prices alone";
            Planned::refused(fault("sku", &article.item.sku, expected))
        }
        None => Planned::added(article),
        Some(item) => {
            let prices = prices.get(&item.id).map(Vec::as_slice).unwrap_or_default();
            Planned::compared(article, item, prices)
        }
    });
    Ok(planned.collect())
}

/// The article as it stands with the prices of a file that says no more: what a price is for, and
/// the smallest quantity sold, stay as they are.
fn with_prices(article: &Article, item: &Item, prices: &[Price]) -> Result<Article, Outcome> {
    let mut whole = Article { item: item.clone(), ..article.clone() };
    for list in &mut whole.lists {
        let own: Vec<&Price> = prices.iter().filter(|price| list.has(price)).collect();
        let least = own.iter().map(|price| price.min_quantity).min();
        let known = if own.is_empty() { prices.iter().collect() } else { own };
        let per = known.first().map(|price| price.price.per);
        let Some(per) = per.filter(|per| known.iter().all(|price| price.price.per == *per)) else {
            let got = known.iter().map(|price| price.price.per.to_string()).collect::<Vec<_>>();
            let expected = "an article whose prices are all for one quantity";
            return Err(fault("per", &got.join(", "), expected));
        };
        list.prices.iter_mut().for_each(|price| price.price.per = per);
        if let Some(least) = least {
            let tiers = std::mem::take(&mut list.prices);
            list.prices = sold_from(tiers, least, |price| &mut price.min_quantity);
        }
    }
    Ok(whole)
}

fn fault(field: &str, got: &str, expected: &str) -> Outcome {
    let (field, got) = (field.to_owned(), shorten(got, SHOWN));
    Outcome::Fault { field, got, expected: expected.to_owned() }
}

impl PriceLines {
    /// Whether the price stands in this list.
    fn has(&self, price: &Price) -> bool {
        price.organisation == self.organisation && price.price.currency == self.currency
    }
}

impl Planned {
    /// Left as it is.
    fn refused(outcome: Outcome) -> Self {
        Self { outcome, present: None, article_changes: false, lists: Vec::new() }
    }

    fn added(article: &Article) -> Self {
        let lists = article.lists.clone();
        Self { outcome: Outcome::Added, present: None, article_changes: true, lists }
    }

    /// Nothing to withdraw when it is not there, or not any more.
    fn gone(present: Option<Item>) -> Self {
        let sold = present.as_ref().is_some_and(|item| item.withdrawn_at.is_none());
        let change = || {
            let (before, after) = ("yes".to_owned(), "no".to_owned());
            Change { field: "offered".to_owned(), before, after }
        };
        let outcome = match sold {
            true => Outcome::Changed { changes: vec![change()] },
            false => Outcome::Unchanged,
        };
        Self { outcome, present, article_changes: sold, lists: Vec::new() }
    }

    fn compared(article: &Article, item: Item, prices: &[Price]) -> Self {
        let mut changes = article_changes(&item, &article.item);
        let article_changes = !changes.is_empty();
        let mut lists = Vec::new();
        for list in &article.lists {
            let (before, after) = (told(prices, list), told(&list.prices, list));
            if before != after {
                let of = list.of.as_ref().map(|name| format!(" for {name}")).unwrap_or_default();
                let field = format!("price in {}{of}", list.currency);
                changes.push(Change { field, before, after });
                lists.push(list.clone());
            }
        }
        let outcome =
            if changes.is_empty() { Outcome::Unchanged } else { Outcome::Changed { changes } };
        Self { outcome, present: Some(item), article_changes, lists }
    }
}

fn article_changes(before: &Item, after: &Item) -> Vec<Change> {
    let days = |item: &Item| item.lead_time_days.map(|days| days.to_string()).unwrap_or_default();
    let at_site = |item: &Item| if item.at_site { "yes" } else { "no" }.to_owned();
    let sold = |item: &Item| if item.withdrawn_at.is_some() { "no" } else { "yes" }.to_owned();
    let pairs = [
        ("name", before.name.clone(), after.name.clone()),
        ("description", before.description.clone(), after.description.clone()),
        ("unit", before.unit.clone(), after.unit.clone()),
        ("unspsc", before.unspsc.clone(), after.unspsc.clone()),
        ("category", before.category.clone(), after.category.clone()),
        ("manufacturer", before.manufacturer.clone(), after.manufacturer.clone()),
        ("manufacturer_sku", before.manufacturer_sku.clone(), after.manufacturer_sku.clone()),
        ("aux_id", before.aux_id.clone(), after.aux_id.clone()),
        ("lead_time_days", days(before), days(after)),
        ("at_site", at_site(before), at_site(after)),
        ("offered", sold(before), sold(after)),
    ];
    let changed = pairs.into_iter().filter(|(_, before, after)| before != after);
    let change = |(field, before, after): (&str, String, String)| Change {
        field: field.to_owned(),
        before: shorten(&before, SHOWN),
        after: shorten(&after, SHOWN),
    };
    changed.map(change).collect()
}

/// One list's tiers in words that are equal when the tiers are: `1 per 1 from 1, 0.9 per 1 from
/// 100`.
fn told(prices: &[Price], list: &PriceLines) -> String {
    let mut tiers: Vec<&Price> = prices.iter().filter(|price| list.has(price)).collect();
    tiers.sort_by_key(|price| price.min_quantity);
    let tier = |price: &&Price| {
        let amount = decimal::canonical(price.price.amount);
        format!("{amount} per {} from {}", price.price.per, price.min_quantity)
    };
    if tiers.is_empty() {
        return "none".to_owned();
    }
    tiers.iter().map(tier).collect::<Vec<_>>().join(", ")
}

/// Keeps some articles of a file.
#[derive(Debug, Clone)]
pub(super) struct Keep {
    pub supplier: Supplier,
    pub articles: Vec<Article>,
    /// Of the whole file.
    pub sha256: String,
}

impl Command for Keep {
    type Answer = Vec<Outcome>;
    const NEED: Need = Need::May("catalogue", "import");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Vec<Outcome>, AppError> {
        let planned = plan(cx.conn, &self.supplier, &self.articles).await?;
        let (mut added, mut changed, mut withdrawn) = (0, 0, 0);
        let mut outcomes = Vec::with_capacity(planned.len());
        for (article, planned) in self.articles.iter().zip(planned) {
            match planned.outcome {
                Outcome::Added => added += 1,
                Outcome::Changed { .. } if article.gone => withdrawn += 1,
                Outcome::Changed { .. } => changed += 1,
                _ => {}
            }
            self.save(cx, article, &planned).await?;
            outcomes.push(planned.outcome);
        }
        if added + changed + withdrawn == 0 {
            cx.nothing_changed();
            return Ok(outcomes);
        }
        let fact = Fact::CatalogueImported {
            supplier: self.supplier.id.to_string(),
            added,
            changed,
            withdrawn,
            sha256: self.sha256.clone(),
        };
        match self.supplier.owner {
            Some(owner) => cx.fact_in(owner, fact),
            None => cx.fact(fact),
        }
        Ok(outcomes)
    }
}

impl Keep {
    async fn save(
        &self,
        cx: &mut Cx<'_>,
        article: &Article,
        planned: &Planned,
    ) -> Result<(), AppError> {
        if let (true, Some(present)) = (article.gone, &planned.present) {
            if planned.article_changes {
                let words = present.words(&self.supplier.title);
                let withdrawn_at = Some(cx.now);
                let item = Item { withdrawn_at, updated_at: cx.now, ..present.clone() };
                store::item::update(cx.conn, &item, &words).await?;
            }
            return Ok(());
        }
        if article.gone || matches!(planned.outcome, Outcome::Fault { .. }) {
            return Ok(());
        }
        let words = article.item.words(&self.supplier.title);
        let item = match &planned.present {
            None => {
                let item = Item { id: cx.id(), updated_at: cx.now, ..article.item.clone() };
                store::item::insert(cx.conn, &item, &words).await?;
                item.id
            }
            Some(present) => {
                if planned.article_changes {
                    let item = Item {
                        id: present.id,
                        version: present.version,
                        updated_at: cx.now,
                        ..article.item.clone()
                    };
                    store::item::update(cx.conn, &item, &words).await?;
                }
                present.id
            }
        };
        for list in &planned.lists {
            let of = ListOf { item, organisation: list.organisation, currency: list.currency };
            store::price::clear(cx.conn, of).await?;
            for price in &list.prices {
                let price = Price { item, ..price.clone() };
                let id = cx.id();
                store::price::insert(cx.conn, id, &price, cx.now).await?;
            }
        }
        Ok(())
    }
}

//! Which suppliers' shops a shopper may go to, and which lines of a cart came from one.

use std::collections::HashMap;

use crate::{
    app::{AppError, Reader},
    base::id::{CartId, CartLineId},
    domain::{gateway::SiteLine, punchout::Operation},
    store,
};

/// A supplier's shop as shoppers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// The supplier's short name.
    pub supplier: String,
    /// What the shop is called.
    pub title: String,
    /// Its hits are shown beside those of the catalogue.
    pub is_searched: bool,
}

/// The shops that the reader's organisation uses, by title.
pub async fn shops(reader: &mut Reader<'_>) -> Result<Vec<Shop>, AppError> {
    let Some(organisation) = reader.actor.organisation else { return Ok(Vec::new()) };
    if !reader.may("cart", "edit") {
        return Ok(Vec::new());
    }
    let mut sites = store::gateway::sites(&mut reader.conn, organisation).await?;
    sites.retain(|site| site.disabled_at.is_none());
    let mut shops = Vec::with_capacity(sites.len());
    for site in sites {
        if let Some(supplier) = store::supplier::get(&mut reader.conn, site.supplier).await? {
            let (title, is_searched) = (site.title, site.is_searched);
            shops.push(Shop { supplier: supplier.name, title, is_searched });
        }
    }
    Ok(shops)
}

/// Where a cart line came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub shop: Shop,
    /// Whether it may be changed in the shop.
    pub can_edit: bool,
    /// Why somebody must look at its price.
    pub held: Option<String>,
}

/// The lines of one of the reader's carts that came from a supplier's shop.
pub async fn origins(
    reader: &mut Reader<'_>,
    cart: CartId,
) -> Result<HashMap<CartLineId, Origin>, AppError> {
    let own = crate::app::cart::reach(&mut reader.conn, reader.actor, cart).await?;
    let present = store::cart::lines(&mut reader.conn, own.id).await?;
    let mut lines = store::gateway::lines(&mut reader.conn, own.id).await?;
    lines.retain(|line| present.iter().any(|own| own.id == line.line));
    let mut shops: HashMap<_, Shop> = HashMap::new();
    for line in &lines {
        if shops.contains_key(&line.site) {
            continue;
        }
        let site = store::gateway::site(&mut reader.conn, own.organisation, line.site).await?;
        let Some(site) = site else { continue };
        let supplier = store::supplier::get(&mut reader.conn, site.supplier).await?;
        let supplier = supplier.map(|supplier| supplier.name).unwrap_or_default();
        let (title, is_searched) = (site.title, site.is_searched);
        shops.insert(line.site, Shop { supplier, title, is_searched });
    }
    let origin = |line: SiteLine| {
        let shop = shops.get(&line.site)?.clone();
        let can_edit = line.allowed == Operation::Edit;
        Some((line.line, Origin { shop, can_edit, held: line.held }))
    };
    Ok(lines.into_iter().filter_map(origin).collect())
}

//! Lines asked for, turned into priced goods: which article of which supplier is meant, and what
//! it costs this organisation.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    base::{
        id::{ItemId, OrganisationId, SupplierId},
        money::{Currency, UnitPrice},
        quantity::Quantity,
    },
    domain::{
        cart::{self, Cart, Goods, PasteFault, Typed, not_sold},
        catalogue::Item,
        gateway::line_fixed,
        party::Supplier,
        price::{Price, PriceList},
        refusal::Refusal,
    },
    store::{self, Conn},
};

use super::{
    super::{
        AppError, Reader,
        catalogue::{self, Buyer},
    },
    at_line,
};

/// One line as a buyer asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineAsked {
    /// The supplier's short name.
    pub supplier: String,
    pub sku: String,
    pub quantity: Quantity,
}

/// Prices lines for an organisation in its currency. A refusal names `lines[n].sku`,
/// `lines[n].supplier` or `lines[n].quantity`.
pub async fn price_lines(
    conn: &mut Conn,
    organisation: OrganisationId,
    currency: Currency,
    lines: &[LineAsked],
) -> Result<Vec<Goods>, AppError> {
    price(conn, Buyer { organisation, currency }, lines).await
}

pub(in crate::app) async fn price(
    conn: &mut Conn,
    buyer: Buyer,
    lines: &[LineAsked],
) -> Result<Vec<Goods>, AppError> {
    price_among(conn, buyer, lines, &[]).await
}

/// What the catalogue asks for this many of an article on sale, wherever it is chosen.
pub(in crate::app) async fn price_of(
    conn: &mut Conn,
    cart: &Cart,
    item: &Item,
    quantity: Quantity,
) -> Result<Option<UnitPrice>, AppError> {
    let (organisation, currency) = (cart.organisation, cart.currency);
    let prices = store::price::offered(conn, &[item.id], organisation, currency).await?;
    let list = prices.get(&item.id).filter(|_| item.withdrawn_at.is_none());
    let list = list.and_then(|prices| PriceList::of(prices, organisation, currency));
    Ok(list.and_then(|list| list.need(quantity).ok().map(|tier| tier.price)))
}

/// As [`price_lines`], among lines that stand there already: one that a supplier's own shop sent is
/// kept as it is when it is asked for in its own quantity.
pub(in crate::app) async fn price_among(
    conn: &mut Conn,
    buyer: Buyer,
    lines: &[LineAsked],
    before: &[Goods],
) -> Result<Vec<Goods>, AppError> {
    cart::check_count(lines.len())?;
    let known = store::supplier::all(conn).await?;
    let mut asked: Vec<(SupplierId, &str)> = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let supplier = catalogue::named(&known, &line.supplier);
        asked.push((supplier.map_err(|refusal| at_line(at, refusal))?, &line.sku));
    }
    let shelf = Shelf::of(conn, buyer, &asked).await?;
    let mut fixed: Vec<&Goods> = before.iter().filter(|goods| goods.item.is_none()).collect();
    let mut goods = Vec::with_capacity(lines.len());
    for (at, (line, (supplier, sku))) in lines.iter().zip(asked).enumerate() {
        let same = |own: &&Goods| own.supplier == supplier && own.sku == *sku;
        let whole = |own: &&Goods| same(own) && own.quantity == line.quantity;
        if let Some(own) = fixed.iter().position(whole) {
            goods.push(fixed.remove(own).clone());
            continue;
        }
        let priced = check(line.quantity)
            .and_then(|()| shelf.goods(supplier, sku, line.quantity))
            .map_err(|refusal| match before.iter().find(same) {
                Some(own) if own.item.is_none() && refusal.code == "unknown-sku" => line_fixed(own),
                _ => refusal,
            })
            .map_err(|refusal| at_line(at, refusal))?;
        goods.push(priced);
    }
    Ok(goods)
}

fn check(quantity: Quantity) -> Result<(), Refusal> {
    cart::check_quantity(quantity).map_err(|expected| {
        Refusal::invalid("bad-quantity", "This is not a quantity that can be ordered.")
            .field("quantity")
            .got(quantity.to_string())
            .expected(expected)
    })
}

/// The same article at another quantity, at the price that holds for it now.
pub(super) async fn again(
    conn: &mut Conn,
    buyer: Buyer,
    goods: &Goods,
    quantity: Quantity,
) -> Result<Goods, AppError> {
    check(quantity)?;
    if goods.item.is_none() {
        return Err(line_fixed(goods).into());
    }
    let shelf = Shelf::of(conn, buyer, &[(goods.supplier, goods.sku.as_str())]).await?;
    Ok(shelf.goods(goods.supplier, &goods.sku, quantity)?)
}

/// The refusal at another place: the field that a page gave the line.
pub(super) fn at(fault: AppError, field: &str) -> AppError {
    match fault {
        AppError::Refusal(refusal) => refusal.field(field).into(),
        other => other,
    }
}

/// The refusal with its line in front of its field.
pub(super) fn named(fault: AppError, line: usize) -> AppError {
    match fault {
        AppError::Refusal(refusal) => at_line(line, *refusal).into(),
        other => other,
    }
}

/// The articles asked for, with what the buyer pays for them.
struct Shelf {
    buyer: Buyer,
    items: HashMap<(SupplierId, String), Item>,
    prices: HashMap<ItemId, Vec<Price>>,
}

impl Shelf {
    async fn of(
        conn: &mut Conn,
        buyer: Buyer,
        asked: &[(SupplierId, &str)],
    ) -> Result<Self, AppError> {
        let mut skus: BTreeMap<SupplierId, BTreeSet<&str>> = BTreeMap::new();
        for (supplier, sku) in asked.iter().copied() {
            skus.entry(supplier).or_default().insert(sku);
        }
        let mut items = HashMap::new();
        for (supplier, skus) in skus {
            let skus: Vec<&str> = skus.into_iter().collect();
            for item in store::item::by_skus(conn, supplier, &skus).await? {
                items.insert((supplier, item.sku.clone()), item);
            }
        }
        let ids: Vec<ItemId> = items.values().map(|item| item.id).collect();
        let prices = store::price::offered(conn, &ids, buyer.organisation, buyer.currency).await?;
        Ok(Self { buyer, items, prices })
    }

    fn goods(&self, supplier: SupplierId, sku: &str, quantity: Quantity) -> Result<Goods, Refusal> {
        let item = self.items.get(&(supplier, sku.to_owned())).ok_or_else(|| not_sold(sku))?;
        let list = self.list(item).ok_or_else(|| not_sold(sku))?;
        Goods::priced(item, &list, quantity)
    }

    fn list(&self, item: &Item) -> Option<PriceList> {
        let prices = self.prices.get(&item.id)?;
        PriceList::of(prices, self.buyer.organisation, self.buyer.currency)
    }
}

/// Reads pasted `sku,quantity` lines and finds the supplier of each article. Every line that cannot
/// be bought is named; nothing is changed. `typed` turns a figure into canonical text.
pub async fn paste(
    reader: &mut Reader<'_>,
    text: &str,
    typed: Typed<'_>,
) -> Result<(Vec<LineAsked>, Vec<PasteFault>), AppError> {
    reader.need("catalogue", "read")?;
    let buyer = Buyer::of(&mut reader.conn, reader.actor.need_organisation()?).await?;
    let known = catalogue::suppliers_by_id(&mut reader.conn).await?;
    let cart::Pasted { wanted, mut faults } = cart::paste(text, typed);
    let mut everywhere: Vec<(SupplierId, &str)> = Vec::with_capacity(wanted.len() * known.len());
    for supplier in known.keys() {
        everywhere.extend(wanted.iter().map(|wanted| (*supplier, wanted.sku.as_str())));
    }
    let shelf = Shelf::of(&mut reader.conn, buyer, &everywhere).await?;
    let mut lines = Vec::with_capacity(wanted.len());
    for wanted in &wanted {
        match found(&shelf, &known, wanted) {
            Ok(line) => lines.push(line),
            Err(expected) => faults.push(PasteFault::new(wanted.line, &wanted.sku, expected)),
        }
    }
    faults.sort_by_key(|fault| fault.line);
    Ok((lines, faults))
}

/// The one supplier that offers what a pasted line names, or what was expected instead.
fn found(
    shelf: &Shelf,
    known: &HashMap<SupplierId, Supplier>,
    wanted: &cart::Wanted,
) -> Result<LineAsked, String> {
    let asked = |supplier: &Supplier| wanted.supplier.as_ref().is_none_or(|n| *n == supplier.name);
    let mut names = Vec::new();
    let mut refusal = None;
    for supplier in known.values().filter(|supplier| asked(supplier)) {
        match shelf.goods(supplier.id, &wanted.sku, wanted.quantity) {
            Ok(_) => names.push(supplier.name.clone()),
            Err(no) if no.code != "unknown-sku" => refusal = no.expected,
            Err(_) => {}
        }
    }
    names.sort();
    match &names[..] {
        [name] => Ok(LineAsked {
            supplier: name.clone(),
            sku: wanted.sku.clone(),
            quantity: wanted.quantity,
        }),
        [] => Err(refusal.unwrap_or_else(|| "the number of an article that is offered".to_owned())),
        _ => {
            Err(format!("sku,quantity,supplier, because it is offered by {}", names.join(" and ")))
        }
    }
}

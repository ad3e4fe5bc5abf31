//! A cart that comes back to be edited or looked at: its lines at today's prices, with the ids they
//! had before.

use crate::{
    app::{
        AppError, Cx,
        cart::{LineAsked, price_lines},
    },
    base::{id::CartLineId, text::shorten},
    cxml::item::Item as Wire,
    domain::{
        cart::{Cart, CartLine, CartState, Goods, relined},
        catalogue::Item,
        fact::Fact,
        party::{Organisation, Supplier},
        punchout::PunchoutSession,
        refusal::Refusal,
    },
    store::{self, Conn},
};

/// Lines that may fall out before the whole is refused: each costs another look at the prices.
const MOST_MISSING: usize = 50;

/// A cart read from a setup request.
pub(super) struct Restored {
    /// The lines of the cart it came from.
    before: Vec<CartLine>,
    goods: Vec<Goods>,
    /// What cannot be bought now, for the shopper to read: a cart that came back shorter without a
    /// word would be a trap.
    pub missing: Vec<String>,
}

/// Prices the lines that were sent; what cannot be bought now is named.
pub(super) async fn read(
    conn: &mut Conn,
    session: &PunchoutSession,
    organisation: &Organisation,
    items: &[Wire],
) -> Result<Restored, AppError> {
    let suppliers = store::supplier::all(conn).await?;
    let before = earlier(conn, session, items).await?;
    let (mut asked, mut missing) = (Vec::with_capacity(items.len()), Vec::new());
    for item in items {
        let sku = item.id.supplier_part.clone();
        let known = (suppliers.as_slice(), before.as_slice());
        match supplier_of(conn, organisation, known, item).await? {
            Some(supplier) => asked.push(LineAsked { supplier, sku, quantity: item.quantity }),
            None => missing.push(shown(&sku)),
        }
    }
    let mut fallen = 0;
    let goods = loop {
        let (own, currency) = (organisation.id, organisation.currency);
        match price_lines(conn, own, currency, &asked).await {
            Ok(goods) => break goods,
            Err(AppError::Refusal(refusal)) => {
                let at = index_of(&refusal).filter(|at| *at < asked.len() && fallen < MOST_MISSING);
                let Some(at) = at else { return Err(AppError::Refusal(refusal)) };
                missing.push(shown(&asked.remove(at).sku));
                fallen += 1;
            }
            Err(fault) => return Err(fault),
        }
    };
    Ok(Restored { before, goods, missing })
}

fn shown(sku: &str) -> String {
    shorten(sku, 60)
}

/// The line that a refusal names: `lines[2].sku` is the third.
fn index_of(refusal: &Refusal) -> Option<usize> {
    let (index, _) = refusal.field.as_deref()?.strip_prefix("lines[")?.split_once(']')?;
    index.parse().ok()
}

/// Makes the session's cart.
pub(super) async fn keep(
    cx: &mut Cx<'_>,
    session: &PunchoutSession,
    organisation: &Organisation,
    restored: Restored,
) -> Result<(), AppError> {
    let cart = Cart {
        id: cx.id(),
        organisation: organisation.id,
        person: session.person,
        punchout_session: Some(session.id),
        currency: organisation.currency,
        state: CartState::Open,
        created_at: cx.now,
        updated_at: cx.now,
        returned_at: None,
        version: 1,
    };
    store::cart::insert(cx.conn, &cart).await?;
    let lines = relined(&restored.before, restored.goods, || cx.id());
    store::cart::save_lines(cx.conn, &cart, &lines, cx.now).await?;
    let session = Some(session.id.to_string());
    cx.fact(Fact::CartMade { cart: cart.id.to_string(), session });
    Ok(())
}

/// The lines of the cart that the items come from: named by our own line ids, else by the cookie.
async fn earlier(
    conn: &mut Conn,
    session: &PunchoutSession,
    items: &[Wire],
) -> Result<Vec<CartLine>, AppError> {
    for item in items {
        let Some(line) = line_id(item) else { continue };
        if let Some(cart) = store::cart::with_line(conn, session.organisation, line).await? {
            return Ok(store::cart::lines(conn, cart.id).await?);
        }
    }
    let cookie = &session.buyer_cookie;
    let known = store::punchout_session::returned_with_cookie(conn, session.partner, cookie);
    match known.await?.and_then(|known| known.cart) {
        Some(cart) => Ok(store::cart::lines(conn, cart).await?),
        None => Ok(Vec::new()),
    }
}

/// The line id that we sent as auxiliary id, when the item still carries it.
fn line_id(item: &Wire) -> Option<CartLineId> {
    item.id.auxiliary.as_ref().and_then(|kept| kept.text.trim().parse().ok())
}

/// The short name of the supplier of a line.
async fn supplier_of(
    conn: &mut Conn,
    organisation: &Organisation,
    (suppliers, before): (&[Supplier], &[CartLine]),
    item: &Wire,
) -> Result<Option<String>, AppError> {
    let sku = &item.id.supplier_part;
    let name = |id| suppliers.iter().find(|own| own.id == id).map(|own| own.name.clone());
    if let Some(id) = line_id(item)
        && let Some(line) = before.iter().find(|line| line.id == id && line.goods.sku == *sku)
    {
        return Ok(name(line.goods.supplier));
    }
    if let Some((_, named)) = &item.supplier
        && let Some(own) = suppliers.iter().find(|own| own.name == *named)
    {
        return Ok(Some(own.name.clone()));
    }
    let aux = item.id.auxiliary.as_ref().map_or("", |kept| kept.text.as_str());
    let found = article(conn, organisation, (sku, aux)).await?;
    Ok(found.and_then(|item| name(item.supplier)))
}

/// The one article that goes by this number and auxiliary id; nothing when there is none or when
/// several suppliers use the number.
pub(super) async fn article(
    conn: &mut Conn,
    organisation: &Organisation,
    (sku, aux): (&str, &str),
) -> Result<Option<Item>, AppError> {
    let mut found = store::item::all_by_sku(conn, sku).await?;
    found.retain(|item| item.withdrawn_at.is_none());
    if found.len() > 1 && found.iter().any(|item| item.aux_id == aux) {
        found.retain(|item| item.aux_id == aux);
    }
    if found.len() > 1 {
        let ids: Vec<_> = found.iter().map(|item| item.id).collect();
        let (own, currency) = (organisation.id, organisation.currency);
        let offered = store::price::offered(conn, &ids, own, currency).await?;
        found.retain(|item| offered.contains_key(&item.id));
    }
    Ok(if found.len() == 1 { found.pop() } else { None })
}

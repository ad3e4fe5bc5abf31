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
        cart::{Cart, CartLine, CartState, relined},
        catalogue::Item,
        fact::Fact,
        party::{Organisation, Supplier},
        punchout::PunchoutSession,
        refusal::Refusal,
    },
    store::{self, Conn},
};

/// Makes the session's cart of the lines sent. A part that is not offered refuses the request and
/// is named: a cart with fewer lines than were sent would be a trap.
pub(super) async fn lines(
    cx: &mut Cx<'_>,
    session: &PunchoutSession,
    organisation: &Organisation,
    items: &[Wire],
) -> Result<(), AppError> {
    let suppliers = store::supplier::all(cx.conn).await?;
    let before = earlier(cx.conn, session, items).await?;
    let mut asked = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let supplier = supplier_of(cx.conn, organisation, (&suppliers, &before), item).await?;
        let supplier = supplier.ok_or_else(|| unknown(index, item))?;
        let sku = item.id.supplier_part.clone();
        asked.push(LineAsked { supplier, sku, quantity: item.quantity });
    }
    let priced = price_lines(cx.conn, organisation.id, organisation.currency, &asked).await;
    let goods = priced.map_err(|fault| located(fault, items))?;
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
    let lines = relined(&before, goods, || cx.id());
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

fn path(index: usize, rest: &str) -> String {
    format!("PunchOutSetupRequest/ItemOut[{}]/{rest}", index + 1)
}

fn unknown(index: usize, item: &Wire) -> Refusal {
    Refusal::invalid("unknown-part", "This part is not offered, or several suppliers offer it.")
        .field(path(index, "ItemID/SupplierPartID"))
        .got(shorten(&item.id.supplier_part, 60))
        .expected("the SupplierPartID and SupplierPartAuxiliaryID of a line that was returned")
        .mend("Take the line out, or punch out with operation create.")
}

/// The refusal of a line with the element it came from: `lines[2].sku` becomes `ItemOut[3]`.
fn located(fault: AppError, items: &[Wire]) -> AppError {
    let AppError::Refusal(refusal) = fault else { return fault };
    let place = refusal.field.as_deref().and_then(|field| {
        let (index, rest) = field.strip_prefix("lines[")?.split_once("].")?;
        Some((index.parse::<usize>().ok()?, rest.to_owned()))
    });
    match place {
        Some((index, rest)) if rest == "quantity" => refusal.field(path(index, "@quantity")).into(),
        Some((index, _)) => match items.get(index) {
            Some(item) => unknown(index, item).into(),
            None => AppError::Refusal(refusal),
        },
        None => AppError::Refusal(refusal),
    }
}

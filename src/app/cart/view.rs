//! A cart as its owner sees it.

use std::collections::HashMap;

use crate::{
    base::{
        id::{CartId, SupplierId},
        money::Money,
    },
    domain::{
        cart::{self, Cart, CartLine, CartState},
        party::{Checkout, Supplier},
        refusal::Refusal,
    },
    store,
};

use super::{
    super::{AppError, Reader, catalogue::suppliers_by_id},
    current_of, reach,
};

/// A cart as it is shown: lines, their suppliers, the sum.
#[derive(Debug, Clone)]
pub struct View {
    pub cart: Cart,
    pub lines: Vec<CartLine>,
    pub suppliers: HashMap<SupplierId, Supplier>,
    pub total: Money,
    /// The visit only inspects: nothing goes back with it.
    pub looks_only: bool,
    /// Neither handed in nor returned nor looked at by an inspecting session.
    pub can_edit: bool,
    /// Which way carts of this organisation take.
    pub checkout: Checkout,
}

impl View {
    /// The short name of a line's supplier.
    pub fn supplier(&self, line: &CartLine) -> &str {
        self.suppliers.get(&line.goods.supplier).map_or("", |supplier| &supplier.name)
    }

    /// The supplier's name for people.
    pub fn supplier_title(&self, line: &CartLine) -> &str {
        self.suppliers.get(&line.goods.supplier).map_or("", |supplier| &supplier.title)
    }
}

/// One of the reader's own carts.
pub async fn view(reader: &mut Reader<'_>, id: CartId) -> Result<View, AppError> {
    reader.need("cart", "read")?;
    let cart = reach(&mut reader.conn, reader.actor, id).await?;
    shown(reader, cart).await
}

/// The cart the reader fills at present: the session's, or the newest open one.
pub async fn current(reader: &mut Reader<'_>) -> Result<Option<View>, AppError> {
    reader.need("cart", "read")?;
    match current_of(&mut reader.conn, reader.actor).await? {
        Some(cart) => shown(reader, cart).await.map(Some),
        None => Ok(None),
    }
}

/// How many lines that cart has; for the navigation, so whoever has no cart has none.
pub async fn count(reader: &mut Reader<'_>) -> Result<u64, AppError> {
    if !reader.may("cart", "read") || reader.actor.organisation.is_none() {
        return Ok(0);
    }
    let Some(cart) = current_of(&mut reader.conn, reader.actor).await? else { return Ok(0) };
    let lines = store::cart::count_lines(&mut reader.conn, cart.id).await?;
    Ok(u64::try_from(lines).unwrap_or_default())
}

async fn shown(reader: &mut Reader<'_>, cart: Cart) -> Result<View, AppError> {
    let lines = store::cart::lines(&mut reader.conn, cart.id).await?;
    let suppliers = suppliers_by_id(&mut reader.conn).await?;
    let total = cart::total(lines.iter().map(|line| &line.goods), cart.currency)?;
    let looks_only = match reader.actor.punchout() {
        Some(session) => store::cart::is_read_only(&mut reader.conn, session).await?,
        None => false,
    };
    let own = cart.punchout_session == reader.actor.punchout();
    let can_edit =
        own && !looks_only && cart.state == CartState::Open && reader.may("cart", "edit");
    let organisation = store::organisation::get(&mut reader.conn, cart.organisation).await?;
    let organisation = organisation.ok_or_else(|| Refusal::not_found("organisation"))?;
    let checkout = organisation.checkout;
    Ok(View { cart, lines, suppliers, total, can_edit, looks_only, checkout })
}

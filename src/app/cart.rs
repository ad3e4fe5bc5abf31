//! Carts: made, filled, changed and looked at.
//!
//! A person reaches their own carts and nobody else's; inside a punchout session only the session's
//! own. What may not be reached is not there. Lines name an article and a quantity; the price comes
//! from the catalogue at the moment of the edit.

mod price;
mod reach;
mod view;

pub(super) use price::price_among;
pub(super) use price::price_of;
pub use price::{LineAsked, paste, price_lines};

use std::collections::HashMap;

use crate::{
    base::{
        id::{CartId, CartLineId, OrganisationId},
        money::Currency,
        quantity::Quantity,
    },
    domain::{
        cart::{self, Cart, CartLine, CartState, Goods, relined},
        fact::Fact,
        refusal::Refusal,
    },
    store::{self, Conn},
};

use super::{AppError, Command, Cx, Need, catalogue::Buyer};
pub(super) use reach::current_or_new;
pub use reach::reach;
use reach::{current_of, editable, need_writing};
pub use view::{View, count, current, view};

/// Makes an empty cart. Inside a punchout session the session's own open cart is answered instead.
#[derive(Debug, Clone, Copy, Default)]
pub struct Make;

impl Command for Make {
    type Answer = CartId;
    const NEED: Need = Need::May("cart", "create");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<CartId, AppError> {
        if cx.actor.punchout().is_some()
            && let Some(cart) = current_of(cx.conn, &cx.actor).await?
        {
            cx.nothing_changed();
            return Ok(cart.id);
        }
        Ok(make(cx).await?.id)
    }
}

/// Puts these lines in place of all lines.
#[derive(Debug, Clone)]
pub struct SetLines {
    pub cart: CartId,
    pub lines: Vec<LineAsked>,
}

impl Command for SetLines {
    type Answer = ();
    const NEED: Need = Need::May("cart", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let cart = editable(cx, self.cart).await?;
        let buyer = Buyer { organisation: cart.organisation, currency: cart.currency };
        let before = store::cart::lines(cx.conn, cart.id).await?;
        let before: Vec<Goods> = before.into_iter().map(|line| line.goods).collect();
        let goods = price::price_among(cx.conn, buyer, &self.lines, &before).await?;
        save(cx, &cart, goods).await
    }
}

/// Adds to the lines of a cart, or of the current one (made when there is none): an article that
/// stands in the cart already gets the larger quantity.
#[derive(Debug, Clone)]
pub struct AddLines {
    /// `None` for the current cart.
    pub cart: Option<CartId>,
    pub lines: Vec<LineAsked>,
}

impl Command for AddLines {
    type Answer = CartId;
    const NEED: Need = Need::May("cart", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<CartId, AppError> {
        let cart = match self.cart {
            Some(id) => editable(cx, id).await?,
            None => current_or_new(cx).await?,
        };
        let buyer = Buyer { organisation: cart.organisation, currency: cart.currency };
        let added = price::price(cx.conn, buyer, &self.lines).await?;
        let present = store::cart::lines(cx.conn, cart.id).await?;
        let mut goods: Vec<Goods> = present.into_iter().map(|line| line.goods).collect();
        for (at, more) in added.into_iter().enumerate() {
            match goods.iter().position(|own| own.item.is_some() && own.same_article(&more)) {
                Some(own) => {
                    let sum = sum(&goods[own], &more).map_err(|fault| at_line(at, fault))?;
                    goods[own] = price::again(cx.conn, buyer, &more, sum)
                        .await
                        .map_err(|fault| price::named(fault, at))?;
                }
                None => goods.push(more),
            }
        }
        save(cx, &cart, goods).await?;
        Ok(cart.id)
    }
}

fn sum(own: &Goods, more: &Goods) -> Result<Quantity, Refusal> {
    let sum = own.quantity.checked_add(more.quantity);
    let sum = sum.filter(|sum| cart::check_quantity(*sum).is_ok());
    sum.ok_or_else(|| {
        Refusal::invalid("bad-quantity", "Together with what is in the cart this is too much.")
            .field("quantity")
            .got(format!("{} and {} more", own.quantity, more.quantity))
            .expected(format!("at most {}", cart::MAX_QUANTITY))
    })
}

fn at_line(at: usize, mut refusal: Refusal) -> Refusal {
    if let Some(field) = &refusal.field {
        refusal.field = Some(format!("lines[{at}].{field}"));
    }
    refusal
}

/// Sets the quantities of lines, each priced anew for its quantity.
#[derive(Debug, Clone)]
pub struct SetQuantities {
    pub cart: CartId,
    pub quantities: Vec<(CartLineId, Quantity)>,
}

impl Command for SetQuantities {
    type Answer = ();
    const NEED: Need = Need::May("cart", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let cart = editable(cx, self.cart).await?;
        let buyer = Buyer { organisation: cart.organisation, currency: cart.currency };
        let asked: HashMap<CartLineId, Quantity> = self.quantities.iter().copied().collect();
        let lines = store::cart::lines(cx.conn, cart.id).await?;
        if asked.keys().any(|id| lines.iter().all(|line| line.id != *id)) {
            return Err(Refusal::not_found("line").into());
        }
        let mut goods = Vec::with_capacity(lines.len());
        for line in lines {
            let quantity = asked.get(&line.id).copied().unwrap_or(line.goods.quantity);
            if quantity == line.goods.quantity {
                goods.push(line.goods);
                continue;
            }
            let field = format!("quantity-{}", line.id);
            let priced = price::again(cx.conn, buyer, &line.goods, quantity).await;
            goods.push(priced.map_err(|fault| price::at(fault, &field))?);
        }
        save(cx, &cart, goods).await
    }
}

/// Takes one line out.
#[derive(Debug, Clone, Copy)]
pub struct RemoveLine {
    pub cart: CartId,
    pub line: CartLineId,
}

impl Command for RemoveLine {
    type Answer = ();
    const NEED: Need = Need::May("cart", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let cart = editable(cx, self.cart).await?;
        let before = store::cart::lines(cx.conn, cart.id).await?;
        let mut lines: Vec<CartLine> = before.clone();
        lines.retain(|line| line.id != self.line);
        if lines.len() == before.len() {
            return Err(Refusal::not_found("line").into());
        }
        for (position, line) in (1..).zip(&mut lines) {
            line.position = position;
        }
        save_lines(cx, &cart, &lines).await
    }
}

async fn make(cx: &mut Cx<'_>) -> Result<Cart, AppError> {
    let person = cx.actor.need_person()?.id;
    let buyer = Buyer::of(cx.conn, cx.actor.need_organisation()?).await?;
    let session = cx.actor.punchout();
    need_writing(cx).await?;
    let cart = Cart {
        id: cx.id(),
        organisation: buyer.organisation,
        person,
        punchout_session: session,
        currency: buyer.currency,
        state: CartState::Open,
        created_at: cx.now,
        updated_at: cx.now,
        returned_at: None,
        version: 1,
    };
    store::cart::insert(cx.conn, &cart).await?;
    let session = session.map(|id| id.to_string());
    cx.fact(Fact::CartMade { cart: cart.id.to_string(), session });
    Ok(cart)
}

/// The same article at another quantity, at the price that holds for this organisation now.
pub(super) async fn reprice(
    conn: &mut Conn,
    (organisation, currency): (OrganisationId, Currency),
    goods: &Goods,
    quantity: Quantity,
) -> Result<Goods, AppError> {
    price::again(conn, Buyer { organisation, currency }, goods, quantity).await
}

async fn save(cx: &mut Cx<'_>, cart: &Cart, goods: Vec<Goods>) -> Result<(), AppError> {
    cart::check_count(goods.len())?;
    let before = store::cart::lines(cx.conn, cart.id).await?;
    let lines = relined(&before, goods, || cx.id());
    save_lines(cx, cart, &lines).await
}

/// Puts these lines in place of all, and states it.
pub(super) async fn save_lines(
    cx: &mut Cx<'_>,
    cart: &Cart,
    lines: &[CartLine],
) -> Result<(), AppError> {
    let total = cart::total(lines.iter().map(|line| &line.goods), cart.currency)?;
    store::cart::save_lines(cx.conn, cart, lines, cx.now).await?;
    cx.fact(Fact::CartChanged {
        cart: cart.id.to_string(),
        lines: u32::try_from(lines.len()).unwrap_or(u32::MAX),
        total: total.to_string(),
    });
    Ok(())
}

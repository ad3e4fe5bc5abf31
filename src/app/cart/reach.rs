//! Which cart somebody may reach, and whether it can still be changed.

use crate::{
    base::id::CartId,
    domain::{cart::Cart, refusal::Refusal},
    store::{self, Conn},
};

use super::{
    super::{Actor, AppError, Cx},
    make,
};

/// The cart that the actor fills at present, or a fresh one.
pub(in crate::app) async fn current_or_new(cx: &mut Cx<'_>) -> Result<Cart, AppError> {
    match current_of(cx.conn, &cx.actor).await? {
        Some(cart) => {
            need_writing(cx).await?;
            cart.state.need_open()?;
            Ok(cart)
        }
        None if cx.may("cart", "create").await? => make(cx).await,
        None => Err(Refusal::forbidden("not-allowed", "You may not make a cart.").into()),
    }
}

/// The actor's own cart, open and writable.
pub(super) async fn editable(cx: &mut Cx<'_>, id: CartId) -> Result<Cart, AppError> {
    let cart = reach(cx.conn, &cx.actor, id).await?;
    if cart.punchout_session != cx.actor.punchout() {
        return Err(Refusal::not_found("cart").into());
    }
    need_writing(cx).await?;
    cart.state.need_open()?;
    Ok(cart)
}

/// A session that only looks writes nothing.
pub(super) async fn need_writing(cx: &mut Cx<'_>) -> Result<(), AppError> {
    let Some(session) = cx.actor.punchout() else { return Ok(()) };
    if !store::cart::is_read_only(cx.conn, session).await? {
        return Ok(());
    }
    let message = "This visit only looks at a cart; it cannot change it.";
    Err(Refusal::conflict("cart-read-only", message)
        .mend("Start an edit from the procurement system instead.")
        .into())
}

/// A cart as its owner may reach it: the person's own, and inside a session the session's own.
pub async fn reach(conn: &mut Conn, actor: &Actor, id: CartId) -> Result<Cart, AppError> {
    let own = |cart: &Cart| {
        Some(cart.person) == actor.person_id()
            && Some(cart.organisation) == actor.organisation
            && actor.punchout().is_none_or(|session| cart.punchout_session == Some(session))
    };
    let cart = store::cart::get(conn, id).await?.filter(own);
    Ok(cart.ok_or_else(|| Refusal::not_found("cart"))?)
}

pub(super) async fn current_of(conn: &mut Conn, actor: &Actor) -> Result<Option<Cart>, AppError> {
    let person = actor.need_person()?.id;
    Ok(match actor.punchout() {
        Some(session) => store::cart::of_session(conn, session).await?,
        None => store::cart::open_of(conn, person, actor.need_organisation()?).await?,
    })
}

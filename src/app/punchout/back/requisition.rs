//! A cart that was signed off goes back as it was signed.

use crate::{
    app::{AppError, Command, Cx, Need},
    base::{id::RequisitionId, money::Money},
    domain::{
        cart::Goods,
        party::Checkout,
        punchout::PunchoutSession,
        refusal::Refusal,
        requisition::{Requisition, RequisitionSource, RequisitionState},
    },
    exchange::punchout::Returned,
    store,
};

use super::{Frozen, freeze, with_suppliers};

/// Sends a signed-off cart back, from its own visit's address or by the visit of the moment.
pub struct TransferRequisition {
    pub requisition: RequisitionId,
}

impl Command for TransferRequisition {
    type Answer = Frozen;
    const NEED: Need = Need::May("cart", "transfer");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Frozen, AppError> {
        let gone = || AppError::from(Refusal::not_found("requisition"));
        let person = cx.actor.need_person()?.id;
        let own = cx.actor.need_organisation()?;
        let found = store::requisition::get(cx.conn, own, self.requisition).await?;
        let mut requisition = found.filter(|row| row.requester == person).ok_or_else(gone)?;
        let target = cx.actor.punchout().or(requisition.punchout_session);
        let target = target.ok_or_else(no_way_back)?;
        let session = store::punchout_session::get(cx.conn, target).await?;
        let session = session.filter(|session| session.person == person).ok_or_else(gone)?;
        if requisition.returned_final_at.is_some() && session.return_document.is_some() {
            cx.nothing_changed();
            return Ok(Frozen { session: session.id });
        }
        return_final(cx, &mut requisition, &session).await?;
        Ok(Frozen { session: session.id })
    }
}

pub(super) fn no_way_back() -> Refusal {
    Refusal::conflict("no-return-address", "This cart did not come from a procurement system.")
        .mend("Start from your procurement system, then transfer it.")
}

/// Whether the requisition may leave as final, and freezes it so.
async fn return_final(
    cx: &mut Cx<'_>,
    requisition: &mut Requisition,
    session: &PunchoutSession,
) -> Result<(), AppError> {
    let signed = requisition.state == RequisitionState::Approved
        && requisition.checkout == Checkout::ApproveThenTransfer
        && requisition.source == RequisitionSource::Cart;
    if !signed {
        return Err(Refusal::conflict("not-signed-off", "Only a signed-off cart can go back.")
            .got(requisition.state.word())
            .expected("approved")
            .into());
    }
    freeze_requisition(cx, requisition, session, true).await?;
    requisition.returned_final_at = Some(cx.now);
    store::requisition::update(cx.conn, requisition).await?;
    Ok(())
}

async fn freeze_requisition(
    cx: &mut Cx<'_>,
    requisition: &Requisition,
    session: &PunchoutSession,
    is_final: bool,
) -> Result<(), AppError> {
    let lines = store::requisition::lines(cx.conn, requisition.id).await?;
    let before = match requisition.cart {
        Some(cart) => store::cart::lines(cx.conn, cart).await?,
        None => Vec::new(),
    };
    // A line keeps the name it had in the cart, whether it was changed since or not.
    let key = |goods: &Goods| {
        before.iter().find(|line| line.goods.same_article(goods)).map(|line| line.id.to_string())
    };
    let named = lines
        .into_iter()
        .map(|line| (key(&line.goods).unwrap_or_else(|| line.id.to_string()), line.goods))
        .collect();
    let back = Returned {
        lines: with_suppliers(cx.conn, named).await?,
        total: requisition.total,
        is_final,
        was_pending: requisition.returned_pending_at.is_some(),
    };
    let cart = requisition.cart.map(|cart| cart.to_string());
    let about: Vec<String> = std::iter::once(requisition.id.to_string()).chain(cart).collect();
    freeze(cx, session, &back, &about, requisition.cart).await
}

/// What the browser takes along after a visit's cart was handed in: with sign-off before ordering
/// an empty cart; with sign-off before the transfer the pending cart, where the protocol can say
/// so, or the final one when nobody had to be asked.
pub(in crate::app) async fn after_submit(
    cx: &mut Cx<'_>,
    requisition: RequisitionId,
) -> Result<(), AppError> {
    let Some(mut row) = store::requisition::get_any(cx.conn, requisition).await? else {
        return Ok(());
    };
    let Some(session) = row.punchout_session.filter(|_| row.source == RequisitionSource::Cart)
    else {
        return Ok(());
    };
    let session = store::punchout_session::get(cx.conn, session).await?;
    let Some(session) = session.filter(|session| !session.return_url.is_empty()) else {
        return Ok(());
    };
    match row.checkout {
        Checkout::Transfer => Ok(()),
        Checkout::ApproveThenOrder => after_ordering(cx, &row, &session).await,
        Checkout::ApproveThenTransfer if row.state == RequisitionState::Approved => {
            return_final(cx, &mut row, &session).await
        }
        Checkout::ApproveThenTransfer if session.knows_pending() => {
            freeze_requisition(cx, &row, &session, false).await?;
            row.returned_pending_at = Some(cx.now);
            Ok(store::requisition::update(cx.conn, &mut row).await?)
        }
        Checkout::ApproveThenTransfer => Ok(()),
    }
}

/// The goods are ordered from here: the procurement system gets an empty cart.
async fn after_ordering(
    cx: &mut Cx<'_>,
    requisition: &Requisition,
    session: &PunchoutSession,
) -> Result<(), AppError> {
    let nothing = Returned::nothing(Money::zero(requisition.currency));
    freeze(cx, session, &nothing, &[requisition.id.to_string()], None).await
}

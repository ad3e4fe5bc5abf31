//! The way back: a cart, or none, frozen as the document that the browser carries home.
//!
//! What leaves is checked first and kept; it may be sent again, to the byte. The host is asked
//! again at the moment of leaving. A cart that needs sign-off never leaves as final without it.

use serde::{Deserialize, Serialize};

use crate::{
    app::{AppError, Command, Cx, Need, Reader, document, inbox::payload_id},
    base::{
        id::{CartId, DocumentId, PunchoutSessionId, RequisitionId},
        money::Money,
    },
    domain::{
        cart::{self, CartLine, CartState, Goods},
        fact::Fact,
        party::{Checkout, Identity},
        punchout::{Operation, Protocol, PunchoutSession, SessionMove},
        refusal::Refusal,
        requisition::{Requisition, RequisitionSource, RequisitionState},
    },
    exchange::punchout::{self as wire, Line, Returned, Written},
    store::{
        self, Conn,
        document::{Direction, Document, sender_key},
        punchout_session::Ending,
    },
};

use super::{check_return, organisation};

/// The domain under which our lines name their supplier.
const SUPPLIER_DOMAIN: &str = "Countersign";

/// What was frozen for the way back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Frozen {
    pub session: PunchoutSessionId,
}

/// Sends the visit's cart back to the procurement system. Asked again, nothing changes: the frozen
/// document is the same.
pub struct Transfer;

impl Command for Transfer {
    type Answer = Frozen;
    const NEED: Need = Need::May("cart", "transfer");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Frozen, AppError> {
        let session = visited(cx).await?;
        let organisation = organisation(cx, session.organisation).await?;
        let cart = store::cart::of_session(cx.conn, session.id).await?;
        if cart.as_ref().is_some_and(|cart| cart.state == CartState::Returned) {
            cx.nothing_changed();
            return Ok(Frozen { session: session.id });
        }
        if session.is_read_only() {
            return leave_with_nothing(cx, &session, SessionMove::Return).await;
        }
        let cart = cart.ok_or_else(empty)?;
        cart.state.need_open()?;
        if !PunchoutSession::leaves_at_once(organisation.checkout) {
            return Err(sign_off_first().into());
        }
        let lines = store::cart::lines(cx.conn, cart.id).await?;
        if lines.is_empty() && session.operation != Operation::Edit {
            return Err(empty().into());
        }
        let total = cart::total(lines.iter().map(|line| &line.goods), cart.currency)?;
        let named = lines.into_iter().map(|line| (line.id.to_string(), line.goods)).collect();
        let lines = with_suppliers(cx.conn, named).await?;
        let back = Returned { lines, total, is_final: true, was_pending: false };
        store::cart::set_state(cx.conn, &cart, CartState::Returned, cx.now).await?;
        freeze(cx, &session, &back, &[cart.id.to_string()], Some(cart.id)).await?;
        Ok(Frozen { session: session.id })
    }
}

fn empty() -> Refusal {
    Refusal::invalid("cart-empty", "The cart is empty.")
        .field("lines")
        .mend("Add something first, or choose \"Cancel and return\".")
}

fn sign_off_first() -> Refusal {
    Refusal::conflict("sign-off-first", "This cart is signed off here before it can go back.")
        .mend("Choose \"Submit for sign-off\".")
}

/// Leaves the visit without a cart.
pub struct Cancel;

impl Command for Cancel {
    type Answer = Frozen;
    const NEED: Need = Need::May("cart", "transfer");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Frozen, AppError> {
        let session = visited(cx).await?;
        let cart = store::cart::of_session(cx.conn, session.id).await?;
        let open = cart.filter(|cart| cart.state == CartState::Open);
        if let Some(cart) = open.filter(|_| !session.is_read_only()) {
            store::cart::set_state(cx.conn, &cart, CartState::Cancelled, cx.now).await?;
        }
        leave_with_nothing(cx, &session, SessionMove::Cancel).await
    }
}

/// The visit of the actor.
async fn visited(cx: &mut Cx<'_>) -> Result<PunchoutSession, AppError> {
    let gone = || {
        AppError::from(
            Refusal::conflict("no-visit", "You did not come from a procurement system.")
                .mend("Start from your procurement system, or submit the cart for sign-off."),
        )
    };
    let id = cx.actor.punchout().ok_or_else(gone)?;
    store::punchout_session::get(cx.conn, id).await?.ok_or_else(gone)
}

async fn leave_with_nothing(
    cx: &mut Cx<'_>,
    session: &PunchoutSession,
    by: SessionMove,
) -> Result<Frozen, AppError> {
    let state = session.state.after(by)?;
    let currency = organisation(cx, session.organisation).await?.currency;
    let nothing = Returned::nothing(Money::zero(currency));
    let document = keep(cx, session, &nothing, &[]).await?;
    let ending = Ending { state, cart: None, document };
    store::punchout_session::set_ended(cx.conn, session, ending, cx.now).await?;
    cx.fact_in(session.organisation, Fact::PunchoutCancelled { session: session.id.to_string() });
    Ok(Frozen { session: session.id })
}

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

fn no_way_back() -> Refusal {
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

/// What the procurement system of the visit would cut, drop or refuse of these lines, so that it is
/// named while they can still be changed. Nothing outside a visit.
pub async fn would_refuse(
    reader: &mut Reader<'_>,
    lines: &[CartLine],
) -> Result<Vec<Refusal>, AppError> {
    let Some(session) = reader.actor.punchout() else { return Ok(Vec::new()) };
    let conn = &mut *reader.conn;
    let Some(session) = store::punchout_session::get(conn, session).await? else {
        return Ok(Vec::new());
    };
    let Some(partner) = store::partner::get(conn, session.partner).await? else {
        return Ok(Vec::new());
    };
    let profile = partner.profile.read()?;
    let named = lines.iter().map(|line| (line.id.to_string(), line.goods.clone())).collect();
    let lines = with_suppliers(conn, named).await?;
    Ok(match session.protocol {
        Protocol::Oci => wire::check_oci(&profile, &session.charset, &lines),
        Protocol::Cxml => wire::check(&profile, &lines),
    })
}

/// The lines with the short names of their suppliers.
async fn with_suppliers(
    conn: &mut Conn,
    lines: Vec<(String, Goods)>,
) -> Result<Vec<Line>, AppError> {
    let suppliers = store::supplier::all(conn).await?;
    let named = |goods: &Goods| {
        let own = suppliers.iter().find(|own| own.id == goods.supplier);
        own.map(|own| Identity::new(SUPPLIER_DOMAIN, &*own.name))
    };
    Ok(lines.into_iter().map(|(key, goods)| Line { key, supplier: named(&goods), goods }).collect())
}

/// Freezes what goes back and moves the session on.
async fn freeze(
    cx: &mut Cx<'_>,
    session: &PunchoutSession,
    back: &Returned,
    about: &[String],
    cart: Option<CartId>,
) -> Result<(), AppError> {
    let state = session.state.after(SessionMove::Return)?;
    let document = keep(cx, session, back, about).await?;
    let ending = Ending { state, cart, document };
    store::punchout_session::set_ended(cx.conn, session, ending, cx.now).await?;
    let fact = Fact::CartReturned {
        session: session.id.to_string(),
        cart: cart.map(|cart| cart.to_string()).unwrap_or_default(),
        quote_status: if back.is_final { "final" } else { "pending" }.to_owned(),
        lines: u32::try_from(back.lines.len()).unwrap_or(u32::MAX),
        total: back.total.to_string(),
    };
    cx.fact_in(session.organisation, fact);
    Ok(())
}

/// Checks the address and the lines, and keeps the document.
async fn keep(
    cx: &mut Cx<'_>,
    session: &PunchoutSession,
    back: &Returned,
    about: &[String],
) -> Result<DocumentId, AppError> {
    let partner = store::partner::get(cx.conn, session.partner).await?;
    let partner = partner.filter(|partner| partner.disabled_at.is_none());
    let partner = partner.ok_or_else(|| Refusal::not_found("connection"))?;
    let field = match session.protocol {
        Protocol::Cxml => "BrowserFormPost",
        Protocol::Oci => "HOOK_URL",
    };
    if session.return_url.is_empty() {
        return Err(no_way_back().field(field).into());
    }
    check_return(cx.app, &partner, field, &session.return_url)?;
    let id: DocumentId = cx.id();
    let payload_id = payload_id(cx.app, id);
    let buyer = organisation(cx, session.organisation).await?.title;
    let profile = partner.profile.read()?;
    let stamp = (payload_id.clone(), cx.now);
    let written = wire::write(session, &profile, back, stamp, (SUPPLIER_DOMAIN, &buyer));
    let Written { kind, content_type, body } = written.map_err(first_fault)?;
    let mut concerns = vec![session.id.to_string()];
    concerns.extend_from_slice(about);
    let document = Document {
        id,
        direction: Direction::Out,
        kind: kind.to_owned(),
        organisation: Some(session.organisation),
        supplier: None,
        partner: Some(session.partner),
        about: concerns,
        sender: sender_key(&session.wire.us),
        payload_id,
        content_type: content_type.to_owned(),
        body,
        status: None,
        reply_to: None,
        at: cx.now,
    };
    document::keep(cx, document).await
}

/// The first bad line as the refusal, the others beside it.
fn first_fault(faults: Vec<Refusal>) -> AppError {
    let mut faults = faults.into_iter();
    let Some(mut first) = faults.next() else {
        return AppError::internal("a cart was not written and nothing says why");
    };
    first.more.extend(faults.take(20).map(|fault| ("further", fault.to_string())));
    first.into()
}

//! The way back: a cart, or none, frozen as the document that the browser carries home.
//!
//! What leaves is checked first and kept; it may be sent again, to the byte. The host is asked
//! again at the moment of leaving. A cart that needs sign-off never leaves as final without it.

use serde::{Deserialize, Serialize};

use crate::{
    app::{AppError, Command, Cx, Need, Reader, document, inbox::payload_id},
    base::{
        id::{CartId, DocumentId, PunchoutSessionId},
        money::Money,
    },
    domain::{
        cart::{self, CartLine, CartState, Goods},
        fact::Fact,
        party::Identity,
        punchout::{Operation, Protocol, PunchoutSession, SessionMove},
        refusal::Refusal,
    },
    exchange::punchout::{self as wire, Line, Returned, Written},
    store::{
        self, Conn,
        document::{Direction, Document, sender_key},
        punchout_session::Ending,
    },
};

use super::{check_return, organisation};

mod requisition;

pub use requisition::TransferRequisition;
pub(in crate::app) use requisition::after_submit;
use requisition::no_way_back;

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
        body: body.into(),
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

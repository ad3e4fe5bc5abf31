//! The one-time start link: the first visit opens the session, every other one is refused alike.
//!
//! A browser that keeps no cookie goes on by a token of its own in the address, once, right after
//! the start. No token is stored; rows hold hashes alone.

use serde::{Deserialize, Serialize};

use crate::{
    app::{Actor, AppError, Command, Cx, Need, Reader, Scope, inbox::START_PURPOSE, login},
    base::{
        id::{PunchoutSessionId, RequisitionId},
        secret::Keys,
        text::sha256_hex,
    },
    domain::{
        fact::Fact,
        party::Person,
        punchout::{Operation, PunchoutSession, SessionMove, start_link_over},
        refusal::Refusal,
    },
    store,
};

/// The purpose of the token with which a browser shows that it just started.
const HOP_PURPOSE: &str = "hop";

/// The session that a start token names, proven or not.
pub fn session_of(token: &str) -> Option<PunchoutSessionId> {
    Keys::token_id(token).map(PunchoutSessionId::from_bits)
}

/// The token under which the browser comes back at once, with its cookie or without.
pub fn hop_token(keys: &Keys, session: PunchoutSessionId) -> String {
    keys.token(HOP_PURPOSE, session.bits(), "")
}

/// Opens a session by its start link.
pub struct Open {
    pub token: String,
    /// The hash of the visit's fresh token; the token is in the caller's hands alone.
    pub visit_hash: String,
}

/// A session that was opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Opened {
    pub session: PunchoutSessionId,
}

impl Command for Open {
    type Answer = Opened;
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Opened, AppError> {
        let session = proven(cx, &self.token, START_PURPOSE).await?;
        if session.start_hash != sha256_hex(self.token.as_bytes()) {
            return Err(start_link_over().into());
        }
        session.may_open(cx.now)?;
        session.state.after(SessionMove::Open)?;
        let person = visitor(cx, &session).await?;
        store::punchout_session::set_open(cx.conn, &session, cx.now).await?;
        login::begin_visit(cx, &person, session.id, &self.visit_hash).await?;
        cx.actor = Actor::person(person, Scope::Other);
        cx.fact(Fact::PunchoutOpened { session: session.id.to_string() });
        Ok(Opened { session: session.id })
    }
}

/// Goes on by the address, for a browser that sent no cookie back.
pub struct GoByPath {
    pub hop: String,
    pub visit_hash: String,
}

impl Command for GoByPath {
    type Answer = Opened;
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Opened, AppError> {
        let session = proven(cx, &self.hop, HOP_PURPOSE).await?;
        session.may_go_by_path(cx.now)?;
        let person = visitor(cx, &session).await?;
        store::punchout_session::set_path(cx.conn, &session, cx.now).await?;
        // The cookie's token was never seen again: nobody else shall use it.
        store::session::end_of_punchout(cx.conn, session.id, cx.now).await?;
        login::begin_visit(cx, &person, session.id, &self.visit_hash).await?;
        cx.nothing_changed();
        Ok(Opened { session: session.id })
    }
}

/// The browser came back with the session's own cookie: the token in the address, which others may
/// have seen, is spent.
pub struct CameBack {
    pub session: PunchoutSessionId,
}

impl Command for CameBack {
    type Answer = Opened;
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Opened, AppError> {
        store::punchout_session::set_cookie(cx.conn, self.session, cx.now).await?;
        cx.nothing_changed();
        Ok(Opened { session: self.session })
    }
}

async fn proven(cx: &mut Cx<'_>, token: &str, purpose: &str) -> Result<PunchoutSession, AppError> {
    let id = session_of(token).filter(|_| cx.app.keys.token_holds(token, purpose, ""));
    let found = match id {
        Some(id) => store::punchout_session::get(cx.conn, id).await?,
        None => None,
    };
    found.ok_or_else(|| start_link_over().into())
}

/// The shopper, whose account and connection must still be in use.
async fn visitor(cx: &mut Cx<'_>, session: &PunchoutSession) -> Result<Person, AppError> {
    let partner = store::partner::get(cx.conn, session.partner).await?;
    let person = store::person::get(cx.conn, session.person).await?.filter(Person::is_active);
    match (partner.filter(|partner| partner.disabled_at.is_none()), person) {
        (Some(_), Some(person)) => Ok(person),
        _ => Err(start_link_over().into()),
    }
}

/// Where a visit begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Shop,
    /// The supplier's short name and the number of an item.
    Item(String, String),
    Search(String),
    /// The cart that was sent along.
    Cart,
    /// As [`Entry::Cart`], but these parts of it cannot be bought now.
    Missing(Vec<String>),
    /// Signed-off carts wait for their way back.
    Ready,
}

/// Where the reader's visit begins.
pub async fn entry(reader: &mut Reader<'_>) -> Result<Entry, AppError> {
    let session = own_session(reader).await?;
    if matches!(session.operation, Operation::Edit | Operation::Inspect) {
        let missing = session.wire.missing;
        return Ok(if missing.is_empty() { Entry::Cart } else { Entry::Missing(missing) });
    }
    if let Some(item) = session.selected_item
        && let Some(item) = store::item::get(&mut reader.conn, item).await?
        && let Some(supplier) = store::supplier::get(&mut reader.conn, item.supplier).await?
    {
        return Ok(Entry::Item(supplier.name, item.sku));
    }
    if let Some(search) = session.wire.search {
        return Ok(Entry::Search(search));
    }
    let waiting = ready(reader).await?;
    Ok(if waiting.is_empty() { Entry::Shop } else { Entry::Ready })
}

async fn own_session(reader: &mut Reader<'_>) -> Result<PunchoutSession, AppError> {
    let gone = || AppError::from(Refusal::not_found("visit"));
    let id = reader.actor.punchout().ok_or_else(gone)?;
    store::punchout_session::get(&mut reader.conn, id).await?.ok_or_else(gone)
}

/// The reader's requisitions that are signed off and wait for their way back.
pub async fn ready(reader: &mut Reader<'_>) -> Result<Vec<RequisitionId>, AppError> {
    let person = reader.actor.need_person()?.id;
    Ok(store::punchout_session::ready_requisitions(&mut reader.conn, person).await?)
}

//! Punchout sessions. The start link's token is kept as its hash, the buyer's cookie to the byte.

use crate::{
    base::{
        id::{CartId, DocumentId, OrganisationId, PartnerId, PersonId, PunchoutSessionId},
        text::sha256_hex,
        time::Time,
    },
    domain::punchout::{PunchoutSession, SessionState, Wire},
};

use super::{Conn, Row, StoreError, db, error::one_row};

const INSERT: &str = "
    insert into punchout_session (id, organisation_id, partner_id, person_id, protocol, operation,
        state, buyer_cookie, cookie_sha256, return_url, return_target, charset, echo, wire,
        selected_item, start_hash, start_expires_at, cart_id, created_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        1)";

pub async fn insert(conn: &mut Conn, session: &PunchoutSession) -> Result<(), StoreError> {
    let json = |fault: serde_json::Error| StoreError::inconsistent("punchout_session", fault);
    db::query(INSERT)
        .bind(session.id.to_string())
        .bind(session.organisation.to_string())
        .bind(session.partner.to_string())
        .bind(session.person.to_string())
        .bind(session.protocol.word())
        .bind(session.operation.word())
        .bind(session.state.word())
        .bind(&session.buyer_cookie)
        .bind(sha256_hex(session.buyer_cookie.as_bytes()))
        .bind(&session.return_url)
        .bind(&session.return_target)
        .bind(&session.charset)
        .bind(serde_json::to_string(&session.echo).map_err(json)?)
        .bind(serde_json::to_string(&session.wire).map_err(json)?)
        .bind(session.selected_item.map(|id| id.to_string()))
        .bind(&session.start_hash)
        .bind(session.start_expires_at.millis())
        .bind(session.cart.map(|id| id.to_string()))
        .bind(session.created_at.millis())
        .put(conn)
}

const GET: &str = "select * from punchout_session where id = $1";
const BY_COOKIE: &str = "
    select * from punchout_session
    where partner_id = $1 and cookie_sha256 = $2 and state = 'returned' order by id desc limit 1";
const READY: &str = "
    select id from requisition
    where requester_id = $1 and checkout = 'approve_then_transfer' and state = 'approved'
        and returned_final_at is null order by id desc limit 20";

pub async fn get(
    conn: &mut Conn,
    id: PunchoutSessionId,
) -> Result<Option<PunchoutSession>, StoreError> {
    let row = db::query(GET).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// The newest session of the connection that returned a cart under this cookie.
pub async fn returned_with_cookie(
    conn: &mut Conn,
    partner: PartnerId,
    cookie: &str,
) -> Result<Option<PunchoutSession>, StoreError> {
    let query = db::query(BY_COOKIE).bind(partner.to_string());
    let row = query.bind(sha256_hex(cookie.as_bytes())).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// Requisitions of the person that are signed off and wait for the way back, newest first.
pub async fn ready_requisitions(
    conn: &mut Conn,
    person: PersonId,
) -> Result<Vec<crate::base::id::RequisitionId>, StoreError> {
    let rows = db::query(READY).bind(person.to_string()).fetch_all(conn).await?;
    rows.iter().map(|row| Row::new(row, "requisition").id("id")).collect()
}

const RETURNED_CARTS: &str = "
    select d.cart_id from punchout_session d
    where d.organisation_id = $1 and d.state = 'returned' and d.cart_id is not null
        and d.returned_at >= $2
    order by d.returned_at desc, d.id desc limit $3";

/// The carts last returned to this organisation, newest first.
pub async fn returned_carts(
    conn: &mut Conn,
    organisation: OrganisationId,
    since: Time,
    most: i64,
) -> Result<Vec<CartId>, StoreError> {
    let query = db::query(RETURNED_CARTS).bind(organisation.to_string());
    let rows = query.bind(since.millis()).bind(most).fetch_all(conn).await?;
    rows.iter().map(|row| Row::new(row, "punchout_session").id("cart_id")).collect()
}

fn read(row: &db::DbRow) -> Result<PunchoutSession, StoreError> {
    let row = Row::new(row, "punchout_session");
    let wire: Wire = row.json("wire")?;
    Ok(PunchoutSession {
        id: row.id("id")?,
        organisation: row.id("organisation_id")?,
        partner: row.id("partner_id")?,
        person: row.id("person_id")?,
        protocol: row.parsed("protocol")?,
        operation: row.parsed("operation")?,
        state: row.parsed("state")?,
        buyer_cookie: row.text("buyer_cookie")?,
        return_url: row.text("return_url")?,
        return_target: row.text("return_target")?,
        charset: row.text("charset")?,
        echo: row.json("echo")?,
        wire,
        selected_item: row.maybe_id("selected_item")?,
        start_hash: row.text("start_hash")?,
        start_expires_at: row.time("start_expires_at")?,
        started_at: row.maybe_time("started_at")?,
        path_at: row.maybe_time("path_at")?,
        cookie_at: row.maybe_time("cookie_at")?,
        cart: row.maybe_id("cart_id")?,
        return_document: row.maybe_id("return_document_id")?,
        created_at: row.time("created_at")?,
        returned_at: row.maybe_time("returned_at")?,
        version: row.int("version")?,
    })
}

const OPEN: &str = "
    update punchout_session set state = $1, started_at = $2, version = version + 1
    where id = $3 and version = $4";
const PATH: &str = "
    update punchout_session set path_at = $1, version = version + 1
    where id = $2 and version = $3";
const COOKIE: &str = "
    update punchout_session set cookie_at = $1, version = version + 1
    where id = $2 and cookie_at is null and path_at is null";
const RETURN: &str = "
    update punchout_session set state = $1, returned_at = $2, cart_id = coalesce($3, cart_id),
        return_document_id = $4, version = version + 1
    where id = $5 and version = $6";

/// The first visit opened the session.
pub async fn set_open(
    conn: &mut Conn,
    session: &PunchoutSession,
    at: Time,
) -> Result<(), StoreError> {
    let done = db::query(OPEN)
        .bind(SessionState::Open.word())
        .bind(at.millis())
        .bind(session.id.to_string())
        .bind(session.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "punchout session")
}

/// The browser takes no cookies and goes on by the address.
pub async fn set_path(
    conn: &mut Conn,
    session: &PunchoutSession,
    at: Time,
) -> Result<(), StoreError> {
    let done = db::query(PATH)
        .bind(at.millis())
        .bind(session.id.to_string())
        .bind(session.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "punchout session")
}

/// The browser came back with its cookie. Nothing where that is known, or where it went on by the
/// address; the version turns away whoever is about to do so at this moment.
pub async fn set_cookie(
    conn: &mut Conn,
    id: PunchoutSessionId,
    at: Time,
) -> Result<(), StoreError> {
    db::query(COOKIE).bind(at.millis()).bind(id.to_string()).execute(conn).await?;
    Ok(())
}

/// What ends a session: the new state, the cart that went back if one did, and the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    pub state: SessionState,
    pub cart: Option<CartId>,
    pub document: DocumentId,
}

/// A cart, or none, was frozen for the way back.
pub async fn set_ended(
    conn: &mut Conn,
    session: &PunchoutSession,
    ending: Ending,
    at: Time,
) -> Result<(), StoreError> {
    let done = db::query(RETURN)
        .bind(ending.state.word())
        .bind(at.millis())
        .bind(ending.cart.map(|id| id.to_string()))
        .bind(ending.document.to_string())
        .bind(session.id.to_string())
        .bind(session.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "punchout session")
}

//! Requisitions and their lines.

use crate::{
    base::{
        id::{CartId, Id, Kind, OrganisationId, PersonId, RequisitionId},
        money::{Currency, Money},
        page::{Cut, Page},
        time::Time,
    },
    domain::requisition::{Requisition, RequisitionLine},
};

use super::{Conn, Row, StoreError, db, error::one_row};

mod buyer_order;
mod line;

pub use buyer_order::{of_buyer_order, supersede};
use line::insert_lines;
pub use line::{lines, replace_lines};

const GET: &str = "select * from requisition where id = $1 and organisation_id = $2";
const GET_ANY: &str = "select * from requisition where id = $1";
const OF_CART: &str = "
    select * from requisition where cart_id = $1 and source = 'cart' order by id desc limit 1";

const BY_NUMBER: &str = "
    select * from requisition where organisation_id = $1 and number = $2";

/// The organisation's requisition of this number, as people write it.
pub async fn by_number(
    conn: &mut Conn,
    organisation: OrganisationId,
    number: &str,
) -> Result<Option<Requisition>, StoreError> {
    let row = db::query(BY_NUMBER)
        .bind(organisation.to_string())
        .bind(number)
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(read).transpose()
}

/// The requisition, when it is the organisation's.
pub async fn get(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: RequisitionId,
) -> Result<Option<Requisition>, StoreError> {
    let rows = db::query(GET)
        .bind(id.to_string())
        .bind(organisation.to_string())
        .fetch_known(conn)
        .await?;
    rows.first().map(read).transpose()
}

/// The requisition of any organisation: for workers, letters and links that prove themselves.
pub async fn get_any(
    conn: &mut Conn,
    id: RequisitionId,
) -> Result<Option<Requisition>, StoreError> {
    let rows = db::query(GET_ANY).bind(id.to_string()).fetch_known(conn).await?;
    rows.first().map(read).transpose()
}

/// The latest requisition that a cart was handed in as; orders from outside that name the cart are
/// not looked at.
pub async fn of_cart(conn: &mut Conn, cart: CartId) -> Result<Option<Requisition>, StoreError> {
    let row = db::query(OF_CART).bind(cart.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

const LOCK: &str = "
    update requisition set version = version + 1 where id = $1 and organisation_id = $2";

/// Reads the requisition for a change: whoever else changes it waits until this one is through.
/// Without that, two decisions side by side would each miss the other.
pub async fn lock(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: RequisitionId,
) -> Result<Option<Requisition>, StoreError> {
    db::query(LOCK).bind(id.to_string()).bind(organisation.to_string()).execute(&mut *conn).await?;
    conn.forget();
    get(conn, organisation, id).await
}

const OF_REQUESTER: &str = "
    select * from requisition
    where organisation_id = $1 and requester_id = $2 and ($3 = '' or id < $3)
    order by id desc limit $4";
const OF_ORGANISATION: &str = "
    select * from requisition
    where organisation_id = $1 and ($2 = '' or id < $2)
    order by id desc limit $3";

/// What one person handed in, newest first.
pub async fn of_requester(
    conn: &mut Conn,
    organisation: OrganisationId,
    requester: PersonId,
    cut: &Cut,
) -> Result<Page<Requisition>, StoreError> {
    let rows = db::query(OF_REQUESTER)
        .bind(organisation.to_string())
        .bind(requester.to_string())
        .bind(cut.after.clone().unwrap_or_default())
        .bind(cut.fetch())
        .fetch_all(conn)
        .await?;
    page(&rows, cut)
}

/// What everybody of the organisation handed in, newest first.
pub async fn of_organisation(
    conn: &mut Conn,
    organisation: OrganisationId,
    cut: &Cut,
) -> Result<Page<Requisition>, StoreError> {
    let rows = db::query(OF_ORGANISATION)
        .bind(organisation.to_string())
        .bind(cut.after.clone().unwrap_or_default())
        .bind(cut.fetch())
        .fetch_all(conn)
        .await?;
    page(&rows, cut)
}

fn page(rows: &[db::DbRow], cut: &Cut) -> Result<Page<Requisition>, StoreError> {
    let found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(found, cut, |requisition| requisition.id.to_string()))
}

fn read(row: &db::DbRow) -> Result<Requisition, StoreError> {
    let row = Row::new(row, "requisition");
    let currency: Currency = row.parsed("currency")?;
    Ok(Requisition {
        id: row.id("id")?,
        number: row.text("number")?,
        organisation: row.id("organisation_id")?,
        requester: row.id("requester_id")?,
        cart: row.maybe_id("cart_id")?,
        punchout_session: row.maybe_id("punchout_session_id")?,
        source: row.parsed("source")?,
        checkout: row.parsed("checkout")?,
        buyer_order_id: row.maybe_text("buyer_order_id")?,
        buyer_payload_id: row.maybe_text("buyer_payload_id")?,
        cost_center: row.maybe_id("cost_center_id")?,
        cost_center_code: row.text("cost_center")?,
        ship_to: row.json("ship_to")?,
        bill_to: row.json("bill_to")?,
        needed_on: row.maybe_day("needed_on")?,
        comment: row.text("comment")?,
        extras: row.json("extras")?,
        currency,
        total: Money::from_minor(row.int("total_minor")?, currency),
        state: row.parsed("state")?,
        round: row.int("round")?,
        content_hash: row.text("content_hash")?,
        approval_version: row.int("approval_version")?,
        limits_version: row.int("limits_version")?,
        because: row.text("because")?,
        flags: row.json("flags")?,
        submitted_at: row.time("submitted_at")?,
        decided_at: row.maybe_time("decided_at")?,
        reject_reason: row.maybe_text("reject_reason")?,
        returned_pending_at: row.maybe_time("returned_pending_at")?,
        returned_final_at: row.maybe_time("returned_final_at")?,
        version: row.int("version")?,
    })
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|fault| StoreError::inconsistent("requisition", fault))
}

fn text<K: Kind>(id: Option<Id<K>>) -> Option<String> {
    id.map(|id| id.to_string())
}

const INSERT: &str = "
    insert into requisition (id, number, organisation_id, requester_id, cart_id,
        punchout_session_id, source, checkout, buyer_order_id, buyer_payload_id, cost_center_id,
        cost_center, ship_to, bill_to, needed_on, comment, currency, total_minor, state, round,
        content_hash, approval_version, limits_version, because, flags, submitted_at, decided_at,
        reject_reason, returned_pending_at, returned_final_at, extras, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, 1)";

/// Adds a requisition with its lines.
pub async fn insert(
    conn: &mut Conn,
    row: &Requisition,
    lines: &[RequisitionLine],
) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(&row.number)
        .bind(row.organisation.to_string())
        .bind(row.requester.to_string())
        .bind(text(row.cart))
        .bind(text(row.punchout_session))
        .bind(row.source.word())
        .bind(row.checkout.word())
        .bind(&row.buyer_order_id)
        .bind(&row.buyer_payload_id)
        .bind(text(row.cost_center))
        .bind(&row.cost_center_code)
        .bind(json(&row.ship_to)?)
        .bind(json(&row.bill_to)?)
        .bind(row.needed_on.map(|day| day.to_string()))
        .bind(&row.comment)
        .bind(row.currency.code())
        .bind(row.total.minor())
        .bind(row.state.word())
        .bind(row.round)
        .bind(&row.content_hash)
        .bind(row.approval_version)
        .bind(row.limits_version)
        .bind(&row.because)
        .bind(json(&row.flags)?)
        .bind(row.submitted_at.millis())
        .bind(row.decided_at.map(Time::millis))
        .bind(&row.reject_reason)
        .bind(row.returned_pending_at.map(Time::millis))
        .bind(row.returned_final_at.map(Time::millis))
        .bind(json(&row.extras)?)
        .execute(&mut *conn)
        .await?;
    insert_lines(conn, row.id, lines).await
}

const UPDATE: &str = "
    update requisition set state = $1, round = $2, content_hash = $3, total_minor = $4,
        approval_version = $5, limits_version = $6, because = $7, flags = $8, decided_at = $9,
        reject_reason = $10, returned_pending_at = $11, returned_final_at = $12,
        version = version + 1
    where id = $13 and version = $14";

/// Saves what may change of a requisition; its lines are saved by [`replace_lines`].
pub async fn update(conn: &mut Conn, row: &mut Requisition) -> Result<(), StoreError> {
    let done = db::query(UPDATE)
        .bind(row.state.word())
        .bind(row.round)
        .bind(&row.content_hash)
        .bind(row.total.minor())
        .bind(row.approval_version)
        .bind(row.limits_version)
        .bind(&row.because)
        .bind(json(&row.flags)?)
        .bind(row.decided_at.map(Time::millis))
        .bind(&row.reject_reason)
        .bind(row.returned_pending_at.map(Time::millis))
        .bind(row.returned_final_at.map(Time::millis))
        .bind(row.id.to_string())
        .bind(row.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "requisition")?;
    row.version += 1;
    Ok(())
}

const UPDATE_HEAD: &str = "
    update requisition set ship_to = $1, needed_on = $2, comment = $3 where id = $4";

/// Saves the head of a pending requisition that is signed with its lines; the caller holds its
/// lock.
pub async fn update_head(conn: &mut Conn, row: &Requisition) -> Result<(), StoreError> {
    let done = db::query(UPDATE_HEAD)
        .bind(json(&row.ship_to)?)
        .bind(row.needed_on.map(|day| day.to_string()))
        .bind(&row.comment)
        .bind(row.id.to_string())
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "requisition")
}

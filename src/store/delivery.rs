//! The outbox: documents on their way to partners, and every attempt to bring them there.
//!
//! A delivery is taken with a lease and a fence: of two processes only one takes it, and one whose
//! lease ran out can no longer write what became of it. Taking and failing quietly are
//! house-keeping; what people are told about goes through `app::act`.

use crate::{
    base::{
        id::{DeliveryId, DocumentId, OrderId, OrganisationId, PartnerId, PersonId},
        time::Time,
        words::words,
    },
    domain::{
        delivery::{DeliveryState, Verdict},
        party::Channel,
    },
};

use super::{Conn, Row, StoreError, db};

mod attempt;
mod outbox;

pub(super) use attempt::insert_attempt;
use attempt::read_attempt;
#[cfg(test)]
pub(super) use outbox::OUTBOX;

pub use attempt::{Attempt, attempts};

words! {
    /// What is being delivered.
    Purpose {
        /// An order to its supplier.
        Order = "order",
        /// A copy of an order to the organisation's own system.
        OrderCopy = "order_copy",
        /// News of a held order to the procurement system.
        StatusUpdate = "status_update",
        /// An approved invoice to the organisation's own system.
        Invoice = "invoice",
    }
}

/// One document on its way to one partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub document: DocumentId,
    pub organisation: OrganisationId,
    /// Whose secret goes into the document when it is sent.
    pub partner: Option<PartnerId>,
    pub purpose: Purpose,
    /// The object it is about: an order, a requisition, an invoice.
    pub about: String,
    pub channel: Channel,
    /// URL or e-mail address at the time of freezing.
    pub target: String,
    pub state: DeliveryState,
    /// Of all rounds.
    pub attempts: i64,
    /// Of this round.
    pub round_attempts: i64,
    /// When this round began: the first attempt, or when a person asked for it again.
    pub round_at: Option<Time>,
    pub created_at: Time,
    pub next_at: Option<Time>,
    pub fence: i64,
    /// People were told that it is late.
    pub told_at: Option<Time>,
    pub finished_at: Option<Time>,
}

const INSERT: &str = "
    insert into delivery (id, document_id, organisation_id, partner_id, purpose, about, channel,
        target, state, attempts, round_attempts, created_at, next_at, fence, finished_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $11, 0, $12)";

/// Puts a delivery into the outbox: waiting and due at once, or delivered where nothing is sent.
pub async fn insert(conn: &mut Conn, row: &Delivery) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(row.document.to_string())
        .bind(row.organisation.to_string())
        .bind(row.partner.map(|id| id.to_string()))
        .bind(row.purpose.word())
        .bind(&row.about)
        .bind(row.channel.word())
        .bind(&row.target)
        .bind(row.state.word())
        .bind(row.created_at.millis())
        .bind(row.next_at.map(Time::millis))
        .bind(row.finished_at.map(Time::millis))
        .put(conn)
}

const GET: &str = "select * from delivery where id = $1";
const ABOUT: &str = "select * from delivery where about = $1 order by id";
const IN_STATE: &str = "
    select * from delivery v where v.organisation_id = $1 and v.state = $2
        and not (v.state = 'failed' and v.attempts = 0)
        and not exists (select 1 from purchase_order o
            where o.id = v.about and o.document_id <> v.document_id
                and v.purpose in ('order', 'order_copy'))
    order by v.id desc limit $3";

pub async fn get(conn: &mut Conn, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
    let row = db::query(GET).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// Every delivery about the object, oldest first.
pub async fn about(conn: &mut Conn, about: &str) -> Result<Vec<Delivery>, StoreError> {
    let rows = db::query(ABOUT).bind(about).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// The organisation's deliveries in this state, newest first; the dead letters when it is `Failed`.
/// A document of an order whose later version took its place, or that was cancelled before anything
/// of it left, needs nobody any more.
pub async fn in_state(
    conn: &mut Conn,
    organisation: OrganisationId,
    state: DeliveryState,
    most: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let rows = db::query(IN_STATE)
        .bind(organisation.to_string())
        .bind(state.word())
        .bind(most)
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

const OF_ORDERS: &str = "
    select d.* from delivery d join purchase_order o on o.id = d.about
        join requisition r on r.id = o.requisition_id
    where o.organisation_id = $1 and o.id >= $2 and o.id <= $3 and ($4 = '' or r.requester_id = $4)
    order by d.id";
const ATTEMPTS_OF_ORDERS: &str = "
    select a.* from attempt a join delivery d on d.id = a.subject_id
        join purchase_order o on o.id = d.about join requisition r on r.id = o.requisition_id
    where o.organisation_id = $1 and o.id >= $2 and o.id <= $3 and ($4 = '' or r.requester_id = $4)
    order by a.subject_id, a.number";

/// The deliveries of the organisation's orders from the oldest to the newest one named, of one
/// requester when named: what a page of a list shows, in two statements however long it is.
pub async fn of_orders(
    conn: &mut Conn,
    organisation: OrganisationId,
    (oldest, newest): (OrderId, OrderId),
    requester: Option<PersonId>,
) -> Result<Vec<(Delivery, Vec<Attempt>)>, StoreError> {
    let bound = |sql: &'static str| {
        db::query(sql)
            .bind(organisation.to_string())
            .bind(oldest.to_string())
            .bind(newest.to_string())
            .bind(requester.map(|id| id.to_string()).unwrap_or_default())
    };
    let rows = bound(OF_ORDERS).fetch_all(&mut *conn).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.push((read(row)?, Vec::new()));
    }
    for row in bound(ATTEMPTS_OF_ORDERS).fetch_all(&mut *conn).await? {
        let subject: DeliveryId = Row::new(&row, "attempt").id("subject_id")?;
        if let Ok(at) = found.binary_search_by_key(&subject, |(delivery, _)| delivery.id) {
            found[at].1.push(read_attempt(&row)?);
        }
    }
    Ok(found)
}

fn read(row: &db::DbRow) -> Result<Delivery, StoreError> {
    let row = Row::new(row, "delivery");
    Ok(Delivery {
        id: row.id("id")?,
        document: row.id("document_id")?,
        organisation: row.id("organisation_id")?,
        partner: row.maybe_id("partner_id")?,
        purpose: row.parsed("purpose")?,
        about: row.text("about")?,
        channel: row.parsed("channel")?,
        target: row.text("target")?,
        state: read_state(&row)?,
        attempts: row.int("attempts")?,
        round_attempts: row.int("round_attempts")?,
        round_at: row.maybe_time("round_at")?,
        created_at: row.time("created_at")?,
        next_at: row.maybe_time("next_at")?,
        fence: row.int("fence")?,
        told_at: row.maybe_time("told_at")?,
        finished_at: row.maybe_time("finished_at")?,
    })
}

/// The state in the column `state` of a delivery or a letter.
pub(super) fn read_state(row: &Row<'_>) -> Result<DeliveryState, StoreError> {
    let word = row.text("state")?;
    DeliveryState::from_word(&word).ok_or_else(|| row.fault("state", &word))
}

/// What becomes of a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub state: DeliveryState,
    /// When it is due again; for `Waiting` alone.
    pub next_at: Option<Time>,
    /// People are told now that it is late.
    pub told: bool,
}

const SETTLE: &str = "
    update delivery set state = $1, attempts = attempts + 1, round_attempts = round_attempts + 1,
        next_at = $2, lease_until = null, told_at = coalesce($3, told_at), finished_at = $4
    where id = $5 and fence = $6 and state = 'sending'";

/// Writes down an attempt and what becomes of the delivery. `false`, and nothing written, when the
/// lease was lost meanwhile.
pub async fn settle(
    conn: &mut Conn,
    delivery: &Delivery,
    attempt: &Attempt,
    outcome: Outcome,
) -> Result<bool, StoreError> {
    let ended = matches!(outcome.state, DeliveryState::Delivered | DeliveryState::Failed);
    let at = attempt.finished_at.millis();
    let done = db::query(SETTLE)
        .bind(outcome.state.word())
        .bind(outcome.next_at.map(Time::millis))
        .bind(outcome.told.then_some(at))
        .bind(ended.then_some(at))
        .bind(delivery.id.to_string())
        .bind(delivery.fence)
        .execute(&mut *conn)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    insert_attempt(conn, &delivery.id.to_string(), attempt).await?;
    Ok(true)
}

const RESEND: &str = "
    update delivery set state = 'waiting', round_attempts = 0, round_at = $1, next_at = $1,
        told_at = null, finished_at = null, fence = fence + 1, lease_until = null, channel = $2,
        target = $3, partner_id = $4
    where id = $5 and state <> 'sending'";

/// A person asks for it again: due at once by the channel and target given, and the retry table
/// starts anew. `false` while it is being sent this moment.
pub async fn resend(conn: &mut Conn, row: &Delivery, at: Time) -> Result<bool, StoreError> {
    let done = db::query(RESEND)
        .bind(at.millis())
        .bind(row.channel.word())
        .bind(&row.target)
        .bind(row.partner.map(|id| id.to_string()))
        .bind(row.id.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

const LEFT: &str = "
    select id from delivery
    where about = $1 and purpose = 'order' and (state in ('sending', 'delivered') or attempts > 0)
    limit 1";
const WAITING: &str = "
    select id from delivery
    where about = $1 and purpose in ('order', 'order_copy') and state = 'waiting'";
const GIVE_UP: &str = "
    update delivery set state = 'failed', next_at = null, finished_at = $1, fence = fence + 1,
        told_at = coalesce(told_at, $1)
    where id = $2 and state = 'waiting'";

/// Gives up what of an order still waits, for a later version takes its place. Answers whether
/// anything of the order may have reached its supplier.
pub async fn supersede(
    conn: &mut Conn,
    about: &str,
    at: Time,
    detail: &str,
) -> Result<bool, StoreError> {
    let left = db::query(LEFT).bind(about).fetch_optional(&mut *conn).await?;
    let waiting = db::query(WAITING).bind(about).fetch_all(&mut *conn).await?;
    for row in &waiting {
        let id = Row::new(row, "delivery").text("id")?;
        db::query(GIVE_UP).bind(at.millis()).bind(&id).execute(&mut *conn).await?;
        let attempt = Attempt {
            number: 0,
            started_at: at,
            finished_at: at,
            verdict: Verdict::Permanent,
            status: None,
            detail: detail.to_owned(),
        };
        insert_attempt(conn, &id, &attempt).await?;
    }
    Ok(left.is_some())
}

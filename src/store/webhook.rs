//! An organisation's addresses for events, and the events on their way to them. Taken and settled
//! like deliveries: with a lease and a fence.

use crate::{
    base::{
        id::{EventId, OrganisationId, PersonId, WebhookEventId, WebhookId},
        time::Time,
    },
    domain::{
        delivery::DeliveryState,
        webhook::{EventKind, Webhook},
    },
};

use super::{
    Conn, Row, Store, StoreError, db,
    delivery::{Attempt, read_state},
    outbox::{Lease, Outbox, Settle},
};

/// Where a webhook's secret is sealed for.
pub fn secret_place(id: WebhookId) -> String {
    format!("webhook/{id}")
}

const INSERT: &str = "
    insert into webhook (id, organisation_id, url, kinds, sealed, made_by, made_at)
    values ($1, $2, $3, $4, $5, $6, $7)";

/// Adds an address.
pub async fn insert(
    conn: &mut Conn,
    row: &Webhook,
    sealed: &[u8],
    by: PersonId,
) -> Result<(), StoreError> {
    let words: Vec<&str> = row.kinds.iter().map(|kind| kind.word()).collect();
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(row.organisation.to_string())
        .bind(&row.url)
        .bind(words.join(" "))
        .bind(sealed)
        .bind(by.to_string())
        .bind(row.made_at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const OF: &str = "
    select * from webhook where organisation_id = $1 and removed_at is null order by id";

/// The addresses in use.
pub async fn of(conn: &mut Conn, id: OrganisationId) -> Result<Vec<Webhook>, StoreError> {
    let rows = db::query(OF).bind(id.to_string()).fetch_known(conn).await?;
    rows.iter().map(read).collect()
}

fn read(row: &db::DbRow) -> Result<Webhook, StoreError> {
    let row = Row::new(row, "webhook");
    let kinds = row.text("kinds")?;
    let kinds = kinds.split(' ').filter(|word| !word.is_empty()).map(|word| {
        let kind: Result<EventKind, _> = word.parse();
        kind.map_err(|fault| row.fault("kinds", fault))
    });
    Ok(Webhook {
        id: row.id("id")?,
        organisation: row.id("organisation_id")?,
        url: row.text("url")?,
        kinds: kinds.collect::<Result<_, _>>()?,
        made_at: row.time("made_at")?,
    })
}

const REMOVE: &str = "
    update webhook set removed_at = $1
    where id = $2 and organisation_id = $3 and removed_at is null";
const GIVE_UP: &str = "
    update webhook_event set state = 'failed', next_at = null, finished_at = $1, fence = fence + 1
    where webhook_id = $2 and state in ('waiting', 'sending')";

/// Takes an address out of use; what still waits for it is given up. `false`: there is no such.
pub async fn remove(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: WebhookId,
    at: Time,
) -> Result<bool, StoreError> {
    let done = db::query(REMOVE)
        .bind(at.millis())
        .bind(id.to_string())
        .bind(organisation.to_string())
        .execute(&mut *conn)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    db::query(GIVE_UP).bind(at.millis()).bind(id.to_string()).execute(conn).await?;
    Ok(true)
}

/// One event on its way to one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: WebhookEventId,
    /// The same for every address, and on every attempt.
    pub event: EventId,
    pub webhook: WebhookId,
    pub organisation: OrganisationId,
    pub kind: EventKind,
    /// The object it is about.
    pub about: String,
    /// JSON, as it is sent.
    pub body: String,
    pub state: DeliveryState,
    pub attempts: i64,
    pub created_at: Time,
    pub next_at: Option<Time>,
    pub fence: i64,
}

const INSERT_EVENT: &str = "
    insert into webhook_event (id, event_id, webhook_id, organisation_id, kind, about, body, state,
        attempts, created_at, next_at, fence)
    values ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, $8, 0)";

/// Puts an event into the outbox, due at once.
pub async fn insert_event(conn: &mut Conn, row: &Event) -> Result<(), StoreError> {
    db::query(INSERT_EVENT)
        .bind(row.id.to_string())
        .bind(row.event.to_string())
        .bind(row.webhook.to_string())
        .bind(row.organisation.to_string())
        .bind(row.kind.word())
        .bind(&row.about)
        .bind(&row.body)
        .bind(row.created_at.millis())
        .put(conn)
}

fn read_event(row: &db::DbRow) -> Result<Event, StoreError> {
    let row = Row::new(row, "webhook_event");
    Ok(Event {
        id: row.id("id")?,
        event: row.id("event_id")?,
        webhook: row.id("webhook_id")?,
        organisation: row.id("organisation_id")?,
        kind: row.parsed("kind")?,
        about: row.text("about")?,
        body: row.text("body")?,
        state: read_state(&row)?,
        attempts: row.int("attempts")?,
        created_at: row.time("created_at")?,
        next_at: row.maybe_time("next_at")?,
        fence: row.int("fence")?,
    })
}

const LATEST: &str = "
    select * from webhook_event where webhook_id = $1 order by id desc limit $2";

/// The latest events of an address, newest first.
pub async fn latest(
    conn: &mut Conn,
    webhook: WebhookId,
    most: i64,
) -> Result<Vec<Event>, StoreError> {
    let rows = db::query(LATEST).bind(webhook.to_string()).bind(most).fetch_all(conn).await?;
    rows.iter().map(read_event).collect()
}

const TARGET: &str = "select url, sealed from webhook where id = $1";

/// Where an event goes, and the sealed secret that signs it.
pub async fn target(conn: &mut Conn, id: WebhookId) -> Result<(String, Vec<u8>), StoreError> {
    let row = db::query(TARGET).bind(id.to_string()).fetch_one(conn).await?;
    let row = Row::new(&row, "webhook");
    Ok((row.text("url")?, row.bytes("sealed")?))
}

const DUE: &str = "
    select id from webhook_event where state = 'sending' and lease_until <= $1
    union all
    select w.id from webhook w
    where w.id not in (select webhook_id from webhook_event where state = 'sending')
        and exists (select 1 from webhook_event e
            where e.webhook_id = w.id and e.state = 'waiting' and e.next_at <= $1)
    limit 1";
// The next event of each address, however many wait for it.
const TAKE: &str = "
    update webhook_event set state = 'sending', fence = fence + 1, lease_until = $1
    where id in (
            select id from webhook_event where state = 'sending' and lease_until <= $2
            union all
            select next.id from (
                select (select e.id from webhook_event e
                    where e.webhook_id = w.id and e.state = 'waiting' and e.next_at <= $2
                    order by e.next_at, e.id limit 1) as id
                from webhook w
                where w.id not in (
                    select webhook_id from webhook_event where state = 'sending')) next
            where next.id is not null
            limit $3)
        and case state when 'waiting' then next_at when 'sending' then lease_until end <= $2
    returning *";

const SETTLE: &str = "
    update webhook_event set state = $1, attempts = attempts + 1, next_at = $2, lease_until = null,
        finished_at = $3
    where id = $4 and fence = $5 and state = 'sending'";

pub(super) const OUTBOX: Outbox<Event> = Outbox { due: DUE, take: TAKE, read: read_event };

impl Store {
    /// Takes events that are due, and those whose sender fell silent, until a time: one of each
    /// address that has none under way, so that a slow address holds up its own alone.
    pub async fn take_events(
        &self,
        now: Time,
        until: Time,
        most: i64,
    ) -> Result<Vec<Event>, StoreError> {
        self.take(OUTBOX, Lease { now, until, most }).await
    }

    /// Writes down an attempt and what becomes of the event. `false`: the lease was lost meanwhile.
    pub async fn settle_event(
        &self,
        event: &Event,
        attempt: Attempt,
        state: DeliveryState,
        next_at: Option<Time>,
    ) -> Result<bool, StoreError> {
        let (id, fence) = (event.id.to_string(), event.fence);
        self.write(Settle { sql: SETTLE, id, fence, attempt, state, next_at }).await
    }
}

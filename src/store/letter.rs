//! Mail to people, frozen with a mark where a live link goes.

use crate::{
    base::{
        id::{LetterId, OrganisationId, PersonId},
        time::Time,
    },
    domain::{delivery::DeliveryState, notice::Link},
};

use super::{
    Conn, Row, Store, StoreError,
    db::{self, DbRow},
    delivery::Attempt,
    outbox::{Lease, Outbox, Settle},
};

/// A letter, without the state of its sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub id: LetterId,
    pub organisation: Option<OrganisationId>,
    pub person: Option<PersonId>,
    pub address: String,
    pub name: String,
    pub language: String,
    pub subject: String,
    /// With the link mark of `exchange::letter` where a live link goes.
    pub text: String,
    pub html: String,
    /// What the live link leads to; the link itself is made when the letter is sent.
    pub link: Option<Link>,
    /// The content hash a decide link is bound to.
    pub link_bound: String,
    pub about: String,
}

const INSERT: &str = "
    insert into letter (id, organisation_id, person_id, address, name, language, subject, text_body,
        html_body, link, link_bound, about, state, attempts, created_at, next_at, fence)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', 0, $13, $13, 0)";

/// Puts a letter into the outbox, due at once.
pub async fn insert(conn: &mut Conn, letter: &Letter, at: Time) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(letter.id.to_string())
        .bind(letter.organisation.map(|id| id.to_string()))
        .bind(letter.person.map(|id| id.to_string()))
        .bind(&letter.address)
        .bind(&letter.name)
        .bind(&letter.language)
        .bind(&letter.subject)
        .bind(&letter.text)
        .bind(&letter.html)
        .bind(letter.link.map(|link| link.to_string()).unwrap_or_default())
        .bind(&letter.link_bound)
        .bind(&letter.about)
        .bind(at.millis())
        .put(conn)
}

pub(super) fn read(row: &db::DbRow) -> Result<Letter, StoreError> {
    let row = Row::new(row, "letter");
    Ok(Letter {
        id: row.id("id")?,
        organisation: row.maybe_id("organisation_id")?,
        person: row.maybe_id("person_id")?,
        address: row.text("address")?,
        name: row.text("name")?,
        language: row.text("language")?,
        subject: row.text("subject")?,
        text: row.text("text_body")?,
        html: row.text("html_body")?,
        link: match row.text("link")?.as_str() {
            "" => None,
            link => Some(link.parse().map_err(|fault| row.fault("link", fault))?),
        },
        link_bound: row.text("link_bound")?,
        about: row.text("about")?,
    })
}

const GET: &str = "select * from letter where id = $1";

pub async fn get(conn: &mut Conn, id: LetterId) -> Result<Option<Letter>, StoreError> {
    let row = db::query(GET).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

const UNDELIVERED: &str = "
    select * from letter
    where organisation_id = $1 and (state = 'failed' or (state <> 'delivered' and attempts > 0))
    order by id desc limit $2";

/// A letter that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    pub letter: Letter,
    pub attempts: i64,
    pub created_at: Time,
    /// When it is tried again; `None` when nobody tries any more.
    pub next_at: Option<Time>,
}

/// The organisation's letters that did not arrive so far, newest first.
pub async fn undelivered(
    conn: &mut Conn,
    organisation: OrganisationId,
    most: i64,
) -> Result<Vec<Undelivered>, StoreError> {
    let query = db::query(UNDELIVERED).bind(organisation.to_string()).bind(most);
    let read = |found: &DbRow| {
        let row = Row::new(found, "letter");
        Ok(Undelivered {
            letter: read(found)?,
            attempts: row.int("attempts")?,
            created_at: row.time("created_at")?,
            next_at: row.maybe_time("next_at")?,
        })
    };
    query.fetch_all(conn).await?.iter().map(read).collect()
}

const AGAIN: &str = "
    update letter set state = 'waiting', next_at = $1, finished_at = null, fence = fence + 1
    where id = $2 and state in ('failed', 'waiting')";

/// Makes a letter due at once; `false` when it has left or is leaving.
pub async fn send_again(conn: &mut Conn, id: LetterId, at: Time) -> Result<bool, StoreError> {
    let done = db::query(AGAIN).bind(at.millis()).bind(id.to_string()).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// A letter that a worker holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub letter: Letter,
    pub attempts: i64,
    pub created_at: Time,
    pub fence: i64,
}

const TAKE: &str = "
    update letter set state = 'sending', fence = fence + 1, lease_until = $1
    where id in (
            select id from (
                select id from letter where state = 'sending' and lease_until <= $2 limit $3) silent
            union all
            select id from (
                select id from letter where state = 'waiting' and next_at <= $2
                order by next_at, id limit $3) due
            limit $3)
        and case state when 'waiting' then next_at when 'sending' then lease_until end <= $2
    returning *";

const DUE: &str = "
    select id from letter
    where (state = 'waiting' and next_at <= $1) or (state = 'sending' and lease_until <= $1)
    limit 1";

pub(super) const OUTBOX: Outbox<Held> = Outbox { due: DUE, take: TAKE, read: read_held };

fn read_held(found: &DbRow) -> Result<Held, StoreError> {
    let row = Row::new(found, "letter");
    Ok(Held {
        letter: read(found)?,
        attempts: row.int("attempts")?,
        created_at: row.time("created_at")?,
        fence: row.int("fence")?,
    })
}

impl Store {
    /// Takes letters that are due, and those whose sender fell silent, until a time.
    pub async fn take_letters(
        &self,
        now: Time,
        until: Time,
        most: i64,
    ) -> Result<Vec<Held>, StoreError> {
        self.take(OUTBOX, Lease { now, until, most }).await
    }

    /// Writes down an attempt and what becomes of the letter. `false`: the lease was lost
    /// meanwhile.
    pub async fn settle_letter(
        &self,
        held: &Held,
        attempt: Attempt,
        state: DeliveryState,
        next_at: Option<Time>,
    ) -> Result<bool, StoreError> {
        let (id, fence) = (held.letter.id.to_string(), held.fence);
        self.write(Settle { sql: SETTLE, id, fence, attempt, state, next_at }).await
    }
}

const SETTLE: &str = "
    update letter set state = $1, attempts = attempts + 1, next_at = $2, lease_until = null,
        finished_at = $3
    where id = $4 and fence = $5 and state = 'sending'";

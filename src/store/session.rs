//! Sessions of people: logins, API tokens and the browser side of visits; and failed logins.
//!
//! A token is 256 random bits; only its SHA-256 stands here. A session row is never reused.

use crate::{
    base::{
        id::{OrganisationId, PersonId, PunchoutSessionId, SessionId},
        page::{Cut, Page},
        time::Time,
        words::words,
    },
    domain::party::Email,
};

use super::{Conn, Row, StoreError, db};

words! {
    /// Through what a person came.
    SessionKind {
        Login = "login",
        Api = "api",
        Punchout = "punchout",
    }
}

/// A session that has not been ended; whether it is still in time the use case decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub kind: SessionKind,
    pub person: PersonId,
    pub punchout: Option<PunchoutSessionId>,
    pub created_at: Time,
    pub last_seen_at: Time,
    pub expires_at: Time,
}

const INSERT: &str = "
    insert into session (id, kind, person_id, punchout_session_id, token_hash, created_at,
        last_seen_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Adds a session under the SHA-256 of its token.
pub async fn insert(
    conn: &mut Conn,
    session: &Session,
    token_hash: &str,
) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(session.id.to_string())
        .bind(session.kind.word())
        .bind(session.person.to_string())
        .bind(session.punchout.map(|id| id.to_string()))
        .bind(token_hash)
        .bind(session.created_at.millis())
        .bind(session.last_seen_at.millis())
        .bind(session.expires_at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const BY_TOKEN: &str = "
    select id, kind, person_id, punchout_session_id, created_at, last_seen_at, expires_at
    from session where token_hash = $1 and ended_at is null";

/// The session of a token, unless it was ended.
pub async fn by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Session>, StoreError> {
    let row = db::query(BY_TOKEN).bind(token_hash).fetch_optional(conn).await?;
    row.map(|row| {
        let row = Row::new(&row, "session");
        Ok(Session {
            id: row.id("id")?,
            kind: row.parsed("kind")?,
            person: row.id("person_id")?,
            punchout: row.maybe_id("punchout_session_id")?,
            created_at: row.time("created_at")?,
            last_seen_at: row.time("last_seen_at")?,
            expires_at: row.time("expires_at")?,
        })
    })
    .transpose()
}

/// What a visit from a procurement system looks like from its browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The state of the punchout session.
    pub state: String,
    /// The connection's name: where the cart goes back to.
    pub back_to: String,
    /// Origins that may show the shop in a frame.
    pub frame_ancestors: Vec<String>,
}

const VISIT: &str = "
    select punchout_session.state as state, partner.name as name,
        partner.frame_ancestors as frame_ancestors
    from punchout_session join partner on partner.id = punchout_session.partner_id
    where punchout_session.id = $1";

pub async fn visit(conn: &mut Conn, id: PunchoutSessionId) -> Result<Option<Visit>, StoreError> {
    let row = db::query(VISIT).bind(id.to_string()).fetch_optional(conn).await?;
    row.map(|row| {
        let row = Row::new(&row, "punchout_session");
        let ancestors = row.text("frame_ancestors")?;
        Ok(Visit {
            state: row.text("state")?,
            back_to: row.text("name")?,
            frame_ancestors: ancestors.split_whitespace().map(str::to_owned).collect(),
        })
    })
    .transpose()
}

const END: &str = "update session set ended_at = $1 where id = $2 and ended_at is null";

/// Ends one session; ending it again changes nothing.
pub async fn end(conn: &mut Conn, id: SessionId, at: Time) -> Result<(), StoreError> {
    db::query(END).bind(at.millis()).bind(id.to_string()).execute(conn).await?;
    Ok(())
}

const END_OF_PERSON: &str = "
    update session set ended_at = $1 where person_id = $2 and ended_at is null";

/// Ends every session of a person: after a new password, and when an account is disabled.
pub async fn end_of_person(conn: &mut Conn, id: PersonId, at: Time) -> Result<(), StoreError> {
    db::query(END_OF_PERSON).bind(at.millis()).bind(id.to_string()).execute(conn).await?;
    Ok(())
}

const END_OF_PUNCHOUT: &str = "
    update session set ended_at = $1 where punchout_session_id = $2 and ended_at is null";

/// Ends the browser side of a visit.
pub async fn end_of_punchout(
    conn: &mut Conn,
    id: PunchoutSessionId,
    at: Time,
) -> Result<(), StoreError> {
    db::query(END_OF_PUNCHOUT).bind(at.millis()).bind(id.to_string()).execute(conn).await?;
    Ok(())
}

/// Failed logins of one address in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    pub count: i64,
    pub last_at: Time,
}

const FAILURES: &str = "select failures, last_at from login_failure where email = $1";

pub async fn failures(conn: &mut Conn, email: &Email) -> Result<Option<Failures>, StoreError> {
    let row = db::query(FAILURES).bind(email.as_str()).fetch_optional(conn).await?;
    row.map(|row| {
        let row = Row::new(&row, "login_failure");
        Ok(Failures { count: row.int("failures")?, last_at: row.time("last_at")? })
    })
    .transpose()
}

const ADD_FAILURE: &str = "
    insert into login_failure (email, failures, last_at) values ($1, 1, $2)
    on conflict (email) do update set failures = login_failure.failures + 1,
        last_at = excluded.last_at";

pub async fn add_failure(conn: &mut Conn, email: &Email, at: Time) -> Result<(), StoreError> {
    db::query(ADD_FAILURE).bind(email.as_str()).bind(at.millis()).execute(conn).await?;
    Ok(())
}

const CLEAR_FAILURES: &str = "delete from login_failure where email = $1";

pub async fn clear_failures(conn: &mut Conn, email: &Email) -> Result<(), StoreError> {
    db::query(CLEAR_FAILURES).bind(email.as_str()).execute(conn).await?;
    Ok(())
}

const TOKENS: &str = "
    select s.id, s.kind, s.person_id, s.punchout_session_id, s.created_at, s.last_seen_at,
        s.expires_at, p.email
    from session s join person p on p.id = s.person_id
    where p.organisation_id = $1 and s.kind = 'api' and s.ended_at is null and s.expires_at > $2
        and ($3 = '' or s.id < $3)
    order by s.id desc limit $4";

/// The API tokens of an organisation's people that are still good, newest first, with their
/// holders' addresses.
pub async fn tokens(
    conn: &mut Conn,
    organisation: OrganisationId,
    now: Time,
    cut: &Cut,
) -> Result<Page<(Session, String)>, StoreError> {
    let rows = db::query(TOKENS)
        .bind(organisation.to_string())
        .bind(now.millis())
        .bind(cut.after.clone().unwrap_or_default())
        .bind(cut.fetch())
        .fetch_all(conn)
        .await?;
    let found = rows
        .iter()
        .map(|row| {
            let row = Row::new(row, "session");
            let session = Session {
                id: row.id("id")?,
                kind: row.parsed("kind")?,
                person: row.id("person_id")?,
                punchout: row.maybe_id("punchout_session_id")?,
                created_at: row.time("created_at")?,
                last_seen_at: row.time("last_seen_at")?,
                expires_at: row.time("expires_at")?,
            };
            Ok((session, row.text("email")?))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Page::of(found, cut, |(session, _)| session.id.to_string()))
}

const IS_TOKEN_OF: &str = "
    select s.id from session s join person p on p.id = s.person_id
    where s.id = $1 and s.kind = 'api' and p.organisation_id = $2 and s.ended_at is null";

/// Whether this is a token of one of the organisation's people that was not ended.
pub async fn is_token_of(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: SessionId,
) -> Result<bool, StoreError> {
    let row = db::query(IS_TOKEN_OF)
        .bind(id.to_string())
        .bind(organisation.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

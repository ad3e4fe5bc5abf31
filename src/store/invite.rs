//! One-time links to set a password. The token is made from the id and never stored.

use crate::base::{
    id::{InviteId, PersonId},
    time::Time,
    words::words,
};

use super::{Conn, Row, StoreError, db, error::one_row};

words! {
    /// Why a link was sent.
    InviteKind {
        /// The person is new.
        Invite = "invite",
        /// The person forgot the password.
        Reset = "reset",
    }
}

/// A link, used or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    pub id: InviteId,
    pub person: PersonId,
    pub kind: InviteKind,
    pub expires_at: Time,
    pub used_at: Option<Time>,
}

const INSERT: &str = "
    insert into invite (id, person_id, kind, expires_at, created_at)
    values ($1, $2, $3, $4, $5)";

pub async fn insert(conn: &mut Conn, invite: &Invite, at: Time) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(invite.id.to_string())
        .bind(invite.person.to_string())
        .bind(invite.kind.word())
        .bind(invite.expires_at.millis())
        .bind(at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const GET: &str = "select id, person_id, kind, expires_at, used_at from invite where id = $1";

pub async fn get(conn: &mut Conn, id: InviteId) -> Result<Option<Invite>, StoreError> {
    let row = db::query(GET).bind(id.to_string()).fetch_optional(conn).await?;
    row.map(|row| {
        let row = Row::new(&row, "invite");
        Ok(Invite {
            id: row.id("id")?,
            person: row.id("person_id")?,
            kind: row.parsed("kind")?,
            expires_at: row.time("expires_at")?,
            used_at: row.maybe_time("used_at")?,
        })
    })
    .transpose()
}

const USE: &str = "update invite set used_at = $1 where id = $2 and used_at is null";

/// Uses a link up; a second use at the same time is a conflict.
pub async fn use_up(conn: &mut Conn, id: InviteId, at: Time) -> Result<(), StoreError> {
    let done = db::query(USE).bind(at.millis()).bind(id.to_string()).execute(conn).await?;
    one_row(done.rows_affected(), "link")
}

const VOID: &str = "update invite set used_at = $1 where person_id = $2 and used_at is null";

/// Makes every open link of a person useless.
pub async fn void_of_person(conn: &mut Conn, id: PersonId, at: Time) -> Result<(), StoreError> {
    db::query(VOID).bind(at.millis()).bind(id.to_string()).execute(conn).await?;
    Ok(())
}

//! Answers already given to an `Idempotency-Key`; written in the transaction that made them.

use crate::base::{id::PersonId, time::Time};

use super::{Conn, Row, StoreError, db};

/// What was answered to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub body_sha256: String,
    /// JSON of the command's answer.
    pub answer: String,
}

const GET: &str = "
    select body_sha256, answer from idempotency where person_id = $1 and call = $2 and key = $3";

pub async fn get(
    conn: &mut Conn,
    person: PersonId,
    call: &str,
    key: &str,
) -> Result<Option<Kept>, StoreError> {
    let row =
        db::query(GET).bind(person.to_string()).bind(call).bind(key).fetch_optional(conn).await?;
    row.map(|row| {
        let row = Row::new(&row, "idempotency");
        Ok(Kept { body_sha256: row.text("body_sha256")?, answer: row.text("answer")? })
    })
    .transpose()
}

const INSERT: &str = "
    insert into idempotency (person_id, call, key, body_sha256, answer, at)
    values ($1, $2, $3, $4, $5, $6)";

/// `named` is the call and the key. A second insert of the same key is a `Duplicate`.
pub async fn insert(
    conn: &mut Conn,
    person: PersonId,
    named: (&str, &str),
    kept: &Kept,
    at: Time,
) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(person.to_string())
        .bind(named.0)
        .bind(named.1)
        .bind(&kept.body_sha256)
        .bind(&kept.answer)
        .bind(at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

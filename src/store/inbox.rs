//! Which (sender, payloadID) was answered, with what: a repeated document gets the stored answer.

use crate::base::{id::DocumentId, time::Time};

use super::{Conn, Row, StoreError, db};

/// A document that was answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// SHA-256 of the body as kept, so without secrets.
    pub body_sha256: String,
    pub document: DocumentId,
    pub answer: DocumentId,
}

const GET: &str = "
    select body_sha256, document_id, answer_id from inbox where sender = $1 and payload_id = $2";

pub async fn get(
    conn: &mut Conn,
    sender: &str,
    payload_id: &str,
) -> Result<Option<Answered>, StoreError> {
    let row = db::query(GET).bind(sender).bind(payload_id).fetch_optional(conn).await?;
    row.map(|row| {
        let row = Row::new(&row, "inbox");
        Ok(Answered {
            body_sha256: row.text("body_sha256")?,
            document: row.id("document_id")?,
            answer: row.id("answer_id")?,
        })
    })
    .transpose()
}

const INSERT: &str = "
    insert into inbox (sender, payload_id, body_sha256, document_id, answer_id, at)
    values ($1, $2, $3, $4, $5, $6) on conflict do nothing";

/// `key` is the sender and the payloadID. `false`: the key was there, or another transaction wrote
/// it a moment ago; what it was answered can be read now.
pub async fn insert(
    conn: &mut Conn,
    key: (&str, &str),
    answered: &Answered,
    at: Time,
) -> Result<bool, StoreError> {
    let done = db::query(INSERT)
        .bind(key.0)
        .bind(key.1)
        .bind(&answered.body_sha256)
        .bind(answered.document.to_string())
        .bind(answered.answer.to_string())
        .bind(at.millis())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

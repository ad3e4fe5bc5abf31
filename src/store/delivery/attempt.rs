//! Attempts to send a delivery, a letter or an event.

use crate::{base::time::Time, domain::delivery::Verdict};

use super::super::{Conn, Row, StoreError, db};

/// One attempt to send a delivery or a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub number: i64,
    pub started_at: Time,
    pub finished_at: Time,
    pub verdict: Verdict,
    /// HTTP status, or the cXML status when there was one.
    pub status: Option<i64>,
    /// What happened, in plain words.
    pub detail: String,
}

const INSERT_ATTEMPT: &str = "
    insert into attempt (subject_id, number, started_at, finished_at, outcome, status, detail)
    select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6 from attempt where subject_id = $1";

/// Keeps an attempt under the next number of its delivery or letter.
pub(in crate::store) async fn insert_attempt(
    conn: &mut Conn,
    subject: &str,
    attempt: &Attempt,
) -> Result<(), StoreError> {
    db::query(INSERT_ATTEMPT)
        .bind(subject)
        .bind(attempt.started_at.millis())
        .bind(attempt.finished_at.millis())
        .bind(verdict_word(attempt.verdict))
        .bind(attempt.status)
        .bind(&attempt.detail)
        .execute(conn)
        .await?;
    Ok(())
}

const fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Delivered => "delivered",
        Verdict::Permanent => "permanent",
        Verdict::Transient => "transient",
    }
}

const ATTEMPTS: &str = "select * from attempt where subject_id = $1 order by number";

/// Every attempt of a delivery or a letter, oldest first.
pub async fn attempts(conn: &mut Conn, subject: &str) -> Result<Vec<Attempt>, StoreError> {
    let rows = db::query(ATTEMPTS).bind(subject).fetch_all(conn).await?;
    rows.iter().map(read_attempt).collect()
}

pub(super) fn read_attempt(row: &db::DbRow) -> Result<Attempt, StoreError> {
    let row = Row::new(row, "attempt");
    let verdict = match row.text("outcome")?.as_str() {
        "delivered" => Verdict::Delivered,
        "permanent" => Verdict::Permanent,
        "transient" => Verdict::Transient,
        other => return Err(row.fault("outcome", other)),
    };
    Ok(Attempt {
        number: row.int("number")?,
        started_at: row.time("started_at")?,
        finished_at: row.time("finished_at")?,
        verdict,
        status: row.maybe_int("status")?,
        detail: row.text("detail")?,
    })
}

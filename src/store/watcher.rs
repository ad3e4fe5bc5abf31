//! Whom a rule tells of a requisition without asking them.

use crate::base::id::{PersonId, RequisitionId};

use super::{Conn, Row, StoreError, db};

/// One person who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watcher {
    pub person: PersonId,
    /// The round of the plan that named them first.
    pub round: i64,
    pub because: String,
}

const INSERT: &str = "
    insert into watcher (requisition_id, person_id, round, because)
    values ($1, $2, $3, $4) on conflict do nothing";

/// Keeps a watcher; who is known stays as known.
pub async fn insert(conn: &mut Conn, id: RequisitionId, row: &Watcher) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(id.to_string())
        .bind(row.person.to_string())
        .bind(row.round)
        .bind(&row.because)
        .execute(conn)
        .await?;
    Ok(())
}

const OF: &str = "
    select person_id, round, because from watcher where requisition_id = $1 order by person_id";

/// Everybody who is told of a requisition.
pub async fn of(conn: &mut Conn, id: RequisitionId) -> Result<Vec<Watcher>, StoreError> {
    let rows = db::query(OF).bind(id.to_string()).fetch_all(conn).await?;
    let read = |row: &db::DbRow| {
        let row = Row::new(row, "watcher");
        Ok(Watcher {
            person: row.id("person_id")?,
            round: row.int("round")?,
            because: row.text("because")?,
        })
    };
    rows.iter().map(read).collect()
}

const IS_ONE: &str = "
    select cast(count(*) as bigint) as many from watcher
    where requisition_id = $1 and person_id = $2";

/// Whether a rule named the person as one who is told.
pub async fn is_one(
    conn: &mut Conn,
    requisition: RequisitionId,
    person: PersonId,
) -> Result<bool, StoreError> {
    let row = db::query(IS_ONE)
        .bind(requisition.to_string())
        .bind(person.to_string())
        .fetch_one(conn)
        .await?;
    Ok(Row::new(&row, "watcher").int("many")? > 0)
}

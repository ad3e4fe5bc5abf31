//! The conversation about a requisition.

use crate::{base::id::RequisitionId, domain::remark::Remark};

use super::{Conn, Row, StoreError, db};

const INSERT: &str = "
    insert into remark (id, requisition_id, person_id, kind, text, made_at)
    values ($1, $2, $3, $4, $5, $6)";

/// Adds a remark.
pub async fn insert(conn: &mut Conn, row: &Remark) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(row.requisition.to_string())
        .bind(row.person.to_string())
        .bind(row.kind.word())
        .bind(&row.text)
        .bind(row.made_at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const OF: &str = "select * from remark where requisition_id = $1 order by id";

/// What was said about a requisition, the earliest first.
pub async fn of(conn: &mut Conn, id: RequisitionId) -> Result<Vec<Remark>, StoreError> {
    let rows = db::query(OF).bind(id.to_string()).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

fn read(row: &db::DbRow) -> Result<Remark, StoreError> {
    let row = Row::new(row, "remark");
    Ok(Remark {
        id: row.id("id")?,
        requisition: row.id("requisition_id")?,
        person: row.id("person_id")?,
        kind: row.parsed("kind")?,
        text: row.text("text")?,
        made_at: row.time("made_at")?,
    })
}

//! What approvers did to single lines, and the amounts that standing signatures were given over.

use crate::{
    base::id::RequisitionId,
    domain::{line_edit::LineEdit, requisition::edit::Signed},
};

use super::{Conn, Row, StoreError, db, error::one_row};

const INSERT: &str = "
    insert into line_edit (id, requisition_id, task_id, person_id, position, what, sku,
        description, before_text, after_text, reason, made_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// Records what was done to a line.
pub async fn insert(conn: &mut Conn, row: &LineEdit) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(row.requisition.to_string())
        .bind(row.task.map(|id| id.to_string()))
        .bind(row.person.to_string())
        .bind(row.position)
        .bind(row.what.word())
        .bind(&row.sku)
        .bind(&row.description)
        .bind(&row.before)
        .bind(&row.after)
        .bind(&row.reason)
        .bind(row.made_at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const OF: &str = "select * from line_edit where requisition_id = $1 order by id";

/// What was done to the lines of a requisition, the earliest first.
pub async fn of(conn: &mut Conn, id: RequisitionId) -> Result<Vec<LineEdit>, StoreError> {
    let rows = db::query(OF).bind(id.to_string()).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

fn read(row: &db::DbRow) -> Result<LineEdit, StoreError> {
    let row = Row::new(row, "line_edit");
    Ok(LineEdit {
        id: row.id("id")?,
        requisition: row.id("requisition_id")?,
        task: row.maybe_id("task_id")?,
        person: row.id("person_id")?,
        position: row.int("position")?,
        what: row.parsed("what")?,
        sku: row.text("sku")?,
        description: row.text("description")?,
        before: row.text("before_text")?,
        after: row.text("after_text")?,
        reason: row.text("reason")?,
        made_at: row.time("made_at")?,
    })
}

const SIGNED: &str = "select signed from requisition where id = $1";

/// What the standing signatures were given over; `None` before the first edit.
pub async fn signed(conn: &mut Conn, id: RequisitionId) -> Result<Option<Signed>, StoreError> {
    let row = db::query(SIGNED).bind(id.to_string()).fetch_one(conn).await?;
    let row = Row::new(&row, "requisition");
    match row.maybe_text("signed")? {
        Some(_) => row.json("signed").map(Some),
        None => Ok(None),
    }
}

/// Saves what the standing signatures were given over.
pub async fn set_signed(
    conn: &mut Conn,
    id: RequisitionId,
    signed: &Signed,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(signed)
        .map_err(|fault| StoreError::inconsistent("requisition", fault))?;
    let query = db::query("update requisition set signed = $1 where id = $2");
    let done = query.bind(text).bind(id.to_string()).execute(conn).await?;
    one_row(done.rows_affected(), "requisition")
}

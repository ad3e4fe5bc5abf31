//! Files that people attached to a requisition for those who sign it.

use crate::{
    base::text::sha256_hex,
    base::{
        id::{FileId, PersonId, RequisitionId},
        time::Time,
    },
};

use super::{Conn, Row, StoreError, db};

/// One such file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequisitionFile {
    pub id: FileId,
    pub requisition: RequisitionId,
    pub person: PersonId,
    pub name: String,
    pub content_type: String,
    pub body: Vec<u8>,
    pub made_at: Time,
}

const INSERT: &str = "
    insert into requisition_file (id, requisition_id, person_id, name, content_type, body, sha256,
        made_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Keeps a file.
pub async fn insert(conn: &mut Conn, row: &RequisitionFile) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(row.requisition.to_string())
        .bind(row.person.to_string())
        .bind(&row.name)
        .bind(&row.content_type)
        .bind(&row.body)
        .bind(sha256_hex(&row.body))
        .bind(row.made_at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

/// A file as it is listed: without its bytes, which may be many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: FileId,
    pub person: PersonId,
    pub name: String,
    pub content_type: String,
    pub bytes: i64,
    pub sha256: String,
    pub made_at: Time,
}

const OF: &str = "
    select id, person_id, name, content_type, cast(length(body) as bigint) as bytes, sha256, made_at
    from requisition_file where requisition_id = $1 order by id";

/// The files of a requisition, the earliest first.
pub async fn of(conn: &mut Conn, id: RequisitionId) -> Result<Vec<Listed>, StoreError> {
    let rows = db::query(OF).bind(id.to_string()).fetch_all(conn).await?;
    let read = |row: &db::DbRow| {
        let row = Row::new(row, "requisition_file");
        Ok(Listed {
            id: row.id("id")?,
            person: row.id("person_id")?,
            name: row.text("name")?,
            content_type: row.text("content_type")?,
            bytes: row.int("bytes")?,
            sha256: row.text("sha256")?,
            made_at: row.time("made_at")?,
        })
    };
    rows.iter().map(read).collect()
}

const BODY: &str = "select body from requisition_file where requisition_id = $1 and id = $2";

/// The bytes of one file.
pub async fn body(
    conn: &mut Conn,
    requisition: RequisitionId,
    file: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let query = db::query(BODY).bind(requisition.to_string()).bind(file);
    let row = query.fetch_optional(conn).await?;
    row.map(|row| Row::new(&row, "requisition_file").bytes("body")).transpose()
}

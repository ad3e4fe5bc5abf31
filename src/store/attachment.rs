//! What came or went beside a document in a multipart body.

use crate::base::{
    id::{DocumentId, RequisitionId, RequisitionLineId},
    text::sha256_hex,
};

use super::{Conn, Row, StoreError, db};

/// One part beside the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Content-ID without angle brackets: what `cid:` addresses name.
    pub content_id: String,
    pub content_type: String,
    /// The file's name; empty when the sender gave none.
    pub name: String,
    /// Without transfer encoding.
    pub body: Vec<u8>,
}

const INSERT: &str = "
    insert into attachment (document_id, position, content_id, content_type, name, body, sha256)
    values ($1, $2, $3, $4, $5, $6, $7)";

/// Keeps a document's attachments, numbered from 0 in their order.
pub async fn insert(
    conn: &mut Conn,
    document: DocumentId,
    attachments: &[Attachment],
) -> Result<(), StoreError> {
    for (attachment, position) in attachments.iter().zip(0_i64..) {
        db::query(INSERT)
            .bind(document.to_string())
            .bind(position)
            .bind(&attachment.content_id)
            .bind(&attachment.content_type)
            .bind(&attachment.name)
            .bind(&attachment.body)
            .bind(sha256_hex(&attachment.body))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

const OF_DOCUMENT: &str = "select * from attachment where document_id = $1 order by position";

/// The document's attachments, in their order.
pub async fn of_document(
    conn: &mut Conn,
    document: DocumentId,
) -> Result<Vec<Attachment>, StoreError> {
    let rows = db::query(OF_DOCUMENT).bind(document.to_string()).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

const ENCLOSE: &str = "
    insert into requisition_attachment (requisition_id, line_id, document_id, position)
    values ($1, $2, $3, $4) on conflict do nothing";

/// Says that an attachment of this document belongs to a requisition: to a line, or to its head.
pub async fn enclose(
    conn: &mut Conn,
    requisition: RequisitionId,
    line: Option<RequisitionLineId>,
    (document, position): (DocumentId, i64),
) -> Result<(), StoreError> {
    db::query(ENCLOSE)
        .bind(requisition.to_string())
        .bind(line.map(|id| id.to_string()).unwrap_or_default())
        .bind(document.to_string())
        .bind(position)
        .execute(conn)
        .await?;
    Ok(())
}

const OF_REQUISITION: &str = "
    select r.line_id, a.* from requisition_attachment r
    join attachment a on a.document_id = r.document_id and a.position = r.position
    where r.requisition_id = $1 order by r.document_id, r.position, r.line_id";

/// The requisition's attachments with the line each belongs to; none: the head's.
pub async fn of_requisition(
    conn: &mut Conn,
    requisition: RequisitionId,
) -> Result<Vec<(Option<RequisitionLineId>, Attachment)>, StoreError> {
    let rows = db::query(OF_REQUISITION).bind(requisition.to_string()).fetch_all(conn).await?;
    rows.iter()
        .map(|found| {
            let row = Row::new(found, "requisition_attachment");
            Ok((line_of(&row)?, read(found)?))
        })
        .collect()
}

/// An attachment of a requisition as it is listed: without its bytes, which may be many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// None: it belongs to the head.
    pub line: Option<RequisitionLineId>,
    pub name: String,
    pub content_type: String,
    pub bytes: i64,
    pub sha256: String,
}

const LISTED: &str = "
    select r.line_id, a.name, a.content_type, a.sha256, cast(length(a.body) as bigint) as bytes
    from requisition_attachment r
    join attachment a on a.document_id = r.document_id and a.position = r.position
    where r.requisition_id = $1 order by r.document_id, r.position, r.line_id";

/// What [`of_requisition`] has, to be listed.
pub async fn listed(
    conn: &mut Conn,
    requisition: RequisitionId,
) -> Result<Vec<Listed>, StoreError> {
    let rows = db::query(LISTED).bind(requisition.to_string()).fetch_all(conn).await?;
    let read = |row: &db::DbRow| {
        let row = Row::new(row, "requisition_attachment");
        Ok(Listed {
            line: line_of(&row)?,
            name: row.text("name")?,
            content_type: row.text("content_type")?,
            bytes: row.int("bytes")?,
            sha256: row.text("sha256")?,
        })
    };
    rows.iter().map(read).collect()
}

const BODY: &str = "
    select a.body from requisition_attachment r
    join attachment a on a.document_id = r.document_id and a.position = r.position
    where r.requisition_id = $1 and a.sha256 = $2 limit 1";

/// The bytes of a requisition's attachment with this SHA-256.
pub async fn body(
    conn: &mut Conn,
    requisition: RequisitionId,
    sha256: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let query = db::query(BODY).bind(requisition.to_string()).bind(sha256);
    let row = query.fetch_optional(conn).await?;
    row.map(|row| Row::new(&row, "attachment").bytes("body")).transpose()
}

fn line_of(row: &Row<'_>) -> Result<Option<RequisitionLineId>, StoreError> {
    match row.text("line_id")?.as_str() {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| row.fault("line_id", id)),
    }
}

fn read(row: &db::DbRow) -> Result<Attachment, StoreError> {
    let row = Row::new(row, "attachment");
    Ok(Attachment {
        content_id: row.text("content_id")?,
        content_type: row.text("content_type")?,
        name: row.text("name")?,
        body: row.bytes("body")?,
    })
}

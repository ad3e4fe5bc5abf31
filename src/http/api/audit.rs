//! `GET /audit`: what happened to one object, or to everything, newest first.

use poem_openapi::{Object, OpenApi, param::Query, payload::Json, types::Any};

use super::{
    Caller,
    shape::{List, Paged},
};
use crate::app::audit::{self, Entry, Filter};

pub struct Audit;

/// One entry of the audit trail.
#[derive(Object)]
#[oai(rename = "AuditEntry")]
struct EntryJson {
    id: String,
    at: String,
    /// Who did it: an e-mail address, a partner's id, `system:..`.
    actor: String,
    /// The fact's name: `order-issued`.
    kind: String,
    /// The object it is about first of all.
    about: String,
    /// The fact itself.
    body: Any<serde_json::Value>,
    /// SHA-256 over the entry's own content.
    hash: String,
    /// Its place in the chain; null until it is sealed, which takes a second.
    position: Option<i64>,
    /// The hash that stands for everything up to here.
    chain_hash: Option<String>,
}

impl From<Entry> for EntryJson {
    fn from(entry: Entry) -> Self {
        // A body that is no JSON was changed in the database; it is shown as the text it is.
        let body = serde_json::from_str(&entry.body);
        Self {
            id: entry.id.to_string(),
            at: entry.at.to_string(),
            actor: entry.actor,
            kind: entry.kind,
            about: entry.about,
            body: Any(body.unwrap_or(serde_json::Value::String(entry.body))),
            hash: entry.entry_hash,
            position: entry.position,
            chain_hash: entry.chain_hash,
        }
    }
}

#[OpenApi]
impl Audit {
    /// Entries of the audit trail, newest first; for those who may read it.
    #[oai(path = "/audit", method = "get", operation_id = "audit")]
    async fn list(
        &self,
        caller: Caller,
        /// An id, an order's, requisition's or invoice's number, an e-mail address, a short name.
        about: Query<Option<String>>,
        /// A fact's name: `order-issued`.
        kind: Query<Option<String>>,
        paged: Paged,
    ) -> poem::Result<Json<List<EntryJson>>> {
        let filter = Filter { about: about.0, kind: kind.0, ..Filter::default() };
        let mut reader = caller.reader().await?;
        let page = audit::list(&mut reader, &filter, &paged.0).await?;
        Ok(Json(page.map(EntryJson::from).into()))
    }
}

//! Audit entries: written with their own hash in the deciding transaction, linked into the chain by
//! the sealer.

use crate::base::{
    id::{AuditEntryId, OrganisationId},
    page::{Cut, Page},
    text::sha256_hex,
    time::Time,
};

use super::{Conn, Row, StoreError};

/// An entry about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    pub id: AuditEntryId,
    pub organisation: Option<OrganisationId>,
    pub at: Time,
    pub actor: String,
    pub kind: String,
    /// Every object it is about, the most telling first.
    pub about: Vec<String>,
    /// Canonical JSON of the fact.
    pub body: String,
}

/// An entry as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: AuditEntryId,
    pub organisation: Option<OrganisationId>,
    pub at: Time,
    pub actor: String,
    pub kind: String,
    pub about: String,
    pub body: String,
    pub entry_hash: String,
    /// Its place in the chain, once sealed.
    pub position: Option<i64>,
    pub chain_hash: Option<String>,
}

/// The hash of one entry over its content, independent of the chain.
pub fn entry_hash(
    id: AuditEntryId,
    organisation: Option<OrganisationId>,
    at: Time,
    words: [&str; 4],
) -> String {
    let organisation = organisation.map(|id| id.to_string()).unwrap_or_default();
    let [actor, kind, about, body] = words;
    let millis = at.millis();
    // JSON strings keep the parts apart whatever stands in them.
    let text = serde_json::json!([id, organisation, millis, actor, kind, about, body]);
    sha256_hex(text.to_string().as_bytes())
}

/// The hash that links an entry to all before it.
pub fn chain_hash(before: &str, position: i64, entry_hash: &str) -> String {
    sha256_hex(format!("{before}\n{position}\n{entry_hash}").as_bytes())
}

impl Entry {
    /// What [`entry_hash`] gives for this entry as it stands now.
    pub fn computed_hash(&self) -> String {
        let words = [&*self.actor, &*self.kind, &*self.about, &*self.body];
        entry_hash(self.id, self.organisation, self.at, words)
    }
}

const INSERT: &str = "
    insert into audit_entry (id, organisation_id, at, actor, kind, about, body, entry_hash)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const INSERT_ABOUT: &str =
    "insert into audit_about (about, entry_id) values ($1, $2) on conflict do nothing";

/// Writes one entry; called by `app::act` alone.
pub async fn insert(conn: &mut Conn, entry: &NewEntry) -> Result<(), StoreError> {
    let about = entry.about.first().map_or("", String::as_str);
    let words = [&*entry.actor, &*entry.kind, about, &*entry.body];
    let hash = entry_hash(entry.id, entry.organisation, entry.at, words);
    sqlx::query(INSERT)
        .bind(entry.id.to_string())
        .bind(entry.organisation.map(|id| id.to_string()))
        .bind(entry.at.millis())
        .bind(&entry.actor)
        .bind(&entry.kind)
        .bind(about)
        .bind(&entry.body)
        .bind(hash)
        .execute(&mut *conn)
        .await?;
    for about in &entry.about {
        sqlx::query(INSERT_ABOUT)
            .bind(about)
            .bind(entry.id.to_string())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

const COLUMNS_ABOUT: &str = "
    select e.id, e.organisation_id, e.at, e.actor, e.kind, e.about, e.body, e.entry_hash,
        e.position, e.chain_hash
    from audit_about a join audit_entry e on e.id = a.entry_id
    where a.about = $1 and e.organisation_id = $2 and e.id < $3
    order by e.id desc limit $4";
const COLUMNS_ALL: &str = "
    select id, organisation_id, at, actor, kind, about, body, entry_hash, position, chain_hash
    from audit_entry where organisation_id = $1 and id < $2
    order by id desc limit $3";
/// Sorts behind every id.
const END: &str = "~";

/// The organisation's entries, newest first; about one object when one is named.
pub async fn list(
    conn: &mut Conn,
    organisation: OrganisationId,
    about: Option<&str>,
    cut: &Cut,
) -> Result<Page<Entry>, StoreError> {
    let after = cut.after.clone().unwrap_or_else(|| END.to_owned());
    let rows = match about {
        Some(about) => {
            sqlx::query(COLUMNS_ABOUT)
                .bind(about)
                .bind(organisation.to_string())
                .bind(after)
                .bind(cut.fetch())
                .fetch_all(conn)
                .await?
        }
        None => {
            sqlx::query(COLUMNS_ALL)
                .bind(organisation.to_string())
                .bind(after)
                .bind(cut.fetch())
                .fetch_all(conn)
                .await?
        }
    };
    let entries = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(entries, cut, |entry| entry.id.to_string()))
}

pub(super) fn read(row: &sqlx::any::AnyRow) -> Result<Entry, StoreError> {
    let row = Row::new(row, "audit_entry");
    Ok(Entry {
        id: row.id("id")?,
        organisation: row.maybe_id("organisation_id")?,
        at: row.time("at")?,
        actor: row.text("actor")?,
        kind: row.text("kind")?,
        about: row.text("about")?,
        body: row.text("body")?,
        entry_hash: row.text("entry_hash")?,
        position: row.maybe_int("position")?,
        chain_hash: row.maybe_text("chain_hash")?,
    })
}

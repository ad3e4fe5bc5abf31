//! Audit entries: written with their own hash in the deciding transaction. Where no other
//! transaction writes beside it they are linked into the chain there and then, else by the sealer.

use std::sync::LazyLock;

use crate::base::{
    id::{AuditEntryId, OrganisationId},
    page::{Cut, Page},
    text::sha256_hex,
    time::Time,
};

use super::{
    Conn, Row, StoreError,
    chain::{self, Head},
    db::{self, Value},
    rows::Rows,
};

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
    hash_of(&id.to_string(), &organisation, at.millis(), words)
}

/// The same of columns as they stand, whether they can be read as ids or not.
pub(super) fn hash_of(id: &str, organisation: &str, millis: i64, words: [&str; 4]) -> String {
    let [actor, kind, about, body] = words;
    // JSON strings keep the parts apart whatever stands in them.
    let text = serde_json::json!([id, organisation, millis, actor, kind, about, body]);
    sha256_hex(text.to_string().as_bytes())
}

static ENTRIES: LazyLock<Rows> = LazyLock::new(|| {
    let columns = "id, organisation_id, at, actor, kind, about, body, entry_hash, position, \
                   chain_hash";
    Rows::into("audit_entry", columns, "")
});
static ABOUT: LazyLock<Rows> =
    LazyLock::new(|| Rows::into("audit_about", "about, entry_id", "on conflict do nothing"));

/// Writes entries; called by `app::act` alone.
pub async fn insert(conn: &mut Conn, entries: &[NewEntry]) -> Result<(), StoreError> {
    let mut end = if conn.writes_alone() { Some(chain::head(conn).await?) } else { None };
    let rows: Vec<_> = entries.iter().map(|entry| row_of(entry, end.as_mut())).collect();
    ENTRIES.put(conn, &rows)?;
    let about = |entry: &'_ NewEntry| {
        let id = entry.id.to_string();
        let pairs =
            entry.about.iter().map(move |about| vec![about.clone().into(), id.clone().into()]);
        pairs.collect::<Vec<Vec<Value<'static>>>>()
    };
    let about: Vec<_> = entries.iter().flat_map(about).collect();
    ABOUT.put(conn, &about)
}

/// The entry's row; with its link when it becomes the chain's new end.
fn row_of<'e>(entry: &'e NewEntry, end: Option<&mut Head>) -> Vec<Value<'e>> {
    let about = entry.about.first().map_or("", String::as_str);
    let words = [&*entry.actor, &*entry.kind, about, &*entry.body];
    let hash = entry_hash(entry.id, entry.organisation, entry.at, words);
    let link = end.map(|end| {
        *end = end.followed_by(&hash);
        end.clone()
    });
    vec![
        entry.id.to_string().into(),
        entry.organisation.map(|id| id.to_string()).into(),
        entry.at.millis().into(),
        (&entry.actor).into(),
        (&entry.kind).into(),
        about.into(),
        (&entry.body).into(),
        hash.into(),
        link.as_ref().map(|head| head.position).into(),
        link.map(|head| head.hash).into(),
    ]
}

/// Which entries of the organisation are asked for; nothing named: all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// About any of these; see [`named`].
    pub about: Vec<String>,
    pub kind: Option<String>,
    /// The actor as it stands in the entries: an e-mail address, `system:..`, a partner's id.
    pub actor: Option<String>,
}

/// Objects that one search looks for at most.
pub const MOST_OBJECTS: usize = 4;

const LIST: &str = "
    select e.* from audit_entry e
    where e.organisation_id = $1 and e.id < $2 and ($3 = '' or e.kind = $3)
        and ($4 = '' or e.actor = $4)
    order by e.id desc limit $5";
const LIST_ABOUT: &str = "
    select e.* from audit_entry e
    where e.organisation_id = $1 and e.id < $2 and ($3 = '' or e.kind = $3)
        and ($4 = '' or e.actor = $4)
        and e.id in (select entry_id from audit_about where about in ($6, $7, $8, $9))
    order by e.id desc limit $5";
/// Sorts behind every id.
const END: &str = "z";

/// The organisation's entries, newest first.
pub async fn list(
    conn: &mut Conn,
    organisation: OrganisationId,
    asked: &Asked,
    cut: &Cut,
) -> Result<Page<Entry>, StoreError> {
    let sql = if asked.about.is_empty() { LIST } else { LIST_ABOUT };
    let mut query = db::query(sql)
        .bind(organisation.to_string())
        .bind(cut.after.clone().unwrap_or_else(|| END.to_owned()))
        .bind(asked.kind.clone().unwrap_or_default())
        .bind(asked.actor.clone().unwrap_or_default())
        .bind(cut.fetch());
    if let Some(first) = asked.about.first() {
        for n in 0..MOST_OBJECTS {
            query = query.bind(asked.about.get(n).unwrap_or(first).clone());
        }
    }
    let rows = query.fetch_all(conn).await?;
    let entries = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(entries, cut, |entry| entry.id.to_string()))
}

const NAMED: &str = "
    select id from purchase_order where organisation_id = $1 and (number = $2 or buyer_order_id = $2)
    union all
    select id from requisition where organisation_id = $1 and (number = $2 or buyer_order_id = $2)
    union all
    select id from invoice where organisation_id = $1 and number = $2
    union all
    select id from person where organisation_id = $1 and email = $2
    union all
    select id from cost_center where organisation_id = $1 and code = $2
    union all
    select id from partner where organisation_id = $1 and name = $2
    union all
    select id from organisation where id = $1 and name = $2
    union all
    select id from supplier where name = $2
    limit $3";

/// The ids of what goes by this number or short name in the organisation: orders, requisitions,
/// invoices, people, cost centres, connections, suppliers. At most [`MOST_OBJECTS`].
pub async fn named(
    conn: &mut Conn,
    organisation: OrganisationId,
    name: &str,
) -> Result<Vec<String>, StoreError> {
    let most = i64::try_from(MOST_OBJECTS).unwrap_or(i64::MAX);
    let rows = db::query(NAMED)
        .bind(organisation.to_string())
        .bind(name)
        .bind(most)
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| Row::new(row, "audit_about").text("id")).collect()
}

const LABEL: &str = "
    select number as label from purchase_order where id = $1
    union all select number from requisition where id = $1
    union all select number from invoice where id = $1
    union all select email from person where id = $1
    union all select name from partner where id = $1
    union all select name from supplier where id = $1
    union all select name from organisation where id = $1
    union all select code from cost_center where id = $1
    union all select kind from document where id = $1
    limit 1";

/// The number or short name of an object, where it has one; the other way round than [`named`].
pub async fn label(conn: &mut Conn, id: &str) -> Result<Option<String>, StoreError> {
    let row = db::query(LABEL).bind(id).fetch_optional(conn).await?;
    row.map(|row| Row::new(&row, "audit_about").text("label")).transpose()
}

const KINDS: &str = "
    select distinct kind from audit_entry where organisation_id = $1 order by kind";

/// The kinds of facts that the organisation's entries hold.
pub async fn kinds(
    conn: &mut Conn,
    organisation: OrganisationId,
) -> Result<Vec<String>, StoreError> {
    let rows = db::query(KINDS).bind(organisation.to_string()).fetch_all(conn).await?;
    rows.iter().map(|row| Row::new(row, "audit_entry").text("kind")).collect()
}

fn read(row: &db::DbRow) -> Result<Entry, StoreError> {
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

//! The audit chain: sealing entries into it, and walking it.
//!
//! On PostgreSQL entries are written unsealed by the deciding transactions, which therefore never
//! wait for each other. One sealer at a time (by lease) gives them their place and links them.
//! Sealing is the only write that touches an entry after its birth, and it touches only place and
//! link. SQLite's one writer has nobody to wait for: there entries are born in their place.

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    base::{text::sha256_hex, time::Time},
    domain::approval::Task,
};

use super::{
    Conn, Dialect, Reading, Row, Store, StoreError, Work,
    audit::hash_of,
    db::{self, Value},
    document::body,
    rows::Rows,
    step,
};

/// Entries sealed in one transaction at most.
const BATCH: i64 = 500;

/// The end of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// Entries in the chain; 0 for an empty one.
    pub position: i64,
    /// The hash that stands for everything up to here; empty for an empty chain.
    pub hash: String,
}

impl Head {
    /// The end when an entry of this hash comes behind it.
    pub fn followed_by(&self, entry_hash: &str) -> Self {
        let position = self.position + 1;
        let link = format!("{}\n{position}\n{entry_hash}", self.hash);
        Self { position, hash: sha256_hex(link.as_bytes()) }
    }
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.position, self.hash)
    }
}

impl std::str::FromStr for Head {
    type Err = String;

    /// Reads `POSITION:HASH` as `Display` writes it.
    fn from_str(text: &str) -> Result<Self, String> {
        let fault = || format!("expected POSITION:HASH, got \"{text}\"");
        let (position, hash) = text.trim().split_once(':').ok_or_else(fault)?;
        let position = position.parse().map_err(|_| fault())?;
        let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        let fits = if position == 0 { hash.is_empty() } else { is_hash };
        fits.then(|| Self { position, hash: hash.to_owned() }).ok_or_else(fault)
    }
}

const HEAD: &str = "
    select position, chain_hash from audit_entry where position is not null
    order by position desc limit 1";

/// The end of the chain as it stands.
pub async fn head(conn: &mut Conn) -> Result<Head, StoreError> {
    let row = db::query(HEAD).fetch_optional(conn).await?;
    row.map_or(Ok(Head::default()), |row| {
        let row = Row::new(&row, "audit_entry");
        Ok(Head { position: row.int("position")?, hash: row.text("chain_hash")? })
    })
}

/// An entry exactly as its row stands: nothing in it is believed to be what the house wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub id: String,
    pub organisation: String,
    pub at_ms: i64,
    pub actor: String,
    pub kind: String,
    /// The object it is about first of all.
    pub about: String,
    pub body: String,
    pub entry_hash: String,
    /// Its place in the chain, once sealed.
    pub position: Option<i64>,
    pub chain_hash: Option<String>,
}

impl Link {
    /// The hash over the entry's content as it stands now.
    pub fn computed_hash(&self) -> String {
        let words = [&*self.actor, &*self.kind, &*self.about, &*self.body];
        hash_of(&self.id, &self.organisation, self.at_ms, words)
    }
}

fn read(row: &db::DbRow) -> Result<Link, StoreError> {
    let row = Row::new(row, "audit_entry");
    Ok(Link {
        id: row.text("id")?,
        organisation: row.maybe_text("organisation_id")?.unwrap_or_default(),
        at_ms: row.int("at")?,
        actor: row.text("actor")?,
        kind: row.text("kind")?,
        about: row.text("about")?,
        body: row.text("body")?,
        entry_hash: row.text("entry_hash")?,
        position: row.maybe_int("position")?,
        chain_hash: row.maybe_text("chain_hash")?,
    })
}

const SEALED: &str = "select * from audit_entry where position > $1 order by position limit $2";
const UNSEALED: &str = "select * from audit_entry where position is null order by id limit $1";

/// Sealed entries behind a position, in the order of the chain.
pub async fn sealed(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<Link>, StoreError> {
    let rows = db::query(SEALED).bind(after).bind(limit).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// Entries that wait for the sealer, oldest first.
pub async fn unsealed(conn: &mut Conn, limit: i64) -> Result<Vec<Link>, StoreError> {
    let rows = db::query(UNSEALED).bind(limit).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

const ID_BEHIND: &str = "
    select id from audit_entry where position > $1 order by position limit 1";

/// The id of the entry behind a position, when that much of it can be read.
pub async fn id_behind(conn: &mut Conn, after: i64) -> Option<String> {
    let row = db::query(ID_BEHIND).bind(after).fetch_optional(conn).await.ok()??;
    Row::new(&row, "audit_entry").text("id").ok()
}

/// The hashes of a stored document: of its bytes, and as its row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentHash {
    pub of_body: String,
    pub stated: String,
    pub kind: String,
}

const DOCUMENTS: &str = "
    select d.id, d.kind, d.sha256, d.body, d.packing
    from audit_entry e join document d on d.id = e.about
    where e.position > $1 and e.position <= $2 and e.kind = 'document-kept'
    union all
    select d.id, d.kind, d.sha256, d.body, d.packing
    from audit_entry e join document d on d.reply_to = e.about
    where e.position > $1 and e.position <= $2 and e.kind = 'document-kept'";

/// The documents that a stretch of the chain names, hashed one by one: their bytes never stand in
/// memory together.
pub async fn documents(
    conn: &mut Conn,
    (after, upto): (i64, i64),
) -> Result<HashMap<String, DocumentHash>, StoreError> {
    let mut found = HashMap::new();
    let note = |row: db::DbRow| {
        let row = Row::new(&row, "document");
        found.insert(row.text("id")?, document_hash(&row)?);
        Ok(())
    };
    db::query(DOCUMENTS).bind(after).bind(upto).each(conn, note).await?;
    Ok(found)
}

const DOCUMENT: &str = "select kind, sha256, body, packing from document where id = $1";

/// The hashes of one document.
pub async fn document(conn: &mut Conn, id: &str) -> Result<Option<DocumentHash>, StoreError> {
    let Some(row) = db::query(DOCUMENT).bind(id).fetch_optional(conn).await? else {
        return Ok(None);
    };
    document_hash(&Row::new(&row, "document")).map(Some)
}

/// Of a body that does not unpack, no hash holds.
fn document_hash(row: &Row<'_>) -> Result<DocumentHash, StoreError> {
    let of_body = body::read(row).map_or_else(|_| String::new(), |body| sha256_hex(&body));
    Ok(DocumentHash { of_body, stated: row.text("sha256")?, kind: row.text("kind")? })
}

const TASKS: &str = "
    select t.* from audit_entry e join task t on t.id = e.about
    where e.position > $1 and e.position <= $2 and e.kind = 'decided'";

/// The decided tasks that a stretch of the chain names.
pub async fn tasks(
    conn: &mut Conn,
    (after, upto): (i64, i64),
) -> Result<HashMap<String, Task>, StoreError> {
    let rows = db::query(TASKS).bind(after).bind(upto).fetch_all(conn).await?;
    let tasks = rows.iter().map(step::read_task);
    tasks.map(|task| task.map(|task| (task.id.to_string(), task))).collect()
}

// The last condition lets PostgreSQL, which keeps a plan that it made while the table was small, go
// by the index of the unsealed entries: it stays as small as that.
static LINK: LazyLock<Rows> = LazyLock::new(|| {
    Rows::of(3, |rows| {
        format!(
            "update audit_entry set position = link.column1, chain_hash = link.column2
            from (values {rows}) as link
            where audit_entry.id = link.column3 and audit_entry.position is null"
        )
    })
});

struct Seal;

impl Work for Seal {
    type Answer = Head;
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<Head, StoreError> {
        let mut end = head(conn).await?;
        let mut links: Vec<Vec<Value<'_>>> = Vec::new();
        for entry in unsealed(conn, BATCH).await? {
            end = end.followed_by(&entry.entry_hash);
            links.push(vec![end.position.into(), end.hash.clone().into(), entry.id.into()]);
        }
        let sealed = LINK.run(conn, &links).await?;
        if usize::try_from(sealed).is_ok_and(|sealed| sealed == links.len()) {
            return Ok(end);
        }
        Err(StoreError::Conflict("audit entry"))
    }

    fn is_retryable(fault: &StoreError) -> bool {
        fault.is_retryable()
    }
}

/// How long a sealer may be silent before another server takes over.
const LEASE_MS: i64 = 10_000;

impl Store {
    /// A connection that sees one moment of the database, whatever is written meanwhile; to be
    /// given back with [`Store::end_snapshot`].
    pub async fn snapshot(&self) -> Result<Reading, StoreError> {
        let mut conn = self.read().await?;
        let begin = match self.dialect() {
            Dialect::Sqlite => "begin",
            Dialect::Postgres => "begin isolation level repeatable read read only",
        };
        db::query(begin).execute(&mut conn).await?;
        Ok(conn)
    }

    pub async fn end_snapshot(&self, mut conn: Reading) -> Result<(), StoreError> {
        db::query("rollback").execute(&mut conn).await?;
        Ok(())
    }

    /// Seals what waits, when this holder has or gets the lease. Answers the new end of the chain,
    /// or `None` when another holder seals or nothing waits.
    pub async fn seal(&self, holder: &str, now: Time) -> Result<Option<Head>, StoreError> {
        if unsealed(&mut *self.read().await?, 1).await?.is_empty() {
            return Ok(None);
        }
        if !self.take_lease("audit-sealer", holder, now, now.plus_ms(LEASE_MS)).await? {
            return Ok(None);
        }
        self.write(Seal).await.map(Some)
    }
}

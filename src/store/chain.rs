//! The audit chain: sealing entries into it, and walking it.
//!
//! Entries are written unsealed by the deciding transactions, which therefore never wait for each
//! other. One sealer at a time (by lease) gives them their place and links them. Sealing is the
//! only write that touches an entry after its birth, and it touches only place and link.

use crate::base::time::Time;

use super::{
    Conn, Row, Store, StoreError, Work,
    audit::{Entry, chain_hash, read},
    error::one_row,
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
    let row = sqlx::query(HEAD).fetch_optional(conn).await?;
    row.map_or(Ok(Head::default()), |row| {
        let row = Row::new(&row, "audit_entry");
        Ok(Head { position: row.int("position")?, hash: row.text("chain_hash")? })
    })
}

const SEALED: &str = "select * from audit_entry where position > $1 order by position limit $2";
const UNSEALED: &str = "select * from audit_entry where position is null order by id limit $1";

/// Sealed entries behind a position, in the order of the chain.
pub async fn sealed(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query(SEALED).bind(after).bind(limit).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// Entries that wait for the sealer, oldest first.
pub async fn unsealed(conn: &mut Conn, limit: i64) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query(UNSEALED).bind(limit).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

const SEAL: &str = "
    update audit_entry set position = $1, chain_hash = $2 where id = $3 and position is null";

struct Seal;

impl Work for Seal {
    type Answer = Head;
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<Head, StoreError> {
        let mut end = head(conn).await?;
        for entry in unsealed(conn, BATCH).await? {
            let position = end.position + 1;
            let hash = chain_hash(&end.hash, position, &entry.entry_hash);
            let done = sqlx::query(SEAL)
                .bind(position)
                .bind(&hash)
                .bind(entry.id.to_string())
                .execute(&mut *conn)
                .await?;
            one_row(done.rows_affected(), "audit entry")?;
            end = Head { position, hash };
        }
        Ok(end)
    }

    fn is_retryable(fault: &StoreError) -> bool {
        fault.is_retryable()
    }
}

/// How long a sealer may be silent before another server takes over.
const LEASE_MS: i64 = 10_000;

impl Store {
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

//! Opening either database: SQLite in WAL with full durability, or a PostgreSQL pool.

use std::{sync::Arc, time::Duration};

use sqlx::{
    Connection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{
    Conn, Reading, StoreError,
    db::{self, Access, SqliteConn},
    reading::Readers,
    write::Writer,
};

/// Readers beside the one SQLite writer.
pub const SQLITE_READERS: usize = 6;
/// PostgreSQL connections of one server process.
const POSTGRES_POOL: u32 = 20;
/// Prepared statements that one of them keeps: all of the house's.
const KEPT_STATEMENTS: usize = 512;
/// A connection that was used so lately is taken for alive.
const TRUSTED: Duration = Duration::from_secs(1);
/// How long a caller waits for a connection before it is told to come back later.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Which of the two databases is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// The open database: readers, and the one way to write.
#[derive(Clone)]
pub struct Store {
    readers: Pool,
    pub(super) writer: Writer,
}

#[derive(Clone)]
enum Pool {
    Sqlite(Arc<Readers>),
    Postgres(PgPool),
}

/// The file of `sqlite:FILE`, or nothing for another database.
pub(super) fn sqlite_file(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite:").map(|file| file.trim_start_matches("//"))
}

impl Store {
    /// Opens `sqlite:FILE` (made when absent) or `postgres://..`. Migrating is a step of its own.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        match sqlite_file(url) {
            Some(file) => Self::open_sqlite(file),
            None => Self::open_postgres(url).await,
        }
    }

    fn open_sqlite(file: &str) -> Result<Self, StoreError> {
        let writer = Writer::sqlite(Conn::sqlite(SqliteConn::open(file, Access::Write)?))?;
        let readers = Readers::open(file, SQLITE_READERS)?;
        Ok(Self { readers: Pool::Sqlite(Arc::new(readers)), writer })
    }

    async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let options: PgConnectOptions = url.parse()?;
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_POOL)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            // A ping for every borrowed connection would be a round trip for every question.
            .test_before_acquire(false)
            .before_acquire(|conn, meta| {
                Box::pin(async move {
                    if meta.idle_for > TRUSTED {
                        conn.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options.statement_cache_capacity(KEPT_STATEMENTS))
            .await?;
        Ok(Self { writer: Writer::Postgres(pool.clone()), readers: Pool::Postgres(pool) })
    }

    pub const fn dialect(&self) -> Dialect {
        match &self.readers {
            Pool::Sqlite(_) => Dialect::Sqlite,
            Pool::Postgres(_) => Dialect::Postgres,
        }
    }

    /// A connection for reading. On SQLite it cannot write.
    pub async fn read(&self) -> Result<Reading, StoreError> {
        match &self.readers {
            Pool::Sqlite(readers) => readers.take(ACQUIRE_TIMEOUT).await,
            Pool::Postgres(pool) => Ok(Reading::of_pool(Conn::pooled(pool.acquire().await?))),
        }
    }

    /// Whether the database answers a question now.
    pub async fn answers(&self) -> bool {
        let Ok(mut conn) = self.read().await else { return false };
        db::query("select 1").execute(&mut conn).await.is_ok()
    }

    /// Finishes what is queued and closes every connection.
    pub async fn close(&self) {
        self.writer.drain().await;
        match &self.readers {
            Pool::Sqlite(readers) => readers.close(),
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

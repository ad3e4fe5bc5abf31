//! Opening either database: SQLite in WAL with full durability, or a PostgreSQL pool.

use std::{path::Path, sync::Once, time::Duration};

use sqlx::{
    AnyPool, Connection, Executor,
    any::{AnyConnectOptions, AnyPoolOptions},
    pool::PoolConnection,
};

use super::{Conn, StoreError, write::Writer};

/// Readers beside the one SQLite writer.
const SQLITE_READERS: u32 = 6;
/// PostgreSQL connections of one server process.
const POSTGRES_POOL: u32 = 20;
/// How long a caller waits for a connection before it is told to come back later.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Full durability: an answered commit survives power loss. `temp_store` keeps sorts in memory.
const SQLITE_PRAGMAS: &str = "
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
    pragma busy_timeout = 10000;
    pragma temp_store = memory;
    pragma cache_size = -4000;
";

/// Which of the two databases is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// The open database: readers, and the one way to write.
#[derive(Clone)]
pub struct Store {
    dialect: Dialect,
    readers: AnyPool,
    pub(super) writer: Writer,
}

/// Tells `sqlx::Any` about both databases, once.
pub(super) fn install_drivers() {
    static DRIVERS: Once = Once::new();
    DRIVERS.call_once(sqlx::any::install_default_drivers);
}

/// The file of `sqlite:FILE`, or nothing for another database.
pub(super) fn sqlite_file(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite:").map(|file| file.trim_start_matches("//"))
}

/// A connection that may write to the SQLite file, made when absent.
pub(super) async fn open_sqlite_writer(file: &str) -> Result<Conn, StoreError> {
    if let Some(folder) = Path::new(file).parent() {
        std::fs::create_dir_all(folder)
            .map_err(|fault| StoreError::Unavailable(format!("{}: {fault}", folder.display())))?;
    }
    let options: AnyConnectOptions = format!("sqlite://{file}?mode=rwc").parse()?;
    let mut conn = Conn::connect_with(&options).await?;
    conn.execute(SQLITE_PRAGMAS).await?;
    Ok(conn)
}

impl Store {
    /// Opens `sqlite:FILE` (made when absent) or `postgres://..`. Migrating is a step of its own.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        install_drivers();
        match sqlite_file(url) {
            Some(file) => Self::open_sqlite(file).await,
            None => Self::open_postgres(url).await,
        }
    }

    async fn open_sqlite(file: &str) -> Result<Self, StoreError> {
        let writer = open_sqlite_writer(file).await?;
        let options: AnyConnectOptions = format!("sqlite://{file}?mode=rw").parse()?;
        let readers = AnyPoolOptions::new()
            .max_connections(SQLITE_READERS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .after_connect(|conn, _| {
                Box::pin(async move {
                    conn.execute("pragma busy_timeout = 10000; pragma query_only = on;").await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self { dialect: Dialect::Sqlite, readers, writer: Writer::sqlite(writer) })
    }

    async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let options: AnyConnectOptions = url.parse()?;
        let readers = AnyPoolOptions::new()
            .max_connections(POSTGRES_POOL)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options)
            .await?;
        let writer = Writer::Postgres(readers.clone());
        Ok(Self { dialect: Dialect::Postgres, readers, writer })
    }

    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// A connection for reading. On SQLite it cannot write.
    pub async fn read(&self) -> Result<PoolConnection<sqlx::Any>, StoreError> {
        Ok(self.readers.acquire().await?)
    }

    /// Whether the database answers a question now.
    pub async fn answers(&self) -> bool {
        let Ok(mut conn) = self.read().await else { return false };
        sqlx::query("select 1").execute(&mut *conn).await.is_ok()
    }

    /// Finishes what is queued and closes every connection.
    pub async fn close(&self) {
        self.writer.drain().await;
        self.readers.close().await;
    }
}

//! Databases for one test each: a folder for SQLite, or a fresh database on the throw-away
//! PostgreSQL that `tests/run` starts.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// The address of a PostgreSQL where this binary may create databases.
const POSTGRES: &str = "COUNTERSIGN_TEST_PG";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// Every kind this run has: PostgreSQL only where `tests/run` (not `fast`) started one.
    pub fn all() -> Vec<Self> {
        let postgres = env::var_os(POSTGRES).map(|_| Self::Postgres);
        [Self::Sqlite].into_iter().chain(postgres).collect()
    }
}

/// A data folder and the database that belongs to it; both go when the test ends.
pub struct Database {
    folder: PathBuf,
    /// Name and address on PostgreSQL.
    postgres: Option<(String, String)>,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

impl Database {
    pub async fn new(kind: Kind) -> Self {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("countersign_it_{}_{count}", process::id());
        let folder = env::temp_dir().join(&name);
        fs::create_dir_all(&folder).unwrap();
        let postgres = match kind {
            Kind::Sqlite => None,
            Kind::Postgres => {
                admin(&format!("create database {name}")).await;
                Some((name.clone(), address(&name)))
            }
        };
        Self { folder, postgres }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What `--database` is given; nothing for SQLite, which `--data` alone decides.
    pub fn url(&self) -> Option<&str> {
        self.postgres.as_ref().map(|(_, url)| url.as_str())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
        // The whole PostgreSQL is thrown away after the run, and this database with it.
    }
}

fn address(name: &str) -> String {
    let admin = env::var(POSTGRES).expect("COUNTERSIGN_TEST_PG is set by tests/run");
    let (server, _) = admin.rsplit_once('/').expect("an address with a database name");
    format!("{server}/{name}")
}

async fn admin(statement: &str) {
    let url = env::var(POSTGRES).expect("COUNTERSIGN_TEST_PG is set by tests/run");
    let mut connection = PgConnection::connect(&url).await.expect("PostgreSQL is reachable");
    connection.execute(AssertSqlSafe(statement)).await.expect(statement);
    connection.close().await.expect("a closed connection");
}

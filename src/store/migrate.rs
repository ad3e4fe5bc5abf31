//! Bringing a database to this version; both sets of migrations are embedded.

use sqlx::{
    Connection, PgConnection,
    migrate::{Migrate, MigrateError, Migration, Migrator},
};

use super::{
    Row, StoreError,
    connect::sqlite_file,
    db::{self, Access, SqliteConn},
};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// What a migration run found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// Migrations this version knows.
    pub known: usize,
    /// Names of the migrations that were applied now.
    pub applied: Vec<String>,
}

/// Applies what is missing in the database at the URL; SQLite files are made when absent.
pub async fn migrate(url: &str) -> Result<Migrated, StoreError> {
    let (migrator, applied) = match sqlite_file(url) {
        Some(file) => (&SQLITE, migrate_sqlite(file)?),
        None => (&POSTGRES, migrate_postgres(url).await?),
    };
    Ok(Migrated { known: migrator.iter().count(), applied })
}

async fn migrate_postgres(url: &str) -> Result<Vec<String>, StoreError> {
    let refused = |fault: MigrateError| StoreError::Unavailable(format!("migration: {fault}"));
    let mut conn = PgConnection::connect(url).await?;
    let table = &POSTGRES.table_name;
    conn.ensure_migrations_table(table).await.map_err(refused)?;
    let before = conn.list_applied_migrations(table).await.map_err(refused)?;
    POSTGRES.run(&mut conn).await.map_err(refused)?;
    conn.close().await?;
    let is_new = |one: &&Migration| !before.iter().any(|known| known.version == one.version);
    Ok(POSTGRES.iter().filter(is_new).map(name).collect())
}

/// The table of sqlx, so that files made by any version of this server are read by all.
const SQLITE_TABLE: &str = "
    create table if not exists _sqlx_migrations (
        version bigint primary key,
        description text not null,
        installed_on timestamp not null default current_timestamp,
        success boolean not null,
        checksum blob not null,
        execution_time bigint not null
    )";
const SQLITE_APPLIED: &str =
    "select version, success, checksum from _sqlx_migrations order by version";
const SQLITE_NOTE: &str = "
    insert into _sqlx_migrations (version, description, success, checksum, execution_time)
    values ($1, $2, 1, $3, 0)";

fn migrate_sqlite(file: &str) -> Result<Vec<String>, StoreError> {
    let mut conn = SqliteConn::open(file, Access::Write)?;
    conn.batch(SQLITE_TABLE)?;
    let mut known = Vec::new();
    conn.each(&db::query(SQLITE_APPLIED), |row| {
        let row = Row::new(&row, "_sqlx_migrations");
        known.push(check(row.int("version")?, row.flag("success")?, &row.bytes("checksum")?)?);
        Ok(())
    })?;
    let mut applied = Vec::new();
    for migration in SQLITE.iter().filter(|one| !known.contains(&one.version)) {
        apply(&conn, migration)?;
        applied.push(name(migration));
    }
    Ok(applied)
}

/// Refuses a file that another version made, or that a cut-off migration left half done.
fn check(version: i64, success: bool, checksum: &[u8]) -> Result<i64, StoreError> {
    let refused = |why: &str| {
        Err(StoreError::Unavailable(format!("migration: {version} was applied before and {why}")))
    };
    match SQLITE.iter().find(|one| one.version == version) {
        None => refused("is not known to this version of the server"),
        Some(_) if !success => refused("did not end well"),
        Some(one) if one.checksum != checksum => refused("reads differently now"),
        Some(_) => Ok(version),
    }
}

/// One migration, whole or not at all: a fault closes the connection, and nothing was committed.
fn apply(conn: &SqliteConn, migration: &Migration) -> Result<(), StoreError> {
    conn.batch("begin immediate")?;
    conn.batch(migration.sql.as_str())?;
    let note = db::query(SQLITE_NOTE).bind(migration.version).bind(&*migration.description);
    conn.execute(&note.bind(&*migration.checksum))?;
    conn.batch("commit")
}

fn name(migration: &Migration) -> String {
    format!("{:04} {}", migration.version, migration.description)
}

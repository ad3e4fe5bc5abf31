//! Bringing a database to this version; both sets of migrations are embedded.

use sqlx::{
    Connection,
    migrate::{Migrate, MigrateError, Migrator},
};

use super::{
    Conn, StoreError,
    connect::{install_drivers, open_sqlite_writer, sqlite_file},
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
    install_drivers();
    let (mut conn, migrator) = match sqlite_file(url) {
        Some(file) => (open_sqlite_writer(file).await?, &SQLITE),
        None => (Conn::connect(url).await?, &POSTGRES),
    };
    let before = applied(&mut conn, migrator).await?;
    migrator.run(&mut conn).await.map_err(refused)?;
    let applied = migrator
        .iter()
        .filter(|migration| !before.contains(&migration.version))
        .map(|migration| format!("{:04} {}", migration.version, migration.description))
        .collect();
    conn.close().await?;
    Ok(Migrated { known: migrator.iter().count(), applied })
}

async fn applied(conn: &mut Conn, migrator: &Migrator) -> Result<Vec<i64>, StoreError> {
    conn.ensure_migrations_table(&migrator.table_name).await.map_err(refused)?;
    let rows = conn.list_applied_migrations(&migrator.table_name).await.map_err(refused)?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

fn refused(fault: MigrateError) -> StoreError {
    StoreError::Unavailable(format!("migration: {fault}"))
}

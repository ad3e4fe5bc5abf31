//! Bringing a database to this version; both sets of migrations are embedded.

use std::sync::LazyLock;

use sqlx::{
    Connection, PgConnection, SqlSafeStr,
    migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator},
};

use super::{
    Row, StoreError,
    connect::sqlite_file,
    db::{self, Access, SqliteConn},
};

/// The migrations in the folders of both databases, in order: `NUMBER_name`.
macro_rules! migrations {
    ($($file:literal)*) => {
        static SQLITE: LazyLock<Migrator> = LazyLock::new(|| migrator(&[
            $(($file, include_str!(concat!("../../migrations/sqlite/", $file, ".sql")))),*
        ]));
        static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| migrator(&[
            $(($file, include_str!(concat!("../../migrations/postgres/", $file, ".sql")))),*
        ]));
        #[cfg(test)]
        const FILES: &[&str] = &[$(concat!($file, ".sql")),*];
    };
}
migrations! {
    "0001_party"
    "0002_catalogue"
    "0003_punchout"
    "0004_cart"
    "0005_policy"
    "0006_requisition"
    "0007_budget"
    "0008_order"
    "0009_invoice"
    "0010_document"
    "0011_audit"
    "0100_vote"
    "0101_register"
    "0110_period"
    "0111_budget"
    "0120_away"
    "0121_edit"
    "0135_partner_profile"
    "0145_gateway"
    "0150_change_order"
    "0151_attachment"
    "0160_conformance"
    "0161_canary"
    "0165_wire"
    "0166_rates"
    "0170_watcher"
    "0171_webhook"
    "0180_receipt_and_payment"
    "0181_wire_keeping"
    "0182_classes"
    "0190_memo"
    "0191_budget_subject"
    "0192_digest"
    "0200_level_two"
    "0201_certificate"
    "0210_lean"
    "0220_buyer_line"
    "0230_hop"
    "0240_no_cart_line"
    "0250_confirmed_price"
    "0260_item_by_number"
    "0261_key_mark"
    "0270_packed"
}

fn migrator(steps: &[(&'static str, &'static str)]) -> Migrator {
    let migration = |(file, sql): &(&'static str, &'static str)| {
        let (number, name) = file.split_once('_')?;
        let name = name.replace('_', " ").into();
        let sql = sql.into_sql_str();
        Some(Migration::new(number.parse().ok()?, name, MigrationType::Simple, sql, false))
    };
    Migrator::with_migrations(steps.iter().filter_map(migration).collect())
}

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
    let refused = |fault: MigrateError| match fault {
        MigrateError::VersionMissing(version) => newer(version),
        other => StoreError::Unavailable(format!("migration: {other}")),
    };
    let mut conn = PgConnection::connect(url).await?;
    let table = &POSTGRES.table_name;
    conn.ensure_migrations_table(table).await.map_err(refused)?;
    let before = conn.list_applied_migrations(table).await.map_err(refused)?;
    POSTGRES.run(&mut conn).await.map_err(refused)?;
    conn.close().await?;
    let is_new = |one: &&Migration| !before.iter().any(|known| known.version == one.version);
    Ok(POSTGRES.iter().filter(is_new).map(name).collect())
}

fn newer(version: i64) -> StoreError {
    StoreError::Unfit(format!(
        "the database was made by a newer version of the server: migration {version} is not known \
         here; start that version"
    ))
}

const SQLITE_TABLES: &str = "
    select count(*) as others, sum(name = '_sqlx_migrations') as own from sqlite_master
    where type = 'table' and name not like 'sqlite_%'";

/// A file that another program keeps its tables in is left as it is.
fn check_own(conn: &mut SqliteConn, file: &str) -> Result<(), StoreError> {
    let mut own = true;
    conn.each(&db::query(SQLITE_TABLES), |row| {
        let row = Row::new(&row, "sqlite_master");
        own = row.int("others")? == 0 || row.maybe_int("own")?.unwrap_or_default() > 0;
        Ok(())
    })?;
    if own {
        return Ok(());
    }
    Err(StoreError::Unfit(format!(
        "{file} is the database of another program; name a file of this server, or one that is not \
         there yet"
    )))
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
    check_own(&mut conn, file)?;
    conn.batch(SQLITE_TABLE)?;
    let mut known = Vec::new();
    conn.each(&db::query(SQLITE_APPLIED), |row| {
        let row = Row::new(&row, "_sqlx_migrations");
        known.push(check(row.int("version")?, row.flag("success")?, &row.bytes("checksum")?)?);
        Ok(())
    })?;
    let mut applied = Vec::new();
    for migration in SQLITE.iter().filter(|one| !known.contains(&one.version)) {
        apply(&mut conn, migration)?;
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
        None => Err(newer(version)),
        Some(_) if !success => refused("did not end well"),
        Some(one) if one.checksum != checksum => refused("reads differently now"),
        Some(_) => Ok(version),
    }
}

/// One migration, whole or not at all: a fault closes the connection, and nothing was committed.
///
/// A table that others refer to is made anew under another name, filled, and takes the place of the
/// old one; meanwhile the references are not enforced, and are looked at before the commit.
fn apply(conn: &mut SqliteConn, migration: &Migration) -> Result<(), StoreError> {
    conn.batch("pragma foreign_keys = off; begin immediate")?;
    conn.batch(migration.sql.as_str())?;
    if let Some(row) = conn.all(&db::query("pragma foreign_key_check"))?.first() {
        let table = Row::new(row, "foreign_key_check").text("table")?;
        let what = format!("migration {}: {table} refers to what is gone", name(migration));
        return Err(StoreError::Unavailable(what));
    }
    let note = db::query(SQLITE_NOTE).bind(migration.version).bind(&*migration.description);
    conn.execute(&note.bind(&*migration.checksum))?;
    conn.batch("commit; pragma foreign_keys = on")
}

fn name(migration: &Migration) -> String {
    format!("{:04} {}", migration.version, migration.description)
}

#[cfg(test)]
mod tests {
    use super::{FILES, POSTGRES, SQLITE};

    #[test]
    fn every_file_of_both_folders_is_embedded() {
        for (database, migrator) in [("sqlite", &SQLITE), ("postgres", &POSTGRES)] {
            let folder = format!("{}/migrations/{database}", env!("CARGO_MANIFEST_DIR"));
            let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
            let mut there: Vec<_> =
                entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
            there.sort();
            assert_eq!(there, FILES, "{database}");
            assert_eq!(migrator.iter().count(), FILES.len(), "{database}");
        }
    }
}

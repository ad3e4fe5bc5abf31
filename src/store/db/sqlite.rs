//! SQLite, called in place. Statements are prepared once and kept; `$n` is bound by its number.

use std::{
    collections::{HashMap, hash_map::Entry},
    fs,
    path::Path,
    sync::Arc,
};

use rusqlite::{
    Connection, OpenFlags, Statement,
    config::DbConfig,
    types::{ToSqlOutput, Value as Held, ValueRef},
};

use super::{
    DbRow,
    query::{Done, Query, Value},
};
use crate::store::StoreError;

/// Prepared statements that a connection keeps: all of the house's.
const KEPT_STATEMENTS: usize = 512;

/// Full durability: an answered commit survives power loss. `temp_store` keeps sorts in memory; a
/// log of 16 MB lets a page that many commits change be carried over once.
const WRITING: &str = "
    pragma busy_timeout = 10000;
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
    pragma temp_store = memory;
    pragma cache_size = -8000;
    pragma wal_autocheckpoint = 4000;
";
const READING: &str = "
    pragma busy_timeout = 10000;
    pragma query_only = on;
";

/// What a connection may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Makes the file when it is absent.
    Write,
    Read,
}

/// One connection to the file.
pub struct SqliteConn {
    conn: Connection,
    /// What was learnt of the statements that ran.
    shapes: HashMap<&'static str, Shape>,
}

/// A statement's places and columns.
struct Shape {
    /// For each place the index of its value: `$2` stands for the second, wherever it stands.
    places: Vec<usize>,
    columns: Arc<[String]>,
}

impl SqliteConn {
    pub fn open(file: &str, access: Access) -> Result<Self, StoreError> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if access == Access::Write {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
            if let Some(folder) = Path::new(file).parent() {
                fs::create_dir_all(folder).map_err(|fault| {
                    StoreError::Unavailable(format!("{}: {fault}", folder.display()))
                })?;
            }
        }
        let conn = Connection::open_with_flags(file, flags)?;
        conn.set_prepared_statement_cache_capacity(KEPT_STATEMENTS);
        // Without it SQLite plans a statement anew whenever another value is bound to it.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        conn.execute_batch(match access {
            Access::Write => WRITING,
            Access::Read => READING,
        })?;
        Ok(Self { conn, shapes: HashMap::new() })
    }

    /// Runs statements without values, one after the other.
    pub fn batch(&self, sql: &str) -> Result<(), StoreError> {
        Ok(self.conn.execute_batch(sql)?)
    }

    /// Whether no transaction is open.
    pub fn is_idle(&self) -> bool {
        self.conn.is_autocommit()
    }

    pub fn execute(&mut self, query: &Query<'_>) -> Result<Done, StoreError> {
        let Self { conn, shapes } = self;
        let mut statement = conn.prepare_cached(query.sql)?;
        let shape = shape(shapes, query.sql, &statement)?;
        bind(&mut statement, query, shape)?;
        if statement.column_count() == 0 {
            let changed = statement.raw_execute()?;
            return Ok(Done::new(u64::try_from(changed).unwrap_or_default()));
        }
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        Ok(Done::new(conn.changes()))
    }

    pub fn all(&mut self, query: &Query<'_>) -> Result<Vec<DbRow>, StoreError> {
        let mut rows = Vec::new();
        self.walk(query, |row| {
            rows.push(row);
            Ok(true)
        })?;
        Ok(rows)
    }

    pub fn first(&mut self, query: &Query<'_>) -> Result<Option<DbRow>, StoreError> {
        let mut first = None;
        self.walk(query, |row| {
            first = Some(row);
            Ok(false)
        })?;
        Ok(first)
    }

    pub fn each(
        &mut self,
        query: &Query<'_>,
        mut take: impl FnMut(DbRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.walk(query, |row| take(row).map(|()| true))
    }

    /// Hands on rows as long as `take` asks for more.
    fn walk(
        &mut self,
        query: &Query<'_>,
        mut take: impl FnMut(DbRow) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let Self { conn, shapes } = self;
        let mut statement = conn.prepare_cached(query.sql)?;
        let shape = shape(shapes, query.sql, &statement)?;
        bind(&mut statement, query, shape)?;
        let names = &shape.columns;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let values = (0..names.len()).map(|at| row.get_ref(at).map(Held::try_from));
            let values =
                values.map(|held| held?.map_err(|fault| StoreError::Database(fault.to_string())));
            let values = values.collect::<Result<Vec<Held>, StoreError>>()?;
            if !take(DbRow::sqlite(Arc::clone(names), values))? {
                break;
            }
        }
        Ok(())
    }
}

/// What is known of the statement, learnt when it runs for the first time.
fn shape<'s>(
    shapes: &'s mut HashMap<&'static str, Shape>,
    sql: &'static str,
    statement: &Statement<'_>,
) -> Result<&'s Shape, StoreError> {
    match shapes.entry(sql) {
        Entry::Occupied(known) => Ok(known.into_mut()),
        Entry::Vacant(new) => {
            let places = (1..=statement.parameter_count()).map(|place| {
                let name = statement.parameter_name(place).and_then(|name| name.strip_prefix('$'));
                let number = name.and_then(|number| number.parse::<usize>().ok());
                let index = number.and_then(|number| number.checked_sub(1));
                index.ok_or_else(|| StoreError::Database(format!("place {place} of {sql}")))
            });
            let columns = statement.column_names().into_iter().map(str::to_owned).collect();
            Ok(new.insert(Shape { places: places.collect::<Result<_, _>>()?, columns }))
        }
    }
}

fn bind(statement: &mut Statement<'_>, query: &Query<'_>, shape: &Shape) -> Result<(), StoreError> {
    for (place, index) in (1..).zip(&shape.places) {
        let value = query.values.get(*index).ok_or_else(|| {
            StoreError::Database(format!("no value for ${} of {}", index + 1, query.sql))
        })?;
        statement.raw_bind_parameter(place, output(value))?;
    }
    Ok(())
}

fn output<'v>(value: &'v Value<'_>) -> ToSqlOutput<'v> {
    let held = match value {
        Value::Int(value) => value.map(ValueRef::Integer),
        Value::Text(value) => value.as_ref().map(|text| ValueRef::Text(text.as_bytes())),
        Value::Bytes(value) => value.as_ref().map(|bytes| ValueRef::Blob(bytes)),
    };
    ToSqlOutput::Borrowed(held.unwrap_or(ValueRef::Null))
}

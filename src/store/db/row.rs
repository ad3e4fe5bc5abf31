//! A row of either database.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use rusqlite::types::Value;
use sqlx::postgres::PgRow;

use super::postgres;
use crate::store::StoreError;

/// A row whose columns are read by name; see [`crate::store::Row`] for the house's own types.
pub struct DbRow(Kind);

enum Kind {
    Sqlite(Held),
    Postgres(PgRow),
}

struct Held {
    columns: Arc<[String]>,
    values: Vec<Value>,
    /// Where the next column is looked for first: rows are mostly read as they are selected.
    next: AtomicUsize,
}

impl DbRow {
    pub(super) const fn sqlite(columns: Arc<[String]>, values: Vec<Value>) -> Self {
        Self(Kind::Sqlite(Held { columns, values, next: AtomicUsize::new(0) }))
    }

    pub(super) const fn postgres(row: PgRow) -> Self {
        Self(Kind::Postgres(row))
    }

    /// A number, if there is one.
    pub fn int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        match &self.0 {
            Kind::Postgres(row) => postgres::int(row, column),
            Kind::Sqlite(held) => match held.value(column)? {
                Value::Integer(value) => Ok(Some(*value)),
                Value::Null => Ok(None),
                other => Err(misfit(column, other)),
            },
        }
    }

    /// A text, if there is one.
    pub fn text(&self, column: &str) -> Result<Option<String>, StoreError> {
        match &self.0 {
            Kind::Postgres(row) => postgres::text(row, column),
            Kind::Sqlite(held) => match held.value(column)? {
                Value::Text(value) => Ok(Some(value.clone())),
                Value::Null => Ok(None),
                other => Err(misfit(column, other)),
            },
        }
    }

    /// Bytes, if there are any.
    pub fn bytes(&self, column: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match &self.0 {
            Kind::Postgres(row) => postgres::bytes(row, column),
            Kind::Sqlite(held) => match held.value(column)? {
                Value::Blob(value) => Ok(Some(value.clone())),
                Value::Null => Ok(None),
                other => Err(misfit(column, other)),
            },
        }
    }
}

impl Held {
    fn value(&self, column: &str) -> Result<&Value, StoreError> {
        let from = self.next.load(Ordering::Relaxed);
        let is_it = |place: &usize| self.columns.get(*place).is_some_and(|name| name == column);
        let place = (from..self.columns.len()).chain(0..from).find(is_it);
        let found = place.and_then(|place| Some((place, self.values.get(place)?)));
        let none = || StoreError::Database(format!("no column {column} in the row"));
        let (place, value) = found.ok_or_else(none)?;
        self.next.store(place + 1, Ordering::Relaxed);
        Ok(value)
    }
}

fn misfit(column: &str, got: &Value) -> StoreError {
    StoreError::Database(format!("column {column} holds {:?}", got.data_type()))
}

//! A row of either database.

use std::sync::Arc;

use rusqlite::types::Value;
use sqlx::postgres::PgRow;

use super::postgres;
use crate::store::StoreError;

/// A row whose columns are read by name; see [`crate::store::Row`] for the house's own types.
pub struct DbRow(Kind);

enum Kind {
    Sqlite { columns: Arc<[String]>, values: Vec<Value> },
    Postgres(PgRow),
}

impl DbRow {
    pub(super) const fn sqlite(columns: Arc<[String]>, values: Vec<Value>) -> Self {
        Self(Kind::Sqlite { columns, values })
    }

    pub(super) const fn postgres(row: PgRow) -> Self {
        Self(Kind::Postgres(row))
    }

    /// A number, if there is one.
    pub fn int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        match &self.0 {
            Kind::Postgres(row) => postgres::int(row, column),
            Kind::Sqlite { columns, values } => match value(columns, values, column)? {
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
            Kind::Sqlite { columns, values } => match value(columns, values, column)? {
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
            Kind::Sqlite { columns, values } => match value(columns, values, column)? {
                Value::Blob(value) => Ok(Some(value.clone())),
                Value::Null => Ok(None),
                other => Err(misfit(column, other)),
            },
        }
    }
}

fn value<'r>(
    columns: &[String],
    values: &'r [Value],
    column: &str,
) -> Result<&'r Value, StoreError> {
    let place = columns.iter().position(|name| name == column);
    let found = place.and_then(|place| values.get(place));
    found.ok_or_else(|| StoreError::Database(format!("no column {column} in the row")))
}

fn misfit(column: &str, got: &Value) -> StoreError {
    StoreError::Database(format!("column {column} holds {:?}", got.data_type()))
}

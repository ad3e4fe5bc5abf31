//! Values and rows on their way through sqlx.

use sqlx::{
    AssertSqlSafe, Postgres, Row as _, TypeInfo as _, ValueRef as _,
    postgres::{PgArguments, PgRow},
};

use crate::store::StoreError;

use super::query::{Query, Value};

/// The statement with its values in PostgreSQL's kinds: BIGINT, TEXT, BYTEA.
pub fn prepared(query: Query<'_>) -> Prepared {
    bound(sqlx::query(query.sql), query.values)
}

/// The same for a text that was put together of the house's own.
pub fn composed(text: String, values: Vec<Value<'_>>) -> Prepared {
    bound(sqlx::query(AssertSqlSafe(text)), values)
}

type Prepared = sqlx::query::Query<'static, Postgres, PgArguments>;

fn bound(query: Prepared, values: Vec<Value<'_>>) -> Prepared {
    values.into_iter().fold(query, |bound, value| match value {
        Value::Int(value) => bound.bind(value),
        Value::Text(value) => bound.bind(value.map(|text| text.into_owned())),
        Value::Bytes(value) => bound.bind(value.map(|bytes| bytes.into_owned())),
    })
}

/// A number; PostgreSQL counts some things in 32 bits.
pub fn int(row: &PgRow, column: &str) -> Result<Option<i64>, StoreError> {
    let raw = row.try_get_raw(column)?;
    if !raw.is_null() && raw.type_info().name() == "INT4" {
        return Ok(Some(i64::from(row.try_get::<i32, _>(column)?)));
    }
    Ok(row.try_get(column)?)
}

pub fn text(row: &PgRow, column: &str) -> Result<Option<String>, StoreError> {
    Ok(row.try_get(column)?)
}

pub fn bytes(row: &PgRow, column: &str) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(row.try_get(column)?)
}

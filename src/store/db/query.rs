//! A statement with its values.

use std::borrow::Cow;

use futures_util::TryStreamExt;

use super::{Conn, DbRow, Either, postgres};
use crate::store::StoreError;

/// A bound value; a missing one still says of which kind it is, as PostgreSQL asks.
#[derive(Debug, Clone)]
pub enum Value<'v> {
    Int(Option<i64>),
    Text(Option<Cow<'v, str>>),
    Bytes(Option<Cow<'v, [u8]>>),
}

/// A statement of the house, `$1..$n` bound in order.
#[derive(Debug, Clone)]
pub struct Query<'v> {
    pub(super) sql: &'static str,
    pub(super) values: Vec<Value<'v>>,
}

/// What a statement changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    changed: u64,
}

impl Done {
    pub(super) const fn new(changed: u64) -> Self {
        Self { changed }
    }

    pub const fn rows_affected(self) -> u64 {
        self.changed
    }
}

/// A statement without values yet.
pub fn query<'v>(sql: &'static str) -> Query<'v> {
    Query { sql, values: Vec::new() }
}

impl<'v> Query<'v> {
    /// Binds the next value.
    pub fn bind(mut self, value: impl Into<Value<'v>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs the statement for what it changes.
    pub async fn execute(self, conn: &mut Conn) -> Result<Done, StoreError> {
        match conn.either() {
            Either::Sqlite(conn) => conn.execute(&self),
            Either::Postgres(conn) => {
                let done = postgres::prepared(self).execute(conn).await?;
                Ok(Done::new(done.rows_affected()))
            }
        }
    }

    /// Every row.
    pub async fn fetch_all(self, conn: &mut Conn) -> Result<Vec<DbRow>, StoreError> {
        let mut rows = Vec::new();
        self.each(conn, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// The first row, if there is one.
    pub async fn fetch_optional(self, conn: &mut Conn) -> Result<Option<DbRow>, StoreError> {
        match conn.either() {
            Either::Sqlite(conn) => conn.first(&self),
            Either::Postgres(conn) => {
                let row = postgres::prepared(self).fetch_optional(conn).await?;
                Ok(row.map(DbRow::postgres))
            }
        }
    }

    /// The first row of a statement that always has one.
    pub async fn fetch_one(self, conn: &mut Conn) -> Result<DbRow, StoreError> {
        let sql = self.sql;
        let none = || StoreError::Database(format!("no row where one must be: {sql}"));
        self.fetch_optional(conn).await?.ok_or_else(none)
    }

    /// Hands every row on, one at a time, so that not all of them stand in memory together.
    pub async fn each(
        self,
        conn: &mut Conn,
        mut take: impl FnMut(DbRow) -> Result<(), StoreError> + Send,
    ) -> Result<(), StoreError> {
        match conn.either() {
            Either::Sqlite(conn) => conn.each(&self, take),
            Either::Postgres(conn) => {
                let mut rows = postgres::prepared(self).fetch(conn);
                while let Some(row) = rows.try_next().await? {
                    take(DbRow::postgres(row))?;
                }
                Ok(())
            }
        }
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl<'v> From<&'v str> for Value<'v> {
    fn from(value: &'v str) -> Self {
        Self::Text(Some(Cow::Borrowed(value)))
    }
}

impl<'v> From<&'v String> for Value<'v> {
    fn from(value: &'v String) -> Self {
        Self::from(value.as_str())
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Self::Text(Some(Cow::Owned(value)))
    }
}

impl<'v> From<Option<&'v str>> for Value<'v> {
    fn from(value: Option<&'v str>) -> Self {
        Self::Text(value.map(Cow::Borrowed))
    }
}

impl<'v> From<Option<&'v String>> for Value<'v> {
    fn from(value: Option<&'v String>) -> Self {
        Self::from(value.map(String::as_str))
    }
}

impl<'v> From<&'v Option<String>> for Value<'v> {
    fn from(value: &'v Option<String>) -> Self {
        Self::from(value.as_deref())
    }
}

impl From<Option<String>> for Value<'_> {
    fn from(value: Option<String>) -> Self {
        Self::Text(value.map(Cow::Owned))
    }
}

impl<'v> From<&'v [u8]> for Value<'v> {
    fn from(value: &'v [u8]) -> Self {
        Self::Bytes(Some(Cow::Borrowed(value)))
    }
}

impl<'v> From<&'v Vec<u8>> for Value<'v> {
    fn from(value: &'v Vec<u8>) -> Self {
        Self::from(value.as_slice())
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Some(Cow::Owned(value)))
    }
}

impl From<Option<Vec<u8>>> for Value<'_> {
    fn from(value: Option<Vec<u8>>) -> Self {
        Self::Bytes(value.map(Cow::Owned))
    }
}

//! A statement with its values.

use std::{borrow::Cow, sync::Arc};

use futures_util::{
    TryStreamExt,
    future::{BoxFuture, Either, Ready, ready},
};

use super::{Conn, DbRow, Side, postgres};
use crate::store::StoreError;

/// A statement's answer. SQLite has it at once; what PostgreSQL takes to bring it is kept out of
/// the type, for every use case holds such types in its own: the compiler, which asks of each
/// whether threads may share it, took half of its time for them.
pub type Pending<'c, T> =
    Either<Ready<Result<T, StoreError>>, BoxFuture<'c, Result<T, StoreError>>>;

fn now<'c, T>(answer: Result<T, StoreError>) -> Pending<'c, T> {
    Either::Left(ready(answer))
}

fn later<'c, T>(answer: impl Future<Output = Result<T, StoreError>> + Send + 'c) -> Pending<'c, T> {
    Either::Right(Box::pin(answer))
}

/// A bound value; a missing one still says of which kind it is, as PostgreSQL asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'v> {
    Int(Option<i64>),
    Text(Option<Cow<'v, str>>),
    Bytes(Option<Cow<'v, [u8]>>),
}

impl Value<'_> {
    fn into_owned(self) -> Value<'static> {
        match self {
            Self::Int(value) => Value::Int(value),
            Self::Text(value) => Value::Text(value.map(|text| text.into_owned().into())),
            Self::Bytes(value) => Value::Bytes(value.map(|bytes| bytes.into_owned().into())),
        }
    }
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
    pub fn execute(self, conn: &mut Conn) -> Pending<'_, Done> {
        match conn.side(self.sql) {
            Side::Sqlite(conn) => now(conn.execute(&self)),
            Side::Postgres(conn, waiting) => {
                let query = postgres::prepared(self);
                later(async move {
                    waiting.send(conn).await?;
                    Ok(Done::new(query.execute(conn).await?.rows_affected()))
                })
            }
        }
    }

    /// Runs an insert of which nothing is asked, not even whether it could be done: a fault shows
    /// at the next statement or at the commit. PostgreSQL gets what stands together in one trip.
    pub fn put(self, conn: &mut Conn) -> Result<(), StoreError> {
        if !conn.kind.is_writing() {
            return Err(StoreError::Database(format!("a reader cannot run {}", self.sql)));
        }
        match conn.side(self.sql) {
            Side::Sqlite(conn) => conn.execute(&self).map(|_| ()),
            Side::Postgres(_, waiting) => {
                waiting.push(self.owned());
                Ok(())
            }
        }
    }

    fn owned(self) -> Query<'static> {
        let values = self.values.into_iter().map(Value::into_owned).collect();
        Query { sql: self.sql, values }
    }

    /// Every row.
    pub fn fetch_all(self, conn: &mut Conn) -> Pending<'_, Vec<DbRow>> {
        match conn.side(self.sql) {
            Side::Sqlite(conn) => now(conn.all(&self)),
            Side::Postgres(conn, waiting) => {
                let query = postgres::prepared(self);
                later(async move {
                    waiting.send(conn).await?;
                    let rows = query.fetch_all(conn).await?;
                    Ok(rows.into_iter().map(DbRow::postgres).collect())
                })
            }
        }
    }

    /// Every row, read once in a transaction for as long as nothing is written to the table: see
    /// [`super::memo`].
    pub fn fetch_known(self, conn: &mut Conn) -> Pending<'_, Arc<[DbRow]>> {
        let Conn { kind, memo, waiting } = conn;
        if let Some(known) = memo.get(&self) {
            return now(Ok(known));
        }
        let sql = self.sql;
        let kept = kind.is_writing().then(|| (memo, self.clone().owned().values));
        let keep = move |rows: Vec<DbRow>| {
            let rows = Arc::from(rows);
            if let Some((memo, values)) = kept {
                memo.keep(sql, values, &rows);
            }
            rows
        };
        match kind.side(waiting) {
            Side::Sqlite(conn) => now(conn.all(&self).map(keep)),
            Side::Postgres(conn, waiting) => {
                let query = postgres::prepared(self);
                later(async move {
                    waiting.send(conn).await?;
                    let rows = query.fetch_all(conn).await?;
                    Ok(keep(rows.into_iter().map(DbRow::postgres).collect()))
                })
            }
        }
    }

    /// The first row, if there is one.
    pub fn fetch_optional(self, conn: &mut Conn) -> Pending<'_, Option<DbRow>> {
        match conn.side(self.sql) {
            Side::Sqlite(conn) => now(conn.first(&self)),
            Side::Postgres(conn, waiting) => {
                let query = postgres::prepared(self);
                later(async move {
                    waiting.send(conn).await?;
                    Ok(query.fetch_optional(conn).await?.map(DbRow::postgres))
                })
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
    pub fn each<'c>(
        self,
        conn: &'c mut Conn,
        mut take: impl FnMut(DbRow) -> Result<(), StoreError> + Send + 'c,
    ) -> Pending<'c, ()> {
        match conn.side(self.sql) {
            Side::Sqlite(conn) => now(conn.each(&self, take)),
            Side::Postgres(conn, waiting) => {
                let query = postgres::prepared(self);
                later(async move {
                    waiting.send(conn).await?;
                    let mut rows = query.fetch(conn);
                    while let Some(row) = rows.try_next().await? {
                        take(DbRow::postgres(row))?;
                    }
                    Ok(())
                })
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

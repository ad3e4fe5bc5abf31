//! One way to speak to both databases: the same SQL text, the same values, the same rows.
//!
//! PostgreSQL is spoken to by sqlx. SQLite is called in place, on the thread that asks: a statement
//! takes some ten microseconds there, and handing each one to a thread of its own and back, as
//! sqlx does, cost eight times that (measured: 480 setup requests a second instead of thousands).
//! So a statement on SQLite is done when it is asked for, and nothing ever waits in it.

mod postgres;
mod query;
mod row;
mod sqlite;

pub use query::{Done, Query, Value, query};
pub use row::DbRow;
pub(super) use sqlite::{Access, SqliteConn};

use sqlx::{PgConnection, Postgres, Transaction, pool::PoolConnection};
use tokio::sync::OwnedMutexGuard;

use super::StoreError;

/// A connection to either database, inside or outside a transaction.
pub struct Conn(Kind);

enum Kind {
    Sqlite(SqliteConn),
    /// One of the readers, until it is given back.
    Reader(OwnedMutexGuard<SqliteConn>),
    Pooled(PoolConnection<Postgres>),
    /// Rolled back when dropped before [`Conn::commit`].
    Transaction(Transaction<'static, Postgres>),
}

impl Conn {
    pub(super) const fn sqlite(conn: SqliteConn) -> Self {
        Self(Kind::Sqlite(conn))
    }

    pub(super) const fn reader(conn: OwnedMutexGuard<SqliteConn>) -> Self {
        Self(Kind::Reader(conn))
    }

    pub(super) const fn pooled(conn: PoolConnection<Postgres>) -> Self {
        Self(Kind::Pooled(conn))
    }

    pub(super) const fn transaction(transaction: Transaction<'static, Postgres>) -> Self {
        Self(Kind::Transaction(transaction))
    }

    /// Ends a transaction of PostgreSQL well. SQLite's are ended by the writer, for many jobs.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Kind::Transaction(transaction) => Ok(transaction.commit().await?),
            Kind::Sqlite(_) | Kind::Reader(_) | Kind::Pooled(_) => Ok(()),
        }
    }

    /// Ends a transaction of PostgreSQL without a trace.
    pub(super) async fn rollback(self) -> Result<(), StoreError> {
        match self.0 {
            Kind::Transaction(transaction) => Ok(transaction.rollback().await?),
            Kind::Sqlite(_) | Kind::Reader(_) | Kind::Pooled(_) => Ok(()),
        }
    }

    fn side(&mut self) -> Side<'_> {
        match &mut self.0 {
            Kind::Sqlite(conn) => Side::Sqlite(conn),
            Kind::Reader(conn) => Side::Sqlite(conn),
            Kind::Pooled(conn) => Side::Postgres(conn),
            Kind::Transaction(transaction) => Side::Postgres(transaction),
        }
    }
}

enum Side<'c> {
    Sqlite(&'c mut SqliteConn),
    Postgres(&'c mut PgConnection),
}

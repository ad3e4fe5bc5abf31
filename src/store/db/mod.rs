//! One way to speak to both databases: the same SQL text, the same values, the same rows.
//!
//! PostgreSQL is spoken to by sqlx. SQLite is called in place, on the thread that asks: a statement
//! takes some ten microseconds there, and handing each one to a thread of its own and back, as
//! sqlx does, cost eight times that (measured: 480 setup requests a second instead of thousands).
//! So a statement on SQLite is done when it is asked for, and nothing ever waits in it.

mod memo;
mod postgres;
mod query;
mod row;
mod sqlite;
mod trip;

pub use query::{Done, Query, Value, query};
pub use row::DbRow;
pub(super) use sqlite::{Access, SqliteConn};

use sqlx::{PgConnection, Postgres, Transaction, pool::PoolConnection};
use tokio::sync::OwnedMutexGuard;

use self::{memo::Memo, trip::Waiting};
use super::StoreError;

/// A connection to either database, inside or outside a transaction.
pub struct Conn {
    kind: Kind,
    memo: Memo,
    waiting: Waiting,
}

enum Kind {
    Sqlite(SqliteConn),
    /// One of the readers, until it is given back.
    Reader(OwnedMutexGuard<SqliteConn>),
    Pooled(PoolConnection<Postgres>),
    /// Rolled back when dropped before [`Conn::commit`].
    Transaction(Transaction<'static, Postgres>),
}

impl Conn {
    fn of(kind: Kind) -> Self {
        Self { kind, memo: Memo::default(), waiting: Waiting::default() }
    }

    pub(super) fn sqlite(conn: SqliteConn) -> Self {
        Self::of(Kind::Sqlite(conn))
    }

    pub(super) fn reader(conn: OwnedMutexGuard<SqliteConn>) -> Self {
        Self::of(Kind::Reader(conn))
    }

    pub(super) fn pooled(conn: PoolConnection<Postgres>) -> Self {
        Self::of(Kind::Pooled(conn))
    }

    pub(super) fn transaction(transaction: Transaction<'static, Postgres>) -> Self {
        Self::of(Kind::Transaction(transaction))
    }

    /// Ends a transaction of PostgreSQL well. SQLite's are ended by the writer, for many jobs.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        match self.kind {
            Kind::Transaction(mut transaction) => {
                self.waiting.send(&mut transaction).await?;
                Ok(transaction.commit().await?)
            }
            Kind::Sqlite(_) | Kind::Reader(_) | Kind::Pooled(_) => Ok(()),
        }
    }

    /// Ends a transaction of PostgreSQL without a trace.
    pub(super) async fn rollback(self) -> Result<(), StoreError> {
        match self.kind {
            Kind::Transaction(transaction) => Ok(transaction.rollback().await?),
            Kind::Sqlite(_) | Kind::Reader(_) | Kind::Pooled(_) => Ok(()),
        }
    }

    /// Whether nobody else can write until this transaction ends.
    pub(super) const fn writes_alone(&self) -> bool {
        matches!(self.kind, Kind::Sqlite(_))
    }

    /// Reads anew from here on: somebody else may have written while a lock was waited for.
    pub(super) fn forget(&mut self) {
        self.memo.clear();
    }

    /// The side that runs this statement.
    fn side(&mut self, sql: &str) -> Side<'_> {
        self.memo.passes(sql);
        self.kind.side(&mut self.waiting)
    }
}

impl Kind {
    /// Whether this is a transaction that may write, and not a reader.
    const fn is_writing(&self) -> bool {
        matches!(self, Self::Sqlite(_) | Self::Transaction(_))
    }

    fn side<'c>(&'c mut self, waiting: &'c mut Waiting) -> Side<'c> {
        match self {
            Self::Sqlite(conn) => Side::Sqlite(conn),
            Self::Reader(conn) => Side::Sqlite(conn),
            Self::Pooled(conn) => Side::Postgres(conn, waiting),
            Self::Transaction(transaction) => Side::Postgres(transaction, waiting),
        }
    }
}

enum Side<'c> {
    Sqlite(&'c mut SqliteConn),
    /// With the statements that go before any other.
    Postgres(&'c mut PgConnection, &'c mut Waiting),
}

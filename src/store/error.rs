//! What can go wrong in storage, without a word about HTTP.

use rusqlite::{ErrorCode, ffi};

/// A storage fault. None of them is the caller's fault except [`StoreError::Conflict`].
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The row was changed by somebody else meanwhile (optimistic version check).
    #[error("{0} was changed by somebody else meanwhile")]
    Conflict(&'static str),
    /// A unique rule of the database said no; the name is the constraint or column.
    #[error("already there: {0}")]
    Duplicate(String),
    /// A row holds a mix of values that the house never writes.
    #[error("inconsistent row in {table}: {detail}")]
    Inconsistent { table: &'static str, detail: String },
    /// The database is busy, gone or full: try again later.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// Two transactions stood in each other's way; PostgreSQL took back this one.
    #[error("the transaction was taken back: {0}")]
    Deadlock(String),
    /// Not a database that this version of the server can use.
    #[error("{0}")]
    Unfit(String),
    #[error("database: {0}")]
    Database(String),
}

impl StoreError {
    /// A row whose column cannot be what the house wrote.
    pub fn inconsistent(table: &'static str, detail: impl std::fmt::Display) -> Self {
        Self::Inconsistent { table, detail: detail.to_string() }
    }

    /// Whether the same transaction may succeed when tried again at once.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Deadlock(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(fault: sqlx::Error) -> Self {
        let text = match fault.as_database_error() {
            Some(inner) => inner.message().to_owned(),
            None => fault.to_string(),
        };
        let code = fault.as_database_error().and_then(|inner| inner.code());
        match (&fault, code.as_deref()) {
            (_, Some(UNIQUE_VIOLATION)) => Self::Duplicate(text),
            // Serialization failure, deadlock.
            (_, Some("40001" | "40P01")) => Self::Deadlock(text),
            // Shut down by an administrator, too many connections, disk full.
            (_, Some("57P01" | "53300" | "53100")) => Self::Unavailable(text),
            (sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed, _) => {
                Self::Unavailable(text)
            }
            _ => Self::Database(text),
        }
    }
}

/// PostgreSQL's code for a unique rule that said no.
const UNIQUE_VIOLATION: &str = "23505";

impl From<rusqlite::Error> for StoreError {
    fn from(fault: rusqlite::Error) -> Self {
        let text = match &fault {
            // Without the whole statement: a migration has hundreds of lines.
            rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
            other => other.to_string(),
        };
        let Some(code) = fault.sqlite_error() else { return Self::Database(text) };
        match (code.code, code.extended_code) {
            (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
                Self::Duplicate(text)
            }
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull, _) => {
                Self::Unavailable(text)
            }
            _ => Self::Database(text),
        }
    }
}

/// Anything but exactly one changed row means that somebody else was quicker.
pub fn one_row(changed: u64, table: &'static str) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict(table)) }
}

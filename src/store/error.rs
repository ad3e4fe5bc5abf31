//! What can go wrong in storage, without a word about HTTP.

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
    #[error("database: {0}")]
    Database(sqlx::Error),
}

impl StoreError {
    /// A row whose column cannot be what the house wrote.
    pub fn inconsistent(table: &'static str, detail: impl std::fmt::Display) -> Self {
        Self::Inconsistent { table, detail: detail.to_string() }
    }

    /// Whether the same transaction may succeed when tried again at once (deadlock,
    /// serialization failure).
    pub fn is_retryable(&self) -> bool {
        let Self::Database(sqlx::Error::Database(fault)) = self else { return false };
        matches!(fault.code().as_deref(), Some("40001" | "40P01"))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(fault: sqlx::Error) -> Self {
        match &fault {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => {
                Self::Duplicate(inner.message().to_owned())
            }
            sqlx::Error::Database(inner)
                if matches!(inner.code().as_deref(), Some("5" | "6" | "261" | "517" | "57P01")) =>
            {
                Self::Unavailable(inner.message().to_owned())
            }
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                Self::Unavailable(fault.to_string())
            }
            _ => Self::Database(fault),
        }
    }
}

/// Anything but exactly one changed row means that somebody else was quicker.
pub fn one_row(changed: u64, table: &'static str) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict(table)) }
}

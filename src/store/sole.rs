//! One server on one SQLite file.
//!
//! PostgreSQL is made for several servers side by side; an embedded database belongs to one. The
//! one that holds the file's lock knows that whatever a former server was sending when it was cut
//! off is nobody's now, and need not wait for its lease to run out.

use std::{
    fs::{File, TryLockError},
    path::PathBuf,
};

use crate::base::time::Time;

use super::{
    Dialect, Store, StoreError,
    connect::sqlite_file,
    upkeep::{Statement, Value},
};

/// Held as long as the server runs; the system gives it back however the process ends.
#[derive(Debug)]
pub struct Sole {
    _lock: Option<File>,
}

const FREE_DELIVERIES: &str = "
    update delivery set state = 'waiting', next_at = $1, lease_until = null, fence = fence + 1
    where state = 'sending'";
const FREE_LETTERS: &str = "
    update letter set state = 'waiting', next_at = $1, lease_until = null, fence = fence + 1
    where state = 'sending'";

impl Store {
    /// Takes the database for this server. Refused while another server has the SQLite file; on
    /// PostgreSQL it always succeeds, and nothing is freed.
    pub async fn take_alone(&self, url: &str, now: Time) -> Result<Sole, StoreError> {
        let Some(file) = sqlite_file(url).filter(|_| self.dialect() == Dialect::Sqlite) else {
            return Ok(Sole { _lock: None });
        };
        // One file has one lock, by whatever name it is opened.
        let file = std::fs::canonicalize(file).unwrap_or_else(|_| PathBuf::from(file));
        let lock = lock(PathBuf::from(format!("{}.lock", file.display())))?;
        for sql in [FREE_DELIVERIES, FREE_LETTERS] {
            self.write(Statement { sql, values: vec![Value::Int(now.millis())] }).await?;
        }
        Ok(Sole { _lock: Some(lock) })
    }
}

fn lock(path: PathBuf) -> Result<File, StoreError> {
    let told = |fault: &dyn std::fmt::Display| {
        StoreError::Unavailable(format!("{}: {fault}", path.display()))
    };
    let file = File::create(&path).map_err(|fault| told(&fault))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(told(&"another server has this database open; several need PostgreSQL"))
        }
        Err(TryLockError::Error(fault)) => Err(told(&fault)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_on_the_same_file_is_refused_until_the_first_has_gone() {
        let path = std::env::temp_dir().join(format!("countersign_sole_{}", std::process::id()));
        let first = lock(path.clone()).unwrap();
        assert!(lock(path.clone()).unwrap_err().to_string().contains("another server"));
        drop(first);
        assert!(lock(path.clone()).is_ok());
        std::fs::remove_file(path).unwrap();
    }
}

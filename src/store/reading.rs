//! Connections for reading, borrowed for as long as somebody asks.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{Mutex, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{
    Conn, StoreError,
    db::{Access, SqliteConn},
};

/// A borrowed connection for reading; on SQLite it cannot write.
pub struct Reading {
    // Given back first, so that whoever gets the permit finds a reader.
    conn: Conn,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Deref for Reading {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl Reading {
    pub(super) const fn of_pool(conn: Conn) -> Self {
        Self { conn, _permit: None }
    }
}

/// The readers of a SQLite file.
pub(super) struct Readers {
    free: Arc<Semaphore>,
    readers: Vec<Arc<Mutex<SqliteConn>>>,
}

impl Readers {
    pub fn open(file: &str, count: usize) -> Result<Self, StoreError> {
        let open = || Ok(Arc::new(Mutex::new(SqliteConn::open(file, Access::Read)?)));
        let readers = (0..count).map(|_| open()).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Self { free: Arc::new(Semaphore::new(count)), readers })
    }

    /// A reader, waited for so long at most.
    pub async fn take(&self, patience: Duration) -> Result<Reading, StoreError> {
        let busy = || StoreError::Unavailable("every reader of the database is busy".to_owned());
        let closed = |_| StoreError::Unavailable("the database is closed".to_owned());
        let permit = timeout(patience, Arc::clone(&self.free).acquire_owned()).await;
        let permit = permit.map_err(|_| busy())?.map_err(closed)?;
        let free = self.readers.iter().find_map(|one| Arc::clone(one).try_lock_owned().ok());
        let conn = free.ok_or_else(busy)?;
        if !conn.is_idle() {
            // A snapshot whose reader went away in between.
            conn.batch("rollback")?;
        }
        Ok(Reading { conn: Conn::reader(conn), _permit: Some(permit) })
    }

    /// No reader is given out any more.
    pub fn close(&self) {
        self.free.close();
    }
}

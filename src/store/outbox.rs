//! What is on its way out: documents, letters, events of webhooks. Each row is taken under a lease,
//! so that one server sends it at a time, and settled under its fence, so that a sender who fell
//! silent and comes back writes nothing.

use crate::{base::time::Time, domain::delivery::DeliveryState};

use super::{
    Conn, Store, StoreError, Work,
    db::{self, DbRow},
    delivery::{Attempt, insert_attempt},
};

/// The statements of one kind of row, and how a taken one is read.
#[derive(Clone, Copy)]
pub(super) struct Outbox<T> {
    /// `$1` now: a row when something is due.
    pub due: &'static str,
    /// `$1` until, `$2` now, `$3` at most: the rows that are now this server's. Its last condition
    /// is looked at again by who waited for another server's take; it is said with `case`, so that
    /// no index answers it and with it all that waits.
    pub take: &'static str,
    pub read: fn(&DbRow) -> Result<T, StoreError>,
}

/// Up to which moment they are this server's, and how many at most.
#[derive(Clone, Copy)]
pub(super) struct Lease {
    pub now: Time,
    pub until: Time,
    pub most: i64,
}

struct Take<T> {
    outbox: Outbox<T>,
    lease: Lease,
}

impl<T: Send + 'static> Work for Take<T> {
    type Answer = Vec<T>;
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<T>, StoreError> {
        let rows = db::query(self.outbox.take)
            .bind(self.lease.until.millis())
            .bind(self.lease.now.millis())
            .bind(self.lease.most)
            .fetch_all(conn)
            .await?;
        rows.iter().map(self.outbox.read).collect()
    }

    fn is_retryable(fault: &StoreError) -> bool {
        fault.is_retryable()
    }
}

/// An attempt and what becomes of a row that is due once only.
pub(super) struct Settle {
    /// `$1` state, `$2` due again, `$3` ended, `$4` id, `$5` fence.
    pub sql: &'static str,
    pub id: String,
    pub fence: i64,
    pub attempt: Attempt,
    pub state: DeliveryState,
    pub next_at: Option<Time>,
}

impl Work for Settle {
    type Answer = bool;
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<bool, StoreError> {
        let ended = matches!(self.state, DeliveryState::Delivered | DeliveryState::Failed);
        let done = db::query(self.sql)
            .bind(self.state.word())
            .bind(self.next_at.map(Time::millis))
            .bind(ended.then_some(self.attempt.finished_at.millis()))
            .bind(&self.id)
            .bind(self.fence)
            .execute(&mut *conn)
            .await?;
        // Without the lease somebody else says what became of it.
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        insert_attempt(conn, &self.id, &self.attempt).await?;
        Ok(true)
    }

    fn is_retryable(fault: &StoreError) -> bool {
        fault.is_retryable()
    }
}

impl Store {
    /// Takes what is due, and what a silent sender left.
    pub(super) async fn take<T: Send + 'static>(
        &self,
        outbox: Outbox<T>,
        lease: Lease,
    ) -> Result<Vec<T>, StoreError> {
        // Looking first costs no write transaction while nothing is due.
        let mut conn = self.read().await?;
        let due = db::query(outbox.due).bind(lease.now.millis()).fetch_optional(&mut conn).await?;
        drop(conn);
        if due.is_none() || lease.most == 0 {
            return Ok(Vec::new());
        }
        self.write(Take { outbox, lease }).await
    }
}

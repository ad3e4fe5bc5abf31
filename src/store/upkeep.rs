//! House-keeping writes: leases, attempts, cursors, last-seen. They touch no audited table, so they
//! need no fact; every other write goes through `app::act`.

use crate::base::{id::SessionId, time::Time};

use super::{Conn, Store, StoreError, Work, db};

/// One statement with text and integer parameters, run in a transaction of its own.
pub(super) struct Statement {
    pub sql: &'static str,
    pub values: Vec<Value>,
}

/// A bound value.
pub(super) enum Value {
    Text(String),
    Int(i64),
}

impl Work for Statement {
    /// Rows changed.
    type Answer = u64;
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<u64, StoreError> {
        let mut query = db::query(self.sql);
        for value in &self.values {
            query = match value {
                Value::Text(text) => query.bind(text.clone()),
                Value::Int(int) => query.bind(*int),
            };
        }
        Ok(query.execute(conn).await?.rows_affected())
    }

    fn is_retryable(fault: &StoreError) -> bool {
        fault.is_retryable()
    }
}

const TAKE: &str = "
    insert into lease (name, holder, fence, until) values ($1, $2, 1, $3)
    on conflict (name) do update set holder = excluded.holder, until = excluded.until,
        fence = lease.fence + case when lease.holder = excluded.holder then 0 else 1 end
    where lease.until <= $4 or lease.holder = excluded.holder";

const TOUCH: &str = "update session set last_seen_at = $1 where id = $2 and ended_at is null";

impl Store {
    /// Takes or renews the named lease until a time; `false` when another holder has it.
    pub async fn take_lease(
        &self,
        name: &str,
        holder: &str,
        now: Time,
        until: Time,
    ) -> Result<bool, StoreError> {
        let values = vec![
            Value::Text(name.to_owned()),
            Value::Text(holder.to_owned()),
            Value::Int(until.millis()),
            Value::Int(now.millis()),
        ];
        Ok(self.write(Statement { sql: TAKE, values }).await? == 1)
    }

    /// Notes that a session is in use, so that it does not idle away.
    pub async fn touch_session(&self, id: SessionId, at: Time) -> Result<(), StoreError> {
        let values = vec![Value::Int(at.millis()), Value::Text(id.to_string())];
        self.write(Statement { sql: TOUCH, values }).await.map(|_| ())
    }
}

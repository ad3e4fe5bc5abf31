//! Documents that are due, and those whose sender was lost.

use crate::{base::time::Time, domain::delivery::DeliveryState};

use super::{
    super::{
        Conn, Store, StoreError, Work,
        outbox::{Lease, Outbox},
    },
    Attempt, Delivery, Outcome, read, settle,
};

const TAKE: &str = "
    update delivery set state = 'sending', fence = fence + 1, lease_until = $1,
        round_at = coalesce(round_at, $2)
    where id in (
            select id from (
                select id from delivery where state = 'sending' and lease_until <= $2 limit $3) silent
            union all
            select id from (
                select id from delivery where state = 'waiting' and next_at <= $2
                order by next_at, id limit $3) due
            limit $3)
        and case state when 'waiting' then next_at when 'sending' then lease_until end <= $2
    returning *";

const DUE: &str = "
    select id from delivery
    where (state = 'waiting' and next_at <= $1) or (state = 'sending' and lease_until <= $1)
    limit 1";

pub(in crate::store) const OUTBOX: Outbox<Delivery> = Outbox { due: DUE, take: TAKE, read };

impl Store {
    /// Takes deliveries that are due, and those whose sender fell silent, until a time.
    pub async fn take_deliveries(
        &self,
        now: Time,
        until: Time,
        most: i64,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.take(OUTBOX, Lease { now, until, most }).await
    }

    /// Writes down an attempt that nobody is told about. `false`: the lease was lost meanwhile.
    pub async fn put_back(
        &self,
        delivery: &Delivery,
        attempt: Attempt,
        next_at: Time,
    ) -> Result<bool, StoreError> {
        let outcome =
            Outcome { state: DeliveryState::Waiting, next_at: Some(next_at), told: false };
        self.write(PutBack { delivery: delivery.clone(), attempt, outcome }).await
    }
}

struct PutBack {
    delivery: Delivery,
    attempt: Attempt,
    outcome: Outcome,
}

impl Work for PutBack {
    type Answer = bool;
    type Fault = StoreError;

    async fn run(&self, conn: &mut Conn) -> Result<bool, StoreError> {
        settle(conn, &self.delivery, &self.attempt, self.outcome).await
    }

    fn is_retryable(fault: &StoreError) -> bool {
        fault.is_retryable()
    }
}

//! The one way to write.
//!
//! SQLite has one writer: jobs that wait are grouped into one commit, each in its own savepoint, so
//! that one failure harms nobody else and one disk flush serves many. PostgreSQL runs transactions
//! side by side. In both, the caller gets its answer after the commit, never before.

use std::{
    hash::{BuildHasher, RandomState},
    panic::AssertUnwindSafe,
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use sqlx::PgPool;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::{Conn, Store, StoreError, db};

/// Jobs that may wait for the SQLite writer; beyond it callers wait for a place.
const QUEUE: usize = 1_024;
/// Jobs that share one commit at most; more only adds latency.
const GROUP: usize = 128;
/// Times a PostgreSQL transaction is run again after a deadlock, or after somebody else was
/// quicker: of ten who want the same row at once, each round lets one through.
const RETRIES: u32 = 10;
/// The longest pause before the first further try; it grows with each.
const PAUSE_MS: u64 = 8;

/// Work inside one transaction. It may be run again after a deadlock, so it must not consume what
/// it holds.
pub trait Work: Send + Sync + 'static {
    type Answer: Send + 'static;
    type Fault: From<StoreError> + Send + 'static;

    fn run<'a>(
        &'a self,
        conn: &'a mut Conn,
    ) -> impl Future<Output = Result<Self::Answer, Self::Fault>> + Send + 'a;

    /// Whether the fault is one that running again may cure.
    fn is_retryable(fault: &Self::Fault) -> bool;
}

/// Work that waits for its turn, and its caller for the commit.
pub(super) trait Job: Send {
    /// Does the work; `false` when nothing of it may be kept. It may be asked to do it again.
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, bool>;
    /// Tells the caller what came of it, now that it is committed or not.
    fn finish(self: Box<Self>, commit: Result<(), StoreError>);
}

struct Waiting<W: Work> {
    work: W,
    done: Option<Result<W::Answer, W::Fault>>,
    answer: oneshot::Sender<Result<W::Answer, W::Fault>>,
}

impl<W: Work> Job for Waiting<W> {
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let done = AssertUnwindSafe(run_boxed(&self.work, conn)).catch_unwind().await;
            let done = done.unwrap_or_else(|_| {
                Err(StoreError::Unavailable("the change ended in a fault".to_owned()).into())
            });
            self.done.insert(done).is_ok()
        })
    }

    fn finish(self: Box<Self>, commit: Result<(), StoreError>) {
        let none = || StoreError::Unavailable("the change was not tried".to_owned()).into();
        let done = match (self.done, commit) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Err(fault)), _) => Err(fault),
            (_, Err(fault)) => Err(fault.into()),
            (None, Ok(())) => Err(none()),
        };
        let _ = self.answer.send(done);
    }
}

/// The mark behind which everything queued before is committed.
struct Drained(oneshot::Sender<()>);

impl Job for Drained {
    fn run<'a>(&'a mut self, _: &'a mut Conn) -> BoxFuture<'a, bool> {
        Box::pin(async { true })
    }

    fn finish(self: Box<Self>, _: Result<(), StoreError>) {
        let _ = self.0.send(());
    }
}

#[derive(Clone)]
pub(super) enum Writer {
    Sqlite(mpsc::Sender<Box<dyn Job>>),
    Postgres(PgPool),
}

impl Writer {
    /// The writer has a thread of its own: its statements and the disk's flush hold up nobody.
    pub(super) fn sqlite(conn: Conn) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let runtime = Handle::current();
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || runtime.block_on(write_groups(conn, queue)))
            .map_err(|fault| StoreError::Unavailable(format!("a thread to write: {fault}")))?;
        Ok(Self::Sqlite(jobs))
    }

    /// Answers when everything queued before has been committed.
    pub(super) async fn drain(&self) {
        if let Self::Sqlite(jobs) = self {
            let (done, drained) = oneshot::channel();
            if jobs.send(Box::new(Drained(done))).await.is_ok() {
                let _ = drained.await;
            }
        }
    }
}

impl Store {
    /// Runs the work in one transaction and answers after the commit. Called by `app::act` and
    /// `store::upkeep` alone.
    pub async fn write<W: Work>(&self, work: W) -> Result<W::Answer, W::Fault> {
        match &self.writer {
            Writer::Sqlite(jobs) => write_grouped(jobs, work).await,
            Writer::Postgres(pool) => write_alone(pool, &work).await,
        }
    }
}

/// Boxed, so that what goes on around the work is compiled and proved once, not for each work.
fn run_boxed<'a, W: Work>(
    work: &'a W,
    conn: &'a mut Conn,
) -> BoxFuture<'a, Result<W::Answer, W::Fault>> {
    Box::pin(work.run(conn))
}

async fn write_alone<W: Work>(pool: &PgPool, work: &W) -> Result<W::Answer, W::Fault> {
    let mut tries = 0;
    loop {
        let mut conn = Conn::transaction(pool.begin().await.map_err(StoreError::from)?);
        let done = match run_boxed(work, &mut conn).await {
            Ok(answer) => match conn.commit().await {
                Ok(()) => return Ok(answer),
                Err(fault) => Err(W::Fault::from(fault)),
            },
            Err(fault) => {
                conn.rollback().await?;
                Err(fault)
            }
        };
        match done {
            Err(fault) if tries < RETRIES && W::is_retryable(&fault) => {
                tries += 1;
                tokio::time::sleep(pause(tries)).await;
            }
            other => return other,
        }
    }
}

/// A pause of any length up to a bound, so that those who met do not meet again.
fn pause(tries: u32) -> Duration {
    let chance = RandomState::new().hash_one(tries);
    Duration::from_millis(chance % (PAUSE_MS * u64::from(tries)).max(1))
}

async fn write_grouped<W: Work>(
    jobs: &mpsc::Sender<Box<dyn Job>>,
    work: W,
) -> Result<W::Answer, W::Fault> {
    let (answer, answered) = oneshot::channel();
    let gone = || W::Fault::from(StoreError::Unavailable("the writer has stopped".to_owned()));
    jobs.send(Box::new(Waiting { work, done: None, answer })).await.map_err(|_| gone())?;
    answered.await.map_err(|_| gone())?
}

async fn write_groups(mut conn: Conn, mut queue: mpsc::Receiver<Box<dyn Job>>) {
    let mut group = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut group, GROUP).await > 0 {
        let commit = write_group(&mut conn, &mut group).await;
        if let Err(fault) = &commit {
            tracing::error!(%fault, "the database did not keep what was written");
            // After a failed begin or commit nothing of the group was kept.
            let _ = run(&mut conn, "rollback").await;
        }
        let fault = commit.err().map(|fault| fault.to_string());
        for job in group.drain(..) {
            job.finish(fault.clone().map_or(Ok(()), |text| Err(StoreError::Unavailable(text))));
        }
    }
}

/// All in one commit. Savepoints cost SQLite a copy of each page that is changed, so the jobs do
/// without them until one fails; then all are done again, each in its own.
async fn write_group(conn: &mut Conn, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    run(conn, "begin immediate").await?;
    let mut all = true;
    for job in &mut *group {
        all = job.run(conn).await;
        if !all {
            break;
        }
    }
    if all {
        return run(conn, "commit").await;
    }
    run(conn, "rollback").await?;
    if group.len() == 1 {
        return Ok(());
    }
    run(conn, "begin immediate").await?;
    for job in group {
        run(conn, "savepoint job").await?;
        if !job.run(conn).await {
            run(conn, "rollback to job").await?;
        }
        run(conn, "release job").await?;
    }
    run(conn, "commit").await
}

async fn run(conn: &mut Conn, sql: &'static str) -> Result<(), StoreError> {
    db::query(sql).execute(conn).await.map(|_| ())
}

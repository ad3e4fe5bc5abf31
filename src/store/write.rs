//! The one way to write.
//!
//! SQLite has one writer: jobs that wait are grouped into one commit, each in its own savepoint, so
//! that one failure harms nobody else and one disk flush serves many. PostgreSQL runs transactions
//! side by side. In both, the caller gets its answer after the commit, never before.

use std::panic::AssertUnwindSafe;

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
/// Times a PostgreSQL transaction is run again after a deadlock or serialization failure.
const RETRIES: u32 = 5;

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

/// What a job did in its savepoint, and how its caller learns of the commit.
type Finish = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
type Job = Box<dyn for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, (bool, Finish)> + Send>;

#[derive(Clone)]
pub(super) enum Writer {
    Sqlite(mpsc::Sender<Job>),
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
            let finish: Finish = Box::new(move |_| {
                let _ = done.send(());
            });
            let job: Job = Box::new(move |_| Box::pin(async move { (true, finish) }));
            if jobs.send(job).await.is_ok() {
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
            Err(fault) if tries < RETRIES && W::is_retryable(&fault) => tries += 1,
            other => return other,
        }
    }
}

async fn write_grouped<W: Work>(jobs: &mpsc::Sender<Job>, work: W) -> Result<W::Answer, W::Fault> {
    let (answer, answered) = oneshot::channel::<Result<W::Answer, W::Fault>>();
    let job: Job = Box::new(move |conn| {
        Box::pin(async move {
            let done = AssertUnwindSafe(run_boxed(&work, conn))
                .catch_unwind()
                .await
                .unwrap_or_else(|_| {
                    Err(StoreError::Unavailable("the change ended in a fault".to_owned()).into())
                });
            let keep = done.is_ok();
            let finish: Finish = Box::new(move |commit| {
                let done = done.and_then(|value| commit.map(|()| value).map_err(W::Fault::from));
                let _ = answer.send(done);
            });
            (keep, finish)
        })
    });
    let gone = || W::Fault::from(StoreError::Unavailable("the writer has stopped".to_owned()));
    jobs.send(job).await.map_err(|_| gone())?;
    answered.await.map_err(|_| gone())?
}

async fn write_groups(mut conn: Conn, mut queue: mpsc::Receiver<Job>) {
    let mut group = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut group, GROUP).await > 0 {
        let mut finishes = Vec::with_capacity(group.len());
        let commit = write_group(&mut conn, group.drain(..), &mut finishes).await;
        if commit.is_err() {
            // After a failed begin or commit nothing of the group was kept.
            let _ = run(&mut conn, "rollback").await;
        }
        let fault = commit.err().map(|fault| fault.to_string());
        for finish in finishes {
            finish(fault.clone().map_or(Ok(()), |text| Err(StoreError::Unavailable(text))));
        }
    }
}

async fn write_group(
    conn: &mut Conn,
    mut jobs: impl ExactSizeIterator<Item = Job>,
    finishes: &mut Vec<Finish>,
) -> Result<(), StoreError> {
    let begun = run(conn, "begin immediate").await;
    if begun.is_ok()
        && jobs.len() == 1
        && let Some(job) = jobs.next()
    {
        // Alone it needs no savepoint, for which SQLite would copy each page it changes.
        let (keep, finish) = job(conn).await;
        finishes.push(finish);
        return run(conn, if keep { "commit" } else { "rollback" }).await;
    }
    for job in jobs {
        if let Err(fault) = &begun {
            finishes.push(refuse(job, fault.to_string()));
            continue;
        }
        run(conn, "savepoint job").await?;
        let (keep, finish) = job(conn).await;
        finishes.push(finish);
        if !keep {
            run(conn, "rollback to job").await?;
        }
        run(conn, "release job").await?;
    }
    begun?;
    run(conn, "commit").await
}

async fn run(conn: &mut Conn, sql: &'static str) -> Result<(), StoreError> {
    db::query(sql).execute(conn).await.map(|_| ())
}

/// A job that never ran: dropping it tells its caller that the writer had no answer.
fn refuse(job: Job, detail: String) -> Finish {
    tracing::error!(detail, "the database did not open a transaction");
    Box::new(move |_| drop(job))
}

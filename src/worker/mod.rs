//! Background work: deliveries, letters, timers, the audit sealer.
//!
//! Each worker is a job that does a little and says whether more waits. It runs again at once while
//! more waits, else when a commit woke it or its pause is over, and never again after the server
//! was told to stop. A worker never decides: it carries out what a transaction froze.

pub mod canary;
pub mod deliver;
pub mod hook;
pub mod mail;
pub mod policy;
pub mod seal;
pub mod timer;

use std::{panic::AssertUnwindSafe, path::PathBuf, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app::{App, AppError, WokenBy},
    outbound::{client::Client, mail::Mailer},
};

/// What workers hold in their hands.
pub struct Tools {
    pub app: Arc<App>,
    pub client: Client,
    /// Absent when the settings turn mail off.
    pub mailer: Option<Mailer>,
    /// The sender of our letters.
    pub mail_from: String,
    /// Where the heads of the audit chain are written; absent without a data folder.
    pub audit_heads: Option<PathBuf>,
    pub stop: CancellationToken,
}

/// The pause after a job that failed, so that a lasting fault does not fill the log.
const AFTER_FAULT: Duration = Duration::from_secs(5);

/// Starts every worker. They end soon after `tools.stop`; wait for the tracker.
pub fn start(tools: Arc<Tools>) -> TaskTracker {
    let tracker = TaskTracker::new();
    tracker.spawn(seal::run(Arc::clone(&tools)));
    tracker.spawn(deliver::run(Arc::clone(&tools), tracker.clone()));
    tracker.spawn(mail::run(Arc::clone(&tools)));
    tracker.spawn(hook::run(Arc::clone(&tools), tracker.clone()));
    tracker.spawn(timer::run(Arc::clone(&tools)));
    tracker.spawn(policy::run(Arc::clone(&tools)));
    tracker.spawn(canary::run(Arc::clone(&tools)));
    tracker.close();
    tracker
}

/// What a job found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// More is waiting: run again at once.
    More,
    /// Nothing: wait to be woken.
    Nothing,
}

/// Runs a job until the server stops, with its name, its pause and what ends the pause early. A
/// job that fails or panics is logged and run again later.
pub async fn repeat<F, Fut>(
    (name, pause, by): (&'static str, Duration, WokenBy),
    tools: Arc<Tools>,
    mut job: F,
) where
    F: FnMut(Arc<Tools>) -> Fut,
    Fut: Future<Output = Result<Left, AppError>> + Send,
{
    loop {
        // Asked for before the job looks, so that a commit in between wakes it.
        let woken = tools.app.wake.called(by);
        tokio::pin!(woken);
        woken.as_mut().enable();
        let done = AssertUnwindSafe(job(Arc::clone(&tools))).catch_unwind().await;
        let (pause, listens) = match done {
            Ok(Ok(Left::More)) => (Duration::ZERO, true),
            Ok(Ok(Left::Nothing)) => (pause, true),
            Ok(Err(fault)) => {
                tracing::error!(worker = name, %fault, "a job failed");
                (AFTER_FAULT, false)
            }
            Err(_) => {
                tracing::error!(worker = name, "a job panicked");
                (AFTER_FAULT, false)
            }
        };
        tokio::select! {
            biased;
            () = tools.stop.cancelled() => return,
            () = woken, if listens => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

//! The demo's mail box: a small real SMTP server that keeps the last mails in memory.
//!
//! Our mailer reaches it by real SMTP, as it would any other server, and `/sim/mail` shows what
//! arrived. It relays nothing, writes nothing to disk, and asks for no login.

mod mime;
mod smtp;

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::base::time::{Clock, Time};
pub use mime::{Attachment, Body};

/// Mails kept; older ones are dropped, as nobody reads further back in a demo.
const KEPT: usize = 500;
/// Dialogues at a time; a mailer with a pool uses a handful.
const DIALOGUES: usize = 64;

/// One mail as it arrived.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Counts from 1 in order of arrival, over the sink's life.
    pub number: u64,
    /// The envelope's sender; empty for a bounce.
    pub from: String,
    /// The envelope's recipients: who really got it, whatever the header says.
    pub to: Vec<String>,
    pub received_at: Time,
    /// The message as it came over the wire, dots unstuffed.
    pub raw: Vec<u8>,
    body: OnceLock<Body>,
}

impl Mail {
    /// The message read: subject, texts, attachments.
    pub fn body(&self) -> &Body {
        self.body.get_or_init(|| mime::read(&self.raw))
    }
}

/// The running sink; clones share one box.
#[derive(Clone)]
pub struct MailSink {
    shared: Arc<Shared>,
}

struct Shared {
    address: SocketAddr,
    clock: Arc<dyn Clock>,
    mails: Mutex<Kept>,
    /// The present run of the listener; none while paused or stopped.
    running: Mutex<Option<CancellationToken>>,
    tasks: TaskTracker,
    slots: Arc<Semaphore>,
}

#[derive(Default)]
struct Kept {
    arrived: u64,
    last: VecDeque<Arc<Mail>>,
}

impl MailSink {
    /// Listens at `address` (port 0 takes any free one) and gives the address really taken.
    pub async fn start(
        address: SocketAddr,
        clock: Arc<dyn Clock>,
    ) -> io::Result<(Self, SocketAddr)> {
        let listener = TcpListener::bind(address).await?;
        let taken = listener.local_addr()?;
        let shared = Shared {
            address: taken,
            clock,
            mails: Mutex::default(),
            running: Mutex::default(),
            tasks: TaskTracker::new(),
            slots: Arc::new(Semaphore::new(DIALOGUES)),
        };
        let sink = Self { shared: Arc::new(shared) };
        sink.run(listener);
        Ok((sink, taken))
    }

    /// The mails kept, newest first.
    pub fn list(&self) -> Vec<Arc<Mail>> {
        self.kept().last.iter().rev().cloned().collect()
    }

    /// One mail by its number, when it is still kept.
    pub fn find(&self, number: u64) -> Option<Arc<Mail>> {
        self.kept().last.iter().find(|mail| mail.number == number).cloned()
    }

    /// How many mails arrived since the start, the dropped ones included.
    pub fn arrived(&self) -> u64 {
        self.kept().arrived
    }

    /// An outage: open dialogues break off and new connections are refused.
    pub fn pause(&self) {
        if let Some(run) = self.running().take() {
            run.cancel();
        }
    }

    pub fn is_paused(&self) -> bool {
        self.running().is_none()
    }

    /// The end of an outage: listens at the same address again.
    pub async fn resume(&self) -> io::Result<()> {
        if self.is_paused() {
            let listener = self.bind_again().await?;
            self.run(listener);
        }
        Ok(())
    }

    /// The old listener closes within its task, which may be a moment after `pause` returned.
    async fn bind_again(&self) -> io::Result<TcpListener> {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
        self.shared.tasks.reopen();
        TcpListener::bind(self.shared.address).await
    }

    /// Stops for good and waits until the last dialogue has ended.
    pub async fn stop(&self) {
        self.pause();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    fn run(&self, listener: TcpListener) {
        let run = CancellationToken::new();
        *self.running() = Some(run.clone());
        let sink = self.clone();
        self.shared.tasks.spawn(async move {
            let accepting = run.clone();
            accepting.run_until_cancelled(sink.accept(listener, run)).await;
        });
    }

    async fn accept(&self, listener: TcpListener, run: CancellationToken) {
        loop {
            let Ok(slot) = Arc::clone(&self.shared.slots).acquire_owned().await else { return };
            let Ok((stream, _)) = listener.accept().await else {
                // Out of file descriptors, as a rule: a moment later there may be some.
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            };
            let (sink, run) = (self.clone(), run.clone());
            self.shared.tasks.spawn(async move {
                let talk = smtp::talk(stream, |envelope, raw| sink.keep(envelope, raw));
                // A dialogue that breaks off has kept what it had acknowledged, and nothing else.
                if let Some(Err(error)) = run.run_until_cancelled(talk).await {
                    tracing::debug!(%error, "an SMTP dialogue broke off");
                }
                drop(slot);
            });
        }
    }

    fn keep(&self, envelope: smtp::Envelope, raw: Vec<u8>) -> u64 {
        let received_at = self.shared.clock.now();
        let mut kept = self.kept();
        kept.arrived += 1;
        let (number, from, to) = (kept.arrived, envelope.from, envelope.to);
        let mail = Mail { number, from, to, received_at, raw, body: OnceLock::new() };
        kept.last.push_back(Arc::new(mail));
        if kept.last.len() > KEPT {
            kept.last.pop_front();
        }
        number
    }

    /// A poisoned lock only means that another task died while holding it; the box is still whole.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.shared.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> MutexGuard<'_, Option<CancellationToken>> {
        self.shared.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;

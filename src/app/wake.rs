//! What wakes the workers before their pause is over.

use tokio::sync::{Notify, futures::Notified};

/// The two calls that workers listen for.
#[derive(Debug, Default)]
pub struct Wake {
    commits: Notify,
    clock: Notify,
}

/// Which of them a worker listens for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WokenBy {
    /// A commit that left something to send. It happens with every decision: whoever has nothing
    /// to send should not be asked to look each time.
    Commits,
    /// A clock that was moved, and whatever else lets something fall due at once.
    Clock,
}

impl Wake {
    /// After a commit that left something to send.
    pub fn senders(&self) {
        self.commits.notify_waiters();
    }

    /// Everybody: the clock was moved, the server stops.
    pub fn all(&self) {
        self.commits.notify_waiters();
        self.clock.notify_waiters();
    }

    /// The next call of this kind.
    pub fn called(&self, by: WokenBy) -> Notified<'_> {
        match by {
            WokenBy::Commits => self.commits.notified(),
            WokenBy::Clock => self.clock.notified(),
        }
    }
}

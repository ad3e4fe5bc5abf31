//! Sending one document or letter until it has arrived: states, the retry table, and what an
//! answer means.
//!
//! The bytes are frozen elsewhere; here is only *when* to try again, *when* to stop, and *whom* to
//! wake. Everything comes in as an argument: no clock is read, no die is thrown. It must never call
//! a document delivered that the other side did not accept in so many words.

use crate::base::time::{HOUR_MS, MINUTE_MS, SECOND_MS, Time};

/// Where the sending of one document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// Due now or later.
    Waiting,
    /// Leased by a worker that is sending it.
    Sending,
    /// The other side has it.
    Delivered,
    /// Nobody tries any more; a person has to resend it.
    Failed,
}

/// What can happen to a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryMove {
    /// A worker leases it and sends.
    Take,
    /// The other side accepted it.
    Arrive,
    /// A passing trouble, or the lease ran out: it waits for its next attempt.
    PutBack,
    /// A final no, or the end of the retry table.
    GiveUp,
    /// A person asks for it again: due at once, and the retry table starts anew.
    Resend,
}

use DeliveryMove::{Arrive, GiveUp, PutBack, Resend, Take};
use DeliveryState::{Delivered, Failed, Sending, Waiting};

/// Every move that is allowed; whatever is not here is refused.
pub const MOVES: &[(DeliveryState, DeliveryMove, DeliveryState)] = &[
    (Waiting, Take, Sending),
    (Waiting, Resend, Waiting),
    (Sending, Arrive, Delivered),
    (Sending, PutBack, Waiting),
    (Sending, GiveUp, Failed),
    (Delivered, Resend, Waiting),
    (Failed, Resend, Waiting),
];

impl DeliveryState {
    pub const ALL: [Self; 4] = [Waiting, Sending, Delivered, Failed];

    /// The word in the API, on pages and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Waiting => "waiting",
            Sending => "sending",
            Delivered => "delivered",
            Failed => "failed",
        }
    }

    /// The state of this word; `None` for a word that is none of the four.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// The state after a move, or `None` when the move is not allowed from here.
    pub fn after(self, step: DeliveryMove) -> Option<Self> {
        MOVES.iter().find(|(from, with, _)| (*from, *with) == (self, step)).map(|(_, _, to)| *to)
    }
}

impl DeliveryMove {
    pub const ALL: [Self; 5] = [Take, Arrive, PutBack, GiveUp, Resend];
}

/// What one attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Accepted; nothing further to send.
    Delivered,
    /// The same bytes will never be accepted: stop and tell people.
    Permanent,
    /// Worth another attempt with the same bytes.
    Transient,
}

/// What an HTTP answer means: `http` is its status, `cxml` the code of the cXML Status in its body,
/// `None` when the body is no readable cXML Response.
///
/// cXML counts any answer without valid cXML as a transport error (a proxy's login page, a 404 of
/// a server being installed), so those are tried again. Unknown 2xx, 4xx and 5xx codes count as
/// 200, 400 and 500. A 2xx code inside an HTTP error is not believed.
pub const fn classify(http: u16, cxml: Option<u16>) -> Verdict {
    match cxml {
        Some(200..=299) if http >= 200 && http < 300 => Verdict::Delivered,
        Some(400..=499) => Verdict::Permanent,
        _ => Verdict::Transient,
    }
}

/// Gaps before the 2nd, 3rd, .. attempt; they add up to +5 s, +5 min, +30 min, then ten hours of
/// hourly attempts (what cXML asks), after which [`LATE_GAP_MS`] holds to the end.
const GAPS_MS: [i64; 13] = [
    5 * SECOND_MS,
    5 * MINUTE_MS - 5 * SECOND_MS,
    25 * MINUTE_MS,
    HOUR_MS,
    HOUR_MS,
    HOUR_MS,
    HOUR_MS,
    HOUR_MS,
    HOUR_MS,
    HOUR_MS,
    HOUR_MS,
    HOUR_MS,
    HOUR_MS,
];
/// The gap between attempts once the table is used up.
const LATE_GAP_MS: i64 = 6 * HOUR_MS;
/// How long after the first attempt the last one is made: three days.
pub const LAST_ATTEMPT_MS: i64 = 72 * HOUR_MS;
/// How long after the first attempt people hear that something is stuck.
pub const TELL_AFTER_MS: i64 = 30 * MINUTE_MS;

/// A share by which a gap is stretched or shrunk, so that a thousand documents that failed
/// together do not come back together: -100 to +100 thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jitter(i64);

impl Jitter {
    pub const NONE: Self = Self(0);

    /// The jitter of one random byte: -10 % for 0, +10 % for 255.
    pub const fn of_byte(byte: u8) -> Self {
        Self(byte as i64 * 200 / 255 - 100)
    }

    const fn apply(self, gap_ms: i64) -> i64 {
        gap_ms + gap_ms * self.0 / 1_000
    }
}

/// When to try again after an attempt that failed for a passing reason; `None`: never, give up.
///
/// `attempts_so_far` counts the attempts since `first_at` (when this round began: at the first
/// attempt, or when a person pressed resend); `now` is the end of the last one. Gaps count from
/// `now`, so that a server that was off does not catch up in a burst. The attempt that falls on
/// the third day is the last.
pub fn next_attempt(
    attempts_so_far: u32,
    first_at: Time,
    now: Time,
    jitter: Jitter,
) -> Option<Time> {
    let Some(made) = attempts_so_far.checked_sub(1) else { return Some(now) };
    let last_at = first_at.plus_ms(LAST_ATTEMPT_MS);
    if now >= last_at {
        return None;
    }
    let gap = usize::try_from(made).ok().and_then(|made| GAPS_MS.get(made)).copied();
    let due = now.plus_ms(jitter.apply(gap.unwrap_or(LATE_GAP_MS)));
    Some(due.min(last_at))
}

/// Whom an attempt that failed wakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alarm {
    /// Nobody yet, or they know already.
    Quiet,
    /// People hear once that it is late and still being tried.
    Late,
    /// People hear that nobody tries any more.
    GivenUp,
}

/// What people are told after an attempt failed. `next` is what [`next_attempt`] said (`None` also
/// after a permanent no); `told_late` whether this round's late notice went out already.
pub fn alarm(first_at: Time, now: Time, next: Option<Time>, told_late: bool) -> Alarm {
    // The table puts an attempt at 30 minutes, but its jitter may bring it a little sooner.
    let late_at = TELL_AFTER_MS * 9 / 10;
    match next {
        None => Alarm::GivenUp,
        Some(_) if !told_late && now.since(first_at) >= late_at => Alarm::Late,
        Some(_) => Alarm::Quiet,
    }
}

#[cfg(test)]
mod tests;

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
mod tests {
    use super::*;

    const START: Time = Time::from_millis(1_795_254_291_000);

    #[test]
    fn every_state_allows_exactly_the_moves_of_the_table() {
        let mut allowed = 0;
        for from in DeliveryState::ALL {
            for step in DeliveryMove::ALL {
                let expected = match (from, step) {
                    (Waiting, Take) => Some(Sending),
                    (Sending, Arrive) => Some(Delivered),
                    (Sending, GiveUp) => Some(Failed),
                    (Sending, PutBack) | (Waiting | Delivered | Failed, Resend) => Some(Waiting),
                    _ => None,
                };
                assert_eq!(from.after(step), expected, "{from:?} {step:?}");
                allowed += usize::from(expected.is_some());
            }
        }
        assert_eq!(allowed, MOVES.len());
    }

    #[test]
    fn state_words_read_back() {
        for state in DeliveryState::ALL {
            assert_eq!(DeliveryState::from_word(state.word()), Some(state));
        }
        assert_eq!(DeliveryState::from_word("Sent"), None);
    }

    /// Minutes after the first attempt of every attempt, when each fails at once.
    fn offsets(jitter: Jitter) -> Vec<i64> {
        let (mut now, mut made, mut found) = (START, 1, vec![0]);
        while let Some(next) = next_attempt(made, START, now, jitter) {
            now = next;
            made += 1;
            found.push(now.since(START));
            assert!(made < 100, "the table must end");
        }
        found
    }

    #[test]
    fn the_table_is_now_5_s_5_min_30_min_ten_hours_then_six_hours_to_three_days() {
        let found = offsets(Jitter::NONE);
        assert_eq!(&found[..4], [0, 5_000, 5 * MINUTE_MS, 30 * MINUTE_MS]);
        let hourly: Vec<_> = (1..=10).map(|h| h * HOUR_MS + 30 * MINUTE_MS).collect();
        assert_eq!(&found[4..14], hourly);
        assert_eq!(found[14] - found[13], 6 * HOUR_MS);
        assert_eq!(found.last(), Some(&(72 * HOUR_MS)));
        assert_eq!(found.len(), 25);
    }

    #[test]
    fn jitter_moves_each_gap_by_at_most_a_tenth_and_never_past_the_end() {
        assert_eq!(offsets(Jitter::of_byte(0))[1], 4_500);
        assert_eq!(offsets(Jitter::of_byte(255))[1], 5_500);
        for byte in [0, 1, 127, 200, 255] {
            assert_eq!(offsets(Jitter::of_byte(byte)).last(), Some(&LAST_ATTEMPT_MS));
        }
    }

    #[test]
    fn a_server_that_was_off_does_not_catch_up_in_a_burst() {
        let back = START.plus_ms(26 * HOUR_MS);
        let next = next_attempt(2, START, back, Jitter::NONE);
        assert_eq!(next.map(|at| at.since(back)), Some(5 * MINUTE_MS - 5_000));
        assert_eq!(next_attempt(2, START, START.plus_ms(73 * HOUR_MS), Jitter::NONE), None);
        assert_eq!(next_attempt(0, START, START, Jitter::of_byte(9)), Some(START));
    }

    #[test]
    fn people_hear_at_thirty_minutes_once_and_at_the_end() {
        let at = |minutes: i64| START.plus_ms(minutes * MINUTE_MS);
        let soon = Some(at(9_999));
        assert_eq!(alarm(START, at(5), soon, false), Alarm::Quiet);
        assert_eq!(alarm(START, at(30), soon, false), Alarm::Late);
        assert_eq!(alarm(START, at(27), soon, false), Alarm::Late);
        assert_eq!(alarm(START, at(90), soon, true), Alarm::Quiet);
        assert_eq!(alarm(START, at(0), None, false), Alarm::GivenUp);
        assert_eq!(alarm(START, at(4_320), None, true), Alarm::GivenUp);
    }

    #[test]
    fn answers_mean_what_cxml_says() {
        for (http, cxml, verdict) in [
            (200, Some(200), Verdict::Delivered),
            (200, Some(201), Verdict::Delivered),
            (200, Some(299), Verdict::Delivered),
            (202, Some(281), Verdict::Delivered),
            (200, Some(400), Verdict::Permanent),
            (200, Some(499), Verdict::Permanent),
            (401, Some(401), Verdict::Permanent),
            (200, Some(500), Verdict::Transient),
            (200, Some(560), Verdict::Transient),
            (200, Some(777), Verdict::Transient),
            (500, Some(200), Verdict::Transient),
            (302, Some(200), Verdict::Transient),
            (200, None, Verdict::Transient),
            (401, None, Verdict::Transient),
            (404, None, Verdict::Transient),
            (503, None, Verdict::Transient),
        ] {
            assert_eq!(classify(http, cxml), verdict, "HTTP {http}, cXML {cxml:?}");
        }
    }
}

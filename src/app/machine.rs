//! The machine's clock and randomness, and a clock that a hand can move (demo and tests).

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::base::{
    id::Entropy,
    time::{Clock, Time},
};

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The system's clock, moved ahead by hand; it never goes back.
#[derive(Debug, Default)]
pub struct MovableClock {
    ahead_ms: AtomicI64,
}

impl MovableClock {
    /// Moves the clock on by so many milliseconds and says what time it is now. Whoever moves it
    /// wakes the workers (`App::wake`).
    pub fn advance(&self, millis: i64) -> Time {
        self.ahead_ms.fetch_add(millis.max(0), Ordering::AcqRel);
        self.now()
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Time {
        SystemClock.now().plus_ms(self.ahead_ms.load(Ordering::Acquire))
    }
}

/// The random generator of the process, seeded by the system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_clock_stays_ahead_and_never_goes_back() {
        let clock = MovableClock::default();
        let before = clock.now();
        assert!(clock.advance(1_000).since(before) >= 1_000);
        assert!(clock.advance(-5_000).since(before) >= 1_000);
    }

    #[test]
    fn random_bytes_differ() {
        let (mut one, mut other) = ([0_u8; 32], [0_u8; 32]);
        SystemEntropy.fill(&mut one);
        SystemEntropy.fill(&mut other);
        assert_ne!(one, other);
    }
}

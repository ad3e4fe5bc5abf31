//! Who else may decide a task: a deputy while its assignee is away, a manager when no answer came.
//!
//! A stand-in is recorded when it arises, with whom it stands for and until when. It never is the
//! requester, and nobody who signs elsewhere in the same requisition.

use crate::base::{
    id::{DelegationId, PersonId, TaskId},
    time::{HOUR_MS, Time},
    words::words,
};

/// How long the link of a letter opens, from the moment the letter was written.
pub const LINK_MS: i64 = 72 * HOUR_MS;

words! {
    /// Why somebody stands in.
    StandInKind {
        Delegation = "delegation",
        Escalation = "escalation",
    }
}

/// Somebody who may decide a task beside its assignee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    pub task: TaskId,
    pub person: PersonId,
    pub kind: StandInKind,
    /// The delegation it follows from.
    pub delegation: Option<DelegationId>,
    pub since: Time,
    /// The first moment at which it no longer holds; `None`: as long as the task is open.
    pub until: Option<Time>,
}

impl StandIn {
    pub fn holds_at(&self, at: Time) -> bool {
        self.since <= at && self.until.is_none_or(|until| at < until)
    }
}

words! {
    /// What a task's timer does.
    Ring {
        /// The people asked are told again.
        Remind = "remind",
        /// The next manager may decide as well.
        Escalate = "escalate",
        /// The requisition expires.
        Expire = "expire",
    }
}

/// When a task's timers ring, and when they did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timers {
    pub remind_at: Option<Time>,
    pub escalate_at: Option<Time>,
    pub expire_at: Option<Time>,
    pub reminded_at: Option<Time>,
    pub escalated_at: Option<Time>,
    /// Since when they stand still, because somebody asked a question.
    pub stopped_at: Option<Time>,
}

impl Timers {
    /// What rings next, and when. A stopped timer does not ring; nothing rings twice.
    pub fn next(&self) -> Option<(Time, Ring)> {
        if self.stopped_at.is_some() {
            return None;
        }
        [
            self.remind_at.filter(|_| self.reminded_at.is_none()).map(|at| (at, Ring::Remind)),
            self.escalate_at.filter(|_| self.escalated_at.is_none()).map(|at| (at, Ring::Escalate)),
            self.expire_at.map(|at| (at, Ring::Expire)),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Moves what has not rung yet by the time the clock stood still.
    #[must_use]
    pub fn resumed(mut self, now: Time, roll: impl Fn(Time) -> Time) -> Self {
        let Some(stopped) = self.stopped_at.take() else { return self };
        let moved = |at: Time| roll(at.plus_ms(now.since(stopped)));
        if self.reminded_at.is_none() {
            self.remind_at = self.remind_at.map(moved);
        }
        if self.escalated_at.is_none() {
            self.escalate_at = self.escalate_at.map(moved);
        }
        self.expire_at = self.expire_at.map(moved);
        self
    }

    /// The letters that were written about the task, with the mark each one's link is bound to:
    /// the first one bears none.
    pub fn letters(&self, opened_at: Time) -> impl Iterator<Item = (Option<Ring>, Time)> {
        let reminder = self.reminded_at.map(|at| (Some(Ring::Remind), at));
        let escalation = self.escalated_at.map(|at| (Some(Ring::Escalate), at));
        [Some((None, opened_at)), reminder, escalation].into_iter().flatten()
    }
}

/// What the link of a letter is bound to: the content, and which letter it was.
pub fn link_bound(content_hash: &str, letter: Option<Ring>) -> String {
    match letter {
        None => content_hash.to_owned(),
        Some(ring) => format!("{content_hash} {ring}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Time {
        Time::from_millis(hours * HOUR_MS)
    }

    fn timers() -> Timers {
        Timers {
            remind_at: Some(at(24)),
            escalate_at: Some(at(72)),
            expire_at: Some(at(240)),
            ..Timers::default()
        }
    }

    #[test]
    fn each_rings_once_in_its_order() {
        let mut timers = timers();
        assert_eq!(timers.next(), Some((at(24), Ring::Remind)));
        timers.reminded_at = Some(at(24));
        assert_eq!(timers.next(), Some((at(72), Ring::Escalate)));
        timers.escalated_at = Some(at(72));
        assert_eq!(timers.next(), Some((at(240), Ring::Expire)));
        timers.expire_at = None;
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn a_question_stops_the_clock_and_moves_what_is_still_to_come() {
        let mut timers = timers();
        timers.reminded_at = Some(at(24));
        timers.stopped_at = Some(at(30));
        assert_eq!(timers.next(), None);
        let again = timers.resumed(at(40), |at| at);
        assert_eq!(again.remind_at, Some(at(24)), "what has rung stays");
        assert_eq!(again.escalate_at, Some(at(82)));
        assert_eq!(again.expire_at, Some(at(250)));
        assert_eq!(again.next(), Some((at(82), Ring::Escalate)));
    }

    #[test]
    fn a_stand_in_holds_until_before_its_last_moment() {
        let stand_in = StandIn {
            task: TaskId::from_bits(1),
            person: PersonId::from_bits(2),
            kind: StandInKind::Delegation,
            delegation: None,
            since: at(1),
            until: Some(at(5)),
        };
        assert!(!stand_in.holds_at(at(0)) && stand_in.holds_at(at(1)));
        assert!(stand_in.holds_at(at(4)) && !stand_in.holds_at(at(5)));
    }

    #[test]
    fn each_letter_has_a_link_of_its_own() {
        let bounds: Vec<String> =
            [None, Some(Ring::Remind)].map(|letter| link_bound("ab", letter)).into();
        assert_eq!(bounds, ["ab", "ab remind"]);
    }
}

//! Mail gathered into one letter a day: what a person chose, what may wait, and until when.
//!
//! Nobody's mail is gathered who did not ask for it. What somebody cannot wait for (an invitation,
//! a password) is never gathered.

use jiff::ToSpan;

use crate::base::{
    time::{DAY_MS, Time},
    words::words,
};

use super::{calendar::Calendar, notice::Notice, refusal::Refusal};

words! {
    /// What is gathered.
    Gather {
        /// What one only hears of; requests come at once.
        News = "news",
        /// Requests to decide as well.
        All = "all",
    }
}

/// What one person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    pub gather: Gather,
    /// 0 to 23, by the clock on the wall of the person's zone.
    pub hour: u32,
}

/// Days that are looked at for a working day: away for longer, mail is sent all the same.
const HORIZON_DAYS: i64 = 60;

impl Choice {
    /// The choice, when there is such an hour.
    pub fn new(gather: Gather, hour: u32) -> Result<Self, Refusal> {
        if hour <= 23 {
            return Ok(Self { gather, hour });
        }
        Err(Refusal::invalid("bad-hour", "This is no hour of a day.")
            .field("hour")
            .got(hour.to_string())
            .expected("0 to 23"))
    }

    /// Whether the notice waits for the next letter.
    pub const fn gathers(&self, notice: &Notice) -> bool {
        match notice {
            Notice::Invite { .. } | Notice::PasswordReset { .. } | Notice::Digest { .. } => false,
            Notice::TaskOpened { .. }
            | Notice::Remark { question: true, .. }
            | Notice::InvoiceDifference { .. } => matches!(self.gather, Gather::All),
            _ => true,
        }
    }

    /// The next time after `now` that it is this hour on a working day of the person.
    pub fn next(&self, calendar: &Calendar, now: Time) -> Time {
        let mut day = now.day_in(&calendar.zone);
        for _ in 0..HORIZON_DAYS {
            let text = format!("{day}T{:02}:00", self.hour);
            let zone = if calendar.zone.is_empty() { "UTC" } else { &calendar.zone };
            let at = Time::in_zone(&text, zone).or_else(|| Time::in_zone(&text, "UTC"));
            if let Some(at) = at.filter(|at| *at > now && calendar.is_working(day)) {
                return at;
            }
            day = day.saturating_add(1.day());
        }
        now.plus_ms(DAY_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{id::InviteId, time::Day},
        domain::calendar::Away,
    };

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn the_letter_leaves_at_the_hour_of_a_working_day_whatever_the_clock_change() {
        let berlin = Calendar { zone: "Europe/Berlin".into(), ..Calendar::default() };
        let at_eight = Choice::new(Gather::All, 8).unwrap();
        let next = |now: &str| at_eight.next(&berlin, time(now)).to_string();
        assert_eq!(next("2026-11-23T06:59:00Z"), time("2026-11-23T07:00:00Z").to_string());
        assert_eq!(next("2026-11-23T07:00:00Z"), time("2026-11-24T07:00:00Z").to_string());
        // Friday evening; the clocks go forward on Sunday 28 March 2027.
        assert_eq!(next("2027-03-26T18:00:00Z"), time("2027-03-29T06:00:00Z").to_string());
        let mut away = berlin.clone();
        away.away =
            vec![Away { from: Day::constant(2026, 11, 23), to: Day::constant(2026, 11, 24) }];
        let next = at_eight.next(&away, time("2026-11-22T12:00:00Z"));
        assert_eq!(next, time("2026-11-25T07:00:00Z"));
    }

    #[test]
    fn what_cannot_wait_is_never_gathered_and_requests_only_when_asked() {
        let invite = InviteId::from_bits(1);
        let reset = Notice::PasswordReset { invite, valid_hours: 72 };
        let order = crate::domain::notice::OrderBrief {
            id: crate::base::id::OrderId::from_bits(1),
            number: "PO-1".into(),
            supplier: "Office One".into(),
            total: crate::base::money::Money::zero(crate::base::money::Currency::EUR),
        };
        let news = Notice::OrderIssued { order };
        for gather in [Gather::News, Gather::All] {
            let choice = Choice::new(gather, 8).unwrap();
            assert!(choice.gathers(&news) && !choice.gathers(&reset));
        }
        assert_eq!(Choice::new(Gather::News, 24).unwrap_err().code, "bad-hour");
    }
}

//! Working days: weekends, the organisation's holidays, and the days a person is away.
//!
//! A deadline "three working days from now" falls on the third working day after today, at the same
//! time by the clock on the wall of the person's zone; a change to or from summer time moves it by
//! no hour. Nothing here knows today: every instant comes in as an argument.

use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Weekday, tz::TimeZone};

use crate::base::time::{Day, Time};

/// Days that are looked at before giving up: two years away is away for good.
const HORIZON_DAYS: u32 = 732;

/// Whole days on which one person is away, the last one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away {
    pub from: Day,
    pub to: Day,
}

impl Away {
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

/// The working days of one person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    /// IANA name; an unknown one is UTC.
    pub zone: String,
    /// The organisation's holidays.
    pub holidays: BTreeSet<Day>,
    /// When the person is away.
    pub away: Vec<Away>,
}

impl Calendar {
    /// Neither weekend, nor holiday, nor away.
    pub fn is_working(&self, day: Day) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
            && !self.holidays.contains(&day)
            && !self.is_away(day)
    }

    pub fn is_away(&self, day: Day) -> bool {
        self.away.iter().any(|away| away.holds(day))
    }

    /// The last day of the absence that holds this day, absences that touch taken together.
    pub fn away_until(&self, day: Day) -> Option<Day> {
        let mut last = self.away.iter().filter(|away| away.holds(day)).map(|away| away.to).max()?;
        for _ in 0..self.away.len() {
            let Ok(next) = last.checked_add(1.day()) else { break };
            let longer = self.away.iter().filter(|away| away.holds(next)).map(|away| away.to).max();
            let Some(longer) = longer else { break };
            last = longer;
        }
        Some(last)
    }

    /// The same time of day on the `days`-th working day after `at`; `None` when there is none
    /// within two years.
    pub fn after(&self, at: Time, days: u32) -> Option<Time> {
        let mut left = days;
        self.find(at, |day| {
            left = left.saturating_sub(u32::from(self.is_working(day)));
            left == 0
        })
    }

    /// The instant itself when its day is a working day, else the same time on the next one.
    pub fn roll(&self, at: Time) -> Time {
        if self.is_working(at.day_in(&self.zone)) {
            return at;
        }
        self.find(at, |day| self.is_working(day)).unwrap_or(at)
    }

    /// The first later day that fits, at the time of day of `at`.
    fn find(&self, at: Time, mut fits: impl FnMut(Day) -> bool) -> Option<Time> {
        let start = at.zoned(&self.zone).datetime();
        let mut day = start.date();
        for _ in 0..HORIZON_DAYS {
            day = day.checked_add(1.day()).ok()?;
            if fits(day) {
                let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
                let zoned = day.to_datetime(start.time()).to_zoned(zone).ok()?;
                return Some(Time::from_millis(zoned.timestamp().as_millisecond()));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::parse_day;

    fn day(text: &str) -> Day {
        parse_day(text).unwrap()
    }

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn berlin() -> Calendar {
        Calendar { zone: "Europe/Berlin".into(), ..Calendar::default() }
    }

    #[test]
    fn a_weekend_is_stepped_over() {
        let friday = at("2026-11-20T16:30:00Z");
        assert_eq!(berlin().after(friday, 1), Some(at("2026-11-23T16:30:00Z")));
        assert_eq!(berlin().after(friday, 5), Some(at("2026-11-27T16:30:00Z")));
        let sunday = at("2026-11-22T09:00:00Z");
        assert_eq!(berlin().after(sunday, 1), Some(at("2026-11-23T09:00:00Z")));
        assert_eq!(berlin().after(sunday, 0), Some(at("2026-11-23T09:00:00Z")));
    }

    #[test]
    fn holidays_and_absences_are_stepped_over() {
        let mut calendar = berlin();
        calendar.holidays.insert(day("2026-12-25"));
        calendar.away.push(Away { from: day("2026-12-28"), to: day("2026-12-30") });
        let thursday = at("2026-12-24T08:00:00Z");
        assert_eq!(calendar.after(thursday, 1), Some(at("2026-12-31T08:00:00Z")));
        assert_eq!(calendar.roll(at("2026-12-25T08:00:00Z")), at("2026-12-31T08:00:00Z"));
        assert_eq!(calendar.roll(thursday), thursday);
    }

    #[test]
    fn the_clock_on_the_wall_stays_over_a_change_of_summer_time() {
        // Europe leaves summer time on 25 October 2026, and enters it on 28 March 2027.
        let autumn = at("2026-10-23T07:00:00Z");
        assert_eq!(berlin().after(autumn, 1), Some(at("2026-10-26T08:00:00Z")));
        let spring = at("2027-03-26T08:00:00Z");
        assert_eq!(berlin().after(spring, 1), Some(at("2027-03-29T07:00:00Z")));
        let new_york = Calendar { zone: "America/New_York".into(), ..Calendar::default() };
        // America changes a week later, on 1 November.
        let eastern = at("2026-10-30T13:00:00Z");
        assert_eq!(new_york.after(eastern, 1), Some(at("2026-11-02T14:00:00Z")));
    }

    #[test]
    fn a_day_is_the_day_of_the_persons_zone() {
        // Late on Friday in New York it is Saturday in Berlin already.
        let late = at("2026-11-21T02:00:00Z");
        let new_york = Calendar { zone: "America/New_York".into(), ..Calendar::default() };
        assert_eq!(new_york.roll(late), late);
        assert_eq!(berlin().roll(late), at("2026-11-23T02:00:00Z"));
    }

    #[test]
    fn absences_that_touch_are_one() {
        let mut calendar = berlin();
        calendar.away.push(Away { from: day("2026-12-01"), to: day("2026-12-04") });
        calendar.away.push(Away { from: day("2026-12-05"), to: day("2026-12-11") });
        calendar.away.push(Away { from: day("2026-12-14"), to: day("2026-12-18") });
        assert_eq!(calendar.away_until(day("2026-12-02")), Some(day("2026-12-11")));
        assert_eq!(calendar.away_until(day("2026-12-12")), None);
    }

    #[test]
    fn who_never_comes_back_has_no_deadline() {
        let mut calendar = berlin();
        calendar.away.push(Away { from: day("2026-01-01"), to: day("2099-01-01") });
        assert_eq!(calendar.after(at("2026-11-20T08:00:00Z"), 1), None);
    }
}

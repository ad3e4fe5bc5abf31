//! Instants as UTC milliseconds, civil days, and the clock as an argument.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// Where "now" comes from: the system's clock, or a hand-moved one in tests and the demo.
pub trait Clock: Send + Sync {
    fn now(&self) -> Time;
}

/// A civil day, without a time zone.
pub type Day = Date;

/// An instant: milliseconds since 1970 in UTC. Its text is RFC 3339 with three decimals.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time(i64);

pub const SECOND_MS: i64 = 1_000;
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;

impl Time {
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This instant moved by so many milliseconds; it stops at the ends of the range.
    pub const fn plus_ms(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this instant.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The calendar day of this instant in a time zone of the IANA database; UTC when unknown.
    pub fn day_in(self, zone: &str) -> Day {
        self.zoned(zone).date()
    }

    /// The instant seen from a time zone; UTC when the zone is unknown.
    pub fn zoned(self, zone: &str) -> jiff::Zoned {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        self.timestamp().to_zoned(zone)
    }

    /// The first instant of a day in a time zone; UTC when the zone is unknown.
    pub fn start_of(day: Day, zone: &str) -> Self {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let start = day.to_zoned(zone).map(|zoned| zoned.timestamp().as_millisecond());
        Self(start.unwrap_or(if day.year() < 1970 { i64::MIN } else { i64::MAX }))
    }

    /// A civil date and time such as `2026-12-24T06:00` in a zone of the IANA database; `None` when
    /// either cannot be read.
    pub fn in_zone(text: &str, zone: &str) -> Option<Self> {
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        let zoned = civil.to_zoned(TimeZone::get(zone).ok()?).ok()?;
        Some(Self(zoned.timestamp().as_millisecond()))
    }

    /// As cXML wants it: seconds and a numeric offset, never `Z`.
    pub fn to_cxml(self) -> String {
        self.timestamp().strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl serde::Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> serde::Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A text that is not an instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a time such as 2026-11-21T09:30:00Z, got \"{0}\"")]
pub struct NotTime(pub String);

impl FromStr for Time {
    type Err = NotTime;

    fn from_str(text: &str) -> Result<Self, NotTime> {
        let fault = || NotTime(super::text::shorten(text, 40));
        if offset_hours(text).is_some_and(|hours| hours > MOST_OFFSET_HOURS) {
            return Err(fault());
        }
        text.parse::<Timestamp>().map(|at| Self(at.as_millisecond())).map_err(|_| fault())
    }
}

/// No clock on earth is further from UTC; XML Schema sets the same bound.
const MOST_OFFSET_HOURS: u8 = 14;

/// The hours of a numeric offset behind the time of day.
fn offset_hours(text: &str) -> Option<u8> {
    let (_, time) = text.split_once(['T', 't', ' '])?;
    let (_, offset) = time.split_once(['+', '-'])?;
    offset.get(..2)?.parse().ok()
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.timestamp().strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        write!(f, "{text}")
    }
}
impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a day such as 2026-11-21, got \"{0}\"")]
pub struct NotDay(pub String);

/// Reads `2026-11-21` and nothing else.
pub fn parse_day(text: &str) -> Result<Day, NotDay> {
    let fault = || NotDay(super::text::shorten(text, 40));
    if text.len() != 10 {
        return Err(fault());
    }
    text.parse::<Date>().map_err(|_| fault())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_back_to_the_millisecond() {
        let at = Time::from_millis(1_795_254_291_042);
        assert_eq!(at.to_string().parse::<Time>(), Ok(at));
        assert!(at.to_string().ends_with(".042Z"));
        assert!(at.to_cxml().ends_with("+00:00"));
        assert_eq!("2026-11-21T10:00:00+01:00".parse::<Time>(), "2026-11-21T09:00:00Z".parse());
        assert!("2026-11-21T10:00:00+14:00".parse::<Time>().is_ok());
        assert!("2026-11-21T10:00:00+25:00".parse::<Time>().is_err());
        assert!("2026-11-21T10:00:00-15:00".parse::<Time>().is_err());
    }

    #[test]
    fn a_civil_time_is_an_instant_of_its_zone() {
        let at = Time::in_zone("2026-12-24T06:00", "Europe/Berlin");
        assert_eq!(at, "2026-12-24T05:00:00Z".parse().ok());
        assert_eq!(Time::in_zone("tomorrow", "Europe/Berlin"), None);
    }

    #[test]
    fn the_day_depends_on_the_zone() {
        let late: Time = "2026-11-21T23:30:00Z".parse().unwrap();
        assert_eq!(late.day_in("UTC").to_string(), "2026-11-21");
        assert_eq!(late.day_in("Europe/Berlin").to_string(), "2026-11-22");
        let start = Time::start_of(late.day_in("Europe/Berlin"), "Europe/Berlin");
        assert_eq!(start.to_string(), "2026-11-21T23:00:00.000Z");
        assert!(parse_day("2026-02-30").is_err());
        assert!(parse_day("20260228").is_err());
    }
}

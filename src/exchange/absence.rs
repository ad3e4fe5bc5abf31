//! Absences out of an iCalendar file (RFC 5545): the whole days of its events.
//!
//! An event of whole days is taken as it stands; one with times counts for every day it touches in
//! the reader's zone. Events that are cancelled, transparent (TRANSP:TRANSPARENT) or repeated
//! (RRULE) are left out, and said so: a weekly meeting is no absence.

use jiff::{ToSpan, civil::DateTime};

use crate::{
    base::{
        text::{one_line, shorten},
        time::{Day, Time},
    },
    domain::refusal::Refusal,
};

/// Events that one file may hold.
const MOST: usize = 1_000;
/// Bytes of one file.
const MAX_BYTES: usize = 1024 * 1024;

/// One event that is an absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub uid: String,
    pub from: Day,
    /// The last day.
    pub to: Day,
    pub summary: String,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entries {
    pub entries: Vec<Entry>,
    /// Events that are none, each with the reason in plain words.
    pub left_out: Vec<String>,
}

/// Reads a file; `zone` is the reader's, for events with times.
pub fn read(text: &str, zone: &str) -> Result<Entries, Refusal> {
    let lines = unfolded(text);
    if text.len() > MAX_BYTES || !lines.iter().any(|line| line.name == "BEGIN") {
        return Err(Refusal::invalid("bad-calendar", "This is no iCalendar file.")
            .field("calendar")
            .got(shorten(&one_line(text), 60))
            .expected("text that begins with BEGIN:VCALENDAR, at most 1 MB"));
    }
    let mut found = Entries::default();
    let mut event: Option<Vec<&Line>> = None;
    for line in &lines {
        match (line.name.as_str(), line.value.as_str()) {
            ("BEGIN", "VEVENT") => event = Some(Vec::new()),
            ("END", "VEVENT") => {
                if let Some(lines) = event.take() {
                    match entry(&lines, zone) {
                        Ok(entry) => found.entries.push(entry),
                        Err(why) => found.left_out.push(why),
                    }
                }
            }
            _ => event.iter_mut().for_each(|lines| lines.push(line)),
        }
        if found.entries.len() + found.left_out.len() > MOST {
            return Err(Refusal::invalid("bad-calendar", "The calendar holds too many events.")
                .field("calendar")
                .expected(format!("at most {MOST}")));
        }
    }
    Ok(found)
}

/// `DTSTART;VALUE=DATE:20261224`
struct Line {
    name: String,
    parameters: String,
    value: String,
}

/// Content lines with their folds taken out.
fn unfolded(text: &str) -> Vec<Line> {
    let mut whole: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        match (line.strip_prefix([' ', '\t']), whole.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => whole.push(line.to_owned()),
        }
    }
    whole.iter().filter_map(|line| split(line)).collect()
}

fn split(line: &str) -> Option<Line> {
    let mut quoted = false;
    let cut = line.find(|c: char| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    let (head, value) = line.split_at(cut);
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    Some(Line {
        name: name.trim().to_ascii_uppercase(),
        parameters: parameters.to_ascii_uppercase(),
        value: value[1..].trim().to_owned(),
    })
}

fn entry(lines: &[&Line], zone: &str) -> Result<Entry, String> {
    let find = |name: &str| lines.iter().find(|line| line.name == name);
    let summary = find("SUMMARY").map(|line| plain(&line.value)).unwrap_or_default();
    let out = |why: &str| format!("{}: {why}", if summary.is_empty() { "event" } else { &summary });
    let is = |name: &str, value: &str| find(name).is_some_and(|line| line.value == value);
    if is("STATUS", "CANCELLED") {
        return Err(out("it is cancelled"));
    }
    if is("TRANSP", "TRANSPARENT") {
        return Err(out("it leaves the person free"));
    }
    if find("RRULE").is_some() {
        return Err(out("it repeats; enter such days by hand"));
    }
    let start = find("DTSTART").ok_or_else(|| out("it has no start"))?;
    let (from, whole_day) = moment(start, zone).ok_or_else(|| out("its start is no day"))?;
    let to = match find("DTEND") {
        None => from,
        Some(end) => {
            let (end_on, _) = moment(end, zone).ok_or_else(|| out("its end is no day"))?;
            // The end is the first moment that is free again.
            let open = whole_day || midnight(end, zone);
            let last = if open { end_on.checked_sub(1.day()).ok() } else { Some(end_on) };
            last.filter(|last| *last >= from).unwrap_or(from)
        }
    };
    let uid = find("UID").map(|line| shorten(&line.value, 200)).filter(|uid| !uid.is_empty());
    let uid = uid.unwrap_or_else(|| format!("{from}/{to}/{summary}"));
    Ok(Entry { uid, from, to, summary })
}

/// Text with its escapes undone, on one line.
fn plain(value: &str) -> String {
    let text = value.replace("\\n", " ").replace("\\N", " ").replace("\\,", ",");
    shorten(&one_line(&text.replace("\\;", ";").replace("\\\\", "\\")), 200)
}

/// The day of a DTSTART or DTEND in the reader's zone, and whether it is a whole day.
fn moment(line: &Line, zone: &str) -> Option<(Day, bool)> {
    if line.parameters.contains("VALUE=DATE") && !line.parameters.contains("DATE-TIME")
        || line.value.len() == 8
    {
        return Day::strptime("%Y%m%d", &line.value).ok().map(|day| (day, true));
    }
    instant(line, zone).map(|at| (at.day_in(zone), false))
}

fn midnight(line: &Line, zone: &str) -> bool {
    instant(line, zone).is_some_and(|at| at.zoned(zone).time() == jiff::civil::Time::midnight())
}

fn instant(line: &Line, zone: &str) -> Option<Time> {
    let utc = line.value.strip_suffix('Z');
    let local = DateTime::strptime("%Y%m%dT%H%M%S", utc.unwrap_or(&line.value)).ok()?;
    // A TZID that the zone database does not know is read as the reader's own zone.
    let named = if utc.is_some() { "UTC" } else { zone };
    let tz = jiff::tz::TimeZone::get(named).unwrap_or(jiff::tz::TimeZone::UTC);
    let zoned = local.to_zoned(tz).ok()?;
    Some(Time::from_millis(zoned.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(events: &str) -> Entries {
        read(&format!("BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n"), "Europe/Berlin").unwrap()
    }

    fn days(events: &str) -> Vec<String> {
        let found = of(events);
        found.entries.iter().map(|one| format!("{} {}", one.from, one.to)).collect()
    }

    #[test]
    fn the_end_of_whole_days_is_the_first_free_one() {
        let event = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261224\r\n\
                     DTEND;VALUE=DATE:20270102\r\nSUMMARY:Christmas\\, at \r\n home\r\n\
                     END:VEVENT\r\n";
        assert_eq!(days(event), ["2026-12-24 2027-01-01"]);
        assert_eq!(of(event).entries[0].summary, "Christmas, at home");
        assert_eq!(
            days("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261224\nEND:VEVENT\n"),
            ["2026-12-24 2026-12-24"]
        );
    }

    #[test]
    fn times_count_for_every_day_they_touch_in_the_readers_zone() {
        let at = |from: &str, to: &str| {
            format!("BEGIN:VEVENT\nUID:2\nDTSTART:{from}\nDTEND:{to}\nEND:VEVENT\n")
        };
        // 23:30 in UTC is the next day in Berlin.
        assert_eq!(days(&at("20261123T233000Z", "20261124T100000Z")), ["2026-11-24 2026-11-24"]);
        assert_eq!(days(&at("20261123T000000", "20261125T000000")), ["2026-11-23 2026-11-24"]);
    }

    #[test]
    fn what_is_no_absence_is_left_out_and_said() {
        let with = |more: &str| {
            of(&format!(
                "BEGIN:VEVENT\nSUMMARY:Jour fixe\nDTSTART;VALUE=DATE:20261224\n{more}\nEND:VEVENT\n"
            ))
        };
        for more in ["RRULE:FREQ=WEEKLY", "STATUS:CANCELLED", "TRANSP:TRANSPARENT"] {
            let found = with(more);
            assert!(found.entries.is_empty(), "{more}");
            assert!(found.left_out[0].starts_with("Jour fixe: "), "{:?}", found.left_out);
        }
        assert!(of("BEGIN:VEVENT\nDTSTART:soon\nEND:VEVENT\n").entries.is_empty());
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in ["", "hello", "a,b,c"] {
            assert_eq!(read(bad, "UTC").unwrap_err().code, "bad-calendar");
        }
    }
}

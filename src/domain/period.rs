//! Periods that limits and budgets count by: days, weeks, months, quarters and fiscal years, as
//! whole civil days in the organisation's time zone.
//!
//! A fiscal year begins with the first day of the organisation's fiscal month and is named after
//! the calendar year in which it begins; its quarters are counted from there. Weeks begin on
//! Monday, as ISO 8601 has it.

use jiff::ToSpan;

use crate::base::{time::Day, words::words};

words! {
    /// How long a period is.
    Cycle {
        Day = "day",
        Week = "week",
        Month = "month",
        Quarter = "quarter",
        FiscalYear = "fiscal_year",
    }
}

/// One period with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub cycle: Cycle,
    /// `2026`, `2026-Q2`, `2026-03`, `2026-W10` or `2026-03-05`.
    pub name: String,
    pub first: Day,
    pub last: Day,
}

/// Months of a year.
const YEAR: i32 = 12;
const QUARTER: i32 = 3;

impl Term {
    /// The period that holds the day; `fiscal_month` is 1 to 12.
    pub fn around(cycle: Cycle, day: Day, fiscal_month: i8) -> Self {
        let month = months(day);
        let since_fiscal = month - (i32::from(fiscal_month) - 1);
        match cycle {
            Cycle::Day => Self { cycle, name: day.to_string(), first: day, last: day },
            Cycle::Week => {
                let back = i64::from(day.weekday().to_monday_zero_offset());
                let first = day.saturating_sub(back.days());
                let week = day.iso_week_date();
                let name = format!("{}-W{:02}", week.year(), week.week());
                Self { cycle, name, first, last: first.saturating_add(6.days()) }
            }
            Cycle::Month => Self::of_months(cycle, month, 1, day.strftime("%Y-%m").to_string()),
            Cycle::Quarter => {
                let into = since_fiscal.rem_euclid(QUARTER);
                let number = since_fiscal.rem_euclid(YEAR) / QUARTER + 1;
                let name = format!("{}-Q{number}", since_fiscal.div_euclid(YEAR));
                Self::of_months(cycle, month - into, QUARTER, name)
            }
            Cycle::FiscalYear => {
                let into = since_fiscal.rem_euclid(YEAR);
                let name = since_fiscal.div_euclid(YEAR).to_string();
                Self::of_months(cycle, month - into, YEAR, name)
            }
        }
    }

    /// The fiscal year, quarter or month of this name (`2026`, `2026-Q2`, `2026-03`).
    pub fn named(name: &str, fiscal_month: i8) -> Option<Self> {
        let (year, part) = name.split_at_checked(4)?;
        let year: i32 = year.parse().ok().filter(|year| (2000..=2999).contains(year))?;
        let fiscal = year * YEAR + i32::from(fiscal_month) - 1;
        let (cycle, month) = match part.as_bytes() {
            [] => (Cycle::FiscalYear, fiscal),
            [b'-', b'Q', quarter @ b'1'..=b'4'] => {
                (Cycle::Quarter, fiscal + i32::from(quarter - b'1') * QUARTER)
            }
            [b'-', b'0'..=b'9', b'0'..=b'9'] => {
                let month: i32 = part.get(1..)?.parse().ok()?;
                (Cycle::Month, year * YEAR + month.checked_sub(1).filter(|m| *m < YEAR)?)
            }
            _ => return None,
        };
        let term = Self::around(cycle, first_of(month), fiscal_month);
        (term.name == name).then_some(term)
    }

    /// The period of the same length that follows.
    pub fn next(&self, fiscal_month: i8) -> Self {
        Self::around(self.cycle, self.last.saturating_add(1.day()), fiscal_month)
    }

    /// The period of the same length that goes before.
    pub fn before(&self, fiscal_month: i8) -> Self {
        Self::around(self.cycle, self.first.saturating_sub(1.day()), fiscal_month)
    }

    fn of_months(cycle: Cycle, month: i32, count: i32, name: String) -> Self {
        let last = first_of(month + count).saturating_sub(1.day());
        Self { cycle, name, first: first_of(month), last }
    }
}

/// Months since year 0.
fn months(day: Day) -> i32 {
    i32::from(day.year()) * YEAR + i32::from(day.month()) - 1
}

/// The first day of a month counted from year 0; years that no calendar here holds stop at its end.
fn first_of(months: i32) -> Day {
    let year = i16::try_from(months.div_euclid(YEAR)).unwrap_or(i16::MAX);
    let month = i8::try_from(months.rem_euclid(YEAR) + 1).unwrap_or(1);
    Day::new(year, month, 1).unwrap_or(Day::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn shown(term: &Term) -> String {
        format!("{} {}..{}", term.name, term.first, term.last)
    }

    #[test]
    fn periods_hold_their_days_whatever_month_the_year_begins_in() {
        let at = |cycle, text, fiscal| shown(&Term::around(cycle, day(text), fiscal));
        assert_eq!(at(Cycle::Week, "2026-01-01", 1), "2026-W01 2025-12-29..2026-01-04");
        assert_eq!(at(Cycle::Month, "2028-02-10", 4), "2028-02 2028-02-01..2028-02-29");
        assert_eq!(at(Cycle::Quarter, "2026-11-22", 1), "2026-Q4 2026-10-01..2026-12-31");
        assert_eq!(at(Cycle::Quarter, "2026-03-31", 4), "2025-Q4 2026-01-01..2026-03-31");
        assert_eq!(at(Cycle::Quarter, "2026-01-15", 2), "2025-Q4 2025-11-01..2026-01-31");
        assert_eq!(at(Cycle::FiscalYear, "2026-03-31", 4), "2025 2025-04-01..2026-03-31");
        assert_eq!(at(Cycle::FiscalYear, "2026-04-01", 4), "2026 2026-04-01..2027-03-31");
    }

    #[test]
    fn names_read_back_and_nothing_else_is_one() {
        for (name, fiscal) in [("2026", 1), ("2026", 7), ("2026-Q3", 10), ("2026-09", 5)] {
            let term = Term::named(name, fiscal).unwrap();
            assert_eq!(term.name, name);
            assert_eq!(Term::around(term.cycle, term.last, fiscal), term);
            assert_eq!(term.next(fiscal).before(fiscal), term);
        }
        for bad in ["", "26", "1999", "2026-", "2026-13", "2026-00", "2026-Q5", "2026-q1", "2026/1"]
        {
            assert_eq!(Term::named(bad, 1), None, "{bad}");
        }
    }
}

//! Days on which a person is away. They count as no working days, and the forecast names them;
//! handing over decisions is another matter: that takes a delegation.

use crate::base::{
    id::{AbsenceId, OrganisationId, PersonId},
    time::Day,
};

use super::{calendar::Away, refusal::Refusal};

/// The longest absence, in days: a parental leave.
const MAX_DAYS: i32 = 1_100;

/// One absence of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    pub id: AbsenceId,
    pub organisation: OrganisationId,
    pub person: PersonId,
    pub days: Away,
    pub reason: String,
    /// The UID of the calendar entry it was imported from.
    pub uid: Option<String>,
}

/// Days in their order, and not for ever.
pub fn days(from: Day, to: Day) -> Result<Away, Refusal> {
    let length = from.until(to).map(|span| span.get_days()).unwrap_or(i32::MAX);
    if !(0..MAX_DAYS).contains(&length) {
        return Err(Refusal::invalid("bad-days", "These days cannot be an absence.")
            .field("to")
            .got(format!("{from} to {to}"))
            .expected(format!("a last day from {from} on, at most {MAX_DAYS} days in all")));
    }
    Ok(Away { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::parse_day;

    #[test]
    fn an_absence_ends_on_or_after_its_first_day() {
        let day = |text| parse_day(text).unwrap();
        assert!(days(day("2026-12-01"), day("2026-12-01")).is_ok());
        assert!(days(day("2026-12-01"), day("2027-02-28")).is_ok());
        assert!(days(day("2026-12-02"), day("2026-12-01")).is_err());
        assert!(days(day("2026-12-02"), day("2036-12-01")).is_err());
    }
}

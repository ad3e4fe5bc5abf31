//! Delegations: for some days somebody else may decide what one person is asked.
//!
//! A delegation is resolved when a task arises, and recorded with the task. It never hands over a
//! decision on the deputy's own request, and never a second signature. Delegations of one person
//! may overlap: the narrowest that covers the requisition holds, of equal ones the newest. A
//! circle of delegations that hold at one moment would leave nobody; it is refused when it is made.

use crate::base::{
    id::{DelegationId, OrganisationId, PersonId},
    money::Money,
    time::Time,
};

use super::refusal::Refusal;

/// What is handed over: all, or only requisitions within these bounds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Only requisitions up to this total. One of another currency is not covered.
    pub up_to: Option<Money>,
    /// Only requisitions all of whose lines have UNSPSC codes that begin so.
    pub category: Option<String>,
}

impl Scope {
    /// Whether a requisition falls within the bounds.
    pub fn covers(&self, subject: &Subject) -> bool {
        let amount = self.up_to.is_none_or(|up_to| {
            up_to.currency() == subject.total.currency() && subject.total.minor() <= up_to.minor()
        });
        let category = self.category.as_deref().is_none_or(|prefix| {
            !subject.categories.is_empty()
                && subject.categories.iter().all(|code| code.starts_with(prefix))
        });
        amount && category
    }

    /// How narrow it is; the narrowest delegation holds.
    fn narrowness(&self) -> (usize, bool, i64) {
        let category = self.category.as_ref().map_or(0, String::len);
        let amount = self.up_to.map_or(i64::MAX, Money::minor);
        (category, self.up_to.is_some(), amount.saturating_neg())
    }
}

/// The requisition that a delegation is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub total: Money,
    /// The UNSPSC code of each line; empty where a line has none.
    pub categories: Vec<String>,
}

/// A dated stand-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    pub id: DelegationId,
    pub organisation: OrganisationId,
    /// Whose tasks are handed over.
    pub principal: PersonId,
    pub deputy: PersonId,
    pub scope: Scope,
    pub starts_at: Time,
    /// The first moment at which it no longer holds.
    pub ends_at: Time,
    pub reason: String,
    pub made_by: PersonId,
    pub made_at: Time,
    /// When somebody ended it early.
    pub ended_at: Option<Time>,
    pub version: i64,
}

impl Delegation {
    /// The first moment at which it no longer holds, ended early or not.
    pub fn until(&self) -> Time {
        self.ended_at.map_or(self.ends_at, |ended| ended.min(self.ends_at))
    }

    pub fn holds_at(&self, at: Time) -> bool {
        self.starts_at <= at && at < self.until()
    }
}

/// Who stands in for a person at one moment over one requisition: for each delegation that covers
/// it, the narrowest and newest first, the deputies one after the other, because a deputy who is
/// away hands on in turn. Of the first that lead to somebody who may sign, the last one is asked.
pub fn deputies<'d>(
    all: &'d [Delegation],
    principal: PersonId,
    at: Time,
    subject: &Subject,
) -> impl Iterator<Item = Vec<&'d Delegation>> {
    let mut covering: Vec<_> = covering(all, principal, at, subject).collect();
    covering.sort_by_key(|one| std::cmp::Reverse(precedence(one)));
    covering.into_iter().map(move |first| handed_on(all, first, at, subject))
}

/// A delegation, and those by which its deputy hands on.
fn handed_on<'d>(
    all: &'d [Delegation],
    first: &'d Delegation,
    at: Time,
    subject: &Subject,
) -> Vec<&'d Delegation> {
    let mut found = vec![first];
    let mut person = first.deputy;
    while let Some(next) = covering(all, person, at, subject).max_by_key(|one| precedence(one)) {
        let known = |one: &&Delegation| one.deputy == next.deputy;
        if next.deputy == first.principal || found.iter().any(known) {
            break;
        }
        found.push(next);
        person = next.deputy;
    }
    found
}

/// Whether somebody was handed over a requisition like this, by one delegation or by deputies who
/// handed on in turn, each within the bounds of every delegation on the way.
pub fn reaches(
    all: &[Delegation],
    (principal, deputy): (PersonId, PersonId),
    at: Time,
    subject: &Subject,
) -> bool {
    let holds = |one: &&Delegation| one.holds_at(at) && one.scope.covers(subject);
    let (mut known, mut next) = (vec![principal], vec![principal]);
    while let Some(person) = next.pop() {
        for one in all.iter().filter(holds).filter(|one| one.principal == person) {
            if !known.contains(&one.deputy) {
                known.push(one.deputy);
                next.push(one.deputy);
            }
        }
    }
    deputy != principal && known.contains(&deputy)
}

fn covering<'d>(
    all: &'d [Delegation],
    person: PersonId,
    at: Time,
    subject: &Subject,
) -> impl Iterator<Item = &'d Delegation> {
    all.iter()
        .filter(move |one| one.principal == person && one.holds_at(at) && one.scope.covers(subject))
}

/// The narrowest goes first, then the newest.
fn precedence(one: &Delegation) -> impl Ord + use<> {
    (one.scope.narrowness(), one.made_at, one.id)
}

/// A circle that a new delegation would close: the delegations of it, and a moment at which all of
/// them hold. Bounds are not looked at: a circle for small orders is one too.
pub fn circle<'d>(
    all: &'d [Delegation],
    new: &'d Delegation,
) -> Option<(Vec<&'d Delegation>, Time)> {
    let mut paths: Vec<(Vec<&Delegation>, Time, Time)> =
        vec![(vec![new], new.starts_at, new.until())];
    while let Some((path, from, to)) = paths.pop() {
        let end = path.last().map_or(new.deputy, |last| last.deputy);
        if end == new.principal {
            return Some((path, from));
        }
        for next in all.iter().filter(|one| one.principal == end && one.id != new.id) {
            let (starts, ends) = (from.max(next.starts_at), to.min(next.until()));
            let known = path.iter().any(|one| one.id == next.id);
            if starts < ends && !known {
                let mut longer = path.clone();
                longer.push(next);
                paths.push((longer, starts, ends));
            }
        }
    }
    None
}

/// The refusal of a circle; `names` are the people of it in their order, the first one again at
/// the end.
pub fn circle_refusal(names: &[String], at: Time) -> Refusal {
    let witness = format!("{}, at {at}", names.join(" -> "));
    Refusal::invalid(
        "delegation-cycle",
        "With this delegation a task would go round in a circle, and nobody would be asked.",
    )
    .field("deputy")
    .got(witness.clone())
    .expected("a deputy who does not hand back in the same time")
    .mend("Choose another deputy or other days.")
    .with("witness", witness)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::Currency;

    const HOUR: i64 = 3_600_000;

    fn person(n: u128) -> PersonId {
        PersonId::from_bits(n)
    }

    fn hand(id: u128, from: u128, to: u128, hours: (i64, i64)) -> Delegation {
        Delegation {
            id: DelegationId::from_bits(id),
            organisation: OrganisationId::from_bits(1),
            principal: person(from),
            deputy: person(to),
            scope: Scope::default(),
            starts_at: Time::from_millis(hours.0 * HOUR),
            ends_at: Time::from_millis(hours.1 * HOUR),
            reason: String::new(),
            made_by: person(from),
            made_at: Time::from_millis(0),
            ended_at: None,
            version: 1,
        }
    }

    fn subject(minor: i64, categories: &[&str]) -> Subject {
        Subject {
            total: Money::from_minor(minor, Currency::EUR),
            categories: categories.iter().map(|code| (*code).to_owned()).collect(),
        }
    }

    fn asked(all: &[Delegation], from: u128, hour: i64, subject: &Subject) -> Vec<PersonId> {
        let at = Time::from_millis(hour * HOUR);
        let first = deputies(all, person(from), at, subject).next().unwrap_or_default();
        first.iter().map(|one| one.deputy).collect()
    }

    #[test]
    fn a_delegation_holds_from_its_first_moment_until_before_its_last() {
        let all = [hand(1, 1, 2, (10, 20))];
        let any = subject(1, &["43211503"]);
        assert!(asked(&all, 1, 9, &any).is_empty());
        assert_eq!(asked(&all, 1, 10, &any), [person(2)]);
        assert_eq!(asked(&all, 1, 19, &any), [person(2)]);
        assert!(asked(&all, 1, 20, &any).is_empty());
        let mut ended = all.to_vec();
        ended[0].ended_at = Some(Time::from_millis(12 * HOUR));
        assert!(asked(&ended, 1, 12, &any).is_empty());
    }

    #[test]
    fn delegations_side_by_side_follow_each_other_from_the_newest() {
        let mut newest = hand(2, 1, 3, (0, 10));
        newest.made_at = Time::from_millis(HOUR);
        let all = [hand(1, 1, 2, (0, 10)), newest, hand(3, 3, 4, (0, 10))];
        let any = subject(1, &["43211503"]);
        let chains = deputies(&all, person(1), Time::from_millis(HOUR), &any);
        let chains = chains.map(|chain| chain.iter().map(|one| one.deputy).collect::<Vec<_>>());
        assert_eq!(chains.collect::<Vec<_>>(), [vec![person(3), person(4)], vec![person(2)]]);
    }

    #[test]
    fn bounds_of_amount_and_category_are_kept() {
        let mut by_amount = hand(1, 1, 2, (0, 10));
        by_amount.scope.up_to = Some(Money::from_minor(100_000, Currency::EUR));
        let mut by_category = hand(2, 1, 3, (0, 10));
        by_category.scope.category = Some("43".into());
        let all = [by_amount, by_category];
        assert_eq!(asked(&all, 1, 1, &subject(100_000, &["44121700"])), [person(2)]);
        assert!(asked(&all, 1, 1, &subject(100_001, &["44121700"])).is_empty());
        assert_eq!(asked(&all, 1, 1, &subject(900_000, &["43211503"])), [person(3)]);
        assert!(asked(&all, 1, 1, &subject(900_000, &["43211503", "44121700"])).is_empty());
        let dollars = Subject {
            total: Money::from_minor(1, Currency::USD),
            categories: vec!["44121700".into()],
        };
        assert!(asked(&all, 1, 1, &dollars).is_empty(), "another currency is not covered");
    }

    #[test]
    fn of_overlapping_ones_the_narrowest_holds_then_the_newest() {
        let mut small = hand(1, 1, 2, (0, 10));
        small.scope.up_to = Some(Money::from_minor(1_000, Currency::EUR));
        let all = hand(2, 1, 3, (0, 10));
        let mut newer = hand(3, 1, 4, (0, 10));
        newer.made_at = Time::from_millis(5);
        let three = [small, all, newer];
        assert_eq!(asked(&three, 1, 1, &subject(500, &[""])), [person(2)]);
        assert_eq!(asked(&three, 1, 1, &subject(5_000, &[""])), [person(4)]);
    }

    #[test]
    fn a_deputy_who_is_away_hands_on() {
        let all = [hand(1, 1, 2, (0, 10)), hand(2, 2, 3, (5, 10))];
        assert_eq!(asked(&all, 1, 1, &subject(1, &[])), [person(2)]);
        assert_eq!(asked(&all, 1, 6, &subject(1, &[])), [person(2), person(3)]);
    }

    #[test]
    fn a_deputy_reaches_as_far_as_every_delegation_on_the_way() {
        let mut bounded = hand(2, 2, 3, (0, 10));
        bounded.scope.up_to = Some(Money::from_minor(100_000, Currency::EUR));
        let all = [hand(1, 1, 2, (0, 10)), bounded];
        let far = |to: u128, at: i64, minor: i64| {
            let at = Time::from_millis(at * HOUR);
            reaches(&all, (person(1), person(to)), at, &subject(minor, &["44121700"]))
        };
        assert!(far(2, 1, 900_000) && far(3, 1, 100_000));
        assert!(!far(3, 1, 100_001), "beyond what the second handed on");
        assert!(!far(2, 10, 1), "it is over");
        assert!(!far(4, 1, 1) && !far(1, 1, 1));
    }

    #[test]
    fn a_circle_is_found_with_a_moment_of_it() {
        let all = [hand(1, 1, 2, (0, 10)), hand(2, 2, 3, (8, 20))];
        let back = hand(3, 3, 1, (9, 12));
        let (path, at) = circle(&all, &back).expect("a circle");
        assert_eq!(path.len(), 3);
        assert_eq!(at, Time::from_millis(9 * HOUR));
        assert!(path.iter().all(|one| one.holds_at(at)), "the witness holds");
        let later = hand(3, 3, 1, (10, 12));
        assert!(circle(&all, &later).is_none(), "they never hold at one moment");
    }
}

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{
    base::id::PersonId,
    domain::{
        approval::{Person, Rate, WindowSum},
        requisition::RequisitionSource,
    },
};

fn euro(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

fn facts(total: Money, roles: &[Role]) -> Facts {
    Facts {
        organisation: "initech".to_owned(),
        currency: Currency::EUR,
        requester: Person {
            id: PersonId::from_bits(1),
            mail: "Ed@initech.example".to_owned(),
            name: "Ed".to_owned(),
            active: true,
        },
        roles: roles.iter().cloned().collect::<BTreeSet<_>>(),
        managers: Vec::new(),
        cost_center: "4100".to_owned(),
        total,
        lines: Vec::new(),
        source: RequisitionSource::Cart,
        flagged: false,
        budget: None,
        holders: BTreeMap::new(),
        named: Vec::new(),
        rates: Vec::new(),
        windows: Vec::new(),
    }
}

fn limit(id: &str, subject: Subject, period: Period, amount: Money) -> Limit {
    Limit { rule: RuleRef { id: id.to_owned(), version: "1".to_owned() }, subject, period, amount }
}

fn role(role: &Role) -> Subject {
    Subject::Role(role.clone())
}

#[test]
fn the_limit_itself_is_within() {
    let limits = [limit("r", role(&Role::REQUESTER), Period::Order, euro(50_000))];
    let within = |minor| judge(&limits, &facts(euro(minor), &[Role::REQUESTER])).unwrap().within;
    assert!(within(50_000));
    assert!(!within(50_001));
    assert!(!within(300_000_000_000));
}

#[test]
fn without_a_limit_nothing_is_within() {
    let standing = judge(&[], &facts(euro(1), &[Role::REQUESTER])).unwrap();
    assert!(!standing.within && standing.measured.is_empty());
}

#[test]
fn a_persons_own_limit_goes_first_even_when_it_is_lower() {
    let own = Subject::Person("ed@initech.example".to_owned());
    let limits = [
        limit("own", own, Period::Order, euro(100)),
        limit("r", role(&Role::REQUESTER), Period::Order, euro(50_000)),
    ];
    let standing = judge(&limits, &facts(euro(101), &[Role::REQUESTER])).unwrap();
    assert!(!standing.within);
    assert_eq!(standing.measured.len(), 1);
}

#[test]
fn among_roles_the_highest_limit_counts_in_any_currency() {
    let limits = [
        limit("r", role(&Role::REQUESTER), Period::Order, euro(50_000)),
        limit("d", role(&Role::DIRECTOR), Period::Order, Money::from_minor(60_000, Currency::USD)),
    ];
    let mut facts = facts(euro(50_001), &[Role::REQUESTER, Role::DIRECTOR]);
    assert_eq!(judge(&limits, &facts).unwrap_err().code, "policy-cannot-decide");
    facts.rates = vec![
        Rate { from: Currency::USD, to: Currency::EUR, rate: Decimal::new(9, 1) },
        Rate { from: Currency::EUR, to: Currency::USD, rate: Decimal::new(11, 1) },
    ];
    let standing = judge(&limits, &facts).unwrap();
    assert_eq!(standing.measured[0].rule.id, "d");
    assert!(standing.within);
}

#[test]
fn a_window_counts_earlier_orders_and_every_period_must_hold() {
    let limits = [
        limit("w", role(&Role::REQUESTER), Period::Window { days: 7 }, euro(100_000)),
        limit("o", role(&Role::REQUESTER), Period::Order, euro(20_000)),
    ];
    let mut facts = facts(euro(15_000), &[Role::REQUESTER]);
    assert_eq!(judge(&limits, &facts).unwrap_err().code, "policy-cannot-decide");
    facts.windows = vec![WindowSum { days: 7, total: euro(85_000) }];
    let standing = judge(&limits, &facts).unwrap();
    assert!(standing.within);
    assert_eq!(standing.judged, euro(100_000));
    facts.windows[0].total = euro(85_001);
    let standing = judge(&limits, &facts).unwrap();
    assert!(!standing.within);
    assert_eq!(
        standing.because,
        "1,000.01 EUR within 7 days, this order included, is above the requester's own limit of \
         1,000.00 EUR."
    );
    facts.windows[0].total = euro(i64::MAX);
    assert_eq!(judge(&limits, &facts).unwrap_err().code, "policy-cannot-decide");
}

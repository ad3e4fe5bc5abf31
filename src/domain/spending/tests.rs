use super::*;
use crate::{
    base::{id::PersonId, money::Currency},
    domain::approval::{Earlier, Line, Person, Rate},
};

fn euro(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

fn facts(total: Money, roles: &[Role]) -> Facts {
    let requester = Person {
        id: PersonId::from_bits(1),
        mail: "Ed@initech.example".to_owned(),
        name: "Ed".to_owned(),
        active: true,
        decides: true,
    };
    Facts {
        roles: roles.iter().cloned().collect(),
        cost_center: "4100".to_owned(),
        ..Facts::plain(requester, total)
    }
}

fn limit(id: &str, subject: Subject, period: Period, amount: Money) -> Limit {
    let rule = RuleRef { id: id.to_owned(), version: "1".to_owned() };
    Limit {
        rule,
        own: matches!(subject, Subject::Role(_) | Subject::Person(_)),
        subject,
        period,
        amount,
    }
}

fn week(earlier: i64) -> WindowSum {
    let (count, totals) = (Count::own_window(7), vec![euro(earlier)]);
    WindowSum { count, totals, earlier: Vec::new() }
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
    facts.windows = vec![week(85_000)];
    let standing = judge(&limits, &facts).unwrap();
    assert!(standing.within);
    assert_eq!(standing.judged, euro(100_000));
    facts.windows[0].totals = vec![euro(85_001)];
    let standing = judge(&limits, &facts).unwrap();
    assert!(!standing.within);
    assert_eq!(
        standing.because,
        "1,000.01 EUR within 7 days, this order included, is above the requester's own limit of \
         1,000.00 EUR."
    );
    facts.windows[0].totals = vec![euro(i64::MAX)];
    assert_eq!(judge(&limits, &facts).unwrap_err().code, "policy-cannot-decide");
}

#[test]
fn five_carts_within_the_window_are_judged_as_one_and_named() {
    let limits = [limit("w", role(&Role::REQUESTER), Period::Window { days: 7 }, euro(100_000))];
    let mut facts = facts(euro(99_000), &[Role::REQUESTER]);
    for before in 0..5 {
        facts.windows = vec![week(before * 99_000)];
        facts.windows[0].earlier = (1..=before)
            .map(|n| Earlier { number: format!("REQ-{n}"), total: euro(99_000) })
            .collect();
        let standing = judge(&limits, &facts).unwrap();
        assert_eq!(standing.within, before == 0, "cart {}", before + 1);
        assert_eq!(standing.judged, euro((before + 1) * 99_000));
    }
    let standing = judge(&limits, &facts).unwrap();
    assert_eq!(
        standing.because,
        "4,950.00 EUR within 7 days, this order included, is above the requester's own limit of \
         1,000.00 EUR. Judged together with REQ-1 (990.00 EUR), REQ-2 (990.00 EUR), REQ-3 (990.00 \
         EUR), REQ-4 (990.00 EUR)."
    );
    assert!(standing.judged_words(&facts).starts_with("4,950.00 EUR within 7 days"));
}

fn line(number: u32, supplier: &str, unspsc: &str, total: i64) -> Line {
    Line { unspsc: Some(unspsc.to_owned()), ..Line::plain(number, supplier, euro(total)) }
}

/// 30.00 of pens and 70.00 of drills.
fn pens_and_drills() -> Facts {
    let mut facts = facts(euro(10_000), &[Role::REQUESTER]);
    facts.lines =
        vec![line(1, "office-one", "44121704", 3_000), line(2, "toolworks", "27112700", 7_000)];
    facts
}

#[test]
fn suppliers_categories_and_cost_centres_count_their_own_part() {
    let own = limit("own", role(&Role::REQUESTER), Period::Order, euro(1_000_000));
    let supplier = |name: &str, amount| {
        limit("s", Subject::Supplier(name.to_owned()), Period::Order, euro(amount))
    };
    let category = |name: &str, amount| {
        limit("c", Subject::Category(name.to_owned()), Period::Order, euro(amount))
    };
    let center = |code: &str, amount| {
        limit("k", Subject::CostCenter(code.to_owned()), Period::Order, euro(amount))
    };
    for (other, within) in [
        (supplier("toolworks", 7_000), true),
        (supplier("toolworks", 6_999), false),
        (supplier("partsdesk", 1), true),
        (supplier(EACH, 6_999), false),
        (category("27", 6_999), false),
        (category("4412", 2_999), false),
        (category("43", 0), true),
        (category(EACH, 7_000), true),
        (center("4100", 9_999), false),
        (center("4200", 1), true),
    ] {
        let standing = judge(&[own.clone(), other.clone()], &pens_and_drills()).unwrap();
        assert_eq!(standing.within, within, "{other:?}");
        assert_eq!(standing.judged, euro(10_000));
    }
    // What names its subject goes before what holds for each.
    let limits = [own, supplier(EACH, 100), supplier("office-one", 5_000)];
    let standing = judge(&limits, &pens_and_drills()).unwrap();
    let found: Vec<_> =
        standing.measured.iter().map(|one| (one.count.what.clone(), one.within)).collect();
    assert_eq!(
        found,
        [
            (What::All, true),
            (What::Supplier("toolworks".to_owned()), false),
            (What::Supplier("office-one".to_owned()), true),
        ]
    );
    let words = "70.00 EUR from toolworks is above the limit for supplier toolworks of 1.00 EUR.";
    assert_eq!(standing.because, words);
}

#[test]
fn a_limit_on_a_supplier_alone_leaves_the_requester_without_one() {
    let limits = [limit("s", Subject::Supplier(EACH.to_owned()), Period::Order, euro(1_000_000))];
    let standing = judge(&limits, &pens_and_drills()).unwrap();
    assert!(!standing.within);
    assert!(standing.because.contains("no own limit"), "{}", standing.because);
}

#[test]
fn a_calendar_period_counts_but_does_not_raise_what_the_tiers_see() {
    let month = Period::Calendar(crate::domain::period::Cycle::Month);
    let limits = [limit("m", role(&Role::REQUESTER), month, euro(200_000))];
    let mut facts = facts(euro(50_000), &[Role::REQUESTER]);
    let count = counts(&limits, &facts).unwrap().remove(0);
    assert_eq!(count, Count { what: What::All, own: true, period: month });
    facts.windows = vec![WindowSum { count, totals: vec![euro(150_001)], earlier: Vec::new() }];
    let standing = judge(&limits, &facts).unwrap();
    assert!(!standing.within && standing.together.is_none());
    assert_eq!(standing.judged, euro(50_000));
    assert_eq!(
        standing.because,
        "2,000.01 EUR this month, this order included, is above the requester's own limit of \
         2,000.00 EUR."
    );
}

#[test]
fn earlier_orders_in_other_currencies_are_converted_or_nothing_is_decided() {
    let limits = [limit("w", role(&Role::REQUESTER), Period::Window { days: 7 }, euro(100_000))];
    let mut facts = facts(euro(10_000), &[Role::REQUESTER]);
    let dollars = Money::from_minor(100_000, Currency::USD);
    facts.windows = vec![week(0)];
    facts.windows[0].totals.push(dollars);
    assert_eq!(judge(&limits, &facts).unwrap_err().code, "policy-cannot-decide");
    facts.rates = vec![Rate { from: Currency::USD, to: Currency::EUR, rate: Decimal::new(9, 1) }];
    let standing = judge(&limits, &facts).unwrap();
    assert!(standing.within, "exactly 1,000.00 EUR");
    assert_eq!(standing.judged, euro(100_000));
}

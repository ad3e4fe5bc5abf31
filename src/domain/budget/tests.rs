use super::*;
use crate::{base::id::CostCenterId, domain::cart::Account};

fn euro(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

fn budget(mode: BudgetMode, limit: i64) -> Budget {
    Budget {
        id: BudgetId::from_bits(1),
        organisation: OrganisationId::from_bits(2),
        subject: Subject::cost_center(CostCenterId::from_bits(3)),
        period: "2026".into(),
        starts_on: Day::constant(2026, 1, 1),
        ends_on: Day::constant(2026, 12, 31),
        mode,
        carries_over: false,
        standing: Standing::fresh(euro(limit)),
        version: 1,
    }
}

#[test]
fn accounts_always_add_up_to_the_limit() {
    use BudgetAccount::{Available, Carried, Committed, Granted, Reserved, Spent};
    let moves = [
        (Available, Reserved, 700),
        (Reserved, Available, 200),
        (Reserved, Committed, 500),
        (Committed, Spent, 450),
        (Committed, Available, 50),
        (Available, Spent, 600),
        (Granted, Available, 300),
        (Carried, Available, 40),
        (Available, Granted, 100),
    ];
    let mut standing = Standing::fresh(euro(760));
    for (source, target, amount) in moves {
        let movement = Movement { source, target, amount: euro(amount) };
        standing = standing.after(&movement).unwrap();
    }
    assert_eq!(standing.spent, euro(1_050));
    assert_eq!((standing.limit, standing.carried), (euro(1_000), euro(40)));
    assert_eq!(standing.available(), Ok(euro(-50)));
}

#[test]
fn exactly_what_is_left_is_not_exceeded() {
    let budget = budget(BudgetMode::Block, 1_000);
    assert!(!budget.state_for(euro(1_000)).unwrap().exceeded);
    assert!(budget.state_for(euro(1_001)).unwrap().exceeded);
    let dollars = Money::from_minor(1, Currency::USD);
    assert_eq!(budget.state_for(dollars).map_err(|no| no.code), Err("policy-cannot-decide"));
}

#[test]
fn only_a_budget_in_mode_warn_that_does_not_suffice_warns() {
    let said = |mode, amount| {
        let state = budget(mode, 1_000).state_for(euro(amount)).unwrap();
        warning("cost centre 4100", euro(amount), &state)
    };
    let told = said(BudgetMode::Warn, 1_001).unwrap();
    assert!(told.contains("10.01 EUR") && told.contains("10.00 EUR is left"), "{told}");
    assert_eq!(said(BudgetMode::Warn, 1_000), None);
    assert_eq!(said(BudgetMode::RequireApproval, 1_001), None);
}

#[test]
fn a_line_counts_against_its_cost_centre_its_project_and_each_of_its_accounts() {
    let account = |name: &str, value: &str| Account { name: name.into(), value: value.into() };
    let lines = [
        vec![account("GL", "6100"), account("Project", "P-2")],
        vec![account("GL", "6100"), account("GL", "6200")],
    ];
    let of = Charged { cost_center: Some(CostCenterId::from_bits(3)), project: Some("P-1") };
    let subjects = of.subjects(lines.iter().map(Vec::as_slice));
    let counted: Vec<(&str, [bool; 2])> = subjects
        .iter()
        .map(|one| (one.kind.said(), [0, 1].map(|at: usize| one.counts(&of, &lines[at]))))
        .collect();
    let expected = [
        ("cost centre", [true, true]),
        ("project", [true, true]),
        ("account", [true, true]),
        ("project", [true, false]),
        ("account", [false, true]),
    ];
    assert_eq!(counted, expected);
}

#[test]
fn a_period_holds_its_first_and_last_day() {
    let budget = budget(BudgetMode::Warn, 1);
    assert!(budget.holds(Day::constant(2026, 1, 1)));
    assert!(budget.holds(Day::constant(2026, 12, 31)));
    assert!(!budget.holds(Day::constant(2027, 1, 1)));
}

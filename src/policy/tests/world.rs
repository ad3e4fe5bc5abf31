//! The demo world's people as facts.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    base::{
        id::PersonId,
        money::{Currency, Money},
    },
    domain::{
        approval::{Facts, Line, Outcome, Person, PlannedStep},
        role::Role,
    },
    policy::{access::Access, approval::Ruleset, limits::Limits, seed},
};

/// ed, mia, dan, carla, ivy and a spare don, by first name.
pub fn person(name: &str) -> Person {
    let bits = name.bytes().fold(0_u128, |bits, byte| bits << 8 | u128::from(byte));
    Person {
        id: PersonId::from_bits(bits),
        mail: format!("{name}@acme.example"),
        name: name.to_owned(),
        active: true,
        decides: true,
    }
}

pub fn roles() -> BTreeSet<Role> {
    Role::KNOWN.iter().cloned().collect()
}

pub fn money(amount: &str) -> Money {
    Money::parse(amount, Currency::EUR).unwrap()
}

pub fn line(number: u32, unspsc: &str, total: Money) -> Line {
    Line {
        sku: format!("ITEM-{number:02}"),
        unspsc: Some(unspsc.to_owned()),
        unit: "EA".to_owned(),
        ..Line::plain(number, "office-one", total)
    }
}

/// Ed's requisition of one line of pens in Acme.
pub fn facts(total: Money) -> Facts {
    facts_of("ed", total, &["44121700"])
}

pub fn facts_of(requester: &str, total: Money, codes: &[&str]) -> Facts {
    let chain = ["ed", "mia", "dan", "carla"];
    let above = chain.iter().position(|name| *name == requester).unwrap_or(1);
    Facts {
        organisation: "acme".to_owned(),
        currency: Currency::EUR,
        roles: [Role::REQUESTER].into(),
        managers: chain[above + 1..].iter().map(|name| person(name)).collect(),
        manager_roles: [("mia", Role::APPROVER), ("dan", Role::DIRECTOR), ("carla", Role::CFO)]
            .map(|(name, role)| (person(name).id, [role].into()))
            .into(),
        cost_center: "4100".to_owned(),
        ship_to_country: Some("DE".to_owned()),
        lines: codes.iter().zip(1..).map(|(code, n)| line(n, code, total)).collect(),
        holders: [
            (Role::DIRECTOR, vec![person("dan")]),
            (Role::CFO, vec![person("carla")]),
            (Role::IT_REVIEWER, vec![person("ivy")]),
        ]
        .into(),
        named: vec![person("mia")],
        ..Facts::plain(person(requester), total)
    }
}

/// The seed sets of an organisation, loaded as the app loads them.
pub fn loaded(organisation: &str, currency: Currency) -> (Arc<Ruleset>, Limits) {
    let sets = seed::seed(organisation, currency);
    let access = Access::load(&sets.access).unwrap();
    let rules = Ruleset::load(&sets.approval, "1", access.roles()).unwrap();
    let limits = Limits::load(&sets.limits, "1", access.roles()).unwrap();
    (rules, limits)
}

/// A plan in the short form of `cases.csv`.
pub fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::NoSignOff { .. } => "none".to_owned(),
        Outcome::Blocked(refusal) => {
            let rule = refusal.more.iter().find(|(name, _)| *name == "rule");
            let rule = rule.map(|(_, id)| format!(":{id}")).unwrap_or_default();
            format!("blocked:{}{rule}", refusal.code)
        }
        Outcome::Plan(plan) => {
            let orders: BTreeSet<u32> = plan.steps.iter().map(|step| step.order).collect();
            let expected: Vec<u32> = (1..).take(orders.len()).collect();
            assert_eq!(orders.iter().copied().collect::<Vec<_>>(), expected, "no gap in orders");
            let beside = |order: &u32| {
                let steps = plan.steps.iter().filter(|step| step.order == *order);
                steps.map(people).collect::<Vec<_>>().join(" & ")
            };
            orders.iter().map(beside).collect::<Vec<_>>().join(" > ")
        }
    }
}

fn people(step: &PlannedStep) -> String {
    assert!(!step.because.is_empty());
    let names: Vec<&str> = step.approvers.iter().map(|person| person.name.as_str()).collect();
    names.join("|")
}

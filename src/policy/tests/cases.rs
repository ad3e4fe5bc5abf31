use std::collections::BTreeMap;

use super::world::{facts_of, line, loaded, person, short};
use crate::{
    base::{
        decimal,
        money::{Currency, Money},
    },
    domain::{
        approval::{BudgetMode, BudgetState, Facts, Rate, WindowSum},
        requisition::RequisitionSource,
        role::Role,
        spending::Count,
    },
};

const CASES: &str = include_str!("../../../policies/cases.csv");

type Case = BTreeMap<String, String>;

fn cases() -> Vec<Case> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(CASES.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

fn base_of(organisation: &str) -> Currency {
    if organisation == "globex" { Currency::USD } else { Currency::EUR }
}

fn facts(case: &Case) -> Facts {
    let base = base_of(&case["organisation"]);
    let total = Money::parse(&case["amount"], case["currency"].parse().unwrap()).unwrap();
    let codes: Vec<&str> = case["lines"].split('|').filter(|code| !code.is_empty()).collect();
    let mut facts = facts_of(&case["requester"], total, &codes);
    facts.organisation.clone_from(&case["organisation"]);
    facts.currency = base;
    if case["organisation"] != "acme" {
        facts.managers = vec![person("mia")];
        facts.holders.clear();
    }
    if let Some((mode, available)) = case["budget"].split_once(':') {
        let available = Money::parse(available, base).unwrap();
        let mode = mode.parse::<BudgetMode>().unwrap();
        facts.budget = Some(BudgetState { mode, exceeded: true, available });
    }
    if !case["earlier"].is_empty() {
        let total = Money::parse(&case["earlier"], base).unwrap();
        let count = Count::own_window(7);
        facts.windows.push(WindowSum { count, totals: vec![total], earlier: Vec::new() });
    }
    if let Some((pair, rate)) = case["rate"].split_once('=') {
        let (from, to) = pair.split_once('>').unwrap();
        let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
        facts.rates.push(Rate { from, to, rate: decimal::parse(rate).unwrap() });
    }
    case["change"].split_whitespace().for_each(|change| change_world(&mut facts, change));
    facts
}

fn change_world(facts: &mut Facts, change: &str) {
    let disable = |facts: &mut Facts, name: &str| {
        let everybody = facts.managers.iter_mut().chain(facts.holders.values_mut().flatten());
        everybody.filter(|one| one.name == name).for_each(|one| one.active = false);
    };
    match change {
        "no-unspsc" => {
            let mut bare = line(1, "", facts.total);
            bare.unspsc = None;
            facts.lines.push(bare);
        }
        "line-in-usd" => {
            facts.lines.push(line(9, "44121700", Money::from_minor(1, Currency::USD)));
        }
        "no-cost-centre" => facts.cost_center.clear(),
        "second-director" => {
            facts.holders.entry(Role::DIRECTOR).or_default().push(person("don"));
        }
        "mia-disabled" => disable(facts, "mia"),
        "dan-disabled" => disable(facts, "dan"),
        "no-manager" => facts.managers.clear(),
        "own-manager" => facts.managers.insert(0, facts.requester.clone()),
        "no-role" => facts.roles.clear(),
        "no-reviewer" => {
            facts.holders.remove(&Role::IT_REVIEWER);
        }
        "flagged" => facts.flagged = true,
        "incoming_order" => facts.source = RequisitionSource::IncomingOrder,
        other => panic!("cases.csv: unknown change {other}"),
    }
}

#[test]
fn the_seed_policies_say_what_cases_csv_expects() {
    let cases = cases();
    assert!(cases.len() >= 45, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let (rules, limits) = loaded(&case["organisation"], base_of(&case["organisation"]));
        let facts = facts(case);
        let got = short(&rules.plan(&limits, &facts));
        assert_eq!(got, short(&rules.plan(&limits, &facts)), "the same facts, the same plan");
        if got != case["plan"] {
            wrong.push(format!("{}: expected {}, got {got}", case["case"], case["plan"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

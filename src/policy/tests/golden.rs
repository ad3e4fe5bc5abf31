//! The golden set: one rule for each thing the language can ask, say or name, and what must come of
//! requisitions that just meet it and just do not.

use std::collections::BTreeMap;

use super::world::{facts_of, line, person, roles};
use crate::{
    base::{
        decimal,
        money::{Currency, Money},
    },
    domain::{
        approval::{AdHoc, BudgetMode, BudgetState, Facts, Line, Outcome, PlannedStep, Rate},
        requisition::RequisitionSource,
    },
    policy::{approval::Ruleset, limits::Limits},
};

const RULES: &str = include_str!("../../../policies/golden/rules.csv");
const ROWS: &str = include_str!("../../../policies/golden/golden.csv");
const LIMITS: &str = "id,subject,period,currency,amount\n\
                      own,role:requester,order,EUR,500.00\n\
                      mia,person:mia@acme.example,sign,EUR,2000.00\n\
                      director,role:director,sign,EUR,20000.00\n\
                      cfo,role:cfo,sign,EUR,100000.00\n";

type Row = BTreeMap<String, String>;

fn rows() -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(ROWS.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

fn facts(row: &Row) -> Facts {
    let total = Money::parse(&row["amount"], row["currency"].parse().unwrap()).unwrap();
    let mut facts = facts_of(&row["requester"], total, &[]);
    facts.currency = Currency::EUR;
    facts.cost_center.clone_from(&row["cost_center"]);
    facts.groups = [("buyers".to_owned(), ["don", "ivy", "mia"].map(person).to_vec())].into();
    facts.cost_center_owner = Some(person("dan"));
    facts.contract_owners = [("office-one", "ivy"), ("toolworks", "don"), ("toolworks-2", "don")]
        .map(|(shop, owner)| (shop.to_owned(), person(owner)))
        .into();
    let sets: Vec<(&str, &str)> =
        row["set"].split_whitespace().map(|set| set.split_once('=').unwrap()).collect();
    let many = sets.iter().map(|(_, value)| value.split('|').count()).max().unwrap_or(1);
    facts.lines = (1..).take(many).map(|number| a_line(number, total)).collect();
    for (name, value) in sets {
        head(&mut facts, name, value);
        let values: Vec<&str> = value.split('|').collect();
        for (at, line) in facts.lines.iter_mut().enumerate() {
            of_line(line, name, values.get(at).copied().unwrap_or(values[0]));
        }
    }
    facts
}

fn a_line(number: u32, total: Money) -> Line {
    let mut line = line(number, "44121700", total);
    line.accounts = vec!["6999".to_owned()];
    line
}

fn head(facts: &mut Facts, name: &str, value: &str) {
    let some = || Some(value.to_owned()).filter(|value| value != "none");
    match name {
        "project" => facts.project = some(),
        "country" => facts.ship_to_country = some(),
        "unit" => facts.unit = some(),
        "urgent" => drop(facts.fields.insert("urgent".to_owned(), value.to_owned())),
        "source" => facts.source = value.parse::<RequisitionSource>().unwrap(),
        "flagged" => facts.flagged = value == "yes",
        "roles" => {
            let named = value.split('|').filter(|name| *name != "none");
            facts.roles = named.map(|name| name.parse().unwrap()).collect();
        }
        "budget" => {
            let (mode, left) = value.split_once(':').unwrap();
            let available = Money::parse(left, Currency::EUR).unwrap();
            let mode = mode.parse::<BudgetMode>().unwrap();
            facts.budget = Some(BudgetState { mode, exceeded: true, available });
        }
        "rate" => {
            let (pair, rate) = value.split_once('=').unwrap();
            let (from, to) = pair.split_once('>').unwrap();
            let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
            facts.rates.push(Rate { from, to, rate: decimal::parse(rate).unwrap() });
        }
        "owner" => facts.cost_center_owner = None,
        "add" => {
            let reason = "Knows the machine.".to_owned();
            facts.ad_hoc.push(AdHoc { person: person(value), reason });
        }
        _ => {}
    }
}

fn of_line(line: &mut Line, name: &str, value: &str) {
    let some = || Some(value.to_owned()).filter(|value| value != "none");
    match name {
        "unspsc" => line.unspsc = some(),
        "eclass" => line.eclass = some(),
        "supplier" => line.supplier = value.to_owned(),
        "status" => line.supplier_status = value.parse().unwrap(),
        "kind" => line.kind = value.parse().unwrap(),
        "account" => line.accounts = some().into_iter().collect(),
        "line" => line.total = Money::parse(value, line.total.currency()).unwrap(),
        "gift" => drop(line.fields.insert("gift".to_owned(), value.to_owned())),
        _ => {}
    }
}

/// `mia & ivy > 2-of(dan|don) !warned @told`.
fn short(outcome: &Outcome) -> String {
    if let Outcome::Blocked(refusal) = outcome {
        let rule = refusal.more.iter().find(|(name, _)| *name == "rule");
        let rule = rule.map(|(_, id)| format!(":{id}")).unwrap_or_default();
        return format!("blocked:{}{rule}", refusal.code);
    }
    let people = |step: &PlannedStep| {
        let names: Vec<&str> = step.approvers.iter().map(|one| one.name.as_str()).collect();
        match step.mode.word() {
            "any" => names.join("|"),
            mode => format!("{mode}({})", names.join("|")),
        }
    };
    let mut text = String::new();
    let mut before = None;
    for step in outcome.steps() {
        text.push_str(match before {
            None => "",
            Some(order) if order == step.order => " & ",
            Some(_) => " > ",
        });
        text.push_str(&people(step));
        before = Some(step.order);
    }
    if text.is_empty() {
        text.push_str("none");
    }
    let notes = outcome.notes().cloned().unwrap_or_default();
    notes.warnings.iter().for_each(|one| text.push_str(&format!(" !{}", one.rule.id)));
    notes.watchers.iter().for_each(|one| text.push_str(&format!(" @{}", one.person.name)));
    text
}

/// The set without one rule.
fn without(rule: &str) -> String {
    let own = |line: &&str| !line.starts_with(&format!("{rule},"));
    RULES.lines().filter(own).map(|line| format!("{line}\n")).collect()
}

#[test]
fn every_golden_row_gets_its_plan_and_names_the_rule_that_makes_it() {
    let rows = rows();
    assert!(rows.len() >= 150, "only {} rows", rows.len());
    let limits = Limits::load(LIMITS, "1", &roles()).unwrap();
    let rules = Ruleset::load(RULES, "1", &roles()).unwrap();
    let mut wrong = Vec::new();
    let mut guarded: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for row in &rows {
        let facts = facts(row);
        let outcome = rules.plan(&limits, &facts);
        let (case, got) = (&row["case"], short(&outcome));
        if got != row["plan"] {
            wrong.push(format!("{case}: expected {}, got {got}", row["plan"]));
        }
        if let Err(refusal) = rules.prove(&limits, &facts)
            && !refusal.message.contains(" has no ")
        {
            wrong.push(format!("{case}: {refusal}"));
        }
        let hit = row["hit"] == "yes";
        let less = Ruleset::load(&without(&row["guards"]), "1", &roles()).unwrap();
        if (less.plan(&limits, &facts) != outcome) != hit {
            wrong.push(format!("{case}: hit={hit} is not so of rule {}", row["guards"]));
        }
        let count = guarded.entry(row["guards"].clone()).or_default();
        if hit {
            count.0 += 1
        } else {
            count.1 += 1
        };
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let ids: Vec<&str> = rules.rules().iter().map(|rule| rule.id.as_str()).collect();
    for id in ids.into_iter().filter(|id| *id != "base") {
        let (hits, _) = guarded.get(id).copied().unwrap_or_default();
        assert!(hits > 0, "no golden row guards rule {id}");
    }
}

//! The facts as people read them: all of them, and those that one rule looked at.

use crate::domain::{
    approval::{Facts, Person, plain},
    spending::{Period, Standing, in_words},
};

use super::super::{
    case::Case,
    rule::{FieldTest, NONE, Rule},
};

/// One condition of a rule and the fact it saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The fact's name: `total`.
    pub fact: String,
    /// What it was: `5,212.00 EUR`.
    pub value: String,
    /// What the rule asks: `above 5,000.00 EUR`.
    pub condition: String,
}

/// What a rule looked at.
pub fn looked(rule: &Rule, case: &Case<'_>, standing: &Standing) -> Vec<Looked> {
    let facts = case.facts;
    let mut found = Vec::new();
    let mut add = |fact: &str, value: String, condition: String| {
        found.push(Looked { fact: fact.to_owned(), value, condition });
    };
    if let Some(over) = rule.over_limit {
        let asks = if over { "over the own limit" } else { "within the own limit" };
        let limit = standing.decisive().map_or_else(
            || "no own limit".to_owned(),
            |one| format!("own limit {}", plain(one.amount)),
        );
        add("limit", format!("{}, {limit}", plain(standing.judged)), asks.to_owned());
    }
    for (word, limit) in [("above", rule.above), ("up to", rule.up_to)] {
        if let Some(limit) = limit {
            let value = facts.convert(standing.judged, limit.currency());
            let value = value.map(|amount| in_words(amount, limit.currency())).unwrap_or_default();
            add("total", value, format!("{word} {}", plain(limit)));
        }
    }
    if let Some(test) = &rule.line {
        let numbers: Vec<String> = case.meeting(test).map(|line| line.number.to_string()).collect();
        let asked: Vec<String> = rule.line_cells().collect();
        add("lines", numbers.join(", "), asked.join(", "));
    }
    let none = || NONE.to_owned();
    let lists = [
        ("cost centre", &rule.cost_center, Some(facts.cost_center.clone())),
        ("project", &rule.project, facts.project.clone()),
        ("ship-to country", &rule.country, facts.ship_to_country.clone()),
        ("unit", &rule.unit, facts.unit.clone()),
    ];
    for (name, list, value) in lists {
        if !list.is_empty() {
            add(name, value.unwrap_or_else(none), list.join(" or "));
        }
    }
    for FieldTest { name, values } in &rule.fields {
        let value = facts.fields.get(name).cloned().unwrap_or_else(none);
        add(name, value, values.join(" or "));
    }
    if !rule.requester.is_empty() {
        let wanted: Vec<&str> = rule.requester.iter().map(|role| role.as_str()).collect();
        add("requester's roles", roles(facts), wanted.join(" or "));
    }
    if let Some(source) = rule.source {
        add("source", facts.source.word().to_owned(), source.word().to_owned());
    }
    for budget in facts.budgets().filter(|_| rule.budget_exceeded) {
        let left = format!("{} available for {}", plain(budget.state.available), budget.of);
        add("budget", left, "exceeded".to_owned());
    }
    if rule.flagged {
        add("flagged", "yes".to_owned(), "yes".to_owned());
    }
    found
}

/// `Ed Baker (ed@acme.example)`.
fn person(of: &Person) -> String {
    if of.name.is_empty() { of.mail.clone() } else { format!("{} ({})", of.name, of.mail) }
}

fn roles(facts: &Facts) -> String {
    let roles: Vec<&str> = facts.roles.iter().map(crate::domain::role::Role::as_str).collect();
    roles.join(", ")
}

/// Lines that are named; a longer order says how many more there are.
const MOST_LINES: usize = 20;

/// All facts that the rules could look at.
pub fn used(facts: &Facts, standing: Option<&Standing>) -> Vec<(&'static str, String)> {
    let mut used = vec![
        ("organisation", facts.organisation.clone()),
        ("requester", person(&facts.requester)),
        ("total", plain(facts.total)),
        ("cost centre", facts.cost_center.clone()),
        ("source", facts.source.word().to_owned()),
        ("roles", roles(facts)),
    ];
    let maybe = [
        ("project", &facts.project),
        ("ship-to country", &facts.ship_to_country),
        ("unit", &facts.unit),
    ];
    used.extend(maybe.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
    used.extend(facts.fields.iter().map(|(name, value)| ("field", format!("{name} = {value}"))));
    if let Some(standing) = standing {
        used.push(("own limit", standing.because.clone()));
        for one in &standing.measured {
            if one.count.period != Period::Order {
                let limit = plain(one.amount);
                used.push(("counted", format!("{} of {limit} ({})", one.counted, one.rule.id)));
            }
        }
    }
    for line in facts.lines.iter().take(MOST_LINES) {
        let code = line.unspsc.as_deref().unwrap_or("no UNSPSC");
        let (number, sku) = (line.number, &line.sku);
        let text = format!("{number} {sku} {code} {} {}", line.supplier, plain(line.total));
        used.push(("line", text));
    }
    if facts.lines.len() > MOST_LINES {
        used.push(("line", format!("and {} more", facts.lines.len() - MOST_LINES)));
    }
    for budget in facts.budgets() {
        let state = if budget.state.exceeded { "exceeded" } else { "kept" };
        let (left, mode) = (plain(budget.state.available), budget.state.mode);
        used.push(("budget", format!("{}: {state}, {left} available, mode {mode}", budget.of)));
    }
    used
}

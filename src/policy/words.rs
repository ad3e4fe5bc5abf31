//! Why a rule applies, in plain words for the requester and the approver.

use super::{
    case::{Case, asks_budget},
    rule::{Effect, LineTest, NONE, Rule},
};
use crate::domain::{
    approval::{Facts, Line, LineKind, SupplierStatus, WindowSum, plain},
    spending::Standing,
};

/// Why a rule applies: the admin's own words (unless they are the message of a block or a warning),
/// then what the facts say.
pub fn because(rule: &Rule, case: &Case<'_>, standing: &Standing) -> String {
    let facts = case.facts;
    let mut words: Vec<String> = match rule.effect {
        Effect::Block | Effect::Warn => Vec::new(),
        Effect::Ask { .. } | Effect::Watch(_) => rule.because.clone().into_iter().collect(),
    };
    if let Some(limit) = rule.above {
        words.push(format!("{} is above {}.", standing.judged_words(facts), plain(limit)));
        words.extend(standing.together.as_ref().map(WindowSum::named));
    } else if rule.over_limit == Some(true) {
        words.push(standing.because.clone());
    }
    if let (Some(limit), None) = (rule.up_to, rule.above) {
        words.push(format!("{} is not above {}.", standing.judged_words(facts), plain(limit)));
    }
    if let Some(test) = &rule.line {
        let lines: Vec<&Line> = case.meeting(test).collect();
        words.push(lines_matching(test, &lines));
    }
    if rule.budget_exceeded && case.budget_exceeded {
        for budget in facts.budgets().filter(|budget| asks_budget(&budget.state)) {
            let left = plain(budget.state.available);
            words.push(format!("The budget of {} is exceeded: {left} are available.", budget.of));
        }
    }
    if rule.flagged {
        words.push("The order differs from what was agreed.".to_owned());
    }
    header(rule, facts, &mut words);
    if words.is_empty() {
        words.push("Every requisition is asked about.".to_owned());
    }
    words.retain(|sentence| !sentence.is_empty());
    words.join(" ")
}

fn header(rule: &Rule, facts: &Facts, words: &mut Vec<String>) {
    if !rule.cost_center.is_empty() {
        words.push(format!("The cost centre is {}.", facts.cost_center));
    }
    if !rule.project.is_empty() {
        words.push(match &facts.project {
            Some(project) => format!("The project is {project}."),
            None => "It is for no project.".to_owned(),
        });
    }
    if !rule.country.is_empty() {
        let country = facts.ship_to_country.as_deref().unwrap_or_default();
        words.push(format!("It is shipped to {country}."));
    }
    if !rule.unit.is_empty() {
        words.push(match &facts.unit {
            Some(unit) => format!("The requester belongs to {unit}."),
            None => "The requester belongs to no unit.".to_owned(),
        });
    }
    for test in &rule.fields {
        let value = facts.fields.get(&test.name).map_or(NONE, String::as_str);
        words.push(format!("The field {} is {value}.", test.name));
    }
    if !rule.requester.is_empty() {
        let held = rule.requester.iter().filter(|role| facts.roles.contains(role));
        let held: Vec<&str> = held.map(|role| role.as_str()).collect();
        words.push(format!("The requester has the role {}.", held.join(", ")));
    }
    if let Some(source) = rule.source {
        words.push(match source {
            crate::domain::requisition::RequisitionSource::Cart => "It is a cart.".to_owned(),
            crate::domain::requisition::RequisitionSource::IncomingOrder => {
                "It is an order from your procurement system.".to_owned()
            }
        });
    }
}

/// Line numbers that are named; more are said to be more.
const NAMED: usize = 5;

fn lines_matching(test: &LineTest, lines: &[&Line]) -> String {
    let found: Vec<String> =
        lines.iter().take(NAMED).map(|line| format!("{} ({})", line.number, line.sku)).collect();
    let or = |list: &[String]| list.join(" or ");
    let mut what = Vec::new();
    if !test.category.is_empty() {
        what.push(format!("in UNSPSC {}", or(&test.category)));
    }
    if !test.eclass.is_empty() {
        what.push(format!("in eCl@ss {}", or(&test.eclass)));
    }
    if !test.supplier.is_empty() {
        what.push(format!("from {}", or(&test.supplier)));
    }
    if !test.status.is_empty() {
        let word = |status: &SupplierStatus| format!("from a {status} supplier");
        what.push(or(&test.status.iter().map(word).collect::<Vec<_>>()));
    }
    if !test.kind.is_empty() {
        let word = |kind: &LineKind| {
            match kind {
                LineKind::Contract => "at a contract price",
                LineKind::Catalogue => "at the supplier's price for everybody",
                LineKind::FreeText => "described in words",
            }
            .to_owned()
        };
        what.push(or(&test.kind.iter().map(word).collect::<Vec<_>>()));
    }
    if !test.account.is_empty() {
        what.push(format!("on account {}", or(&test.account)));
    }
    if let Some(limit) = test.above {
        what.push(format!("above {}", plain(limit)));
    }
    for field in &test.fields {
        what.push(format!("with {} {}", field.name, or(&field.values)));
    }
    let one = lines.len() == 1;
    let (verb, be) = if one { ("Line", "is") } else { ("Lines", "are") };
    let more = if lines.len() > NAMED { " and more" } else { "" };
    format!("{verb} {}{more} {be} {}.", found.join(", "), what.join(", "))
}

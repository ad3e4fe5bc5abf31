//! Why a rule applies, in plain words for the requester and the approver.

use super::{request::asks_budget, rule::Rule};
use crate::domain::{
    approval::{Facts, Line, WindowSum, plain},
    spending::Standing,
};

/// Why a rule applies, in plain words: the admin's own, then what the facts say.
pub fn because(rule: &Rule, facts: &Facts, standing: &Standing) -> String {
    let mut words: Vec<String> = rule.because.clone().into_iter().collect();
    if let Some(limit) = rule.above {
        words.push(format!("{} is above {}.", standing.judged_words(facts), plain(limit)));
        words.extend(standing.together.as_ref().map(WindowSum::named));
    } else if rule.over_limit == Some(true) {
        words.push(standing.because.clone());
    }
    if rule.has_line_conditions() {
        words.push(lines_matching(rule, facts));
    }
    if rule.budget_exceeded
        && asks_budget(facts.budget.as_ref())
        && let Some(budget) = &facts.budget
    {
        let left = plain(budget.available);
        words.push(format!(
            "The budget of cost centre {} is exceeded: {left} are available.",
            facts.cost_center
        ));
    }
    if rule.flagged {
        words.push("The order differs from what was agreed.".to_owned());
    }
    if !rule.cost_center.is_empty() {
        words.push(format!("The cost centre is {}.", facts.cost_center));
    }
    if words.is_empty() {
        words.push("Every requisition is asked about.".to_owned());
    }
    words.retain(|sentence| !sentence.is_empty());
    words.join(" ")
}

fn lines_matching(rule: &Rule, facts: &Facts) -> String {
    let found: Vec<String> = facts
        .lines
        .iter()
        .filter(|line| line_matches(rule, line))
        .map(|line| format!("{} ({})", line.number, line.sku))
        .collect();
    let mut what = Vec::new();
    if !rule.category.is_empty() {
        what.push(format!("in UNSPSC {}", rule.category.join(" or ")));
    }
    if !rule.supplier.is_empty() {
        what.push(format!("from {}", rule.supplier.join(" or ")));
    }
    if !rule.account.is_empty() {
        what.push(format!("on account {}", rule.account.join(" or ")));
    }
    let verb = if found.len() == 1 { "Line" } else { "Lines" };
    let shown: Vec<&str> = found.iter().take(5).map(String::as_str).collect();
    let more = if found.len() > 5 { " and more" } else { "" };
    let be = if found.len() == 1 { "is" } else { "are" };
    format!("{verb} {}{more} {be} {}.", shown.join(", "), what.join(", "))
}

/// Whether one line meets all line conditions of a rule (for words and counterfactuals; whether
/// the rule applies is casbin's answer).
pub fn line_matches(rule: &Rule, line: &Line) -> bool {
    let category = line.unspsc.as_deref().unwrap_or_default();
    (rule.category.is_empty() || rule.category.iter().any(|prefix| category.starts_with(prefix)))
        && (rule.supplier.is_empty() || rule.supplier.contains(&line.supplier))
        && (rule.account.is_empty() || rule.account.iter().any(|name| line.accounts.contains(name)))
}

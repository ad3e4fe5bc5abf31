//! Why a plan is as it is, and the nearest change that would make it another.
//!
//! A counterfactual is only said after it has been tried: the changed facts go through the same
//! rules, and the rule must no longer stand in the plan (or must newly stand in it).

use rust_decimal::Decimal;

use super::{
    approval::Ruleset,
    limits::Limits,
    rule::{Effect, Rule},
    words::line_matches,
};
use crate::{
    base::{id::PersonId, money::Money},
    domain::{
        approval::{Facts, Outcome, PlannedStep, RuleRef, plain},
        refusal::Refusal,
        spending::{Period, Standing},
    },
};

/// A change of the requisition that would change its plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// So much less in total.
    Less(Money),
    /// So much more in total.
    More(Money),
    /// Without the lines of these numbers.
    Without(Vec<u32>),
}

/// The nearest change that flips one rule, and what it says in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterfactual {
    pub rule: String,
    pub change: Change,
    pub text: String,
}

/// One rule of the plan, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    pub order: u32,
    pub rule: RuleRef,
    /// By e-mail.
    pub approvers: Vec<String>,
    pub because: String,
    pub counterfactual: Option<Counterfactual>,
}

/// A plan with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub outcome: Outcome,
    /// The facts that the rules could look at, as name and value.
    pub facts: Vec<(&'static str, String)>,
    pub steps: Vec<Why>,
    /// The least that would ask somebody else as well.
    pub next: Option<Counterfactual>,
}

impl Explanation {
    /// The whole as lines of plain text, for the command line and logs.
    pub fn text(&self) -> String {
        let mut lines: Vec<String> =
            self.facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        match &self.outcome {
            Outcome::NoSignOff { because, .. } => lines.push(format!("No sign-off. {because}")),
            Outcome::Blocked(refusal) => {
                lines.push(format!("Blocked ({}). {refusal}", refusal.code))
            }
            Outcome::Plan(_) => {}
        }
        for step in &self.steps {
            let people = step.approvers.join(" or ");
            let (id, version) = (&step.rule.id, &step.rule.version);
            lines.push(format!(
                "{}. {people} (rule {id}, version {version}): {}",
                step.order, step.because
            ));
            lines.extend(step.counterfactual.iter().map(|nearest| format!("   {}", nearest.text)));
        }
        lines.extend(self.next.iter().map(|nearest| nearest.text.clone()));
        lines.join("\n")
    }
}

/// Explains what the rules say of these facts.
pub fn explain(rules: &Ruleset, limits: &Limits, facts: &Facts) -> Explanation {
    let outcome = rules.plan(limits, facts);
    let standing = limits.judge(facts);
    let seen = Seen { rules, limits, facts, standing: standing.as_ref().ok() };
    let steps = match &outcome {
        Outcome::Plan(plan) => plan.steps.iter().map(|step| seen.why(step)).collect(),
        Outcome::NoSignOff { .. } | Outcome::Blocked(_) => Vec::new(),
    };
    let next = if matches!(outcome, Outcome::Blocked(_)) { None } else { seen.next(&outcome) };
    Explanation { facts: used(facts, &standing), steps, next, outcome }
}

/// The facts after a change: what a counterfactual claims can be tried.
pub fn apply(facts: &Facts, change: &Change) -> Option<Facts> {
    let mut changed = facts.clone();
    match change {
        Change::Less(by) => changed.total = facts.total.checked_sub(*by).ok()?,
        Change::More(by) => changed.total = facts.total.checked_add(*by).ok()?,
        Change::Without(numbers) => {
            changed.lines.retain(|line| !numbers.contains(&line.number));
            for line in facts.lines.iter().filter(|line| numbers.contains(&line.number)) {
                changed.total = changed.total.checked_sub(line.total).ok()?;
            }
        }
    }
    if changed.total.minor() < 0 || changed.lines.is_empty() {
        return None;
    }
    if let Some(budget) = &mut changed.budget {
        let total = changed.total;
        let counted = facts.convert(total, budget.available.currency()).ok()?;
        budget.exceeded = counted > budget.available.amount();
    }
    Some(changed)
}

struct Seen<'s> {
    rules: &'s Ruleset,
    limits: &'s Limits,
    facts: &'s Facts,
    standing: Option<&'s Standing>,
}

impl Seen<'_> {
    fn why(&self, step: &PlannedStep) -> Why {
        Why {
            order: step.order,
            rule: step.rule.clone(),
            approvers: step.approvers.iter().map(|person| person.mail.clone()).collect(),
            because: step.because.clone(),
            counterfactual: self.without_rule(step),
        }
    }

    /// The smallest change after which the step's rule asks nobody.
    fn without_rule(&self, step: &PlannedStep) -> Option<Counterfactual> {
        let rule = self.rules.rules().iter().find(|rule| rule.id == step.rule.id)?;
        let Effect::Ask { source, .. } = &rule.effect else { return None };
        let mut tried: Vec<(Money, Change)> = self
            .reductions(rule)
            .into_iter()
            .flat_map(|by| [Some(by), one_more(by)])
            .flatten()
            .filter(|by| by.minor() > 0)
            .map(|by| (by, Change::Less(by)))
            .collect();
        if rule.has_line_conditions() {
            let lines = self.facts.lines.iter().filter(|line| line_matches(rule, line));
            let numbers: Vec<u32> = lines.clone().map(|line| line.number).collect();
            let worth = Money::sum(lines.map(|line| line.total), self.facts.total.currency());
            tried.extend(worth.ok().map(|worth| (worth, Change::Without(numbers))));
        }
        tried.sort_by_key(|(by, _)| by.minor());
        let asked: Vec<PersonId> = step.approvers.iter().map(|person| person.id).collect();
        tried.into_iter().find_map(|(_, change)| {
            let outcome = self.rules.plan(self.limits, &apply(self.facts, &change)?);
            let steps = steps(&outcome)?;
            if stands(steps, &rule.id) {
                return None;
            }
            let again =
                steps.iter().flat_map(|s| &s.approvers).any(|person| asked.contains(&person.id));
            let effect = if again {
                format!("rule {} does not ask {source}", rule.id)
            } else {
                format!("{source} is not asked")
            };
            let text = format!("{} and {effect}.", in_words(&change));
            Some(Counterfactual { rule: rule.id.clone(), change, text })
        })
    }

    /// By how much less each amount condition of a rule would no longer hold, in the order's
    /// currency; near enough to be tried.
    fn reductions(&self, rule: &Rule) -> Vec<Money> {
        let mut found = Vec::new();
        if let (Some(limit), Some(standing)) = (rule.above, self.standing) {
            found.extend(self.difference(standing.judged, limit.amount(), limit));
        }
        if let (Some(true), Some(standing)) = (rule.over_limit, self.standing) {
            let over = standing.measured.iter().filter(|one| !one.within);
            let excess =
                over.filter_map(|one| self.scaled(one.counted - one.amount.amount(), one.amount));
            found.extend(excess.max_by_key(|by| by.minor()));
        }
        if let (true, Some(budget)) = (rule.budget_exceeded, &self.facts.budget) {
            found.extend(self.difference(
                self.facts.total,
                budget.available.amount(),
                budget.available,
            ));
        }
        found
    }

    fn difference(&self, judged: Money, limit: Decimal, currency: Money) -> Option<Money> {
        let judged = self.facts.convert(judged, currency.currency()).ok()?;
        self.scaled(judged.checked_sub(limit)?, currency)
    }

    /// An amount in the currency of `of`, turned into the order's currency by the share that the
    /// order's total has there.
    fn scaled(&self, amount: Decimal, of: Money) -> Option<Money> {
        let total = self.facts.total;
        if of.currency() == total.currency() {
            return Money::exact(amount, total.currency()).ok();
        }
        let there = self.facts.convert(total, of.currency()).ok()?;
        let here = amount.checked_mul(total.amount())?.checked_div(there)?;
        Money::rounded(here, total.currency()).ok()
    }

    /// The least more that asks somebody who is not asked now.
    fn next(&self, outcome: &Outcome) -> Option<Counterfactual> {
        let standing = self.standing?;
        let mut tried: Vec<Money> = Vec::new();
        for rule in self.rules.rules() {
            if let Some(limit) = rule.above {
                tried.extend(self.difference(standing.judged, limit.amount(), limit));
            }
        }
        for one in standing.measured.iter().filter(|one| one.within) {
            tried.extend(self.scaled(one.counted - one.amount.amount(), one.amount));
        }
        let mut more: Vec<Money> = tried
            .into_iter()
            .filter(|by| by.minor() <= 0)
            .map(|by| {
                Money::from_minor(by.minor().saturating_neg().saturating_add(1), by.currency())
            })
            .collect();
        more.sort_by_key(|by| by.minor());
        let now = steps(outcome)?;
        more.into_iter().find_map(|by| {
            let change = Change::More(by);
            let outcome = self.rules.plan(self.limits, &apply(self.facts, &change)?);
            let new = steps(&outcome)?.iter().find(|step| !stands(now, &step.rule.id))?;
            let rule = self.rules.rules().iter().find(|rule| rule.id == new.rule.id)?;
            let Effect::Ask { source, .. } = &rule.effect else { return None };
            let text = format!("{} and {source} is asked.", in_words(&change));
            Some(Counterfactual { rule: rule.id.clone(), change, text })
        })
    }
}

fn one_more(by: Money) -> Option<Money> {
    by.checked_add(Money::from_minor(1, by.currency())).ok()
}

/// The steps of an outcome; none when nobody is asked, `None` when it is blocked.
fn steps(outcome: &Outcome) -> Option<&[PlannedStep]> {
    match outcome {
        Outcome::NoSignOff { .. } => Some(&[]),
        Outcome::Plan(plan) => Some(&plan.steps),
        Outcome::Blocked(_) => None,
    }
}

fn stands(steps: &[PlannedStep], rule: &str) -> bool {
    steps.iter().any(|step| step.rule.id == rule || step.also.iter().any(|also| also.id == rule))
}

fn in_words(change: &Change) -> String {
    match change {
        Change::Less(by) => format!("{} less", plain(*by)),
        Change::More(by) => format!("{} more", plain(*by)),
        Change::Without(numbers) if numbers.len() == 1 => format!("Without line {}", list(numbers)),
        Change::Without(numbers) => format!("Without lines {}", list(numbers)),
    }
}

fn list(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

fn used(facts: &Facts, standing: &Result<Standing, Refusal>) -> Vec<(&'static str, String)> {
    let mut used = vec![
        ("organisation", facts.organisation.clone()),
        ("requester", facts.requester.mail.clone()),
        ("total", plain(facts.total)),
        ("cost centre", facts.cost_center.clone()),
        ("source", facts.source.word().to_owned()),
    ];
    let roles: Vec<&str> = facts.roles.iter().map(crate::domain::role::Role::as_str).collect();
    used.push(("roles", roles.join(", ")));
    if let Ok(standing) = standing {
        used.push(("own limit", standing.because.clone()));
        for one in &standing.measured {
            if one.count.period != Period::Order {
                let limit = plain(one.amount);
                used.push(("counted", format!("{} of {limit} ({})", one.counted, one.rule.id)));
            }
        }
    }
    for line in facts.lines.iter().take(20) {
        let code = line.unspsc.as_deref().unwrap_or("no UNSPSC");
        let (number, sku) = (line.number, &line.sku);
        used.push((
            "line",
            format!("{number} {sku} {code} {} {}", line.supplier, plain(line.total)),
        ));
    }
    if let Some(budget) = &facts.budget {
        let state = if budget.exceeded { "exceeded" } else { "kept" };
        used.push((
            "budget",
            format!("{state}, {} available, mode {}", plain(budget.available), budget.mode),
        ));
    }
    used
}

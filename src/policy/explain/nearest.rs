//! The smallest change after which a rule no longer speaks, or somebody else is asked.
//!
//! Candidates come from the rule's own conditions; each is tried on the same rules, the smallest
//! amount first, and the first that works is told.

use rust_decimal::Decimal;

use super::{
    super::{
        approval::Ruleset,
        case::Case,
        limits::Limits,
        rule::{Effect, Rule},
        words::because,
    },
    Counterfactual, Why,
    change::{Change, Header, apply, in_words},
    seen::{Looked, looked},
};
use crate::{
    base::{id::PersonId, money::Money},
    domain::{
        approval::{
            ApproverSource, BudgetMode, BudgetState, Counted, Facts, Outcome, PlannedStep, RuleRef,
            Warning, Watcher, plain,
        },
        budget::warning,
        refusal::Refusal,
        spending::Standing,
    },
};

/// The rule that budgets are said to be: no line of a set, but a thing that can warn or block.
const BUDGET: &str = "budget";

pub(super) struct Nearest<'s> {
    pub rules: &'s Ruleset,
    pub limits: &'s Limits,
    pub facts: &'s Facts,
    pub standing: Option<&'s Standing>,
    pub case: Option<&'s Case<'s>>,
}

impl Nearest<'_> {
    pub fn step(&self, step: &PlannedStep) -> Why {
        let why = self.why(&step.rule, &step.because);
        Why {
            order: step.order,
            approvers: step.approvers.iter().map(|person| person.mail.clone()).collect(),
            people: step.approvers.iter().map(|person| person.name.clone()).collect(),
            counterfactual: self.without_step(step),
            ..why
        }
    }

    pub fn warning(&self, warning: &Warning) -> Why {
        let because = format!("{} {}", warning.message, warning.because);
        let counterfactual = self.rules.rule(&warning.rule.id).and_then(|rule| {
            self.first(rule, |outcome| {
                let gone = outcome.notes()?.warnings.iter().all(|one| one.rule.id != rule.id);
                gone.then(|| "this warning is not shown".to_owned())
            })
        });
        Why { counterfactual, ..self.why(&warning.rule, &because) }
    }

    pub fn watcher(&self, watcher: &Watcher) -> Why {
        let counterfactual = self.rules.rule(&watcher.rule.id).and_then(|rule| {
            self.first(rule, |outcome| {
                let told = &outcome.notes()?.watchers;
                let gone = told.iter().all(|one| one.person.id != watcher.person.id);
                gone.then(|| format!("{} is not told", watcher.person.mail))
            })
        });
        let approvers = vec![watcher.person.mail.clone()];
        let people = vec![watcher.person.name.clone()];
        Why { counterfactual, approvers, people, ..self.why(&watcher.rule, &watcher.because) }
    }

    /// What would let a blocked requisition through.
    pub fn block(&self, refusal: &Refusal) -> Option<Why> {
        let more = |name: &str| {
            refusal.more.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
        };
        let passes = |outcome: &Outcome| {
            let free = !matches!(outcome, Outcome::Blocked(_));
            free.then(|| "it can be handed in".to_owned())
        };
        if let Some(rule) = more("rule").and_then(|id| self.rules.rule(&id)) {
            let of = RuleRef { id: rule.id.clone(), version: self.rules.version().to_owned() };
            let counterfactual = self.first(rule, passes);
            let text = match (self.case, self.standing) {
                (Some(case), Some(standing)) => because(rule, case, standing),
                _ => refusal.message.clone(),
            };
            return Some(Why { counterfactual, ..self.why(&of, &text) });
        }
        let blocks = |state: &BudgetState| state.exceeded && state.mode == BudgetMode::Block;
        let by = self
            .facts
            .budgets()
            .filter(|budget| refusal.code == "budget-exceeded" && blocks(&budget.state))
            .filter_map(|budget| self.beyond(&budget))
            .max_by_key(|by| by.minor())?;
        let of = RuleRef { id: BUDGET.to_owned(), version: String::new() };
        let counterfactual = self.try_all(&of.id, around(by).map(Change::Less), passes);
        Some(Why { counterfactual, ..self.why(&of, &refusal.message) })
    }

    /// A budget in mode `warn` that does not cover the requisition, with what would.
    pub(super) fn budget(&self, budget: &Counted) -> Option<Why> {
        let message = warning(&budget.of, budget.amount, &budget.state)?;
        let of = RuleRef { id: BUDGET.to_owned(), version: self.rules.version().to_owned() };
        let covers = |change: &Change| {
            let changed = apply(self.facts, change)?;
            let still = changed.budgets().find(|other| other.of == budget.of)?;
            (!still.state.exceeded).then_some(())
        };
        let mut changes = self.beyond(budget).into_iter().flat_map(around).map(Change::Less);
        let found = changes.find(|change| covers(change).is_some());
        let counterfactual = found.map(|change| {
            let text = format!("{} and the budget of {} suffices.", in_words(&change), budget.of);
            Counterfactual { rule: of.id.clone(), change, text }
        });
        let looked = vec![Looked {
            fact: format!("budget of {}", budget.of),
            value: format!("{} available", plain(budget.state.available)),
            condition: format!("at least {}", plain(budget.amount)),
        }];
        Some(Why { counterfactual, looked, ..self.why(&of, &message) })
    }

    fn why(&self, rule: &RuleRef, because: &str) -> Why {
        let found = self.rules.rule(&rule.id).zip(self.case).zip(self.standing);
        Why {
            order: 0,
            rule: rule.clone(),
            approvers: Vec::new(),
            people: Vec::new(),
            because: because.to_owned(),
            looked: found.map(|((rule, case), s)| looked(rule, case, s)).unwrap_or_default(),
            counterfactual: None,
        }
    }

    /// The smallest change after which the step's rule asks nobody, or its chain ends before these
    /// people.
    fn without_step(&self, step: &PlannedStep) -> Option<Counterfactual> {
        let rule = self.rules.rule(&step.rule.id)?;
        let Effect::Ask { source, .. } = &rule.effect else { return None };
        let asked: Vec<PersonId> = step.approvers.iter().map(|person| person.id).collect();
        self.first(rule, |outcome| {
            if matches!(outcome, Outcome::Blocked(_)) {
                return None;
            }
            let steps = outcome.steps();
            let again =
                steps.iter().flat_map(|s| &s.approvers).any(|person| asked.contains(&person.id));
            if *source == ApproverSource::ManagerChain {
                let names: Vec<&str> = step.approvers.iter().map(|p| p.name.as_str()).collect();
                return (!again).then(|| format!("{} is not asked", names.join(", ")));
            }
            if stands(steps, &rule.id) {
                return None;
            }
            Some(match again {
                true => format!("rule {} does not ask {source}", rule.id),
                false => format!("{source} is not asked"),
            })
        })
    }

    /// The first of a rule's candidates that works; `works` says with which effect.
    fn first(
        &self,
        rule: &Rule,
        works: impl Fn(&Outcome) -> Option<String>,
    ) -> Option<Counterfactual> {
        self.try_all(&rule.id, self.candidates(rule).into_iter(), works)
    }

    fn try_all(
        &self,
        rule: &str,
        changes: impl Iterator<Item = Change>,
        works: impl Fn(&Outcome) -> Option<String>,
    ) -> Option<Counterfactual> {
        changes.into_iter().find_map(|change| {
            let effect = self.effect(&change, &works)?;
            let (change, effect) = self.least(change, effect, &works);
            let text = format!("{} and {effect}.", in_words(&change));
            Some(Counterfactual { rule: rule.to_owned(), change, text })
        })
    }

    fn effect(
        &self,
        change: &Change,
        works: &impl Fn(&Outcome) -> Option<String>,
    ) -> Option<String> {
        works(&self.rules.plan(self.limits, &apply(self.facts, change)?))
    }

    /// Another rule may draw the line somewhere before the rule's own condition does: the amount is
    /// halved down to one where a cent less no longer helps.
    fn least(
        &self,
        change: Change,
        effect: String,
        works: &impl Fn(&Outcome) -> Option<String>,
    ) -> (Change, String) {
        let Change::Less(by) = change else { return (change, effect) };
        let less = |minor: i64| Change::Less(Money::from_minor(minor, by.currency()));
        let (mut fails, mut helps, mut effect) = (0, by.minor(), effect);
        let mut tried = helps - 1;
        while helps - fails > 1 {
            match self.effect(&less(tried), works) {
                Some(other) => (helps, effect) = (tried, other),
                None => fails = tried,
            }
            tried = fails + (helps - fails) / 2;
        }
        (less(helps), effect)
    }

    /// Changes that might make a condition of the rule fail: amounts and lines by their worth, then
    /// what would be another requisition altogether.
    fn candidates(&self, rule: &Rule) -> Vec<Change> {
        let mut found: Vec<(i64, Change)> = Vec::new();
        for by in self.reductions(rule).into_iter().flat_map(around) {
            found.push((by.minor(), Change::Less(by)));
        }
        for by in self.additions(rule).into_iter().flat_map(around) {
            found.push((by.minor(), Change::More(by)));
        }
        if let (Some(test), Some(case)) = (&rule.line, self.case) {
            let numbers: Vec<u32> = case.meeting(test).map(|line| line.number).collect();
            let worth = case.meeting(test).map(|line| line.total);
            if let Ok(worth) = Money::sum(worth, self.facts.total.currency()) {
                found.push((worth.minor(), Change::Without(numbers)));
            }
        }
        found.sort_by_key(|(by, _)| *by);
        let mut changes: Vec<Change> = found.into_iter().map(|(_, change)| change).collect();
        let headers = [
            (!rule.cost_center.is_empty(), Header::CostCenter),
            (!rule.project.is_empty(), Header::Project),
            (!rule.country.is_empty(), Header::Country),
        ];
        let named = headers.into_iter().filter(|(named, _)| *named).map(|(_, header)| header);
        let own = rule.fields.iter().map(|test| Header::Field(test.name.clone()));
        changes.extend(named.chain(own).map(Change::Other));
        changes
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
        if rule.budget_exceeded {
            found.extend(self.facts.budgets().filter_map(|budget| self.beyond(&budget)));
        }
        let chain = rule.effect.source() == Some(&ApproverSource::ManagerChain);
        if let (true, Some(standing)) = (chain, self.standing) {
            for limit in self.limits.signing() {
                found.extend(self.difference(standing.judged, limit.amount(), limit));
            }
        }
        found
    }

    /// By how much more a rule for small amounts would no longer hold.
    fn additions(&self, rule: &Rule) -> Vec<Money> {
        let Some(standing) = self.standing else { return Vec::new() };
        let mut found: Vec<Money> = Vec::new();
        if let Some(limit) = rule.up_to {
            found.extend(self.difference(standing.judged, limit.amount(), limit));
        }
        if rule.over_limit == Some(false) {
            for one in standing.measured.iter().filter(|one| one.within) {
                found.extend(self.scaled(one.counted - one.amount.amount(), one.amount));
            }
        }
        found
            .into_iter()
            .map(|by| Money::from_minor(by.minor().saturating_neg(), by.currency()))
            .collect()
    }

    /// By how much the requisition goes beyond what is left of a budget.
    fn beyond(&self, budget: &Counted) -> Option<Money> {
        let left = budget.state.available;
        self.difference(budget.amount, left.amount(), left)
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
            return Money::rounded(amount, total.currency()).ok();
        }
        let there = self.facts.convert(total, of.currency()).ok()?;
        let here = amount.checked_mul(total.amount())?.checked_div(there)?;
        Money::rounded(here, total.currency()).ok()
    }

    /// The least more that asks somebody who is not asked now.
    pub fn next(&self, outcome: &Outcome) -> Option<Counterfactual> {
        if matches!(outcome, Outcome::Blocked(_)) {
            return None;
        }
        let (standing, case) = (self.standing?, self.case?);
        let mut tried: Vec<Money> = Vec::new();
        // A rule whose other conditions do not hold asks nobody, whatever the amount.
        for rule in self.rules.rules().iter().filter(|rule| case.meets_but_amount(rule)) {
            if let (Some(limit), Effect::Ask { .. }) = (rule.above, &rule.effect) {
                tried.extend(self.difference(standing.judged, limit.amount(), limit));
            }
        }
        for one in standing.measured.iter().filter(|one| one.within) {
            tried.extend(self.scaled(one.counted - one.amount.amount(), one.amount));
        }
        let mut more: Vec<Money> = tried
            .into_iter()
            .map(|by| Money::from_minor(by.minor().saturating_neg(), by.currency()))
            .filter(|by| by.minor() >= 0)
            .flat_map(around)
            .collect();
        more.sort_by_key(|by| by.minor());
        more.dedup();
        let now = outcome.steps();
        more.into_iter().find_map(|by| {
            let change = Change::More(by);
            let outcome = self.rules.plan(self.limits, &apply(self.facts, &change)?);
            let new = outcome.steps().iter().find(|step| !stands(now, &step.rule.id))?;
            let source = self.rules.rule(&new.rule.id)?.effect.source()?;
            let text = format!("{} and {source} is asked.", in_words(&change));
            Some(Counterfactual { rule: new.rule.id.clone(), change, text })
        })
    }
}

/// An amount and its neighbours: a conversion may be off by one, and "above" begins one further.
fn around(by: Money) -> impl Iterator<Item = Money> {
    (-1..=2)
        .map(move |off| Money::from_minor(by.minor().saturating_add(off), by.currency()))
        .filter(|by| by.minor() > 0)
}

fn stands(steps: &[PlannedStep], rule: &str) -> bool {
    steps.iter().any(|step| step.rule.id == rule || step.also.iter().any(|also| also.id == rule))
}

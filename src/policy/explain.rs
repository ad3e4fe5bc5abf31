//! Why a plan is as it is, and the nearest change that would make it another.
//!
//! A counterfactual is only said after it has been tried: the changed facts go through the same
//! rules, and the rule must no longer speak (or must newly speak).

mod change;
mod nearest;
mod seen;

pub use change::{Change, Header, apply};
pub use seen::Looked;

use self::nearest::Nearest;
use super::{approval::Ruleset, case::Case, limits::Limits};
use crate::domain::{
    approval::{Facts, Outcome, RuleRef},
    spending::{Period, Standing, in_words},
};

/// The nearest change that flips one rule, and what it says in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterfactual {
    pub rule: String,
    pub change: Change,
    pub text: String,
}

/// One rule that speaks in the outcome, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// 0 for what asks nobody: a block, a warning, somebody told.
    pub order: u32,
    pub rule: RuleRef,
    /// Who is asked or told, by e-mail.
    pub approvers: Vec<String>,
    /// The same people's names.
    pub people: Vec<String>,
    pub because: String,
    /// The conditions of the rule, and what each saw.
    pub looked: Vec<Looked>,
    pub counterfactual: Option<Counterfactual>,
}

/// One limit of the requester, held against the requisition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitWhy {
    pub rule: RuleRef,
    pub within: bool,
    pub text: String,
}

/// A plan with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub outcome: Outcome,
    /// The facts that the rules could look at, as name and value.
    pub facts: Vec<(&'static str, String)>,
    pub limits: Vec<LimitWhy>,
    pub steps: Vec<Why>,
    pub warnings: Vec<Why>,
    pub watchers: Vec<Why>,
    /// What stands in the way, when it cannot be submitted and a change would help.
    pub block: Option<Why>,
    /// The least that would ask somebody else as well.
    pub next: Option<Counterfactual>,
}

/// Explains what the rules say of these facts.
pub fn explain(rules: &Ruleset, limits: &Limits, facts: &Facts) -> Explanation {
    let outcome = rules.plan(limits, facts);
    let standing = limits.judge(facts).ok();
    let case = standing.as_ref().and_then(|s| Case::prepare(rules.needs(), facts, s).ok());
    let near = Nearest { rules, limits, facts, standing: standing.as_ref(), case: case.as_ref() };
    let steps = outcome.steps().iter().map(|step| near.step(step)).collect();
    let notes = outcome.notes().cloned().unwrap_or_default();
    let block = match &outcome {
        Outcome::Blocked(refusal) => near.block(refusal),
        Outcome::NoSignOff { .. } | Outcome::Plan(_) => None,
    };
    let budgets = facts.budgets().filter_map(|budget| near.budget(&budget));
    Explanation {
        facts: seen::used(facts, standing.as_ref()),
        limits: standing.as_ref().map(measured).unwrap_or_default(),
        steps,
        warnings: notes
            .warnings
            .iter()
            .map(|warning| near.warning(warning))
            .chain(budgets)
            .collect(),
        watchers: notes.watchers.iter().map(|watcher| near.watcher(watcher)).collect(),
        block,
        next: near.next(&outcome),
        outcome,
    }
}

fn measured(standing: &Standing) -> Vec<LimitWhy> {
    let one = |one: &crate::domain::spending::Measured| {
        let currency = one.amount.currency();
        let counted = in_words(one.counted, currency);
        let limit = in_words(one.amount.amount(), currency);
        let what = match one.count.period {
            Period::Order => "this order".to_owned(),
            Period::Window { days } => format!("the last {days} days, this order included"),
            Period::Calendar(cycle) => format!("this {cycle}, this order included"),
        };
        let verb = if one.within { "within" } else { "above" };
        let text = format!("{what}: {counted} is {verb} the limit of {limit}");
        LimitWhy { rule: one.rule.clone(), within: one.within, text }
    };
    standing.measured.iter().map(one).collect()
}

impl Explanation {
    /// The nearest change that would spare the first step of this rule, in plain words.
    pub fn unless(&self, rule: &str, order: u32) -> Option<&str> {
        let step = self.steps.iter().find(|step| step.rule.id == rule && step.order == order);
        step.and_then(|step| step.counterfactual.as_ref()).map(|near| near.text.as_str())
    }

    /// The whole as lines of plain text, for the command line and logs.
    pub fn text(&self) -> String {
        let mut lines: Vec<String> =
            self.facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        for limit in &self.limits {
            let (id, version) = (&limit.rule.id, &limit.rule.version);
            lines.push(format!("limit {id}, version {version}: {}.", limit.text));
        }
        match &self.outcome {
            Outcome::NoSignOff { because, .. } => lines.push(format!("No sign-off. {because}")),
            Outcome::Blocked(refusal) => {
                lines.push(format!("Blocked ({}). {refusal}", refusal.code))
            }
            Outcome::Plan(_) => {}
        }
        for step in &self.steps {
            say(&mut lines, &format!("{}. {}", step.order, step.approvers.join(" or ")), step);
        }
        self.warnings.iter().for_each(|why| say(&mut lines, "Warning", why));
        for why in &self.watchers {
            say(&mut lines, &format!("Told: {}", why.approvers.join(", ")), why);
        }
        self.block.iter().for_each(|why| say(&mut lines, "What stands in the way", why));
        lines.extend(self.next.iter().map(|nearest| nearest.text.clone()));
        lines.join("\n")
    }
}

fn say(lines: &mut Vec<String>, head: &str, why: &Why) {
    let (id, version) = (&why.rule.id, &why.rule.version);
    lines.push(format!("{head} (rule {id}, version {version}): {}", why.because));
    for one in &why.looked {
        lines.push(format!("   {}: {} ({})", one.fact, one.value, one.condition));
    }
    lines.extend(why.counterfactual.iter().map(|nearest| format!("   {}", nearest.text)));
}

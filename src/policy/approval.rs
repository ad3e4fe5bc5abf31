//! Which approval rules apply to a requisition, and the plan that follows from them.
//!
//! casbin is asked twice: first for the lines that block, then for all the lines that ask
//! somebody. It never sees an amount as a number and never decides on an empty set. Whatever
//! cannot be decided blocks the submission.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use casbin::{CoreApi, Enforcer};

use super::{
    engine::{self, Lines},
    limits::Limits,
    model::Model,
    request::{FUNCTIONS, Needs, Request},
    rule::{self, Effect, Rule},
    words::because,
};
use crate::domain::{
    approval::{
        ApproverSource, Asked, BudgetMode, Facts, Outcome, Plan, RuleRef, arrange, cannot_decide,
        plain,
    },
    refusal::Refusal,
    role::Role,
    spending::Standing,
};

/// The approval rules of one organisation in one version. Immutable; swapped whole.
pub struct Ruleset {
    version: String,
    rules: Vec<Rule>,
    by_id: BTreeMap<String, usize>,
    needs: Needs,
    asks: Enforcer,
    blocks: Option<Enforcer>,
}

impl std::fmt::Debug for Ruleset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ruleset({}, {} rules)", self.version, self.rules.len())
    }
}

impl Ruleset {
    /// Reads a set, or refuses it as `policy-unsound` with the line that is wrong. `roles` are
    /// those that the organisation's access policy knows.
    pub fn load(csv: &str, version: &str, roles: &BTreeSet<Role>) -> Result<Arc<Self>, Refusal> {
        let rules = rule::read(csv, roles)?;
        let model = Model::of(&rules)?;
        let enforcer = |eft: &str| {
            let wanted = rules.iter().filter(|rule| rule.eft() == eft);
            let lines = Lines { kind: "p", lines: wanted.map(|rule| model.line(rule)).collect() };
            engine::enforcer("approval", &model.text, vec![lines], FUNCTIONS)
        };
        let denies = rules.iter().any(|rule| rule.effect == Effect::Block);
        let blocks = if denies { Some(enforcer("deny")?) } else { None };
        let asks = enforcer("allow")?;
        let by_id = rules.iter().zip(0..).map(|(rule, at)| (rule.id.clone(), at)).collect();
        let needs = Needs::of(&rules);
        Ok(Arc::new(Self { version: version.to_owned(), rules, by_id, needs, asks, blocks }))
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    pub(super) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The roles whose holders the facts must carry.
    pub fn roles_asked(&self) -> BTreeSet<Role> {
        self.sources()
            .filter_map(|source| match source {
                ApproverSource::Role(role) => Some(role.clone()),
                ApproverSource::Manager(_) | ApproverSource::Person(_) => None,
            })
            .collect()
    }

    /// The people, by e-mail, whom the facts must carry in `named`.
    pub fn people_asked(&self) -> BTreeSet<String> {
        self.sources()
            .filter_map(|source| match source {
                ApproverSource::Person(mail) => Some(mail.clone()),
                ApproverSource::Manager(_) | ApproverSource::Role(_) => None,
            })
            .collect()
    }

    fn sources(&self) -> impl Iterator<Item = &ApproverSource> {
        self.rules.iter().filter_map(|rule| match &rule.effect {
            Effect::Ask { source, .. } => Some(source),
            Effect::Block => None,
        })
    }

    /// What the policy says of a requisition: nobody is asked, a plan, or why it cannot be
    /// submitted.
    pub fn plan(&self, limits: &Limits, facts: &Facts) -> Outcome {
        self.decide(limits, facts).unwrap_or_else(Outcome::Blocked)
    }

    fn decide(&self, limits: &Limits, facts: &Facts) -> Result<Outcome, Refusal> {
        check_facts(facts)?;
        let standing = limits.judge(facts)?;
        let request = Request::prepare(&self.needs, facts, &standing)?;
        if let Some(rule) = self.blocking(&request)? {
            return Err(blocked(rule, &self.version));
        }
        let applying = self.applying(request)?;
        if applying.is_empty() {
            return if standing.within {
                Ok(Outcome::NoSignOff {
                    limit: standing.decisive().map(|limit| limit.rule.clone()),
                    because: standing.because,
                    policy_version: self.version.clone(),
                })
            } else {
                Err(asks_nobody(&standing))
            };
        }
        let asked =
            applying.into_iter().filter_map(|rule| self.asked(rule, facts, &standing)).collect();
        Ok(Outcome::Plan(Plan {
            policy_version: self.version.clone(),
            limits_version: limits.version().to_owned(),
            steps: arrange(facts, asked)?,
        }))
    }

    /// The first line that blocks this request.
    fn blocking(&self, request: &Request) -> Result<Option<&Rule>, Refusal> {
        let Some(blocks) = &self.blocks else { return Ok(None) };
        Ok(self.pass(blocks, request.clone())?.first().copied())
    }

    /// All lines that ask somebody for this request, in the order of the set.
    pub(super) fn applying(&self, request: Request) -> Result<Vec<&Rule>, Refusal> {
        self.pass(&self.asks, request)
    }

    pub(super) fn needs(&self) -> &Needs {
        &self.needs
    }

    fn pass(&self, enforcer: &Enforcer, request: Request) -> Result<Vec<&Rule>, Refusal> {
        let undecided = |what: String| {
            cannot_decide("policy", what)
                .mend("Tell the admin to check the approval policy; nothing was submitted.")
        };
        let (_, lines) = enforcer
            .enforce_ex(request)
            .map_err(|fault| undecided(format!("The rules cannot be evaluated: {fault}.")))?;
        lines
            .iter()
            .map(|line| {
                line.first()
                    .and_then(|id| self.by_id.get(id))
                    .and_then(|at| self.rules.get(*at))
                    .ok_or_else(|| undecided("A rule without an id applies.".to_owned()))
            })
            .collect()
    }

    fn asked(&self, rule: &Rule, facts: &Facts, standing: &Standing) -> Option<Asked> {
        let Effect::Ask { place, source, mode } = &rule.effect else { return None };
        Some(Asked {
            rule: RuleRef { id: rule.id.clone(), version: self.version.clone() },
            place: *place,
            mode: *mode,
            source: source.clone(),
            because: because(rule, facts, standing),
        })
    }
}

fn check_facts(facts: &Facts) -> Result<(), Refusal> {
    let currency = facts.total.currency();
    if let Some(line) = facts.lines.iter().find(|line| line.total.currency() != currency) {
        let message = format!("Line {} is in {}.", line.number, line.total.currency());
        return Err(cannot_decide(format!("lines[{}].total", line.number), message)
            .expected(format!("the currency of the total, {currency}")));
    }
    match &facts.budget {
        Some(budget) if budget.exceeded && budget.mode == BudgetMode::Block => {
            Err(Refusal::invalid(
                "budget-exceeded",
                format!("The budget of cost centre {} does not allow this.", facts.cost_center),
            )
            .field("cost_center")
            .got(plain(facts.total))
            .expected(format!("at most {}", plain(budget.available)))
            .mend("Order less, choose another cost centre, or ask for a larger budget.")
            .with("available", budget.available.to_string()))
        }
        _ => Ok(()),
    }
}

fn blocked(rule: &Rule, version: &str) -> Refusal {
    let message = rule.because.clone().unwrap_or_else(|| format!("Rule {} blocks this.", rule.id));
    Refusal::invalid("blocked-by-rule", message)
        .mend("Change what the rule names, or ask the admin about the rule.")
        .with("rule", rule.id.clone())
        .with("version", version)
}

fn asks_nobody(standing: &Standing) -> Refusal {
    Refusal::invalid(
        "no-approver",
        format!("{} No approval rule asks anybody for it.", standing.because),
    )
    .field("approver")
    .expected("a rule that asks somebody above the requester's own limit")
    .mend("Ask the admin to add an approval rule with limit over.")
}

//! Which approval rules apply to a requisition, and the plan that follows from them.
//!
//! Lines that block are looked at first, then all others: those that ask, warn and tell. An amount
//! is never compared as text, and nothing is decided on an empty set. Whatever cannot be decided
//! blocks the submission.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use super::{
    case::{Case, Index, Needs},
    limits::Limits,
    proof::Proof,
    rule::{self, Effect, Rule},
    words::because,
};
use crate::domain::{
    approval::{
        ApproverSource, Asked, BudgetMode, BudgetState, Facts, Mode, Notes, Outcome, Place, Plan,
        RuleRef, Wanted, Warning, Watcher, arrange, cannot_decide, people,
    },
    budget::exceeded,
    refusal::Refusal,
    role::Role,
    spending::Standing,
};

/// The id under which people whom the requester added stand in a plan.
pub const AD_HOC: &str = "ad-hoc";

/// The approval rules of one organisation in one version. Immutable; swapped whole.
pub struct Ruleset {
    version: String,
    rules: Vec<Rule>,
    needs: Needs,
    index: Index,
    proof: OnceLock<Result<Proof, Refusal>>,
}

impl std::fmt::Debug for Ruleset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ruleset({}, {} rules)", self.version, self.rules.len())
    }
}

/// The rules that apply to one case, in the order of the set.
#[derive(Debug, Default)]
pub(super) struct Applying<'r> {
    pub blocks: Vec<&'r Rule>,
    pub asks: Vec<&'r Rule>,
    pub warns: Vec<&'r Rule>,
    pub watches: Vec<&'r Rule>,
}

impl Ruleset {
    /// Reads a set, or refuses it as `policy-unsound` with the line that is wrong. `roles` are
    /// those that the organisation's access policy knows.
    pub fn load(csv: &str, version: &str, roles: &BTreeSet<Role>) -> Result<Arc<Self>, Refusal> {
        let rules = rule::read(csv, roles)?;
        let (needs, index) = (Needs::of(&rules), Index::of(&rules));
        let version = version.to_owned();
        Ok(Arc::new(Self { version, rules, needs, index, proof: OnceLock::new() }))
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    pub(super) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    pub(super) fn needs(&self) -> &Needs {
        &self.needs
    }

    /// The rule of this id.
    pub(super) fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// Everybody whom some rule names, in the order of the set.
    pub fn sources(&self) -> impl Iterator<Item = &ApproverSource> {
        self.rules.iter().filter_map(|rule| rule.effect.source())
    }

    /// The roles whose holders the facts must carry.
    pub fn roles_asked(&self) -> BTreeSet<Role> {
        let role = |source: &ApproverSource| match source {
            ApproverSource::Role(role) => Some(role.clone()),
            _ => None,
        };
        self.sources().filter_map(role).collect()
    }

    /// The people, by e-mail, whom the facts must carry in `named`.
    pub fn people_asked(&self) -> BTreeSet<String> {
        let person = |source: &ApproverSource| match source {
            ApproverSource::Person(mail) => Some(mail.clone()),
            _ => None,
        };
        self.sources().filter_map(person).collect()
    }

    /// The groups whose people the facts must carry.
    pub fn groups_asked(&self) -> BTreeSet<String> {
        let group = |source: &ApproverSource| match source {
            ApproverSource::Group(group) => Some(group.clone()),
            _ => None,
        };
        self.sources().filter_map(group).collect()
    }

    /// Whether some rule looks at the eCl@ss codes of lines.
    pub fn asks_eclass(&self) -> bool {
        let asks = |rule: &Rule| rule.line.as_ref().is_some_and(|line| !line.eclass.is_empty());
        self.rules.iter().any(asks)
    }

    /// What the policy says of a requisition: nobody is asked, a plan, or why it cannot be
    /// submitted.
    pub fn plan(&self, limits: &Limits, facts: &Facts) -> Outcome {
        self.decide(limits, facts).unwrap_or_else(Outcome::Blocked)
    }

    fn decide(&self, limits: &Limits, facts: &Facts) -> Result<Outcome, Refusal> {
        check_facts(facts)?;
        let standing = limits.judge(facts)?;
        let case = Case::prepare(&self.needs, facts, &standing)?;
        let applying = self.applying(&case);
        if let Some(rule) = applying.blocks.first() {
            return Err(blocked(rule, &self.version, &because(rule, &case, &standing)));
        }
        if applying.asks.is_empty() && !standing.within {
            return Err(asks_nobody(&standing));
        }
        let notes = self.notes(&applying, &case, &standing);
        let mut asked = Vec::with_capacity(applying.asks.len() + facts.ad_hoc.len());
        for rule in &applying.asks {
            asked.extend(self.asked(rule, limits, &case, &standing)?);
        }
        asked.extend(facts.ad_hoc.iter().map(|added| Asked {
            rule: RuleRef { id: AD_HOC.to_owned(), version: self.version.clone() },
            place: Place::Beside,
            mode: Mode::Any,
            source: Wanted::AdHoc(added.person.clone()),
            because: format!("Added by the requester: {}", added.reason),
        }));
        if asked.is_empty() {
            return Ok(Outcome::NoSignOff {
                limit: standing.decisive().map(|limit| limit.rule.clone()),
                because: standing.because,
                policy_version: self.version.clone(),
                notes,
            });
        }
        Ok(Outcome::Plan(Plan {
            policy_version: self.version.clone(),
            limits_version: limits.version().to_owned(),
            steps: arrange(facts, asked)?,
            notes,
        }))
    }

    /// The rules whose conditions all hold.
    pub(super) fn applying(&self, case: &Case<'_>) -> Applying<'_> {
        let mut found = Applying::default();
        for at in self.index.candidates(case.facts) {
            let Some(rule) = self.rules.get(at as usize).filter(|rule| case.meets(rule)) else {
                continue;
            };
            match rule.effect {
                Effect::Ask { .. } => found.asks.push(rule),
                Effect::Block => found.blocks.push(rule),
                Effect::Warn => found.warns.push(rule),
                Effect::Watch(_) => found.watches.push(rule),
            }
        }
        found
    }

    /// Whether casbin, reading the cells, finds the same rules to apply; the refusal says which
    /// rule the two readings differ on.
    pub fn prove(&self, limits: &Limits, facts: &Facts) -> Result<(), Refusal> {
        let standing = limits.judge(facts)?;
        let case = Case::prepare(&self.needs, facts, &standing)?;
        let proof = self.proof.get_or_init(|| Proof::of(&self.rules)).as_ref();
        let (blocks, others) = proof.map_err(Clone::clone)?.applying(&case)?;
        let said: BTreeSet<&str> = blocks.iter().chain(&others).map(String::as_str).collect();
        let own = self.applying(&case);
        // A block ends casbin's pass, so the first is the only one it names.
        let ours: BTreeSet<&str> = (own.blocks.iter().take(1))
            .chain(own.asks.iter().chain(&own.warns).chain(&own.watches))
            .map(|rule| rule.id.as_str())
            .collect();
        match said.symmetric_difference(&ours).next() {
            None => Ok(()),
            Some(rule) => Err(cannot_decide(
                "policy",
                format!("Rule {rule} is read in two ways; nothing is decided by it."),
            )),
        }
    }

    fn notes(&self, applying: &Applying<'_>, case: &Case<'_>, standing: &Standing) -> Notes {
        let of = |rule: &Rule| RuleRef { id: rule.id.clone(), version: self.version.clone() };
        let warning = |rule: &&Rule| Warning {
            rule: of(rule),
            message: rule.because.clone().unwrap_or_default(),
            because: because(rule, case, standing),
        };
        let mut watchers: Vec<Watcher> = Vec::new();
        for rule in &applying.watches {
            let Effect::Watch(source) = &rule.effect else { continue };
            for person in people(case.facts, &wanted(source, rule, case)) {
                if watchers.iter().all(|known| known.person.id != person.id) {
                    let because = because(rule, case, standing);
                    watchers.push(Watcher { rule: of(rule), person, because });
                }
            }
        }
        Notes { warnings: applying.warns.iter().map(warning).collect(), watchers }
    }

    fn asked(
        &self,
        rule: &Rule,
        limits: &Limits,
        case: &Case<'_>,
        standing: &Standing,
    ) -> Result<Option<Asked>, Refusal> {
        let Effect::Ask { place, source, mode } = &rule.effect else { return Ok(None) };
        let source = match source {
            ApproverSource::ManagerChain => {
                Wanted::Managers(limits.signers(case.facts, standing.judged)?)
            }
            other => wanted(other, rule, case),
        };
        Ok(Some(Asked {
            rule: RuleRef { id: rule.id.clone(), version: self.version.clone() },
            place: *place,
            mode: *mode,
            source,
            because: because(rule, case, standing),
        }))
    }
}

/// A source with what of the case decides it: contracts with the suppliers of the rule's lines.
fn wanted(source: &ApproverSource, rule: &Rule, case: &Case<'_>) -> Wanted {
    if *source != ApproverSource::ContractOwner {
        return Wanted::Source(source.clone());
    }
    let suppliers: BTreeSet<&str> = match &rule.line {
        Some(test) => case.meeting(test).map(|line| line.supplier.as_str()).collect(),
        None => case.facts.lines.iter().map(|line| line.supplier.as_str()).collect(),
    };
    Wanted::ContractOwners(suppliers.into_iter().map(str::to_owned).collect())
}

fn check_facts(facts: &Facts) -> Result<(), Refusal> {
    let currency = facts.total.currency();
    if let Some(line) = facts.lines.iter().find(|line| line.total.currency() != currency) {
        let message = format!("Line {} is in {}.", line.number, line.total.currency());
        return Err(cannot_decide(format!("lines[{}].total", line.number), message)
            .expected(format!("the currency of the total, {currency}")));
    }
    let blocks = |state: &BudgetState| state.exceeded && state.mode == BudgetMode::Block;
    match facts.budgets().find(|budget| blocks(&budget.state)) {
        Some(budget) => Err(exceeded(&budget.of, budget.amount, budget.state.available)),
        None => Ok(()),
    }
}

fn blocked(rule: &Rule, version: &str, because: &str) -> Refusal {
    let message = rule.because.clone().unwrap_or_else(|| format!("Rule {} blocks this.", rule.id));
    Refusal::invalid("blocked-by-rule", message)
        .got(because)
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

//! Random rules over random requisitions: the compiled reading against casbin's and against a third
//! one, written apart from both on minor units and the rule's own words; and counterfactuals that
//! really flip what they speak of.

mod rows;
mod wishes;

use std::collections::BTreeSet;

use proptest::prelude::*;

use self::rows::{Row, applies, csv, row};
use super::world::roles;
use crate::{
    base::money::Money,
    domain::approval::{Facts, Outcome},
    policy::{
        approval::Ruleset,
        explain::{self, Change, Counterfactual, Explanation},
        limits::Limits,
    },
};

const LIMITS: &str = "id,subject,period,currency,amount\nr,role:requester,order,EUR,500.00\n";

/// The ids of the rules that speak in an outcome, `base` left out.
fn speaking(outcome: &Outcome) -> BTreeSet<String> {
    let mut ids: BTreeSet<String> =
        outcome.steps().iter().map(|step| step.rule.id.clone()).collect();
    ids.extend(outcome.steps().iter().flat_map(|step| &step.also).map(|also| also.id.clone()));
    if let Some(notes) = outcome.notes() {
        ids.extend(notes.warnings.iter().map(|warning| warning.rule.id.clone()));
    }
    ids.remove("base");
    ids
}

/// The third reading of one pair: the plan it must be, without a look at how it is made.
fn check_pair(
    rows: &[Row],
    rules: &Ruleset,
    limits: &Limits,
    facts: &Facts,
) -> Result<(), TestCaseError> {
    let outcome = rules.plan(limits, facts);
    prop_assert_eq!(&outcome, &rules.plan(limits, facts), "the same facts, the same plan");
    if let Err(refusal) = rules.prove(limits, facts) {
        return Err(TestCaseError::fail(format!("{refusal}")));
    }
    let applying: Vec<(usize, &Row)> =
        rows.iter().enumerate().filter(|(_, row)| applies(row, facts)).collect();
    let of = |effect: &str| -> BTreeSet<String> {
        let some = applying.iter().filter(|(_, row)| row.effect == effect);
        some.map(|(n, _)| format!("r{n}")).collect()
    };
    let denied = of("deny");
    match &outcome {
        Outcome::Blocked(refusal) => {
            prop_assert_eq!(refusal.code, "blocked-by-rule");
            let rule = refusal.more.iter().find(|(name, _)| *name == "rule");
            prop_assert!(denied.contains(&rule.expect("a rule").1), "{}", refusal);
        }
        Outcome::NoSignOff { notes, .. } => {
            prop_assert!(denied.is_empty() && of("allow").is_empty());
            prop_assert!(!rows::over(facts));
            let warned: BTreeSet<String> =
                notes.warnings.iter().map(|warning| warning.rule.id.clone()).collect();
            prop_assert_eq!(warned, of("warn"));
        }
        Outcome::Plan(plan) => {
            prop_assert!(denied.is_empty());
            let expected: BTreeSet<String> = of("allow").into_iter().chain(of("warn")).collect();
            prop_assert_eq!(speaking(&outcome), expected);
            let told: BTreeSet<&str> =
                plan.notes.watchers.iter().map(|watcher| watcher.person.name.as_str()).collect();
            prop_assert_eq!(told.contains("ivy"), !of("watch").is_empty());
            let people: Vec<_> =
                plan.steps.iter().flat_map(|step| &step.approvers).map(|one| one.id).collect();
            let different: BTreeSet<_> = people.iter().copied().collect();
            prop_assert_eq!(people.len(), different.len());
            prop_assert!(!different.contains(&facts.requester.id));
        }
    }
    check_why(rules, limits, facts, &explain::explain(rules, limits, facts))
}

/// Whether a rule speaks in what an outcome says: it asks, warns, or is what blocks.
fn speaks(outcome: &Outcome, rule: &str) -> bool {
    match outcome {
        Outcome::Blocked(_) => true,
        _ => {
            let asks = outcome
                .steps()
                .iter()
                .any(|step| step.rule.id == rule || step.also.iter().any(|also| also.id == rule));
            asks || speaking(outcome).contains(rule)
        }
    }
}

fn check_why(
    rules: &Ruleset,
    limits: &Limits,
    facts: &Facts,
    why: &Explanation,
) -> Result<(), TestCaseError> {
    let after =
        |change: &Change| explain::apply(facts, change).map(|changed| rules.plan(limits, &changed));
    let spoken = why.steps.iter().chain(&why.warnings).chain(&why.block);
    for one in spoken {
        let Some(Counterfactual { change, text, .. }) = &one.counterfactual else { continue };
        let Some(outcome) = after(change) else {
            return Err(TestCaseError::fail(format!("impossible: {text}")));
        };
        prop_assert!(!speaks(&outcome, &one.rule.id), "{} of rule {}", text, one.rule.id);
        // It is the nearest of its kind: one cent nearer and the rule still speaks.
        if let Change::Less(by) = change
            && by.minor() > 1
        {
            let nearer = Change::Less(Money::from_minor(by.minor() - 1, by.currency()));
            let same = after(&nearer).is_none_or(|outcome| speaks(&outcome, &one.rule.id));
            prop_assert!(same, "{} is not the least for rule {}", text, one.rule.id);
        }
    }
    if let Some(next) = &why.next {
        let outcome = after(&next.change).expect("a change that is possible");
        prop_assert!(outcome.steps().iter().any(|step| step.rule.id == next.rule), "{}", next.text);
        prop_assert!(why.steps.iter().all(|step| step.rule.id != next.rule), "{}", next.text);
    }
    Ok(())
}

proptest! {
    // 500 sets over 20 requisitions each: 10,000 pairs.
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn three_readings_of_the_rules_agree_and_counterfactuals_flip(
        rows in proptest::collection::vec(row(), 0..10),
        requisitions in proptest::collection::vec(wishes::requisition(), 20),
    ) {
        let limits = Limits::load(LIMITS, "1", &roles()).unwrap();
        let set = csv(&rows);
        let rules = Ruleset::load(&set, "1", &roles()).unwrap();
        for facts in &requisitions {
            if let Err(fault) = check_pair(&rows, &rules, &limits, facts) {
                return Err(TestCaseError::fail(format!("{fault}\n{set}\n{facts:?}")));
            }
        }
    }
}

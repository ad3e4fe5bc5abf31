//! casbin's answer against a second reading of the rules, written apart from it, on random rules
//! and random requisitions. The reference works on minor units and the rule's own words.

use std::{collections::BTreeSet, fmt::Write as _};

use proptest::prelude::*;

use super::world::{facts_of, line, person, roles};
use crate::{
    base::money::{Currency, Money},
    domain::{
        approval::{BudgetMode, BudgetState, Facts, Outcome, Rate},
        requisition::RequisitionSource,
        role::Role,
    },
    policy::{approval::Ruleset, explain, limits::Limits},
};

/// One random rule, as plain as a row on paper.
#[derive(Debug, Clone)]
struct Row {
    limit: &'static str,
    /// Minor units of EUR.
    above: Option<i64>,
    up_to: Option<i64>,
    category: Vec<&'static str>,
    supplier: Vec<&'static str>,
    cost_center: Vec<&'static str>,
    source: &'static str,
    exceeded: bool,
    requester: Vec<&'static str>,
    deny: bool,
}

/// 500.00 EUR in cents.
const OWN_LIMIT: i64 = 50_000;
const CODES: &[&str] = &["43211503", "43", "44121700", "31161500", "4321"];
const SHOPS: &[&str] = &["office-one", "toolworks", "partsdesk"];
const CENTRES: &[&str] = &["4100", "4200", "41"];
const AMOUNTS: &[i64] =
    &[0, 1, 999, 50_000, 50_001, 100_000, 500_000, 2_147_483_648, 300_000_000_000];

fn some(of: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![2 => Just(vec![]), 1 => proptest::sample::subsequence(of, 1..=2)]
}

fn bound() -> impl Strategy<Value = Option<i64>> {
    proptest::option::weighted(0.4, proptest::sample::select(AMOUNTS))
}

fn row() -> impl Strategy<Value = Row> {
    let words = (
        proptest::sample::select(vec!["*", "*", "over", "within"]),
        proptest::sample::select(vec!["*", "*", "cart", "incoming_order"]),
        proptest::bool::weighted(0.2),
        proptest::bool::weighted(0.1),
    );
    let lists = (some(CODES), some(SHOPS), some(CENTRES), some(&["requester", "director"]));
    (words, bound(), bound(), lists).prop_map(|(words, above, up_to, lists)| {
        let up_to = up_to.filter(|high| above.is_none_or(|low| low < *high));
        let (limit, source, exceeded, deny) = words;
        let (category, supplier, cost_center, requester) = lists;
        Row {
            limit,
            above,
            up_to,
            category,
            supplier,
            cost_center,
            source,
            exceeded,
            requester,
            deny,
        }
    })
}

fn csv(rows: &[Row]) -> String {
    let list = |of: &[&str]| if of.is_empty() { "*".to_owned() } else { of.join("|") };
    let amount = |minor: Option<i64>| {
        minor.map_or("*".to_owned(), |minor| format!("{}.{:02}", minor / 100, minor % 100))
    };
    let mut text = "id,effect,limit,above,up_to,currency,category,supplier,cost_center,source,\
                    budget,requester,place,approver,because\n\
                    base,allow,over,*,*,*,*,*,*,*,*,*,tier-9,role:cfo,x\n"
        .to_owned();
    for (row, n) in rows.iter().zip(0..) {
        let (effect, whom) =
            if row.deny { ("deny", "*,*") } else { ("allow", "tier-1,role:director") };
        let budget = if row.exceeded { "exceeded" } else { "*" };
        let _ = writeln!(
            text,
            "r{n},{effect},{},{},{},EUR,{},{},{},{},{budget},{},{whom},x",
            row.limit,
            amount(row.above),
            amount(row.up_to),
            list(&row.category),
            list(&row.supplier),
            list(&row.cost_center),
            row.source,
            list(&row.requester),
        );
    }
    text
}

fn requisition() -> impl Strategy<Value = Facts> {
    let near =
        (proptest::sample::select(AMOUNTS), -1_i64..=1).prop_map(|(at, off)| (at + off).max(0));
    let lines = proptest::collection::vec(
        (proptest::sample::select(CODES), proptest::sample::select(SHOPS)),
        1..4,
    );
    let who = proptest::sample::subsequence(vec![Role::REQUESTER, Role::DIRECTOR], 0..=2);
    let rest = (proptest::sample::select(CENTRES), any::<bool>(), any::<bool>(), any::<bool>());
    (near, lines, who, rest).prop_map(|(minor, lines, who, (centre, cart, over_budget, dinar))| {
        // One dinar is worth 2.50; a dinar amount stands for some whole cents in EUR.
        let total = if dinar {
            Money::from_minor(minor.saturating_mul(4), "KWD".parse().unwrap())
        } else {
            Money::from_minor(minor, Currency::EUR)
        };
        let mut facts = facts_of("ed", total, &[]);
        facts.lines = lines
            .iter()
            .zip(1..)
            .map(|((code, shop), n)| {
                let mut line = line(n, code, total);
                line.supplier = (*shop).to_owned();
                line
            })
            .collect();
        facts.roles = who.into_iter().collect();
        facts.cost_center = centre.to_owned();
        facts.source =
            if cart { RequisitionSource::Cart } else { RequisitionSource::IncomingOrder };
        let rate = rust_decimal::Decimal::new(25, 1);
        facts.rates = vec![Rate { from: "KWD".parse().unwrap(), to: Currency::EUR, rate }];
        facts.holders.insert(Role::DIRECTOR, vec![person("dan")]);
        let available = Money::zero(Currency::EUR);
        facts.budget = Some(BudgetState {
            mode: BudgetMode::RequireApproval,
            exceeded: over_budget,
            available,
        });
        facts
    })
}

/// Cents in EUR: a dinar amount of 4n fils is n cents at 2.50.
fn cents(facts: &Facts) -> i64 {
    if facts.total.currency() == Currency::EUR {
        facts.total.minor()
    } else {
        facts.total.minor() / 4
    }
}

fn applies(row: &Row, facts: &Facts) -> bool {
    let total = cents(facts);
    let requester = facts.roles.contains(&Role::REQUESTER);
    let over = !requester || total > OWN_LIMIT;
    let has = |list: &[&str], value: &str| list.is_empty() || list.contains(&value);
    let line = facts.lines.iter().any(|line| {
        let code = line.unspsc.clone().unwrap();
        let mut starts = row.category.is_empty();
        for prefix in &row.category {
            starts |= code.len() >= prefix.len() && &code[..prefix.len()] == *prefix;
        }
        starts && has(&row.supplier, &line.supplier)
    });
    (row.limit == "*" || (row.limit == "over") == over)
        && row.above.is_none_or(|above| total > above)
        && row.up_to.is_none_or(|up_to| total <= up_to)
        && line
        && has(&row.cost_center, &facts.cost_center)
        && (row.source == "*" || row.source == facts.source.word())
        && (!row.exceeded || facts.budget.unwrap().exceeded)
        && (row.requester.is_empty()
            || row
                .requester
                .iter()
                .any(|name| facts.roles.iter().any(|role| role.as_str() == *name)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn casbin_says_what_a_plain_reading_of_the_rules_says(
        rows in proptest::collection::vec(row(), 0..12),
        facts in requisition(),
    ) {
        let limits = "id,subject,period,currency,amount\nr,role:requester,order,EUR,500.00\n";
        let limits = Limits::load(limits, "1", &roles()).unwrap();
        let set = csv(&rows);
        let rules = Ruleset::load(&set, "1", &roles()).unwrap();
        let expected: BTreeSet<String> = rows
            .iter()
            .zip(0..)
            .filter(|(row, _)| applies(row, &facts))
            .map(|(_, n)| format!("r{n}"))
            .collect();
        let denied = rows.iter().any(|row| row.deny && applies(row, &facts));
        let outcome = rules.plan(&limits, &facts);
        prop_assert_eq!(&outcome, &rules.plan(&limits, &facts));
        match outcome {
            Outcome::Blocked(refusal) => {
                prop_assert!(denied, "{}\n{}", refusal, set);
                prop_assert_eq!(refusal.code, "blocked-by-rule");
            }
            Outcome::NoSignOff { .. } => {
                prop_assert!(!denied && expected.is_empty(), "{:?}\n{}", expected, set);
                prop_assert!(facts.roles.contains(&Role::REQUESTER) && cents(&facts) <= OWN_LIMIT);
            }
            Outcome::Plan(plan) => {
                prop_assert!(!denied, "{}", set);
                let mut got: BTreeSet<String> = plan.steps.iter().map(|s| s.rule.id.clone()).collect();
                got.extend(plan.steps.iter().flat_map(|s| &s.also).map(|also| also.id.clone()));
                let over = !facts.roles.contains(&Role::REQUESTER) || cents(&facts) > OWN_LIMIT;
                prop_assert_eq!(got.remove("base"), over);
                prop_assert_eq!(got, expected, "{}", set);
                let why = explain::explain(&rules, &limits, &facts);
                for step in &why.steps {
                    let Some(nearest) = &step.counterfactual else { continue };
                    let changed = explain::apply(&facts, &nearest.change).unwrap();
                    if let Outcome::Plan(plan) = rules.plan(&limits, &changed) {
                        prop_assert!(plan.steps.iter().all(|s| s.rule.id != nearest.rule));
                    }
                }
            }
        }
    }
}

use proptest::prelude::*;

use super::*;
use crate::{
    base::money::{Currency, Money},
    domain::{approval::RuleRef, role::Role},
};

/// The requester is person 0.
fn person(n: u128) -> Person {
    Person {
        id: PersonId::from_bits(n),
        mail: format!("p{n}@acme.example"),
        name: format!("P{n}"),
        active: n != 9,
        decides: n != 8,
    }
}

/// Role `r-N` is held by the people of `holders[N]`.
fn facts(holders: &[Vec<u128>], managers: &[u128]) -> Facts {
    let role = |n: usize| -> Role { format!("r-{n}").parse().unwrap() };
    let of = |(people, n): (&Vec<u128>, usize)| {
        (role(n), people.iter().map(|person_| person(*person_)).collect())
    };
    Facts {
        managers: managers.iter().map(|n| person(*n)).collect(),
        holders: holders.iter().zip(0..).map(of).collect(),
        named: vec![person(1)],
        ..Facts::plain(person(0), Money::zero(Currency::EUR))
    }
}

fn asked(id: usize, place: &str, mode: Mode, source: &str) -> Asked {
    Asked {
        rule: RuleRef { id: format!("rule-{id}"), version: "1".to_owned() },
        place: place.parse().unwrap(),
        mode,
        source: Wanted::Source(source.parse().unwrap()),
        because: "Because.".to_owned(),
    }
}

fn shape(steps: &[PlannedStep]) -> Vec<(u32, Vec<u128>)> {
    steps.iter().map(|step| (step.order, ids(step).map(|id| id.bits()).collect())).collect()
}

#[test]
fn missing_tiers_leave_no_gap_and_equal_tiers_stand_side_by_side() {
    let facts = facts(&[vec![2], vec![3], vec![4]], &[1]);
    let rules = vec![
        asked(1, "tier-7", Mode::Any, "role:r-2"),
        asked(2, "tier-2", Mode::Any, "manager"),
        asked(3, "tier-2", Mode::Any, "role:r-0"),
        asked(4, "beside", Mode::Any, "role:r-1"),
    ];
    let steps = arrange(&facts, rules).unwrap();
    assert_eq!(shape(&steps), [(1, vec![1]), (1, vec![2]), (1, vec![3]), (2, vec![4])]);
}

#[test]
fn the_last_place_takes_over_what_its_people_would_sign_earlier() {
    let facts = facts(&[vec![2], vec![3]], &[2]);
    let rules = vec![
        asked(1, "tier-1", Mode::Any, "manager"),
        asked(2, "tier-2", Mode::Any, "role:r-1"),
        asked(3, "last", Mode::Any, "role:r-0"),
    ];
    let steps = arrange(&facts, rules).unwrap();
    assert_eq!(shape(&steps), [(1, vec![3]), (2, vec![2])]);
    assert_eq!(steps[1].also[0].id, "rule-1");
}

#[test]
fn a_vote_of_all_keeps_every_signature_it_needs() {
    let facts = facts(&[vec![1, 2], vec![1, 3]], &[]);
    let rules =
        vec![asked(1, "tier-1", Mode::Any, "role:r-0"), asked(2, "tier-2", Mode::All, "role:r-1")];
    let steps = arrange(&facts, rules).unwrap();
    assert_eq!(shape(&steps), [(1, vec![2]), (2, vec![1, 3])]);
}

#[test]
fn a_dead_end_names_its_rule() {
    let facts = facts(&[vec![0, 9]], &[0, 9]);
    for source in ["manager", "role:r-0", "role:nobody", "person:x@y.example", "manager:2"] {
        let refusal = arrange(&facts, vec![asked(1, "tier-1", Mode::Any, source)]).unwrap_err();
        assert_eq!(refusal.code, "no-approver");
        assert!(refusal.more.contains(&("rule", "rule-1".to_owned())), "{source}");
    }
}

#[test]
fn a_chain_of_managers_signs_one_after_the_other_up_to_the_count() {
    let facts = facts(&[vec![4]], &[0, 1, 9, 2, 3]);
    let chain = |count| Asked {
        source: Wanted::Managers(count),
        ..asked(1, "tier-1", Mode::Any, "manager")
    };
    let rules = vec![chain(Some(2)), asked(2, "tier-2", Mode::Any, "role:r-0")];
    let steps = arrange(&facts, rules).unwrap();
    assert_eq!(shape(&steps), [(1, vec![1]), (2, vec![2]), (3, vec![4])]);
    let refusal = arrange(&facts, vec![chain(None)]).unwrap_err();
    assert!(refusal.mend.unwrap().contains("period sign"));
}

#[test]
fn whoever_may_not_decide_is_told_and_never_asked() {
    let all = facts(&[vec![1, 8], vec![8]], &[8, 2, 3]);
    let of = |source: &str, mode: Mode| arrange(&all, vec![asked(1, "tier-1", mode, source)]);
    assert_eq!(shape(&of("role:r-0", Mode::Any).unwrap()), [(1, vec![1])]);
    assert_eq!(shape(&of("manager", Mode::Any).unwrap()), [(1, vec![2])]);
    for (source, mode) in [("role:r-1", Mode::Any), ("role:r-0", Mode::Of(2))] {
        assert_eq!(of(source, mode).unwrap_err().code, "no-approver");
    }
    let source = Wanted::Source("role:r-1".parse().unwrap());
    assert_eq!(people(&all, &source), [person(8)]);
}

#[test]
fn two_of_three_counts_whoever_signs_elsewhere_and_says_so() {
    let facts = facts(&[vec![1, 2, 3]], &[1]);
    let rules =
        vec![asked(1, "tier-1", Mode::Any, "manager"), asked(2, "tier-2", Mode::Of(2), "role:r-0")];
    let steps = arrange(&facts, rules).unwrap();
    assert_eq!(shape(&steps), [(1, vec![1]), (2, vec![2, 3])]);
    assert_eq!(steps[1].mode, Mode::Any, "one of the two is sure to sign already");
    assert!(steps[1].because.ends_with("not asked again."));
    let few = arrange(&facts, vec![asked(1, "tier-1", Mode::Of(4), "role:r-0")]).unwrap_err();
    assert!(few.message.contains("4 signatures are needed and only 3"), "{few}");
}

#[test]
fn two_of_all_cannot_take_the_place_of_one_of_some() {
    let facts = facts(&[vec![1, 2, 3, 4], vec![2, 3]], &[]);
    let one = asked(0, "tier-1", Mode::First, "role:r-1");
    let two = asked(2, "tier-1", Mode::Of(2), "role:r-0");
    let steps = arrange(&facts, vec![one.clone(), two.clone()]).unwrap();
    assert_eq!(shape(&steps), [(1, vec![2, 3]), (1, vec![1, 4])]);
    assert_eq!(steps[1].mode, Mode::Any, "the other signature comes from the first step");
    let last = asked(1, "last", Mode::Any, "role:r-0");
    let steps = arrange(&facts, vec![one, last, two]).unwrap();
    assert_eq!(shape(&steps), [(1, vec![2, 3]), (2, vec![1, 4])]);
    assert_eq!(steps[1].also.len() + steps[0].also.len(), 1, "both together are the two");
}

fn rule(n: usize) -> impl Strategy<Value = Asked> {
    let place = proptest::sample::select(vec!["tier-1", "tier-2", "tier-3", "beside", "last"]);
    let sources = vec!["manager", "manager:2", "role:r-0", "role:r-1", "role:r-2"];
    let mode = proptest::sample::select(vec![Mode::Any, Mode::All, Mode::First, Mode::Of(2)]);
    (place, proptest::sample::select(sources), mode)
        .prop_map(move |(place, source, mode)| asked(n, place, mode, source))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_asked_twice_and_no_signature_is_lost(
        holders in proptest::collection::vec(
            proptest::sample::subsequence(vec![0_u128, 1, 2, 3, 4, 9], 1..5), 3),
        managers in proptest::sample::subsequence(vec![0_u128, 1, 2, 3, 9], 0..5),
        rules in (rule(0), rule(1), rule(2), rule(3), rule(4)),
        count in 1_usize..=5,
    ) {
        let facts = facts(&holders, &managers);
        let rules: Vec<Asked> =
            [rules.0, rules.1, rules.2, rules.3, rules.4].into_iter().take(count).collect();
        let steps = match arrange(&facts, rules.clone()) {
            Ok(steps) => steps,
            Err(refusal) => {
                prop_assert_eq!(refusal.code, "no-approver");
                return Ok(());
            }
        };
        let people: Vec<u128> = steps.iter().flat_map(ids).map(|id| id.bits()).collect();
        let different: BTreeSet<u128> = people.iter().copied().collect();
        prop_assert_eq!(people.len(), different.len(), "{:?}", steps);
        prop_assert!(!different.contains(&0) && !different.contains(&9));
        let orders: BTreeSet<u32> = steps.iter().map(|step| step.order).collect();
        prop_assert!(orders.iter().copied().eq((1..).take(orders.len())), "{:?}", orders);
        for rule in &rules {
            let named = |step: &PlannedStep| {
                step.rule == rule.rule || step.also.contains(&rule.rule)
            };
            prop_assert_eq!(steps.iter().filter(|step| named(step)).count(), 1, "{:?}", steps);
            let wanted: BTreeSet<PersonId> =
                resolve(&facts, rule).unwrap().iter().map(|person| person.id).collect();
            let sure = |step: &PlannedStep| {
                let outside = ids(step).filter(|id| !wanted.contains(id)).count();
                step.mode.needed(step.approvers.len()).saturating_sub(outside)
            };
            let signed =
                steps.iter().map(sure).sum::<usize>() >= rule.mode.needed(wanted.len());
            prop_assert!(signed, "{:?} of {:?}", rule, steps);
        }
    }
}

//! How long a plan takes. `cargo test --release -- --ignored a_plan_with` prints the figure.

use std::{fmt::Write as _, time::Instant};

use super::world::{facts_of, loaded, money, roles, short};
use crate::{
    base::money::Currency,
    policy::{approval::Ruleset, limits::Limits},
};

/// A hundred rules of an organisation: tiers by cost centre, reviewers by segment and supplier.
pub fn hundred_rules() -> String {
    let mut set = "id,effect,limit,above,up_to,currency,category,supplier,account,cost_center,\
                   source,budget,requester,place,approver\n\
                   manager,allow,over,*,*,*,*,*,*,*,*,*,*,tier-1,manager\n\
                   director,allow,over,5000.00,*,EUR,*,*,*,*,*,*,*,tier-2,role:director\n"
        .to_owned();
    for n in 0..49 {
        let tail = "*,*,tier-3,role:cfo";
        let _ = writeln!(
            set,
            "tier-{n},allow,over,{}00.00,*,EUR,*,*,*,{}|{},*,{tail}",
            n + 50,
            6000 + n,
            7000 + n
        );
        let tail = "*,*,*,*,beside,role:it-reviewer";
        let _ = writeln!(set, "review-{n},allow,*,*,*,*,{},shop-{n},*,{tail}", 30 + n);
    }
    set
}

/// Ten lines of ten suppliers, above two tiers.
pub fn ten_lines() -> crate::domain::approval::Facts {
    let codes: Vec<String> = (0..10).map(|n| format!("{}211503", 40 + n)).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let mut facts = facts_of("ed", money("7834.80"), &codes);
    facts.lines.iter_mut().zip(10..).for_each(|(line, n)| line.supplier = format!("shop-{n}"));
    facts
}

#[test]
fn a_hundred_rules_give_the_right_plan() {
    let rules = Ruleset::load(&hundred_rules(), "1", &roles()).unwrap();
    let (_, limits) = loaded("acme", Currency::EUR);
    assert_eq!(short(&rules.plan(&limits, &ten_lines())), "mia & ivy > dan");
}

#[test]
#[ignore = "prints a figure; run it in release"]
fn a_plan_with_a_hundred_rules_takes_so_many_microseconds() {
    let rules = Ruleset::load(&hundred_rules(), "1", &roles()).unwrap();
    let (acme, limits): (_, Limits) = loaded("acme", Currency::EUR);
    let facts = ten_lines();
    for (name, rules) in [("100 rules", &rules), ("Acme's 5 rules", &acme)] {
        let mut best = u128::MAX;
        for _ in 0..20 {
            let begun = Instant::now();
            for _ in 0..100 {
                std::hint::black_box(rules.plan(&limits, &facts));
            }
            best = best.min(begun.elapsed().as_nanos() / 100);
        }
        eprintln!("{name}: {} ns a plan", best);
    }
}

//! One plan in process: casbin over an organisation's rules, with exact amounts.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    hint::black_box,
    time::{Duration, Instant},
};

use countersign::{
    base::{
        id::PersonId,
        money::{Currency, Money},
    },
    domain::{
        approval::{Facts, Line, Person},
        role::Role,
    },
    policy::{approval::Ruleset, limits::Limits},
};

use common::{per_mille, report};

fn main() {
    println!("policy: one plan of a 10-line requisition, in process");
    let facts = facts();
    let roles: BTreeSet<Role> = Role::KNOWN.iter().cloned().collect();
    let limits = "id,subject,period,currency,amount\nown,role:requester,order,EUR,500.00\n";
    let limits = Limits::load(limits, "1", &roles).expect("limits");
    for (rules, rounds, asked) in [
        (100, 2_000, "asked: under 400 microseconds"),
        (1_000, 2_000, "asked: p99 under 1,000 microseconds"),
        (4_900, 200, ""),
    ] {
        let set = Ruleset::load(&rules_csv(rules), "1", &roles).expect("rules");
        black_box(set.plan(&limits, &facts));
        let mut took: Vec<Duration> = (0..rounds)
            .map(|_| {
                let begun = Instant::now();
                black_box(set.plan(&limits, &facts));
                begun.elapsed()
            })
            .collect();
        took.sort();
        let micros = |mille| per_mille(&took, mille).as_micros();
        report(&format!("{rules} rules, median, microseconds"), micros(500), asked);
        report(&format!("{rules} rules, p99, microseconds"), micros(990), "");
    }
}

fn person(name: &str) -> Person {
    let bits = name.bytes().fold(0_u128, |bits, byte| (bits << 8) | u128::from(byte));
    Person {
        id: PersonId::from_bits(bits),
        mail: format!("{name}@acme.example"),
        name: name.to_owned(),
        active: true,
        decides: true,
    }
}

fn facts() -> Facts {
    let total = Money::parse("7834.80", Currency::EUR).expect("money");
    let line = |number: u32| Line {
        sku: format!("ITEM-{number}"),
        unspsc: Some(format!("{}211503", 39 + number)),
        unit: "EA".to_owned(),
        ..Line::plain(number, &format!("shop-{}", number + 9), total)
    };
    Facts {
        organisation: "acme".to_owned(),
        roles: [Role::REQUESTER].into(),
        managers: ["mia", "dan", "carla"].map(person).to_vec(),
        cost_center: "4100".to_owned(),
        lines: (1..=10).map(line).collect(),
        holders: [
            (Role::DIRECTOR, vec![person("dan")]),
            (Role::CFO, vec![person("carla")]),
            (Role::IT_REVIEWER, vec![person("ivy")]),
        ]
        .into(),
        ..Facts::plain(person("ed"), total)
    }
}

fn rules_csv(rules: usize) -> String {
    let mut set = "id,effect,limit,above,currency,category,supplier,cost_center,place,approver\n\
                   manager,allow,over,*,*,*,*,*,tier-1,manager\n\
                   director,allow,over,5000.00,EUR,*,*,*,tier-2,role:director\n"
        .to_owned();
    for n in 0..(rules - 2) / 2 {
        let (above, center) = (n % 900 + 50, 6000 + n);
        let _ = writeln!(set, "tier-{n},allow,over,{above}00.00,EUR,*,*,{center},tier-3,role:cfo");
        let segment = 30 + n % 60;
        let _ =
            writeln!(set, "review-{n},allow,*,*,*,{segment},shop-{n},*,beside,role:it-reviewer");
    }
    set
}

//! Sets that must be refused, edits that must take effect, and explanations that must hold.

use std::collections::BTreeSet;

use crate::{
    base::money::Currency,
    domain::{
        approval::{BudgetMode, BudgetState, Outcome},
        refusal::{Refusal, RefusalKind},
        role::Role,
    },
    policy::{
        approval::Ruleset,
        check::{Member, Surroundings, Versions, check, unheld},
        explain::{Change, apply, explain},
        limits::{Limits, LooksBack},
        seed::{Seed, seed},
    },
};

use super::world::{facts, facts_of, loaded, money, person, roles, short};

const VERSIONS: Versions<'static> = Versions { approval: "7", limits: "3" };

fn acme() -> Seed {
    seed("acme", Currency::EUR)
}

fn around() -> Surroundings {
    let (rates, staff) = (Vec::new(), Vec::new());
    Surroundings {
        currency: Currency::EUR,
        holders: None,
        people: None,
        rates,
        staff,
        awaited: BTreeSet::new(),
    }
}

fn refused(approval: &str) -> Refusal {
    let sets = Seed { approval: approval.to_owned(), ..acme() };
    let refusal = check(&sets, VERSIONS, &around()).unwrap_err();
    assert_eq!(refusal.code, "policy-unsound", "{refusal}");
    assert_eq!(refusal.kind, RefusalKind::Invalid);
    assert!(refusal.more.iter().any(|(name, value)| *name == "witness" && !value.is_empty()));
    refusal
}

fn plan_with(approval: &str, amount: &str, codes: &[&str]) -> String {
    let sets = Seed { approval: approval.to_owned(), ..acme() };
    let policies = check(&sets, VERSIONS, &around()).unwrap();
    short(&policies.approval.plan(&policies.limits, &facts_of("ed", money(amount), codes)))
}

#[test]
fn all_seeds_pass_the_check() {
    for (name, currency) in [
        ("acme", "EUR"),
        ("globex", "USD"),
        ("initech", "EUR"),
        ("brand-new", "EUR"),
        ("brand-new", "JPY"),
        ("brand-new", "KWD"),
    ] {
        let currency = currency.parse().unwrap();
        let surroundings = Surroundings { currency, ..around() };
        check(&seed(name, currency), VERSIONS, &surroundings).unwrap();
    }
    assert!(seed("brand-new", "JPY".parse().unwrap()).limits.ends_with("order,JPY,50000\n"));
    assert!(seed("brand-new", Currency::EUR).approval.contains(",5000.00,EUR,"));
}

#[test]
fn the_amount_in_acmes_set_drives_the_plan() {
    let set = acme().approval;
    assert_eq!(set.matches("5000.00").count(), 1);
    assert_eq!(plan_with(&set, "3500.00", &["44121700"]), "mia");
    assert_eq!(
        plan_with(&set.replace("5000.00", "3000.00"), "3500.00", &["44121700"]),
        "mia > dan"
    );
}

#[test]
fn deleting_the_technology_line_asks_the_reviewer_no_more() {
    let set = acme().approval;
    let without: String = set
        .lines()
        .filter(|line| !line.contains("it-reviewer"))
        .map(|l| format!("{l}\n"))
        .collect();
    assert_eq!(plan_with(&set, "1200.00", &["43211503"]), "mia & ivy");
    assert_eq!(plan_with(&without, "1200.00", &["43211503"]), "mia");
}

#[test]
fn empty_and_broken_sets_are_refused() {
    let header = "id,effect,limit,above,currency,place,approver\n";
    let good = format!("{header}m,allow,over,*,*,tier-1,manager\n");
    assert_eq!(plan_with(&good, "900.00", &["44121700"]), "mia");
    for (bad, field) in [
        ("", "approval"),
        ("\n\n", "approval"),
        ("# only a comment\n", "approval"),
        (header, "approval"),
        ("garbage", "approval"),
        ("p, admin, data, read\n", "approval"),
        (&good.replace("allow", "maybe"), "approval.effect"),
        (&good.replace("allow", "Allow"), "approval.effect"),
        (&good.replace("allow", ""), "approval.effect"),
        (&good.replace("over,", "some,"), "approval.limit"),
        (&good.replace("limit,", "mood,"), "approval"),
        (&good.replace("place,approver", "place,place"), "approval"),
        (&good.replace("tier-1", "tier-0"), "approval.place"),
        (&good.replace("tier-1", "somewhere"), "approval.place"),
        (&good.replace("manager\n", "role:wizard\n"), "approval.approver"),
        (&good.replace("manager\n", "whoever\n"), "approval.approver"),
        (&good.replace("manager\n", "\n"), "approval.approver"),
        (&good.replace("\nm,", "\nM 1,"), "approval.id"),
        (&good.replace(",*,*,", ",5e3,EUR,"), "approval.above"),
        (&good.replace(",*,*,", ",5_000,EUR,"), "approval.above"),
        (&good.replace(",*,*,", ",-1,EUR,"), "approval.above"),
        (&good.replace(",*,*,", ",5000.001,EUR,"), "approval.above"),
        (&good.replace(",*,*,", ",5000.00,*,"), "approval.currency"),
        (&good.replace(",*,*,", ",5000.00,eur,"), "approval.currency"),
        (&good.replace(",*,*,", ",\"5,000.00\",EUR,"), "approval.above"),
        (&good.replace(",tier-1", ""), "approval"),
        (&good.replace("manager\n", "manager,extra\n"), "approval"),
        (&good.replace("manager\n", "man\u{0}ager\n"), "approval"),
        (&good.replace("manager\n", "\"manager\n"), "approval"),
        (&format!("{good}m,allow,over,*,*,tier-2,manager\n"), "approval"),
        (&format!("{good}n,allow,over,*,*,tier-1,manager\n"), "approval"),
        (&good.replace("manager\n", "loop {}\n"), "approval.approver"),
    ] {
        let refusal = refused(bad);
        assert_eq!(refusal.field.as_deref(), Some(field), "{bad}: {refusal}");
    }
}

#[test]
fn a_set_that_leaves_an_amount_to_nobody_is_refused_with_that_amount() {
    let header = "id,effect,limit,above,up_to,currency,place,approver\n";
    let gap = refused(&format!(
        "{header}a,allow,over,*,2000.00,EUR,tier-1,manager\nb,allow,over,2500.00,*,EUR,tier-1,role:cfo\n"
    ));
    assert!(gap.message.contains("2,000.01 EUR"), "{gap}");
    let top = refused(&format!("{header}a,allow,over,*,2000.00,EUR,tier-1,manager\n"));
    assert!(top.message.contains("2,000.01 EUR"), "{top}");
    let low = refused(&format!("{header}a,allow,over,600.00,*,EUR,tier-1,manager\n"));
    assert!(low.message.contains("500.01 EUR"), "{low}");
    let only_incoming =
        refused("id,effect,source,place,approver\na,allow,incoming_order,tier-1,manager\n");
    assert!(only_incoming.message.contains("(cart)"), "{only_incoming}");
}

#[test]
fn a_rule_that_finds_nobody_is_refused_when_the_people_are_known() {
    let mut surroundings = around();
    surroundings.holders = Some([(Role::DIRECTOR, vec![person("dan")])].into());
    let refusal = check(&acme(), VERSIONS, &surroundings).unwrap_err();
    assert!(refusal.message.contains("rule cfo"), "{refusal}");
    assert!(refusal.mend.is_some_and(|mend| mend.contains("Give somebody the role cfo")));
    // Rules in force that wait for somebody do not keep anybody from saving another set.
    let waiting = unheld(&loaded("acme", Currency::EUR).0, &surroundings);
    assert!(waiting.keys().any(|role| *role == Role::CFO), "{waiting:?}");
    surroundings.awaited = waiting.into_keys().collect();
    assert!(check(&acme(), VERSIONS, &surroundings).is_ok());
    surroundings.awaited.clear();
    surroundings.holders = None;
    surroundings.people = Some(["mia@acme.example".to_owned()].into());
    let named = |mail: &str| Seed {
        approval: format!("id,effect,place,approver\na,allow,tier-1,person:{mail}\n"),
        ..acme()
    };
    assert!(check(&named("Mia@acme.example"), VERSIONS, &surroundings).is_ok());
    assert!(check(&named("eve@acme.example"), VERSIONS, &surroundings).is_err());
}

#[test]
fn a_rule_in_a_currency_without_a_rate_is_refused() {
    let set = acme().approval.replace("5000.00,EUR", "5000.00,USD");
    assert!(refused(&set).message.contains("USD"));
}

#[test]
fn unsound_limits_are_refused() {
    let header = "id,subject,period,currency,amount\n";
    let load = |csv: &str| Limits::load(csv, "1", &roles());
    let good = format!("{header}r,role:requester,order,EUR,500.00\n");
    assert!(load(&good).is_ok());
    let wide = "id,subject,period,counts,currency,amount\n\
                m,role:requester,month,*,EUR,2000.00\n\
                w,role:requester,window:30d,own,EUR,2000.00\n\
                k,cost_center:4100,fiscal_year,*,EUR,90000.00\n\
                s,supplier:*,window:7d,own,EUR,1000.00\n\
                a,supplier:*,window:7d,all,EUR,5000.00\n\
                c,category:4321,quarter,*,EUR,5000.00\n";
    assert_eq!(load(wide).unwrap().looks_back(), Some(LooksBack::Everybody));
    assert_eq!(load(&good).unwrap().looks_back(), None);
    let own = good.replace("order", "week");
    assert_eq!(load(&own).unwrap().looks_back(), Some(LooksBack::Requester));
    for (line, bad) in [
        ("w,role:requester,window:30d,own", "w,role:requester,window:30d,all"),
        ("supplier:*,window:7d,all", "supplier:,window:7d,all"),
        ("category:4321", "category:43x1"),
        ("cost_center:4100,fiscal_year,*", "cost_center:4100,fiscal_year,some"),
        ("a,supplier:*,window:7d,all", "a,supplier:*,window:7d,own"),
    ] {
        assert_eq!(load(&wide.replace(line, bad)).unwrap_err().code, "policy-unsound", "{bad}");
    }
    for bad in [
        String::new(),
        header.to_owned(),
        good.replace("role:requester", "role:wizard"),
        good.replace("role:requester", "requester"),
        good.replace("order", "decade"),
        good.replace("order", "window:0d"),
        good.replace("order", "window:7"),
        good.replace("order", "window:400d"),
        good.replace("EUR", "XYZ"),
        good.replace("500.00", "*"),
        good.replace("500.00", "500.001"),
        format!("{good}s,role:requester,order,EUR,700.00\n"),
        format!("{good}r,role:director,order,EUR,700.00\n"),
    ] {
        assert_eq!(load(&bad).unwrap_err().code, "policy-unsound", "{bad}");
    }
}

#[test]
fn a_line_that_blocks_says_its_own_message() {
    let set = "id,effect,supplier,category,above,currency,place,approver,because\n\
               m,allow,*,*,*,*,tier-1,manager,*\n\
               no,deny,office-one,43,100.00,EUR,*,*,Buy computers from the contract supplier.\n";
    let rules = Ruleset::load(set, "9", &roles()).unwrap();
    let (_, limits) = loaded("acme", Currency::EUR);
    let plan = |amount, code| rules.plan(&limits, &facts_of("ed", money(amount), &[code]));
    assert_eq!(short(&plan("100.00", "43211503")), "mia");
    assert_eq!(short(&plan("100.01", "44121700")), "mia");
    let Outcome::Blocked(refusal) = plan("100.01", "43211503") else { panic!("not blocked") };
    assert_eq!(refusal.message, "Buy computers from the contract supplier.");
    assert_eq!((refusal.code, refusal.kind), ("blocked-by-rule", RefusalKind::Invalid));
    assert!(refusal.more.contains(&("rule", "no".to_owned())));
}

#[test]
fn line_conditions_hold_for_one_and_the_same_line() {
    let set = "id,effect,supplier,category,place,approver\n\
               it,allow,toolworks,43,beside,role:it-reviewer\nm,allow,*,*,tier-1,manager\n";
    let rules = Ruleset::load(set, "9", &roles()).unwrap();
    let (_, limits) = loaded("acme", Currency::EUR);
    let mut facts = facts_of("ed", money("100.00"), &["43211503", "27112700"]);
    facts.lines[1].supplier = "toolworks".to_owned();
    assert_eq!(short(&rules.plan(&limits, &facts)), "mia");
    facts.lines[0].supplier = "toolworks".to_owned();
    assert_eq!(short(&rules.plan(&limits, &facts)), "mia & ivy");
    facts.lines[0].supplier = "other|toolworks".to_owned();
    facts.lines[1].supplier = "*".to_owned();
    assert_eq!(short(&rules.plan(&limits, &facts)), "mia", "a name is never a pattern");
}

#[test]
fn votes_of_all_ask_everybody_and_nobody_twice() {
    let set = "id,effect,place,approver,vote\n\
               all,allow,tier-2,role:director,all\nm,allow,tier-1,manager,*\n";
    let rules = Ruleset::load(set, "9", &roles()).unwrap();
    let (_, limits) = loaded("acme", Currency::EUR);
    let mut facts = facts(money("100.00"));
    facts.holders.insert(Role::DIRECTOR, vec![person("dan"), person("don"), person("mia")]);
    let Outcome::Plan(plan) = rules.plan(&limits, &facts) else { panic!("no plan") };
    let people: Vec<Vec<&str>> = plan
        .steps
        .iter()
        .map(|step| step.approvers.iter().map(|person| person.name.as_str()).collect())
        .collect();
    assert_eq!(people, [vec!["mia"], vec!["dan", "don"]]);
}

#[test]
fn the_second_manager_is_counted_without_the_disabled() {
    let set = "id,effect,place,approver\nm,allow,tier-1,manager:2\n";
    let rules = Ruleset::load(set, "9", &roles()).unwrap();
    let (_, limits) = loaded("acme", Currency::EUR);
    let mut facts = facts(money("100.00"));
    assert_eq!(short(&rules.plan(&limits, &facts)), "dan");
    facts.managers[0].active = false;
    assert_eq!(short(&rules.plan(&limits, &facts)), "carla");
}

#[test]
fn a_plan_says_why_and_what_less_would_change_it() {
    let (rules, limits) = loaded("acme", Currency::EUR);
    let facts = facts_of("ed", money("5212.00"), &["43211503", "44121700"]);
    let mut facts = facts;
    facts.lines[0].total = money("1200.00");
    facts.lines[1].total = money("4012.00");
    let why = explain(&rules, &limits, &facts);
    let of = |rule: &str| why.steps.iter().find(|step| step.rule.id == rule).unwrap();
    let text = |rule: &str| of(rule).counterfactual.clone().unwrap().text;
    assert_eq!(text("director"), "212.00 EUR less and the director is not asked.");
    assert_eq!(text("manager"), "4,712.00 EUR less and the manager is not asked.");
    assert_eq!(text("technology"), "Take line 1 out and the IT reviewer is not asked.");
    assert_eq!(of("director").because, "5,212.00 EUR is above 5,000.00 EUR.");
    assert_eq!(
        of("manager").because,
        "5,212.00 EUR is above the requester's own limit of 500.00 EUR."
    );
    assert_eq!(of("technology").because, "Line 1 (ITEM-01) is in UNSPSC 43.");
    assert_eq!(why.next.as_ref().unwrap().text, "44,788.01 EUR more and the CFO is asked.");
    assert!(why.text().contains("dan@acme.example (rule director, version 1)"), "{}", why.text());
    for step in &why.steps {
        let change = &step.counterfactual.as_ref().unwrap().change;
        let Outcome::Plan(plan) = rules.plan(&limits, &apply(&facts, change).unwrap()) else {
            assert_eq!(step.rule.id, "manager");
            continue;
        };
        assert!(plan.steps.iter().all(|other| other.rule.id != step.rule.id));
    }
}

#[test]
fn within_the_limit_the_explanation_says_how_far() {
    let (rules, limits) = loaded("acme", Currency::EUR);
    let why = explain(&rules, &limits, &facts(money("400.00")));
    let next = why.next.unwrap();
    assert_eq!(next.change, Change::More(money("100.01")));
    assert_eq!(next.text, "100.01 EUR more and the manager is asked.");
    let Outcome::NoSignOff { because, limit, .. } = why.outcome else { panic!("signed") };
    assert_eq!(because, "400.00 EUR is within the requester's own limit of 500.00 EUR.");
    assert_eq!(limit.unwrap().id, "requester");
}

#[test]
fn over_budget_the_explanation_says_by_how_much() {
    let (rules, limits) = loaded("acme", Currency::EUR);
    let mut facts = facts(money("300.00"));
    let available = money("120.00");
    let mode = BudgetMode::RequireApproval;
    facts.budget = Some(BudgetState { mode, exceeded: true, available });
    let why = explain(&rules, &limits, &facts);
    let step = &why.steps[0];
    assert_eq!(
        step.because,
        "The budget of cost centre 4100 is exceeded: 120.00 EUR are available."
    );
    let text = &step.counterfactual.as_ref().unwrap().text;
    assert_eq!(text, "180.00 EUR less and the director is not asked.");
}

#[test]
fn a_person_asked_by_two_rules_is_asked_once_and_told_so() {
    let (rules, limits) = loaded("acme", Currency::EUR);
    let facts = facts_of("mia", money("6000.00"), &["44121700"]);
    let Outcome::Plan(plan) = rules.plan(&limits, &facts) else { panic!("no plan") };
    assert_eq!(plan.steps.len(), 1);
    assert!(plan.steps[0].because.ends_with("Also asked by rule director; counted once."));
    assert_eq!(plan.steps[0].also[0].id, "director");
    assert_eq!((plan.policy_version.as_str(), plan.limits_version.as_str()), ("1", "1"));
}

#[test]
fn rules_that_can_never_speak_and_tiers_with_holes_are_refused_with_an_order_that_shows_it() {
    let header = "id,effect,limit,above,up_to,currency,category,source,flagged,place,approver,because\n\
                  m,allow,over,*,*,*,*,*,*,tier-1,manager,*\n";
    for (line, shown) in [
        ("x,allow,within,5000.00,*,EUR,*,*,*,tier-2,role:cfo,*\n", "5,000.01 EUR"),
        ("x,allow,*,*,*,*,*,cart,yes,tier-2,role:cfo,*\n", "incoming order"),
        (
            "n,deny,*,900.00,*,EUR,43,*,*,*,*,No.\nx,allow,*,1000.00,*,EUR,4321,*,*,tier-2,role:cfo,*\n",
            "1,000.01 EUR with UNSPSC 4321",
        ),
        (
            "d,allow,over,5000.00,*,EUR,*,*,*,tier-2,role:director,*\n\
             x,allow,over,6000.00,*,EUR,*,*,*,tier-2,role:director,*\n",
            "6,000.01 EUR",
        ),
        (
            "d,allow,over,5000.00,9000.00,EUR,*,*,*,tier-2,role:director,*\n\
             x,allow,over,9500.00,*,EUR,*,*,*,tier-2,role:cfo,*\n",
            "9,000.01 EUR falls between",
        ),
        (
            "d,allow,over,5000.00,9000.00,EUR,*,*,*,tier-2,role:director,*\n\
             x,allow,over,8000.00,*,EUR,*,*,*,tier-2,role:cfo,*\n",
            "8,000.01 EUR falls under both",
        ),
    ] {
        let refusal = refused(&format!("{header}{line}"));
        assert!(refusal.message.contains(shown), "{line}: {refusal}");
    }
}

#[test]
fn what_only_the_people_show_is_refused_too() {
    let member = |name: &str, roles: &[Role], manager: Option<&str>| Member {
        person: person(name),
        roles: roles.to_vec(),
        manager: manager.map(|name| person(name).id),
        unit: None,
        groups: vec!["board".to_owned()],
    };
    let staff = vec![
        member("ed", &[Role::REQUESTER], Some("mia")),
        member("mia", &[Role::REQUESTER, Role::APPROVER], None),
    ];
    let header = "id,effect,requester,place,approver,vote\n";
    let refused = |line: &str, staff: &[Member]| {
        let sets = Seed { approval: format!("{header}{line}"), ..acme() };
        let around = Surroundings { staff: staff.to_vec(), ..around() };
        check(&sets, VERSIONS, &around).err().map(|refusal| refusal.message)
    };
    assert_eq!(refused("m,allow,*,tier-1,manager,*\n", &staff), None);
    let message = |line: &str| refused(line, &staff).unwrap();
    assert!(message("x,allow,*,tier-1,person:ed@acme.example,*\n").contains("may decide"));
    assert!(message("x,allow,*,tier-1,group:board,3-of\n").contains("3 signatures of 1"));
    // Ed stands in the group and may not decide.
    assert!(message("x,allow,*,tier-1,group:board,2-of\n").contains("2 signatures of 1 people"));
    assert!(message("x,allow,*,tier-1,group:nobody,*\n").contains("is nobody"));
    let own = "m,allow,*,tier-1,manager,*\nx,allow,approver,tier-2,person:mia@acme.example,*\n";
    assert!(message(own).contains("nobody signs his own"), "{}", message(own));
    let circle = [
        member("ed", &[Role::REQUESTER], Some("mia")),
        member("mia", &[Role::APPROVER], Some("ed")),
    ];
    let message = refused("m,allow,*,tier-1,manager,*\n", &circle).unwrap();
    assert!(message.contains("in a circle"), "{message}");
}

use super::*;
use crate::base::money::Currency;

fn seed() -> Arc<Access> {
    Access::load(&crate::policy::seed::seed("acme", Currency::EUR).access).unwrap()
}

fn may(access: &Access, roles: &[&Role], object: &str, action: &str) -> bool {
    access.may(roles.iter().copied(), "acme", object, action)
}

#[test]
fn each_role_may_do_its_own_work() {
    let access = seed();
    for (role, object, action) in [
        (&Role::REQUESTER, "cart", "submit"),
        (&Role::REQUESTER, "order", "receive"),
        (&Role::APPROVER, "task", "decide"),
        (&Role::DIRECTOR, "task", "decide"),
        (&Role::CFO, "task", "decide"),
        (&Role::CFO, "cart", "submit"),
        (&Role::IT_REVIEWER, "task", "decide"),
        (&Role::ACCOUNTS_PAYABLE, "invoice", "decide"),
        (&Role::ADMIN, "policy", "activate"),
        (&Role::ADMIN, "person", "invite"),
        (&Role::AUDITOR, "audit", "read"),
        (&Role::RECEIVER, "order", "receive"),
        (&Role::SUPPLIER, "order", "confirm"),
    ] {
        assert!(may(&access, &[role], object, action), "{role} {action} {object}");
    }
}

#[test]
fn who_had_to_do_with_the_goods_is_kept_from_their_invoice_until_a_line_allows_it() {
    let access = seed();
    let csv = crate::policy::seed::seed("acme", Currency::EUR).access;
    let line = "p, goods-receiver, *, invoice, decide, deny\n";
    assert!(csv.contains(line));
    let silent = Access::load(&csv.replace(line, "")).unwrap();
    let open = Access::load(&csv.replace(line, &line.replace("deny", "allow"))).unwrap();
    for part in &PARTS {
        assert!(!may(&access, &[part], "invoice", "decide"), "{part}");
        assert!(!may(&silent, &[part], "invoice", "decide"), "{part}");
        assert!(!access.roles().contains(part), "nobody is given {part}");
    }
    assert!(may(&open, &[&Role::GOODS_RECEIVER], "invoice", "decide"));
    let odd = csv.replace(line, "p, goods-receiver, *, task, decide, allow\n");
    assert_eq!(Access::load(&odd).unwrap_err().code, "policy-unsound");
}

#[test]
fn who_asked_for_goods_takes_them_in_unless_a_line_denies_it() {
    let csv = crate::policy::seed::seed("acme", crate::base::money::Currency::EUR).access;
    let line = "p, goods-requester, *, order, receive, allow\n";
    let denies = |csv: &str| {
        let access = Access::load(csv).unwrap();
        access.denies(&Role::GOODS_REQUESTER, "acme", "order", "receive")
    };
    assert!(!denies(&csv) && !denies(&csv.replace(line, "")));
    assert!(denies(&csv.replace(line, &line.replace("allow", "deny"))));
}

#[test]
fn lines_of_the_shipped_set_are_missed_by_what_they_are_about() {
    let csv = crate::policy::seed::seed("acme", crate::base::money::Currency::EUR).access;
    assert_eq!(missing(&csv, &csv), Ok(Vec::new()));
    let line = "p, goods-receiver, *, invoice, decide, deny";
    let lacks = csv.replace(line, "");
    assert_eq!(missing(&lacks, &csv), Ok(vec![line.to_owned()]));
    let otherwise = csv.replace(line, "p, goods-receiver, acme, invoice, decide, allow");
    assert_eq!(missing(&otherwise, &csv), Ok(Vec::new()));
    let wider =
        csv.replace("p, supplier, *, order, ship, allow", "p, supplier, *, order, *, allow");
    assert_eq!(missing(&wider, &csv), Ok(Vec::new()));
}

#[test]
fn what_is_not_granted_is_refused() {
    let access = seed();
    let wizard: Role = "wizard".parse().unwrap();
    for (role, object, action) in [
        (&Role::ADMIN, "task", "decide"),
        (&Role::ADMIN, "cart", "submit"),
        (&Role::REQUESTER, "task", "decide"),
        (&Role::REQUESTER, "policy", "read"),
        (&Role::REQUESTER, "requisition", "read-all"),
        (&Role::AUDITOR, "policy", "edit"),
        (&Role::SUPPLIER, "cart", "create"),
        (&Role::SUPPLIER, "requisition", "read"),
        (&wizard, "cart", "read"),
        (&Role::ADMIN, "dragon", "read"),
        (&Role::ADMIN, "policy", "*"),
        (&Role::ADMIN, "", ""),
    ] {
        assert!(!may(&access, &[role], object, action), "{role} {action} {object}");
    }
    assert!(!may(&access, &[], "cart", "read"));
    assert!(may(&access, &[&Role::ADMIN, &Role::REQUESTER], "cart", "submit"));
}

#[test]
fn every_word_of_the_vocabulary_is_granted_to_somebody() {
    let access = seed();
    let all: Vec<&Role> = Role::KNOWN.iter().collect();
    for (object, actions) in VOCABULARY {
        for action in *actions {
            assert!(may(&access, &all, object, action), "nobody may {action} {object}");
        }
    }
    assert_eq!(access.roles(), &Role::KNOWN.iter().cloned().collect());
}

#[test]
fn a_deny_outweighs_and_an_organisation_stands_for_itself() {
    let access = Access::load(
        "p, keeper, *, policy, *, allow\np, requester, acme, cart, *, allow\n\
         p, requester, *, cart, read, allow\np, leaver, *, cart, submit, deny\n",
    )
    .unwrap();
    let leaver: Role = "leaver".parse().unwrap();
    let submit =
        |roles: &[&Role], org: &str| access.may(roles.iter().copied(), org, "cart", "submit");
    assert!(submit(&[&Role::REQUESTER], "acme"));
    assert!(submit(&[&Role::REQUESTER], "acme"), "the second answer is the same");
    assert!(!submit(&[&Role::REQUESTER], "globex"));
    assert!(access.may([&Role::REQUESTER], "globex", "cart", "read"));
    assert!(!submit(&[&Role::REQUESTER, &leaver], "acme"));
    assert!(!submit(&[&leaver, &Role::REQUESTER], "acme"));
    assert!(!submit(&[&Role::REQUESTER], "*"));
}

#[test]
fn no_role_keeps_the_policies_and_decides_tasks_under_whichever_name() {
    assert!(seed().check_keepers().is_ok());
    let csv = crate::policy::seed::seed("acme", Currency::EUR).access;
    for (more, witness) in [
        ("g, approver, admin\n", "role approver may decide"),
        ("g, boss, admin\ng, boss, approver\n", "role boss may decide"),
        ("p, cfo, acme, policy, activate, allow\n", "role cfo may decide"),
        ("p, approver, acme, policy, edit, allow\n", "organisation acme"),
    ] {
        let refusal = Access::load(&format!("{csv}{more}")).unwrap().check_keepers().unwrap_err();
        assert_eq!(refusal.code, "policy-unsound");
        assert!(refusal.message.contains(witness), "{more}: {refusal}");
    }
}

#[test]
fn unsound_sets_are_refused_with_a_witness() {
    let keeper = "p, keeper, *, policy, *, allow\n";
    assert!(Access::load(keeper).is_ok());
    for (bad, witness) in [
        ("", "without lines"),
        ("g, a, b\n", "without lines"),
        ("p, keeper, *, policy, *, perhaps\n", "line 1"),
        ("p, keeper, *, policy, *\n", "line 1"),
        ("p, keeper, *, dragon, *, allow\n", "dragon"),
        ("p, keeper, *, policy, eat, allow\n", "eat"),
        ("p, Keeper, *, policy, *, allow\n", "Keeper"),
        ("p, keeper, A B, policy, *, allow\n", "A B"),
        ("q, keeper, *, policy, *, allow\n", "line 1"),
        ("p, requester, *, cart, read, allow\n", "nobody could mend"),
        (&format!("{keeper}{keeper}"), "line 2"),
        (&format!("{keeper}g, a, a\n"), "g, a, a"),
        (&format!("{keeper}g, a, b\ng, b, a\n"), "circle"),
        (&format!("{keeper}p, admin, *, task, decide, allow\n"), "admin may decide"),
        (&format!("{keeper}p, admin, acme, task, *, allow\n"), "organisation acme"),
        (&format!("{keeper}g, admin, boss\np, boss, *, task, decide, allow\n"), "admin may decide"),
    ] {
        let refusal = Access::load(bad).unwrap_err();
        assert_eq!(refusal.code, "policy-unsound");
        assert!(refusal.message.contains(witness), "{bad}: {refusal}");
    }
}

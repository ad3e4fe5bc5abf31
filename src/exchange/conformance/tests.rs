use std::collections::BTreeSet;

use super::*;
use crate::{base::time::Time, cxml, domain::party::Identity, oci::hook::HookRule};

fn setting() -> script::Setting {
    script::Setting {
        from: Identity::new("NetworkId", "AN01"),
        to: Identity::new("DUNS", "1"),
        sender: Identity::new("DUNS", "9"),
        name: "T1".into(),
        host: "x.example".into(),
        at: Time::from_millis(1_790_000_000_000),
    }
}

fn blank(side: Side) -> Trial {
    Trial::read(side, HookRule::default(), Vec::new())
}

/// An exchange in which the step was answered so.
fn answered(step: script::Step, status: &str) -> Exchange {
    let answer = format!(
        "<?xml version=\"1.0\"?><cXML payloadID=\"a.{}\" timestamp=\"2026-11-22T09:00:00+00:00\">\
         <Response>{status}</Response></cXML>",
        step.id
    );
    Exchange {
        way: Way::Ours,
        step: step.id.into(),
        request: step.body,
        request_type: step.content_type,
        answer: Some(answer.into_bytes()),
        answer_type: "text/xml".into(),
        http: Some(200),
        took_ms: 1,
        notes: Vec::new(),
        trouble: String::new(),
    }
}

#[test]
fn there_are_at_least_sixty_cases_with_names_of_their_own_in_both_directions() {
    let all: Vec<&Case> = TABLES.into_iter().flatten().collect();
    let names: BTreeSet<&str> = all.iter().map(|case| case.id).collect();
    assert_eq!(names.len(), all.len());
    assert!(all.len() >= 60, "{}", all.len());
    for side in [Side::Supplier, Side::Buyer] {
        for way in [Way::Ours, Way::Theirs] {
            assert!(cases(side).filter(|case| case.way == way).count() >= 15, "{side:?} {way:?}");
        }
    }
    for case in all {
        let texts = [case.title, case.done, case.expected, case.mend];
        assert!(texts.iter().all(|text| !text.is_empty()), "{}", case.id);
        assert!(case.id.bytes().all(|b| b.is_ascii_lowercase() || b"-0123456789".contains(&b)));
        assert!(case.after.is_none_or(|first| names.contains(first)), "{}", case.id);
    }
}

#[test]
fn without_an_exchange_nothing_was_tried_and_nothing_may_go_live() {
    for side in [Side::Supplier, Side::Buyer] {
        let findings = judge(&blank(side));
        assert!(findings.iter().all(|finding| finding.verdict == Verdict::NotTried));
        assert!(findings.iter().any(Finding::blocks));
    }
}

#[test]
fn every_case_about_an_answer_has_its_step() {
    for side in [Side::Supplier, Side::Buyer] {
        let steps = script::steps(side, &setting(), &blank(side));
        let said = steps.into_iter().map(|step| answered(step, "<Status code='299' text='?'/>"));
        let trial = Trial::read(side, HookRule::default(), said.collect());
        let untried: Vec<_> = judge(&trial)
            .into_iter()
            .filter(|finding| finding.case.way == Way::Ours && !finding.case.may_be_left)
            .filter(|finding| finding.verdict == Verdict::NotTried)
            .map(|finding| finding.case.id)
            .filter(|id| !id.starts_with("cart-") && *id != "order-booked-once")
            .collect();
        assert!(untried.is_empty(), "{untried:?}");
    }
}

#[test]
fn what_we_send_is_valid_but_for_the_traps_and_says_that_it_is_a_test() {
    let traps = ["xml-cut", "entity-bomb", "entity-external", "payload-unknown", "order-empty"];
    for side in [Side::Supplier, Side::Buyer] {
        for step in script::steps(side, &setting(), &blank(side)) {
            if traps.contains(&step.id) || step.content_type.starts_with("multipart/") {
                continue;
            }
            assert_eq!(cxml::examine(&step.body).faults, [], "{}", step.id);
            let text = String::from_utf8_lossy(&step.body);
            assert!(text.contains("deploymentMode=\"test\""), "{}", step.id);
        }
    }
}

#[test]
fn one_root_cause_is_told_once() {
    let steps = script::steps(Side::Supplier, &setting(), &blank(Side::Supplier));
    let said = steps.into_iter().map(|step| answered(step, ""));
    let trial = Trial::read(Side::Supplier, HookRule::default(), said.collect());
    let findings = judge(&trial);
    let failed: Vec<_> = findings
        .iter()
        .filter(|finding| matches!(finding.verdict, Verdict::Failed(_)))
        .map(|finding| finding.case.id)
        .collect();
    assert_eq!(failed, ["answer-status"]);
    assert!(findings.iter().any(|finding| finding.verdict == Verdict::Waits("answer-status")));
}

#[test]
fn a_report_reads_back_to_the_signed_text() {
    let about = report::About {
        partner: "ptn_1".into(),
        partner_name: "Office \"One\"".into(),
        side: Side::Supplier,
        trial: "T1".into(),
        began_at: "2026-11-22T09:00:00Z".into(),
        judged_at: "2026-11-22T10:00:00Z".into(),
        server: "x.example".into(),
    };
    let report = report::Report::of(about, &judge(&blank(Side::Supplier)));
    let back: report::Report = serde_json::from_str(&report.text()).unwrap();
    assert_eq!(back.text(), report.text());
    assert!(!report.passed);
}

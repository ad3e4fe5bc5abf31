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

#[test]
fn what_a_partner_need_not_offer_may_be_declined_and_the_rest_may_not() {
    let steps = script::steps(Side::Supplier, &setting(), &blank(Side::Supplier));
    let said = steps.into_iter().map(|step| answered(step, "<Status code='450' text='No'/>"));
    let trial = Trial::read(Side::Supplier, HookRule::default(), said.collect());
    let findings = judge(&trial);
    let of = |id: &str| findings.iter().find(|own| own.case.id == id).unwrap();
    for id in ["profile-asked", "order-update", "order-attachment", "confirmation-of-change"] {
        assert_eq!(of(id).verdict, Verdict::NotOffered, "{id}");
        assert!(!of(id).blocks());
    }
    assert!(of("order-new").blocks() && of("order-units").blocks());
}

/// A confirmation and a ship notice from a supplier, as the sandbox keeps them.
fn arrived(body: &[u8], answer: Option<&[u8]>, http: u16) -> Exchange {
    Exchange {
        way: Way::Theirs,
        step: String::new(),
        request: body.to_vec(),
        request_type: "text/xml".into(),
        answer: answer.map(<[u8]>::to_vec),
        answer_type: "text/xml".into(),
        http: Some(http),
        took_ms: 0,
        notes: vec![Note::SecretRight],
        trouble: String::new(),
    }
}

fn asked(seen: Vec<Exchange>, body: &[u8], notes: &[Note]) -> sandbox::Reply {
    let trial = Trial::read(Side::Supplier, HookRule::default(), seen);
    let document = cxml::receive(body, None);
    let at = Time::from_millis(1_790_000_000_000);
    let url = "https://x.example/cxml/sandbox/t";
    sandbox::answer(&trial, &sandbox::Arrived { document: &document, body, notes, url, at })
}

fn code(reply: &sandbox::Reply) -> u16 {
    match reply {
        sandbox::Reply::Later => 503,
        sandbox::Reply::Again(_) => 0,
        sandbox::Reply::Fresh(status, _) => status.code,
    }
}

#[test]
fn the_sandbox_puts_the_first_ship_notice_off_and_takes_it_when_it_comes_again() {
    let notice = include_bytes!("../../../cxml-samples/in/ship-notice.xml");
    let right = [Note::SecretRight];
    assert_eq!(code(&asked(Vec::new(), notice, &right)), 503);
    assert_eq!(code(&asked(vec![arrived(notice, None, 503)], notice, &right)), 200);
}

#[test]
fn the_sandbox_knows_a_repeated_document_and_another_one_under_its_name() {
    let confirmation = include_bytes!("../../../cxml-samples/in/confirmation-accept.xml");
    let seen = || vec![arrived(confirmation, Some(b"<before/>"), 200)];
    let right = [Note::SecretRight];
    let again = asked(seen(), confirmation, &right);
    assert_eq!(again, sandbox::Reply::Again(b"<before/>".to_vec()));
    let other = String::from_utf8_lossy(confirmation).replacen("accept", "reject", 1);
    assert_eq!(code(&asked(seen(), other.as_bytes(), &right)), 409);
}

#[test]
fn the_sandbox_takes_no_unproven_document_and_none_of_the_other_side() {
    let confirmation = include_bytes!("../../../cxml-samples/in/confirmation-accept.xml");
    for note in [Note::SecretWrong, Note::SecretMissing, Note::SecretInFrom] {
        assert_eq!(code(&asked(Vec::new(), confirmation, &[note])), 401, "{note}");
    }
    let setup = include_bytes!("../../../cxml-samples/in/setup-create.xml");
    assert_eq!(code(&asked(Vec::new(), setup, &[Note::SecretRight])), 450);
    assert_eq!(code(&asked(Vec::new(), b"<cXML", &[])), 406);
}

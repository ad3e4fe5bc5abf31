//! The parts of a partner's conformance page.

use crate::{
    app::conformance::Standing,
    base::text::shorten,
    exchange::conformance::{Finding, Verdict, Way},
    http::{
        actor::SignedIn,
        part::{self as ui, Facts, Html, Tone},
    },
};

use super::{
    super::view::{Table, View},
    HERE,
};

pub(super) fn facts(view: &View, standing: &Standing) -> Facts {
    let of = |verdict: &str| {
        let all = standing.findings.iter();
        all.filter(|finding| finding.verdict.word() == verdict).count()
    };
    let counts = format!(
        "{} passed, {} failed, {} not tried, {} wait for another",
        of("passed"),
        of("failed"),
        of("not-tried"),
        of("waits")
    );
    let facts = Facts::new().text("Its sandbox address", &standing.sandbox);
    let facts = match &standing.trial {
        Some(trial) => facts
            .html("Begun", view.shell.when(trial.began_at))
            .text("Orders are numbered", &format!("TEST-{}-..", last(&trial.id.to_string()))),
        None => facts,
    };
    let facts = facts.text("Cases", &counts);
    match &standing.canary {
        None => facts,
        Some((at, said)) if said.is_empty() => {
            facts.html("Asked daily, well", view.shell.when(*at))
        }
        Some((_, said)) => facts.text("Asked daily, wrong", said),
    }
}

/// What failed comes first, with what to do about it.
pub(super) fn to_mend(view: View, findings: &[Finding]) -> View {
    let failed = findings.iter().filter_map(|finding| match &finding.verdict {
        Verdict::Failed(got) => Some((finding.case, got)),
        _ => None,
    });
    let rows: Vec<Vec<Html>> = failed
        .map(|(case, got)| [case.title, got, case.expected, case.mend].map(ui::text).into())
        .collect();
    if rows.is_empty() {
        return view;
    }
    let heads = ["Case", "Got", "Expected", "How to mend it"];
    view.table(Table::new(&heads, rows).title("To mend"))
}

fn last(id: &str) -> &str {
    id.get(id.len().saturating_sub(8)..).unwrap_or_default()
}

pub(super) fn cases(findings: &[Finding], way: Way) -> Table {
    let own = findings.iter().filter(|finding| finding.case.way == way);
    let rows = own.map(|finding| {
        let case = finding.case;
        let (state, tone, words) = match &finding.verdict {
            Verdict::Passed => ("passed", Tone::Good, case.expected.to_owned()),
            Verdict::Failed(got) => ("failed", Tone::Bad, format!("Got {got}.")),
            Verdict::NotTried if case.may_be_left => {
                ("may be left", Tone::Plain, case.done.to_owned())
            }
            Verdict::NotTried => ("not tried", Tone::Plain, case.done.to_owned()),
            Verdict::NotOffered => ("not offered", Tone::Plain, case.done.to_owned()),
            Verdict::Waits(first) => ("waits", Tone::Warn, format!("First mend {first}.")),
        };
        vec![ui::text(case.title), ui::text(case.id), ui::toned(state, tone), ui::text(&words)]
    });
    Table::new(&["Case", "Name", "Result", "What to know"], rows.collect())
}

pub(super) fn reports(who: &SignedIn, view: &View, standing: &Standing) -> Table {
    let rows = standing.reports.iter().map(|report| {
        let href = who.href(&format!("{HERE}/reports/{}", report.id));
        let state = match report.passed {
            true => ui::toned("passed", Tone::Good),
            false => ui::toned("not passed", Tone::Bad),
        };
        let signature = shorten(&report.signature, 16);
        vec![
            ui::link(&href, "Report"),
            view.shell.when(report.made_at),
            state,
            ui::text(&signature),
        ]
    });
    let heads = ["Signed report", "Made", "Result", "Signature"];
    Table::new(&heads, rows.collect()).title("Reports")
}

//! One exchange as its page shows it: findings, facts, and the last good one beside it.

use crate::{
    app::wire::Detail,
    exchange::diagnosis::{Finding, Line},
    http::part::{self as ui, Facts, Shell},
};

use super::{Compare, Compared, ExchangePage, PATH, Told, kind, partner, result, way};

pub(super) fn told(found: &Finding, is_odd: bool) -> Told {
    let cause = found.cause();
    let place = format!("line {}, column {}", found.line, found.column);
    let place = (found.line > 0).then_some(place);
    let maybe = |text: &'_ String| Some(text.clone()).filter(|text| !text.is_empty());
    let facts = Facts::new()
        .small()
        .maybe("Where", maybe(&found.path).as_deref())
        .maybe("Place", place.as_deref())
        .maybe("Got", maybe(&found.got).as_deref())
        .maybe("Expected", maybe(&found.expected).as_deref())
        .maybe("Said", maybe(&found.words).as_deref())
        .text("Cause", cause.code);
    let (title, because, mend, who) = (cause.title, cause.because, cause.mend, cause.who.told());
    Told { title, because, mend, who, facts, is_odd }
}

pub(super) fn facts(shell: &Shell, detail: &Detail) -> Facts {
    let row = &detail.listed;
    let status = row.status.map(|status| status.to_string());
    let http = (detail.http > 0).then(|| detail.http.to_string());
    Facts::new()
        .html("When", shell.when(row.at))
        .text("Way", way(row.direction))
        .text("Partner", &partner(row))
        .text("Document", &kind(row))
        .maybe("payloadID", Some(&row.payload_id))
        .maybe("About", Some(&row.about))
        .maybe("HTTP", http.as_deref())
        .maybe("cXML status", status.as_deref())
}

fn compared(shell: &Shell, detail: &Detail, links: bool) -> Option<Compared> {
    let good = detail.good.as_ref()?;
    let line = |line: &Line| {
        let (class, sign, text) = match line {
            Line::Same(text) => ("", " ", text.clone()),
            Line::Gone(text) => ("gone", "-", text.clone()),
            Line::New(text) => ("new", "+", text.clone()),
            Line::Left(many) => ("aside", " ", format!(".. {many} equal lines")),
        };
        Compare { class, sign, text }
    };
    Some(Compared {
        at: shell.when(good.at),
        href: links.then(|| shell.href(&format!("{PATH}/{}", good.document))),
        lines: good.lines.iter().map(line).collect(),
    })
}

pub(super) fn page_of(shell: Shell, detail: &Detail, links: bool) -> ExchangePage {
    let findings = detail.findings.iter().enumerate();
    ExchangePage {
        crumbs: None,
        badge: result(&detail.listed),
        told: findings.map(|(at, found)| told(found, at > 0)).collect(),
        facts: facts(&shell, detail),
        request: ui::document(&detail.request),
        left_out: detail.left_out,
        answer: (!detail.answer.is_empty()).then(|| ui::document(&detail.answer)),
        good: compared(&shell, detail, links),
        share: None,
        shares: Vec::new(),
        action: String::new(),
        link: None,
        until: None,
        shell,
    }
}

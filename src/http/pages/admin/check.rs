//! /check: what is wrong with a cXML document, all of it, with places and remedies. Nothing of the
//! document is kept.

use poem::{Response, Result, Route, get, handler};

use super::view::{Table, View};
use crate::{
    cxml::{self, CheckFault, Findings},
    http::{
        actor::{Posted, SignedIn},
        part::{self as ui, Field, Html, Notice, Tone},
    },
};

const LEAD: &str = "Against every content model of cXML 1.2.071, as the official DTDs have them, \
     and against what this server needs beyond them. Nothing of the document is kept.";

/// Bytes of a document that the form shows again.
const MOST_SHOWN: usize = 1 << 20;

async fn page(who: &SignedIn, document: Option<&str>) -> Result<Response> {
    let mut view = View::new(who, "Check a document", None).await?.lead(LEAD);
    if let Some(document) = document {
        view = told(view, &cxml::examine_text(document.trim_start()));
    }
    let pasted = document.filter(|document| document.len() <= MOST_SHOWN);
    let form = view
        .new_form("/check", "Check")
        .field(
            Field::area("document", "The document, as XML")
                .sheet()
                .optional()
                .value(pasted.unwrap_or_default())
                .hint("From <?xml or <cXML to its end. Secrets in it are not looked at."),
        )
        .field(
            Field::file("file", "Or a file with it", ".xml,.txt")
                .hint("At most 8 MB. The file counts when both are given."),
        );
    view.form(form).answer(who)
}

fn told(mut view: View, found: &Findings) -> View {
    let (tone, text) = match (found.faults.len(), &found.refused) {
        (0, None) => (Tone::Good, "Nothing is wrong with this document.".to_owned()),
        (0, Some(_)) => (Tone::Warn, "It is valid cXML, but this server refuses it.".to_owned()),
        (1, _) => (Tone::Warn, "One thing is wrong.".to_owned()),
        (count, _) => (Tone::Warn, format!("{count} things are wrong; the first one first.")),
    };
    view.shell.notice = Some(Notice { tone, text });
    let table = |faults: &[CheckFault], title| {
        let heads = ["Line", "Element", "Got", "Expected", "How to mend it"];
        Table::new(&heads, faults.iter().map(row).collect()).title(title)
    };
    if !found.faults.is_empty() {
        view = view.table(table(&found.faults, "What is wrong"));
    }
    match &found.refused {
        Some(refused) => {
            view.table(table(std::slice::from_ref(refused), "Why this server refuses it"))
        }
        None => view,
    }
}

fn row(fault: &CheckFault) -> Vec<Html> {
    let place = format!("{}:{}", fault.line, fault.column);
    [&place, &fault.path, &fault.got, &fault.expected, &fault.mend]
        .map(|cell| ui::text(cell))
        .into()
}

#[handler]
async fn h_check(who: SignedIn) -> Result<Response> {
    page(&who, None).await
}

#[handler]
async fn h_checked(Posted { who, form }: Posted) -> Result<Response> {
    let document = match form.text_file("file")? {
        Some(file) => file,
        None => form.maybe("document")?.unwrap_or_default().to_owned(),
    };
    page(&who, Some(&document)).await
}

pub(super) fn add(route: Route) -> Route {
    route.at("/check", get(h_check).post(h_checked))
}

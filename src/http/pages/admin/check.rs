//! /check: what is wrong with a cXML document, all of it, with places and remedies. Nothing of the
//! document is kept.

use poem::{Response, Result, Route, get, handler};

use super::view::{Table, View};
use crate::{
    cxml::{self, CheckFault},
    http::{
        actor::{Posted, SignedIn},
        part::{self as ui, Field, Html, Notice, Tone},
    },
};

const LEAD: &str = "Against every content model of cXML 1.2.071, as the official DTDs have them, \
     and against what this server needs beyond them. Nothing of the document is kept.";

async fn page(who: &SignedIn, document: Option<&str>) -> Result<Response> {
    let mut view = View::new(who, "Check a document", None).await?.lead(LEAD);
    if let Some(document) = document {
        view = told(view, &cxml::check_text(document.trim_start()));
    }
    let form = view.new_form("/check", "Check").field(
        Field::area("document", "The document, as XML")
            .sheet()
            .value(document.unwrap_or_default())
            .hint("From <?xml or <cXML to its end. Secrets in it are not looked at."),
    );
    view.form(form).answer(who)
}

fn told(mut view: View, faults: &[CheckFault]) -> View {
    let (tone, text) = match faults.len() {
        0 => (Tone::Good, "Nothing is wrong with this document.".to_owned()),
        1 => (Tone::Warn, "One thing is wrong.".to_owned()),
        count => (Tone::Warn, format!("{count} things are wrong; the first one first.")),
    };
    view.shell.notice = Some(Notice { tone, text });
    if faults.is_empty() {
        return view;
    }
    let heads = ["Line", "Element", "Got", "Expected", "How to mend it"];
    view.table(Table::new(&heads, faults.iter().map(row).collect()).title("What is wrong"))
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
    page(&who, Some(form.maybe("document")?.unwrap_or_default())).await
}

pub(super) fn add(route: Route) -> Route {
    route.at("/check", get(h_check).post(h_checked))
}

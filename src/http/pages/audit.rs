//! `/audit`: the organisation's audit trail, newest first, by object, kind and person; and the head
//! of its chain, to be kept somewhere else.

use askama::Template;
use poem::{Response, Result, Route, get, handler, web::Path};

use super::told::{object_path, told};
use crate::{
    app::{
        audit::{self, Entry, Filter, Head, Labels},
        trail,
    },
    base::page::Cut,
    http::{
        actor::{Query, SignedIn},
        part::{Choice, Empty, Field, Html, Pager, Shell, coded, toned},
    },
};

#[derive(Template)]
#[template(path = "pages/audit.html", config = ".askama.toml")]
struct AuditPage {
    shell: Shell,
    fields: Vec<Field>,
    lines: Vec<Line>,
    empty: Option<Empty>,
    pager: Pager,
    head: Head,
}

/// One entry as a row.
struct Line {
    at: Html,
    /// The fact's name, coloured by what it means.
    kind: Html,
    what: String,
    detail: Option<String>,
    actor: String,
    actor_href: String,
    about: String,
    about_href: String,
    position: String,
    /// The first letters of the hash; the whole one is its title.
    short_hash: String,
    hash: String,
}

impl Line {
    fn of(shell: &Shell, labels: &Labels, entry: Entry) -> Self {
        let told = told(&entry, labels);
        let hash = entry.chain_hash.unwrap_or_default();
        Self {
            at: shell.when(entry.at),
            kind: toned(&entry.kind.replace('-', " "), told.tone),
            what: told.what,
            detail: told.detail,
            actor: labels.of(&entry.actor).to_owned(),
            actor_href: shell.href(&format!("/audit?person={}", coded(&entry.actor))),
            about: labels.of(&entry.about).to_owned(),
            about_href: shell.href(&object_path(&entry.about)),
            position: entry.position.map_or_else(|| "waiting".to_owned(), |at| at.to_string()),
            short_hash: hash.chars().take(12).collect(),
            hash,
        }
    }
}

fn fields(filter: &Filter, kinds: &[String]) -> Vec<Field> {
    let value = |value: &Option<String>| value.clone().unwrap_or_default();
    let every = Choice::new("", "Every kind");
    let kinds = kinds.iter().map(|kind| Choice::new(kind, kind.replace('-', " ")));
    vec![
        Field::text("about", "About").optional().value(value(&filter.about)),
        Field::select("kind", "What", std::iter::once(every).chain(kinds))
            .optional()
            .value(value(&filter.kind)),
        Field::text("person", "Who").optional().value(value(&filter.person)),
    ]
}

/// The list's address with its filters.
fn address(filter: &Filter) -> String {
    let parts = [("about", &filter.about), ("kind", &filter.kind), ("person", &filter.person)];
    let given = parts
        .into_iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={}", coded(value))));
    let query = given.collect::<Vec<_>>().join("&");
    if query.is_empty() { "/audit".to_owned() } else { format!("/audit?{query}") }
}

#[handler]
async fn h_audit(who: SignedIn, Query(query): Query) -> Result<Response> {
    let given = |name| query.filled(name).map(|value| value.map(str::to_owned));
    let filter = Filter { about: given("about")?, kind: given("kind")?, person: given("person")? };
    let after = given("after")?;
    let mut reader = who.app.reader(&who.actor).await?;
    let page = audit::list(&mut reader, &filter, &Cut::new(after.clone(), None)).await?;
    let kinds = audit::kinds(&mut reader).await?;
    let head = audit::head(&mut reader).await?;
    let labels = audit::labels(&mut reader.conn, &page.items).await?;
    drop(reader);
    let shell = who.shell("Audit", "/audit").await?;
    let empty = page.items.is_empty().then(|| {
        Empty::new("Nothing found", "No entry of the audit trail fits.")
            .first("Show everything", shell.href("/audit"))
    });
    let pager = Pager::new(&shell.href(&address(&filter)), after.as_deref(), page.next.as_deref());
    let fields = fields(&filter, &kinds);
    let lines = page.items.into_iter().map(|entry| Line::of(&shell, &labels, entry)).collect();
    Ok(who.page(&AuditPage { shell, fields, lines, empty, pager, head })?)
}

/// From an order's number to its trail.
#[handler]
async fn h_order(who: SignedIn, Path(number): Path<String>) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let order = trail::order_by_number(&mut reader, &number).await?;
    Ok(who.go(&format!("/orders/{order}/trail")))
}

pub(super) fn add(route: Route) -> Route {
    route.at("/audit", get(h_audit)).at("/audit/orders/:number", get(h_order))
}

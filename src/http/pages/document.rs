//! One document as it went over the wire: readable, with secrets cut out, and as a file.

use askama::Template;
use http::header;
use poem::{Response, Result, Route, get, handler, web::Path};

use super::told::object_path;
use crate::{
    app::trail,
    base::id::DocumentId,
    cxml::prettify_as,
    domain::refusal::Refusal,
    http::{
        actor::SignedIn,
        part::{self as ui, Crumbs, Facts, Html, Shell, badge},
    },
    store::document::{Direction, Document},
};

#[derive(Template)]
#[template(path = "pages/document.html", config = ".askama.toml")]
struct DocumentPage {
    shell: Shell,
    crumbs: Crumbs,
    facts: Facts,
    kind: String,
    badge: Html,
    raw: String,
    size: usize,
    body: Html,
}

/// Which way it went, in words.
pub fn way(document: &Document) -> &'static str {
    match document.direction {
        Direction::In => "received",
        Direction::Out => "sent",
    }
}

fn facts(shell: &Shell, document: &Document) -> Facts {
    let facts = Facts::new()
        .html("When", shell.when(document.at))
        .text("Direction", way(document))
        .text("Sender", &document.sender)
        .text("payloadID", &document.payload_id)
        .text("Type", &document.content_type)
        .html("Document", ui::text(&document.id.to_string()))
        .text("SHA-256", document.body.sha256());
    let facts = match document.status {
        Some(status) => facts.text("Status", &status.to_string()),
        None => facts,
    };
    let link = |id: &str| ui::link(&shell.href(&object_path(id)), id);
    let facts = match document.reply_to {
        Some(asked) => facts.html("Answers", link(&asked.to_string())),
        None => facts,
    };
    document.about.iter().fold(facts, |facts, about| facts.html("About", link(about)))
}

fn id_of(text: &str) -> Result<DocumentId, Refusal> {
    text.parse().map_err(|_| Refusal::not_found("document"))
}

#[handler]
async fn h_document(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let document = trail::document(&mut reader, id_of(&id)?).await?;
    drop(reader);
    let shell = who.shell(document.kind.clone(), "/audit").await?;
    let page = DocumentPage {
        crumbs: Crumbs::to(document.kind.clone()).over("Audit", shell.href("/audit")),
        facts: facts(&shell, &document),
        badge: badge(way(&document)),
        raw: shell.href(&format!("/documents/{}/raw", document.id)),
        size: document.body.len(),
        body: ui::document(&prettify_as(&document.body, Some(&document.content_type))),
        kind: document.kind,
        shell,
    };
    Ok(who.page(&page)?)
}

/// The stored bytes, whose hash stands in the audit trail; never shown in the browser itself.
#[handler]
async fn h_raw(who: SignedIn, Path(id): Path<String>) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let document = trail::document(&mut reader, id_of(&id)?).await?;
    let suffix = if document.content_type.contains("xml") { "xml" } else { "txt" };
    let name = format!("attachment; filename=\"{}.{suffix}\"", document.id);
    Ok(Response::builder()
        .content_type("application/octet-stream")
        .header(header::CONTENT_DISPOSITION, name)
        .header(header::CACHE_CONTROL, "no-store")
        .body(Vec::from(document.body)))
}

pub(super) fn add(route: Route) -> Route {
    route.at("/documents/:id", get(h_document)).at("/documents/:id/raw", get(h_raw))
}

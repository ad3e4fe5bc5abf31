//! Files that go with an order.

use http::header;
use poem::{Response, Result, handler, web::Path};

use crate::{
    app::order::{self, OrderView},
    http::actor::SignedIn,
    store::attachment::Attachment,
};

use super::read_id;

/// An attachment as a file; never shown in the browser itself, whatever its sender called it.
#[handler]
pub(super) async fn h_attachment(
    who: SignedIn,
    Path((id, position)): Path<(String, usize)>,
) -> Result<Response> {
    let mut reader = who.app.reader(&who.actor).await?;
    let found = order::attachment(&mut reader, read_id(&id)?, position).await?;
    let name = file_name(&found.name, position);
    Ok(Response::builder()
        .content_type("application/octet-stream")
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
        .header(header::CACHE_CONTROL, "no-store")
        .body(found.body))
}

/// An attachment as the page lists it.
pub(in crate::http::pages) struct File {
    pub position: usize,
    pub name: String,
    pub kind: String,
    pub bytes: usize,
}

pub(in crate::http::pages) fn files(view: &OrderView) -> Vec<File> {
    let file = |(position, one): (usize, &Attachment)| File {
        position,
        name: file_name(&one.name, position),
        kind: one.content_type.clone(),
        bytes: one.body.len(),
    };
    view.attachments.iter().enumerate().map(file).collect()
}

/// A name that means nothing to a header or a file system.
pub(in crate::http::pages) fn file_name(name: &str, position: usize) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let safe: String = name.chars().map(|c| if plain(c) { c } else { '_' }).take(100).collect();
    let safe = safe.trim_matches(['.', ' ']);
    if safe.is_empty() { format!("attachment-{}", position + 1) } else { safe.to_owned() }
}

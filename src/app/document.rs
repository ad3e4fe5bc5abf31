//! Keeping documents: every stored document is named, with its hash, by an audit entry.

use crate::{
    base::id::DocumentId,
    domain::fact::Fact,
    store::{self, document::Document},
};

use super::{AppError, Cx};

/// Keeps a document in the deciding transaction and states the fact that names its hash.
pub async fn keep(cx: &mut Cx<'_>, document: Document) -> Result<DocumentId, AppError> {
    store::document::insert(cx.conn, &document).await?;
    let fact = Fact::DocumentKept {
        document: document.id.to_string(),
        kind: document.kind.clone(),
        about: document.about.clone(),
        sha256: document.sha256(),
    };
    match document.organisation {
        Some(organisation) => cx.fact_in(organisation, fact),
        None => cx.fact(fact),
    }
    Ok(document.id)
}

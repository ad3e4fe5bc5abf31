//! Keeping documents: every stored document is named, with its hash, by an audit entry.

use crate::{
    base::id::DocumentId,
    domain::fact::Fact,
    store::{self, document::Document},
};

use super::{AppError, Cx};

/// Keeps a document in the deciding transaction and states the fact that names its hash.
pub async fn keep(cx: &mut Cx<'_>, document: Document) -> Result<DocumentId, AppError> {
    let id = document.id;
    keep_all(cx, &[document]).await?;
    Ok(id)
}

/// The same for several at once.
pub async fn keep_all(cx: &mut Cx<'_>, documents: &[Document]) -> Result<(), AppError> {
    store::document::insert(cx.conn, documents).await?;
    documents.iter().for_each(|document| state(cx, document));
    Ok(())
}

fn state(cx: &mut Cx<'_>, document: &Document) {
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
}

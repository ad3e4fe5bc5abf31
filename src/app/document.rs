//! Keeping documents: every stored document is named, with its hash, by an audit entry.

use crate::{
    base::id::DocumentId,
    domain::fact::{Fact, KeptAnswer},
    store::{self, document::Document},
};

use super::{AppError, Cx};

/// Keeps a document in the deciding transaction and states the fact that names its hash.
pub async fn keep(cx: &mut Cx<'_>, document: Document) -> Result<DocumentId, AppError> {
    let id = document.id;
    let kept = [document];
    store::document::insert(cx.conn, &kept).await?;
    state(cx, &kept[0], None);
    Ok(id)
}

/// The same for a document and the answer to it, which one fact names.
pub async fn keep_answered(cx: &mut Cx<'_>, both: [Document; 2]) -> Result<(), AppError> {
    store::document::insert(cx.conn, &both).await?;
    let [document, answer] = &both;
    let answer = KeptAnswer {
        document: answer.id.to_string(),
        kind: answer.kind.clone(),
        sha256: answer.body.sha256().to_owned(),
    };
    state(cx, document, Some(answer));
    Ok(())
}

fn state(cx: &mut Cx<'_>, document: &Document, answer: Option<KeptAnswer>) {
    let fact = Fact::DocumentKept {
        document: document.id.to_string(),
        kind: document.kind.clone(),
        about: document.about.clone(),
        sha256: document.body.sha256().to_owned(),
        answer,
    };
    match document.organisation {
        Some(organisation) => cx.fact_in(organisation, fact),
        None => cx.fact(fact),
    }
}

//! A document inside its transaction: taken at most once, kept with its answer.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        id::{DocumentId, PunchoutSessionId},
        text::shorten,
    },
    cxml::{
        self, Form, Received,
        multipart::{self, Part},
    },
    domain::refusal::Refusal,
    exchange,
    store::{
        self, StoreError,
        attachment::Attachment,
        document::{Body, Direction, Document},
        inbox::Answered,
    },
};

use super::{Answer, Inbound, START_PURPOSE, Taken, XML, payload_id, response, route};
use crate::app::{App, AppError, Command, Cx, Need, delivery, document, partner_auth::Sender};

/// The kind of answer that files go along with.
const GET_PENDING: &str = "GetPendingResponse";

/// A document on its way in.
pub(super) struct Arrival {
    pub sender: Sender,
    pub received: Received,
    /// Without secrets.
    pub body: Body,
    pub body_sha256: String,
    pub content_type: String,
    /// The document's own, or its body's hash when it has none.
    pub payload_id: String,
    pub attachments: Vec<Attachment>,
}

impl Arrival {
    /// The answer given before to this very document; another body under its name is refused.
    async fn answered(&self, cx: &mut Cx<'_>) -> Result<Reply, AppError> {
        let sender = self.sender.partner.id.to_string();
        let seen = store::inbox::get(cx.conn, &sender, &self.payload_id).await?;
        let seen = seen.ok_or(StoreError::Conflict("inbox"))?;
        if seen.body_sha256 != self.body_sha256 {
            let message = "This payloadID was used for another document.";
            return Err(Refusal::conflict("payload-id-reused", message)
                .field("cXML/@payloadID")
                .got(shorten(&self.payload_id, 80))
                .expected("the same document, or a payloadID of its own")
                .mend("Give every new document a fresh payloadID.")
                .into());
        }
        let answer = store::document::get(cx.conn, seen.answer).await?;
        let answer = answer.ok_or_else(|| AppError::internal("a stored answer is gone"))?;
        cx.nothing_changed();
        Ok(Reply::of(&answer))
    }

    /// Whether the document is new under this name.
    async fn enter(
        &self,
        cx: &mut Cx<'_>,
        name: &str,
        ids: (DocumentId, DocumentId),
    ) -> Result<bool, AppError> {
        let sender = self.sender.partner.id.to_string();
        let entry =
            Answered { body_sha256: self.body_sha256.clone(), document: ids.0, answer: ids.1 };
        let at = cx.now;
        Ok(store::inbox::insert(cx.conn, (&sender, name), &entry, at).await?)
    }

    /// Keeps the document and its answer.
    async fn keep(
        &self,
        cx: &mut Cx<'_>,
        ids: (DocumentId, DocumentId),
        taken: Taken,
    ) -> Result<Reply, AppError> {
        let partner = &self.sender.partner;
        let supplier = self.sender.supplier();
        let code = i64::from(taken.status.code);
        let payload_id = payload_id(cx.app, ids.1);
        let answer = response(cx.now.into(), payload_id.clone(), taken.status, taken.payload);
        let incoming = Document {
            id: ids.0,
            direction: Direction::In,
            kind: self.kind(),
            organisation: Some(partner.organisation),
            supplier,
            partner: Some(partner.id),
            about: taken.about,
            sender: self.sender.key(),
            payload_id: self.payload_id.clone(),
            content_type: self.content_type.clone(),
            body: self.body.clone(),
            status: Some(code),
            reply_to: None,
            at: cx.now,
        };
        let outgoing = Document {
            id: ids.1,
            direction: Direction::Out,
            kind: match answer.payload.name() {
                "" => "Response".to_owned(),
                name => name.to_owned(),
            },
            payload_id,
            content_type: XML.to_owned(),
            body: cxml::encode(&answer).into(),
            reply_to: Some(ids.0),
            ..incoming.clone()
        };
        let reply = Reply::of(&outgoing);
        document::keep_answered(cx, [incoming, outgoing]).await?;
        store::attachment::insert(cx.conn, ids.1, &taken.attachments).await?;
        Ok(reply)
    }

    fn kind(&self) -> String {
        match self.received.payload_name.as_str() {
            "" => "cXML".to_owned(),
            name => shorten(name, 60),
        }
    }
}

/// A stored answer, still with a mark where a live token goes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Reply {
    pub body: Vec<u8>,
    /// The session whose start token is filled in.
    session: Option<PunchoutSessionId>,
    /// The answer that files go along with.
    with_files: Option<DocumentId>,
}

impl Reply {
    fn of(answer: &Document) -> Self {
        let session = answer.about.first().and_then(|about| about.parse().ok());
        let with_files = (answer.kind == GET_PENDING).then_some(answer.id);
        Self { body: answer.body.to_vec(), session, with_files }
    }

    /// With live tokens, and in one body with what goes along.
    pub async fn whole(self, app: &App) -> Result<Answer, AppError> {
        let Some(id) = self.with_files else { return Ok(Answer::plain(self.filled(app))) };
        let files = store::attachment::of_document(&mut *app.store.read().await?, id).await?;
        if files.is_empty() {
            return Ok(Answer::plain(self.body));
        }
        let parts: Vec<Part> = files.into_iter().map(delivery::part).collect();
        let (content_type, body) = multipart::write(&id.to_string(), &self.body, &parts);
        Ok(Answer { content_type, body })
    }

    fn filled(self, app: &App) -> Vec<u8> {
        match self.session {
            Some(session) => {
                let token = app.keys.token(START_PURPOSE, session.bits(), "");
                cxml::fill_token(&self.body, &token)
            }
            None => self.body,
        }
    }
}

/// Takes a document: at most once, whatever happens.
pub(super) struct Arrive(pub Arc<Arrival>);

impl Command for Arrive {
    type Answer = Reply;
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Reply, AppError> {
        let arrival = &*self.0;
        let ids: (DocumentId, DocumentId) = (cx.id(), cx.id());
        // First of all, so that of two equal documents the second waits here and not later.
        if !arrival.enter(cx, &arrival.payload_id, ids).await? {
            return arrival.answered(cx).await;
        }
        if arrival.received.envelope.form != Form::Request {
            let got = arrival.received.envelope.form.word();
            return Err(exchange::status::not_implemented("cXML", got, "a Request").into());
        }
        let payload = arrival.received.payload.as_ref().map_err(content)?;
        store::attachment::insert(cx.conn, ids.0, &arrival.attachments).await?;
        let inbound = Inbound {
            id: ids.0,
            sender: &arrival.sender,
            envelope: &arrival.received.envelope,
            attachments: &arrival.attachments,
        };
        let taken = route::to_owner(cx, &inbound, payload).await?;
        arrival.keep(cx, ids, taken).await
    }
}

/// A fault of the content as a refusal: element path, got, expected, mend.
pub(super) fn content(fault: &cxml::ContentFault) -> Refusal {
    let place = format!("{} (line {}, column {})", fault.path, fault.line, fault.column);
    Refusal::invalid("content", "An element does not say what its place asks for.")
        .field(place)
        .got(&*fault.got)
        .expected(&*fault.expected)
        .mend(&*fault.mend)
}

/// Keeps a refused document with its answer, after what it did was rolled back.
///
/// A refused document does not use up its payloadID: corrected, it may come again under the same
/// one. The very same body is looked at anew, because our settings may have changed; refused for
/// the same reason it gets the stored answer, byte for byte.
pub(super) struct KeepRefused {
    pub arrival: Arc<Arrival>,
    pub refusal: Box<Refusal>,
}

impl Command for KeepRefused {
    type Answer = Reply;
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Reply, AppError> {
        let ids: (DocumentId, DocumentId) = (cx.id(), cx.id());
        let status = exchange::status::of_refusal(&self.refusal);
        let name = format!("refused:{}", self.arrival.body_sha256);
        let sender = self.arrival.sender.partner.id.to_string();
        match store::inbox::get(cx.conn, &sender, &name).await? {
            None if self.arrival.enter(cx, &name, ids).await? => {}
            None => return Err(StoreError::Conflict("inbox").into()),
            Some(seen) => {
                let before = store::document::get(cx.conn, seen.answer).await?;
                let same = |before: &Document| before.status == Some(i64::from(status.code));
                if let Some(before) = before.filter(same) {
                    cx.nothing_changed();
                    return Ok(Reply::of(&before));
                }
            }
        }
        self.arrival.keep(cx, ids, Taken::status(status, Vec::new())).await
    }
}

//! The one door for documents that arrive: read, prove the sender, answer once.
//!
//! Everything about a document happens in one transaction: the inbox entry, the document without
//! its secrets, what it changed, and the answer. The same (sender, payloadID) with the same body
//! gets the stored answer, byte for byte; with another body it is refused. A stored answer never
//! holds a live token: a mark stands in its place, filled in when the answer is given.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        id::{DocumentId, PunchoutSessionId},
        text::{sha256_hex, shorten},
    },
    cxml::{
        self, Document as Wire, Envelope, Form, Payload, Received, Status,
        multipart::{self, Part},
        values::Stamp,
    },
    domain::refusal::{Refusal, RefusalKind},
    exchange,
    store::{
        self, StoreError,
        attachment::Attachment,
        document::{Direction, Document},
        inbox::Answered,
    },
};

use super::{
    Actor, App, AppError, Command, Cx, Need, act, conformance, delivery, document,
    partner_auth::{self, Sender},
    wire,
};

mod pending;
pub(in crate::app) use pending::named;
mod route;

/// The purpose under which start tokens are made.
pub const START_PURPOSE: &str = "start";
const XML: &str = "text/xml; charset=UTF-8";
/// The kind of answer that files go along with.
const GET_PENDING: &str = "GetPendingResponse";
/// Times a document is looked at again after an equal one came in at the same moment.
const TRIES: u32 = 4;

/// A document inside its command.
pub struct Inbound<'d> {
    /// Under which id the document is kept.
    pub id: DocumentId,
    pub sender: &'d Sender,
    pub envelope: &'d Envelope,
    /// What came beside it.
    pub attachments: &'d [Attachment],
}

/// What became of a document: its answer, and the objects it concerns.
#[derive(Debug, Clone)]
pub struct Taken {
    pub status: Status,
    pub payload: Payload,
    /// The most telling first.
    pub about: Vec<String>,
    /// What goes along with the answer.
    pub attachments: Vec<Attachment>,
}

/// What a document is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub content_type: String,
    pub body: Vec<u8>,
}

impl Answer {
    fn plain(body: Vec<u8>) -> Self {
        Self { content_type: XML.to_owned(), body }
    }
}

impl Taken {
    /// An answer that is a bare status.
    pub fn status(status: Status, about: Vec<String>) -> Self {
        Self { status, payload: Payload::None, about, attachments: Vec::new() }
    }
}

/// Parts without a reader that are named in the log.
const UNREAD_SHOWN: usize = 20;

/// A document as it was posted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Post<'p> {
    pub bytes: &'p [u8],
    pub content_type: Option<&'p str>,
    /// The fingerprint of the client certificate that a trusted proxy saw.
    pub certificate: Option<&'p str>,
}

/// Reads and answers a document. The answer is always a cXML Response.
pub async fn receive(app: &Arc<App>, post: Post<'_>) -> Answer {
    receive_with(app, post, Vec::new()).await
}

/// As [`receive`], for a document that came with others beside it.
pub async fn receive_parts(
    app: &Arc<App>,
    root: &Part,
    beside: Vec<Part>,
    certificate: Option<&str>,
) -> Answer {
    let attachments = beside.into_iter().map(attachment).collect();
    let content_type = root.content_type.as_deref();
    receive_with(app, Post { bytes: &root.body, content_type, certificate }, attachments).await
}

fn attachment(part: Part) -> Attachment {
    let said = |text: &Option<String>| shorten(text.as_deref().unwrap_or_default(), 200);
    Attachment {
        content_id: said(&part.content_id),
        content_type: match said(&part.content_type) {
            none if none.is_empty() => "application/octet-stream".to_owned(),
            given => given,
        },
        name: said(&part.name),
        body: part.body,
    }
}

async fn receive_with(app: &Arc<App>, post: Post<'_>, attachments: Vec<Attachment>) -> Answer {
    let Post { bytes, content_type, .. } = post;
    let received = match cxml::receive(bytes, content_type) {
        Ok(received) => received,
        Err(fault) => {
            let refusal = match &fault {
                cxml::Fault::Content(fault) => Some(content(fault)),
                _ => None,
            };
            tracing::info!(status = fault.status_code(), "a document could not be read");
            let answer = unkept(app, exchange::status::of_fault(&fault));
            wire::unkept(app, (bytes, content_type), refusal.as_ref(), &answer).await;
            return Answer::plain(answer);
        }
    };
    match take(app, received, post, attachments).await {
        Ok(answer) => answer,
        Err(fault) => {
            let refusal = fault.told();
            tracing::info!(code = refusal.code, %refusal, "a document was refused");
            let answer = unkept(app, exchange::status::of_refusal(&refusal));
            wire::unkept(app, (bytes, content_type), Some(&refusal), &answer).await;
            Answer::plain(answer)
        }
    }
}

async fn take(
    app: &Arc<App>,
    received: Received,
    Post { bytes, content_type, certificate }: Post<'_>,
    attachments: Vec<Attachment>,
) -> Result<Answer, AppError> {
    let mut conn = app.store.read().await?;
    let proven = partner_auth::prove(app, &mut conn, &received.envelope, certificate).await;
    let senders = match proven {
        Err(AppError::Refusal(refusal)) => {
            drop(conn);
            return Err(partner_auth::refuse(app, refusal).await);
        }
        other => other?,
    };
    let sender = route::one_of(&mut conn, senders, &received).await?;
    drop(conn);
    conformance::need_live(&sender.partner)?;
    if !received.unread.is_empty() {
        let parts: Vec<_> = received.unread.iter().take(UNREAD_SHOWN).collect();
        let payload_id = &received.envelope.payload_id;
        tracing::info!(payload_id, ?parts, "parts of a document have no reader; they are kept");
    }
    let body = cxml::redact(bytes);
    let payload_id = match received.envelope.payload_id.as_str() {
        "" => format!("sha256:{}", sha256_hex(&body)),
        given => given.to_owned(),
    };
    let arrival = Arc::new(Arrival {
        body_sha256: whole_sha256(&body, &attachments),
        content_type: content_type.map_or_else(|| XML.to_owned(), |text| shorten(text, 200)),
        sender,
        received,
        body,
        payload_id,
        attachments,
    });
    let actor = arrival.sender.actor();
    let answer = match again(app, &actor, || Arrive(Arc::clone(&arrival))).await {
        Err(AppError::Refusal(refusal)) if refusal.kind != RefusalKind::Unavailable => {
            let keep = || KeepRefused { arrival: Arc::clone(&arrival), refusal: refusal.clone() };
            let reply = again(app, &actor, keep).await?;
            let document = (&*arrival.body, content_type);
            wire::refused(app, &arrival.sender, document, &refusal, &reply.body).await;
            reply
        }
        other => other?,
    };
    answer.whole(app).await
}

/// Of the document and what came with it: the same payloadID with another attachment is another
/// document.
fn whole_sha256(body: &[u8], attachments: &[Attachment]) -> String {
    let own = sha256_hex(body);
    if attachments.is_empty() {
        return own;
    }
    let all = attachments.iter().map(|one| format!("{} {}", one.content_id, sha256_hex(&one.body)));
    sha256_hex(std::iter::once(own).chain(all).collect::<Vec<_>>().join("\n").as_bytes())
}

/// Runs a command; when an equal document came in at the same moment, the other's answer is there
/// on the second look.
async fn again<C: Command>(
    app: &Arc<App>,
    actor: &Actor,
    command: impl Fn() -> C,
) -> Result<C::Answer, AppError> {
    let mut tries = 1;
    loop {
        match act(app, actor, command()).await {
            Err(AppError::Store(StoreError::Duplicate(_) | StoreError::Conflict(_)))
                if tries < TRIES =>
            {
                tries += 1;
            }
            done => return done,
        }
    }
}

/// An answer that stands nowhere: to what could not be read, proven or kept.
fn unkept(app: &App, status: Status) -> Vec<u8> {
    let id: DocumentId = app.id();
    cxml::encode(&response(app.now().into(), payload_id(app, id), status, Payload::None))
}

fn response(now: Stamp, payload_id: String, status: Status, payload: Payload) -> Wire {
    Wire::new(Envelope::response(payload_id, now, status), payload)
}

/// The payloadID of a document of ours: its id at this server's host.
pub fn payload_id(app: &App, id: DocumentId) -> String {
    format!("{id}@{}", app.site.host())
}

/// A document on its way in.
struct Arrival {
    sender: Sender,
    received: Received,
    /// Without secrets.
    body: Vec<u8>,
    body_sha256: String,
    content_type: String,
    /// The document's own, or its body's hash when it has none.
    payload_id: String,
    attachments: Vec<Attachment>,
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
            body: cxml::encode(&answer),
            reply_to: Some(ids.0),
            ..incoming.clone()
        };
        let reply = Reply::of(&outgoing);
        document::keep_all(cx, &[incoming, outgoing]).await?;
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
struct Reply {
    body: Vec<u8>,
    /// The session whose start token is filled in.
    session: Option<PunchoutSessionId>,
    /// The answer that files go along with.
    with_files: Option<DocumentId>,
}

impl Reply {
    fn of(answer: &Document) -> Self {
        let session = answer.about.first().and_then(|about| about.parse().ok());
        let with_files = (answer.kind == GET_PENDING).then_some(answer.id);
        Self { body: answer.body.clone(), session, with_files }
    }

    /// With live tokens, and in one body with what goes along.
    async fn whole(self, app: &App) -> Result<Answer, AppError> {
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
struct Arrive(Arc<Arrival>);

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
fn content(fault: &cxml::ContentFault) -> Refusal {
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
struct KeepRefused {
    arrival: Arc<Arrival>,
    refusal: Box<Refusal>,
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

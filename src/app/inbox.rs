//! The one door for documents that arrive: read, prove the sender, answer once.
//!
//! Everything about a document happens in one transaction: the inbox entry, the document without
//! its secrets, what it changed, and the answer. The same (sender, payloadID) with the same body
//! gets the stored answer, byte for byte; with another body it is refused. A stored answer never
//! holds a live token: a mark stands in its place, filled in when the answer is given.

use std::sync::Arc;

use crate::{
    base::{
        id::DocumentId,
        text::{fold, sha256_hex, shorten},
    },
    cxml::{
        self, Document as Wire, Envelope, Payload, Received, Status, multipart::Part, values::Stamp,
    },
    domain::refusal::RefusalKind,
    exchange,
    store::{StoreError, attachment::Attachment, document::Body},
};

use super::{
    Actor, App, AppError, Command, act, conformance,
    partner_auth::{self, Sender},
    wire,
};

mod arrival;
mod pending;
mod route;

use arrival::{Arrival, Arrive, KeepRefused, content};
pub(in crate::app) use pending::named;

/// The purpose under which start tokens are made.
pub const START_PURPOSE: &str = "start";
const XML: &str = "text/xml; charset=UTF-8";
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

/// A file as it came; a document among them without its secrets.
fn attachment(part: Part) -> Attachment {
    let is_xml = part.content_type.as_deref().is_some_and(|kind| fold(kind).contains("xml"))
        || part.body.trim_ascii_start().starts_with(b"<");
    let said = |text: &Option<String>| shorten(text.as_deref().unwrap_or_default(), 200);
    Attachment {
        content_id: said(&part.content_id),
        content_type: match said(&part.content_type) {
            none if none.is_empty() => "application/octet-stream".to_owned(),
            given => given,
        },
        name: said(&part.name),
        body: if is_xml { cxml::redact(&part.body) } else { part.body },
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
    let body = Body::from(cxml::redact(bytes)).settled();
    let payload_id = match received.envelope.payload_id.as_str() {
        "" => format!("sha256:{}", body.sha256()),
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
fn whole_sha256(body: &Body, attachments: &[Attachment]) -> String {
    let own = body.sha256().to_owned();
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

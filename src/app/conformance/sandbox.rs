//! The sandbox door: what a partner posts there is kept with its trial and answered, and nothing
//! else happens.
//!
//! The address names the partner, so that a document whose proof is wrong is seen as well. The
//! answer is made by a pure function (`exchange::conformance::sandbox`) that has no way to the
//! orders of the house.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{PURPOSE, load, sandbox_url};
use crate::{
    app::{
        App, AppError, Command, Cx, Need, act, document,
        inbox::{self, Post},
        partner_auth,
    },
    base::{
        id::{DocumentId, PartnerId},
        secret::Keys,
        text::shorten,
    },
    cxml::{self, Envelope, Fault, Party, Payload, Received, Status},
    domain::{
        party::{Identity, Partner},
        refusal::Refusal,
    },
    exchange::conformance::{
        Note, Way,
        sandbox::{self, Arrived, Reply},
    },
    store::{
        self,
        conformance::{ExchangeRow, TrialRow},
        document::{Direction, Document},
    },
};

const XML: &str = "text/xml; charset=UTF-8";
/// Exchanges that one trial keeps; a partner that runs wild fills no disk.
const MOST: usize = 400;
/// Bytes of a document in the sandbox.
const MOST_BYTES: usize = 512 << 10;

/// What the door answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answered {
    pub http: u16,
    pub body: Vec<u8>,
}

/// Takes a document at a partner's sandbox address. An address that nobody was given is not found.
pub async fn receive(
    app: &Arc<App>,
    token: &str,
    Post { bytes, content_type, certificate }: Post<'_>,
) -> Result<Answered, AppError> {
    let partner = partner(app, token).await?;
    if bytes.len() > MOST_BYTES {
        return Err(Refusal::invalid("too-large", "The sandbox takes smaller documents.")
            .got(format!("{} bytes", bytes.len()))
            .expected(format!("at most {MOST_BYTES} bytes"))
            .into());
    }
    let received = cxml::receive(bytes, content_type);
    let notes = match &received {
        Ok(received) => proof(app, (&received.envelope, certificate), partner.id).await?,
        Err(_) => Vec::new(),
    };
    let take = Take {
        received,
        notes,
        body: cxml::redact(bytes),
        content_type: shorten(content_type.unwrap_or_default(), 200),
        partner: partner.clone(),
    };
    let identity = partner.identities.first().cloned();
    let identity = identity.unwrap_or_else(|| Identity::new("", ""));
    let actor = partner_auth::Sender { partner, identity }.actor();
    act(app, &actor, take).await
}

async fn partner(app: &App, token: &str) -> Result<Partner, AppError> {
    let gone = || AppError::from(Refusal::not_found("sandbox"));
    let bits = Keys::token_id(token).filter(|_| app.keys.token_holds(token, PURPOSE, ""));
    let id = bits.map(PartnerId::from_bits).ok_or_else(gone)?;
    store::partner::get(&mut *app.store.read().await?, id).await?.ok_or_else(gone)
}

/// What the envelope proves, looked at while its secrets are still there.
async fn proof(
    app: &App,
    (envelope, certificate): (&Envelope, Option<&str>),
    own: PartnerId,
) -> Result<Vec<Note>, AppError> {
    let has = |party: &Party| party.credentials.iter().any(|own| own.secret.is_some());
    let mut conn = app.store.read().await?;
    match partner_auth::prove(app, &mut conn, envelope, certificate).await {
        Ok(senders) if senders.iter().any(|sender| sender.partner.id == own) => {
            let misplaced = has(&envelope.from).then_some(Note::SecretInFrom);
            Ok(misplaced.into_iter().chain([Note::SecretRight]).collect())
        }
        Ok(_) => Ok(vec![Note::SecretWrong]),
        Err(AppError::Refusal(refusal)) if refusal.code == "from-foreign" => {
            Ok(vec![Note::SecretRight, Note::FromForeign])
        }
        Err(AppError::Refusal(_)) => Ok(vec![match (has(&envelope.from), has(&envelope.sender)) {
            (_, true) => Note::SecretWrong,
            (true, false) => Note::SecretInFrom,
            (false, false) => Note::SecretMissing,
        }]),
        Err(fault) => Err(fault),
    }
}

/// A document in the sandbox.
struct Take {
    received: Result<Received, Fault>,
    notes: Vec<Note>,
    /// Without secrets.
    body: Vec<u8>,
    content_type: String,
    partner: Partner,
}

impl Command for Take {
    type Answer = Answered;
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Answered, AppError> {
        let newest = store::conformance::newest(cx.conn, self.partner.id).await?;
        let Some(row) = newest else {
            cx.nothing_changed();
            return Ok(bare(cx, Status::new(403, "No trial is open. Ask for one to be begun.")));
        };
        let trial = load(cx.conn, (&row, &self.partner)).await?;
        if store::conformance::exchanges(cx.conn, row.id).await?.len() >= MOST {
            cx.nothing_changed();
            return Ok(bare(cx, Status::new(403, "This trial is full. Ask for another one.")));
        }
        let arrived = Arrived {
            document: &self.received,
            body: &self.body,
            notes: &self.notes,
            url: &sandbox_url(cx.app, self.partner.id),
            at: cx.now,
        };
        let reply = sandbox::answer(&trial, &arrived);
        self.keep(cx, &row, reply).await
    }
}

impl Take {
    async fn keep(
        &self,
        cx: &mut Cx<'_>,
        row: &TrialRow,
        reply: Reply,
    ) -> Result<Answered, AppError> {
        let request: DocumentId = cx.id();
        let incoming = self.document(cx, request, row);
        let (answered, kept) = match reply {
            Reply::Later => (Answered { http: 503, body: b"Come again.".to_vec() }, None),
            Reply::Again(body) => (Answered { http: 200, body }, None),
            Reply::Fresh(status, payload) => {
                let id: DocumentId = cx.id();
                let code = i64::from(status.code);
                let body = response(cx, id, status, payload);
                let answer = Document {
                    id,
                    direction: Direction::Out,
                    kind: "Response".to_owned(),
                    payload_id: format!("test:{id}"),
                    content_type: XML.to_owned(),
                    body: body.clone().into(),
                    status: Some(code),
                    reply_to: Some(request),
                    ..incoming.clone()
                };
                (Answered { http: 200, body }, Some(answer))
            }
        };
        document::keep(cx, incoming).await?;
        let answer = kept.as_ref().map(|answer| answer.id);
        if let Some(answer) = kept {
            document::keep(cx, answer).await?;
        }
        let notes: Vec<&str> = self.notes.iter().map(|note| note.word()).collect();
        let row_of_it = ExchangeRow {
            way: Way::Theirs.word().to_owned(),
            step: String::new(),
            request,
            answer,
            http: Some(i64::from(answered.http)),
            took_ms: 0,
            notes: notes.join(" "),
            trouble: String::new(),
        };
        store::conformance::add_exchange(cx.conn, row.id, &row_of_it).await?;
        Ok(answered)
    }

    fn document(&self, cx: &Cx<'_>, id: DocumentId, row: &TrialRow) -> Document {
        let received = self.received.as_ref().ok();
        let name = received.map_or("", |received| received.payload_name.as_str());
        let payload_id = received.map_or("", |received| received.envelope.payload_id.as_str());
        Document {
            id,
            direction: Direction::In,
            kind: if name.is_empty() { "cXML".to_owned() } else { shorten(name, 60) },
            organisation: Some(self.partner.organisation),
            supplier: None,
            partner: Some(self.partner.id),
            about: vec![row.id.to_string()],
            sender: String::new(),
            payload_id: format!("test:{payload_id}"),
            content_type: self.content_type.clone(),
            body: self.body.clone().into(),
            status: None,
            reply_to: None,
            at: cx.now,
        }
    }
}

fn response(cx: &Cx<'_>, id: DocumentId, status: Status, payload: Payload) -> Vec<u8> {
    let envelope = Envelope::response(inbox::payload_id(cx.app, id), cx.now, status);
    cxml::encode(&cxml::Document::new(envelope, payload))
}

/// An answer that is kept nowhere.
fn bare(cx: &Cx<'_>, status: Status) -> Answered {
    let body = response(cx, cx.id(), status, Payload::None);
    Answered { http: 200, body }
}

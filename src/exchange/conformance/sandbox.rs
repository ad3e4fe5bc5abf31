//! What the sandbox answers: a pure function of the document and of what came before it.
//!
//! It answers as the real door does and does nothing: no session, no order, no invoice. The first
//! ship notice or order of a trial is put off with HTTP 503, so that the partner's retry is seen.

use crate::{
    base::{text::shorten, time::Time},
    cxml::{
        Fault, Form, Payload, Received, Status, order::OrderAction,
        punchout_setup::PunchOutSetupResponse,
    },
    domain::refusal::Refusal,
    exchange::{punchout, status},
};

use super::{Note, Side, Trial, Way, trial::Seen};

/// An answer of the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// HTTP 503: come again.
    Later,
    /// The very answer that the same document got before.
    Again(Vec<u8>),
    Fresh(Status, Payload),
}

/// A document that has just come.
pub struct Arrived<'a> {
    pub document: &'a Result<Received, Fault>,
    /// Without secrets.
    pub body: &'a [u8],
    pub notes: &'a [Note],
    /// The address of this sandbox.
    pub url: &'a str,
    pub at: Time,
}

/// What is answered.
pub fn answer(trial: &Trial, arrived: &Arrived<'_>) -> Reply {
    let refused = |refusal: &Refusal| Reply::Fresh(status::of_refusal(refusal), Payload::None);
    let received = match arrived.document {
        Ok(received) => received,
        Err(fault) => return Reply::Fresh(status::of_fault(fault), Payload::None),
    };
    if !arrived.notes.contains(&Note::SecretRight) {
        return refused(&secret(arrived.notes));
    }
    let payload = match &received.payload {
        Ok(payload) => payload,
        Err(fault) => {
            let status = Status::new(406, shorten(&fault.to_string(), 500));
            return Reply::Fresh(status, Payload::None);
        }
    };
    if let Some(before) = earlier(trial, received, arrived.body) {
        return before;
    }
    if received.envelope.form != Form::Request {
        let got = received.envelope.form.word();
        return refused(&status::not_implemented("cXML", got, "a Request"));
    }
    if first_of_its_kind(trial, payload) {
        return Reply::Later;
    }
    taken(trial.side, payload, arrived).unwrap_or_else(|refusal| refused(&refusal))
}

fn secret(notes: &[Note]) -> Refusal {
    let got = match notes {
        _ if notes.contains(&Note::SecretInFrom) => "a SharedSecret in From",
        _ if notes.contains(&Note::SecretMissing) => "no SharedSecret in Sender",
        _ => "another SharedSecret, or another Sender",
    };
    Refusal::unauthenticated("sender-unknown", "The Sender is not proven.")
        .field("cXML/Header/Sender/Credential/SharedSecret")
        .got(got)
        .expected("a registered identity with its SharedSecret inside Sender")
}

/// The answer given before to a document of this payloadID.
fn earlier(trial: &Trial, received: &Received, body: &[u8]) -> Option<Reply> {
    let id = &received.envelope.payload_id;
    let kept = |seen: &&Seen| {
        let put_off = seen.exchange.http.is_some_and(|http| http >= 500);
        let proven = seen.exchange.notes.contains(&Note::SecretRight);
        !id.is_empty() && seen.payload_id() == id && !put_off && proven
    };
    let before = trial.theirs().find(kept)?;
    if before.exchange.request == body {
        return before.exchange.answer.clone().map(Reply::Again);
    }
    let refusal = Refusal::conflict("payload-id-reused", "This payloadID names another document.")
        .field("cXML/@payloadID")
        .got(shorten(id, 80))
        .expected("the same document, or a payloadID of its own");
    Some(Reply::Fresh(status::of_refusal(&refusal), Payload::None))
}

/// Whether it is the one document of the trial whose repetition is asked for.
fn first_of_its_kind(trial: &Trial, payload: &Payload) -> bool {
    let tried = |payload: &Payload| match (trial.side, payload) {
        (Side::Supplier, Payload::ShipNoticeRequest(_)) => true,
        (Side::Buyer, Payload::OrderRequest(order)) => order.action == OrderAction::New,
        _ => false,
    };
    let put_off = |seen: &Seen| {
        seen.exchange.way == Way::Theirs && seen.exchange.http.is_some_and(|http| http >= 500)
    };
    tried(payload) && !trial.seen.iter().any(put_off)
}

fn taken(side: Side, payload: &Payload, arrived: &Arrived<'_>) -> Result<Reply, Refusal> {
    let ok = |payload| Ok(Reply::Fresh(Status::ok(), payload));
    match (side, payload) {
        (_, Payload::ProfileRequest) => {
            let profile = punchout::profile(arrived.url, arrived.at, &[]);
            ok(Payload::ProfileResponse(Box::new(profile)))
        }
        (Side::Buyer, Payload::PunchOutSetupRequest(_)) => {
            let start = PunchOutSetupResponse { start_page: arrived.url.to_owned() };
            ok(Payload::PunchOutSetupResponse(Box::new(start)))
        }
        (Side::Buyer, Payload::OrderRequest(_))
        | (
            Side::Supplier,
            Payload::ConfirmationRequest(_)
            | Payload::ShipNoticeRequest(_)
            | Payload::InvoiceDetailRequest(_),
        ) => ok(Payload::None),
        (_, other) => {
            Err(status::not_implemented("cXML/Request", other.name(), "a request of your side"))
        }
    }
}

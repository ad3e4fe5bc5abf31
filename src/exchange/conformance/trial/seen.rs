//! What a trial has seen of a partner's documents.

use std::borrow::Cow;

use crate::{
    base::text::{sha256_hex, shorten},
    cxml::{self, Document, Envelope, Fault, Payload, Received, Status, multipart},
};

use super::Exchange;

/// An exchange that was read.
pub(in crate::exchange::conformance) struct Seen {
    pub exchange: Exchange,
    pub asked: Result<Received, Fault>,
    pub said: Option<Result<Document, Fault>>,
}

impl Seen {
    pub(super) fn of(exchange: Exchange) -> Self {
        let kind = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (document, of) = root(&exchange.request, &exchange.request_type);
        let asked = cxml::receive(&document, kind(&of).as_deref());
        let answer = exchange.answer.as_ref();
        let said = answer.map(|body| cxml::decode(body, kind(&exchange.answer_type).as_deref()));
        Self { exchange, asked, said }
    }

    /// The document that was sent, when it can be read.
    pub fn sent(&self) -> Option<(&Envelope, &Payload)> {
        let received = self.asked.as_ref().ok()?;
        Some((&received.envelope, received.payload.as_ref().ok()?))
    }

    pub fn payload_id(&self) -> &str {
        self.asked.as_ref().map_or("", |received| received.envelope.payload_id.as_str())
    }

    pub fn sha256(&self) -> String {
        sha256_hex(&self.exchange.request)
    }

    /// The Status of the answer.
    pub fn status(&self) -> Option<&Status> {
        self.said.as_ref()?.as_ref().ok()?.envelope.status.as_ref()
    }

    /// What came back, for people.
    pub fn outcome(&self) -> String {
        let http = self.exchange.http.map_or_else(String::new, |http| format!("HTTP {http}"));
        match (&self.said, self.status()) {
            _ if !self.exchange.trouble.is_empty() => self.exchange.trouble.clone(),
            (_, Some(status)) => {
                let said = format!("Status {} {} {}", status.code, status.text, status.message);
                shorten(said.trim(), 200)
            }
            (Some(Err(fault)), _) => shorten(&format!("{http}: {fault}"), 200),
            _ => http,
        }
    }
}

/// The document of a body, plain or with attachments, and its content type.
fn root<'b>(body: &'b [u8], kind: &str) -> (Cow<'b, [u8]>, String) {
    let parts = multipart::boundary(kind).map(|boundary| multipart::parts(body, &boundary));
    let start = multipart::parameter(kind, "start");
    match parts.as_deref().and_then(|parts| multipart::root(parts, start.as_deref())) {
        None => (Cow::Borrowed(body), kind.to_owned()),
        Some(found) => {
            let own = found.content_type.clone().unwrap_or_default();
            (Cow::Owned(found.body.clone()), own)
        }
    }
}

//! What went over the wire, as the simulators saw it; and their one way to post a document.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde::Serialize;

use crate::{
    base::time::Time,
    cxml::{self, Document, Envelope, Party, Payload},
};

use super::{Account, Cast};

/// Documents kept for show; older ones are forgotten.
const KEPT: usize = 500;

/// One document as it went.
#[derive(Debug, Clone, Serialize)]
pub struct Exchange {
    pub number: u64,
    pub at: String,
    /// `sent` or `got`.
    pub direction: &'static str,
    pub title: String,
    /// Indented, secrets cut out.
    pub text: String,
}

/// The wire and its log.
pub struct Wire {
    cast: Arc<Cast>,
    client: reqwest::Client,
    log: Mutex<Vec<Exchange>>,
    count: AtomicU64,
}

/// A posted document with its answer.
pub struct Posted {
    pub sent: String,
    pub got: String,
    pub answer: Result<Document, String>,
}

impl Wire {
    pub fn new(cast: Arc<Cast>) -> Result<Self, String> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .build()
            .map_err(|fault| fault.to_string())?;
        Ok(Self { cast, client, log: Mutex::default(), count: AtomicU64::new(1) })
    }

    pub fn now(&self) -> Time {
        self.cast.clock.now()
    }

    /// A word that no other document of this run has.
    pub fn fresh(&self, prefix: &str) -> String {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        format!("{prefix}{}-{number}", self.now().millis())
    }

    /// The envelope of a request of this account to the server or to another party.
    pub fn envelope(&self, from: &Account, to: (&str, &str)) -> Envelope {
        let me = Party::new(&from.domain, &from.identity);
        let proven = me.clone().with_secret(from.secret.clone());
        let payload_id = self.fresh("sim.") + "@sim.example";
        Envelope::request(payload_id, self.now()).between(me, Party::new(to.0, to.1), proven)
    }

    /// Keeps a document for show.
    pub fn keep(&self, direction: &'static str, title: impl Into<String>, bytes: &[u8]) -> String {
        let text = cxml::prettify(bytes);
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let exchange = Exchange {
            number: self.count.fetch_add(1, Ordering::Relaxed),
            at: self.now().to_string(),
            direction,
            title: title.into(),
            text: text.clone(),
        };
        log.push(exchange);
        let over = log.len().saturating_sub(KEPT);
        log.drain(..over);
        text
    }

    /// What was kept, newest first.
    pub fn kept(&self, title_part: &str) -> Vec<Exchange> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.iter().rev().filter(|entry| entry.title.contains(title_part)).cloned().collect()
    }

    /// Posts a document to the server's one door and keeps both ways.
    pub async fn post(&self, who: &str, envelope: Envelope, payload: Payload) -> Posted {
        let title = format!("{who}: {}", payload.name());
        let bytes = cxml::encode(&Document::new(envelope, payload));
        let sent = self.keep("sent", &title, &bytes);
        match self.post_bytes(bytes).await {
            Ok(body) => {
                let got = self.keep("got", format!("{title}, the answer"), &body);
                let answer = cxml::decode(&body, None).map_err(|fault| fault.to_string());
                Posted { sent, got, answer }
            }
            Err(fault) => Posted { sent, got: fault.clone(), answer: Err(fault) },
        }
    }

    /// Posts bytes anywhere on this machine: the HTTP status (0 without an answer) and the body.
    pub async fn post_to(&self, url: &str, bytes: Vec<u8>) -> (u16, Vec<u8>) {
        let request = self.client.post(url).header("content-type", "text/xml; charset=UTF-8");
        match request.body(bytes).send().await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                (status, answer.bytes().await.map(|body| body.to_vec()).unwrap_or_default())
            }
            Err(_) => (0, Vec::new()),
        }
    }

    async fn post_bytes(&self, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        let url = format!("{}/cxml", self.cast.server);
        let request = self.client.post(url).header("content-type", "text/xml; charset=UTF-8");
        let answer = request.body(bytes).send().await.map_err(|fault| fault.to_string())?;
        let body = answer.bytes().await.map_err(|fault| fault.to_string())?;
        Ok(body.to_vec())
    }
}

impl Posted {
    /// The answer's status as one line.
    pub fn status(&self) -> String {
        match &self.answer {
            Ok(document) => document.envelope.status.as_ref().map_or_else(
                || "no Status".to_owned(),
                |status| format!("{} {} {}", status.code, status.text, status.message),
            ),
            Err(fault) => fault.clone(),
        }
    }
}

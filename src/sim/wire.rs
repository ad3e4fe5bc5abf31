//! What went over the wire, as the simulators saw it; and their one way to post a document.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
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

/// A document as it went, indented only when somebody looks.
struct Logged {
    number: u64,
    at: Time,
    direction: &'static str,
    title: String,
    bytes: Vec<u8>,
}

impl Logged {
    fn shown(&self) -> Exchange {
        Exchange {
            number: self.number,
            at: self.at.to_string(),
            direction: self.direction,
            title: self.title.clone(),
            text: cxml::prettify(&self.bytes),
        }
    }
}

/// The wire and its log.
pub struct Wire {
    cast: Arc<Cast>,
    client: reqwest::Client,
    log: Mutex<VecDeque<Logged>>,
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
    pub fn keep(&self, direction: &'static str, title: impl Into<String>, bytes: &[u8]) {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let (at, title, bytes) = (self.now(), title.into(), bytes.to_vec());
        let mut log = self.log();
        log.push_back(Logged { number, at, direction, title, bytes });
        if log.len() > KEPT {
            log.pop_front();
        }
    }

    /// What was kept, newest first.
    pub fn kept(&self, title_part: &str) -> Vec<Exchange> {
        let log = self.log();
        log.iter().rev().filter(|one| one.title.contains(title_part)).map(Logged::shown).collect()
    }

    /// A poisoned lock only means that another task died while holding it; the log is still whole.
    fn log(&self) -> MutexGuard<'_, VecDeque<Logged>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Posts a document to the server's one door and keeps both ways.
    pub async fn post(&self, who: &str, envelope: Envelope, payload: Payload) -> Posted {
        let title = format!("{who}: {}", payload.name());
        let bytes = cxml::encode(&Document::new(envelope, payload));
        self.keep("sent", &title, &bytes);
        let sent = cxml::prettify(&bytes);
        match self.post_bytes(bytes).await {
            Ok(body) => {
                self.keep("got", format!("{title}, the answer"), &body);
                let got = cxml::prettify(&body);
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

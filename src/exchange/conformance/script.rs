//! What we send in a trial: every document of it, as bytes.
//!
//! The same setting gives the same bytes. Every document says `deploymentMode="test"`, every order
//! number begins with TEST, and the place of the shared secret holds the mark that is filled in
//! when the document is sent.

mod bills;
mod carts;
mod goods;
mod orders;
mod traps;

pub use carts::{Visit, visits};

use super::{Side, Trial};
use crate::{
    base::{secret::Secret, time::Time},
    cxml::{self, Document, Envelope, Mode, Party, Payload, SECRET_MARK},
    domain::party::Identity,
};

/// Who sends to whom, under which names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub from: Identity,
    pub to: Identity,
    /// This server.
    pub sender: Identity,
    /// What no other trial has; stands in payloadIDs and order numbers.
    pub name: String,
    /// The right side of payloadIDs.
    pub host: String,
    /// When the trial began.
    pub at: Time,
}

/// One document of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub id: &'static str,
    pub content_type: String,
    pub body: Vec<u8>,
    /// Where a browser's post goes; a cXML document goes to the trial's address.
    pub url: Option<String>,
}

/// The content type of a plain document.
pub const XML: &str = "text/xml; charset=UTF-8";

/// The steps of a side, in their order. Carts go back to the visits that the partner began.
pub fn steps(side: Side, setting: &Setting, trial: &Trial) -> Vec<Step> {
    let mut steps = vec![setting.step("profile", Payload::ProfileRequest)];
    match side {
        Side::Supplier => steps.extend(orders::steps(setting)),
        Side::Buyer => {
            steps.extend(bills::steps(setting));
            steps.extend(carts::steps(setting, &visits(trial)));
        }
    }
    steps.extend(traps::steps(setting, side));
    steps
}

/// The one question of the daily canary; it changes nothing anywhere.
pub fn canary(setting: &Setting) -> Step {
    setting.step("profile", Payload::ProfileRequest)
}

impl Setting {
    /// The payloadID of a step's document.
    pub fn payload_id(&self, step: &str) -> String {
        format!("{step}.{}@{}", self.name, self.host)
    }

    /// The number of an order of this trial, or of an invoice.
    fn number(&self, last: &str) -> String {
        format!("TEST-{}-{last}", self.name)
    }

    fn envelope(&self, payload_id: String) -> Envelope {
        let party = |identity: &Identity| Party::new(&identity.domain, &identity.identity);
        let sender = party(&self.sender).with_secret(Secret::new(SECRET_MARK));
        Envelope::request(payload_id, self.at)
            .between(party(&self.from), party(&self.to), sender)
            .mode(Mode::Test)
    }

    fn document(&self, step: &str, payload: Payload) -> Document {
        Document::new(self.envelope(self.payload_id(step)), payload)
    }

    fn step(&self, id: &'static str, payload: Payload) -> Step {
        Step::cxml(id, cxml::encode(&self.document(id, payload)))
    }
}

impl Step {
    /// The bytes with the secret in the place of its mark, whatever their charset.
    pub fn filled(&self, secret: &Secret) -> Vec<u8> {
        let mark = format!("<SharedSecret>{SECRET_MARK}</SharedSecret>").into_bytes();
        let found = self.body.windows(mark.len()).position(|window| window == mark);
        let Some((head, rest)) = found.and_then(|at| self.body.split_at_checked(at)) else {
            return self.body.clone();
        };
        let tail = rest.get(mark.len()..).unwrap_or_default();
        [head, &cxml::fill_secret(&mark, secret), tail].concat()
    }

    fn cxml(id: &'static str, body: Vec<u8>) -> Self {
        Self { id, content_type: XML.to_owned(), body, url: None }
    }
}

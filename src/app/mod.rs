//! Floor 4: use cases. Every change goes through the one door [`act`]; nothing here knows HTTP.

pub mod absence;
pub mod approval;
pub mod arrival;
pub mod audit;
pub mod budget;
pub mod cart;
pub mod catalogue;
pub mod conformance;
pub mod delegation;
pub mod delivery;
pub mod digest;
pub mod document;
pub mod gateway;
pub mod import;
pub mod inbox;
pub mod invoice;
pub mod order;
pub mod outgoing;
pub mod partner_auth;
pub mod party;
pub mod policy;
pub mod punchout;
pub mod receiving;
pub mod register;
pub mod remark;
pub mod requisition;
pub mod requisition_file;
pub mod trail;
pub mod webhook;
pub mod wire;
pub mod worklist;

mod act;
mod actor;
mod error;
pub mod letters;
pub mod login;
pub mod machine;
mod policies;
pub mod setup;
mod wake;

pub use act::{Alone, Command, Cx, KeepRefusal, Need, Once, act, act_once, kept_refusal};
pub use actor::{Actor, Reader, Scope, Who};
pub use error::AppError;
pub use policies::{Policies, Rules};
pub use wake::{Wake, WokenBy};

use std::sync::Arc;

use crate::{
    base::{
        id::{Entropy, Id, Kind},
        secret::Keys,
        time::{Clock, Time},
    },
    domain::party::Identity,
    outbound::{client::Client, resolve::AddressRule},
    store::Store,
};

/// What every use case may lean on. One per process.
pub struct App {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub keys: Keys,
    pub policies: Policies,
    pub site: Site,
    /// For questions that somebody waits for; documents that matter go by the outbox.
    pub client: Client,
    pub wake: Wake,
}

/// What this server is to the outside.
#[derive(Debug, Clone)]
pub struct Site {
    /// Without a slash at the end: `https://buy.example`.
    pub public_url: String,
    /// The server's own cXML identity: To of what arrives, Sender of what leaves.
    pub identity: Identity,
    /// Which addresses partners' URLs may lead to.
    pub addresses: AddressRule,
    /// The demo offers its simulators and a clock that can be moved.
    pub demo: bool,
}

impl Site {
    /// The host of the server's own address, as the right side of payloadIDs.
    pub fn host(&self) -> &str {
        let rest = self.public_url.split_once("://").map_or(&*self.public_url, |(_, rest)| rest);
        rest.split(['/', ':']).next().filter(|host| !host.is_empty()).unwrap_or("countersign")
    }
}

impl App {
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// A fresh id, born now.
    pub fn id<K: Kind>(&self) -> Id<K> {
        Id::fresh(self.now(), &*self.entropy)
    }
}

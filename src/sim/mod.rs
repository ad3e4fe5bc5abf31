//! Simulators that reach the server from outside, as a stranger would: a procurement system, a
//! supplier and a mailbox.
//!
//! They import nothing of the server but values and codecs, and talk to it by HTTP and SMTP alone.
//! They exist in the demo only and keep everything in memory.

/// A page or door of a simulator: the handler gets the simulator and the request.
macro_rules! at {
    ($sim:ident, $handler:path) => {{
        let sim = Arc::clone(&$sim);
        poem::endpoint::make(move |req| {
            let sim = Arc::clone(&sim);
            async move { $handler(sim, req).await }
        })
    }};
}

pub mod buyer;
mod clock;
pub mod mail;
mod mailbox;
mod page;
pub mod partner;
pub mod supplier;
mod wire;

use std::sync::Arc;

use poem::Route;

use crate::{
    base::{
        secret::Secret,
        time::{Clock, Time},
    },
    cxml::address::{Address, Postal},
};

use self::{
    buyer::BuyerSim, mail::MailSink, partner::PartnerSim, supplier::SupplierSim, wire::Wire,
};

/// A cXML party as the simulators know it.
#[derive(Debug, Clone)]
pub struct Account {
    /// Short name: `acme`.
    pub name: String,
    pub title: String,
    pub domain: String,
    pub identity: String,
    pub secret: Secret,
    pub currency: String,
}

impl Account {
    /// Where its goods and invoices go.
    pub fn address(&self) -> Address {
        Address {
            id: Some("main".to_owned()),
            name: self.title.clone(),
            postal: Some(Postal {
                street: vec!["1 Main Street".to_owned()],
                city: "Anytown".to_owned(),
                country: "United States".to_owned(),
                country_code: "US".to_owned(),
                ..Postal::default()
            }),
            ..Address::default()
        }
    }
}

/// Moves the server's clock on by so many milliseconds and says what time it is now.
pub type Hand = Box<dyn Fn(i64) -> Time + Send + Sync>;

/// What the simulators need to know of their world.
pub struct Cast {
    /// The server: `http://127.0.0.1:PORT`.
    pub server: String,
    /// The simulators themselves: `http://localhost:PORT`, another site for a browser.
    pub here: String,
    /// The server's own cXML identity.
    pub server_identity: (String, String),
    pub buyers: Vec<Account>,
    pub supplier: Account,
    pub clock: Arc<dyn Clock>,
    pub mail: Option<MailSink>,
    pub hand: Hand,
}

/// The pages and doors of the simulators, to be nested at `/sim`.
pub fn routes(cast: Cast) -> Result<Route, String> {
    let cast = Arc::new(cast);
    let wire = Arc::new(Wire::new(Arc::clone(&cast))?);
    let buyer = Arc::new(BuyerSim::new(Arc::clone(&cast), Arc::clone(&wire)));
    let partner = Arc::new(PartnerSim::new(Arc::clone(&cast), Arc::clone(&wire)));
    let supplier = Arc::new(SupplierSim::new(Arc::clone(&cast), wire));
    let route = buyer::route(Route::new(), buyer);
    let route = supplier::route(route, supplier);
    let route = partner::route(route, partner);
    let route = mailbox::route(route, Arc::clone(&cast));
    let route = clock::route(route, cast);
    Ok(route.at("/style.css", poem::endpoint::make_sync(|_| page::style())))
}

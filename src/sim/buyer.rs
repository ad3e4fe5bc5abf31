//! A procurement system: punches out as SAP (OCI) or as Ariba, Coupa or Oracle (cXML), takes the
//! cart back, orders it, and receives invoices and status updates.

mod cart;
mod order;
mod pages;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use poem::{Request, Response, Route, get, http::StatusCode, post};

use crate::cxml::{
    self, Document, Envelope, Payload, Status,
    address::Contact,
    item::Item,
    punchout_setup::{PunchOutSetupRequest, SetupOperation},
    values::Extrinsic,
};

use self::cart::ReturnedCart;
use super::{Account, Cast, page, wire::Wire};

/// The simulator's memory.
pub struct BuyerSim {
    pub cast: Arc<Cast>,
    pub wire: Arc<Wire>,
    visits: Mutex<BTreeMap<String, Visit>>,
}

/// One visit to the catalogue.
#[derive(Clone)]
pub struct Visit {
    pub id: String,
    pub system: String,
    pub company: String,
    pub user: String,
    pub is_cxml: bool,
    pub start_url: Option<String>,
    pub cart: Option<ReturnedCart>,
    pub documents: Vec<Shown>,
    pub said: String,
}

/// A document of a visit, ready to be shown.
#[derive(Clone)]
pub struct Shown {
    pub title: String,
    pub text: String,
}

impl Visit {
    pub fn state(&self) -> &str {
        self.cart.as_ref().map_or("no cart yet", |cart| &cart.status)
    }

    pub fn show(&mut self, title: impl Into<String>, text: impl Into<String>) {
        self.documents.push(Shown { title: title.into(), text: text.into() });
    }
}

/// Adds the simulator's pages and doors.
pub fn route(route: Route, sim: Arc<BuyerSim>) -> Route {
    route
        .at("/buyer", get(at!(sim, pages::home)))
        .at("/buyer/state.json", get(at!(sim, pages::state)))
        .at("/buyer/punchout", post(at!(sim, punch_out)))
        .at("/buyer/visits/:id", get(at!(sim, pages::visit)))
        .at("/buyer/visits/:id/frame", get(at!(sim, pages::frame)))
        .at("/buyer/visits/:id/edit", post(at!(sim, edit)))
        .at("/buyer/visits/:id/inspect", post(at!(sim, inspect)))
        .at("/buyer/visits/:id/order", post(at!(sim, order::send)))
        .at("/buyer/return/:id", post(at!(sim, cart::take_back)).get(at!(sim, cart::take_back)))
        .at("/buyer/:company/cxml", post(at!(sim, receive)))
}

impl BuyerSim {
    pub fn new(cast: Arc<Cast>, wire: Arc<Wire>) -> Self {
        Self { cast, wire, visits: Mutex::default() }
    }

    pub fn account(&self, company: &str) -> Option<Account> {
        self.cast.buyers.iter().find(|account| account.name == company).cloned()
    }

    pub fn visit(&self, id: &str) -> Option<Visit> {
        self.visits.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    pub fn visits(&self) -> Vec<Visit> {
        let visits = self.visits.lock().unwrap_or_else(PoisonError::into_inner);
        visits.values().rev().cloned().collect()
    }

    pub fn save(&self, visit: Visit) {
        let mut visits = self.visits.lock().unwrap_or_else(PoisonError::into_inner);
        visits.insert(visit.id.clone(), visit);
    }

    /// Where the browser brings the cart of a visit.
    pub fn return_url(&self, id: &str) -> String {
        format!("{}/sim/buyer/return/{id}", self.cast.here)
    }

    fn begin(&self, system: &str, company: &str, user: &str) -> Visit {
        Visit {
            id: self.wire.fresh("v"),
            system: system.to_owned(),
            company: company.to_owned(),
            user: user.to_owned(),
            is_cxml: system != "SAP",
            start_url: None,
            cart: None,
            documents: Vec::new(),
            said: String::new(),
        }
    }
}

pub fn unknown() -> Response {
    page::plain(StatusCode::NOT_FOUND, "There is no such visit.")
}

async fn punch_out(sim: Arc<BuyerSim>, mut req: Request) -> Response {
    let fields = page::form(&mut req).await;
    let field = |name| page::field(&fields, name);
    let Some(account) = sim.account(field("company")) else { return unknown() };
    let mut visit = sim.begin(field("system"), &account.name, field("user"));
    if visit.is_cxml {
        set_up(&sim, &account, &mut visit, SetupOperation::Create, Vec::new()).await;
    }
    let begins = visit.start_url.is_some() || !visit.is_cxml;
    let frame = field("view") == "frame" && begins;
    let path = format!("/sim/buyer/visits/{}{}", visit.id, if frame { "/frame" } else { "" });
    sim.save(visit);
    page::go(&path)
}

/// Sends the setup request in the manner of the system and keeps where to start.
async fn set_up(
    sim: &BuyerSim,
    account: &Account,
    visit: &mut Visit,
    operation: SetupOperation,
    items: Vec<Item>,
) {
    let (domain, identity) = &sim.cast.server_identity;
    let mut envelope = sim.wire.envelope(account, (domain, identity));
    let mut setup = PunchOutSetupRequest::new(operation, format!("cookie {}", visit.id));
    setup.return_url = Some(sim.return_url(&visit.id));
    setup.items = items;
    in_the_manner_of(visit, &mut envelope, &mut setup);
    let payload = Payload::PunchOutSetupRequest(Box::new(setup));
    let who = format!("{} at {}", visit.system, account.title);
    let posted = sim.wire.post(&who, envelope, payload).await;
    visit.said = posted.status();
    visit.start_url = match &posted.answer {
        Ok(Document { payload: Payload::PunchOutSetupResponse(answer), .. }) => {
            Some(answer.start_page.clone())
        }
        _ => None,
    };
    visit.show("PunchOutSetupRequest, sent", posted.sent);
    visit.show("PunchOutSetupResponse, got", posted.got);
}

/// Each system names the buyer in its own way.
fn in_the_manner_of(visit: &Visit, envelope: &mut Envelope, setup: &mut PunchOutSetupRequest) {
    let (agent, extrinsic) = match visit.system.as_str() {
        "Ariba" => ("Buyer 1.0", "UserEmail"),
        "Coupa" => ("Coupa Procurement 1.0", "User email"),
        _ => ("Oracle iProcurement", "UniqueName"),
    };
    envelope.user_agent = Some(agent.to_owned());
    if visit.system == "Oracle" {
        setup.contacts.push(Contact {
            role: Some("endUser".to_owned()),
            name: visit.user.split('@').next().unwrap_or_default().to_owned(),
            emails: vec![visit.user.clone()],
            ..Contact::default()
        });
    } else {
        setup.extrinsics.push(Extrinsic::new(extrinsic, &visit.user));
    }
}

async fn edit(sim: Arc<BuyerSim>, req: Request) -> Response {
    again(sim, req, SetupOperation::Edit).await
}

async fn inspect(sim: Arc<BuyerSim>, req: Request) -> Response {
    again(sim, req, SetupOperation::Inspect).await
}

/// Goes back to the catalogue with the cart that was returned.
async fn again(sim: Arc<BuyerSim>, req: Request, operation: SetupOperation) -> Response {
    let before = req.raw_path_param("id").and_then(|id| sim.visit(id));
    let Some(before) = before else { return unknown() };
    let Some(account) = sim.account(&before.company) else { return unknown() };
    let items = before.cart.map(|cart| cart.items).unwrap_or_default();
    let mut visit = sim.begin(&before.system, &before.company, &before.user);
    set_up(&sim, &account, &mut visit, operation, items).await;
    let path = format!("/sim/buyer/visits/{}", visit.id);
    sim.save(visit);
    page::go(&path)
}

/// The procurement system's own cXML door: invoices, status updates and copies of orders.
async fn receive(sim: Arc<BuyerSim>, mut req: Request) -> Response {
    let body = page::body(&mut req).await;
    let account = req.raw_path_param("company").and_then(|name| sim.account(name));
    let status = match (account, cxml::decode(&body, req.header("content-type"))) {
        (None, _) => Status::new(401, "There is no such company."),
        (_, Err(fault)) => Status::new(406, fault.to_string()),
        (Some(account), Ok(document)) => {
            let title = format!("{} got {}", account.title, document.payload.name());
            sim.wire.keep("got", title, &body);
            let secret =
                document.envelope.sender.credentials.iter().find_map(|c| c.secret.as_ref());
            match secret == Some(&account.secret) {
                true => Status::ok(),
                false => Status::new(401, "The shared secret is not ours."),
            }
        }
    };
    let envelope = Envelope::response(sim.wire.fresh("sim.re."), sim.wire.now(), status);
    page::xml(cxml::encode(&Document::new(envelope, Payload::None)))
}

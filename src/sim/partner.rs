//! A partner for the conformance suite: a supplier and a procurement system that do everything
//! right, or everything but one thing. Which one is a word of their address.
//!
//! `POST /sim/partner/SIDE/FAULT/cxml` takes what the suite sends; the form of `/sim/partner` makes
//! the partner send its own documents to a sandbox address.

mod buyer;
mod door;
mod fault;
mod supplier;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use askama::Template;
use poem::{Request, Response, Route, get, http::StatusCode, post};

use crate::{
    base::text::sha256_hex,
    cxml::{
        self, Document, Envelope, Payload, order::OrderRequest,
        punchout_order::PunchOutOrderMessage,
    },
};

use self::fault::Fault;
use super::{Account, Cast, page, wire::Wire};

/// The simulator's memory: one room for each side and fault.
pub struct PartnerSim {
    cast: Arc<Cast>,
    wire: Arc<Wire>,
    rooms: Mutex<BTreeMap<String, Room>>,
}

/// What one partner remembers.
#[derive(Clone, Default)]
struct Room {
    /// Hash of a document and the answer it got, by payloadID.
    answers: BTreeMap<String, (String, Vec<u8>)>,
    /// Orders with their envelopes, in the order in which they were booked.
    orders: Vec<(Envelope, OrderRequest)>,
    /// Orders that came again.
    repeated: Vec<String>,
    carts: Vec<PunchOutOrderMessage>,
}

/// One document that the partner sent, for show.
struct Sent {
    what: String,
    said: String,
}

/// Adds the simulator's pages and doors.
pub fn route(route: Route, sim: Arc<PartnerSim>) -> Route {
    route
        .at("/partner", get(at!(sim, home)))
        .at("/partner/play", post(at!(sim, play)))
        .at("/partner/:side/:fault/cxml", post(at!(sim, door::receive)))
        .at("/partner/buyer/:fault/return/:visit", post(at!(sim, buyer::take_back)))
}

impl PartnerSim {
    pub fn new(cast: Arc<Cast>, wire: Arc<Wire>) -> Self {
        Self { cast, wire, rooms: Mutex::default() }
    }

    fn room(&self, key: &str) -> Room {
        let rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.get(key).cloned().unwrap_or_default()
    }

    /// Changes a room.
    fn enter<T>(&self, key: &str, change: impl FnOnce(&mut Room) -> T) -> T {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        change(rooms.entry(key.to_owned()).or_default())
    }

    /// Who the partner is: the demo's first company, or its supplier.
    fn account(&self, side: &str) -> Option<&Account> {
        match side {
            "supplier" => Some(&self.cast.supplier),
            "buyer" => self.cast.buyers.first(),
            _ => None,
        }
    }
}

/// A partner that plays: who it is, what is wrong with it, where it posts.
struct Player<'s> {
    sim: &'s PartnerSim,
    account: &'s Account,
    fault: Option<Fault>,
    sandbox: String,
    sent: Vec<Sent>,
}

impl Player<'_> {
    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// Sends a document; one that is put off is sent again as it was.
    async fn send(&mut self, what: &str, to: (&str, &str), payload: Payload) -> String {
        let envelope = self.sim.wire.envelope(self.account, to);
        self.send_as(what, envelope, payload).await
    }

    /// As [`Player::send`]; the payloadID under which it went in the end.
    async fn send_as(&mut self, what: &str, envelope: Envelope, payload: Payload) -> String {
        let mut document = Document::new(envelope, payload);
        for _ in 0..3 {
            let bytes = cxml::encode(&document);
            let (http, answer) = self.sim.wire.post_to(&self.sandbox, bytes).await;
            let status = cxml::decode(&answer, None).ok().and_then(|own| own.envelope.status);
            let said = status.map_or_else(|| format!("HTTP {http}"), |own| own.code.to_string());
            self.sent.push(Sent { what: what.to_owned(), said });
            if http != 503 {
                break;
            }
            if self.has(Fault::RetryNewId) || self.has(Fault::OrderNewId) {
                document.envelope.payload_id = self.sim.wire.fresh("sim.again.") + "@sim.example";
            }
        }
        document.envelope.payload_id
    }
}

#[derive(Template)]
#[template(path = "partner.html", config = ".askama.toml")]
struct HomePage {
    here: String,
    /// What was typed before: side, fault and sandbox address.
    typed: [String; 3],
    faults: Vec<(&'static str, &'static str, &'static str)>,
    sent: Vec<Sent>,
}

impl HomePage {
    fn of(sim: &PartnerSim, typed: [String; 3], sent: Vec<Sent>) -> Self {
        let faults = Fault::ALL.iter().map(|own| (own.side(), own.word(), own.told())).collect();
        Self { here: sim.cast.here.clone(), typed, faults, sent }
    }
}

async fn home(sim: Arc<PartnerSim>, _: Request) -> Response {
    page::show(&HomePage::of(&sim, Default::default(), Vec::new()))
}

/// Plays the partner's part: everything it can send at this point of the trial.
async fn play(sim: Arc<PartnerSim>, mut req: Request) -> Response {
    let fields = page::form(&mut req).await;
    let side = page::field(&fields, "side");
    let word = page::field(&fields, "fault");
    let Some(account) = sim.account(side) else {
        return page::plain(StatusCode::NOT_FOUND, "There is no such side.");
    };
    let sandbox = page::field(&fields, "sandbox").trim().to_owned();
    let fault = word.parse().ok();
    let mut player = Player { sim: &sim, account, fault, sandbox, sent: Vec::new() };
    let key = format!("{side}/{word}");
    match side {
        "supplier" => supplier::play(&mut player, &sim.room(&key)).await,
        _ => buyer::play(&mut player, (&key, &sim.room(&key))).await,
    }
    let sent = std::mem::take(&mut player.sent);
    let typed = [side.to_owned(), word.to_owned(), player.sandbox.clone()];
    page::show(&HomePage::of(&sim, typed, sent))
}

fn hash(bytes: &[u8]) -> String {
    sha256_hex(bytes)
}

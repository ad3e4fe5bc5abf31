//! Connections: accepted, counted, and ended when they keep others waiting.
//!
//! A connection is in one of four stages. Reading a head, reading a body and idling have deadlines
//! that no drip of bytes moves; while a handler works only the age of the connection counts. The
//! stage changes to `Head` with the first byte after an answer, and [`super::Front`] says when a
//! request was handed over and when it was answered, so nothing here parses HTTP. A deadline ends
//! the connection at once; poem's own graceful close would wait for it for ever.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use futures_util::task::AtomicWaker;
use tokio::time::Instant;

use super::Limits;

mod watched;

pub use watched::{GuardedAcceptor, GuardedIo};

/// What a connection is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The head of its first or next request has not arrived in full.
    Head,
    /// The body is being read.
    Body,
    /// A handler works.
    Busy,
    /// Answered; the next request has not begun.
    Idle,
}

#[derive(Debug)]
struct State {
    stage: Stage,
    since: Instant,
    /// Since when the peer takes no byte of our answer.
    stalled: Option<Instant>,
}

/// One open connection, as the gate and the front see it.
#[derive(Debug)]
pub struct Connection {
    born: Instant,
    state: Mutex<State>,
    /// Set when it must make room for another.
    shed: AtomicBool,
    waker: AtomicWaker,
}

impl Connection {
    fn new() -> Self {
        let born = Instant::now();
        let state = State { stage: Stage::Head, since: born, stalled: None };
        Self {
            born,
            state: Mutex::new(state),
            shed: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves on to the next stage; its time begins now.
    pub fn enter(&self, stage: Stage) {
        let mut state = self.state();
        state.stage = stage;
        state.since = Instant::now();
    }

    /// Whether the answer should say that the connection ends: it is near its age.
    pub fn is_old(&self, limits: &Limits) -> bool {
        let notice = limits.age / 20;
        self.born.elapsed() + notice >= limits.age
    }

    fn deadline(&self, limits: &Limits) -> Instant {
        let state = self.state();
        let aged = self.born + limits.age;
        let staged = match state.stage {
            Stage::Head => state.since + limits.head,
            Stage::Idle => state.since + limits.idle,
            // The front times bodies itself: it knows how many bytes have come.
            Stage::Body | Stage::Busy => aged,
        };
        let stalled = state.stalled.map_or(aged, |since| since + limits.write_stall);
        aged.min(staged).min(stalled)
    }

    /// Since when it has kept a place without a request being worked on; `None` while one is.
    fn waiting_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.stage != Stage::Busy).then_some(state.since)
    }
}

/// The open connections, and what may join them.
#[derive(Debug)]
pub struct Gate {
    pub limits: Limits,
    open: Mutex<HashMap<SocketAddr, Arc<Connection>>>,
    /// Bytes of bodies in memory.
    held: AtomicUsize,
}

/// The bytes that one request holds in memory; dropping it gives them back.
#[derive(Debug)]
pub struct Held<'gate> {
    gate: &'gate Gate,
    bytes: usize,
}

impl Held<'_> {
    /// Counts more bytes; false when all bodies together would be too much.
    pub fn grow(&mut self, bytes: usize) -> bool {
        self.bytes += bytes;
        let before = self.gate.held.fetch_add(bytes, Ordering::AcqRel);
        before + bytes <= self.gate.limits.held_bytes
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.gate.held.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

impl Gate {
    pub fn new(limits: Limits) -> Arc<Self> {
        let open = Mutex::new(HashMap::new());
        Arc::new(Self { limits, open, held: AtomicUsize::new(0) })
    }

    /// The account of one request's body.
    pub fn hold(&self) -> Held<'_> {
        Held { gate: self, bytes: 0 }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<SocketAddr, Arc<Connection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many connections are open.
    pub fn count(&self) -> usize {
        self.open().len()
    }

    /// The connection of a peer.
    pub fn find(&self, peer: SocketAddr) -> Option<Arc<Connection>> {
        self.open().get(&peer).cloned()
    }

    /// Lets a peer in; when a cap is reached the connection that has waited longest makes room,
    /// and when all of them work, the new one is turned away.
    fn admit(self: &Arc<Self>, peer: SocketAddr) -> Option<Ticket> {
        let mut open = self.open();
        let ip = peer.ip();
        let of_address = open.keys().filter(|other| other.ip() == ip).count();
        let capped = !self.limits.trusts(ip);
        let full_address = capped && of_address >= self.limits.connections_per_address;
        if full_address || open.len() >= self.limits.connections {
            make_room(&mut open, full_address.then_some(ip))?;
        }
        let connection = Arc::new(Connection::new());
        open.insert(peer, connection.clone());
        ::metrics::gauge!("countersign_http_connections").increment(1);
        Some(Ticket { gate: self.clone(), peer, connection })
    }
}

fn make_room(open: &mut HashMap<SocketAddr, Arc<Connection>>, ip: Option<IpAddr>) -> Option<()> {
    let longest = open
        .iter()
        .filter(|(peer, _)| ip.is_none_or(|ip| peer.ip() == ip))
        .filter_map(|(peer, connection)| Some((connection.waiting_since()?, *peer)))
        .min()?;
    let victim = open.remove(&longest.1)?;
    victim.shed.store(true, Ordering::Release);
    victim.waker.wake();
    ended("shed");
    Some(())
}

fn ended(reason: &'static str) {
    ::metrics::counter!("countersign_http_connections_ended_total", "reason" => reason)
        .increment(1);
}

/// A place behind the gate; dropping it gives the place back.
#[derive(Debug)]
struct Ticket {
    gate: Arc<Gate>,
    peer: SocketAddr,
    connection: Arc<Connection>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        ::metrics::gauge!("countersign_http_connections").decrement(1);
        let mut open = self.gate.open();
        if open.get(&self.peer).is_some_and(|own| Arc::ptr_eq(own, &self.connection)) {
            open.remove(&self.peer);
        }
    }
}

#[cfg(test)]
mod tests;

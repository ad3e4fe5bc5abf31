//! A supplier: receives orders over cXML and answers with confirmations, ship notices and invoices.

mod answer;
mod direct;
mod online;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use askama::Template;
use poem::{Request, Response, Route, get, http::StatusCode, post};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::{
    base::{decimal, money::Currency, quantity::Quantity},
    cxml::{self, Document, Envelope, Payload, Status, multipart, order::OrderRequest},
};

use super::{
    Cast, page,
    wire::{Exchange, Wire},
};

/// The simulator's memory.
pub struct SupplierSim {
    cast: Arc<Cast>,
    wire: Arc<Wire>,
    down: AtomicBool,
    orders: Mutex<BTreeMap<String, Kept>>,
    /// Visits to its own shop.
    online: online::Visits,
}

/// An order as it was booked; a repeated post of the same payloadID books nothing.
#[derive(Clone, Serialize)]
pub struct Kept {
    /// Short key in this simulator's pages.
    pub key: String,
    pub payload_id: String,
    pub number: String,
    /// The buyer's title, as far as known.
    pub from: String,
    #[serde(skip)]
    pub buyer: (String, String),
    pub total: String,
    #[serde(skip)]
    pub currency: Currency,
    /// How often it was posted.
    pub posts: u32,
    pub state: String,
    pub lines: Vec<Line>,
    /// Invoices written for it.
    pub invoices: u32,
}

/// A line of a booked order.
#[derive(Clone, Serialize)]
pub struct Line {
    pub number: u32,
    pub sku: String,
    pub description: String,
    pub quantity: String,
    pub unit: String,
    pub price: String,
    pub per: String,
    pub currency: String,
    #[serde(skip)]
    pub ordered: Quantity,
    #[serde(skip)]
    pub amount: Decimal,
    #[serde(skip)]
    pub basis: Quantity,
}

/// Adds the simulator's pages and doors.
pub fn route(route: Route, sim: Arc<SupplierSim>) -> Route {
    route
        .at("/supplier", get(at!(sim, home)))
        .at("/supplier/state.json", get(at!(sim, state)))
        .at("/supplier/switch", post(at!(sim, switch)))
        .at("/supplier/cxml", post(at!(sim, receive)))
        .at("/supplier/online", post(at!(sim, online::door)))
        .at("/supplier/direct", get(at!(sim, direct::call)).post(at!(sim, direct::call)))
        .at("/supplier/online/:id", get(at!(sim, online::show)).post(at!(sim, online::check_out)))
        .at("/supplier/orders/:key", get(at!(sim, show_order)))
        .at("/supplier/orders/:key/act", post(at!(sim, answer::act)))
}

impl SupplierSim {
    pub fn new(cast: Arc<Cast>, wire: Arc<Wire>) -> Self {
        Self {
            cast,
            wire,
            down: AtomicBool::new(false),
            orders: Mutex::default(),
            online: online::Visits::default(),
        }
    }

    fn orders(&self) -> Vec<Kept> {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list: Vec<Kept> = orders.values().cloned().collect();
        list.reverse();
        list
    }

    fn find(&self, key: &str) -> Option<Kept> {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.values().find(|order| order.key == key).cloned()
    }

    /// Whether this very order was posted before; it is counted then.
    fn counts_again(&self, payload_id: &str) -> bool {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let known = orders.get_mut(payload_id);
        known.map(|known| known.posts += 1).is_some()
    }

    fn save(&self, order: Kept) {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.insert(order.payload_id.clone(), order);
    }

    fn book(&self, envelope: &Envelope, order: &OrderRequest) {
        if self.counts_again(&envelope.payload_id) {
            return;
        }
        let from = envelope.from.credentials.first();
        let buyer = from.map(|c| (c.domain.clone(), c.identity.clone())).unwrap_or_default();
        let title = self.cast.buyers.iter().find(|account| account.identity == buyer.1);
        self.save(Kept {
            key: self.wire.fresh("o"),
            payload_id: envelope.payload_id.clone(),
            number: order.order_id.clone(),
            from: title.map_or_else(|| buyer.1.clone(), |account| account.title.clone()),
            buyer,
            total: format!("{} {}", order.total.value, order.total.currency),
            currency: order.total.currency,
            posts: 1,
            state: "new".to_owned(),
            lines: (1..).zip(&order.items).filter_map(line_of).collect(),
            invoices: 0,
        });
    }
}

fn line_of((position, item): (u32, &cxml::item::Item)) -> Option<Line> {
    let detail = item.detail.as_ref()?;
    Some(Line {
        number: item.line_number.unwrap_or(position),
        sku: item.id.supplier_part.clone(),
        description: detail.descriptions.first().map(|d| d.text.clone()).unwrap_or_default(),
        quantity: item.quantity.to_string(),
        unit: detail.unit.clone(),
        price: decimal::canonical(detail.price.amount),
        per: detail.price.per.to_string(),
        currency: detail.price.currency.to_string(),
        ordered: item.quantity,
        amount: detail.price.amount,
        basis: detail.price.per,
    })
}

/// The supplier's cXML door.
async fn receive(sim: Arc<SupplierSim>, mut req: Request) -> Response {
    if sim.down.load(Ordering::Relaxed) {
        return page::plain(StatusCode::SERVICE_UNAVAILABLE, "switched off");
    }
    let sent = page::body(&mut req).await;
    // An order with attachments is a multipart body; the document is its root.
    let kind = req.header("content-type");
    let parts = kind.and_then(multipart::boundary);
    let parts = parts.map(|boundary| multipart::parts(&sent, &boundary)).unwrap_or_default();
    let (body, kind) = match multipart::root(&parts, None) {
        Some(root) => (root.body.as_slice(), None),
        None => (sent.as_slice(), kind),
    };
    let status = match cxml::decode(body, kind) {
        Err(fault) => Status::new(406, fault.to_string()),
        Ok(document) => {
            let secret =
                document.envelope.sender.credentials.iter().find_map(|c| c.secret.as_ref());
            match &document.payload {
                _ if secret != Some(&sim.cast.supplier.secret) => {
                    Status::new(401, "The shared secret is not ours.")
                }
                Payload::OrderRequest(order) => {
                    sim.wire.keep("got", format!("order {}", order.order_id), body);
                    sim.book(&document.envelope, order);
                    Status::ok()
                }
                _ => Status::new(450, "Only orders are taken here."),
            }
        }
    };
    let envelope = Envelope::response(sim.wire.fresh("sim.re."), sim.wire.now(), status);
    page::xml(cxml::encode(&Document::new(envelope, Payload::None)))
}

#[derive(Template)]
#[template(path = "supplier.html", config = ".askama.toml")]
struct HomePage {
    orders: Vec<Kept>,
    down: bool,
}

async fn home(sim: Arc<SupplierSim>, _: Request) -> Response {
    page::show(&HomePage { orders: sim.orders(), down: sim.down.load(Ordering::Relaxed) })
}

async fn state(sim: Arc<SupplierSim>, _: Request) -> Response {
    let down = sim.down.load(Ordering::Relaxed);
    page::json(&serde_json::json!({ "down": down, "orders": sim.orders() }))
}

async fn switch(sim: Arc<SupplierSim>, mut req: Request) -> Response {
    let down = page::field(&page::form(&mut req).await, "down") == "yes";
    sim.down.store(down, Ordering::Relaxed);
    page::go("/sim/supplier")
}

#[derive(Template)]
#[template(path = "order.html", config = ".askama.toml")]
struct OrderPage {
    documents: Vec<Exchange>,
    said: String,
    order: Kept,
}

async fn show_order(sim: Arc<SupplierSim>, req: Request) -> Response {
    let Some(order) = req.raw_path_param("key").and_then(|key| sim.find(key)) else {
        return page::plain(StatusCode::NOT_FOUND, "There is no such order.");
    };
    let said = order.state.clone();
    page::show(&OrderPage {
        documents: sim.wire.kept(&format!("order {}", order.number)),
        said,
        order,
    })
}

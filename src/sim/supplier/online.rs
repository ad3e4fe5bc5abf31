//! The supplier's own shop, "Office One online": a setup request opens a visit, a page lists what
//! there is, and the cart goes back by the browser. A request to inspect is accepted only for a
//! cart at the shop's own prices.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use poem::{Request, Response, http::StatusCode};

use crate::{
    base::{
        decimal,
        money::{Currency, Money, UnitPrice},
        quantity::Quantity,
    },
    cxml::{
        self, Document, Envelope, Party, Payload, Status,
        item::{Item, ItemDetail, ItemId},
        punchout_order::PunchOutOrderMessage,
        punchout_setup::{PunchOutSetupRequest, PunchOutSetupResponse, SetupOperation},
        values::{Amount, Kept},
    },
    sim::page,
};

use super::SupplierSim;

/// What the shop sells beside the catalogue: number, its own key, text, price, UNSPSC.
const SHELF: &[[&str; 5]] = &[
    ["CHAIR-X7", "frame=black, seat=wool", "Office chair X7, made to order", "312.00", "56112104"],
    ["DESK-X2", "w=180, d=80, oak", "Desk X2, 180 x 80 cm, oak", "689.00", "56101703"],
    ["LAMP-X1", "4000K", "Desk lamp X1, 4000 K", "74.90", "39111500"],
    ["PAD-X3", "logo=none", "Desk pad X3", "12.40", "44111500"],
];

/// The visits of the moment, by their names.
#[derive(Default)]
pub struct Visits(Mutex<BTreeMap<String, Visit>>);

#[derive(Clone)]
struct Visit {
    cookie: String,
    back: String,
    buyer: (String, String),
    /// What the buyer has in the cart already, by number.
    wanted: BTreeMap<String, String>,
}

impl Visits {
    fn get(&self, id: &str) -> Option<Visit> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn put(&self, id: &str, visit: Visit) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), visit);
    }
}

fn price(text: &str) -> UnitPrice {
    let amount = decimal::parse(text).unwrap_or_default();
    UnitPrice::new(amount, Currency::EUR, Quantity::ONE)
}

/// The shop's cXML door.
pub async fn door(sim: Arc<SupplierSim>, mut req: Request) -> Response {
    let body = page::body(&mut req).await;
    let (status, payload) = match cxml::decode(&body, req.header("content-type")) {
        Err(fault) => (Status::new(406, fault.to_string()), Payload::None),
        Ok(document) => {
            sim.wire.keep("got", "Office One online: a setup request", &body);
            enter(&sim, &document)
        }
    };
    let envelope = Envelope::response(sim.wire.fresh("sim.re."), sim.wire.now(), status);
    page::xml(cxml::encode(&Document::new(envelope, payload)))
}

fn enter(sim: &SupplierSim, document: &Document) -> (Status, Payload) {
    let proven = document.envelope.sender.credentials.iter().find_map(|own| own.secret.as_ref());
    if proven != Some(&sim.cast.supplier.secret) {
        return (Status::new(401, "The shared secret is not ours."), Payload::None);
    }
    let Payload::PunchOutSetupRequest(request) = &document.payload else {
        return (Status::new(450, "This door opens the shop and nothing else."), Payload::None);
    };
    if let Some(other) = request.items.iter().find(|item| !is_ours(item)) {
        let part = &other.id.supplier_part;
        return (Status::new(400, format!("{part} is not sold at this price.")), Payload::None);
    }
    let id = sim.wire.fresh("v");
    sim.online.put(&id, visit(document, request));
    let start_page = format!("{}/sim/supplier/online/{id}", sim.cast.here);
    let response = PunchOutSetupResponse { start_page };
    (Status::ok(), Payload::PunchOutSetupResponse(Box::new(response)))
}

/// Whether the shop sells the line at its price.
fn is_ours(item: &Item) -> bool {
    let own = SHELF.iter().find(|[sku, ..]| *sku == item.id.supplier_part);
    let said = item.detail.as_ref().map(|detail| detail.price);
    own.is_some_and(|[_, _, _, amount, _]| {
        said.is_none_or(|said| said.amount == price(amount).amount && said.per == Quantity::ONE)
    })
}

fn visit(document: &Document, request: &PunchOutSetupRequest) -> Visit {
    let from = document.envelope.from.credentials.first();
    let mut wanted = BTreeMap::new();
    if let Some(selected) = &request.selected_item {
        wanted.insert(selected.supplier_part.clone(), "1".to_owned());
    }
    if request.operation != SetupOperation::Create {
        for item in &request.items {
            wanted.insert(item.id.supplier_part.clone(), item.quantity.to_string());
        }
    }
    Visit {
        cookie: request.buyer_cookie.clone(),
        back: request.return_url.clone().unwrap_or_default(),
        buyer: from.map(|own| (own.domain.clone(), own.identity.clone())).unwrap_or_default(),
        wanted,
    }
}

/// One article as the page shows it.
struct Row {
    sku: &'static str,
    text: &'static str,
    price: &'static str,
    wanted: String,
}

#[derive(Template)]
#[template(path = "online.html", config = ".askama.toml")]
struct OnlinePage {
    id: String,
    rows: Vec<Row>,
    back: String,
    /// The cart on its way back; empty while it is being filled.
    cart: String,
}

fn gone() -> Response {
    page::plain(StatusCode::NOT_FOUND, "This visit is over.")
}

/// The shop's page.
pub async fn show(sim: Arc<SupplierSim>, req: Request) -> Response {
    let id = req.raw_path_param("id").unwrap_or_default().to_owned();
    let Some(visit) = sim.online.get(&id) else { return gone() };
    let row = |[sku, _, text, price, _]: &[&'static str; 5]| Row {
        sku,
        text,
        price,
        wanted: visit.wanted.get(*sku).cloned().unwrap_or_default(),
    };
    let rows = SHELF.iter().map(row).collect();
    page::show(&OnlinePage { id, rows, back: visit.back.clone(), cart: String::new() })
}

/// The page that carries the cart back.
pub async fn check_out(sim: Arc<SupplierSim>, mut req: Request) -> Response {
    let id = req.raw_path_param("id").unwrap_or_default().to_owned();
    let fields = page::form(&mut req).await;
    let Some(visit) = sim.online.get(&id) else { return gone() };
    let mut items = Vec::new();
    for row in SHELF {
        let Ok(quantity) = Quantity::parse(page::field(&fields, row[0]).trim()) else { continue };
        items.push(item(row, quantity));
    }
    let own = |item: &Item| item.detail.as_ref()?.price.times(item.quantity).ok();
    let total = Money::sum(items.iter().filter_map(own), Currency::EUR);
    let total = total.unwrap_or_else(|_| Money::zero(Currency::EUR));
    let message = PunchOutOrderMessage::new(&*visit.cookie, Amount::from(total), items);
    let supplier = &sim.cast.supplier;
    let me = Party::new(&*supplier.domain, &*supplier.identity);
    let buyer = Party::new(&*visit.buyer.0, &*visit.buyer.1);
    let payload_id = sim.wire.fresh("sim.") + "@sim.example";
    let envelope = Envelope::message(payload_id, sim.wire.now()).between(me.clone(), buyer, me);
    let payload = Payload::PunchOutOrderMessage(Box::new(message));
    let bytes = cxml::encode(&Document::new(envelope, payload));
    sim.wire.keep("sent", "Office One online: the cart", &bytes);
    let cart = STANDARD.encode(&bytes);
    page::show(&OnlinePage { id, rows: Vec::new(), back: visit.back, cart })
}

fn item(row: &[&str; 5], quantity: Quantity) -> Item {
    let [sku, key, text, amount, unspsc] = row;
    let id = ItemId { auxiliary: Some(Kept::plain(*key)), ..ItemId::new(*sku) };
    let mut detail = ItemDetail::new(price(amount), *text, "EA");
    detail.classifications.push(("UNSPSC".to_owned(), (*unspsc).to_owned()));
    Item::new(quantity, id, Some(detail))
}

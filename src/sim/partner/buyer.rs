//! The procurement system's part: it opens the shop, takes carts back, and orders what it got.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use poem::{Request, Response};
use rust_decimal::Decimal;

use super::{PartnerSim, Player, Room, fault::Fault};
use crate::{
    base::{
        decimal,
        money::{Currency, UnitPrice},
        quantity::Quantity,
    },
    cxml::{
        self, Document, Payload,
        item::Item,
        order::{OrderAction, OrderRequest},
        punchout_setup::{PunchOutSetupRequest, SetupOperation},
        values::{Amount, Extrinsic},
    },
    sim::page,
};

/// Visits that are begun: one for each cart of the script.
const VISITS: usize = 6;

/// Takes a cart that the suite posts as a browser would.
pub(super) async fn take_back(sim: Arc<PartnerSim>, mut req: Request) -> Response {
    let word = req.raw_path_param("fault").unwrap_or_default().to_owned();
    let fields = page::form(&mut req).await;
    let urlencoded = page::field(&fields, "cxml-urlencoded").as_bytes().to_vec();
    let base64 = STANDARD.decode(page::field(&fields, "cxml-base64").trim()).unwrap_or_default();
    let bytes = if urlencoded.is_empty() { base64 } else { urlencoded };
    match cxml::decode(&bytes, None) {
        Ok(Document { payload: Payload::PunchOutOrderMessage(message), .. }) => {
            sim.enter(&format!("buyer/{word}"), |room| room.carts.push(*message));
            page::go("/sim/partner")
        }
        _ => page::plain(poem::http::StatusCode::BAD_REQUEST, "This is no cart."),
    }
}

/// Opens visits when there is no cart yet; else changes, looks at and orders the first cart.
pub(super) async fn play(player: &mut Player<'_>, (key, room): (&str, &Room)) {
    let (domain, identity) = player.sim.cast.server_identity.clone();
    let to = (domain.as_str(), identity.as_str());
    let cart = room.carts.iter().find(|cart| !cart.items.is_empty());
    let Some(cart) = cart else {
        player.send("ProfileRequest", to, Payload::ProfileRequest).await;
        for number in 0..VISITS {
            let cookie = match player.has(Fault::CookieReused) {
                true => "the-one-cookie".to_owned(),
                false => player.sim.wire.fresh("cookie-"),
            };
            let setup = setup(player, (key, number), SetupOperation::Create, cookie);
            let payload = Payload::PunchOutSetupRequest(Box::new(setup));
            player.send("setup", to, payload).await;
        }
        return;
    };
    for operation in [SetupOperation::Edit, SetupOperation::Inspect] {
        let cookie = player.sim.wire.fresh("cookie-");
        let mut setup = setup(player, (key, VISITS), operation, cookie);
        setup.items = (1..).zip(&cart.items).map(|(number, item)| plain(number, item)).collect();
        if operation == SetupOperation::Edit && player.has(Fault::AuxiliaryLost) {
            setup.items.iter_mut().for_each(|item| item.id.auxiliary = None);
        }
        player.send("setup again", to, Payload::PunchOutSetupRequest(Box::new(setup))).await;
    }
    let number = player.sim.wire.fresh("P");
    let order = order(player, &number, &cart.items);
    let payload = Payload::OrderRequest(Box::new(order.clone()));
    let before = player.send("order", to, payload).await;
    for action in [OrderAction::Update, OrderAction::Delete] {
        let mut change = order.clone();
        change.action = action;
        change.order_version = Some("2".to_owned());
        let lost = action == OrderAction::Delete && player.has(Fault::ReferenceLost);
        change.document_reference = (!lost).then(|| before.clone());
        player.send(action.word(), to, Payload::OrderRequest(Box::new(change))).await;
    }
    player.sim.enter(key, |room| room.carts.clear());
}

fn setup(
    player: &Player<'_>,
    (key, number): (&str, usize),
    operation: SetupOperation,
    cookie: String,
) -> PunchOutSetupRequest {
    let mut setup = PunchOutSetupRequest::new(operation, cookie);
    let here = &player.sim.cast.here;
    setup.return_url = Some(format!("{here}/sim/partner/{key}/return/{number}"));
    setup.extrinsics.push(Extrinsic::new("UserEmail", "ed@acme.example"));
    setup
}

/// A line of the cart as it is sent back.
fn plain(number: u32, item: &Item) -> Item {
    let mut item = item.clone();
    item.line_number = Some(number);
    item.extrinsics.clear();
    item
}

fn order(player: &Player<'_>, number: &str, items: &[Item]) -> OrderRequest {
    let mut items: Vec<Item> = (1..).zip(items).map(|(number, item)| plain(number, item)).collect();
    if player.has(Fault::PriceRounded) {
        items.iter_mut().for_each(round_price);
    }
    let sums =
        items.iter().filter_map(|item| item.detail.as_ref()?.price.times(item.quantity).ok());
    let total: Decimal = sums.map(|money| money.amount()).sum();
    let currency = items.first().and_then(|item| item.detail.as_ref());
    let currency = currency.map_or(Currency::EUR, |detail| detail.price.currency);
    let now = player.sim.wire.now();
    let mut order = OrderRequest::new(number, now, Amount::new(total, currency), items);
    let address = player.account.address();
    (order.ship_to, order.bill_to) = (Some(address.clone()), Some(address));
    order
}

/// The price of one unit, in cents.
fn round_price(item: &mut Item) {
    let Some(detail) = &mut item.detail else { return };
    let one = detail.price.amount / detail.price.per.value();
    let rounded = decimal::round(one, 2);
    detail.price = UnitPrice::new(rounded, detail.price.currency, Quantity::ONE);
    detail.basis = None;
}

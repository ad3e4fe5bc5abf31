//! Ordering a returned cart: the OrderRequest that the procurement system sends later.

use std::sync::Arc;

use poem::{Request, Response};

use crate::{
    base::{decimal, money::Currency},
    cxml::{Payload, address::Contact, item::Item, order::OrderRequest, values::Amount},
    sim::page,
};

use super::{BuyerSim, unknown};

/// Sends the order of a visit's cart, with the prices as typed into the form.
pub async fn send(sim: Arc<BuyerSim>, mut req: Request) -> Response {
    let Some(mut visit) = req.raw_path_param("id").and_then(|id| sim.visit(id)) else {
        return unknown();
    };
    let fields = page::form(&mut req).await;
    let account = sim.account(&visit.company);
    let (Some(account), Some(cart)) = (account, visit.cart.clone()) else { return unknown() };
    let currency = account.currency.parse().unwrap_or(Currency::EUR);
    let items: Vec<Item> =
        (1_u32..).zip(cart.items).map(|(line, item)| ordered(line, item, &fields)).collect();
    let total = items
        .iter()
        .filter_map(|item| item.detail.as_ref()?.price.times(item.quantity).ok())
        .map(|money| money.amount())
        .sum();
    let number = page::field(&fields, "order_number").to_owned();
    let date = sim.wire.now();
    let mut order = OrderRequest::new(number, date, Amount::new(total, currency), items);
    let address = account.address();
    (order.ship_to, order.bill_to) = (Some(address.clone()), Some(address));
    order.contacts.push(Contact {
        role: Some("endUser".to_owned()),
        name: visit.user.clone(),
        emails: vec![visit.user.clone()],
        ..Contact::default()
    });
    let (domain, identity) = &sim.cast.server_identity;
    let envelope = sim.wire.envelope(&account, (domain, identity));
    let who = format!("{} at {}", visit.system, account.title);
    let posted = sim.wire.post(&who, envelope, Payload::OrderRequest(Box::new(order))).await;
    visit.said = posted.status();
    visit.show("OrderRequest, sent", posted.sent);
    visit.show("Response, got", posted.got);
    let path = format!("/sim/buyer/visits/{}", visit.id);
    sim.save(visit);
    page::go(&path)
}

/// The line with its number, and with the price that was typed over it, when it is a number.
fn ordered(line: u32, mut item: Item, fields: &[(String, String)]) -> Item {
    item.line_number = Some(line);
    item.extrinsics.clear();
    if let Some(detail) = &mut item.detail {
        let typed = page::field(fields, &format!("price-{line}"));
        if let Ok(price) = decimal::parse(typed) {
            detail.price.amount = price;
        }
        if detail.classifications.is_empty() {
            detail.classifications.push(("UNSPSC".to_owned(), "00000000".to_owned()));
        }
    }
    item
}

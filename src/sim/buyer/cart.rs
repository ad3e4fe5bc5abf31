//! The cart that comes back through the browser.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use poem::{Request, Response};

use crate::{
    base::{decimal, unit::UnitMap},
    cxml::{
        self, Document, Payload,
        item::{Item, ItemDetail, ItemId},
        values::Description,
    },
    oci::posted::{self, PostedLine},
};

use super::{BuyerSim, Visit, unknown};
use crate::sim::page;

/// A cart as the procurement system keeps it.
#[derive(Clone, Default)]
pub struct ReturnedCart {
    /// `final`, `pending`, `cancelled`.
    pub status: String,
    pub lines: Vec<CartLine>,
    pub total: String,
    /// For orders, edits and inspections.
    pub items: Vec<Item>,
    pub order_number: String,
}

/// A line as it is shown.
#[derive(Clone, serde::Serialize)]
pub struct CartLine {
    pub sku: String,
    pub description: String,
    pub quantity: String,
    pub unit: String,
    pub price: String,
    pub per: String,
    pub currency: String,
}

/// Takes the browser's post: cXML urlencoded or base64, or an OCI form.
pub async fn take_back(sim: Arc<BuyerSim>, mut req: Request) -> Response {
    let Some(mut visit) = req.raw_path_param("id").and_then(|id| sim.visit(id)) else {
        return unknown();
    };
    let mut fields = page::form(&mut req).await;
    if let Some(query) = req.uri().query() {
        fields.extend(crate::oci::form::parse(query.as_bytes()).unwrap_or_default());
    }
    if visit.is_cxml {
        take_cxml(&sim, &mut visit, &fields);
    } else {
        take_oci(&sim, &mut visit, &fields);
    }
    if let Some(cart) = &mut visit.cart {
        cart.order_number = sim.wire.fresh(&format!("{}-", visit.system.to_uppercase()));
    }
    let path = format!("/sim/buyer/visits/{}", visit.id);
    sim.save(visit);
    page::go(&path)
}

fn take_cxml(sim: &BuyerSim, visit: &mut Visit, fields: &[(String, String)]) {
    let named = |name: &str| {
        fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let bytes = match (named("cxml-urlencoded"), named("cxml-base64")) {
        (Some(text), _) => text.as_bytes().to_vec(),
        (None, Some(text)) => STANDARD.decode(text.trim()).unwrap_or_default(),
        (None, None) => Vec::new(),
    };
    sim.wire.keep("got", format!("{}: the cart", visit.system), &bytes);
    let text = cxml::prettify(&bytes);
    visit.show("PunchOutOrderMessage, got from the browser", text);
    match cxml::decode(&bytes, None) {
        Ok(Document { payload: Payload::PunchOutOrderMessage(message), .. }) => {
            let expected = format!("cookie {}", visit.id);
            visit.said = match message.buyer_cookie == expected {
                true => "The cart came back.".to_owned(),
                false => format!("Another cookie came back: {}", message.buyer_cookie),
            };
            let empty = message.items.is_empty();
            visit.cart = Some(ReturnedCart {
                status: if empty { "empty" } else { message.quote_status.word() }.to_owned(),
                lines: message.items.iter().map(line_of).collect(),
                total: format!("{} {}", message.total.value, message.total.currency),
                items: message.items,
                order_number: String::new(),
            });
        }
        Ok(other) => visit.said = format!("Not a cart: {}", other.payload.name()),
        Err(fault) => visit.said = fault.to_string(),
    }
}

fn line_of(item: &Item) -> CartLine {
    let detail = item.detail.as_ref();
    let text = |pick: fn(&ItemDetail) -> String| detail.map(pick).unwrap_or_default();
    CartLine {
        sku: item.id.supplier_part.clone(),
        description: text(|d| d.descriptions.first().map(|d| d.text.clone()).unwrap_or_default()),
        quantity: item.quantity.to_string(),
        unit: text(|d| d.unit.clone()),
        price: text(|d| decimal::canonical(d.price.amount)),
        per: text(|d| d.price.per.to_string()),
        currency: text(|d| d.price.currency.to_string()),
    }
}

fn take_oci(sim: &BuyerSim, visit: &mut Visit, fields: &Vec<(String, String)>) {
    let raw: String = fields.iter().map(|(name, value)| format!("{name} = {value}\n")).collect();
    sim.wire.keep("got", format!("{}: the cart", visit.system), raw.as_bytes());
    visit.show("OCI form, got from the browser", raw);
    match posted::read(fields, &UnitMap::shipped()) {
        Ok(lines) => {
            let items: Vec<Item> = lines.iter().map(item_of).collect();
            let total = lines
                .iter()
                .filter_map(|line| line.line.price.times(line.line.quantity).ok())
                .reduce(|sum, next| sum.checked_add(next).unwrap_or(sum));
            visit.said = "The cart came back.".to_owned();
            visit.cart = Some(ReturnedCart {
                status: if items.is_empty() { "empty" } else { "final" }.to_owned(),
                lines: items.iter().map(line_of).collect(),
                total: total.map(|total| total.to_string()).unwrap_or_default(),
                items,
                order_number: String::new(),
            });
        }
        Err(fault) => visit.said = fault.to_string(),
    }
}

/// A line of the order that SAP makes of an OCI line.
fn item_of(posted: &PostedLine) -> Item {
    let line = &posted.line;
    let sku = line.vendor_material.clone().or_else(|| line.product_id.clone());
    Item {
        quantity: line.quantity,
        line_number: None,
        parent_line_number: None,
        item_type: None,
        requisition_id: None,
        requested_delivery: None,
        agreement_item_number: None,
        id: ItemId {
            auxiliary: line.product_id.clone().map(cxml::values::Kept::plain),
            ..ItemId::new(sku.unwrap_or_default())
        },
        detail: Some(ItemDetail {
            price: line.price,
            descriptions: vec![Description::new(&line.description)],
            unit: line.unit.clone(),
            basis: None,
            classifications: line.category.clone().into_iter().collect(),
            manufacturer_part: line.maker_material.clone(),
            manufacturer_name: None,
            url: None,
            lead_time: None,
            extrinsics: Vec::new(),
        }),
        blanket: None,
        agreement_id: None,
        supplier: None,
        ship_to: None,
        shipping: None,
        tax: None,
        distributions: Vec::new(),
        contacts: Vec::new(),
        comments: Vec::new(),
        extrinsics: Vec::new(),
    }
}

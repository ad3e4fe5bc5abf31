//! Orders, their deliveries and documents as the API shows them.

use poem_openapi::Object;
use rust_decimal::Decimal;

use crate::{
    app::{
        delivery::DeliveryView,
        order::{OrderBrief, OrderView},
    },
    base::decimal,
    domain::{
        confirmation::{Confirmation, Part},
        delivery::Verdict,
        order::OrderLine,
    },
    store::{delivery::Attempt, document::Document},
};

use super::super::shape::{MoneyJson, UnitPriceJson};

/// An order in a list.
#[derive(Object)]
#[oai(rename = "OrderBrief")]
pub(super) struct BriefJson {
    id: String,
    number: String,
    state: String,
    /// Short name.
    supplier: String,
    /// Short name of the buyer organisation.
    organisation: String,
    total: MoneyJson,
    requisition: String,
    /// The procurement system's own number, when it ordered.
    buyer_order_id: Option<String>,
    issued_at: String,
    deliveries: Vec<DeliveryJson>,
}

impl From<OrderBrief> for BriefJson {
    fn from(brief: OrderBrief) -> Self {
        let order = brief.order;
        Self {
            id: order.id.to_string(),
            number: order.number,
            state: order.state.to_string(),
            supplier: brief.supplier.name,
            organisation: brief.buyer.name,
            total: order.total.into(),
            requisition: order.requisition.to_string(),
            buyer_order_id: order.buyer_order_id,
            issued_at: order.issued_at.to_string(),
            deliveries: brief.deliveries.into_iter().map(DeliveryJson::from).collect(),
        }
    }
}

/// A line with what happened to it; quantities as texts.
#[derive(Object)]
#[oai(rename = "OrderLine")]
struct LineJson {
    /// The lineNumber of the documents.
    line: i64,
    sku: String,
    description: String,
    quantity: String,
    unit: String,
    price: UnitPriceJson,
    total: MoneyJson,
    unspsc: String,
    confirmed: String,
    backordered: String,
    rejected: String,
    shipped: String,
    received: String,
    invoiced: String,
}

impl From<OrderLine> for LineJson {
    fn from(line: OrderLine) -> Self {
        let (goods, progress) = (line.goods, line.progress);
        let text = |value: Decimal| decimal::canonical(value);
        Self {
            line: line.line_number,
            sku: goods.sku,
            description: goods.description,
            quantity: goods.quantity.to_string(),
            unit: goods.unit,
            price: goods.price.into(),
            total: goods.total.into(),
            unspsc: goods.unspsc,
            confirmed: text(progress.confirmed),
            backordered: text(progress.backordered),
            rejected: text(progress.rejected),
            shipped: text(progress.shipped),
            received: text(progress.received),
            invoiced: text(progress.invoiced),
        }
    }
}

/// One attempt to send it.
#[derive(Object)]
#[oai(rename = "Attempt")]
struct AttemptJson {
    number: i64,
    started_at: String,
    finished_at: String,
    /// `delivered`, `transient` or `permanent`.
    outcome: String,
    /// HTTP or cXML status.
    status: Option<i64>,
    /// In plain words.
    detail: String,
}

impl From<Attempt> for AttemptJson {
    fn from(attempt: Attempt) -> Self {
        let outcome = match attempt.verdict {
            Verdict::Delivered => "delivered",
            Verdict::Transient => "transient",
            Verdict::Permanent => "permanent",
        };
        Self {
            number: attempt.number,
            started_at: attempt.started_at.to_string(),
            finished_at: attempt.finished_at.to_string(),
            outcome: outcome.to_owned(),
            status: attempt.status,
            detail: attempt.detail,
        }
    }
}

/// The sending of the order's document.
#[derive(Object)]
#[oai(rename = "Delivery")]
pub(in crate::http::api) struct DeliveryJson {
    id: String,
    /// `order` to the supplier, `order_copy` to the organisation's own system.
    purpose: String,
    /// `cxml`, `email` or `desk`.
    channel: String,
    /// `waiting`, `sending`, `delivered` or `failed`.
    state: String,
    /// How many were made.
    attempts: i64,
    /// When the next one is due.
    next_at: Option<String>,
    finished_at: Option<String>,
    log: Vec<AttemptJson>,
}

impl From<DeliveryView> for DeliveryJson {
    fn from(view: DeliveryView) -> Self {
        let delivery = view.delivery;
        Self {
            id: delivery.id.to_string(),
            purpose: delivery.purpose.to_string(),
            channel: delivery.channel.to_string(),
            state: delivery.state.word().to_owned(),
            attempts: delivery.attempts,
            next_at: delivery.next_at.map(|at| at.to_string()),
            finished_at: delivery.finished_at.map(|at| at.to_string()),
            log: view.attempts.into_iter().map(AttemptJson::from).collect(),
        }
    }
}

/// An order with its lines and how it was sent.
#[derive(Object)]
#[oai(rename = "Order")]
pub(super) struct OrderJson {
    id: String,
    number: String,
    /// `issued`, `sent`, `confirmed`, `partly_confirmed`, `rejected`, `partly_shipped`, `shipped`,
    /// `partly_received`, `received`, `closed` or `cancelled`.
    state: String,
    supplier: String,
    organisation: String,
    total: MoneyJson,
    requisition: String,
    buyer_order_id: Option<String>,
    cost_center: String,
    needed_on: Option<String>,
    comment: String,
    issued_at: String,
    /// 1, and one more with every change or cancellation.
    revision: i64,
    /// SHA-256 of this order's part of the signed content.
    content_hash: String,
    /// SHA-256 of the whole content that was signed.
    signed_hash: String,
    /// The payloadID of its OrderRequest, the same at every sending.
    payload_id: String,
    lines: Vec<LineJson>,
    /// What the supplier said of single lines, oldest first; what was replaced is left out.
    confirmations: Vec<ConfirmedJson>,
    deliveries: Vec<DeliveryJson>,
}

/// What the supplier said of a part of a line.
#[derive(Object)]
#[oai(rename = "OrderConfirmedPart")]
struct ConfirmedJson {
    confirmation: String,
    at: String,
    line: i64,
    /// `accept`, `backordered` or `reject`.
    kind: String,
    quantity: String,
    /// The price that the supplier named.
    price: Option<String>,
    price_currency: Option<String>,
    /// For how many units.
    price_per: Option<String>,
    /// The amount of the order's price, when the supplier named another price or currency.
    other_than: Option<String>,
    delivery_on: Option<String>,
    comment: String,
}

fn confirmed(view: &OrderView) -> Vec<ConfirmedJson> {
    let standing = view.confirmations.iter().filter(|said| !said.replaced);
    let part = |said: &Confirmation, part: &Part| ConfirmedJson {
        confirmation: said.confirm_id.clone(),
        at: said.at.to_string(),
        line: part.line_number,
        kind: part.kind.to_string(),
        quantity: decimal::canonical(part.quantity),
        price: part.price.map(|price| decimal::canonical(price.amount)),
        price_currency: part.prices(&view.lines).map(|(asked, _)| asked.currency.to_string()),
        price_per: part.prices(&view.lines).map(|(asked, _)| asked.per.to_string()),
        other_than: part
            .other_price(&view.lines)
            .map(|(_, ordered)| decimal::canonical(ordered.amount)),
        delivery_on: part.delivery_on.map(|day| day.to_string()),
        comment: part.comment.clone(),
    };
    standing.flat_map(|said| said.parts.iter().map(move |one| part(said, one))).collect()
}

impl From<OrderView> for OrderJson {
    fn from(view: OrderView) -> Self {
        let confirmations = confirmed(&view);
        let order = view.order;
        Self {
            id: order.id.to_string(),
            number: order.number,
            state: order.state.to_string(),
            supplier: view.supplier.name,
            organisation: view.buyer.name,
            total: order.total.into(),
            requisition: order.requisition.to_string(),
            buyer_order_id: order.buyer_order_id,
            cost_center: order.cost_center_code,
            needed_on: order.needed_on.map(|day| day.to_string()),
            comment: order.comment,
            issued_at: order.issued_at.to_string(),
            revision: order.revision,
            content_hash: order.content_hash,
            signed_hash: order.signed_hash,
            payload_id: order.payload_id,
            lines: view.lines.into_iter().map(LineJson::from).collect(),
            confirmations,
            deliveries: view.deliveries.into_iter().map(DeliveryJson::from).collect(),
        }
    }
}

/// A document as it went over the wire, without its secrets.
#[derive(Object)]
#[oai(rename = "Document")]
pub(super) struct DocumentJson {
    id: String,
    /// The payload element: `OrderRequest`, `Response`, `ConfirmationRequest`.
    kind: String,
    /// `in` or `out`.
    direction: String,
    at: String,
    payload_id: String,
    content_type: String,
    /// cXML status code of an answer.
    status: Option<i64>,
    /// The document that this one answers.
    reply_to: Option<String>,
    /// Of the bytes as kept.
    sha256: String,
    /// The text; secrets are cut out.
    body: String,
    /// The page that shows it with one element a line.
    href: String,
}

pub(super) fn shown_document(document: Document) -> DocumentJson {
    DocumentJson {
        id: document.id.to_string(),
        sha256: document.body.sha256().to_owned(),
        href: format!("/documents/{}", document.id),
        kind: document.kind,
        direction: document.direction.to_string(),
        at: document.at.to_string(),
        payload_id: document.payload_id,
        content_type: document.content_type,
        status: document.status,
        reply_to: document.reply_to.map(|id| id.to_string()),
        body: String::from_utf8_lossy(&document.body).into_owned(),
    }
}

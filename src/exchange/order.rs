//! A purchase order as the OrderRequest that its supplier gets.
//!
//! The same order gives the same bytes: nothing here asks the time or draws a number. The place of
//! the shared secret holds a mark that the sender fills in.

use crate::{
    base::{
        money::UnitPrice,
        secret::Secret,
        time::{Day, Time},
    },
    cxml::{
        Document, Envelope, Mode, Party, Payload, SECRET_MARK,
        address::{Address, Contact, Postal},
        charges::{Distribution, Segment},
        item::{Item, ItemDetail, ItemId},
        order::{OrderAction, OrderRequest},
        values::{Amount, Comments, Extrinsic, Kept, Stamp},
    },
    domain::{
        order::{Order, OrderLine, Reference},
        party::{Identity, PostalAddress},
        requisition::BuyerLine,
    },
};

pub mod header;

use header::Terms;

/// Who sends an order on whose behalf to whom, and who asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parties {
    /// The buyer organisation.
    pub from: Identity,
    /// The supplier.
    pub to: Identity,
    /// This server.
    pub sender: Identity,
    /// Name and mail address of the person who asked.
    pub requester: Option<(String, String)>,
    /// The requisition's number.
    pub requisition: String,
}

/// What a later document does to an order that its supplier may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// `New` when nothing of the order ever left the house.
    pub action: OrderAction,
    /// The payloadID of the version before.
    pub earlier: String,
    /// Said to the supplier; of a cancellation.
    pub reason: String,
    pub at: Time,
}

/// What a document says beside its order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    pub amendment: Option<&'a Amendment>,
    /// Content-IDs of what goes with it, of the line of this number or of the whole order.
    pub enclosed: &'a [(Option<i64>, String)],
    /// What the procurement system's order says of the line of this number.
    pub buyer: &'a [(i64, BuyerLine)],
    /// And of agreements and terms: of the line of this number or of the whole order.
    pub terms: &'a [(Option<i64>, Terms)],
}

impl Beside<'_> {
    fn said_of(&self, line: Option<i64>) -> Option<&Terms> {
        self.terms.iter().find(|(place, _)| *place == line).map(|(_, terms)| terms)
    }

    /// A remark that names what is enclosed to this place; none when nothing is.
    fn enclosing(&self, line: Option<i64>) -> Option<Comments> {
        let own = self.enclosed.iter().filter(|(place, _)| *place == line);
        let attachments: Vec<String> = own.map(|(_, id)| format!("cid:{id}")).collect();
        (!attachments.is_empty()).then(|| Comments { attachments, ..Comments::default() })
    }
}

/// Names of the extrinsics that we write ourselves.
pub const OWN_EXTRINSICS: [&str; 2] = [OWN_NUMBER, CONTENT_HASH];
/// Our own number of an order that goes by the procurement system's orderID.
const OWN_NUMBER: &str = "OrderNumber";
/// The hash of the content that was signed, so that the supplier can ask whether it stands.
const CONTENT_HASH: &str = "ContentHash";

/// The OrderRequest of an order: its first, or one that changes or cancels it.
pub fn request(
    order: &Order,
    lines: &[OrderLine],
    parties: &Parties,
    beside: Beside<'_>,
) -> Document {
    let mut request = OrderRequest::new(
        order.buyer_order_id.as_deref().unwrap_or(&order.number),
        order.issued_at,
        Amount::from(order.total),
        lines.iter().map(|line| item(order, line, beside)).collect(),
    );
    if let Some(terms) = beside.said_of(None) {
        header::write(terms, &mut request);
    }
    request.requisition_id = Some(parties.requisition.clone());
    request.requested_delivery = order.needed_on.map(noon);
    request.ship_to = Some(address(&order.ship_to));
    request.bill_to = Some(address(&order.bill_to));
    request.contacts = parties.requester.iter().map(contact).collect();
    if !order.comment.is_empty() {
        request.comments.push(Comments::new(&order.comment));
    }
    request.comments.extend(beside.enclosing(None));
    if let Some(amendment) = beside.amendment {
        amend(&mut request, order, amendment);
    }
    if order.buyer_order_id.is_some() {
        request.extrinsics.push(Extrinsic::new(OWN_NUMBER, &order.number));
    }
    request.extrinsics.push(Extrinsic::new(CONTENT_HASH, &order.content_hash));
    let party = |identity: &Identity| Party::new(&identity.domain, &identity.identity);
    let sender = party(&parties.sender).with_secret(Secret::new(SECRET_MARK));
    let at = beside.amendment.map_or(order.issued_at, |amendment| amendment.at);
    let envelope = Envelope::request(&order.payload_id, at)
        .between(party(&parties.from), party(&parties.to), sender)
        .mode(beside.said_of(None).map_or(Mode::Production, Terms::mode));
    Document::new(envelope, Payload::OrderRequest(Box::new(request)))
}

/// So that no reader's time zone makes another day of it.
fn noon(day: Day) -> Stamp {
    Stamp(format!("{day}T12:00:00+00:00"))
}

fn amend(request: &mut OrderRequest, order: &Order, amendment: &Amendment) {
    request.action = amendment.action;
    request.order_version = Some(order.revision.to_string());
    if amendment.action != OrderAction::New {
        request.document_reference = Some(amendment.earlier.clone());
    }
    if !amendment.reason.is_empty() {
        request.comments.push(Comments::new(&amendment.reason));
    }
}

/// The order that an `OrderReference` names.
pub fn reference(reference: &crate::cxml::confirmation::OrderReference) -> Reference {
    Reference {
        payload_id: reference.payload_id.clone().filter(|id| !id.trim().is_empty()),
        number: reference.order_id.clone().filter(|id| !id.trim().is_empty()),
    }
}

fn item(order: &Order, line: &OrderLine, beside: Beside<'_>) -> Item {
    let goods = &line.goods;
    let mut id = ItemId::new(&goods.sku);
    if !goods.aux_id.is_empty() {
        id.auxiliary = Some(Kept::of_one_text(&goods.aux_id));
    }
    let mut detail = ItemDetail::new(padded(goods.price), &goods.description, &goods.unit);
    if !goods.unspsc.is_empty() {
        detail.classifications.push(("UNSPSC".to_owned(), goods.unspsc.clone()));
    }
    let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    detail.manufacturer_part = said(&goods.manufacturer_sku);
    detail.manufacturer_name = said(&goods.manufacturer);
    let mut item = Item::new(goods.quantity, id, Some(detail));
    item.line_number = u32::try_from(line.line_number).ok();
    if let Some(terms) = beside.said_of(Some(line.line_number)) {
        header::write_line(terms, &mut item);
    }
    let buyer = beside.buyer.iter().find(|(number, _)| *number == line.line_number);
    if let Some((_, buyer)) = buyer {
        item.requested_delivery = buyer.needed_on.map(noon);
        let comment = Some(&buyer.comment).filter(|text| !text.trim().is_empty());
        item.comments.extend(comment.map(Comments::new));
    }
    item.comments.extend(beside.enclosing(Some(line.line_number)));
    item.distributions.push(Distribution {
        name: "DistributionCharge".to_owned(),
        segments: vec![Segment {
            name: "CostCenter".to_owned(),
            id: order.cost_center_code.clone(),
            description: String::new(),
        }],
        charge: Amount::from(goods.total),
    });
    item
}

/// `1` is written `1.00`: readers expect the currency's own places.
fn padded(price: UnitPrice) -> UnitPrice {
    let mut amount = price.amount.normalize();
    if amount.scale() < price.currency.exponent() {
        amount.rescale(price.currency.exponent());
    }
    UnitPrice::new(amount, price.currency, price.per)
}

fn address(address: &PostalAddress) -> Address {
    let lines = |text: &str| -> Vec<String> {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Address {
        id: said(&address.code),
        country_code: said(&address.country),
        name: address.name.clone(),
        postal: Some(Postal {
            deliver_to: lines(&address.deliver_to),
            street: lines(&address.street),
            city: address.city.clone(),
            postal_code: said(&address.postal_code),
            country: address.country.clone(),
            country_code: address.country.clone(),
            ..Postal::default()
        }),
        email: address.email.clone(),
        ..Address::default()
    }
}

fn contact(requester: &(String, String)) -> Contact {
    let (name, email) = requester;
    Contact {
        role: Some("endUser".to_owned()),
        name: name.clone(),
        emails: vec![email.clone()],
        ..Contact::default()
    }
}

#[cfg(test)]
mod tests;

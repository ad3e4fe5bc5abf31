//! Journey 1: an OrderRequest of the procurement system arrives, is compared with the cart that was
//! returned for it, and becomes a requisition: forwarded at once, or held for sign-off.

mod change;
mod checks;
mod enclosed;
mod said;
mod shelf;
mod unreturned;

pub use change::{cancel, change};

use std::collections::HashSet;

use self::{
    checks::{one_place, other_unit, same_number},
    shelf::Shelf,
};
use crate::{
    base::{id::PersonId, time::DAY_MS},
    cxml::{Status, order::OrderRequest, values::Stamp},
    domain::{
        party::{Email, Organisation},
        refusal::Refusal,
        requisition::{BuyerLine, Flag},
    },
    store,
};

use super::{
    AppError, Cx,
    inbox::{Inbound, Taken},
    requisition::{Incoming, IncomingLine, submit_incoming},
};

/// Characters of an orderID; longer ones no system shows.
const MOST_ID: usize = 255;
/// Returned carts that an order may be for: the last so many of so many days.
const CARTS: i64 = 200;
const CARTS_MS: i64 = 180 * DAY_MS;

/// Takes an order of the sender's organisation.
pub async fn arrive(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &OrderRequest,
) -> Result<Taken, AppError> {
    let organisation = owner(cx, inbound).await?;
    known_before(cx, &organisation, &request.order_id).await?;
    take(cx, inbound, request, &organisation).await
}

/// The sender's organisation.
async fn owner(cx: &mut Cx<'_>, inbound: &Inbound<'_>) -> Result<Organisation, AppError> {
    let id = inbound.sender.partner.organisation;
    let organisation = store::organisation::get(cx.conn, id).await?;
    Ok(organisation.ok_or_else(|| Refusal::not_found("organisation"))?)
}

/// Makes a requisition of the order as this document says it.
async fn take(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &OrderRequest,
    organisation: &Organisation,
) -> Result<Taken, AppError> {
    let id = organisation.id;
    checks::no_blanket(request)?;
    let enclosed = enclosed::find(request, inbound.attachments)?;
    if request.total.currency != organisation.currency {
        return Err(Refusal::invalid("currency", "The order is in another currency.")
            .field("OrderRequest/OrderRequestHeader/Total/Money/@currency")
            .got(request.total.currency.to_string())
            .expected(organisation.currency.to_string())
            .into());
    }
    let profile = inbound.sender.partner.profile.read()?;
    let ship_to = one_place(request)?;
    let mut shelf = Shelf::of(cx, id, request).await?;
    let mut lines: Vec<IncomingLine> = Vec::with_capacity(request.items.len());
    let mut numbers = HashSet::new();
    let mut flags = Vec::new();
    for (number, item) in (1..).zip(&request.items) {
        let own = item.line_number.unwrap_or(number);
        if !numbers.insert(own) {
            return Err(same_number(number, own).into());
        }
        checks::quantity(number, item)?;
        let (goods, found) = shelf.take(cx, organisation, number, item).await?;
        flags.extend(found);
        flags.extend(said::split(own, item));
        flags.extend(other_unit(&profile.units, number, item, &goods)?);
        let buyer = BuyerLine {
            number: Some(own.into()),
            comment: said::text(&item.comments),
            needed_on: item.requested_delivery.as_ref().and_then(Stamp::day),
        };
        lines.push(IncomingLine { goods, accounts: said::accounts(item), buyer });
    }
    let requester = requester(cx, organisation, &shelf, request).await?;
    let extras = said::extras(request, inbound.envelope.mode)?;
    let handed = submit_incoming(
        cx,
        Incoming {
            organisation: id,
            requester,
            cart: shelf.best,
            punchout_session: shelf.session,
            buyer_order_id: request.order_id.clone(),
            buyer_payload_id: inbound.envelope.payload_id.clone(),
            cost_center: said::cost_center(&profile.extrinsics.cost_center, request),
            ship_to: ship_to.and_then(said::postal),
            bill_to: request.bill_to.as_ref().and_then(said::postal),
            needed_on: request.requested_delivery.as_ref().and_then(|stamp| stamp.day()),
            comment: said::comment(request),
            extras,
            currency: organisation.currency,
            lines,
            flags: flags.clone(),
            document: inbound.id,
            enclosed: enclosed.head,
            line_enclosed: enclosed.lines,
        },
    )
    .await?;
    if let Some(version) = said::version(request) {
        store::buyer_order::set_version(cx.conn, handed.requisition.id, version).await?;
    }
    let about = vec![handed.requisition.id.to_string()];
    Ok(Taken::status(status(handed.held, &handed.requisition.number, &flags), about))
}

/// 200 when everything went on, 201 with a promise of news when it waits for sign-off.
fn status(held: bool, number: &str, flags: &[Flag]) -> Status {
    if !held {
        return Status::new(Status::OK, format!("Forwarded to the suppliers as {number}."));
    }
    let differences: Vec<String> = flags.iter().map(told).collect();
    let message = match differences.is_empty() {
        true => format!("Held for sign-off as {number}."),
        false => format!("Held for sign-off as {number}: {}.", differences.join("; ")),
    };
    Status::new(Status::ACCEPTED, message)
}

fn told(flag: &Flag) -> String {
    let Flag { line, field, expected, got, tolerance } = flag;
    if tolerance.is_empty() {
        return format!("line {line}, {field}: expected {expected}, got {got}");
    }
    format!("line {line}, {field}: expected {expected}, got {got} (tolerance {tolerance})")
}

async fn known_before(
    cx: &mut Cx<'_>,
    organisation: &Organisation,
    order_id: &str,
) -> Result<(), AppError> {
    let length = order_id.chars().count();
    if length == 0 || length > MOST_ID {
        return Err(Refusal::invalid("order-id", "The orderID cannot be kept.")
            .field("OrderRequest/OrderRequestHeader/@orderID")
            .got(format!("{length} characters"))
            .expected(format!("1 to {MOST_ID} characters"))
            .into());
    }
    let known = store::requisition::of_buyer_order(cx.conn, organisation.id, order_id).await?;
    match known {
        None => Ok(()),
        Some(known) => Err(Refusal::conflict("order-exists", "This order was sent before.")
            .field("OrderRequest/OrderRequestHeader/@orderID")
            .got(order_id)
            .expected(format!("a new orderID: this one is {} here", known.number))
            .mend("To repeat it, send the same document with the same payloadID.")
            .into()),
    }
}

/// Who asked: the contact of the order among the organisation's own people, else whoever shopped
/// the cart.
async fn requester(
    cx: &mut Cx<'_>,
    organisation: &Organisation,
    shelf: &Shelf,
    request: &OrderRequest,
) -> Result<PersonId, AppError> {
    let mails = request.contacts.iter().flat_map(|contact| &contact.emails);
    for mail in mails {
        let Ok(email) = mail.parse::<Email>() else { continue };
        let person = store::person::by_email(cx.conn, &email).await?;
        if let Some(person) = person.filter(|p| p.organisation() == Some(organisation.id)) {
            return Ok(person.id);
        }
    }
    if let Some(person) = shelf.person {
        return Ok(person);
    }
    Err(Refusal::invalid("unknown-requester", "It is not known who asks for this order.")
        .field("OrderRequest/OrderRequestHeader/Contact/Email")
        .expected("the e-mail address of a person of your organisation")
        .into())
}

//! A cart as the PunchOutOrderMessage of cXML, in the way of one procurement system.

use crate::{
    base::time::Time,
    cxml::{
        Document, Envelope, Mode, Party, Payload, Status,
        item::{Item, ItemDetail, ItemId},
        punchout_order::{OperationAllowed, PunchOutOrderMessage, QuoteStatus},
        values::{Amount, Description, Extrinsic, Kept},
    },
    domain::{
        party::Identity,
        profile::{Profile, price_as},
        punchout::PunchoutSession,
    },
};

use super::{Line, Returned};

/// The PunchOutOrderMessage of a cart. An empty one carries Status 204, except where a shopper
/// emptied a cart that was sent to be edited.
pub fn order_message(
    session: &PunchoutSession,
    profile: &Profile,
    cart: &Returned,
    (payload_id, now): (String, Time),
) -> Document {
    let items = (1..).zip(&cart.lines).map(|(number, line)| item(profile, number, line)).collect();
    let mut message =
        PunchOutOrderMessage::new(&*session.buyer_cookie, Amount::from(cart.total), items);
    message.operation_allowed =
        if session.is_read_only() { OperationAllowed::Inspect } else { OperationAllowed::Edit };
    message.quote_status = if cart.is_final { QuoteStatus::Final } else { QuoteStatus::Pending };
    if cart.was_pending && cart.is_final {
        message.sourcing_status = Some((Some("approve".to_owned()), "Signed off.".to_owned()));
    }
    let party = |identity: &Identity| Party::new(&*identity.domain, &*identity.identity);
    let us = party(&session.wire.us);
    let mut envelope =
        Envelope::message(payload_id, now).between(us.clone(), party(&session.wire.buyer), us);
    if session.wire.test {
        envelope = envelope.mode(Mode::Test);
    }
    if cart.lines.is_empty() {
        envelope.status = Some(Status::new(Status::NO_CONTENT, ""));
    }
    Document::new(envelope, Payload::PunchOutOrderMessage(Box::new(message)))
}

fn item(profile: &Profile, number: u32, line: &Line) -> Item {
    let goods = &line.goods;
    let unit = profile.units.to_theirs(&goods.unit).unwrap_or(&goods.unit);
    let price = price_as(&profile.cart, goods.price).unwrap_or(goods.price);
    let mut detail = ItemDetail::new(price, &*goods.description, unit);
    if profile.cart.short_name > 0 {
        let short = goods.description.chars().take(profile.cart.short_name).collect();
        let description = Description::new(&*goods.description);
        detail.descriptions = vec![Description { short_name: Some(short), ..description }];
    }
    let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    detail.classifications.extend(line.class(profile));
    detail.manufacturer_part = filled(&goods.manufacturer_sku);
    detail.manufacturer_name = filled(&goods.manufacturer);
    detail.lead_time = goods.lead_time_days.map(|days| days.to_string());
    let named = profile.extrinsics.line.iter();
    detail.extrinsics =
        named.filter_map(|(name, what)| Some(Extrinsic::new(name, line.carried(*what)?))).collect();
    let auxiliary = Some(Kept::of_one_text(line.auxiliary()));
    let id = ItemId { auxiliary, ..ItemId::new(&*goods.sku) };
    let mut item = Item::new(goods.quantity, id, Some(detail));
    item.line_number = Some(number);
    let supplier = line.supplier.clone().filter(|_| profile.cart.supplier_id);
    item.supplier = supplier.map(|own| (own.domain, own.identity));
    item
}

//! Confirmations, ship notices and receipts as documents: which order they mean, and what they say
//! of it.

use crate::{
    base::{
        id::RequisitionId,
        text::shorten,
        unit::{self, UnitMap},
    },
    cxml::{
        Status,
        confirmation::{ConfirmationRequest, NoticeOperation},
        receipt::ReceiptRequest,
        ship_notice::ShipNoticeRequest,
    },
    domain::{
        order::{Order, OrderLine, Reference, Source},
        refusal::Refusal,
        shipment::Moved,
    },
    exchange::{self, receipt::Received},
    store,
};

use super::{AppError, By, Cx, confirm, ship, take_in};
use crate::app::{
    inbox::{Inbound, Taken},
    order,
};

/// Takes a ConfirmationRequest of a supplier's system.
pub async fn confirmation(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &ConfirmationRequest,
) -> Result<Taken, AppError> {
    let said = exchange::confirmation::said(request)?;
    let reference = exchange::order::reference(&request.order);
    let order = meant(cx, inbound, &reference).await?;
    let about = about(&order);
    let mut units = Vec::new();
    for item in &request.items {
        let number = item.line_number;
        units.push((number, item.unit.as_str(), "ConfirmationItem/UnitOfMeasure"));
        for status in &item.statuses {
            units.push((number, status.unit.as_str(), "ConfirmationStatus/UnitOfMeasure"));
        }
    }
    same_units(cx, inbound, &order, &units).await?;
    confirm(cx, order, &said, (Source::Cxml, Some(inbound.id))).await?;
    Ok(Taken::status(Status::ok(), about))
}

/// Takes a ShipNoticeRequest of a supplier's system; it may speak of several orders.
pub async fn ship_notice(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &ShipNoticeRequest,
) -> Result<Taken, AppError> {
    let mut concerned = Vec::new();
    let said = exchange::shipment::said(request)?;
    for ((reference, said), portion) in said.into_iter().zip(&request.portions) {
        let order = meant(cx, inbound, &reference).await?;
        let place = "ShipNoticeItem/UnitOfMeasure";
        let mut units = Vec::new();
        for item in &portion.items {
            units.push((item.line_number, item.unit.as_str(), place));
        }
        same_units(cx, inbound, &order, &units).await?;
        concerned.extend(about(&order));
        ship(cx, order, &said, (Source::Cxml, Some(inbound.id))).await?;
    }
    let whole = request.portions.is_empty();
    if whole || request.operation == NoticeOperation::Update {
        for order in no_longer_named(cx, inbound, (request, &concerned)).await? {
            concerned.extend(about(&order));
            let said = exchange::shipment::taken_back(request);
            ship(cx, order, &said, (Source::Cxml, Some(inbound.id))).await?;
        }
    }
    if concerned.is_empty() {
        let mut refusal = Refusal::not_found("shipment");
        "No ship notice of this number came from you.".clone_into(&mut refusal.message);
        return Err(refusal
            .field("ShipNoticeHeader/@shipmentID")
            .got(shorten(&request.shipment_id, 80))
            .expected("the shipmentID of a notice that you sent before")
            .into());
    }
    Ok(Taken::status(Status::ok(), concerned))
}

/// The orders that earlier notices of this number named and this one does not.
async fn no_longer_named(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    (request, named): (&ShipNoticeRequest, &[String]),
) -> Result<Vec<Order>, AppError> {
    let supplier = inbound.sender.supplier().ok_or_else(|| Refusal::not_found("shipment"))?;
    let whose = (inbound.sender.partner.organisation, supplier);
    let ids = store::shipment::orders(cx.conn, whose, &request.shipment_id).await?;
    let mut left = Vec::new();
    for id in ids.into_iter().filter(|id| !named.contains(&id.to_string())) {
        left.extend(store::order::get(cx.conn, id).await?);
    }
    Ok(left)
}

/// Takes a ReceiptRequest of a procurement system; it may speak of several of its orders, and one
/// of those may have become several here.
pub async fn receipt(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &ReceiptRequest,
) -> Result<Taken, AppError> {
    let mut concerned = Vec::new();
    for (reference, mut items) in exchange::receipt::said(request)? {
        for order in buyers_orders(cx, inbound, &reference).await? {
            concerned.extend(about(&order));
            let parts = own_parts(cx, inbound, (&order, &reference), &mut items).await?;
            if parts.is_empty() {
                continue;
            }
            let asked = store::requisition::get_any(cx.conn, order.requisition).await?;
            let asked =
                asked.ok_or_else(|| AppError::internal("an order's requisition is gone"))?;
            let (number, document) = (request.receipt_id.clone(), Some(inbound.id));
            let by = By { person: asked.requester, number, document };
            take_in(cx, order, &parts, by).await?;
        }
        if let Some(item) = items.first() {
            return Err(Refusal::invalid("unknown-line", "The order has no such line.")
                .field("ReceiptItem/ReceiptItemReference/@lineNumber")
                .got(item.line.to_string())
                .expected("the lineNumber of an ItemOut of this order")
                .into());
        }
    }
    Ok(Taken::status(Status::ok(), concerned))
}

/// The orders that a procurement system means: by its orderID or our number, else by the payloadID
/// of its OrderRequest.
async fn buyers_orders(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    reference: &Reference,
) -> Result<Vec<Order>, AppError> {
    let organisation = inbound.sender.partner.organisation;
    let mut found = match &reference.number {
        Some(number) => store::order::of_buyer(cx.conn, organisation, number).await?,
        None => Vec::new(),
    };
    if let (true, Some(payload_id)) = (found.is_empty(), &reference.payload_id) {
        let sent = store::document::received(cx.conn, organisation, payload_id).await?;
        let of: Option<RequisitionId> =
            sent.and_then(|sent| sent.about.first().and_then(|about| about.parse().ok()));
        if let Some(of) = of {
            found = store::order::of_requisition(cx.conn, of).await?;
        }
    }
    if found.is_empty() {
        return Err(not_one(reference, "No order of yours goes by this name."));
    }
    Ok(found)
}

/// Takes from the items those of this order. The lines of the procurement system's order are the
/// requisition's; an order that was begun here has its own.
async fn own_parts(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    (order, reference): (&Order, &Reference),
    items: &mut Vec<Received>,
) -> Result<Vec<Moved>, AppError> {
    let profile = inbound.sender.partner.profile.read()?;
    let lines = store::order::lines(cx.conn, order.id).await?;
    let asked = store::requisition::lines(cx.conn, order.requisition).await?;
    let is_ours = reference.number.as_deref() == Some(order.number.as_str());
    let line_of = |number: i64| -> Option<&OrderLine> {
        if is_ours || order.buyer_order_id.is_none() {
            return lines.iter().find(|line| line.line_number == number);
        }
        let asked = asked.iter().find(|line| line.buyer_number() == number)?;
        lines.iter().find(|line| line.requisition_line == asked.id)
    };
    let mut parts = Vec::new();
    let mut left = Vec::new();
    for item in items.drain(..) {
        let Some(line) = line_of(item.line) else {
            left.push(item);
            continue;
        };
        let place = "ReceiptItem/UnitRate/UnitOfMeasure";
        same_unit(&profile.units, line, &item.unit, place)?;
        parts.push(Moved { line_number: line.line_number, quantity: item.quantity });
    }
    *items = left;
    Ok(parts)
}

/// Refuses a quantity in another unit than the order line's: ten boxes are not ten pieces.
fn same_unit(units: &UnitMap, line: &OrderLine, theirs: &str, place: &str) -> Result<(), Refusal> {
    let meant = |unit: &str| unit::meant(unit).unwrap_or(unit).to_ascii_uppercase();
    let (own, theirs) = (line.goods.unit.as_str(), theirs.trim());
    let ours = units.to_ours(theirs).unwrap_or(theirs);
    if ours.is_empty() || theirs.eq_ignore_ascii_case(own) || meant(ours) == meant(own) {
        return Ok(());
    }
    let message = format!("The document counts {} in another unit.", line.label());
    Err(Refusal::invalid("other-unit", message)
        .field(place)
        .got(shorten(theirs, 40))
        .expected(units.to_theirs(own).unwrap_or(own).to_owned()))
}

/// The units in which a supplier counts the lines of an order: line number, unit and where it says
/// so.
async fn same_units(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    order: &Order,
    said: &[(u32, &str, &str)],
) -> Result<(), AppError> {
    let profile = inbound.sender.partner.profile.read()?;
    let lines = store::order::lines(cx.conn, order.id).await?;
    for (number, unit, place) in said {
        if let Some(line) = lines.iter().find(|line| line.line_number == i64::from(*number)) {
            same_unit(&profile.units, line, unit, place)?;
        }
    }
    Ok(())
}

pub(super) fn about(order: &Order) -> Vec<String> {
    vec![order.id.to_string(), order.requisition.to_string()]
}

/// The one order that a supplier's document means: by the payloadID of its OrderRequest, else by
/// its number, among the orders of the sender's organisation to the sender.
pub(super) async fn meant(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    reference: &Reference,
) -> Result<Order, AppError> {
    let supplier = inbound.sender.supplier().ok_or_else(|| Refusal::not_found("order"))?;
    let organisation = inbound.sender.partner.organisation;
    let mut found = order::named(cx.conn, (organisation, supplier), reference).await?;
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(not_one(reference, "Several orders go by this number.")),
        (None, _) => Err(not_one(reference, "No order of yours goes by this name.")),
    }
}

fn not_one(reference: &Reference, message: &str) -> AppError {
    let mut refusal = Refusal::not_found("order");
    message.clone_into(&mut refusal.message);
    let number = reference.number.as_deref().unwrap_or_default();
    let payload_id = reference.payload_id.as_deref().unwrap_or_default();
    refusal
        .field("OrderReference")
        .got(format!("orderID \"{number}\", payloadID \"{payload_id}\""))
        .expected("the orderID and the payloadID of an OrderRequest that you received")
        .mend("Repeat both as they stand in the OrderRequest.")
        .into()
}

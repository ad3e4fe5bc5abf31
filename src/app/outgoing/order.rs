//! An issued order: one OrderRequest, kept, on its way to the supplier and, when the organisation
//! wants it, as a copy to its own system.

use crate::{
    base::{id::OrderId, text::sha256_hex},
    cxml::{self, order::OrderAction},
    domain::{
        order::{Order, OrderLine},
        party::{Channel, Organisation, Partner, PartnerKind},
        requisition::{BuyerLine, Requisition},
    },
    exchange::order::{Amendment, Beside, Parties, header::Terms, request},
    store::{
        self,
        attachment::Attachment,
        delivery::Purpose,
        document::{Direction, Document, sender_key},
    },
};

use super::{AppError, Cx, Way};
use crate::app::{conformance, document, order::mark_sent};

/// Freezes an order that was issued.
pub(super) async fn freeze(cx: &mut Cx<'_>, id: OrderId) -> Result<(), AppError> {
    let (kept, ways) = keep(cx, id, None).await?;
    send(cx, id, &kept, ways).await
}

/// Freezes the change or the cancellation of an order. What of its last version still waits is not
/// sent any more; when nothing of the order ever left, a change goes out as a new order and a
/// cancellation not at all.
pub(super) async fn amend(
    cx: &mut Cx<'_>,
    id: OrderId,
    (action, earlier, reason): (OrderAction, &str, &str),
) -> Result<(), AppError> {
    let told = "a later version took its place before it was sent";
    let left = store::delivery::supersede(cx.conn, &id.to_string(), cx.now, told).await?;
    let action = if action == OrderAction::Update && !left { OrderAction::New } else { action };
    let amendment =
        Amendment { action, earlier: earlier.to_owned(), reason: reason.to_owned(), at: cx.now };
    let (kept, ways) = keep(cx, id, Some(&amendment)).await?;
    match action == OrderAction::Delete && !left {
        true => Ok(()),
        false => send(cx, id, &kept, ways).await,
    }
}

/// Freezes and keeps the order's document; answers it and where it goes.
async fn keep(
    cx: &mut Cx<'_>,
    id: OrderId,
    amendment: Option<&Amendment>,
) -> Result<(Document, Vec<Way>), AppError> {
    let order = store::order::get(cx.conn, id).await?;
    let order = order.ok_or_else(|| AppError::internal("an order that goes out is gone"))?;
    let organisation = store::organisation::get(cx.conn, order.organisation).await?;
    let organisation =
        organisation.ok_or_else(|| AppError::internal("an order's organisation is gone"))?;
    let buyer = super::buyer(cx.conn, order.organisation).await?;
    let supply = store::partner::supply(cx.conn, order.organisation, order.supplier).await?;
    let supply = supply.filter(|partner| partner.disabled_at.is_none());
    let parties = parties(cx, &order, (&organisation, buyer.as_ref(), supply.as_ref())).await?;
    let lines = store::order::lines(cx.conn, id).await?;
    let attached = attached(cx, &order, &lines).await?;
    let places: Vec<_> =
        attached.iter().map(|(line, one)| (*line, one.content_id.clone())).collect();
    let files: Vec<_> = attached.into_iter().map(|(_, one)| one).collect();
    store::attachment::insert(cx.conn, order.document, &files).await?;
    let said = said_of_lines(cx, &order, &lines).await?;
    let terms = terms(cx, &order, &lines).await?;
    let beside = Beside { amendment, enclosed: &places, buyer: &said, terms: &terms };
    let kept = Document {
        id: order.document,
        direction: Direction::Out,
        kind: "OrderRequest".to_owned(),
        organisation: Some(order.organisation),
        supplier: Some(order.supplier),
        partner: supply.as_ref().map(|partner| partner.id),
        about: vec![order.id.to_string(), order.requisition.to_string()],
        sender: sender_key(&parties.from),
        payload_id: order.payload_id.clone(),
        content_type: "text/xml; charset=UTF-8".to_owned(),
        body: cxml::encode(&request(&order, &lines, &parties, beside)).into(),
        status: None,
        reply_to: None,
        at: cx.now,
    };
    document::keep(cx, kept.clone()).await?;
    let copy = to_buyer(&organisation, buyer.as_ref());
    let supply = conformance::only_live(supply);
    Ok((kept, [to_supplier(supply.as_ref())].into_iter().chain(copy).collect()))
}

/// What the procurement system said of single lines, by line number.
async fn said_of_lines(
    cx: &mut Cx<'_>,
    order: &Order,
    lines: &[OrderLine],
) -> Result<Vec<(i64, BuyerLine)>, AppError> {
    if order.buyer_order_id.is_none() {
        return Ok(Vec::new());
    }
    let asked = store::requisition::lines(cx.conn, order.requisition).await?;
    let of = |line: &OrderLine| {
        let own = asked.iter().find(|own| own.id == line.requisition_line)?;
        Some((line.line_number, own.buyer.clone()))
    };
    Ok(lines.iter().filter_map(of).collect())
}

/// What it said of agreements and terms and named beside, of the whole and by line number.
async fn terms(
    cx: &mut Cx<'_>,
    order: &Order,
    lines: &[OrderLine],
) -> Result<Vec<(Option<i64>, Terms)>, AppError> {
    let requisition = store::requisition::get_any(cx.conn, order.requisition).await?;
    let of_buyer = |_: &Requisition| order.buyer_order_id.is_some();
    let Some(requisition) = requisition.filter(of_buyer) else { return Ok(Vec::new()) };
    let extras = requisition.extras;
    let mut found = vec![(None, Terms { fields: extras.fields, extrinsics: extras.extrinsics })];
    for asked in store::requisition::lines(cx.conn, order.requisition).await? {
        let position = u32::try_from(asked.position).unwrap_or(u32::MAX);
        let own = lines.iter().find(|line| line.requisition_line == asked.id);
        let terms = Terms {
            fields: extras.line_fields.get(&position).cloned().unwrap_or_default(),
            extrinsics: extras.line_extrinsics.get(&position).cloned().unwrap_or_default(),
        };
        found.extend(own.map(|own| (Some(own.line_number), terms)));
    }
    Ok(found)
}

/// What goes with the order: the attachments of its requisition and of its own lines, by line
/// number. A file that belongs to several places goes once.
async fn attached(
    cx: &mut Cx<'_>,
    order: &Order,
    lines: &[OrderLine],
) -> Result<Vec<(Option<i64>, Attachment)>, AppError> {
    let all = store::attachment::of_requisition(cx.conn, order.requisition).await?;
    let own = all.into_iter().filter_map(|(place, mut one)| {
        let line = match place {
            None => None,
            Some(id) => Some(lines.iter().find(|line| line.requisition_line == id)?.line_number),
        };
        if one.content_id.is_empty() {
            one.content_id = format!("{}@countersign", sha256_hex(&one.body));
        }
        Some((line, one))
    });
    let mut kept: Vec<(Option<i64>, Attachment)> = Vec::new();
    for (line, one) in own {
        let known = kept.iter().any(|(_, known)| known.content_id == one.content_id);
        if !known {
            kept.push((line, one));
        }
    }
    Ok(kept)
}

/// Puts the document on its ways; on the supplier desk it has arrived at once.
async fn send(
    cx: &mut Cx<'_>,
    id: OrderId,
    kept: &Document,
    ways: Vec<Way>,
) -> Result<(), AppError> {
    let arrived = ways.iter().any(|way| way.channel == Channel::Desk);
    for way in ways {
        super::send(cx, kept, way).await?;
    }
    if arrived { mark_sent(cx, id).await } else { Ok(()) }
}

type Connections<'a> = (&'a Organisation, Option<&'a Partner>, Option<&'a Partner>);

async fn parties(
    cx: &mut Cx<'_>,
    order: &Order,
    (organisation, buyer, supply): Connections<'_>,
) -> Result<Parties, AppError> {
    let requisition = store::requisition::get_any(cx.conn, order.requisition).await?;
    let requisition =
        requisition.ok_or_else(|| AppError::internal("an order's requisition is gone"))?;
    let requester = store::person::get(cx.conn, requisition.requester).await?;
    let supplier = store::supplier::get(cx.conn, order.supplier).await?;
    let supplier = supplier.ok_or_else(|| AppError::internal("an order's supplier is gone"))?;
    Ok(Parties {
        from: super::buyer_identity(organisation, buyer),
        to: super::first_identity(supply, &supplier.name),
        sender: cx.app.site.identity.clone(),
        requester: requester.map(|person| (person.name, person.email.to_string())),
        requisition: requisition.number,
    })
}

/// By the channel of the connection; without one the order waits on the supplier desk.
pub(in crate::app) fn to_supplier(supply: Option<&Partner>) -> Way {
    let desk = Way {
        purpose: Purpose::Order,
        channel: Channel::Desk,
        target: String::new(),
        partner: None,
    };
    let Some(partner) = supply else { return desk };
    let PartnerKind::Supplier { channel, url, email, .. } = &partner.kind else { return desk };
    let target = match channel {
        Channel::Cxml => url.clone(),
        Channel::Email => email.clone(),
        Channel::Desk => None,
    };
    let way = Way { partner: Some(partner.id), ..desk };
    match target {
        Some(target) => Way { channel: *channel, target, ..way },
        None => way,
    }
}

/// A copy, when the organisation named an address for them.
pub(in crate::app) fn to_buyer(
    organisation: &Organisation,
    buyer: Option<&Partner>,
) -> Option<Way> {
    let target = organisation.order_url.clone().filter(|url| !url.is_empty())?;
    let partner = buyer.map(|partner| partner.id);
    Some(Way { purpose: Purpose::OrderCopy, channel: Channel::Cxml, target, partner })
}

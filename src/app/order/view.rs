//! Orders as their parties see them.

use std::collections::HashMap;

use crate::{
    base::{
        id::{OrderId, SupplierId},
        page::{Cut, Page},
    },
    domain::{
        confirmation::Confirmation,
        order::{Order, OrderLine, OrderMove},
        party::{Organisation, Person, Supplier},
        receipt::Receipt,
        refusal::Refusal,
        requisition::Requisition,
        shipment::Shipment,
    },
    store::{self, attachment::Attachment, document::Document},
};

use crate::app::{
    AppError, Reader,
    catalogue::suppliers_by_id,
    delivery::{self, DeliveryView},
    requisition,
};

/// An order in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBrief {
    pub order: Order,
    pub supplier: Supplier,
    pub buyer: Organisation,
    /// Empty for the supplier, who sees what arrived and not how.
    pub deliveries: Vec<DeliveryView>,
}

/// An order with everything that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderView {
    pub order: Order,
    pub supplier: Supplier,
    pub buyer: Organisation,
    pub requisition: Requisition,
    pub requester: Option<Person>,
    pub lines: Vec<OrderLine>,
    pub confirmations: Vec<Confirmation>,
    pub shipments: Vec<Shipment>,
    pub receipts: Vec<Receipt>,
    /// What went with the order.
    pub attachments: Vec<Attachment>,
    /// Empty for the supplier, who sees what arrived and not how.
    pub deliveries: Vec<DeliveryView>,
    pub may_receive: bool,
    pub may_resend: bool,
    pub may_cancel: bool,
    /// Whether the reader may go on to the requisition and to the whole trail.
    pub sees_requisition: bool,
    pub sees_trail: bool,
}

/// The orders the reader may list, newest first: all of the organisation, or those of the own
/// requisitions; for people of a supplier those that go to it.
pub async fn list(reader: &mut Reader<'_>, cut: &Cut) -> Result<Page<OrderBrief>, AppError> {
    let mut deliveries = HashMap::new();
    let page = if let Some(supplier) = reader.actor.supplier() {
        reader.need("order", "read")?;
        store::order::list_at_supplier(&mut reader.conn, supplier, cut).await?
    } else {
        let organisation = reader.actor.need_organisation()?;
        let requester = match reader.may("order", "read-all") {
            true => None,
            false => {
                reader.need("order", "read")?;
                Some(reader.actor.need_person()?.id)
            }
        };
        let page = store::order::list(&mut reader.conn, organisation, requester, cut).await?;
        deliveries = delivery::of_orders(reader, &page.items, requester).await?;
        page
    };
    let suppliers = suppliers_by_id(&mut reader.conn).await?;
    let mut buyers = HashMap::new();
    let mut items = Vec::with_capacity(page.items.len());
    for order in page.items {
        let buyer = match buyers.get(&order.organisation) {
            Some(known) => Organisation::clone(known),
            None => {
                let found = buyer(reader, &order).await?;
                buyers.insert(order.organisation, found.clone());
                found
            }
        };
        let deliveries = deliveries.remove(&order.id.to_string()).unwrap_or_default();
        items.push(OrderBrief {
            supplier: supplier(&suppliers, &order)?,
            buyer,
            deliveries,
            order,
        });
    }
    Ok(Page { items, next: page.next })
}

async fn buyer(reader: &mut Reader<'_>, order: &Order) -> Result<Organisation, AppError> {
    let found = store::organisation::get(&mut reader.conn, order.organisation).await?;
    found.ok_or_else(|| AppError::internal("an order's organisation is gone"))
}

fn supplier(
    suppliers: &HashMap<SupplierId, Supplier>,
    order: &Order,
) -> Result<Supplier, AppError> {
    let found = suppliers.get(&order.supplier).cloned();
    found.ok_or_else(|| AppError::internal("an order's supplier is gone"))
}

/// The order, when the reader may see it: the supplier it goes to, who reads everything of the
/// organisation, and who may see the requisition it came from.
pub async fn visible(reader: &mut Reader<'_>, id: OrderId) -> Result<Order, AppError> {
    let none = || AppError::from(Refusal::not_found("order"));
    if let Some(supplier) = reader.actor.supplier() {
        reader.need("order", "read")?;
        let found = store::order::at_supplier(&mut reader.conn, supplier, id).await?;
        return found.ok_or_else(none);
    }
    let organisation = reader.actor.need_organisation()?;
    let found = store::order::in_organisation(&mut reader.conn, organisation, id).await?;
    let order = found.ok_or_else(none)?;
    if reader.may("order", "read-all") {
        return Ok(order);
    }
    reader.need("order", "read")?;
    let origin = store::requisition::get(&mut reader.conn, organisation, order.requisition).await?;
    let origin = origin.ok_or_else(none)?;
    if requisition::visible(reader, &origin).await? { Ok(order) } else { Err(none()) }
}

/// One order.
pub async fn get(reader: &mut Reader<'_>, id: OrderId) -> Result<OrderView, AppError> {
    let order = visible(reader, id).await?;
    let suppliers = suppliers_by_id(&mut reader.conn).await?;
    let buyer = buyer(reader, &order).await?;
    let origin = store::requisition::get_any(&mut reader.conn, order.requisition).await?;
    let origin = origin.ok_or_else(|| AppError::internal("an order's requisition is gone"))?;
    let requester = store::person::get(&mut reader.conn, origin.requester).await?;
    let desk = reader.actor.supplier().is_some();
    let deliveries = match desk {
        true => Vec::new(),
        false => delivery::about(reader, &order.id.to_string()).await?,
    };
    let own = reader.actor.person_id() == Some(origin.requester);
    let sees_requisition = !desk && requisition::visible(reader, &origin).await?;
    let sees_trail = !desk && reader.may("audit", "read");
    let may_receive =
        !desk && reader.may("order", "receive") && (own || reader.may("order", "read-all"));
    let conn = &mut reader.conn;
    Ok(OrderView {
        lines: store::order::lines(conn, id).await?,
        confirmations: store::confirmation::of_order(conn, id).await?,
        shipments: store::shipment::of_order(conn, id).await?,
        receipts: store::receipt::of_order(conn, id).await?,
        attachments: store::attachment::of_document(conn, order.document).await?,
        supplier: supplier(&suppliers, &order)?,
        may_resend: !desk && reader.may("order", "resend"),
        may_cancel: !desk
            && reader.may("order", "cancel")
            && order.state.takes(&[OrderMove::Cancel]),
        requisition: origin,
        order,
        buyer,
        requester,
        deliveries,
        may_receive,
        sees_requisition,
        sees_trail,
    })
}

/// One of the attachments of an order that the reader may see, counted from 0.
pub async fn attachment(
    reader: &mut Reader<'_>,
    id: OrderId,
    position: usize,
) -> Result<Attachment, AppError> {
    let order = visible(reader, id).await?;
    let all = store::attachment::of_document(&mut reader.conn, order.document).await?;
    all.into_iter().nth(position).ok_or_else(|| Refusal::not_found("attachment").into())
}

/// Every document about an order that the reader may see, oldest first. A supplier sees its own.
pub async fn documents(reader: &mut Reader<'_>, id: OrderId) -> Result<Vec<Document>, AppError> {
    let order = visible(reader, id).await?;
    let about = order.id.to_string();
    let mut found = store::document::about(&mut reader.conn, &about).await?;
    // A document and its answer are born in the same millisecond.
    found.sort_by_key(|document| (document.at, document.reply_to.is_some()));
    if let Some(supplier) = reader.actor.supplier() {
        found.retain(|document| document.supplier == Some(supplier));
    }
    Ok(found)
}

//! Purchase orders: issued by the last approval, one per supplier, then read by their parties.

mod change;
mod kept;
mod named;
mod view;

pub use change::{Cancel, cancel, need_changeable, set_aside, standing, stands_again};
pub use kept::{keep_standing, need_open};
pub use named::{by_payload, named};
pub use view::{OrderBrief, OrderView, attachment, documents, get, list, visible};

use crate::{
    base::{
        id::{OrderId, SupplierId},
        money::Money,
    },
    domain::{
        fact::Fact,
        order::{Order, OrderLine, OrderMove, OrderState, Progress},
        requisition::{Requisition, RequisitionLine, content_hash, order_part_hash},
    },
    store,
};

use super::{AppError, Cx};

/// The series of order numbers.
const SERIES: &str = "order";

/// Issues one order per supplier of an approved requisition, in the deciding transaction. The
/// content must be the one that was signed, to the byte.
pub async fn issue(
    cx: &mut Cx<'_>,
    requisition: &Requisition,
    lines: &[RequisitionLine],
) -> Result<Vec<OrderId>, AppError> {
    if content_hash(requisition, lines) != requisition.content_hash {
        return Err(AppError::internal(format!(
            "requisition {} is not what was signed; no order is issued",
            requisition.number
        )));
    }
    let found = store::organisation::get(cx.conn, requisition.organisation).await?;
    let zone = found.map(|organisation| organisation.time_zone).unwrap_or_default();
    let year = cx.now.day_in(&zone).year();
    let mut issued = Vec::new();
    let suppliers = suppliers(lines);
    let kept::Earlier { changed: earlier, kept } = kept::earlier(cx, requisition, lines).await?;
    for gone in earlier.iter().filter(|order| !suppliers.contains(&order.supplier)) {
        change::cancel(cx, gone, "The order was changed: nothing of it comes from you.").await?;
    }
    let is_kept = |supplier: &SupplierId| kept.iter().any(|order| order.supplier == *supplier);
    for supplier in suppliers.into_iter().filter(|supplier| !is_kept(supplier)) {
        if let Some(before) = earlier.iter().find(|order| order.supplier == supplier) {
            issued.push(change::replace(cx, before, requisition, lines).await?);
            continue;
        }
        let mut order = draft(cx, requisition, lines, supplier)?;
        let number = store::number::next(cx.conn, requisition.organisation, SERIES).await?;
        order.number = format!("PO-{year}-{number:06}");
        store::order::insert(cx.conn, &order).await?;
        let own: Vec<_> = lines.iter().filter(|line| line.goods.supplier == supplier).collect();
        for line in lines_of(cx, &own) {
            store::order::insert_line(cx.conn, order.id, &line).await?;
        }
        cx.fact_in(
            order.organisation,
            Fact::OrderIssued {
                order: order.id.to_string(),
                number: order.number.clone(),
                requisition: order.requisition.to_string(),
                supplier: order.supplier.to_string(),
                total: order.total.to_string(),
                content_hash: order.content_hash.clone(),
                signed_hash: order.signed_hash.clone(),
            },
        );
        issued.push(order.id);
    }
    Ok(issued)
}

/// Fresh order lines of a requisition's lines, numbered from 1.
fn lines_of(cx: &Cx<'_>, own: &[&RequisitionLine]) -> Vec<OrderLine> {
    let line = |(line, line_number): (&&RequisitionLine, i64)| OrderLine {
        id: cx.id(),
        line_number,
        requisition_line: line.id,
        goods: line.goods.clone(),
        progress: Progress::default(),
    };
    own.iter().zip(1..).map(line).collect()
}

/// The supplier has the order. An order that was answered already stays where it is.
pub(super) async fn mark_sent(cx: &mut Cx<'_>, id: OrderId) -> Result<(), AppError> {
    let order = store::order::get(cx.conn, id).await?;
    let order = order.ok_or_else(|| AppError::internal("an order that was sent is gone"))?;
    let Some(state) = order.state.after(OrderMove::Send) else { return Ok(()) };
    store::order::set_state(cx.conn, &order, state).await?;
    let (id, requisition) = (order.id.to_string(), order.requisition.to_string());
    cx.fact_in(order.organisation, Fact::OrderSent { order: id, requisition });
    Ok(())
}

/// The suppliers of the lines, in the order of their first line.
fn suppliers(lines: &[RequisitionLine]) -> Vec<SupplierId> {
    let mut found = Vec::new();
    for line in lines {
        if !found.contains(&line.goods.supplier) {
            found.push(line.goods.supplier);
        }
    }
    found
}

/// The order to one supplier, still without its number.
fn draft(
    cx: &Cx<'_>,
    requisition: &Requisition,
    lines: &[RequisitionLine],
    supplier: SupplierId,
) -> Result<Order, AppError> {
    let id: OrderId = cx.id();
    let own = lines.iter().filter(|line| line.goods.supplier == supplier);
    Ok(Order {
        id,
        number: String::new(),
        organisation: requisition.organisation,
        supplier,
        requisition: requisition.id,
        buyer_order_id: requisition.buyer_order_id.clone(),
        cost_center_code: requisition.cost_center_code.clone(),
        ship_to: requisition.ship_to.clone(),
        bill_to: requisition.bill_to.clone(),
        needed_on: requisition.needed_on,
        comment: requisition.comment.clone(),
        currency: requisition.currency,
        total: Money::sum(own.map(|line| line.goods.total), requisition.currency)?,
        state: OrderState::Issued,
        content_hash: order_part_hash(requisition, lines, supplier),
        signed_hash: requisition.content_hash.clone(),
        payload_id: format!("{id}@{}", cx.app.site.host()),
        document: cx.id(),
        issued_at: cx.now,
        revision: 1,
        version: 1,
    })
}

//! Changing and cancelling orders that went out.
//!
//! The rule: an order may be changed or cancelled until its supplier has answered it (one that a
//! change leaves as it was is not changed, see `kept`); from then on
//! the parties agree first, and the supplier turns the order down by a confirmation. A change is a
//! new requisition under the procurement system's orderID: it is signed off like any other, and
//! only then takes the place of what was ordered before, under the same number and with the next
//! version. Money that the earlier version had committed is given back while the change is judged,
//! and taken again when the change is turned down.

use crate::{
    base::{
        id::{OrderId, OrganisationId},
        money::Money,
        text::shorten,
    },
    domain::{
        fact::Fact,
        order::{Order, OrderLine, OrderMove},
        refusal::Refusal,
        requisition::{Requisition, RequisitionLine, order_part_hash},
    },
    store::{self, Conn},
};

use super::{AppError, Cx, lines_of};
use crate::app::{Command, Need, budget};

/// Characters of a reason that are kept.
const MOST_REASON: usize = 500;

/// The orders that stand under the procurement system's orderID, without those of `but`.
pub async fn standing(
    conn: &mut Conn,
    organisation: OrganisationId,
    buyer_order_id: &str,
    but: Option<&Requisition>,
) -> Result<Vec<Order>, AppError> {
    let mut found = store::order::of_buyer_order(conn, organisation, buyer_order_id).await?;
    found.retain(|order| !order.state.has_ended());
    found.retain(|order| but.is_none_or(|own| own.id != order.requisition));
    Ok(found)
}

/// Refused when the supplier has answered the order already.
pub fn need_changeable(order: &Order) -> Result<(), Refusal> {
    if order.state.takes(&[OrderMove::Cancel]) {
        return Ok(());
    }
    let message = "The supplier has answered this order already; it can no longer be changed or \
                   cancelled from here.";
    Err(Refusal::conflict("order-answered", message)
        .field("order")
        .got(format!("{}, {}", order.number, order.state.word().replace('_', " ")))
        .expected("issued or sent")
        .mend("Agree it with the supplier, who turns the order down by a confirmation."))
}

/// Puts a requisition's lines for one supplier in place of what was ordered there before: the same
/// order and number, the next version.
pub(super) async fn replace(
    cx: &mut Cx<'_>,
    before: &Order,
    requisition: &Requisition,
    lines: &[RequisitionLine],
) -> Result<OrderId, AppError> {
    let supplier = before.supplier;
    let own: Vec<&RequisitionLine> =
        lines.iter().filter(|line| line.goods.supplier == supplier).collect();
    let revision = before.revision + 1;
    let order = Order {
        requisition: requisition.id,
        cost_center_code: requisition.cost_center_code.clone(),
        ship_to: requisition.ship_to.clone(),
        bill_to: requisition.bill_to.clone(),
        needed_on: requisition.needed_on,
        comment: requisition.comment.clone(),
        total: Money::sum(own.iter().map(|line| line.goods.total), requisition.currency)?,
        content_hash: order_part_hash(requisition, lines, supplier),
        signed_hash: requisition.content_hash.clone(),
        payload_id: payload_id(cx, before.id, revision),
        document: cx.id(),
        issued_at: cx.now,
        revision,
        ..before.clone()
    };
    store::order::replace(cx.conn, &order).await?;
    for line in lines_of(cx, &own) {
        store::order::insert_line(cx.conn, order.id, &line).await?;
    }
    cx.fact_in(
        order.organisation,
        Fact::OrderChanged {
            order: order.id.to_string(),
            number: order.number.clone(),
            revision,
            requisition: order.requisition.to_string(),
            supplier: order.supplier.to_string(),
            total: order.total.to_string(),
            content_hash: order.content_hash.clone(),
            signed_hash: order.signed_hash.clone(),
            earlier: before.payload_id.clone(),
        },
    );
    Ok(order.id)
}

/// Cancels an order; its supplier gets an OrderRequest of type delete.
pub async fn cancel(cx: &mut Cx<'_>, before: &Order, reason: &str) -> Result<(), AppError> {
    need_changeable(before)?;
    let revision = before.revision + 1;
    let order = Order {
        state: before.state.moved(OrderMove::Cancel)?,
        payload_id: payload_id(cx, before.id, revision),
        document: cx.id(),
        revision,
        ..before.clone()
    };
    store::order::cancel(cx.conn, &order).await?;
    let whole = whole(cx, &order).await?;
    budget::free(cx, order.requisition, &order.id.to_string(), &whole).await?;
    cx.fact_in(
        order.organisation,
        Fact::OrderCancelled {
            order: order.id.to_string(),
            number: order.number.clone(),
            revision,
            requisition: order.requisition.to_string(),
            reason: shorten(reason, MOST_REASON),
            earlier: before.payload_id.clone(),
        },
    );
    Ok(())
}

/// What every line of an order costs.
async fn whole(cx: &mut Cx<'_>, order: &Order) -> Result<Vec<budget::Billed>, AppError> {
    let lines = store::order::lines(cx.conn, order.id).await?;
    let cost = |line: &OrderLine| budget::Billed::sum(line.requisition_line, line.goods.total);
    Ok(lines.iter().map(cost).collect())
}

/// What an order still commits: its lines without what was turned down or billed.
pub(super) async fn rest(cx: &mut Cx<'_>, order: &Order) -> Result<Vec<budget::Billed>, AppError> {
    let mut found = Vec::new();
    for line in store::order::lines(cx.conn, order.id).await? {
        let untouched = line.progress.rejected.is_zero() && line.progress.invoiced.is_zero();
        let left = match untouched {
            true => line.goods.total,
            false => line.worth(line.wanted())?.checked_sub(line.worth(line.progress.invoiced)?)?,
        };
        found.push(budget::Billed::sum(line.requisition_line, left));
    }
    Ok(found)
}

/// Gives back what the earlier versions had committed, while their change is judged.
pub async fn set_aside(cx: &mut Cx<'_>, orders: &[Order]) -> Result<(), AppError> {
    for order in orders {
        let rest = rest(cx, order).await?;
        budget::free(cx, order.requisition, &order.id.to_string(), &rest).await?;
    }
    Ok(())
}

/// A change was turned down: what was ordered before stands, and commits its money again.
pub async fn stands_again(cx: &mut Cx<'_>, requisition: &Requisition) -> Result<(), AppError> {
    let Some(id) = requisition.buyer_order_id.as_deref() else { return Ok(()) };
    let organisation = requisition.organisation;
    for order in standing(cx.conn, organisation, id, Some(requisition)).await? {
        let rest = rest(cx, &order).await?;
        budget::commit_again(cx, order.requisition, &order.id.to_string(), &rest).await?;
    }
    Ok(())
}

/// The payloadID of a later version: its own, and still the order's.
fn payload_id(cx: &Cx<'_>, order: OrderId, revision: i64) -> String {
    format!("{order}.{revision}@{}", cx.app.site.host())
}

/// Cancels one order of the own organisation.
#[derive(Debug, Clone)]
pub struct Cancel {
    pub order: OrderId,
    /// Told to the supplier.
    pub reason: String,
}

impl Command for Cancel {
    type Answer = ();
    const NEED: Need = Need::May("order", "cancel");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        let order = store::order::in_organisation(cx.conn, organisation, self.order).await?;
        let order = order.ok_or_else(|| Refusal::not_found("order"))?;
        if self.reason.trim().is_empty() {
            return Err(Refusal::invalid("reason-needed", "A cancellation needs a reason.")
                .field("reason")
                .mend("Say in a sentence why; the supplier reads it.")
                .into());
        }
        cancel(cx, &order, self.reason.trim()).await
    }
}

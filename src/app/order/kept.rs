//! Orders that a change of the procurement system's order leaves alone: what goes to their supplier
//! is as it was. They keep their version and their requisition, whatever the supplier answered.

use crate::{
    base::id::{RequisitionLineId, SupplierId},
    domain::{
        order::Order,
        requisition::{Requisition, RequisitionLine, RequisitionState},
    },
    store,
};

use super::{
    AppError, Cx,
    change::{need_changeable, rest, standing},
};
use crate::app::budget;

/// The orders of the requisitions before: those that change, and those that stay.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    pub changed: Vec<Order>,
    pub kept: Vec<Order>,
}

/// Parts the orders that stand under the requisition's orderID; refused when one that changes was
/// answered by its supplier.
pub(super) async fn earlier(
    cx: &mut Cx<'_>,
    requisition: &Requisition,
    lines: &[RequisitionLine],
) -> Result<Earlier, AppError> {
    let mut found = Earlier::default();
    let Some(id) = requisition.buyer_order_id.as_deref() else { return Ok(found) };
    for order in standing(cx.conn, requisition.organisation, id, Some(requisition)).await? {
        if is_as_before(cx, &order, (requisition, lines)).await? {
            found.kept.push(order);
        } else {
            need_changeable(&order)?;
            found.changed.push(order);
        }
    }
    Ok(found)
}

/// Refused when a change that waits for sign-off could never take the place of what was answered.
pub async fn need_open(cx: &mut Cx<'_>, requisition: &Requisition) -> Result<(), AppError> {
    if requisition.state == RequisitionState::Pending {
        let lines = store::requisition::lines(cx.conn, requisition.id).await?;
        earlier(cx, requisition, &lines).await?;
    }
    Ok(())
}

/// What still stands beside a requisition whose orders were issued was left alone by it. Called
/// when the requisition is saved, and last, so that nothing is taken off what is committed again.
pub async fn keep_standing(
    cx: &mut Cx<'_>,
    requisition: &mut Requisition,
    lines: &[RequisitionLine],
) -> Result<(), AppError> {
    let Some(id) = requisition.buyer_order_id.clone() else { return Ok(()) };
    for order in standing(cx.conn, requisition.organisation, &id, Some(requisition)).await? {
        keep(cx, &order, (requisition, lines)).await?;
    }
    // Moving its money counted its version on.
    if let Some(now) = store::requisition::get_any(cx.conn, requisition.id).await? {
        requisition.version = now.version;
    }
    Ok(())
}

/// The order commits its money again under its own requisition; the new one does not pay for it.
async fn keep(
    cx: &mut Cx<'_>,
    order: &Order,
    (requisition, lines): (&Requisition, &[RequisitionLine]),
) -> Result<(), AppError> {
    let about = order.id.to_string();
    let own = of(lines, order.supplier);
    let cost = |line: &&RequisitionLine| budget::Billed::sum(line.id, line.goods.total);
    let cost: Vec<budget::Billed> = own.iter().map(cost).collect();
    budget::free(cx, requisition.id, &about, &cost).await?;
    let rest = rest(cx, order).await?;
    budget::commit_again(cx, order.requisition, &about, &rest).await
}

fn of(lines: &[RequisitionLine], supplier: SupplierId) -> Vec<&RequisitionLine> {
    lines.iter().filter(|line| line.goods.supplier == supplier).collect()
}

/// Whether the order's supplier would read the very same again.
async fn is_as_before(
    cx: &mut Cx<'_>,
    order: &Order,
    (requisition, lines): (&Requisition, &[RequisitionLine]),
) -> Result<bool, AppError> {
    let Some(before) = store::requisition::get_any(cx.conn, order.requisition).await? else {
        return Ok(false);
    };
    let head = |row: &Requisition| {
        (
            row.requester,
            row.cost_center_code.clone(),
            (row.ship_to.clone(), row.bill_to.clone()),
            (row.needed_on, row.comment.clone(), row.currency),
            (row.extras.fields.clone(), row.extras.extrinsics.clone()),
        )
    };
    if head(&before) != head(requisition) {
        return Ok(false);
    }
    let earlier = store::requisition::lines(cx.conn, before.id).await?;
    let (old, new) = (of(&earlier, order.supplier), of(lines, order.supplier));
    let terms = |row: &Requisition, lines: &[&RequisitionLine]| -> Vec<_> {
        let position = |line: &&RequisitionLine| u32::try_from(line.position).unwrap_or(u32::MAX);
        let of = |at: u32| {
            let extras = &row.extras;
            (extras.line_fields.get(&at).cloned(), extras.line_extrinsics.get(&at).cloned())
        };
        lines.iter().map(position).map(of).collect()
    };
    if terms(&before, &old) != terms(requisition, &new) {
        return Ok(false);
    }
    if old.len() != new.len() || !old.iter().zip(&new).all(|(old, new)| says_the_same(old, new)) {
        return Ok(false);
    }
    Ok(files(cx, &before, &old).await? == files(cx, requisition, &new).await?)
}

/// What the catalogue says beside number, quantity and price is not the buyer's to change.
fn says_the_same(old: &RequisitionLine, new: &RequisitionLine) -> bool {
    let goods = |line: &RequisitionLine| {
        let own = &line.goods;
        (own.sku.clone(), own.aux_id.clone(), own.quantity, own.unit.clone(), own.total)
    };
    goods(old) == goods(new)
        && old.goods.price.is_worth(new.goods.price)
        && old.accounts == new.accounts
        && old.buyer_number() == new.buyer_number()
        && old.buyer.comment == new.buyer.comment
        && old.buyer.needed_on == new.buyer.needed_on
}

/// What goes with the order: the hash of each file, with the place of its line; none: the head's.
async fn files(
    cx: &mut Cx<'_>,
    requisition: &Requisition,
    own: &[&RequisitionLine],
) -> Result<Vec<(Option<usize>, String)>, AppError> {
    let place = |line: RequisitionLineId| own.iter().position(|one| one.id == line);
    let all = store::attachment::listed(cx.conn, requisition.id).await?;
    let of_order = all.into_iter().filter_map(|file| match file.line {
        None => Some((None, file.sha256)),
        Some(line) => place(line).map(|at| (Some(at), file.sha256)),
    });
    let mut found: Vec<(Option<usize>, String)> = of_order.collect();
    found.sort();
    Ok(found)
}

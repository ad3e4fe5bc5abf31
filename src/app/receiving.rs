//! What comes back for an order: the supplier confirms and ships, the buyer receives.
//!
//! By cXML or on a page it is the same: what is said is checked against the order's
//! lines, kept, and the standing of the lines counted anew; the order moves by
//! `domain::order::MOVES` alone.

mod arrive;
mod confirm;
mod told;
mod unship;

pub use arrive::{confirmation, receipt, ship_notice};
pub use told::status_update;

use std::collections::HashMap;

use crate::{
    base::{
        id::{ConfirmationId, DocumentId, OrderId, PersonId, ReceiptId, ShipmentId},
        money::Money,
    },
    domain::{
        confirmation::{self},
        fact::Fact,
        order::{Order, OrderLine, OrderMove, OrderState, Source, shipped_move},
        receipt::{self, Receipt},
        refusal::Refusal,
        role::Role,
        shipment::{self, Moved, Shipment},
    },
    store,
};

use super::{AppError, Command, Cx, Need, budget};
use confirm::{Said, confirm, known};

/// Confirms an order on the supplier desk, in whole or in part.
#[derive(Debug, Clone)]
pub struct Confirm {
    pub order: OrderId,
    pub said: confirmation::Said,
}

impl Command for Confirm {
    type Answer = Option<ConfirmationId>;
    const NEED: Need = Need::May("order", "confirm");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Option<ConfirmationId>, AppError> {
        let order = at_desk(cx, self.order).await?;
        confirm(cx, order, &self.said, (Source::Desk, None)).await
    }
}

/// Says on the supplier desk that goods are on their way.
#[derive(Debug, Clone)]
pub struct Ship {
    pub order: OrderId,
    pub said: shipment::Said,
}

impl Command for Ship {
    type Answer = Option<ShipmentId>;
    const NEED: Need = Need::May("order", "ship");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Option<ShipmentId>, AppError> {
        let order = at_desk(cx, self.order).await?;
        ship(cx, order, &self.said, (Source::Desk, None)).await
    }
}

/// The order, when it goes to the supplier of the person who acts.
async fn at_desk(cx: &mut Cx<'_>, id: OrderId) -> Result<Order, AppError> {
    let supplier = cx.actor.supplier().ok_or_else(|| Refusal::not_found("order"))?;
    let order = store::order::at_supplier(cx.conn, supplier, id).await?;
    Ok(order.ok_or_else(|| Refusal::not_found("order"))?)
}

/// The buyer has goods in hand: these, or everything that is left.
#[derive(Debug, Clone)]
pub struct Receive {
    pub order: OrderId,
    /// None: everything that is left.
    pub parts: Vec<Moved>,
}

impl Command for Receive {
    type Answer = ReceiptId;
    const NEED: Need = Need::May("order", "receive");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<ReceiptId, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let person = cx.actor.need_person()?.id;
        let order = store::order::in_organisation(cx.conn, organisation, self.order).await?;
        let order = order.ok_or_else(|| Refusal::not_found("order"))?;
        let asked = store::requisition::get(cx.conn, organisation, order.requisition).await?;
        let own = asked.is_some_and(|requisition| requisition.requester == person);
        if !own && !cx.may("order", "read-all").await? {
            return Err(Refusal::not_found("order").into());
        }
        need_apart(cx, &order, own).await?;
        let by = By { person, number: String::new(), document: None };
        let receipt = take_in(cx, order, &self.parts, by).await?;
        receipt.ok_or_else(|| AppError::internal("a receipt without a number was known"))
    }
}

/// Refuses whom the access policy keeps from taking in what he asked for or signed for, whatever
/// roles he has and for whomever he signed.
async fn need_apart(cx: &mut Cx<'_>, order: &Order, own: bool) -> Result<(), AppError> {
    let person = cx.actor.need_person()?.id;
    let rights = cx.app.policies.rights(cx.conn, Some(order.organisation)).await?;
    let mut parts: Vec<Role> = own.then_some(Role::GOODS_REQUESTER).into_iter().collect();
    let steps = store::step::of_requisition(cx.conn, order.requisition).await?;
    let mut decisions =
        steps.iter().flat_map(|step| &step.tasks).filter_map(|t| t.decision.as_ref());
    parts.extend(decisions.any(|one| one.by == person).then_some(Role::GOODS_APPROVER));
    if !parts.iter().any(|part| rights.denies(part, "order", "receive")) {
        return Ok(());
    }
    let message = "Who asked for the goods or signed for them does not take them in.";
    Err(Refusal::forbidden("own-order", message)
        .field("order")
        .mend("Leave it to somebody else; the access policy says so.")
        .into())
}

/// Who says that goods were taken in.
struct By {
    person: PersonId,
    number: String,
    document: Option<DocumentId>,
}

/// Counts goods that were taken in; `None` when the very same receipt was taken before.
async fn take_in(
    cx: &mut Cx<'_>,
    order: Order,
    parts: &[Moved],
    By { person, number, document }: By,
) -> Result<Option<ReceiptId>, AppError> {
    let before = store::order::lines(cx.conn, order.id).await?;
    if !number.is_empty() {
        let all = store::receipt::of_order(cx.conn, order.id).await?;
        if let Some(earlier) = all.iter().find(|one| one.number == number) {
            let mut said = parts.to_vec();
            said.sort_by_key(|part| part.line_number);
            if earlier.parts != said {
                return Err(known("receipt-known", "ReceiptRequestHeader/@receiptID", number));
            }
            cx.nothing_changed();
            return Ok(None);
        }
    }
    let mut lines = before.clone();
    let parts = receipt::parts_of(parts, &lines)?;
    receipt::add(&mut lines, &parts)?;
    let id = cx.id();
    let receipt = Receipt { id, order: order.id, person, number, document, at: cx.now, parts };
    store::receipt::insert(cx.conn, &receipt).await?;
    let by = receipt::move_of(&lines, &receipt.parts);
    let order = save(cx, order, (&before, &lines), by).await?;
    cx.fact(Fact::OrderReceived {
        order: order.id.to_string(),
        requisition: order.requisition.to_string(),
        receipt: id.to_string(),
        state: order.state.word().to_owned(),
    });
    Ok(Some(id))
}

/// Takes a ship notice; `None` when it was taken before.
async fn ship(
    cx: &mut Cx<'_>,
    order: Order,
    said: &shipment::Said,
    (source, document): Said,
) -> Result<Option<ShipmentId>, AppError> {
    if said.taken_back {
        return unship::take_back(cx, order, said).await;
    }
    let before = store::order::lines(cx.conn, order.id).await?;
    let mut all = store::shipment::of_order(cx.conn, order.id).await?;
    let number = match &said.number {
        Some(number) => number.clone(),
        None => format!("{}-S{}", order.number, all.len() + 1),
    };
    let earlier = all.iter().find(|one| !one.replaced && one.number == number);
    if let Some(earlier) = earlier {
        if !said.update {
            let same = said.parts.is_empty() || said.parts == earlier.parts;
            if !same {
                return Err(known("shipment-known", "ShipNoticeHeader/@shipmentID", number));
            }
            cx.nothing_changed();
            return Ok(None);
        }
        let id = earlier.id;
        store::shipment::replace(cx.conn, id).await?;
        all.retain(|one| one.id != id);
    }
    let mut lines = before.clone();
    let holding: Vec<&[Moved]> =
        all.iter().filter(|one| !one.replaced).map(|one| one.parts.as_slice()).collect();
    shipment::count(&mut lines, holding.iter().copied())?;
    let parts = shipment::parts_of(&said.parts, &lines, OrderLine::to_ship)?;
    shipment::count(&mut lines, holding.into_iter().chain([parts.as_slice()]))?;
    let shipment = Shipment {
        id: cx.id(),
        order: order.id,
        number,
        source,
        document,
        carrier: said.carrier.clone(),
        tracking: said.tracking.clone(),
        delivery_on: said.delivery_on,
        at: cx.now,
        replaced: false,
        parts,
    };
    store::shipment::insert(cx.conn, &shipment).await?;
    let by = shipped_move(&lines);
    let order = save(cx, order, (&before, &lines), by).await?;
    let fact = Fact::OrderShipped {
        order: order.id.to_string(),
        requisition: order.requisition.to_string(),
        shipment: shipment.id.to_string(),
    };
    cx.fact_in(order.organisation, fact);
    Ok(Some(shipment.id))
}

/// The lines as they were and as they are.
type Lines<'l> = (&'l [OrderLine], &'l [OrderLine]);

/// Moves the order and saves the lines that changed. The order's version guards both.
async fn save(
    cx: &mut Cx<'_>,
    order: Order,
    (before, after): Lines<'_>,
    by: OrderMove,
) -> Result<Order, AppError> {
    let state = match (order.state, by) {
        // Goods go back after the last invoice, too: a credit memo follows, the order stays closed.
        (OrderState::Closed, OrderMove::GiveBack) => OrderState::Closed,
        (state, by) => {
            let moved = state.moved(by);
            let state = moved.map_err(|refusal| refusal.with("order", &*order.number))?;
            state.closed_by(after).unwrap_or(state)
        }
    };
    keep(cx, order, (before, after), state).await
}

/// Saves the state and the lines that changed.
async fn keep(
    cx: &mut Cx<'_>,
    mut order: Order,
    (before, after): Lines<'_>,
    state: OrderState,
) -> Result<Order, AppError> {
    store::order::set_state(cx.conn, &order, state).await?;
    for (old, new) in before.iter().zip(after) {
        if old.progress != new.progress {
            store::order::save_progress(cx.conn, new).await?;
        }
    }
    order.state = state;
    order.version += 1;
    Ok(order)
}

/// What the supplier turned down is no longer committed in the budget.
async fn free_rejected(
    cx: &mut Cx<'_>,
    order: &Order,
    (before, after): Lines<'_>,
) -> Result<(), AppError> {
    let worth = |line: &OrderLine| -> Result<Money, AppError> {
        let rejected = line.progress.rejected;
        match crate::base::quantity::Quantity::new(rejected) {
            Ok(rejected) => Ok(line.goods.price.times(rejected)?),
            Err(_) => Ok(Money::zero(order.currency)),
        }
    };
    let old: HashMap<_, _> = before.iter().map(|line| (line.line_number, line)).collect();
    let mut freed = Vec::new();
    for line in after {
        let was = match old.get(&line.line_number) {
            Some(old) => worth(old)?,
            None => Money::zero(order.currency),
        };
        let more = worth(line)?.checked_sub(was)?;
        freed.push(budget::Billed::sum(line.requisition_line, more));
    }
    budget::free(cx, order.requisition, &order.id.to_string(), &freed).await?;
    Ok(())
}

//! Moving money on budgets.
//!
//! A requisition reserves what it costs; its order commits it; its invoice spends it. What a
//! requisition holds is read from the ledger's own entries, so a release gives back to the cent
//! what was taken, whatever happened to the budget in between.

mod keep;
mod view;

pub use keep::{Change, Save, open};
pub use view::{BudgetView, get, ledger, list};

use std::collections::BTreeSet;

use crate::{
    base::{
        id::{BudgetId, CostCenterId, RequisitionId, RequisitionLineId},
        money::{Money, MoneyFault},
        time::Time,
    },
    domain::{
        approval::{BudgetMode, BudgetState},
        budget::{Budget, BudgetAccount, Cause, Entry, Movement, balance},
        fact::Fact,
        invoice::turned,
        party::Organisation,
    },
    store::{self, Conn, budget::Guard},
};

use super::{AppError, Cx};

/// The budget that a cost centre's orders of today count against.
pub async fn of_today(
    conn: &mut Conn,
    organisation: &Organisation,
    cost_center: Option<CostCenterId>,
    now: Time,
) -> Result<Option<Budget>, AppError> {
    let Some(cost_center) = cost_center else { return Ok(None) };
    let today = now.day_in(&organisation.time_zone);
    let Some(mut budget) = store::budget::for_day(conn, cost_center, today).await? else {
        return Ok(None);
    };
    // It is booked with the next reservation, and counts already.
    if let Some((_, left)) = left_before(conn, &budget).await? {
        budget.standing.limit = budget.standing.limit.checked_add(left)?;
        budget.standing.carried = budget.standing.carried.checked_add(left)?;
    }
    Ok(Some(budget))
}

/// Reserves what a requisition costs, as long as the budget still stands as `state` says in what
/// the plan depends on. `false`: it does not, and the plan must be made anew.
pub async fn reserve(
    cx: &mut Cx<'_>,
    budget: &Budget,
    state: &BudgetState,
    requisition: RequisitionId,
    amount: Money,
) -> Result<bool, AppError> {
    let guard = match state.mode {
        BudgetMode::Block => Guard::Available,
        BudgetMode::RequireApproval if state.exceeded => Guard::Exceeded,
        BudgetMode::RequireApproval => Guard::Available,
        BudgetMode::Warn => Guard::None,
    };
    if amount.is_zero() {
        return Ok(true);
    }
    carry_over(cx, budget).await?;
    if !store::budget::reserve(cx.conn, budget.id, amount, state.mode, guard).await? {
        return Ok(false);
    }
    let movement =
        Movement { source: BudgetAccount::Available, target: BudgetAccount::Reserved, amount };
    let about = About { requisition, about: &requisition.to_string(), cause: Cause::Submitted };
    note(cx, budget.id, movement, &about).await?;
    Ok(true)
}

/// What moves money: a requisition, or an order or invoice of it.
struct About<'a> {
    requisition: RequisitionId,
    /// The id of the very thing.
    about: &'a str,
    cause: Cause,
}

/// What is left of the budget of the period before, when this one takes it over.
async fn left_before(
    conn: &mut Conn,
    budget: &Budget,
) -> Result<Option<(Budget, Money)>, AppError> {
    if !budget.carries_over {
        return Ok(None);
    }
    let day = budget.starts_on.yesterday().map_err(AppError::internal)?;
    let before = store::budget::ending_on(conn, budget.cost_center, day).await?;
    let Some(before) = before else { return Ok(None) };
    let left = before.standing.available()?;
    Ok((left.minor() > 0).then_some((before, left)))
}

/// Takes over what is left of the period before, to the cent and once: it leaves the one budget in
/// the statement that finds it there.
async fn carry_over(cx: &mut Cx<'_>, budget: &Budget) -> Result<(), AppError> {
    let Some((before, left)) = left_before(cx.conn, budget).await? else { return Ok(()) };
    if !store::budget::carry_out(cx.conn, before.id, left).await? {
        // Somebody else has just taken it over.
        return Ok(());
    }
    let (available, carried) = (BudgetAccount::Available, BudgetAccount::Carried);
    let out = Movement { source: available, target: carried, amount: left };
    let about = (budget.id.to_string(), before.id.to_string());
    enter(cx, before.id, out, (Cause::Carried, None, &about.0)).await?;
    let into = Movement { source: carried, target: available, amount: left };
    store::budget::shift(cx.conn, budget.id, &into).await?;
    enter(cx, budget.id, into, (Cause::Carried, None, &about.1)).await
}

/// Gives back whatever the requisition still reserves; its state says why.
pub async fn release(cx: &mut Cx<'_>, requisition: RequisitionId) -> Result<(), AppError> {
    let found = store::requisition::get_any(cx.conn, requisition).await?;
    let cause = found.map_or(Cause::Released, |found| Cause::of_release(found.state));
    drain(cx, requisition, (BudgetAccount::Available, cause)).await
}

/// Commits whatever the requisition reserves: its orders are issued.
pub async fn commit(cx: &mut Cx<'_>, requisition: RequisitionId) -> Result<(), AppError> {
    drain(cx, requisition, (BudgetAccount::Committed, Cause::Ordered)).await
}

/// Moves whatever the requisition reserves to another account.
async fn drain(
    cx: &mut Cx<'_>,
    requisition: RequisitionId,
    (target, cause): (BudgetAccount, Cause),
) -> Result<(), AppError> {
    let source = BudgetAccount::Reserved;
    let about = About { requisition, about: &requisition.to_string(), cause };
    for (budget, amount) in held(cx.conn, requisition, source).await? {
        shift(cx, budget, Movement { source, target, amount }, &about).await?;
    }
    Ok(())
}

/// What a document bills of one line of a requisition, net, and what the same goods cost in the
/// order. Of a credit memo the cost is below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Billed {
    pub line: RequisitionLineId,
    pub cost: Money,
    pub ordered: Money,
}

/// What the lines cost together, and what they cost in the order.
fn together(billed: &[Billed]) -> Result<Option<(Money, Money)>, MoneyFault> {
    let Some(first) = billed.first() else { return Ok(None) };
    let zero = Money::zero(first.cost.currency());
    billed
        .iter()
        .try_fold((zero, zero), |(cost, ordered), one| {
            Ok((cost.checked_add(one.cost)?, ordered.checked_add(one.ordered)?))
        })
        .map(Some)
}

/// Spends an approved invoice's cost: first what was committed for its goods, then what is
/// available; what was committed for them and is not needed is given back. `about` is the invoice.
pub async fn spend(
    cx: &mut Cx<'_>,
    requisition: RequisitionId,
    about: &str,
    billed: &[Billed],
) -> Result<(), AppError> {
    let Some((cost, ordered)) = together(billed)? else { return Ok(()) };
    let smaller = if cost.compare(ordered)?.is_gt() { ordered } else { cost };
    let about = About { requisition, about, cause: Cause::Invoiced };
    let target = BudgetAccount::Spent;
    let Some((budget, left)) = uncommit(cx, &about, (smaller, target)).await? else {
        return Ok(());
    };
    let more = cost.checked_sub(smaller)?.checked_add(left)?;
    let about = About { cause: Cause::PriceDifference, ..about };
    if more.minor() > 0 {
        let movement = Movement { source: BudgetAccount::Available, target, amount: more };
        shift(cx, budget, movement, &about).await?;
    }
    let less = ordered.checked_sub(smaller)?;
    if less.minor() > 0 {
        uncommit(cx, &about, (less, BudgetAccount::Available)).await?;
    }
    Ok(())
}

/// Gives back what a credit memo takes off what was spent. `about` is the memo.
pub async fn credit(
    cx: &mut Cx<'_>,
    requisition: RequisitionId,
    about: &str,
    billed: &[Billed],
) -> Result<(), AppError> {
    let Some((cost, _)) = together(billed)? else { return Ok(()) };
    let about = About { requisition, about, cause: Cause::Credited };
    let way = (BudgetAccount::Spent, BudgetAccount::Available);
    take_back(cx, &about, turned(cost), way).await?;
    Ok(())
}

/// Gives back what an order had committed and will never cost: the supplier rejected it or part of
/// it. `about` is the order.
pub async fn free(
    cx: &mut Cx<'_>,
    requisition: RequisitionId,
    about: &str,
    amount: Money,
) -> Result<(), AppError> {
    let about = About { requisition, about, cause: Cause::NotDelivered };
    uncommit(cx, &about, (amount, BudgetAccount::Available)).await?;
    Ok(())
}

/// Commits anew what [`free`] gave back: the order stands after all, so the money is owed whatever
/// the budget says now. `about` is the order.
pub async fn commit_again(
    cx: &mut Cx<'_>,
    requisition: RequisitionId,
    about: &str,
    amount: Money,
) -> Result<(), AppError> {
    let entries = store::budget::of_requisition(cx.conn, requisition).await?;
    let Some(last) = entries.last() else { return Ok(()) };
    let (source, target) = (BudgetAccount::Available, BudgetAccount::Committed);
    let about = About { requisition, about, cause: Cause::Ordered };
    shift(cx, last.budget, Movement { source, target, amount }, &about).await
}

/// Moves at most `amount` of what the requisition has committed; answers the budget it counts
/// against and what could not be moved.
async fn uncommit(
    cx: &mut Cx<'_>,
    about: &About<'_>,
    (amount, target): (Money, BudgetAccount),
) -> Result<Option<(BudgetId, Money)>, AppError> {
    take_back(cx, about, amount, (BudgetAccount::Committed, target)).await
}

/// As [`uncommit`], from any account.
async fn take_back(
    cx: &mut Cx<'_>,
    about: &About<'_>,
    amount: Money,
    (source, target): (BudgetAccount, BudgetAccount),
) -> Result<Option<(BudgetId, Money)>, AppError> {
    // Two invoices of one requisition must not both count on the same committed amount.
    if let Some(row) = store::requisition::get_any(cx.conn, about.requisition).await? {
        store::requisition::lock(cx.conn, row.organisation, about.requisition).await?;
    }
    let entries = store::budget::of_requisition(cx.conn, about.requisition).await?;
    let Some(last) = entries.last() else { return Ok(None) };
    let (budget, currency) = (last.budget, last.movement.amount.currency());
    let own = entries.iter().filter(|entry| entry.budget == budget);
    let held = balance(source, own, currency)?;
    let moved = if amount.compare(held)?.is_gt() { held } else { amount };
    if moved.minor() > 0 {
        shift(cx, budget, Movement { source, target, amount: moved }, about).await?;
    }
    Ok(Some((budget, amount.checked_sub(moved)?)))
}

/// What is left of the budget that a requisition counts against, with its own reservation taken.
pub async fn left(
    conn: &mut Conn,
    organisation: crate::base::id::OrganisationId,
    requisition: RequisitionId,
) -> Result<Option<Money>, AppError> {
    let entries = store::budget::of_requisition(conn, requisition).await?;
    let Some(last) = entries.last() else { return Ok(None) };
    let budget = store::budget::get(conn, organisation, last.budget).await?;
    budget.map(|budget| budget.standing.available()).transpose().map_err(AppError::from)
}

/// What the requisition holds in one account, by budget.
async fn held(
    conn: &mut Conn,
    requisition: RequisitionId,
    account: BudgetAccount,
) -> Result<Vec<(BudgetId, Money)>, AppError> {
    let entries = store::budget::of_requisition(conn, requisition).await?;
    let budgets: BTreeSet<BudgetId> = entries.iter().map(|entry| entry.budget).collect();
    let mut held = Vec::new();
    for budget in budgets {
        let own: Vec<&Entry> = entries.iter().filter(|entry| entry.budget == budget).collect();
        let Some(first) = own.first() else { continue };
        let sum = balance(account, own.iter().copied(), first.movement.amount.currency())?;
        if sum.minor() > 0 {
            held.push((budget, sum));
        }
    }
    Ok(held)
}

async fn shift(
    cx: &mut Cx<'_>,
    budget: BudgetId,
    movement: Movement,
    about: &About<'_>,
) -> Result<(), AppError> {
    store::budget::shift(cx.conn, budget, &movement).await?;
    note(cx, budget, movement, about).await
}

async fn note(
    cx: &mut Cx<'_>,
    budget: BudgetId,
    movement: Movement,
    about: &About<'_>,
) -> Result<(), AppError> {
    enter(cx, budget, movement, (about.cause, Some(about.requisition), about.about)).await
}

/// The ledger's entry and the fact of one movement.
async fn enter(
    cx: &mut Cx<'_>,
    budget: BudgetId,
    movement: Movement,
    (cause, requisition, about): (Cause, Option<RequisitionId>, &str),
) -> Result<(), AppError> {
    let entry = Entry {
        id: cx.id(),
        budget,
        movement,
        cause,
        actor: cx.actor.name(),
        requisition,
        about: about.to_owned(),
        at: cx.now,
    };
    store::budget::insert_entry(cx.conn, &entry).await?;
    cx.fact(Fact::BudgetMoved {
        budget: budget.to_string(),
        requisition: requisition.map(|id| id.to_string()),
        source: movement.source.to_string(),
        target: movement.target.to_string(),
        amount: movement.amount.to_string(),
    });
    Ok(())
}

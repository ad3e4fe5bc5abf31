//! Moving money on budgets.
//!
//! A requisition reserves what it costs; its order commits it; its invoice spends it. What a
//! requisition holds is read from the ledger's own entries, so a release gives back to the cent
//! what was taken, whatever happened to the budget in between.

mod keep;
mod movement;
mod view;

pub use keep::{Change, Save, open};
pub use view::{BudgetView, get, ledger, list};

use crate::{
    base::{
        id::{OrganisationId, RequisitionId, RequisitionLineId},
        money::Money,
    },
    domain::{
        approval::{BudgetMode, BudgetState, LapsedBudget, OtherBudget},
        budget::{Budget, BudgetAccount, Cause, Charged, Movement, SubjectKind},
        invoice::turned,
        requisition::RequisitionLine,
    },
    store::{self, Conn, budget::Guard},
};

use super::{AppError, Cx, requisition::Draft};
use movement::{enter, held, last_used, note, parts, shift};

/// A budget that a requisition counts against, with its part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub budget: Budget,
    /// `cost centre 4100`, `project P-17`.
    pub of: String,
    /// The numbers of the lines that count.
    pub lines: Vec<u32>,
    pub amount: Money,
    /// How the budget would stand with it.
    pub state: BudgetState,
}

impl Share {
    /// As a fact for the rules.
    pub fn fact(&self) -> OtherBudget {
        OtherBudget { of: self.of.clone(), lines: self.lines.clone(), state: self.state }
    }
}

/// The smallest of some amounts; of those in several currencies the first.
pub fn least(amounts: impl Iterator<Item = Money>) -> Option<Money> {
    amounts.reduce(|least, one| match one.compare(least) {
        Ok(order) if order.is_lt() => one,
        _ => least,
    })
}

/// The budgets that a draft of today counts against: its cost centre's, its project's, and those
/// of the projects and accounts that its lines name.
pub async fn of_today(conn: &mut Conn, draft: &Draft) -> Result<Vec<Share>, AppError> {
    let charged = draft.charged();
    let today = draft.at.day_in(&draft.organisation.time_zone);
    let mut shares = Vec::new();
    for subject in charged.subjects(draft.lines.iter().map(|line| line.accounts.as_slice())) {
        let whose = (draft.organisation.id, &subject);
        let Some(mut budget) = store::budget::for_day(conn, whose, today).await? else { continue };
        // It is booked with the next reservation, and counts already.
        if let Some((_, left)) = left_before(conn, &budget).await? {
            budget.standing.limit = budget.standing.limit.checked_add(left)?;
            budget.standing.carried = budget.standing.carried.checked_add(left)?;
        }
        let counting = draft.lines.iter().filter(|line| subject.counts(&charged, &line.accounts));
        let counting: Vec<&RequisitionLine> = counting.collect();
        let amount = match subject.kind {
            SubjectKind::CostCenter => draft.total,
            _ => Money::sum(counting.iter().map(|line| line.goods.total), draft.total.currency())?,
        };
        let code = match subject.kind {
            SubjectKind::CostCenter => draft.cost_center_code.clone(),
            SubjectKind::Project | SubjectKind::Account => subject.key.clone(),
        };
        let number = |line: &&RequisitionLine| u32::try_from(line.position).unwrap_or(u32::MAX);
        shares.push(Share {
            of: format!("{} {code}", subject.kind.said()),
            lines: counting.iter().map(number).collect(),
            state: budget.state_for(amount)?,
            amount,
            budget,
        });
    }
    Ok(shares)
}

/// What a draft of today is charged to that had a budget and has none today.
pub async fn lapsed(conn: &mut Conn, draft: &Draft) -> Result<Vec<LapsedBudget>, AppError> {
    let today = draft.at.day_in(&draft.organisation.time_zone);
    let mut lapsed = Vec::new();
    let lines = draft.lines.iter().map(|line| line.accounts.as_slice());
    for subject in draft.charged().subjects(lines) {
        let whose = (draft.organisation.id, &subject);
        if store::budget::for_day(conn, whose, today).await?.is_some() {
            continue;
        }
        let Some(last) = store::budget::last_before(conn, whose, today).await? else { continue };
        let code = match subject.kind {
            SubjectKind::CostCenter => &draft.cost_center_code,
            SubjectKind::Project | SubjectKind::Account => &subject.key,
        };
        let of = format!("{} {code}", subject.kind.said());
        lapsed.push(LapsedBudget { of, period: last.period });
    }
    Ok(lapsed)
}

/// Reserves what a requisition costs on each of its budgets, as long as all of them still stand as
/// their states say in what the plan depends on. `false`: one does not, nothing has changed, and
/// the plan must be made anew.
pub async fn reserve(
    cx: &mut Cx<'_>,
    shares: &[Share],
    requisition: RequisitionId,
) -> Result<bool, AppError> {
    let mut shares: Vec<&Share> = shares.iter().filter(|share| !share.amount.is_zero()).collect();
    // Always in one order, so that no two wait for each other.
    shares.sort_by_key(|share| share.budget.id);
    for share in &shares {
        carry_over(cx, &share.budget).await?;
    }
    for (at, Share { budget, amount, state, .. }) in shares.iter().enumerate() {
        let guard = match state.mode {
            BudgetMode::Block => Guard::Available,
            BudgetMode::RequireApproval if state.exceeded => Guard::Exceeded,
            BudgetMode::RequireApproval => Guard::Available,
            BudgetMode::Warn => Guard::None,
        };
        if !store::budget::reserve(cx.conn, budget.id, *amount, state.mode, guard).await? {
            for share in shares.iter().take(at) {
                store::budget::unreserve(cx.conn, share.budget.id, share.amount).await?;
            }
            return Ok(false);
        }
    }
    let about = About { requisition, about: &requisition.to_string(), cause: Cause::Submitted };
    let (source, target) = (BudgetAccount::Available, BudgetAccount::Reserved);
    for Share { budget, amount, .. } in shares {
        note(cx, budget.id, Movement { source, target, amount: *amount }, &about).await?;
    }
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
    let before =
        store::budget::ending_on(conn, (budget.organisation, &budget.subject), day).await?;
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

impl Billed {
    /// So much of a line, as ordered.
    pub const fn sum(line: RequisitionLineId, cost: Money) -> Self {
        Self { line, cost, ordered: cost }
    }
}

/// Spends an approved invoice's cost: first what was committed for its goods, then what is
/// available; what was committed for them and is not needed is given back. `about` is the invoice.
pub async fn spend(
    cx: &mut Cx<'_>,
    requisition: RequisitionId,
    about: &str,
    billed: &[Billed],
) -> Result<(), AppError> {
    for (part, cost, ordered) in parts(cx, requisition, billed).await? {
        let smaller = if cost.compare(ordered)?.is_gt() { ordered } else { cost };
        let about = About { requisition, about, cause: Cause::Invoiced };
        let (source, target) = (BudgetAccount::Committed, BudgetAccount::Spent);
        let left = part.take(cx, &about, smaller, (source, target)).await?;
        let more = cost.checked_sub(smaller)?.checked_add(left)?;
        let about = About { cause: Cause::PriceDifference, ..about };
        if more.minor() > 0 {
            let movement = Movement { source: BudgetAccount::Available, target, amount: more };
            shift(cx, part.budget, movement, &about).await?;
        }
        let less = ordered.checked_sub(smaller)?;
        let rest = part.after(smaller.checked_sub(left)?)?;
        rest.take(cx, &about, less, (source, BudgetAccount::Available)).await?;
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
    let about = About { requisition, about, cause: Cause::Credited };
    let way = (BudgetAccount::Spent, BudgetAccount::Available);
    for (part, cost, _) in parts(cx, requisition, billed).await? {
        part.take(cx, &about, turned(cost), way).await?;
    }
    Ok(())
}

/// Gives back what an order had committed and will never cost: the supplier rejected it or part of
/// it. `about` is the order.
pub async fn free(
    cx: &mut Cx<'_>,
    requisition: RequisitionId,
    about: &str,
    freed: &[Billed],
) -> Result<(), AppError> {
    let about = About { requisition, about, cause: Cause::NotDelivered };
    let way = (BudgetAccount::Committed, BudgetAccount::Available);
    for (part, amount, _) in parts(cx, requisition, freed).await? {
        part.take(cx, &about, amount, way).await?;
    }
    Ok(())
}

/// Commits anew what [`free`] gave back: the order stands after all, so the money is owed whatever
/// the budget says now. `about` is the order.
pub async fn commit_again(
    cx: &mut Cx<'_>,
    requisition: RequisitionId,
    about: &str,
    ordered: &[Billed],
) -> Result<(), AppError> {
    let (source, target) = (BudgetAccount::Available, BudgetAccount::Committed);
    let about = About { requisition, about, cause: Cause::Ordered };
    for (part, amount, _) in parts(cx, requisition, ordered).await? {
        if amount.minor() > 0 {
            shift(cx, part.budget, Movement { source, target, amount }, &about).await?;
        }
    }
    Ok(())
}

/// What is left of the budget that a requisition counts against, with its own reservation taken;
/// of several the least.
pub async fn left(
    conn: &mut Conn,
    organisation: OrganisationId,
    requisition: RequisitionId,
) -> Result<Option<Money>, AppError> {
    let Some(row) = store::requisition::get_any(conn, requisition).await? else { return Ok(None) };
    let entries = store::budget::of_requisition(conn, requisition).await?;
    let lines = store::requisition::lines(conn, requisition).await?;
    let charged = Charged { cost_center: row.cost_center, project: row.extras.project.as_deref() };
    let mut amounts = Vec::new();
    for budget in last_used(conn, organisation, &entries).await? {
        if lines.iter().any(|line| budget.subject.counts(&charged, &line.accounts)) {
            amounts.push(budget.standing.available()?);
        }
    }
    Ok(least(amounts.into_iter()))
}

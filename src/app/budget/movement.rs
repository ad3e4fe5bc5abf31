//! What requisitions hold on budgets, and each movement of it as entry and fact.

use std::collections::BTreeSet;

use crate::{
    base::{
        id::{BudgetId, OrganisationId, RequisitionId},
        money::{Money, MoneyFault},
    },
    domain::{
        budget::{Budget, BudgetAccount, Cause, Charged, Entry, Movement, balance},
        fact::Fact,
    },
    store::{self, Conn},
};

use super::{
    super::{AppError, Cx},
    About, Billed,
};

/// What one requisition holds on one of its budgets.
pub(super) struct Part {
    pub budget: BudgetId,
    pub committed: Money,
    pub spent: Money,
}

impl Part {
    /// Moves at most `amount` of what is held in the source; answers what could not be moved.
    pub async fn take(
        &self,
        cx: &mut Cx<'_>,
        about: &About<'_>,
        amount: Money,
        (source, target): (BudgetAccount, BudgetAccount),
    ) -> Result<Money, AppError> {
        let held = if source == BudgetAccount::Spent { self.spent } else { self.committed };
        let moved = if amount.compare(held)?.is_gt() { held } else { amount };
        if moved.minor() > 0 {
            shift(cx, self.budget, Movement { source, target, amount: moved }, about).await?;
            return Ok(amount.checked_sub(moved)?);
        }
        Ok(amount)
    }

    /// What is left when so much was spent of what was committed.
    pub fn after(&self, moved: Money) -> Result<Self, MoneyFault> {
        let committed = self.committed.checked_sub(moved)?;
        Ok(Self { budget: self.budget, committed, spent: self.spent })
    }
}

/// The budgets that a requisition counts against, each with what the given lines cost it, and what
/// they cost in the order. Of one subject the budget that was used last counts.
pub(super) async fn parts(
    cx: &mut Cx<'_>,
    requisition: RequisitionId,
    billed: &[Billed],
) -> Result<Vec<(Part, Money, Money)>, AppError> {
    let Some(row) = store::requisition::get_any(cx.conn, requisition).await? else {
        return Ok(Vec::new());
    };
    // Two invoices of one requisition must not both count on the same committed amount.
    store::requisition::lock(cx.conn, row.organisation, requisition).await?;
    let entries = store::budget::of_requisition(cx.conn, requisition).await?;
    let lines = store::requisition::lines(cx.conn, requisition).await?;
    let charged = Charged { cost_center: row.cost_center, project: row.extras.project.as_deref() };
    let mut parts = Vec::new();
    for budget in last_used(cx.conn, row.organisation, &entries).await? {
        let counts = |one: &&Billed| {
            let line = lines.iter().find(|line| line.id == one.line);
            let accounts = line.map(|line| line.accounts.as_slice()).unwrap_or_default();
            budget.subject.counts(&charged, accounts)
        };
        let own: Vec<&Billed> = billed.iter().filter(counts).collect();
        if own.is_empty() {
            continue;
        }
        let currency = budget.standing.currency();
        let cost = Money::sum(own.iter().map(|one| one.cost), currency)?;
        let ordered = Money::sum(own.iter().map(|one| one.ordered), currency)?;
        let of_budget = || entries.iter().filter(|entry| entry.budget == budget.id);
        let committed = balance(BudgetAccount::Committed, of_budget(), currency)?;
        let spent = balance(BudgetAccount::Spent, of_budget(), currency)?;
        parts.push((Part { budget: budget.id, committed, spent }, cost, ordered));
    }
    Ok(parts)
}

/// The budgets of these entries, of each subject the one that was used last, in the order of their
/// ids.
pub(super) async fn last_used(
    conn: &mut Conn,
    organisation: OrganisationId,
    entries: &[Entry],
) -> Result<Vec<Budget>, AppError> {
    let mut found: Vec<Budget> = Vec::new();
    let mut seen = BTreeSet::new();
    for entry in entries.iter().rev().filter(|entry| seen.insert(entry.budget)) {
        let budget = store::budget::get(conn, organisation, entry.budget).await?;
        let fresh = |budget: &Budget| !found.iter().any(|known| known.subject == budget.subject);
        let budget = budget.filter(fresh);
        found.extend(budget);
    }
    found.sort_by_key(|budget| budget.id);
    Ok(found)
}

/// What the requisition holds in one account, by budget.
pub(super) async fn held(
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

pub(super) async fn shift(
    cx: &mut Cx<'_>,
    budget: BudgetId,
    movement: Movement,
    about: &About<'_>,
) -> Result<(), AppError> {
    store::budget::shift(cx.conn, budget, &movement).await?;
    note(cx, budget, movement, about).await
}

pub(super) async fn note(
    cx: &mut Cx<'_>,
    budget: BudgetId,
    movement: Movement,
    about: &About<'_>,
) -> Result<(), AppError> {
    enter(cx, budget, movement, (about.cause, Some(about.requisition), about.about)).await
}

/// The ledger's entry and the fact of one movement.
pub(super) async fn enter(
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

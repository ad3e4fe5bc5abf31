//! Moving money on budgets, and looking at them.
//!
//! A requisition reserves what it costs; its order commits it; its invoice spends it. What a
//! requisition holds is read from the ledger's own entries, so a release gives back to the cent
//! what was taken, whatever happened to the budget in between.

use std::collections::BTreeSet;

use crate::{
    base::{
        id::{BudgetId, CostCenterId, OrganisationId, RequisitionId},
        money::Money,
        page::{Cut, Page},
        time::Time,
    },
    domain::{
        approval::{BudgetMode, BudgetState},
        budget::{Budget, BudgetAccount, Entry, Movement, Standing, balance},
        fact::Fact,
        party::{CostCenter, Organisation},
        refusal::Refusal,
    },
    store::{self, Conn, budget::Guard},
};

use super::{AppError, Command, Cx, Need, Reader};

/// The budget that a cost centre's orders of today count against.
pub async fn of_today(
    conn: &mut Conn,
    organisation: &Organisation,
    cost_center: Option<CostCenterId>,
    now: Time,
) -> Result<Option<Budget>, AppError> {
    let Some(cost_center) = cost_center else { return Ok(None) };
    let today = now.day_in(&organisation.time_zone);
    Ok(store::budget::for_day(conn, cost_center, today).await?)
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
    if !store::budget::reserve(cx.conn, budget.id, amount, state.mode, guard).await? {
        return Ok(false);
    }
    let movement =
        Movement { source: BudgetAccount::Available, target: BudgetAccount::Reserved, amount };
    note(cx, budget.id, movement, requisition, &requisition.to_string()).await?;
    Ok(true)
}

/// Gives back whatever the requisition still reserves.
pub async fn release(cx: &mut Cx<'_>, requisition: RequisitionId) -> Result<(), AppError> {
    let about = requisition.to_string();
    drain(cx, requisition, (BudgetAccount::Reserved, BudgetAccount::Available), &about).await
}

/// Commits whatever the requisition reserves: its orders are issued.
pub async fn commit(cx: &mut Cx<'_>, requisition: RequisitionId) -> Result<(), AppError> {
    let about = requisition.to_string();
    drain(cx, requisition, (BudgetAccount::Reserved, BudgetAccount::Committed), &about).await
}

async fn drain(
    cx: &mut Cx<'_>,
    requisition: RequisitionId,
    (source, target): (BudgetAccount, BudgetAccount),
    about: &str,
) -> Result<(), AppError> {
    for (budget, held) in held(cx.conn, requisition, source).await? {
        let movement = Movement { source, target, amount: held };
        shift(cx, budget, movement, requisition, about).await?;
    }
    Ok(())
}

/// Spends an approved invoice's net amount: first what the requisition has committed, then what is
/// available. `about` is the invoice.
pub async fn spend(
    cx: &mut Cx<'_>,
    requisition: RequisitionId,
    about: &str,
    amount: Money,
) -> Result<(), AppError> {
    let committed = uncommit(cx, requisition, about, (amount, BudgetAccount::Spent)).await?;
    let Some((budget, left)) = committed else { return Ok(()) };
    if left.minor() > 0 {
        let (source, target) = (BudgetAccount::Available, BudgetAccount::Spent);
        let movement = Movement { source, target, amount: left };
        shift(cx, budget, movement, requisition, about).await?;
    }
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
    uncommit(cx, requisition, about, (amount, BudgetAccount::Available)).await?;
    Ok(())
}

/// Moves at most `amount` of what the requisition has committed; answers the budget it counts
/// against and what could not be moved.
async fn uncommit(
    cx: &mut Cx<'_>,
    requisition: RequisitionId,
    about: &str,
    (amount, target): (Money, BudgetAccount),
) -> Result<Option<(BudgetId, Money)>, AppError> {
    // Two invoices of one requisition must not both count on the same committed amount.
    if let Some(row) = store::requisition::get_any(cx.conn, requisition).await? {
        store::requisition::lock(cx.conn, row.organisation, requisition).await?;
    }
    let entries = store::budget::of_requisition(cx.conn, requisition).await?;
    let Some(last) = entries.last() else { return Ok(None) };
    let (budget, currency) = (last.budget, last.movement.amount.currency());
    let own = entries.iter().filter(|entry| entry.budget == budget);
    let held = balance(BudgetAccount::Committed, own, currency)?;
    let moved = if amount.compare(held)?.is_gt() { held } else { amount };
    if moved.minor() > 0 {
        let movement = Movement { source: BudgetAccount::Committed, target, amount: moved };
        shift(cx, budget, movement, requisition, about).await?;
    }
    Ok(Some((budget, amount.checked_sub(moved)?)))
}

/// What is left of the budget that a requisition counts against, with its own reservation taken.
pub async fn left(
    conn: &mut Conn,
    organisation: OrganisationId,
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
    requisition: RequisitionId,
    about: &str,
) -> Result<(), AppError> {
    store::budget::shift(cx.conn, budget, &movement).await?;
    note(cx, budget, movement, requisition, about).await
}

/// The ledger's entry and the fact of one movement.
async fn note(
    cx: &mut Cx<'_>,
    budget: BudgetId,
    movement: Movement,
    requisition: RequisitionId,
    about: &str,
) -> Result<(), AppError> {
    let entry = Entry {
        id: cx.id(),
        budget,
        movement,
        requisition: Some(requisition),
        about: about.to_owned(),
        at: cx.now,
    };
    store::budget::insert_entry(cx.conn, &entry).await?;
    cx.fact(Fact::BudgetMoved {
        budget: budget.to_string(),
        requisition: Some(requisition.to_string()),
        source: movement.source.to_string(),
        target: movement.target.to_string(),
        amount: movement.amount.to_string(),
    });
    Ok(())
}

/// Makes a budget, or changes the mode and limit of the one of the same cost centre and period.
#[derive(Debug, Clone)]
pub struct Save {
    /// The cost centre's code.
    pub cost_center: String,
    /// The period's name; a year such as `2026` says its own days.
    pub period: String,
    pub mode: BudgetMode,
    pub limit: Money,
}

impl Command for Save {
    type Answer = BudgetId;
    const NEED: Need = Need::May("budget", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<BudgetId, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let (starts_on, ends_on) = year(&self.period)?;
        if self.limit.minor() < 0 {
            let message = "A budget's limit is zero or more.";
            return Err(Refusal::invalid("bad-limit", message)
                .field("limit")
                .got(self.limit.amount_text())
                .into());
        }
        let center =
            store::organisation::cost_center(cx.conn, organisation, &self.cost_center).await?;
        let center = center.ok_or_else(|| unknown_cost_center(&self.cost_center))?;
        let known = store::budget::for_day(cx.conn, center.id, starts_on).await?;
        let saved = match known {
            Some(mut budget) => {
                if budget.standing.currency() != self.limit.currency() {
                    return Err(Refusal::invalid("currency-fixed", "A budget keeps its currency.")
                        .field("limit.currency")
                        .got(self.limit.currency().code())
                        .expected(budget.standing.currency().code())
                        .into());
                }
                budget.mode = self.mode;
                budget.standing.limit = self.limit;
                store::budget::update(cx.conn, &budget).await?;
                budget.id
            }
            None => {
                let budget = Budget {
                    id: cx.id(),
                    organisation,
                    cost_center: center.id,
                    period: self.period.clone(),
                    starts_on,
                    ends_on,
                    mode: self.mode,
                    standing: Standing::fresh(self.limit),
                    version: 1,
                };
                store::budget::insert(cx.conn, &budget).await?;
                budget.id
            }
        };
        let change = |field: &str, after: String| crate::domain::fact::Change {
            field: field.to_owned(),
            before: String::new(),
            after,
        };
        cx.fact(Fact::SettingSaved {
            object: saved.to_string(),
            noun: "budget".to_owned(),
            changes: vec![
                change("mode", self.mode.to_string()),
                change("limit", self.limit.to_string()),
            ],
        });
        Ok(saved)
    }
}

fn unknown_cost_center(code: &str) -> Refusal {
    Refusal::invalid("unknown-cost-center", "There is no such cost centre.")
        .field("cost_center")
        .got(crate::base::text::shorten(code, 40))
        .expected("the code of one of the organisation's cost centres")
}

/// The first and last day of a year.
fn year(period: &str) -> Result<(crate::base::time::Day, crate::base::time::Day), Refusal> {
    let year = period.parse::<i16>().ok().filter(|year| (2000..=2999).contains(year));
    let days = year.and_then(|year| {
        let day = |month, day| crate::base::time::Day::new(year, month, day).ok();
        Some((day(1, 1)?, day(12, 31)?))
    });
    days.ok_or_else(|| {
        Refusal::invalid("bad-period", "A budget is for one year.")
            .field("period")
            .got(crate::base::text::shorten(period, 20))
            .expected("a year such as 2026")
    })
}

/// A budget with the names people know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetView {
    pub budget: Budget,
    pub cost_center: CostCenter,
    /// How it stands, or stood at the moment asked for.
    pub standing: Standing,
    pub available: Money,
}

/// The budgets the reader may see: all of the organisation, or those of the own cost centres.
pub async fn list(reader: &mut Reader<'_>, cut: &Cut) -> Result<Page<BudgetView>, AppError> {
    let organisation = reader.actor.need_organisation()?;
    let visible = visible_centers(reader).await?;
    let page = store::budget::of_organisation(&mut reader.conn, organisation, cut).await?;
    let next = page.next.clone();
    let mut items = Vec::with_capacity(page.items.len());
    for budget in page.items {
        if let Some(center) = visible.iter().find(|center| center.id == budget.cost_center) {
            items.push(view(budget, center.clone(), None)?);
        }
    }
    Ok(Page { items, next })
}

/// One budget, as it stands or as it stood at a past moment.
pub async fn get(
    reader: &mut Reader<'_>,
    id: BudgetId,
    at: Option<Time>,
) -> Result<BudgetView, AppError> {
    let organisation = reader.actor.need_organisation()?;
    let visible = visible_centers(reader).await?;
    let budget = store::budget::get(&mut reader.conn, organisation, id).await?;
    let budget = budget.ok_or_else(|| Refusal::not_found("budget"))?;
    let center = visible.into_iter().find(|center| center.id == budget.cost_center);
    let center = center.ok_or_else(|| Refusal::not_found("budget"))?;
    let then = match at {
        Some(at) => Some(store::budget::standing_at(&mut reader.conn, &budget, at).await?),
        None => None,
    };
    view(budget, center, then)
}

/// The movements of one budget, newest first.
pub async fn ledger(
    reader: &mut Reader<'_>,
    id: BudgetId,
    cut: &Cut,
) -> Result<Page<Entry>, AppError> {
    get(reader, id, None).await?;
    Ok(store::budget::ledger(&mut reader.conn, id, cut).await?)
}

fn view(
    budget: Budget,
    cost_center: CostCenter,
    then: Option<Standing>,
) -> Result<BudgetView, AppError> {
    let standing = then.unwrap_or(budget.standing);
    Ok(BudgetView { available: standing.available()?, budget, cost_center, standing })
}

async fn visible_centers(reader: &mut Reader<'_>) -> Result<Vec<CostCenter>, AppError> {
    let organisation = reader.actor.need_organisation()?;
    let all = store::organisation::cost_centers(&mut reader.conn, organisation).await?;
    if reader.may("budget", "read-all") {
        return Ok(all);
    }
    reader.need("budget", "read")?;
    let person = reader.actor.need_person()?.id;
    let own = store::person::cost_centers(&mut reader.conn, person).await?;
    let mine = |center: &CostCenter| own.contains(&center.id) || center.owner == Some(person);
    Ok(all.into_iter().filter(mine).collect())
}

//! Budgets as people see them: how each stands or stood, and every movement that made it so.

use crate::{
    app::{AppError, Reader},
    base::{
        id::BudgetId,
        money::Money,
        page::{Cut, Page},
        time::Time,
    },
    domain::{
        budget::{Budget, Entry, Standing},
        party::CostCenter,
        refusal::Refusal,
    },
    store,
};

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

/// The movements of one budget, newest first, each with the human number of what moved it.
pub async fn ledger(
    reader: &mut Reader<'_>,
    id: BudgetId,
    cut: &Cut,
) -> Result<Page<(Entry, String)>, AppError> {
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

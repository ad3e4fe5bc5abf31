//! Budgets as people see them: how each stands or stood, and every movement that made it so.

use crate::{
    app::{AppError, Reader},
    base::{
        id::{BudgetId, OrganisationId},
        money::Money,
        page::{Cut, Page},
        time::{Day, Time},
    },
    domain::{
        budget::{Budget, Entry, Standing, SubjectKind},
        party::CostCenter,
        refusal::Refusal,
    },
    store,
};

/// A budget with the names people know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetView {
    pub budget: Budget,
    /// The code of the cost centre or project, or the account.
    pub code: String,
    /// What the cost centre or project is called; empty for an account.
    pub title: String,
    /// How it stands, or stood at the moment asked for.
    pub standing: Standing,
    pub available: Money,
    /// Whether it has ended and its subject has no budget today.
    pub lapsed: bool,
}

impl BudgetView {
    /// `4100`, `project P-17`, `account 6100`.
    pub fn named(&self) -> String {
        match self.budget.subject.kind {
            SubjectKind::CostCenter => self.code.clone(),
            kind => format!("{} {}", kind.said(), self.code),
        }
    }
}

/// The budgets the reader may see: all of the organisation, or those of the own cost centres.
pub async fn list(reader: &mut Reader<'_>, cut: &Cut) -> Result<Page<BudgetView>, AppError> {
    let organisation = reader.actor.need_organisation()?;
    let visible = visible(reader).await?;
    let page = store::budget::of_organisation(&mut reader.conn, organisation, cut).await?;
    let next = page.next.clone();
    let today = today(reader, organisation).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for budget in page.items {
        if let Some(names) = visible.names(&budget) {
            let lapsed = lapsed(reader, &budget, today).await?;
            items.push(BudgetView { lapsed, ..view(budget, names, None)? });
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
    let visible = visible(reader).await?;
    let budget = store::budget::get(&mut reader.conn, organisation, id).await?;
    let budget = budget.ok_or_else(|| Refusal::not_found("budget"))?;
    let names = visible.names(&budget).ok_or_else(|| Refusal::not_found("budget"))?;
    let then = match at {
        Some(at) => Some(store::budget::standing_at(&mut reader.conn, &budget, at).await?),
        None => None,
    };
    view(budget, names, then)
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

async fn today(reader: &mut Reader<'_>, organisation: OrganisationId) -> Result<Day, AppError> {
    let found = store::organisation::get(&mut reader.conn, organisation).await?;
    let found = found.ok_or_else(|| Refusal::not_found("organisation"))?;
    Ok(reader.app.now().day_in(&found.time_zone))
}

/// From its last day on nothing is checked against it: somebody must set the next.
async fn lapsed(reader: &mut Reader<'_>, budget: &Budget, today: Day) -> Result<bool, AppError> {
    if budget.ends_on >= today {
        return Ok(false);
    }
    let whose = (budget.organisation, &budget.subject);
    Ok(store::budget::for_day(&mut reader.conn, whose, today).await?.is_none())
}

fn view(
    budget: Budget,
    (code, title): (String, String),
    then: Option<Standing>,
) -> Result<BudgetView, AppError> {
    let standing = then.unwrap_or(budget.standing);
    let available = standing.available()?;
    Ok(BudgetView { available, budget, code, title, standing, lapsed: false })
}

/// Whose budgets a reader may see.
struct Visible {
    centers: Vec<CostCenter>,
    /// Code and name of every project, for who may see all budgets.
    all: Option<Vec<(String, String)>>,
}

impl Visible {
    /// Code and title of the budget's subject, when the reader may see it.
    fn names(&self, budget: &Budget) -> Option<(String, String)> {
        let key = &budget.subject.key;
        match budget.subject.kind {
            SubjectKind::CostCenter => {
                let center = self.centers.iter().find(|center| center.id.to_string() == *key)?;
                Some((center.code.clone(), center.name.clone()))
            }
            SubjectKind::Project => {
                let known = self.all.as_ref()?.iter().find(|(code, _)| code == key);
                let title = known.map(|(_, title)| title.clone()).unwrap_or_default();
                Some((key.clone(), title))
            }
            SubjectKind::Account => self.all.as_ref().map(|_| (key.clone(), String::new())),
        }
    }
}

async fn visible(reader: &mut Reader<'_>) -> Result<Visible, AppError> {
    let organisation = reader.actor.need_organisation()?;
    let all = store::organisation::cost_centers(&mut reader.conn, organisation).await?;
    if reader.may("budget", "read-all") {
        let known = store::register::all(&mut reader.conn, organisation, "projects").await?;
        let projects = known.into_iter().map(|project| (project.name, project.value)).collect();
        return Ok(Visible { centers: all, all: Some(projects) });
    }
    reader.need("budget", "read")?;
    let person = reader.actor.need_person()?.id;
    let own = store::person::cost_centers(&mut reader.conn, person).await?;
    let mine = |center: &CostCenter| own.contains(&center.id) || center.owner == Some(person);
    Ok(Visible { centers: all.into_iter().filter(mine).collect(), all: None })
}

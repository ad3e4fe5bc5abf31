//! Budgets: how each stands, and every movement that made it so.

use askama::Template;
use poem::{Response, Result, Route, get, handler, web::Path};

use crate::{
    app::{
        AppError,
        budget::{self, BudgetView},
    },
    base::{id::BudgetId, page::Cut, time::Time},
    domain::{budget::Entry, refusal::Refusal},
    http::{
        actor::{Query, SignedIn},
        part::{self as ui, Crumbs, Empty, Pager, Shell},
    },
};

#[derive(Template)]
#[template(path = "pages/budgets.html", config = ".askama.toml")]
struct ListPage {
    shell: Shell,
    rows: Vec<BudgetView>,
    empty: Empty,
    pager: Pager,
}

impl ListPage {
    fn path(&self, row: &BudgetView) -> String {
        format!("/budgets/{}", row.budget.id)
    }
}

#[derive(Template)]
#[template(path = "pages/budget.html", config = ".askama.toml")]
struct BudgetPage {
    shell: Shell,
    crumbs: Crumbs,
    view: BudgetView,
    at: Option<Time>,
    /// Each with the human number of what moved it.
    entries: Vec<(Entry, String)>,
    pager: Pager,
}

impl BudgetPage {
    /// The page of what moved it.
    fn path(&self, entry: &Entry) -> String {
        let place = match entry.about.split_once('_') {
            Some(("req", _)) => "/requisitions",
            Some(("po", _)) => "/orders",
            Some(("inv", _)) => "/invoices",
            _ => "/budgets",
        };
        format!("{place}/{}", entry.about)
    }
}

#[handler]
async fn h_list(who: SignedIn, Query(query): Query) -> Result<Response> {
    let shell = who.shell("Budgets", "/budgets").await?;
    let after = query.filled("after")?.map(str::to_owned);
    let mut reader = who.app.reader(&who.actor).await?;
    let page = budget::list(&mut reader, &Cut::new(after.clone(), None)).await?;
    let empty = Empty::new(
        "No budgets",
        "An admin sets a budget for a cost centre, a project or an account.",
    );
    let pager = Pager::new(&shell.href("/budgets"), after.as_deref(), page.next.as_deref());
    Ok(who.page(&ListPage { shell, rows: page.items, empty, pager })?)
}

#[handler]
async fn h_one(who: SignedIn, Path(id): Path<String>, Query(query): Query) -> Result<Response> {
    let missing = |_| AppError::from(Refusal::not_found("budget"));
    let budget: BudgetId = id.parse().map_err(missing)?;
    let at: Option<Time> = query.filled("at")?.and_then(|text| text.parse().ok());
    let after = query.filled("after")?.map(str::to_owned);
    let mut reader = who.app.reader(&who.actor).await?;
    let view = budget::get(&mut reader, budget, at).await?;
    let page = budget::ledger(&mut reader, budget, &Cut::new(after.clone(), None)).await?;
    let title = format!("Budget {} {}", view.named(), view.budget.period);
    let shell = who.shell(title.clone(), "/budgets").await?;
    let crumbs = Crumbs::to(title).over("Budgets", shell.href("/budgets"));
    let path = shell.href(&format!("/budgets/{id}"));
    let pager = Pager::new(&path, after.as_deref(), page.next.as_deref());
    Ok(who.page(&BudgetPage { shell, crumbs, view, at, entries: page.items, pager })?)
}

pub(super) fn add(route: Route) -> Route {
    route.at("/budgets", get(h_list)).at("/budgets/:id", get(h_one))
}

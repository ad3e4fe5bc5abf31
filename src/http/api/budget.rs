//! `/budgets`: what is reserved, committed, spent and left, now or at a past moment.

use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::{
    Caller,
    shape::{List, MoneyJson, Text, cut},
};
use crate::{
    app::{
        AppError,
        budget::{self, BudgetView, Change, Save},
    },
    base::{id::BudgetId, text::shorten, time::Time},
    domain::{
        approval::BudgetMode,
        budget::{Entry, SubjectKind},
        refusal::Refusal,
    },
};

pub struct Budgets;

/// A budget of a cost centre, a project or an account for one period.
#[derive(Object)]
#[oai(rename = "Budget")]
struct BudgetJson {
    id: String,
    /// `cost_center`, `project` or `account`.
    kind: String,
    /// The code of the cost centre or project, or the account.
    code: String,
    /// The cost centre's code; null for another kind.
    cost_center: Option<String>,
    /// The period's name: 2026 (a fiscal year), 2026-Q2 or 2026-03.
    period: String,
    /// First and last day.
    starts_on: String,
    ends_on: String,
    /// `block`, `warn` or `require_approval`.
    mode: String,
    /// What was granted and carried over, together.
    limit: MoneyJson,
    /// The part that was carried over; below zero when the rest went to the period after.
    carried: MoneyJson,
    /// Whether what is left of the period before is added.
    carry_over: bool,
    /// Asked for by requisitions that are not decided.
    reserved: MoneyJson,
    /// Ordered.
    committed: MoneyJson,
    /// Invoiced and approved.
    spent: MoneyJson,
    /// The limit less the three; below zero when more was allowed.
    available: MoneyJson,
}

impl From<BudgetView> for BudgetJson {
    fn from(view: BudgetView) -> Self {
        Self {
            id: view.budget.id.to_string(),
            kind: view.budget.subject.kind.to_string(),
            cost_center: Some(view.code.clone())
                .filter(|_| view.budget.subject.kind == SubjectKind::CostCenter),
            code: view.code,
            starts_on: view.budget.starts_on.to_string(),
            ends_on: view.budget.ends_on.to_string(),
            carried: view.standing.carried.into(),
            carry_over: view.budget.carries_over,
            period: view.budget.period,
            mode: view.budget.mode.to_string(),
            limit: view.standing.limit.into(),
            reserved: view.standing.reserved.into(),
            committed: view.standing.committed.into(),
            spent: view.standing.spent.into(),
            available: view.available.into(),
        }
    }
}

/// One movement: what leaves one account arrives in another.
#[derive(Object)]
#[oai(rename = "BudgetEntry")]
struct EntryJson {
    id: String,
    /// `available`, `reserved`, `committed` or `spent`; from outside `granted` or `carried`.
    source: String,
    target: String,
    amount: MoneyJson,
    /// Why: `granted`, `carried`, `submitted`, `changed`, `rejected`, `withdrawn`, `expired`,
    /// `released`, `ordered`, `invoiced`, `price_difference`, `credited` or `not_delivered`.
    cause: String,
    /// Who, as the audit trail names it.
    by: String,
    /// The id of the requisition it belongs to.
    requisition: Option<String>,
    /// The id of what moved it.
    about: String,
    /// Its human number; empty for the budget itself.
    number: String,
    at: String,
}

impl From<(Entry, String)> for EntryJson {
    fn from((entry, number): (Entry, String)) -> Self {
        Self {
            id: entry.id.to_string(),
            source: entry.movement.source.to_string(),
            target: entry.movement.target.to_string(),
            amount: entry.movement.amount.into(),
            cause: entry.cause.to_string(),
            by: entry.actor,
            number,
            requisition: entry.requisition.map(|id| id.to_string()),
            about: entry.about,
            at: entry.at.to_string(),
        }
    }
}

/// A budget as an admin sets it, for one of cost centre, project and account.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct BudgetInput {
    /// The code of a cost centre.
    cost_center: Option<Text>,
    /// The code of a project in the register.
    project: Option<Text>,
    /// An account as lines name it.
    account: Option<Text>,
    /// A fiscal year, a quarter or a month: 2026, 2026-Q2, 2026-03.
    period: Text,
    mode: Text,
    /// What is granted, without what is carried over.
    limit: MoneyJson,
    carry_over: Option<bool>,
}

impl BudgetInput {
    fn save(self, fresh: bool) -> Result<Save, Refusal> {
        let subjects = [
            (SubjectKind::CostCenter, &self.cost_center),
            (SubjectKind::Project, &self.project),
            (SubjectKind::Account, &self.account),
        ];
        let mut said = subjects.iter().filter_map(|(kind, code)| Some((*kind, code.as_ref()?)));
        let (Some((kind, code)), None) = (said.next(), said.next()) else {
            return Err(Refusal::invalid("bad-subject", "A budget is for one thing.")
                .field("cost_center")
                .expected("one of cost_center, project and account"));
        };
        Ok(Save {
            kind,
            code: code.trimmed().to_owned(),
            period: self.period.trimmed().to_owned(),
            mode: mode(&self.mode)?,
            limit: self.limit.money("limit")?,
            carries_over: self.carry_over,
            fresh,
        })
    }
}

/// What changes; what is left out stays.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct BudgetChange {
    mode: Option<Text>,
    limit: Option<MoneyJson>,
    carry_over: Option<bool>,
}

async fn shown(caller: &Caller, id: BudgetId) -> Result<Json<BudgetJson>, AppError> {
    let mut reader = caller.reader().await?;
    Ok(Json(budget::get(&mut reader, id, None).await?.into()))
}

fn budget_id(text: &str) -> Result<BudgetId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("budget").into())
}

fn mode(text: &Text) -> Result<BudgetMode, Refusal> {
    text.trimmed().parse().map_err(|fault: String| {
        Refusal::invalid("bad-mode", "This is no mode of a budget.")
            .field("mode")
            .got(shorten(&text.0, 40))
            .expected(fault)
    })
}

#[OpenApi]
impl Budgets {
    /// The budgets the caller may see, newest first.
    #[oai(path = "/budgets", method = "get", operation_id = "budgets")]
    async fn list(
        &self,
        caller: Caller,
        limit: Query<Option<u32>>,
        after: Query<Option<String>>,
    ) -> poem::Result<Json<List<BudgetJson>>> {
        let mut reader = caller.reader().await?;
        let page = budget::list(&mut reader, &cut(limit.0, after.0)).await?;
        Ok(Json(page.map(BudgetJson::from).into()))
    }

    /// Makes a budget, or sets mode and limit of the one of this cost centre and period.
    #[oai(path = "/budgets", method = "put", operation_id = "saveBudget")]
    async fn save(
        &self,
        caller: Caller,
        body: Json<BudgetInput>,
    ) -> poem::Result<Json<BudgetJson>> {
        let saved = caller.act(body.0.save(false).map_err(AppError::from)?).await?;
        Ok(shown(&caller, saved).await?)
    }

    /// Makes a budget; 409 `budget-overlaps` when its period shares a day with another one.
    #[oai(path = "/budgets", method = "post", operation_id = "addBudget")]
    async fn add(&self, caller: Caller, body: Json<BudgetInput>) -> poem::Result<Json<BudgetJson>> {
        let made = caller.act(body.0.save(true).map_err(AppError::from)?).await?;
        Ok(shown(&caller, made).await?)
    }

    /// Changes mode, limit or carry-over of a budget.
    #[oai(path = "/budgets/:id", method = "put", operation_id = "changeBudget")]
    async fn change(
        &self,
        caller: Caller,
        id: Path<String>,
        body: Json<BudgetChange>,
    ) -> poem::Result<Json<BudgetJson>> {
        let BudgetChange { mode: word, limit, carry_over } = body.0;
        let change = Change {
            budget: budget_id(&id.0)?,
            mode: word.as_ref().map(mode).transpose().map_err(AppError::from)?,
            limit: limit.map(|limit| limit.money("limit")).transpose().map_err(AppError::from)?,
            carries_over: carry_over,
        };
        let changed = caller.act(change).await?;
        Ok(shown(&caller, changed).await?)
    }

    /// One budget as it stands, or as its ledger says it stood `at` a past moment.
    #[oai(path = "/budgets/:id", method = "get", operation_id = "budget")]
    async fn get(
        &self,
        caller: Caller,
        id: Path<String>,
        at: Query<Option<String>>,
    ) -> poem::Result<Json<BudgetJson>> {
        let at = at.0.map(|text| moment(&text)).transpose()?;
        let mut reader = caller.reader().await?;
        Ok(Json(budget::get(&mut reader, budget_id(&id.0)?, at).await?.into()))
    }

    /// The movements of one budget, newest first.
    #[oai(path = "/budgets/:id/entries", method = "get", operation_id = "budgetEntries")]
    async fn entries(
        &self,
        caller: Caller,
        id: Path<String>,
        limit: Query<Option<u32>>,
        after: Query<Option<String>>,
    ) -> poem::Result<Json<List<EntryJson>>> {
        let mut reader = caller.reader().await?;
        let page = budget::ledger(&mut reader, budget_id(&id.0)?, &cut(limit.0, after.0)).await?;
        Ok(Json(page.map(EntryJson::from).into()))
    }
}

fn moment(text: &str) -> Result<Time, Refusal> {
    text.parse().map_err(|_| {
        Refusal::invalid("bad-time", "This is no moment.")
            .field("at")
            .got(shorten(text, 40))
            .expected("a time such as 2026-11-21T09:30:00Z")
    })
}

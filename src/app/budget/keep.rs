//! Admins set budgets: how much is granted for which period, and what happens beyond it.

use crate::{
    app::{Alone, AppError, Command, Cx, Need},
    base::{
        id::{BudgetId, OrganisationId},
        money::Money,
        text::shorten,
    },
    domain::{
        approval::{BudgetMode, plain},
        budget::{Budget, BudgetAccount, Cause, Movement, Standing, Subject, SubjectKind},
        fact::{self, Fact},
        period::Term,
        refusal::Refusal,
    },
    store,
};

use super::enter;

/// Makes the budget of a subject and period, or changes it when it is there.
#[derive(Debug, Clone)]
pub struct Save {
    pub kind: SubjectKind,
    /// The code of the cost centre or project, or the account.
    pub code: String,
    /// A fiscal year, a quarter or a month: `2026`, `2026-Q2`, `2026-03`.
    pub period: String,
    pub mode: BudgetMode,
    /// What is granted, without what is carried over.
    pub limit: Money,
    /// `None` leaves it as it is; a new budget carries nothing over.
    pub carries_over: Option<bool>,
    /// Refuses to change one that is there.
    pub fresh: bool,
}

/// Changes a budget; what is `None` stays.
#[derive(Debug, Clone)]
pub struct Change {
    pub budget: BudgetId,
    pub mode: Option<BudgetMode>,
    pub limit: Option<Money>,
    pub carries_over: Option<bool>,
}

impl Command for Save {
    type Answer = BudgetId;
    const NEED: Need = Need::May("budget", "edit");
    const ALONE: Alone = Alone::Organisation;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<BudgetId, AppError> {
        let id = cx.actor.need_organisation()?;
        let organisation = store::organisation::get(cx.conn, id).await?;
        let organisation = organisation.ok_or_else(|| Refusal::not_found("organisation"))?;
        let term = Term::named(self.period.trim(), organisation.fiscal_month);
        let term = term.ok_or_else(|| bad_period(&self.period))?;
        let subject = subject(cx, id, (self.kind, self.code.trim())).await?;
        let span = (term.first, term.last);
        let known = store::budget::overlapping(cx.conn, (id, &subject), span).await?;
        match known.into_iter().next() {
            Some(known) if known.period == term.name && !self.fresh => {
                let (mode, limit) = (Some(self.mode), Some(self.limit));
                change(cx, known, (mode, limit, self.carries_over)).await
            }
            Some(known) => Err(overlaps(&known, self.code.trim()).into()),
            None => {
                need_limit(self.limit)?;
                let terms = (self.mode, self.carries_over.unwrap_or(false));
                open(cx, (organisation.id, subject), &term, (terms, self.limit)).await
            }
        }
    }
}

impl Command for Change {
    type Answer = BudgetId;
    const NEED: Need = Need::May("budget", "edit");
    const ALONE: Alone = Alone::Organisation;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<BudgetId, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let found = store::budget::get(cx.conn, organisation, self.budget).await?;
        let found = found.ok_or_else(|| Refusal::not_found("budget"))?;
        change(cx, found, (self.mode, self.limit, self.carries_over)).await
    }
}

/// Opens a budget and grants it its limit; mode and carry-over are its terms.
pub async fn open(
    cx: &mut Cx<'_>,
    (organisation, subject): (OrganisationId, Subject),
    term: &Term,
    ((mode, carries_over), limit): ((BudgetMode, bool), Money),
) -> Result<BudgetId, AppError> {
    let budget = Budget {
        id: cx.id(),
        organisation,
        subject,
        period: term.name.clone(),
        starts_on: term.first,
        ends_on: term.last,
        mode,
        carries_over,
        standing: Standing::fresh(Money::zero(limit.currency())),
        version: 1,
    };
    store::budget::insert(cx.conn, &budget).await?;
    grant(cx, budget.id, limit).await?;
    let changes = vec![
        changed("mode", String::new(), mode.to_string()),
        changed("limit", String::new(), limit.to_string()),
        changed("carry_over", String::new(), carries_over.to_string()),
    ];
    said(cx, organisation, (budget.id, changes));
    Ok(budget.id)
}

async fn change(
    cx: &mut Cx<'_>,
    mut budget: Budget,
    (mode, limit, carries_over): (Option<BudgetMode>, Option<Money>, Option<bool>),
) -> Result<BudgetId, AppError> {
    let before = budget.clone();
    budget.mode = mode.unwrap_or(before.mode);
    budget.carries_over = carries_over.unwrap_or(before.carries_over);
    let granted = before.standing.limit.checked_sub(before.standing.carried)?;
    let wanted = limit.unwrap_or(granted);
    need_limit(wanted)?;
    if wanted.currency() != granted.currency() {
        return Err(Refusal::invalid("currency-fixed", "A budget keeps its currency.")
            .field("limit.currency")
            .got(wanted.currency().code())
            .expected(granted.currency().code())
            .into());
    }
    if wanted.checked_add(before.standing.carried)?.minor() < 0 {
        let least = Money::zero(granted.currency()).checked_sub(before.standing.carried)?;
        return Err(Refusal::invalid("bad-limit", "More than that was left to the next period.")
            .field("limit")
            .got(plain(wanted))
            .expected(format!("at least {}", plain(least)))
            .into());
    }
    let mut changes = Vec::new();
    let mut note = |field: &str, before: String, after: String| {
        if before != after {
            changes.push(changed(field, before, after));
        }
    };
    note("mode", before.mode.to_string(), budget.mode.to_string());
    note("limit", granted.to_string(), wanted.to_string());
    note("carry_over", before.carries_over.to_string(), budget.carries_over.to_string());
    if changes.is_empty() {
        cx.nothing_changed();
        return Ok(budget.id);
    }
    store::budget::update(cx.conn, &budget).await?;
    grant(cx, budget.id, wanted.checked_sub(granted)?).await?;
    said(cx, budget.organisation, (budget.id, changes));
    Ok(budget.id)
}

/// Grants so much more, or takes so much back when it is below zero.
async fn grant(cx: &mut Cx<'_>, budget: BudgetId, more: Money) -> Result<(), AppError> {
    let (granted, available) = (BudgetAccount::Granted, BudgetAccount::Available);
    let zero = Money::zero(more.currency());
    let movement = match more.minor() {
        0 => return Ok(()),
        1.. => Movement { source: granted, target: available, amount: more },
        _ => Movement { source: available, target: granted, amount: zero.checked_sub(more)? },
    };
    store::budget::shift(cx.conn, budget, &movement).await?;
    enter(cx, budget, movement, (Cause::Granted, None, &budget.to_string())).await
}

fn said(
    cx: &mut Cx<'_>,
    organisation: crate::base::id::OrganisationId,
    (budget, changes): (BudgetId, Vec<fact::Change>),
) {
    let fact =
        Fact::SettingSaved { object: budget.to_string(), noun: "budget".to_owned(), changes };
    cx.fact_in(organisation, fact);
}

fn changed(field: &str, before: String, after: String) -> fact::Change {
    fact::Change { field: field.to_owned(), before, after }
}

fn need_limit(limit: Money) -> Result<(), Refusal> {
    if limit.minor() >= 0 {
        return Ok(());
    }
    Err(Refusal::invalid("bad-limit", "A budget's limit is zero or more.")
        .field("limit")
        .got(limit.amount_text()))
}

/// What the budget is for; a cost centre and a project must be there, an account is only named.
async fn subject(
    cx: &mut Cx<'_>,
    organisation: OrganisationId,
    (kind, code): (SubjectKind, &str),
) -> Result<Subject, AppError> {
    let unknown = |code: &'static str, message: &str, expected: &str| {
        let refusal = Refusal::invalid(code, message).field(kind.word());
        refusal.expected(expected)
    };
    match kind {
        SubjectKind::CostCenter => {
            let center = store::organisation::cost_center(cx.conn, organisation, code).await?;
            let expected = "the code of one of the organisation's cost centres";
            let no = unknown("unknown-cost-center", "There is no such cost centre.", expected);
            Ok(Subject::cost_center(center.ok_or_else(|| no.got(shorten(code, 40)))?.id))
        }
        SubjectKind::Project => {
            let known = store::register::all(cx.conn, organisation, "projects").await?;
            let expected = "the code of a project in the organisation's register";
            let no = unknown("unknown-project", "There is no such project.", expected);
            let found = known.iter().any(|project| project.name == code);
            found.then(|| Subject::project(code)).ok_or_else(|| no.got(shorten(code, 40)).into())
        }
        SubjectKind::Account => {
            let fits =
                !code.is_empty() && code.chars().count() <= 60 && !code.contains(char::is_control);
            let no = unknown("bad-account", "This is no account.", "1 to 60 visible characters");
            fits.then(|| Subject::account(code)).ok_or_else(|| no.got(shorten(code, 40)).into())
        }
    }
}

fn bad_period(period: &str) -> Refusal {
    Refusal::invalid("bad-period", "A budget is for a fiscal year, a quarter or a month.")
        .field("period")
        .got(shorten(period, 20))
        .expected("a period such as 2026, 2026-Q2 or 2026-03")
}

fn overlaps(known: &Budget, code: &str) -> Refusal {
    let kind = known.subject.kind.said();
    let message = format!("The {kind} {code} has a budget for {} already.", known.period);
    Refusal::conflict("budget-overlaps", message)
        .field("period")
        .got(known.period.clone())
        .expected("a period that shares no day with another budget of the same")
        .mend("Change that budget, or choose another period.")
}

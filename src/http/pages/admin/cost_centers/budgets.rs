//! Budgets: the list, and the form of one.

use poem::{Response, Result, handler};

use crate::{
    app::{AppError, act, budget, party::organisation},
    base::{money::Money, page::Cut, text::shorten},
    domain::{approval::BudgetMode, budget::SubjectKind, refusal::Refusal},
    http::{
        actor::{Posted, Query, SignedIn},
        guard,
        part::{self as ui, Choice, Empty, Field, Pager, coded},
    },
};

use super::{
    super::{
        button_to, need,
        view::{Again, Section, Table, View, text, value},
    },
    BUDGETS,
};

#[handler]
pub(super) async fn h_budgets(who: SignedIn, query: Query) -> Result<Response> {
    need(&who, "budget", "edit").await?;
    let cut = Cut::new(query.0.filled("after")?.map(str::to_owned), None);
    let page = {
        let mut reader = who.app.reader(&who.actor).await?;
        budget::list(&mut reader, &cut).await?
    };
    let mut view = View::new(&who, "Budgets", None).await?.under(&[]).done(&query);
    view = view.action(button_to(&who, "Set a budget", "/admin/budgets/new"));
    if page.items.is_empty() && cut.after.is_none() {
        let what = "Without one a cost centre may be charged without a limit.";
        let empty = Empty::new("No budget yet", what);
        let first = who.href("/admin/budgets/new");
        return view.section(Section::Empty(empty.first("Set the first", first))).answer(&who);
    }
    let shell = &view.shell;
    let row = |one: &budget::BudgetView| {
        let change = format!(
            "/admin/budgets/new?for={}&code={}&period={}",
            one.budget.subject.kind,
            coded(&one.code),
            coded(&one.budget.period)
        );
        let ended = if one.lapsed { " (ended, no budget for today yet)" } else { "" };
        let name = format!("{} in {}{ended}", one.named(), one.budget.period);
        vec![
            ui::link(&who.href(&change), &name),
            ui::text(words(one.budget.mode)),
            shell.money(one.standing.limit),
            shell.money(one.standing.reserved),
            shell.money(one.standing.committed),
            shell.money(one.standing.spent),
            shell.money(one.available),
        ]
    };
    let rows = page.items.iter().map(row).collect();
    let heads = ["Budget", "When used up", "Limit", "Reserved", "Committed", "Spent", "Available"];
    let pager = Pager::new(&who.href(BUDGETS.1), cut.after.as_deref(), page.next.as_deref());
    view.table(Table::new(&heads, rows).pager(pager)).answer(&who)
}

fn modes() -> [Choice; 3] {
    [BudgetMode::Block, BudgetMode::RequireApproval, BudgetMode::Warn].map(|mode| {
        let label = match mode {
            BudgetMode::Block => "Block what goes beyond it",
            BudgetMode::RequireApproval => "Ask somebody, as the approval policy says",
            BudgetMode::Warn => "Show a warning",
        };
        Choice::new(mode.to_string(), label)
    })
}

fn carry_choices() -> [Choice; 2] {
    [Choice::new("no", "lapses"), Choice::new("yes", "is added, with the first order")]
}

fn words(mode: BudgetMode) -> &'static str {
    match mode {
        BudgetMode::Block => "blocked",
        BudgetMode::RequireApproval => "somebody is asked",
        BudgetMode::Warn => "a warning is shown",
    }
}

async fn budget_page(who: &SignedIn, query: &Query, again: Option<&Again>) -> Result<Response> {
    need(who, "budget", "edit").await?;
    let (known, currency) = {
        let mut reader = who.app.reader(&who.actor).await?;
        let known = budget::list(&mut reader, &Cut::new(None, Some(200))).await?.items;
        let home = organisation::get(&mut reader).await?;
        (known, home.organisation.currency)
    };
    let asked = |name: &str| query.0.maybe(name).ok().flatten().unwrap_or_default().to_owned();
    let (kind, code, period) = (asked("for"), asked("code"), asked("period"));
    let known = known.iter().find(|one| {
        one.budget.subject.kind.word() == kind && one.code == code && one.budget.period == period
    });
    let year = who.app.now().day_in("UTC").year().to_string();
    let period = if period.is_empty() { year } else { period };
    let title = known.map_or_else(
        || "Set a budget".to_owned(),
        |one| format!("Budget of {} in {}", one.named(), one.budget.period),
    );
    let view = View::new(who, title, again).await?.under(&[BUDGETS]).narrow();
    let faults = view.faults();
    let granted = |one: &budget::BudgetView| one.standing.limit.checked_sub(one.standing.carried);
    let limit = known.and_then(|one| granted(one).ok());
    let limit = limit.map(|sum| sum.amount_text()).unwrap_or_default();
    let carries = known.is_some_and(|one| one.budget.carries_over);
    let mode = known.map_or(BudgetMode::Block, |one| one.budget.mode).to_string();
    let kinds = SubjectKind::ALL.iter().map(|kind| Choice::new(kind.word(), kind.said()));
    let form = view
        .new_form("/admin/budgets/new", "Save")
        .back(who.href(BUDGETS.1))
        .field(
            Field::select("for", "What it is for", kinds)
                .value(value(again, "for", &kind))
                .hint("Each line counts against every budget that it is charged to.")
                .faults(&faults),
        )
        .field(
            Field::text("code", "Its code")
                .value(value(again, "code", &code))
                .hint("Such as 4100, P-17 or 6400")
                .short()
                .faults(&faults),
        )
        .field(
            Field::text("period", "Period")
                .value(value(again, "period", &period))
                .hint("A fiscal year, a quarter or a month: 2026, 2026-Q2, 2026-03")
                .short()
                .faults(&faults),
        )
        .field(
            Field::text("limit", format!("Limit in {currency}, net"))
                .value(value(again, "limit", &limit))
                .hint("Such as 100000.00")
                .short()
                .decimal()
                .faults(&faults),
        )
        .field(
            Field::select("mode", "When it is used up", modes())
                .value(value(again, "mode", &mode))
                .faults(&faults),
        )
        .field(
            Field::select("carry_over", "What is left of the period before", carry_choices())
                .value(value(again, "carry_over", if carries { "yes" } else { "no" }))
                .faults(&faults),
        );
    view.form(form).answer(who)
}

#[handler]
pub(super) async fn h_budget(who: SignedIn, query: Query) -> Result<Response> {
    budget_page(&who, &query, None).await
}

async fn save_budget(who: &SignedIn, form: &guard::Form) -> Result<(), AppError> {
    let currency = {
        let mut reader = who.app.reader(&who.actor).await?;
        organisation::get(&mut reader).await?.organisation.currency
    };
    let limit = form.filled("limit")?.unwrap_or_default();
    let read = who.locale.typed(limit).map_err(|refusal| refusal.field("limit"))?;
    let limit = Money::parse(&read, currency).map_err(|_| {
        Refusal::invalid("bad-amount", "This is no amount.")
            .field("limit")
            .got(shorten(limit, 40))
            .expected(format!("an amount in {currency} such as 1000.00"))
    })?;
    let mode = form.filled("mode")?.unwrap_or_default();
    let mode = mode.parse().map_err(|_| {
        Refusal::invalid("bad-mode", "There is no such mode.")
            .field("mode")
            .expected("block, require_approval or warn")
    })?;
    let kind = form.filled("for")?.unwrap_or_default();
    let kind: SubjectKind = kind.parse().map_err(|fault: String| {
        Refusal::invalid("bad-subject", "A budget is for one of these.")
            .field("for")
            .expected(fault)
    })?;
    let (code, period) = (text(form, "code")?, text(form, "period")?);
    let period = period.trim().to_owned();
    let carries_over = Some(form.filled("carry_over")? == Some("yes"));
    let save = budget::Save { kind, code, period, mode, limit, carries_over, fresh: false };
    act(&who.app, &who.actor, save).await.map_err(|fault| match fault {
        // The form has one field for every kind of code.
        AppError::Refusal(mut refusal) if refusal.field.as_deref() == Some(kind.word()) => {
            refusal.field = Some("code".to_owned());
            AppError::Refusal(refusal)
        }
        other => other,
    })?;
    Ok(())
}

#[handler]
pub(super) async fn h_save_budget(Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "budget", "edit").await?;
    match save_budget(&who, &form).await {
        Ok(()) => Ok(who.go("/admin/budgets?done=saved")),
        Err(fault) => {
            let again = Again { form, refusal: fault.told() };
            budget_page(&who, &Query::default(), Some(&again)).await
        }
    }
}

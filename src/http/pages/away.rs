//! /approvals/away: the days on which one is away, and who decides meanwhile.

use askama::Template;
use jiff::ToSpan;
use poem::{Response, Result, Route, get, handler, post, web::Path};

use crate::{
    app::{
        AppError,
        absence::{self, AbsenceView, Import, Remove, Save},
        act,
        delegation::{self, DelegationView, End, Make, told_scope},
    },
    base::{
        money::Money,
        page::Cut,
        text::shorten,
        time::{Day, Time, parse_day},
    },
    domain::{delegation::Scope, refusal::Refusal},
    http::{
        actor::{Posted, Query, SignedIn},
        guard::Form,
        part::{self as ui, Choice, Field, Html, Kind, Shell, Tone},
        problem,
    },
};

const HERE: &str = "/approvals/away";

#[derive(Template)]
#[template(path = "pages/away.html", config = ".askama.toml")]
struct AwayPage {
    shell: Shell,
    absences: Vec<AbsenceRow>,
    delegations: Vec<DelegationRow>,
    /// Nobody else may stand in: there is no form.
    has_deputies: bool,
    deputy: Vec<Field>,
    absence: Vec<Field>,
    calendar: Field,
}

struct AbsenceRow {
    path: String,
    who: String,
    from: Day,
    to: Day,
    reason: String,
}

struct DelegationRow {
    path: String,
    principal: String,
    deputy: String,
    scope: String,
    from: Time,
    until: Time,
    state: Html,
    over: bool,
    reason: String,
}

fn absence_row(view: AbsenceView) -> AbsenceRow {
    AbsenceRow {
        path: format!("{HERE}/absences/{}/remove", view.absence.id),
        who: view.person.map(|person| person.name).unwrap_or_default(),
        from: view.absence.days.from,
        to: view.absence.days.to,
        reason: view.absence.reason,
    }
}

fn delegation_row(shell: &Shell, view: DelegationView, now: Time) -> DelegationRow {
    let row = view.delegation;
    let over = row.until() <= now;
    let state = match (over, row.starts_at > now) {
        (true, _) => ui::toned("over", Tone::Plain),
        (false, true) => ui::toned("planned", Tone::Info),
        (false, false) => ui::toned("active", Tone::Good),
    };
    DelegationRow {
        path: format!("{HERE}/delegations/{}/end", row.id),
        principal: view.principal.map(|person| person.name).unwrap_or_default(),
        deputy: view.deputy.map(|person| person.name).unwrap_or_default(),
        scope: told_scope(&row.scope, |amount| shell.locale.money(amount)),
        from: row.starts_at,
        // The last moment, so that the day is the last one and not the next.
        until: row.until().plus_ms(-1),
        state,
        over,
        reason: row.reason,
    }
}

/// What stood in a form that was refused, and why.
type Again<'a> = Option<(&'a Form, &'a Refusal)>;

async fn page(who: &SignedIn, done: Option<&str>, again: Again<'_>) -> Result<Response> {
    let mut shell = who.shell("When I am away", "/approvals").await?;
    if let Some((_, refusal)) = again {
        shell.refuse(refusal);
    }
    let told = match done {
        Some("away") => Some("Noted. Those days count as no working days of yours."),
        Some("handed-over") => Some("Your deputy will be asked instead of you."),
        Some("ended") => Some("Ended. You are asked yourself again."),
        Some("removed") => Some("Removed."),
        Some("imported") => Some("Your calendar was taken over."),
        Some("nothing") => Some("Nothing new stands in this calendar."),
        _ => None,
    };
    shell.notice = told.map(|text| ui::Notice { tone: Tone::Good, text: text.to_owned() });
    let mut reader = who.app.reader(&who.actor).await?;
    let now = who.app.now();
    let absences = absence::list(&mut reader).await?;
    let delegations = delegation::list(&mut reader, &Cut::new(None, None)).await?;
    let deputies = delegation::choices(&mut reader).await?;
    let typed = |name: &str| {
        let again = again.and_then(|(form, _)| form.maybe(name).ok().flatten());
        again.unwrap_or_default().to_owned()
    };
    let field = |name: &str, label: &str, kind: Kind| {
        Field::new(name, label, kind).value(typed(name)).faults(&shell.faults)
    };
    let choices =
        deputies.iter().map(|one| Choice::new(one.email.to_string(), one.name.clone())).collect();
    let deputy = vec![
        field("deputy", "Who decides instead", Kind::Select(choices)),
        field("from", "From", Kind::Input("date")).optional().short().hint("From now on without"),
        field("until", "Until and with", Kind::Input("date")).short(),
        field("up_to", "Only up to this total", Kind::Input("text")).optional().short().decimal(),
        field("category", "Only this UNSPSC category", Kind::Input("text"))
            .optional()
            .short()
            .hint("Such as 43; every line must begin so"),
        field("reason", "Reason", Kind::Input("text")).optional().at_most(200),
        Field::check("hand_over", "Hand over what is open already, too")
            .ticked(!typed("hand_over").is_empty()),
    ];
    let absence = vec![
        field("first", "First day", Kind::Input("date")).short(),
        field("last", "Last day", Kind::Input("date")).short(),
        field("why", "Reason", Kind::Input("text")).optional().at_most(200),
    ];
    let calendar = field("calendar", "iCalendar text", Kind::Area)
        .sheet()
        .hint("The content of an .ics file of your calendar. The same file again adds nothing.");
    let view = AwayPage {
        absences: absences.into_iter().map(absence_row).collect(),
        delegations: delegations
            .items
            .into_iter()
            .map(|one| delegation_row(&shell, one, now))
            .collect(),
        has_deputies: !deputies.is_empty(),
        deputy,
        absence,
        calendar,
        shell,
    };
    let mut answer = who.page(&view)?;
    if let Some((_, refusal)) = again {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

#[handler]
async fn h_page(who: SignedIn, Query(query): Query) -> Result<Response> {
    page(&who, query.filled("done")?, None).await
}

/// Back to the page: told that it was done, or with what was typed and why it was refused.
async fn settled(
    who: SignedIn,
    form: &Form,
    (outcome, done): (Result<(), AppError>, &str),
) -> Result<Response> {
    match outcome {
        Ok(()) => Ok(who.go(&format!("{HERE}?done={done}"))),
        Err(fault) => page(&who, None, Some((form, &fault.told()))).await,
    }
}

fn day(form: &Form, name: &str) -> Result<Day, Refusal> {
    let text = form.maybe(name)?.unwrap_or_default();
    parse_day(text.trim()).map_err(|_| {
        Refusal::invalid("bad-day", "Choose a day.")
            .field(name)
            .got(shorten(text, 40))
            .expected("a day such as 2026-12-24")
    })
}

async fn make(who: &SignedIn, form: &Form) -> Result<(), AppError> {
    let zone = who.actor.need_person()?.time_zone.clone();
    let starts_at = match form.filled("from")? {
        Some(_) => Some(Time::start_of(day(form, "from")?, &zone)),
        None => None,
    };
    let ends_at = Time::start_of(day(form, "until")?.saturating_add(1.day()), &zone);
    let up_to = match form.filled("up_to")? {
        Some(text) => Some(amount(who, text).await?),
        None => None,
    };
    let make = Make {
        principal: None,
        deputy: form.one("deputy")?.to_owned(),
        scope: Scope { up_to, category: form.filled("category")?.map(str::to_owned) },
        starts_at,
        ends_at,
        reason: form.maybe("reason")?.unwrap_or_default().to_owned(),
        hand_over: form.ticked("hand_over")?,
    };
    act(&who.app, &who.actor, make).await?;
    Ok(())
}

/// An amount in the currency of the organisation.
async fn amount(who: &SignedIn, text: &str) -> Result<Money, AppError> {
    let mut reader = who.app.reader(&who.actor).await?;
    let currency = absence::currency(&mut reader).await?;
    let read = who.locale.typed(text).map_err(|refusal| refusal.field("up_to"))?;
    Money::parse(&read, currency).map_err(|_| {
        Refusal::invalid("bad-amount", "This is no amount.")
            .field("up_to")
            .got(shorten(text, 40))
            .expected(format!("an amount in {currency} such as 1000.00"))
            .into()
    })
}

#[handler]
async fn h_delegate(Posted { who, form }: Posted) -> Result<Response> {
    let outcome = make(&who, &form).await;
    settled(who, &form, (outcome, "handed-over")).await
}

#[handler]
async fn h_end(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let missing = |_| AppError::from(Refusal::not_found("delegation"));
    let end = End { delegation: id.parse().map_err(missing)? };
    let outcome = act(&who.app, &who.actor, end).await;
    settled(who, &form, (outcome, "ended")).await
}

async fn note(who: &SignedIn, form: &Form) -> Result<(), AppError> {
    let renamed = |mut refusal: Refusal| {
        if refusal.field.as_deref() == Some("to") {
            refusal.field = Some("last".to_owned());
        }
        refusal
    };
    let save = Save {
        person: None,
        from: day(form, "first")?,
        to: day(form, "last")?,
        reason: form.maybe("why")?.unwrap_or_default().to_owned(),
    };
    match act(&who.app, &who.actor, save).await {
        Ok(_) => Ok(()),
        Err(AppError::Refusal(refusal)) => Err(renamed(*refusal).into()),
        Err(fault) => Err(fault),
    }
}

#[handler]
async fn h_absence(Posted { who, form }: Posted) -> Result<Response> {
    let outcome = note(&who, &form).await;
    settled(who, &form, (outcome, "away")).await
}

#[handler]
async fn h_remove(Path(id): Path<String>, Posted { who, form }: Posted) -> Result<Response> {
    let missing = |_| AppError::from(Refusal::not_found("absence"));
    let remove = Remove { absence: id.parse().map_err(missing)? };
    let outcome = act(&who.app, &who.actor, remove).await;
    settled(who, &form, (outcome, "removed")).await
}

#[handler]
async fn h_import(Posted { who, form }: Posted) -> Result<Response> {
    let calendar = form.maybe("calendar")?.unwrap_or_default().to_owned();
    let outcome = act(&who.app, &who.actor, Import { calendar }).await;
    let is_new = outcome.as_ref().is_ok_and(|found| found.added + found.changed > 0);
    let done = if is_new { "imported" } else { "nothing" };
    settled(who, &form, (outcome.map(|_| ()), done)).await
}

pub(super) fn add(route: Route) -> Route {
    route
        .at(HERE, get(h_page))
        .at("/approvals/away/delegations", post(h_delegate))
        .at("/approvals/away/delegations/:id/end", post(h_end))
        .at("/approvals/away/absences", post(h_absence))
        .at("/approvals/away/absences/:id/remove", post(h_remove))
        .at("/approvals/away/calendar", post(h_import))
}

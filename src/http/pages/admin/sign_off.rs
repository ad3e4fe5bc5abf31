//! /admin/sign-off: what the clock does to an open task, what an edit reopens, and the holidays.

use poem::{Response, Result, Route, get, handler, post};

use super::{
    need,
    view::{Again, View, lines, text, ticked, value},
};
use crate::{
    app::{
        AppError,
        absence::{self, SaveSignOff, SetHolidays},
        act,
    },
    base::{
        decimal,
        text::shorten,
        time::{Day, parse_day},
    },
    domain::{refusal::Refusal, sign_off::SignOff},
    http::{
        actor::{Posted, Query, SignedIn},
        guard,
        locale::Locale,
        part::Field,
    },
};

const HERE: &str = "/admin/sign-off";
const LEAD: &str = "Waits are in working days of the approver's own calendar and time zone; 0 is \
     never. A question by an approver stops the clock.";

/// The waits with their labels.
fn waits(row: &SignOff) -> [(&'static str, &'static str, u32); 3] {
    [
        ("remind_after", "Remind after so many working days", row.remind_after),
        ("escalate_after", "Ask the next manager as well after", row.escalate_after),
        ("expire_after", "Let it expire after", row.expire_after),
    ]
}

async fn page(who: &SignedIn, query: &Query, again: Option<&Again>) -> Result<Response> {
    need(who, "organisation", "edit").await?;
    let (now, holidays) = {
        let mut reader = who.app.reader(&who.actor).await?;
        (absence::sign_off(&mut reader).await?, absence::holidays(&mut reader).await?)
    };
    let view = View::new(who, "Sign-off", again).await?.under(&[]).lead(LEAD).done(query);
    let faults = view.faults();
    // Which of the two forms was refused.
    let (clock, days) = match again {
        Some(again) if again.form.all("holidays").next().is_some() => (None, Some(again)),
        other => (other, None),
    };
    let field = |name: &'static str, label: &str, stored: &str| {
        Field::text(name, label).value(value(clock, name, stored)).short().decimal().faults(&faults)
    };
    let mut form = view.new_form(HERE, "Save").title("The clock, and what an edit reopens");
    for (name, label, stored) in waits(&now) {
        form = form.field(field(name, label, &stored.to_string()));
    }
    let form = form
        .field(
            field("tolerance", "Tolerance of edits, percent", &decimal::canonical(now.tolerance))
                .hint("By so much an edit may raise an amount before signatures reopen."),
        )
        .field(
            Field::check("approver_quantity", "An approver may change a quantity").ticked(ticked(
                clock,
                "approver_quantity",
                now.approver_quantity,
            )),
        )
        .field(
            Field::check("approver_account", "An approver may change the account of a line")
                .ticked(ticked(clock, "approver_account", now.approver_account)),
        );
    let stored: Vec<String> = holidays.iter().map(|(day, name)| format!("{day} {name}")).collect();
    let list = view.new_form(&format!("{HERE}/holidays"), "Save holidays").title("Holidays").field(
        Field::area("holidays", "Days on which nobody works")
            .sheet()
            .optional()
            .hint("One line for each: 2026-12-25 Christmas Day")
            .value(value(days, "holidays", &stored.join("\n")))
            .faults(&faults),
    );
    view.form(form).form(list).answer(who)
}

#[handler]
async fn h_show(who: SignedIn, query: Query) -> Result<Response> {
    page(&who, &query, None).await
}

fn read((form, locale): (&guard::Form, &Locale), now: &SignOff) -> Result<SignOff, Refusal> {
    let days = |name: &'static str| {
        let text = text(form, name)?;
        text.trim().parse::<u32>().map_err(|_| {
            Refusal::invalid("bad-wait", "This is no number of working days.")
                .field(name)
                .got(shorten(&text, 20))
                .expected("a whole number; 0 for never")
        })
    };
    let tolerance = text(form, "tolerance")?;
    let read = locale.figure("tolerance", &tolerance, &decimal::canonical(now.tolerance))?;
    Ok(SignOff {
        remind_after: days("remind_after")?,
        escalate_after: days("escalate_after")?,
        expire_after: days("expire_after")?,
        tolerance: decimal::parse(&read).map_err(|_| {
            Refusal::invalid("bad-tolerance", "This is no tolerance.")
                .field("tolerance")
                .got(shorten(&tolerance, 20))
                .expected("a percentage such as 5 or 2.5")
        })?,
        approver_quantity: form.ticked("approver_quantity")?,
        approver_account: form.ticked("approver_account")?,
        version: 0,
    })
}

fn read_holidays(form: &guard::Form) -> Result<Vec<(Day, String)>, Refusal> {
    let holiday = |line: String| {
        let (day, name) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
        let day = parse_day(day).map_err(|_| {
            Refusal::invalid("bad-day", "This line does not begin with a day.")
                .field("holidays")
                .got(shorten(&line, 60))
                .expected("a line such as 2026-12-25 Christmas Day")
        })?;
        Ok((day, name.trim().to_owned()))
    };
    lines(form, "holidays")?.into_iter().map(holiday).collect()
}

async fn answer(who: SignedIn, form: guard::Form, done: Result<(), AppError>) -> Result<Response> {
    match done {
        Ok(()) => Ok(who.go(&format!("{HERE}?done=saved"))),
        Err(fault) => {
            let again = Again { form, refusal: fault.told() };
            page(&who, &Query::default(), Some(&again)).await
        }
    }
}

#[handler]
async fn h_save(Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "organisation", "edit").await?;
    let now = absence::sign_off(&mut who.app.reader(&who.actor).await?).await?;
    let done = match read((&form, &who.locale), &now) {
        Ok(settings) => act(&who.app, &who.actor, SaveSignOff { settings }).await,
        Err(refusal) => Err(refusal.into()),
    };
    answer(who, form, done).await
}

#[handler]
async fn h_holidays(Posted { who, form }: Posted) -> Result<Response> {
    need(&who, "organisation", "edit").await?;
    let done = match read_holidays(&form) {
        Ok(holidays) => act(&who.app, &who.actor, SetHolidays { holidays }).await,
        Err(refusal) => Err(refusal.into()),
    };
    answer(who, form, done).await
}

pub(super) fn add(route: Route) -> Route {
    route.at(HERE, get(h_show).post(h_save)).at("/admin/sign-off/holidays", post(h_holidays))
}

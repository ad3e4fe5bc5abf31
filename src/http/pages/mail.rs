//! /my-mail: whether one's mail is gathered into one letter a day.

use askama::Template;
use poem::{Response, Result, Route, get, handler};

use crate::{
    app::{
        AppError, act,
        digest::{self, Choose},
    },
    domain::{
        digest::{Choice, Gather},
        refusal::Refusal,
    },
    http::{
        actor::{Posted, Query, SignedIn},
        guard::Form,
        part::{self as ui, Choice as Wording, Field, Shell, Tone},
        problem,
    },
};

const HERE: &str = "/my-mail";
/// The word for mail that is not gathered.
const OFF: &str = "off";
/// The hour that is proposed.
const HOUR: u32 = 8;

#[derive(Template)]
#[template(path = "pages/mail.html", config = ".askama.toml")]
struct MailPage {
    shell: Shell,
    address: String,
    zone: String,
    gather: Field,
    hour: Field,
}

async fn page(who: &SignedIn, saved: bool, again: Option<(&Form, &Refusal)>) -> Result<Response> {
    let mut shell = who.shell("My mail", HERE).await?;
    shell.narrow = true;
    if let Some((_, refusal)) = again {
        shell.refuse(refusal);
    }
    if saved {
        let text = "Saved. It holds for what is written from now on.".to_owned();
        shell.notice = Some(ui::Notice { tone: Tone::Good, text });
    }
    let chosen = digest::chosen(&mut who.app.reader(&who.actor).await?).await?;
    let typed = |name: &str, stored: String| match again {
        Some((form, _)) => form.maybe(name).ok().flatten().unwrap_or_default().to_owned(),
        None => stored,
    };
    let word = chosen.map_or(OFF.to_owned(), |choice| choice.gather.to_string());
    let at = chosen.map_or(HOUR, |choice| choice.hour);
    let choices = [
        Wording::new(OFF, "Every letter at once"),
        Wording::new(Gather::News.word(), "News once a day, requests to decide at once"),
        Wording::new(Gather::All.word(), "News and requests once a day"),
    ];
    let hours = (0..24).map(|hour: u32| Wording::new(hour.to_string(), format!("{hour:02}:00")));
    let person = who.actor.need_person()?;
    let view = MailPage {
        address: person.email.to_string(),
        zone: person.time_zone.clone(),
        gather: Field::select("gather", "What is gathered", choices)
            .value(typed("gather", word))
            .hint("Invitations and passwords are never gathered.")
            .faults(&shell.faults),
        hour: Field::select("hour", "When it leaves", hours)
            .value(typed("hour", at.to_string()))
            .short()
            .faults(&shell.faults),
        shell,
    };
    let mut answer = who.page(&view)?;
    if let Some((_, refusal)) = again {
        answer.set_status(problem::status(refusal));
    }
    Ok(answer)
}

fn read(form: &Form) -> std::result::Result<Choose, Refusal> {
    let word = form.filled("gather")?.unwrap_or(OFF);
    if word == OFF {
        return Ok(Choose(None));
    }
    let gather = word.parse().map_err(|fault: String| {
        Refusal::invalid("bad-gather", "Choose one of these.").field("gather").expected(fault)
    })?;
    let hour = form.filled("hour")?.and_then(|hour| hour.parse().ok()).unwrap_or(HOUR);
    Choice::new(gather, hour).map(|choice| Choose(Some(choice)))
}

async fn save(who: &SignedIn, form: &Form) -> std::result::Result<(), AppError> {
    act(&who.app, &who.actor, read(form)?).await
}

#[handler]
async fn h_page(who: SignedIn, Query(query): Query) -> Result<Response> {
    page(&who, query.filled("done")?.is_some(), None).await
}

#[handler]
async fn h_save(Posted { who, form }: Posted) -> Result<Response> {
    match save(&who, &form).await {
        Ok(()) => Ok(who.go(&format!("{HERE}?done=saved"))),
        Err(fault) => page(&who, false, Some((&form, &fault.told()))).await,
    }
}

pub(super) fn add(route: Route) -> Route {
    route.at(HERE, get(h_page).post(h_save))
}

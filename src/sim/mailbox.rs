//! The mailbox: pages over the mail sink.

use std::sync::Arc;

use askama::Template;
use poem::{Response, Route, endpoint::make, get, http::StatusCode, post};
use serde::Serialize;

use super::{Cast, mail::Mail, page};

#[derive(Serialize)]
struct Row {
    number: u64,
    at: String,
    from: String,
    to: String,
    subject: String,
    text: String,
    attachments: Vec<String>,
}

impl Row {
    fn of(mail: &Mail) -> Self {
        Self {
            number: mail.number,
            at: mail.received_at.to_string(),
            from: mail.body().from.clone(),
            to: mail.to.join(", "),
            subject: mail.body().subject.clone(),
            text: mail.body().text.clone().unwrap_or_default(),
            attachments: mail.body().attachments.iter().map(|file| file.name.clone()).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "mailbox.html", config = ".askama.toml")]
struct ListPage {
    mails: Vec<Row>,
    paused: bool,
}

#[derive(Template)]
#[template(path = "letter.html", config = ".askama.toml")]
struct LetterPage {
    mail: Row,
    text: String,
    links: Vec<String>,
    has_html: bool,
    attachments: Vec<String>,
}

/// Adds the mailbox's pages.
pub fn route(route: Route, cast: Arc<Cast>) -> Route {
    let (list, rows, one, html, switch) =
        (Arc::clone(&cast), Arc::clone(&cast), Arc::clone(&cast), Arc::clone(&cast), cast);
    route
        .at("/mail", get(make(move |_| ready(show_list(&list)))))
        .at("/mail/state.json", get(make(move |_| ready(page::json(&mails(&rows))))))
        .at("/mail/switch", post(make(move |req| turn(Arc::clone(&switch), req))))
        .at("/mail/:number", get(make(move |req| ready(show_letter(&one, &req)))))
        .at("/mail/:number/html", get(make(move |req| ready(show_html(&html, &req)))))
}

async fn ready(answer: Response) -> Response {
    answer
}

fn mails(cast: &Cast) -> Vec<Row> {
    let kept = cast.mail.as_ref().map(|sink| sink.list()).unwrap_or_default();
    let mut rows: Vec<Row> = kept.iter().map(|mail| Row::of(mail)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.number));
    rows
}

fn show_list(cast: &Cast) -> Response {
    let paused = cast.mail.as_ref().is_some_and(super::mail::MailSink::is_paused);
    page::show(&ListPage { mails: mails(cast), paused })
}

fn find(cast: &Cast, req: &poem::Request) -> Option<Arc<Mail>> {
    let number = req.raw_path_param("number")?.parse().ok()?;
    cast.mail.as_ref()?.find(number)
}

fn show_letter(cast: &Cast, req: &poem::Request) -> Response {
    let Some(mail) = find(cast, req) else { return nothing() };
    let text = mail.body().text.clone().unwrap_or_default();
    let links = text
        .split_whitespace()
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .map(str::to_owned)
        .collect();
    let row = Row::of(&mail);
    page::show(&LetterPage {
        text,
        links,
        has_html: mail.body().html.is_some(),
        attachments: row.attachments.clone(),
        mail: row,
    })
}

fn show_html(cast: &Cast, req: &poem::Request) -> Response {
    let html = find(cast, req).and_then(|mail| mail.body().html.clone());
    html.map_or_else(nothing, page::mail_body)
}

fn nothing() -> Response {
    page::plain(StatusCode::NOT_FOUND, "There is no such mail.")
}

/// Switches the mail server off and on, to see what happens in an outage.
async fn turn(cast: Arc<Cast>, mut req: poem::Request) -> Response {
    let down = super::page::form(&mut req).await.iter().any(|pair| pair.1 == "yes");
    if let Some(sink) = &cast.mail {
        if down {
            sink.pause();
        } else if let Err(fault) = sink.resume().await {
            return page::plain(StatusCode::INTERNAL_SERVER_ERROR, &fault.to_string());
        }
    }
    page::go("/sim/mail")
}

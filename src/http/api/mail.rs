//! `/me/mail`: whether the caller's mail is gathered into one letter a day.

use poem_openapi::{Object, OpenApi, payload::Json};

use super::{Caller, shape::Text};
use crate::{
    app::{
        AppError,
        digest::{self, Choose},
    },
    base::text::shorten,
    domain::{digest::Choice, refusal::Refusal},
};

pub struct Mails;

/// The hour without another one.
const HOUR: u32 = 8;

/// How mail comes.
#[derive(Object)]
#[oai(rename = "MailChoice")]
struct MailJson {
    /// `off`: every letter at once; `news`: gathered but for requests to decide; `all`.
    gather: String,
    /// 0 to 23, by the clock of the person's zone, on working days; null when it is `off`.
    hour: Option<u32>,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct MailInput {
    /// `off`, `news` or `all`.
    gather: Text,
    /// 0 to 23; 8 without one.
    hour: Option<u32>,
}

impl MailInput {
    fn read(&self) -> Result<Choose, Refusal> {
        let word = self.gather.trimmed();
        if word == "off" {
            return Ok(Choose(None));
        }
        let gather = word.parse().map_err(|fault: String| {
            Refusal::invalid("bad-gather", "Mail is not gathered so.")
                .field("gather")
                .got(shorten(word, 40))
                .expected(format!("off, or {fault}"))
        })?;
        Choice::new(gather, self.hour.unwrap_or(HOUR)).map(|choice| Choose(Some(choice)))
    }
}

async fn shown(caller: &Caller) -> Result<Json<MailJson>, AppError> {
    let chosen = digest::chosen(&mut caller.reader().await?).await?;
    let gather = chosen.map_or("off".to_owned(), |choice| choice.gather.to_string());
    Ok(Json(MailJson { gather, hour: chosen.map(|choice| choice.hour) }))
}

#[OpenApi]
impl Mails {
    /// How the caller's mail comes.
    #[oai(path = "/me/mail", method = "get", operation_id = "mailChoice")]
    async fn get(&self, caller: Caller) -> poem::Result<Json<MailJson>> {
        Ok(shown(&caller).await?)
    }

    /// Has the caller's mail gathered into one letter a day, or not.
    #[oai(path = "/me/mail", method = "put", operation_id = "chooseMail")]
    async fn put(&self, caller: Caller, body: Json<MailInput>) -> poem::Result<Json<MailJson>> {
        caller.act(body.0.read().map_err(AppError::from)?).await?;
        Ok(shown(&caller).await?)
    }
}

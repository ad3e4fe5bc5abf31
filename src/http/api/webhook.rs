//! `/webhooks`: the organisation's own systems that are told of what happened; admins only.

use poem_openapi::{ApiResponse, Object, OpenApi, param::Path, payload::Json};

use super::{
    Caller,
    shape::{Created, List, Text},
};
use crate::{
    app::{
        AppError,
        webhook::{self, Add, Remove},
    },
    base::id::WebhookId,
    domain::{refusal::Refusal, webhook::Webhook},
    store::{delivery::Attempt, webhook::Event},
};

pub struct Webhooks;

#[derive(ApiResponse)]
enum Gone {
    /// It is gone.
    #[oai(status = 204)]
    Done,
}

/// An address that is told of events.
#[derive(Object)]
#[oai(rename = "Webhook")]
struct WebhookJson {
    id: String,
    url: String,
    /// Words of the audit trail, such as `order-confirmed`.
    kinds: Vec<String>,
    made_at: String,
    /// Shown this once. `Countersign-Signature: t=SECONDS,v1=HEX` of each event is HMAC-SHA256
    /// with it over `SECONDS.BODY`.
    secret: Option<String>,
}

impl From<Webhook> for WebhookJson {
    fn from(row: Webhook) -> Self {
        Self {
            id: row.id.to_string(),
            url: row.url,
            kinds: row.kinds.iter().map(ToString::to_string).collect(),
            made_at: row.made_at.to_string(),
            secret: None,
        }
    }
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewWebhook {
    url: Text,
    kinds: Vec<Text>,
}

/// One event on its way.
#[derive(Object)]
#[oai(rename = "WebhookEvent")]
struct EventJson {
    /// Of the event: the same on every attempt and for every address.
    event: String,
    kind: String,
    /// The object it is about.
    about: String,
    at: String,
    /// `waiting`, `sending`, `delivered` or `failed`.
    state: String,
    attempts: i64,
    next_at: Option<String>,
    /// What the last attempt came to.
    last: Option<String>,
}

impl From<(Event, Option<Attempt>)> for EventJson {
    fn from((row, last): (Event, Option<Attempt>)) -> Self {
        Self {
            event: row.event.to_string(),
            kind: row.kind.to_string(),
            about: row.about,
            at: row.created_at.to_string(),
            state: row.state.word().to_owned(),
            attempts: row.attempts,
            next_at: row.next_at.map(|at| at.to_string()),
            last: last.map(|last| last.detail),
        }
    }
}

fn id_of(text: &str) -> Result<WebhookId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("webhook").into())
}

#[OpenApi]
impl Webhooks {
    /// The addresses in use, newest first.
    #[oai(path = "/webhooks", method = "get", operation_id = "webhooks")]
    async fn list(&self, caller: Caller) -> poem::Result<Json<List<WebhookJson>>> {
        let all = webhook::list(&mut caller.reader().await?).await?;
        Ok(Json(List { items: all.into_iter().rev().map(WebhookJson::from).collect(), next: None }))
    }

    /// Adds an address. It is told of what happens from now on.
    #[oai(path = "/webhooks", method = "post", operation_id = "addWebhook")]
    async fn add(
        &self,
        caller: Caller,
        body: Json<NewWebhook>,
    ) -> poem::Result<Created<WebhookJson>> {
        caller.need("partner", "create").await?;
        let kinds = body.0.kinds.into_iter().map(|text| text.0).collect();
        let add = Add::new(caller.app(), body.0.url.0, kinds);
        let added = caller.act(add.clone()).await?;
        let all = webhook::list(&mut caller.reader().await?).await?;
        let made = all.into_iter().find(|row| row.id == added.webhook);
        let made = made.ok_or_else(|| AppError::from(Refusal::not_found("webhook")))?;
        let secret = add.shown_once(caller.app(), &added);
        Ok(Created::new(WebhookJson { secret, ..made.into() }))
    }

    /// Takes an address out of use; what still waits for it is not sent.
    #[oai(path = "/webhooks/:id", method = "delete", operation_id = "removeWebhook")]
    async fn remove(&self, caller: Caller, id: Path<String>) -> poem::Result<Gone> {
        caller.act(Remove { webhook: id_of(&id.0)? }).await?;
        Ok(Gone::Done)
    }

    /// The latest events of an address, newest first.
    #[oai(path = "/webhooks/:id/events", method = "get", operation_id = "webhookEvents")]
    async fn events(
        &self,
        caller: Caller,
        id: Path<String>,
    ) -> poem::Result<Json<List<EventJson>>> {
        let mut reader = caller.reader().await?;
        let latest = webhook::latest(&mut reader, id_of(&id.0)?).await?;
        Ok(Json(List { items: latest.into_iter().map(EventJson::from).collect(), next: None }))
    }
}

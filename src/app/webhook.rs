//! Webhooks: an organisation's own systems are told of what happened.
//!
//! An event is written in the transaction that states its fact, so that none is told that did not
//! happen and none is lost; it is posted by a worker, at least once, signed, under an id that never
//! changes. The secret is shown once, when the address is added, and stands sealed.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{App, AppError, Command, Cx, Need, Reader, party::check_url};
use crate::{
    base::{
        id::{EventId, OrganisationId, WebhookId},
        secret::{Secret, hmac_sha256_hex, same},
        time::Time,
    },
    domain::{
        fact::{Change, Fact},
        refusal::Refusal,
        webhook::{EventKind, Webhook},
    },
    store::{self, delivery::Attempt, webhook::Event},
};

/// Addresses of one organisation.
const MOST: usize = 20;
/// Events that are shown of one address.
const SHOWN: i64 = 30;

/// Adds an address; it is told of these kinds from now on.
#[derive(Debug, Clone)]
pub struct Add {
    url: String,
    kinds: Vec<String>,
    secret: Secret,
}

/// The address that was added.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Added {
    pub webhook: WebhookId,
    digest: String,
}

impl Add {
    pub fn new(app: &App, url: String, kinds: Vec<String>) -> Self {
        Self { url, kinds, secret: Secret::fresh(&*app.entropy) }
    }

    /// The secret to show once, when this very one was stored.
    pub fn shown_once(&self, app: &App, added: &Added) -> Option<String> {
        let own = app.keys.digest(self.secret.expose());
        same(own.as_bytes(), added.digest.as_bytes()).then(|| self.secret.expose().to_owned())
    }

    fn kinds(&self) -> Result<Vec<EventKind>, Refusal> {
        let all: Vec<&str> = EventKind::ALL.iter().map(|kind| kind.word()).collect();
        let wrong = |got: &str| {
            Refusal::invalid("bad-kind", "An address is told of one kind of events or more.")
                .field("kinds")
                .got(crate::base::text::shorten(got, 40))
                .expected(all.join(", "))
        };
        if let Some(odd) = self.kinds.iter().find(|word| !all.contains(&word.as_str())) {
            return Err(wrong(odd));
        }
        let wanted = |kind: &&EventKind| self.kinds.iter().any(|word| word == kind.word());
        let kinds: Vec<EventKind> = EventKind::ALL.iter().filter(wanted).copied().collect();
        if kinds.is_empty() { Err(wrong("none")) } else { Ok(kinds) }
    }
}

impl Command for Add {
    type Answer = Added;
    const NEED: Need = Need::May("partner", "create");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Added, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let by = cx.actor.need_person()?.id;
        let url = check_url(&cx.app.site.addresses, "url", Some(&self.url))?
            .ok_or_else(|| Refusal::invalid("bad-url", "An address is needed.").field("url"))?;
        let kinds = self.kinds()?;
        if store::webhook::of(cx.conn, organisation).await?.len() >= MOST {
            let message = "No more addresses can be added.";
            return Err(Refusal::conflict("too-many-webhooks", message)
                .expected(format!("at most {MOST}"))
                .into());
        }
        let row = Webhook { id: cx.id(), organisation, url, kinds, made_at: cx.now };
        let place = store::webhook::secret_place(row.id);
        let sealed = cx.app.keys.seal(&self.secret, &place, &*cx.app.entropy);
        store::webhook::insert(cx.conn, &row, &sealed, by).await?;
        saved(cx, row.id, ("", &row.url));
        Ok(Added { webhook: row.id, digest: cx.app.keys.digest(self.secret.expose()) })
    }
}

fn saved(cx: &mut Cx<'_>, id: WebhookId, (before, after): (&str, &str)) {
    let (before, after) = (before.to_owned(), after.to_owned());
    cx.fact(Fact::SettingSaved {
        object: id.to_string(),
        noun: "webhook".to_owned(),
        changes: vec![Change { field: "url".to_owned(), before, after }],
    });
}

/// Takes an address out of use; what still waits for it is not sent.
#[derive(Debug, Clone, Copy)]
pub struct Remove {
    pub webhook: WebhookId,
}

impl Command for Remove {
    type Answer = ();
    const NEED: Need = Need::May("partner", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        let all = store::webhook::of(cx.conn, organisation).await?;
        let missing = || Refusal::not_found("webhook");
        let row = all.into_iter().find(|row| row.id == self.webhook).ok_or_else(missing)?;
        store::webhook::remove(cx.conn, organisation, row.id, cx.now).await?;
        saved(cx, row.id, (&row.url, ""));
        Ok(())
    }
}

/// Puts the event that a fact is into the outbox, for every address that wants its kind.
pub(super) async fn write(
    cx: &mut Cx<'_>,
    organisation: Option<OrganisationId>,
    fact: &Fact,
) -> Result<(), AppError> {
    let (Some(kind), Some(organisation)) = (EventKind::of(fact), organisation) else {
        return Ok(());
    };
    let mut wanting = store::webhook::of(cx.conn, organisation).await?;
    wanting.retain(|one| one.kinds.contains(&kind));
    if wanting.is_empty() {
        return Ok(());
    }
    let event: EventId = cx.id();
    let about = fact.about();
    let body = body((event, kind, cx.now), &about, fact)?;
    for webhook in wanting {
        let row = Event {
            id: cx.id(),
            event,
            webhook: webhook.id,
            organisation,
            kind,
            about: about.first().cloned().unwrap_or_default(),
            body: body.clone(),
            state: crate::domain::delivery::DeliveryState::Waiting,
            attempts: 0,
            created_at: cx.now,
            next_at: Some(cx.now),
            fence: 0,
        };
        store::webhook::insert_event(cx.conn, &row).await?;
    }
    Ok(())
}

/// What is sent: the fact as it stands in the audit trail, under the event's id.
fn body(
    (event, kind, at): (EventId, EventKind, Time),
    about: &[String],
    fact: &Fact,
) -> Result<String, AppError> {
    let mut data = serde_json::to_value(fact).map_err(AppError::internal)?;
    if let Value::Object(fields) = &mut data {
        fields.remove("fact");
    }
    let (id, kind, at) = (event.to_string(), kind.word(), at.to_string());
    Ok(json!({ "event": id, "kind": kind, "at": at, "about": about, "data": data }).to_string())
}

/// An event made ready to leave.
#[derive(Debug)]
pub struct Ready {
    pub url: String,
    /// `t=SECONDS,v1=HEX`: when it was signed, and HMAC-SHA256 over `SECONDS.BODY`.
    pub signature: String,
    pub body: String,
}

/// Signs an event for the moment it is sent.
pub async fn prepare(app: &App, event: &Event) -> Result<Ready, AppError> {
    let mut conn = app.store.read().await?;
    let (url, sealed) = store::webhook::target(&mut conn, event.webhook).await?;
    let place = store::webhook::secret_place(event.webhook);
    let secret = app.keys.unseal(&sealed, &place).map_err(AppError::internal)?;
    let signature = signature(&secret, app.now().millis() / 1_000, &event.body);
    Ok(Ready { url, signature, body: event.body.clone() })
}

fn signature(secret: &Secret, seconds: i64, body: &str) -> String {
    let signed = format!("{seconds}.{body}");
    format!("t={seconds},v1={}", hmac_sha256_hex(secret, signed.as_bytes()))
}

/// The addresses in use.
pub async fn list(reader: &mut Reader<'_>) -> Result<Vec<Webhook>, AppError> {
    reader.need("partner", "edit")?;
    let organisation = reader.actor.need_organisation()?;
    Ok(store::webhook::of(&mut reader.conn, organisation).await?)
}

/// The latest events of one address with their last attempt, newest first.
pub async fn latest(
    reader: &mut Reader<'_>,
    id: WebhookId,
) -> Result<Vec<(Event, Option<Attempt>)>, AppError> {
    let own = list(reader).await?;
    if own.iter().all(|row| row.id != id) {
        return Err(Refusal::not_found("webhook").into());
    }
    let mut shown = Vec::new();
    for event in store::webhook::latest(&mut reader.conn, id, SHOWN).await? {
        let tries = store::delivery::attempts(&mut reader.conn, &event.id.to_string()).await?;
        shown.push((event, tries.into_iter().last()));
    }
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_hmac_of_time_and_body() {
        // Computed with Python: hmac.new(b"shh", b"1700000000.{}", "sha256").hexdigest()
        let made = signature(&Secret::new("shh"), 1_700_000_000, "{}");
        assert_eq!(
            made,
            "t=1700000000,v1=3198a8be6e81bfa30b1d61a30e25dacb6027e049c1abc3a2298960beef91cbad"
        );
        assert_ne!(made, signature(&Secret::new("shh"), 1_700_000_001, "{}"));
    }
}

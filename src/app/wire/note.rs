//! One note of an exchange, kept beside what happened: it never changes what happened.

use crate::{
    base::{
        id::{OrganisationId, PartnerId},
        text::shorten,
        time::MINUTE_MS,
    },
    cxml::{self, Envelope},
    exchange::diagnosis::{self, Finding},
    store::{
        self,
        document::Direction,
        wire::{BODY_BYTES, Exchange},
    },
};

use super::{
    super::{App, AppError},
    A_MINUTE, Heard, SHOWN, XML,
};

pub(super) fn of_heard(heard: &Heard, detail: &str) -> Vec<Finding> {
    diagnosis::sent(&diagnosis::Sent {
        trouble: heard.trouble.map(|trouble| (trouble, detail)),
        http: heard.http,
        content_type: heard.content_type.as_deref(),
        answer: &heard.body,
    })
}

pub(super) fn answered(exchange: Exchange, heard: &Heard) -> Exchange {
    let read = cxml::receive(&heard.body, heard.content_type.as_deref()).ok();
    let status = read.and_then(|read| read.envelope.status).map(|status| i64::from(status.code));
    let answer_type = shorten(heard.content_type.as_deref().unwrap_or_default(), SHOWN);
    let (answer, http) = (cxml::redact(&heard.body), i64::from(heard.http));
    Exchange { answer_type, answer, http, status, ..exchange }
}

pub(super) fn blank(app: &App, direction: Direction, channel: &str) -> Exchange {
    Exchange {
        id: app.id(),
        organisation: None,
        partner: None,
        is_proven: true,
        direction,
        channel: channel.to_owned(),
        kind: String::new(),
        sender: String::new(),
        payload_id: String::new(),
        about: String::new(),
        document: None,
        content_type: String::new(),
        body: Vec::new(),
        body_bytes: 0,
        answer_type: XML.to_owned(),
        answer: Vec::new(),
        http: 0,
        status: None,
        cause: String::new(),
        findings: String::new(),
        at: app.now(),
    }
}

pub(super) async fn keep(
    app: &App,
    exchange: Exchange,
    findings: Vec<Finding>,
) -> Result<(), AppError> {
    let cause = findings.first().map(|first| first.code.clone()).unwrap_or_default();
    let status = exchange.status.or_else(|| {
        let read = cxml::receive(&exchange.answer, Some(XML)).ok()?;
        read.envelope.status.map(|status| i64::from(status.code))
    });
    let own_bytes = i64::try_from(exchange.body.len()).unwrap_or(i64::MAX);
    let body_bytes = exchange.body_bytes.max(own_bytes);
    let cut = |mut bytes: Vec<u8>| {
        bytes.truncate(BODY_BYTES);
        bytes
    };
    let exchange = Exchange {
        body: cut(exchange.body.clone()),
        answer: cut(exchange.answer.clone()),
        findings: serde_json::to_string(&findings).map_err(AppError::internal)?,
        body_bytes,
        status,
        cause,
        ..exchange
    };
    app.store.keep_exchange(exchange).await?;
    // Somebody may have to be told.
    app.wake.all();
    Ok(())
}

pub(super) async fn is_flood(app: &App) -> Result<bool, AppError> {
    let mut conn = app.store.read().await?;
    let since = app.now().plus_ms(-MINUTE_MS);
    Ok(store::wire::unproven_since(&mut conn, since).await? >= A_MINUTE)
}

pub(super) fn told(noted: Result<(), AppError>) {
    if let Err(fault) = noted {
        tracing::warn!(%fault, "an exchange could not be kept for the wire doctor");
    }
}

/// Who the document says it is of, Sender first: identity and how it is shown. What cannot be
/// read is searched as text.
pub(super) fn claimed_names(envelope: Option<&Envelope>, clean: &[u8]) -> Vec<(String, String)> {
    if let Some(envelope) = envelope {
        let parties = [&envelope.sender, &envelope.from];
        let all = parties.into_iter().flat_map(|party| &party.credentials);
        return all
            .map(|own| (own.identity.clone(), format!("{} {}", own.domain, own.identity)))
            .take(NAMES)
            .collect();
    }
    let text = String::from_utf8_lossy(clean);
    let found = text.split("<Identity>").skip(1);
    let names = found.filter_map(|rest| rest.split('<').next()).map(str::trim);
    let sound = names.filter(|name| !name.is_empty() && name.len() <= SHOWN);
    sound.map(|name| (name.to_owned(), name.to_owned())).take(NAMES).collect()
}

/// Names of a document that are looked up.
const NAMES: usize = 4;

/// The one connection that registered any of the names, and whether the first is registered at
/// all. The server's own identity names nobody.
pub(super) async fn owner(
    app: &App,
    names: &[(String, String)],
) -> Result<(Option<(PartnerId, OrganisationId)>, bool), AppError> {
    let mut conn = app.store.read().await?;
    let mut found = None;
    let mut is_registered = false;
    for (at, (identity, _)) in names.iter().enumerate() {
        if *identity == app.site.identity.identity {
            continue;
        }
        let claimed = store::wire::claimed(&mut conn, identity).await?;
        is_registered |= at == 0 && !claimed.is_empty();
        found = found.or_else(|| claimed.first().copied());
    }
    Ok((found, is_registered))
}

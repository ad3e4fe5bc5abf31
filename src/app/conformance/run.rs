//! Sending the script of a trial to the partner's test address, and keeping what was answered.

use std::{sync::Arc, time::Duration};

use super::{changed, load, side};
use crate::{
    app::{Actor, App, AppError, Command, Cx, Need, act, delivery, document, outgoing},
    base::{
        id::{PartnerId, TrialId},
        secret::Secret,
        text::shorten,
        time::{MINUTE_MS, Time},
    },
    cxml,
    domain::{
        party::{Identity, Partner, PartnerKind},
        refusal::Refusal,
    },
    exchange::conformance::{
        Note, Side, Way,
        script::{self, Setting, Step},
    },
    outbound::client::{Answer, SendFault},
    store::{
        self, Conn,
        conformance::{ExchangeRow, TrialRow},
        document::{Direction, Document, sender_key},
    },
};

/// A trial is sent by one at a time; after this the sender has died.
const TURN_MS: i64 = 10 * MINUTE_MS;
/// Tries of one document, as after an outage.
const TRIES: u32 = 3;
/// Between two tries of one document.
const PAUSE: Duration = Duration::from_secs(2);
/// The longest address.
const MAX_URL: usize = 2_000;

/// Begins a trial, or takes the turn to send what the newest one has not sent yet.
#[derive(Debug, Clone)]
pub struct Begin {
    pub partner: PartnerId,
    /// The partner's test address; empty: where the newest trial sends.
    pub url: String,
    /// A new trial, in which nothing of the one before counts.
    pub fresh: bool,
}

impl Command for Begin {
    type Answer = TrialId;
    const NEED: Need = Need::May("partner", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<TrialId, AppError> {
        let found = store::partner::get(cx.conn, self.partner).await?;
        let own = |partner: &Partner| {
            cx.actor.organisation.is_none_or(|organisation| partner.organisation == organisation)
        };
        let partner = found.filter(own).ok_or_else(|| Refusal::not_found("partner"))?;
        let newest = store::conformance::newest(cx.conn, partner.id).await?;
        if newest.as_ref().is_some_and(|row| row.sending_until.is_some_and(|at| at > cx.now)) {
            let message = "The documents of this trial are being sent just now.";
            return Err(Refusal::conflict("already-sending", message)
                .mend("Wait until they are sent.")
                .into());
        }
        let before = newest.as_ref().map(|row| row.url.clone()).unwrap_or_default();
        let url = self.address(cx.app, &before)?;
        let sending_until = Some(cx.now.plus_ms(TURN_MS));
        let id = match newest.filter(|_| !self.fresh) {
            Some(row) => {
                let row = TrialRow { url: url.clone(), sending_until, ..row };
                store::conformance::set_sending(cx.conn, &row).await?;
                row.id
            }
            None => {
                let row = TrialRow {
                    id: cx.id(),
                    partner: partner.id,
                    organisation: partner.organisation,
                    side: side(&partner).word().to_owned(),
                    url: url.clone(),
                    began_at: cx.now,
                    sending_until,
                    version: 1,
                };
                store::conformance::insert(cx.conn, &row).await?;
                row.id
            }
        };
        let fact = changed(partner.id, "trial", (before, format!("{id} to {url}")));
        cx.fact_in(partner.organisation, fact);
        Ok(id)
    }
}

impl Begin {
    fn address(&self, app: &App, before: &str) -> Result<String, Refusal> {
        let given = match self.url.trim() {
            "" => before,
            given => given,
        };
        let fault = |expected: String| {
            Refusal::invalid("bad-url", "Nothing can be sent to this address.")
                .field("url")
                .got(shorten(given, 100))
                .expected(expected)
                .mend("Type the address of the partner's test system.")
        };
        if given.is_empty() || given.len() > MAX_URL {
            return Err(fault("the address of the partner's test system".to_owned()));
        }
        app.site.addresses.check_url(given).map_err(fault)?;
        Ok(given.to_owned())
    }
}

/// Sends what the trial has not sent yet, one document after the other. Returns how many.
///
/// When nobody answers three times in a row the rest is left for the next run.
pub async fn send(app: &Arc<App>, actor: &Actor, trial: TrialId) -> Result<u32, AppError> {
    let outcome = send_steps(app, actor, trial).await;
    act(app, actor, Finish { trial }).await?;
    outcome
}

async fn send_steps(app: &Arc<App>, actor: &Actor, trial: TrialId) -> Result<u32, AppError> {
    let (row, partner, steps, secret) = {
        let mut conn = app.store.read().await?;
        let gone = || AppError::internal("a trial that was begun is gone");
        let row = store::conformance::get(&mut conn, trial).await?.ok_or_else(gone)?;
        let partner = store::partner::get(&mut conn, row.partner).await?.ok_or_else(gone)?;
        let named = (&*row.id.to_string(), row.began_at);
        let setting = setting(app, &mut conn, &partner, named).await?;
        let read = load(&mut conn, (&row, &partner)).await?;
        let mut steps = script::steps(read.side, &setting, &read);
        steps.retain(|step| !read.is_done(step.id));
        let secret = delivery::partner_secret(app, &mut conn, Some(partner.id)).await?;
        (row, partner, steps, secret)
    };
    let mut sent = 0;
    for step in steps {
        let url = step.url.clone().unwrap_or_else(|| row.url.clone());
        let mut tries = 0;
        loop {
            tries += 1;
            let began = app.now();
            let answer = app.client.post(&url, &step.content_type, step.filled(&secret)).await;
            let took_ms = app.now().since(began);
            let (broken, lost) = (is_broken(&answer), answer.is_err());
            let (step, partner) = (step.clone(), partner.clone());
            let leaks = leaks(&answer, &secret);
            act(app, actor, Record { trial, partner, step, answer, took_ms, leaks }).await?;
            match tries {
                TRIES if lost => return Ok(sent),
                TRIES => break,
                _ if !broken => break,
                _ => tokio::time::sleep(PAUSE).await,
            }
        }
        sent += 1;
    }
    Ok(sent)
}

/// Whether another try may do better.
fn is_broken(answer: &Result<Answer, SendFault>) -> bool {
    match answer {
        Ok(answer) => answer.status >= 500,
        Err(_) => true,
    }
}

fn leaks(answer: &Result<Answer, SendFault>, secret: &Secret) -> bool {
    let secret = secret.expose().as_bytes();
    let holds = |body: &[u8]| body.windows(secret.len()).any(|window| window == secret);
    !secret.is_empty() && answer.as_ref().is_ok_and(|answer| holds(&answer.body))
}

/// Who sends to a partner on whose behalf, under a name that stands in payloadIDs.
pub(super) async fn setting(
    app: &App,
    conn: &mut Conn,
    partner: &Partner,
    (name, at): (&str, Time),
) -> Result<Setting, AppError> {
    let organisation = store::organisation::get(conn, partner.organisation).await?;
    let organisation = organisation.ok_or_else(|| AppError::internal("no organisation"))?;
    let sender = app.site.identity.clone();
    let from = match &partner.kind {
        PartnerKind::Buyer => sender.clone(),
        PartnerKind::Supplier { .. } => {
            let buyer = outgoing::buyer(conn, organisation.id).await?;
            outgoing::buyer_identity(&organisation, buyer.as_ref())
        }
    };
    let name = name.get(name.len().saturating_sub(8)..).unwrap_or_default().to_owned();
    let to: Identity = outgoing::first_identity(Some(partner), &partner.name);
    let host = app.site.host().to_owned();
    Ok(Setting { from, to, sender, name, host, at })
}

/// Keeps one post and its answer.
struct Record {
    trial: TrialId,
    partner: Partner,
    step: Step,
    answer: Result<Answer, SendFault>,
    took_ms: i64,
    leaks: bool,
}

impl Command for Record {
    type Answer = ();
    const NEED: Need = Need::May("partner", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let sent = self.sent(cx);
        let request = document::keep(cx, sent.clone()).await?;
        let kept = match &self.answer {
            // A page of somebody's system is nobody's business here.
            Ok(answer) if self.step.url.is_none() => {
                let answer = Document {
                    id: cx.id(),
                    direction: Direction::In,
                    kind: "Response".to_owned(),
                    sender: String::new(),
                    payload_id: String::new(),
                    content_type: answer.content_type.clone().unwrap_or_default(),
                    body: cxml::redact(&answer.body).into(),
                    status: status(answer),
                    reply_to: Some(request),
                    ..sent
                };
                Some(document::keep(cx, answer).await?)
            }
            Ok(_) | Err(_) => None,
        };
        let notes = if self.leaks { Note::Leak.word() } else { "" };
        let row = ExchangeRow {
            way: Way::Ours.word().to_owned(),
            step: self.step.id.to_owned(),
            request,
            answer: kept,
            http: self.answer.as_ref().ok().map(|answer| i64::from(answer.status)),
            took_ms: self.took_ms,
            notes: notes.to_owned(),
            trouble: self.answer.as_ref().err().map(ToString::to_string).unwrap_or_default(),
        };
        store::conformance::add_exchange(cx.conn, self.trial, &row).await?;
        Ok(())
    }
}

impl Record {
    fn sent(&self, cx: &Cx<'_>) -> Document {
        let received = cxml::receive(&self.step.body, Some(&self.step.content_type)).ok();
        let name = received.map(|received| received.payload_name).unwrap_or_default();
        Document {
            id: cx.id(),
            direction: Direction::Out,
            kind: match (name.as_str(), &self.step.url) {
                (_, Some(_)) => "PunchOutOrderMessage".to_owned(),
                ("", None) => "cXML".to_owned(),
                (name, None) => shorten(name, 60),
            },
            organisation: Some(self.partner.organisation),
            supplier: None,
            partner: Some(self.partner.id),
            about: vec![self.trial.to_string()],
            sender: sender_key(&cx.app.site.identity),
            payload_id: format!("test:{}", self.step.id),
            content_type: self.step.content_type.clone(),
            body: self.step.body.clone().into(),
            status: None,
            reply_to: None,
            at: cx.now,
        }
    }
}

fn status(answer: &Answer) -> Option<i64> {
    let document = cxml::decode(&answer.body, answer.content_type.as_deref()).ok()?;
    document.envelope.status.map(|status| i64::from(status.code))
}

/// Gives the turn back.
struct Finish {
    trial: TrialId,
}

impl Command for Finish {
    type Answer = ();
    const NEED: Need = Need::May("partner", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        cx.nothing_changed();
        let row = store::conformance::get(cx.conn, self.trial).await?;
        let Some(row) = row.filter(|row| row.sending_until.is_some()) else { return Ok(()) };
        let row = TrialRow { sending_until: None, ..row };
        store::conformance::set_sending(cx.conn, &row).await?;
        Ok(())
    }
}

/// The side of a trial as its row says it.
pub(super) fn side_of(row: &TrialRow) -> Result<Side, AppError> {
    row.side.parse().map_err(AppError::internal)
}

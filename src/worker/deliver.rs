//! The deliverer: takes what is due from the outbox, sends it, writes down what came of it.
//!
//! It never thinks: bytes were frozen before, the retry table decides after. Whoever falls silent
//! in between (a crash, a cut cable) loses the lease, and the same bytes go out again under the
//! same payloadID: at least once, and for the other side once.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::{Left, Tools, repeat};
use crate::{
    app::{
        AppError, WokenBy,
        delivery::{Answered, Ready, Sent, prepare, settle},
        wire::{self, Heard},
    },
    base::time::{MINUTE_MS, Time},
    cxml::{self, Form},
    domain::delivery::{Verdict, classify},
    exchange::diagnosis::Trouble,
    outbound::{client::Answer, mail::MailFault},
    store::{self, delivery::Delivery},
};

/// Sendings side by side, so that a few partners who answer slowly hold up nobody else.
const SIDE_BY_SIDE: usize = 16;
/// How often it looks when nothing wakes it; retries fall due by the clock alone.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a sender may be silent. Longer than any sending takes (30 s by HTTP, 60 s by SMTP).
const LEASE_MS: i64 = 3 * MINUTE_MS / 2;
/// A document that broke its sender so often is set aside.
const MOST_PANICS: usize = 3;
pub(super) const BROKE: &str = "the sender broke while it sent this";

/// Delivers until the server stops.
pub async fn run(tools: Arc<Tools>, tracker: TaskTracker) {
    let free = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    repeat(("deliver", PAUSE, WokenBy::Commits), tools, move |tools| {
        look(tools, tracker.clone(), Arc::clone(&free))
    })
    .await;
}

async fn look(
    tools: Arc<Tools>,
    tracker: TaskTracker,
    free: Arc<Semaphore>,
) -> Result<Left, AppError> {
    let most = i64::try_from(free.available_permits()).unwrap_or_default();
    let now = tools.app.now();
    let taken = tools.app.store.take_deliveries(now, now.plus_ms(LEASE_MS), most).await?;
    let full = most > 0 && i64::try_from(taken.len()).unwrap_or_default() == most;
    for delivery in taken {
        let permit = Arc::clone(&free).acquire_owned().await.map_err(AppError::internal)?;
        let tools = Arc::clone(&tools);
        tracker.spawn(async move {
            deliver(&tools, delivery).await;
            drop(permit);
            if full {
                // More may wait that found no room.
                tools.app.wake.senders();
            }
        });
    }
    Ok(Left::Nothing)
}

/// Sends one delivery and writes down what came of it; whatever happens, the loop goes on.
async fn deliver(tools: &Tools, delivery: Delivery) {
    let started_at = tools.app.now();
    let sent = AssertUnwindSafe(send(tools, &delivery, started_at)).catch_unwind().await;
    let sent = match sent {
        Ok(sent) => sent,
        Err(_) => broken(tools, &delivery.id.to_string(), started_at).await,
    };
    let id = delivery.id;
    tracing::info!(%id, verdict = ?sent.verdict, detail = sent.detail, "sent");
    if let Err(fault) = settle(&tools.app, delivery, sent).await {
        // The lease runs out and the same bytes go out again.
        tracing::error!(%id, %fault, "what came of a sending could not be written down");
    }
}

/// What is written down of a sending that panicked: the third time it is the last.
async fn broken(tools: &Tools, subject: &str, started_at: Time) -> Sent {
    let before = panics(tools, subject).await;
    let verdict = if before + 1 >= MOST_PANICS { Verdict::Permanent } else { Verdict::Transient };
    silent((started_at, verdict), Trouble::NotReady, BROKE.to_owned())
}

/// How often the sender broke over this delivery or letter.
async fn panics(tools: &Tools, subject: &str) -> usize {
    let Ok(mut conn) = tools.app.store.read().await else { return 0 };
    let attempts = store::delivery::attempts(&mut conn, subject).await.unwrap_or_default();
    attempts.iter().filter(|attempt| attempt.detail == BROKE).count()
}

/// Whether this was the last time that the sender may break over a letter.
pub(super) async fn is_last_panic(tools: &Tools, subject: &str) -> bool {
    panics(tools, subject).await + 1 >= MOST_PANICS
}

async fn send(tools: &Tools, delivery: &Delivery, started_at: Time) -> Sent {
    let plain = |verdict, trouble, detail| silent((started_at, verdict), trouble, detail);
    match prepare(&tools.app, delivery, &tools.mail_from).await {
        Ok(Ready::Cxml { url, content_type, bytes }) => {
            match tools.client.post(&url, &content_type, bytes).await {
                Ok(answer) => heard(started_at, answer),
                Err(fault) => plain(fault.verdict(), wire::trouble(&fault), fault.to_string()),
            }
        }
        Ok(Ready::Mail(mail)) => {
            let Some(mailer) = &tools.mailer else {
                let why = "no mail server is set".to_owned();
                return plain(Verdict::Transient, Trouble::Mail, why);
            };
            match mailer.send(*mail).await {
                Ok(said) => plain(Verdict::Delivered, Trouble::Mail, said),
                Err(MailFault::Permanent(why)) => plain(Verdict::Permanent, Trouble::Mail, why),
                Err(MailFault::Transient(why)) => plain(Verdict::Transient, Trouble::Mail, why),
            }
        }
        Err(fault) => {
            tracing::error!(%fault, "a delivery cannot be made ready");
            let why = "the document could not be made ready".to_owned();
            plain(Verdict::Transient, Trouble::NotReady, why)
        }
    }
}

/// An attempt without an answer.
fn silent((started_at, verdict): (Time, Verdict), trouble: Trouble, detail: String) -> Sent {
    let heard = Heard { trouble: Some(trouble), ..Heard::default() };
    Sent { started_at, verdict, status: None, detail, answer: None, heard }
}

/// What the other side said.
fn heard(started_at: Time, answer: Answer) -> Sent {
    let kind = answer.content_type.clone();
    let read = cxml::receive(&answer.body, kind.as_deref()).ok();
    let read = read.filter(|read| read.envelope.form == Form::Response);
    let status = read.and_then(|read| read.envelope.status);
    let verdict = classify(answer.status, status.as_ref().map(|status| status.code));
    let detail = match &status {
        Some(status) => {
            let message = crate::base::text::one_line(&status.message);
            let said = format!("{} {} {message}", status.code, status.text);
            crate::base::text::shorten(said.trim(), 300)
        }
        None => format!("HTTP {} without a cXML Response", answer.status),
    };
    let answered = status.as_ref().map(|status| Answered {
        content_type: kind.clone().unwrap_or_else(|| "text/xml".to_owned()),
        body: answer.body.clone(),
        code: status.code,
    });
    let code = status.map_or(answer.status, |status| status.code);
    let heard = Heard { trouble: None, http: answer.status, content_type: kind, body: answer.body };
    Sent { started_at, verdict, status: Some(i64::from(code)), detail, answer: answered, heard }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cxml::{Document, Envelope, Payload, Status};

    fn answer(http: u16, body: Vec<u8>) -> Sent {
        let content_type = Some("text/xml".to_owned());
        heard(Time::from_millis(0), Answer { status: http, content_type, body })
    }

    fn response(code: u16, message: &str) -> Vec<u8> {
        let status = Status::new(code, message);
        let envelope = Envelope::response("1@x", Time::from_millis(0), status);
        cxml::encode(&Document::new(envelope, Payload::None))
    }

    #[test]
    fn only_a_cxml_response_says_that_it_arrived() {
        let sent = answer(200, response(200, ""));
        assert_eq!((sent.verdict, sent.status), (Verdict::Delivered, Some(200)));
        assert_eq!(sent.detail, "200 OK");
        assert_eq!(sent.answer.map(|answer| answer.code), Some(200));
        let sent = answer(200, b"<html>Sign in</html>".to_vec());
        assert_eq!((sent.verdict, sent.answer), (Verdict::Transient, None));
        assert_eq!(sent.detail, "HTTP 200 without a cXML Response");
    }

    #[test]
    fn a_final_no_is_told_in_the_other_sides_words() {
        let sent = answer(200, response(400, "Unknown\narticle PEN-01"));
        assert_eq!(sent.verdict, Verdict::Permanent);
        assert_eq!(sent.detail, "400 Bad Request Unknown article PEN-01");
        assert_eq!(answer(200, response(560, "")).verdict, Verdict::Transient);
    }
}

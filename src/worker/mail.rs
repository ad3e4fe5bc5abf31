//! The postman: letters to people, with their live links made at the moment they leave.
//!
//! A letter sent twice is the same mail under the same Message-ID. Nobody hears of a letter that
//! does not arrive but /admin/deliveries and the log; a document to a partner is another matter.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::join_all};

use super::{Left, Tools, deliver, repeat};
use crate::{
    app::{App, AppError, WokenBy, approval, login},
    base::time::MINUTE_MS,
    domain::{
        delivery::{DeliveryState, Jitter, Verdict, next_attempt},
        notice::Link,
    },
    exchange::letter::Letter as Written,
    outbound::mail::{MailFault, MailParty, Mailer, OutgoingMail},
    store::{delivery::Attempt, letter::Held},
};

/// Letters sent side by side: as many as the mailer has connections.
const SIDE_BY_SIDE: i64 = 4;
const PAUSE: Duration = Duration::from_secs(1);
/// How long a sender may be silent; one sending takes a minute at most.
const LEASE_MS: i64 = 3 * MINUTE_MS / 2;

/// Sends letters until the server stops. Without a mail server they wait.
pub async fn run(tools: Arc<Tools>) {
    repeat(("mail", PAUSE, WokenBy::Commits), tools, look).await;
}

async fn look(tools: Arc<Tools>) -> Result<Left, AppError> {
    let Some(mailer) = &tools.mailer else { return Ok(Left::Nothing) };
    let now = tools.app.now();
    let held = tools.app.store.take_letters(now, now.plus_ms(LEASE_MS), SIDE_BY_SIDE).await?;
    if held.is_empty() {
        return Ok(Left::Nothing);
    }
    let sendings = held.iter().map(|held| deliver(&tools, mailer, held));
    join_all(sendings).await.into_iter().collect::<Result<(), AppError>>()?;
    Ok(Left::More)
}

async fn deliver(tools: &Tools, mailer: &Mailer, held: &Held) -> Result<(), AppError> {
    let app = &tools.app;
    let started_at = app.now();
    let mail = mail(app, held, &tools.mail_from);
    let sent = AssertUnwindSafe(mailer.send(mail)).catch_unwind().await;
    let subject = held.letter.id.to_string();
    let (verdict, detail) = match sent {
        Ok(Ok(said)) => (Verdict::Delivered, said),
        Ok(Err(MailFault::Permanent(why))) => (Verdict::Permanent, why),
        Ok(Err(MailFault::Transient(why))) => (Verdict::Transient, why),
        Err(_) if deliver::is_last_panic(tools, &subject).await => {
            (Verdict::Permanent, deliver::BROKE.to_owned())
        }
        Err(_) => (Verdict::Transient, deliver::BROKE.to_owned()),
    };
    let now = app.now();
    let next_at = match verdict {
        Verdict::Transient => {
            let made = u32::try_from(held.attempts).unwrap_or_default() + 1;
            next_attempt(made, held.created_at, now, jitter(app))
        }
        Verdict::Delivered | Verdict::Permanent => None,
    };
    let state = match (verdict, next_at) {
        (Verdict::Delivered, _) => DeliveryState::Delivered,
        (_, Some(_)) => DeliveryState::Waiting,
        (_, None) => DeliveryState::Failed,
    };
    match verdict {
        Verdict::Delivered => tracing::info!(letter = subject, detail, "letter sent"),
        _ => tracing::warn!(letter = subject, ?verdict, ?state, detail, "letter not taken"),
    }
    let attempt =
        Attempt { number: 0, started_at, finished_at: now, verdict, status: None, detail };
    app.store.settle_letter(held, attempt, state, next_at).await?;
    Ok(())
}

fn jitter(app: &App) -> Jitter {
    let mut byte = [0];
    app.entropy.fill(&mut byte);
    Jitter::of_byte(byte[0])
}

/// The letter as it leaves.
fn mail(app: &App, held: &Held, from: &str) -> OutgoingMail {
    let letter = &held.letter;
    let written = Written {
        subject: letter.subject.clone(),
        text: letter.text.clone(),
        html: letter.html.clone(),
    };
    let written = match letter.link {
        Some(link) => written.with_link(&url(app, link, &letter.link_bound)),
        None => written,
    };
    let host = from.rsplit_once('@').map_or("countersign", |(_, host)| host);
    OutgoingMail {
        from: MailParty { name: Some("Countersign".to_owned()), address: from.to_owned() },
        to: MailParty { name: Some(letter.name.clone()), address: letter.address.clone() },
        subject: written.subject,
        text: written.text,
        html: Some(written.html),
        attachments: Vec::new(),
        message_id: format!("{}@{host}", letter.id),
        written_at: held.created_at,
    }
}

/// The live address of a letter's link; tokens are made here and stored nowhere.
fn url(app: &App, link: Link, bound: &str) -> String {
    let home = &app.site.public_url;
    match link {
        Link::Decide(task) => {
            format!("{home}/decide/{}", approval::link_token(&app.keys, task, bound))
        }
        Link::SetPassword(invite) => login::link(app, invite),
        Link::Requisition(id) => format!("{home}/requisitions/{id}"),
        // The page that offers every signed-off cart of the reader.
        Link::Cart(_) => format!("{home}/transfer"),
        Link::Order(id) => format!("{home}/orders/{id}"),
        Link::Invoice(id) => format!("{home}/invoices/{id}"),
        Link::Home => format!("{home}/"),
        Link::Exchange(id) => format!("{home}/admin/exchanges/{id}"),
    }
}

//! The canary: a partner that went live on a report is asked for its profile once a day, at the
//! address that counts. A ProfileRequest changes nothing there, and tells whether address, secret
//! and answer are still sound.

use std::sync::Arc;

use super::{changed, run::setting};
use crate::{
    app::{Actor, App, AppError, Command, Cx, Need, act, delivery},
    base::{
        id::{PartnerId, Trial},
        text::shorten,
        time::DAY_MS,
    },
    cxml,
    domain::party::{Partner, PartnerKind},
    exchange::conformance::script,
    outbound::client::{Answer, SendFault},
    store,
};

/// Partners asked in one round.
const ROUND: i64 = 10;

/// Asks the partners whose day is over. Returns whether more are due.
pub async fn ring(app: &Arc<App>) -> Result<bool, AppError> {
    let before = app.now().plus_ms(-DAY_MS);
    let due = {
        let mut conn = app.store.read().await?;
        store::conformance::canaries_due(&mut conn, before, ROUND).await?
    };
    let more = due.len() == usize::try_from(ROUND).unwrap_or(usize::MAX);
    for partner in due {
        let said = probe(app, partner).await?;
        let actor = Actor::system("canary", None);
        act(app, &actor, Heard { partner, said }).await?;
    }
    Ok(more)
}

/// What is wrong with the partner's answer; empty when nothing is.
async fn probe(app: &App, id: PartnerId) -> Result<String, AppError> {
    let (url, step, secret) = {
        let mut conn = app.store.read().await?;
        let gone = || AppError::internal("a partner that is due is gone");
        let partner = store::partner::get(&mut conn, id).await?.ok_or_else(gone)?;
        let organisation = store::organisation::get(&mut conn, partner.organisation).await?;
        let Some(url) = address(&partner, organisation.and_then(|own| own.invoice_url)) else {
            return Ok(String::new());
        };
        let name = app.id::<Trial>().to_string();
        let setting = setting(app, &mut conn, &partner, (&name, app.now())).await?;
        let secret = delivery::partner_secret(app, &mut conn, Some(id)).await?;
        (url, script::canary(&setting), secret)
    };
    let answer = app.client.post(&url, &step.content_type, step.filled(&secret)).await;
    Ok(fault(&answer).map(|said| shorten(&said, 300)).unwrap_or_default())
}

/// Where the partner is reached when it counts.
fn address(partner: &Partner, invoices: Option<String>) -> Option<String> {
    let url = match &partner.kind {
        PartnerKind::Buyer => invoices,
        PartnerKind::Supplier { url, .. } => url.clone(),
    };
    url.filter(|url| !url.is_empty())
}

fn fault(answer: &Result<Answer, SendFault>) -> Option<String> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(fault) => return Some(fault.to_string()),
    };
    let decoded = cxml::decode(&answer.body, answer.content_type.as_deref());
    let status = match decoded {
        Ok(document) => document.envelope.status,
        Err(fault) => return Some(format!("HTTP {}: {fault}", answer.status)),
    };
    // Who does not tell its profile is well all the same, as long as it knows the sender.
    let well = status.as_ref().is_some_and(|own| own.is_success() || own.code == 450);
    (!well).then(|| match status {
        Some(own) => format!("Status {} {} {}", own.code, own.text, own.message),
        None => format!("HTTP {} without a Status", answer.status),
    })
}

/// Keeps what the canary heard; a change of it is a fact.
struct Heard {
    partner: PartnerId,
    said: String,
}

impl Command for Heard {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let Some(partner) = store::partner::get(cx.conn, self.partner).await? else {
            cx.nothing_changed();
            return Ok(());
        };
        let before = store::conformance::canary(cx.conn, partner.id).await?;
        store::conformance::set_canary(cx.conn, partner.id, &self.said, cx.now).await?;
        cx.nothing_changed();
        let before = before.map(|(_, said)| said).unwrap_or_default();
        if before != self.said {
            let word = |said: &str| if said.is_empty() { "well" } else { said }.to_owned();
            let words = (word(&before), word(&self.said));
            cx.fact_in(partner.organisation, changed(partner.id, "canary", words));
        }
        Ok(())
    }
}

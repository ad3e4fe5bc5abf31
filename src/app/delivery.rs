//! Sending what is frozen: made ready with secrets, settled after each attempt, sent again by hand.

mod prepare;
mod settings;

pub use prepare::{Ready, address_lines, prepare};
pub(in crate::app) use prepare::{part, secret as partner_secret};
pub use settings::{DeliverySettings, SetDelivery, settings};

use std::collections::HashMap;

use crate::{
    base::{
        id::{DeliveryId, OrderId, PersonId},
        time::Time,
    },
    cxml,
    domain::{
        delivery::{Alarm, DeliveryState, Jitter, Verdict, alarm, next_attempt},
        fact::Fact,
        order::Order,
        party::Channel,
        refusal::Refusal,
    },
    store::{
        self,
        delivery::{Attempt, Delivery, Outcome, Purpose},
        document::{Direction, Document},
    },
};

use super::{
    Actor, App, AppError, Command, Cx, Need, Reader, act, conformance, document,
    order::mark_sent,
    outgoing::{self, Way},
    wire::{self, Heard},
};

/// What one attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub started_at: Time,
    pub verdict: Verdict,
    /// HTTP status, or the cXML status when there was one.
    pub status: Option<i64>,
    /// In plain words, for the list of attempts.
    pub detail: String,
    /// What the other side answered, when it answered in cXML.
    pub answer: Option<Answered>,
    /// What came back, whatever it was; for the wire doctor.
    pub heard: Heard,
}

/// The other side's answer, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub content_type: String,
    pub body: Vec<u8>,
    pub code: u16,
}

/// Writes down what an attempt came to, and decides what is next by the retry table.
pub async fn settle(
    app: &std::sync::Arc<App>,
    delivery: Delivery,
    sent: Sent,
) -> Result<(), AppError> {
    let now = app.now();
    if sent.verdict != Verdict::Delivered {
        wire::sending(app, &delivery, &sent.heard, &sent.detail).await;
    }
    let attempt = Attempt {
        number: 0,
        started_at: sent.started_at,
        finished_at: now,
        verdict: sent.verdict,
        status: sent.status,
        detail: sent.detail.clone(),
    };
    let first_at = delivery.round_at.unwrap_or(sent.started_at);
    let next_at = match sent.verdict {
        Verdict::Transient => {
            let made = u32::try_from(delivery.round_attempts).unwrap_or_default() + 1;
            next_attempt(made, first_at, now, jitter(app))
        }
        Verdict::Delivered | Verdict::Permanent => None,
    };
    let alarm = match sent.verdict {
        Verdict::Delivered => None,
        _ => Some(alarm(first_at, now, next_at, delivery.told_at.is_some())),
    };
    if let (Some(Alarm::Quiet), Some(next_at)) = (alarm, next_at) {
        app.store.put_back(&delivery, attempt, next_at).await?;
        return Ok(());
    }
    let actor = Actor::system("deliver", Some(delivery.organisation));
    act(app, &actor, Settle { delivery, attempt, sent, next_at, alarm }).await
}

fn jitter(app: &App) -> Jitter {
    let mut byte = [0];
    app.entropy.fill(&mut byte);
    Jitter::of_byte(byte[0])
}

/// The outcome of an attempt that somebody hears of.
struct Settle {
    delivery: Delivery,
    attempt: Attempt,
    sent: Sent,
    next_at: Option<Time>,
    /// `None` when it arrived.
    alarm: Option<Alarm>,
}

impl Command for Settle {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let state = match (self.alarm, self.next_at) {
            (None, _) => DeliveryState::Delivered,
            (Some(_), Some(_)) => DeliveryState::Waiting,
            (Some(_), None) => DeliveryState::Failed,
        };
        let told = self.alarm == Some(Alarm::Late);
        let outcome = Outcome { state, next_at: self.next_at, told };
        // Without the lease somebody else has sent it meanwhile, and says what became of it.
        cx.nothing_changed();
        if !store::delivery::settle(cx.conn, &self.delivery, &self.attempt, outcome).await? {
            return Ok(());
        }
        if let Some(answer) = &self.sent.answer {
            keep_answer(cx, &self.delivery, answer).await?;
        }
        let (delivery, about) = (self.delivery.id.to_string(), self.delivery.about.clone());
        let attempts = u32::try_from(self.delivery.attempts + 1).unwrap_or(u32::MAX);
        match self.alarm {
            None if self.delivery.purpose == Purpose::Order => {
                mark_sent(cx, outgoing::id(&about)?).await?;
            }
            Some(Alarm::Late) => cx.fact(Fact::DeliveryLate { delivery, about, attempts }),
            Some(Alarm::GivenUp) => cx.fact(Fact::DeliveryFailed { delivery, about, attempts }),
            None | Some(Alarm::Quiet) => {}
        }
        Ok(())
    }
}

/// Keeps the answer beside the document it answers.
async fn keep_answer(
    cx: &mut Cx<'_>,
    delivery: &Delivery,
    answer: &Answered,
) -> Result<(), AppError> {
    let Some(sent) = store::document::get(cx.conn, delivery.document).await? else {
        return Ok(());
    };
    let kept = Document {
        id: cx.id(),
        direction: Direction::In,
        kind: "Response".to_owned(),
        organisation: Some(delivery.organisation),
        supplier: if delivery.purpose == Purpose::Order { sent.supplier } else { None },
        partner: delivery.partner,
        about: vec![delivery.about.clone()],
        sender: String::new(),
        payload_id: String::new(),
        content_type: answer.content_type.clone(),
        body: cxml::redact(&answer.body).into(),
        status: Some(i64::from(answer.code)),
        reply_to: Some(delivery.document),
        at: cx.now,
    };
    document::keep(cx, kept).await?;
    Ok(())
}

/// Sends an order again, byte for byte and under the same payloadID, to where its supplier is
/// reached now.
#[derive(Debug, Clone, Copy)]
pub struct Resend {
    pub order: OrderId,
}

impl Command for Resend {
    /// The deliveries that are due again.
    type Answer = Vec<DeliveryId>;
    const NEED: Need = Need::May("order", "resend");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Vec<DeliveryId>, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let order = store::order::in_organisation(cx.conn, organisation, self.order).await?;
        let order = order.ok_or_else(|| Refusal::not_found("order"))?;
        let supply = store::partner::supply(cx.conn, organisation, order.supplier).await?;
        let supply = conformance::only_live(supply);
        let buyer = outgoing::buyer(cx.conn, organisation).await?;
        let owner = store::organisation::get(cx.conn, organisation).await?;
        let about = order.id.to_string();
        let mut asked = Vec::new();
        for delivery in store::delivery::about(cx.conn, &about).await? {
            // What an earlier version said is not said again.
            if delivery.document != order.document {
                continue;
            }
            let way = match delivery.purpose {
                Purpose::Order => Some(outgoing::to_supplier(supply.as_ref())),
                Purpose::OrderCopy => {
                    owner.as_ref().and_then(|owner| outgoing::to_buyer(owner, buyer.as_ref()))
                }
                Purpose::StatusUpdate | Purpose::Invoice => None,
            };
            let Some(way) = way.filter(|way| way.channel != Channel::Desk) else { continue };
            if again(cx, &delivery, &way).await? {
                asked.push(delivery.id);
                let delivery = delivery.id.to_string();
                cx.fact(Fact::DeliveryAsked { delivery, about: about.clone() });
            }
        }
        if asked.is_empty() {
            let message = "There is nothing to send again just now.";
            return Err(Refusal::conflict("nothing-to-send", message)
                .field("order")
                .got(order.number)
                .expected("an order that goes out by cXML or e-mail and is not being sent")
                .mend("Look at the delivery settings of the supplier.")
                .into());
        }
        Ok(asked)
    }
}

async fn again(cx: &mut Cx<'_>, delivery: &Delivery, way: &Way) -> Result<bool, AppError> {
    let mut delivery = delivery.clone();
    delivery.channel = way.channel;
    delivery.target.clone_from(&way.target);
    delivery.partner = way.partner;
    Ok(store::delivery::resend(cx.conn, &delivery, cx.now).await?)
}

/// A delivery with every attempt, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryView {
    pub delivery: Delivery,
    pub attempts: Vec<Attempt>,
}

/// The deliveries of something the reader has looked up already, oldest first.
pub async fn about(reader: &mut Reader<'_>, about: &str) -> Result<Vec<DeliveryView>, AppError> {
    let deliveries = store::delivery::about(&mut reader.conn, about).await?;
    with_attempts(reader, deliveries).await
}

/// The deliveries of a page of orders, newest order first, by order; see
/// [`store::delivery::of_orders`].
pub async fn of_orders(
    reader: &mut Reader<'_>,
    orders: &[Order],
    requester: Option<PersonId>,
) -> Result<HashMap<String, Vec<DeliveryView>>, AppError> {
    let mut by_order: HashMap<String, Vec<DeliveryView>> = HashMap::new();
    let (Some(newest), Some(oldest)) = (orders.first(), orders.last()) else {
        return Ok(by_order);
    };
    let (organisation, span) = (newest.organisation, (oldest.id, newest.id));
    let conn = &mut reader.conn;
    let found = store::delivery::of_orders(conn, organisation, span, requester).await?;
    for (delivery, attempts) in found {
        let about = delivery.about.clone();
        by_order.entry(about).or_default().push(DeliveryView { delivery, attempts });
    }
    Ok(by_order)
}

/// Deliveries of each state that are shown at most.
const SHOWN: i64 = 200;

/// The organisation's deliveries that did not arrive: those that nobody tries any more, then those
/// that failed so far and are tried again. Each with the name of what it is about, newest first.
pub async fn failed(reader: &mut Reader<'_>) -> Result<Vec<(DeliveryView, String)>, AppError> {
    if !reader.may("delivery", "read") {
        reader.need("delivery", "read-all")?;
    }
    let organisation = reader.actor.need_organisation()?;
    let conn = &mut reader.conn;
    let mut found =
        store::delivery::in_state(conn, organisation, DeliveryState::Failed, SHOWN).await?;
    let waiting = store::delivery::in_state(conn, organisation, DeliveryState::Waiting, SHOWN);
    found.extend(waiting.await?.into_iter().filter(|one| one.attempts > 0));
    let mut named = Vec::with_capacity(found.len());
    for view in with_attempts(reader, found).await? {
        let about = &view.delivery.about;
        let name = store::audit::label(&mut reader.conn, about).await?;
        let name = name.unwrap_or_else(|| about.clone());
        named.push((view, name));
    }
    Ok(named)
}

async fn with_attempts(
    reader: &mut Reader<'_>,
    deliveries: Vec<Delivery>,
) -> Result<Vec<DeliveryView>, AppError> {
    let mut views = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let attempts =
            store::delivery::attempts(&mut reader.conn, &delivery.id.to_string()).await?;
        views.push(DeliveryView { delivery, attempts });
    }
    Ok(views)
}

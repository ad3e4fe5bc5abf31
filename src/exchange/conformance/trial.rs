//! The exchanges of one trial, read once, and the questions that the cases ask of them.

use crate::{
    base::{text::shorten, words::words},
    cxml::{
        self, Payload, Status,
        confirmation::{ConfirmationRequest, OrderReference},
        invoice::InvoiceDetailRequest,
        item::Item,
        order::OrderRequest,
        punchout_order::PunchOutOrderMessage,
        punchout_setup::PunchOutSetupRequest,
        ship_notice::ShipNoticeRequest,
    },
    oci::{form, hook::HookRule},
};

use super::{Side, Verdict, Way};

pub(super) use seen::Seen;

mod seen;

words! {
    /// What was seen while the secrets were still in the bytes, which are kept without them.
    Note {
        SecretRight = "secret-right",
        SecretWrong = "secret-wrong",
        SecretMissing = "secret-missing",
        SecretInFrom = "secret-in-from",
        FromForeign = "from-foreign",
        /// The partner's answer repeats the shared secret.
        Leak = "leak",
    }
}

/// A document and its answer, as they went; secrets cut out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub way: Way,
    /// Which step of the script, of what we sent.
    pub step: String,
    pub request: Vec<u8>,
    pub request_type: String,
    pub answer: Option<Vec<u8>>,
    pub answer_type: String,
    /// HTTP status of the answer.
    pub http: Option<u16>,
    pub took_ms: i64,
    pub notes: Vec<Note>,
    /// Why there is no answer.
    pub trouble: String,
}

/// A trial of one partner, read.
pub struct Trial {
    pub side: Side,
    /// Where carts may go back to.
    pub hooks: HookRule,
    pub(super) seen: Vec<Seen>,
}

impl Trial {
    /// Reads the exchanges, which come in the order in which they were made.
    pub fn read(side: Side, hooks: HookRule, exchanges: Vec<Exchange>) -> Self {
        Self { side, hooks, seen: exchanges.into_iter().map(Seen::of).collect() }
    }

    fn ours(&self) -> impl Iterator<Item = &Seen> {
        self.seen.iter().filter(|seen| seen.exchange.way == Way::Ours)
    }

    /// Everything the partner posted.
    pub(super) fn theirs(&self) -> impl Iterator<Item = &Seen> {
        self.seen.iter().filter(|seen| seen.exchange.way == Way::Theirs)
    }

    /// The last try of a step.
    pub(super) fn step(&self, step: &str) -> Option<&Seen> {
        self.ours().filter(|seen| seen.exchange.step == step).last()
    }

    /// Whether a step was answered, rightly or not; then it need not be sent again.
    pub fn is_done(&self, step: &str) -> bool {
        let whole = |seen: &Seen| seen.exchange.http.is_some_and(|http| http < 500);
        self.step(step).is_some_and(whole)
    }

    /// The last try of every step that posts cXML and got some answer.
    pub(super) fn answered(&self) -> impl Iterator<Item = &Seen> {
        let last = |seen: &&Seen| {
            self.step(&seen.exchange.step).is_some_and(|last| std::ptr::eq(last, *seen))
        };
        let cxml = |seen: &&Seen| !seen.exchange.request_type.starts_with(FORM);
        self.ours().filter(cxml).filter(last).filter(|seen| seen.exchange.answer.is_some())
    }

    /// The step was answered with a Status of success.
    pub(super) fn taken(&self, step: &str) -> Verdict {
        self.told(step, |status| status.is_success())
    }

    /// The step was declined: its kind of request is not taken there, which the standard allows.
    pub(super) fn is_declined(&self, step: &str) -> bool {
        let status = self.step(step).and_then(Seen::status);
        status.is_some_and(|status| status.code == NOT_IMPLEMENTED)
    }

    /// As [`Trial::taken`], of what a partner need not offer.
    pub(super) fn offered(&self, step: &str) -> Verdict {
        if self.is_declined(step) { Verdict::NotOffered } else { self.taken(step) }
    }

    /// The step was refused for good: with a Status 4xx, and one of these codes when some are
    /// named.
    pub(super) fn refused(&self, step: &str, codes: &[u16]) -> Verdict {
        self.told(step, |status| match codes {
            [] => (400..=499).contains(&status.code),
            codes => codes.contains(&status.code),
        })
    }

    fn told(&self, step: &str, fits: impl Fn(&Status) -> bool) -> Verdict {
        let Some(seen) = self.step(step) else { return Verdict::NotTried };
        match seen.status() {
            Some(status) if fits(status) => Verdict::Passed,
            _ => Verdict::Failed(seen.outcome()),
        }
    }

    /// The browser's post of a step was answered with a page or led on.
    pub(super) fn form_taken(&self, step: &str) -> Verdict {
        let Some(seen) = self.step(step) else { return Verdict::NotTried };
        match seen.exchange.http {
            Some(200..=399) => Verdict::Passed,
            _ => Verdict::Failed(seen.outcome()),
        }
    }

    /// What the partner posted, each document once, without what the sandbox put off.
    fn payloads(&self) -> impl Iterator<Item = &Payload> {
        let kept = |seen: &&Seen| seen.exchange.http.is_none_or(|http| http < 500);
        let first = move |seen: &&Seen| {
            let mut same =
                self.theirs().filter(kept).filter(|own| own.payload_id() == seen.payload_id());
            same.next().is_some_and(|found| std::ptr::eq(found, *seen))
        };
        let sent = self.theirs().filter(kept).filter(first).filter_map(Seen::sent);
        sent.map(|(_, payload)| payload)
    }

    pub(super) fn confirmations(&self) -> Vec<&ConfirmationRequest> {
        let found = self.payloads().filter_map(|payload| match payload {
            Payload::ConfirmationRequest(found) => Some(&**found),
            _ => None,
        });
        found.collect()
    }

    pub(super) fn ship_notices(&self) -> Vec<&ShipNoticeRequest> {
        let found = self.payloads().filter_map(|payload| match payload {
            Payload::ShipNoticeRequest(found) => Some(&**found),
            _ => None,
        });
        found.collect()
    }

    pub(super) fn invoices(&self) -> Vec<&InvoiceDetailRequest> {
        let found = self.payloads().filter_map(|payload| match payload {
            Payload::InvoiceDetailRequest(found) => Some(&**found),
            _ => None,
        });
        found.collect()
    }

    pub(super) fn setups(&self) -> Vec<&PunchOutSetupRequest> {
        let found = self.payloads().filter_map(|payload| match payload {
            Payload::PunchOutSetupRequest(found) => Some(&**found),
            _ => None,
        });
        found.collect()
    }

    /// The orders that a procurement system sent.
    pub(super) fn orders(&self) -> Vec<&OrderRequest> {
        let found = self.payloads().filter_map(|payload| match payload {
            Payload::OrderRequest(found) => Some(&**found),
            _ => None,
        });
        found.collect()
    }

    /// The order that we sent in a step.
    pub(super) fn order_of(&self, step: &str) -> Option<(&str, &OrderRequest)> {
        let (envelope, payload) = self.step(step)?.sent()?;
        match payload {
            Payload::OrderRequest(order) => Some((&envelope.payload_id, order)),
            _ => None,
        }
    }

    /// The order of ours that a reference names, by payloadID, else by orderID.
    pub(super) fn named(&self, reference: &OrderReference) -> Option<&OrderRequest> {
        let ours = || {
            self.ours().filter_map(|seen| match seen.sent()? {
                (envelope, Payload::OrderRequest(order)) => Some((&envelope.payload_id, &**order)),
                _ => None,
            })
        };
        let by_id = reference.payload_id.as_deref().filter(|id| !id.is_empty());
        let found = match (by_id, reference.order_id.as_deref()) {
            (Some(id), _) => ours().find(|(own, _)| *own == id),
            (None, Some(number)) => ours().find(|(_, order)| order.order_id == number),
            (None, None) => None,
        };
        found.map(|(_, order)| order)
    }

    /// Whether a reference names the order of this step.
    pub(super) fn is_about(&self, reference: &OrderReference, step: &str) -> bool {
        let own = self.order_of(step).map(|(id, _)| id);
        own.is_some() && reference.payload_id.as_deref() == own
    }

    /// The lines of the cart that was returned in a step.
    pub(super) fn cart(&self, step: &str) -> Option<PunchOutOrderMessage> {
        let body = &self.step(step)?.exchange.request;
        let pairs = form::parse(body).ok()?;
        let (_, body) = pairs.iter().find(|(name, _)| name.starts_with("cxml-url"))?;
        match cxml::decode(body.as_bytes(), None).ok()?.payload {
            Payload::PunchOutOrderMessage(message) => Some(*message),
            _ => None,
        }
    }
}

/// The status code of requests that are not taken.
const NOT_IMPLEMENTED: u16 = 450;
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// The line of an order.
pub(super) fn line(order: &OrderRequest, number: u32) -> Option<&Item> {
    order.items.iter().find(|item| item.line_number == Some(number))
}

/// Every one of them is right; the first that is not says why. Without any, nothing was tried.
pub(super) fn each<T>(
    all: impl IntoIterator<Item = T>,
    fault: impl Fn(T) -> Option<String>,
) -> Verdict {
    let mut verdict = Verdict::NotTried;
    for one in all {
        match fault(one) {
            Some(got) => return Verdict::Failed(shorten(&got, 300)),
            None => verdict = Verdict::Passed,
        }
    }
    verdict
}

/// At least one of them is there.
pub(super) fn some<T>(all: impl IntoIterator<Item = T>, fits: impl Fn(T) -> bool) -> Verdict {
    match all.into_iter().any(fits) {
        true => Verdict::Passed,
        false => Verdict::NotTried,
    }
}

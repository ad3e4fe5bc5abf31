//! The carts that a procurement system gets back through the browser.

use super::{
    Setting, Step,
    goods::{Goods, SPECIAL, UMLAUTS, goods, items, many, total},
};
use crate::{
    base::money::Currency,
    cxml::{
        self, Document, Envelope, Mode, Party, Payload, Status,
        punchout_order::{PunchOutOrderMessage, QuoteStatus},
        punchout_setup::SetupOperation,
    },
    domain::party::CartEncoding,
    exchange::{conformance::Trial, punchout},
    oci::{form, hook::Hook},
};

/// A visit that the partner began: what its cart answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub cookie: String,
    pub url: String,
}

/// The visits to which a cart may be returned, in the order in which they were begun.
pub fn visits(trial: &Trial) -> Vec<Visit> {
    let fresh = trial.setups().into_iter().filter(|own| own.operation == SetupOperation::Create);
    let visit = |setup: &cxml::punchout_setup::PunchOutSetupRequest| {
        let url = setup.return_url.clone()?;
        let hook = Hook::parse("BrowserFormPost", &url).ok()?;
        hook.allowed_by("BrowserFormPost", &trial.hooks).ok()?;
        Some(Visit { cookie: setup.buyer_cookie.clone(), url })
    };
    fresh.filter_map(visit).collect()
}

/// Each cart goes to a visit of its own while there are some left, then to the last one.
pub(super) fn steps(setting: &Setting, visits: &[Visit]) -> Vec<Step> {
    let Some(last) = visits.last() else { return Vec::new() };
    let [plain, base64] = [CartEncoding::Urlencoded, CartEncoding::Base64];
    let carts: [(&'static str, Vec<Goods>, QuoteStatus, CartEncoding); 6] = [
        ("cart-urlencoded", test_cart(), QuoteStatus::Final, plain),
        ("cart-base64", test_cart(), QuoteStatus::Final, base64),
        ("cart-pending", test_cart(), QuoteStatus::Pending, plain),
        ("cart-empty", Vec::new(), QuoteStatus::Final, plain),
        ("cart-special", vec![goods("TEST-NUT", SPECIAL, 3, "EA", 210)], QuoteStatus::Final, plain),
        ("cart-many-lines", many(), QuoteStatus::Final, plain),
    ];
    let made = carts.into_iter().enumerate().map(|(at, (id, lines, quote, encoding))| {
        let visit = visits.get(at).unwrap_or(last);
        let body = cxml::encode(&setting.cart((id, visit), &lines, quote));
        let form = punchout::cxml_form(&visit.url, encoding, &body);
        Step {
            id,
            content_type: "application/x-www-form-urlencoded".to_owned(),
            body: form::encode(&form.hidden, form::Charset::UTF_8),
            url: Some(visit.url.clone()),
        }
    });
    made.collect()
}

fn test_cart() -> Vec<Goods> {
    vec![
        goods("TEST-LOCK", UMLAUTS, 2, "EA", 1_999),
        Goods { per: 100, ..goods("TEST-SCREW", "Screw M4", 500, "EA", 350) },
        goods("TEST-BOX", "Envelopes", 3, "BX", 799),
        goods("TEST-CABLE", "Cable", 40, "MTR", 89),
    ]
}

impl Setting {
    fn cart(&self, (id, visit): (&str, &Visit), lines: &[Goods], quote: QuoteStatus) -> Document {
        let items = items(lines, Currency::EUR);
        let total = total(&items, Currency::EUR);
        let mut message = PunchOutOrderMessage::new(&*visit.cookie, total, items);
        message.quote_status = quote;
        let party = |own: &crate::domain::party::Identity| Party::new(&own.domain, &own.identity);
        let us = party(&self.sender);
        let mut envelope = Envelope::message(self.payload_id(id), self.at)
            .between(us.clone(), party(&self.to), us)
            .mode(Mode::Test);
        if lines.is_empty() {
            envelope.status = Some(Status::new(Status::NO_CONTENT, ""));
        }
        Document::new(envelope, Payload::PunchOutOrderMessage(Box::new(message)))
    }
}

//! Facts of the audit trail in plain sentences, and where what they are about can be seen.

use crate::{
    app::audit::Labels,
    domain::fact::{Change, Fact},
    http::part::{Tone, coded},
    store::audit::Entry,
};

mod sign_off;

use sign_off::sign_off;

/// One entry, told.
pub struct Told {
    pub what: String,
    pub detail: Option<String>,
    pub tone: Tone,
}

impl Told {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), detail: None, tone: Tone::Plain }
    }

    fn good(mut self) -> Self {
        self.tone = Tone::Good;
        self
    }

    fn bad(mut self) -> Self {
        self.tone = Tone::Bad;
        self
    }

    fn info(mut self) -> Self {
        self.tone = Tone::Info;
        self
    }

    fn with(mut self, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        self.detail = Some(detail).filter(|detail| !detail.is_empty());
        self
    }
}

/// The entry in a sentence; one of a kind this version does not know is shown by its name.
pub fn told(entry: &Entry, labels: &Labels) -> Told {
    match serde_json::from_str::<Fact>(&entry.body) {
        Ok(fact) => shopping(&fact)
            .or_else(|| sign_off(&fact, labels))
            .or_else(|| ordering(&fact))
            .or_else(|| setting_up(&fact))
            .unwrap_or_else(|| by_name(entry)),
        Err(_) => by_name(entry),
    }
}

fn by_name(entry: &Entry) -> Told {
    let mut words = entry.kind.replace('-', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Told::new(words)
}

fn shopping(fact: &Fact) -> Option<Told> {
    Some(match fact {
        Fact::PunchoutIssued { operation, .. } => {
            Told::new(format!("A procurement system opened a session ({operation})"))
        }
        Fact::PunchoutOpened { .. } => Told::new("The start link was used"),
        Fact::PunchoutCancelled { .. } => Told::new("The visit ended with an empty cart"),
        Fact::CartMade { .. } => Told::new("A cart was started"),
        Fact::CartChanged { lines, total, .. } => {
            Told::new(format!("The cart was changed: {lines} lines, {total}"))
        }
        Fact::SiteVisitBegun { supplier, operation, .. } => {
            Told::new(format!("A visit to the shop of {supplier} was begun ({operation})"))
        }
        Fact::SiteVisitOpened { .. } => Told::new("The supplier's shop opened"),
        Fact::SiteVisitFailed { reason, .. } => {
            Told::new("The supplier's shop did not open").with(reason).bad()
        }
        Fact::SiteCartTaken { lines, held, .. } => {
            let told =
                format!("{lines} lines came from the supplier's shop, {held} to be looked at");
            Told::new(told).info()
        }
        Fact::SiteCartRefused { message, .. } => {
            Told::new("A cart of the supplier's shop was not taken").with(message).bad()
        }
        Fact::CartReturned { quote_status, lines, total, .. } => {
            Told::new(format!("The cart went back as {quote_status}: {lines} lines, {total}"))
                .info()
        }
        _ => return None,
    })
}

fn ordering(fact: &Fact) -> Option<Told> {
    Some(match fact {
        Fact::OrderArrived { buyer_order_id, held, flags, .. } => {
            let what = if *held { "and is held" } else { "and goes on" };
            Told::new(format!("Order {buyer_order_id} arrived {what}"))
                .with(flags.join("; "))
                .info()
        }
        Fact::OrderIssued { number, total, content_hash, signed_hash, .. } => {
            Told::new(format!("Order {number} was issued: {total}"))
                .with(format!("content {content_hash}, of the signed {signed_hash}"))
                .good()
        }
        Fact::OrderChanged { number, revision, total, content_hash, signed_hash, .. } => {
            Told::new(format!("Order {number} was changed, version {revision}: {total}"))
                .with(format!("content {content_hash}, of the signed {signed_hash}"))
                .info()
        }
        Fact::OrderCancelled { number, reason, .. } => {
            Told::new(format!("Order {number} was cancelled")).with(reason).bad()
        }
        Fact::OrderSent { .. } => Told::new("The supplier has the order").info(),
        Fact::OrderConfirmed { state, .. } => {
            Told::new(format!("The supplier confirmed; the order is {}", words(state))).good()
        }
        Fact::OrderRejected { reason, .. } => {
            Told::new("The supplier rejected the order").with(reason).bad()
        }
        Fact::OrderStatusTold { words, .. } => {
            Told::new("The supplier's system sent news of the order").with(words).info()
        }
        Fact::OrderShipped { .. } => Told::new("The supplier shipped").info(),
        Fact::ShipmentTakenBack { .. } => Told::new("The supplier took a ship notice back").bad(),
        Fact::OrderReceived { state, .. } => {
            Told::new(format!("Goods were received; the order is {}", words(state))).good()
        }
        Fact::DeliveryAsked { .. } => Told::new("The document was sent again by hand").info(),
        Fact::DeliveryLate { attempts, .. } => {
            Told::new(format!("Still not delivered after {attempts} attempts")).bad()
        }
        Fact::DeliveryFailed { attempts, .. } => {
            Told::new(format!("Given up after {attempts} attempts")).bad()
        }
        Fact::InvoiceReceived { number, result, .. } => {
            let told = Told::new(format!("Invoice {number} arrived; its match is {result}"));
            if result == "clean" { told.good() } else { told.bad() }
        }
        Fact::InvoiceApproved { by, .. } => {
            Told::new(format!("The invoice was approved by {by}")).good()
        }
        Fact::InvoiceCorrected { kind, amount, .. } => {
            Told::new(format!("A {} of {amount} was booked", words(kind))).good()
        }
        Fact::InvoiceIssued { .. } => Told::new("The invoice went to the buyer's system").good(),
        Fact::ExchangeFailed { cause, .. } => {
            Told::new(format!("An exchange with a partner went wrong: {cause}")).bad()
        }
        Fact::InvoicePaid { amount, left, remittance, .. } => Told::new(format!(
            "Remittance {remittance} pays {amount} of the invoice; {left} is left"
        ))
        .good(),
        Fact::InvoiceRejected { reason, .. } => {
            Told::new("The invoice was rejected").with(reason).bad()
        }
        _ => return None,
    })
}

fn setting_up(fact: &Fact) -> Option<Told> {
    Some(match fact {
        Fact::SignInFailed { email } => Told::new(format!("A sign-in as {email} failed")).bad(),
        Fact::PersonInvited { email, roles, .. } => {
            Told::new(format!("{email} was invited")).with(roles.join(", "))
        }
        Fact::PersonChanged { changes, .. } => {
            Told::new("A person's settings were changed").with(changed(changes))
        }
        Fact::SettingSaved { noun, changes, .. } => {
            Told::new(format!("A setting was saved: {noun}")).with(changed(changes))
        }
        Fact::CatalogueImported { added, changed, withdrawn, .. } => Told::new(format!(
            "A catalogue was imported: {added} new, {changed} changed, {withdrawn} withdrawn"
        )),
        Fact::PolicyDrafted { kind, number, comment, .. } => {
            Told::new(format!("Version {number} of the {kind} policy was drafted")).with(comment)
        }
        Fact::PolicyActivated { kind, number, .. } => {
            Told::new(format!("Version {number} of the {kind} policy is in force")).info()
        }
        Fact::PolicyScheduled { kind, number, at, .. } => {
            Told::new(format!("Version {number} of the {kind} policy comes into force at {at}"))
        }
        Fact::PolicyNotActivated { kind, number, reason, .. } => {
            Told::new(format!("Version {number} of the {kind} policy did not come into force"))
                .with(reason)
                .bad()
        }
        Fact::PolicyShadowed { kind, number: Some(number), .. } => {
            Told::new(format!("Version {number} of the {kind} policy runs as a shadow"))
        }
        Fact::PolicyShadowed { kind, number: None, .. } => {
            Told::new(format!("The shadow of the {kind} policy was ended"))
        }
        Fact::RegisterSaved { kind, entries, .. } => {
            Told::new(format!("The register of {kind} was saved: {entries} lines"))
        }
        Fact::DocumentKept { kind, sha256, answer: None, .. } => {
            Told::new(format!("A document was kept: {kind}")).with(format!("SHA-256 {sha256}"))
        }
        Fact::DocumentKept { kind, sha256, answer: Some(answer), .. } => {
            Told::new(format!("A document and its answer were kept: {kind}, {}", answer.kind))
                .with(format!("SHA-256 {sha256}; {}", answer.sha256))
        }
        Fact::Refused { message, code, .. } => {
            Told::new(format!("Refused: {message}")).with(code).bad()
        }
        _ => return None,
    })
}

fn words(state: &str) -> String {
    state.replace('_', " ")
}

fn changed(changes: &[Change]) -> String {
    let one =
        |change: &Change| format!("{}: {} \u{2192} {}", change.field, change.before, change.after);
    changes.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The page of an object by its id, without prefix; without a page of its own: its audit trail.
pub fn object_path(id: &str) -> String {
    match id.split_once('_').map(|(kind, _)| kind) {
        Some("po") => format!("/orders/{id}"),
        Some("req") => format!("/requisitions/{id}"),
        Some("inv") => format!("/invoices/{id}"),
        Some("doc") => format!("/documents/{id}"),
        _ => format!("/audit?about={}", coded(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{id::AuditEntryId, time::Time};

    fn entry(kind: &str, body: &str) -> Entry {
        Entry {
            id: AuditEntryId::from_bits(1),
            organisation: None,
            at: Time::from_millis(0),
            actor: "x".into(),
            kind: kind.into(),
            about: String::new(),
            body: body.into(),
            entry_hash: String::new(),
            position: None,
            chain_hash: None,
        }
    }

    #[test]
    fn known_facts_are_sentences_and_unknown_ones_keep_their_name() {
        let labels = Labels::default();
        let body = r#"{"fact":"order-sent","order":"po_1","requisition":"req_1"}"#;
        assert_eq!(told(&entry("order-sent", body), &labels).what, "The supplier has the order");
        assert_eq!(told(&entry("moon-reached", "{}"), &labels).what, "Moon reached");
    }

    #[test]
    fn objects_lead_to_their_page_or_to_their_audit_trail() {
        assert_eq!(object_path("po_1"), "/orders/po_1");
        assert_eq!(object_path("prt_1"), "/audit?about=prt_1");
        assert_eq!(object_path("a@b"), "/audit?about=a%40b");
    }
}

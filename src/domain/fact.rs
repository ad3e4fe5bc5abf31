//! Facts: what happened, in the past tense. A use case returns them; the one door writes audit
//! entries, letters and outgoing documents from them. A change without a fact cannot be committed.
//!
//! The JSON of a fact is its audit body, so it never holds a secret or a live token.

mod about;
mod parts;

pub use parts::{Change, Decided, KeptAnswer, RequisitionFact};

use serde::{Deserialize, Serialize};

use crate::base::time::Time;

/// Something that happened. Ids are texts here, because a fact is read long after its types
/// changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum Fact {
    // people and settings
    OrganisationMade {
        organisation: String,
        name: String,
    },
    SignedIn {
        person: String,
        session: String,
    },
    SignInFailed {
        email: String,
    },
    SignedOut {
        session: String,
    },
    PersonInvited {
        person: String,
        email: String,
        roles: Vec<String>,
        invite: String,
    },
    PasswordResetAsked {
        person: String,
        invite: String,
    },
    PasswordSet {
        person: String,
    },
    PersonChanged {
        person: String,
        changes: Vec<Change>,
    },
    TokenMade {
        person: String,
        session: String,
    },
    SettingSaved {
        object: String,
        noun: String,
        changes: Vec<Change>,
    },
    SecretRotated {
        partner: String,
        slot: u8,
    },
    CatalogueImported {
        supplier: String,
        added: u32,
        changed: u32,
        withdrawn: u32,
        sha256: String,
    },
    PolicyDrafted {
        policy: String,
        kind: String,
        number: i64,
        sha256: String,
        comment: String,
    },
    PolicyActivated {
        policy: String,
        kind: String,
        number: i64,
        before: Option<i64>,
    },
    PolicyScheduled {
        policy: String,
        kind: String,
        number: i64,
        at: Time,
    },
    PolicyNotActivated {
        policy: String,
        kind: String,
        number: i64,
        reason: String,
    },
    PolicyShadowed {
        organisation: String,
        kind: String,
        number: Option<i64>,
    },
    RegisterSaved {
        organisation: String,
        kind: String,
        entries: u32,
        sha256: String,
    },
    // shopping
    PunchoutIssued {
        session: String,
        partner: String,
        person: String,
        operation: String,
    },
    PunchoutOpened {
        session: String,
    },
    PunchoutCancelled {
        session: String,
    },
    CartMade {
        cart: String,
        session: Option<String>,
    },
    CartChanged {
        cart: String,
        lines: u32,
        total: String,
    },
    SiteVisitBegun {
        visit: String,
        site: String,
        supplier: String,
        cart: String,
        operation: String,
    },
    SiteVisitOpened {
        visit: String,
    },
    SiteVisitFailed {
        visit: String,
        reason: String,
    },
    SiteCartTaken {
        visit: String,
        cart: String,
        lines: u32,
        held: u32,
        total: String,
    },
    SiteCartRefused {
        visit: String,
        cart: String,
        code: String,
        message: String,
    },
    CartReturned {
        session: String,
        cart: String,
        quote_status: String,
        lines: u32,
        total: String,
    },
    // sign-off
    RequisitionSubmitted(RequisitionFact),
    RequisitionChanged(RequisitionFact),
    RequisitionWithdrawn {
        requisition: String,
    },
    TaskOpened {
        requisition: String,
        task: String,
        assignee: String,
        content_hash: String,
        /// Who stands in for the assignee, and until when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deputy: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
    },
    TaskReminded {
        requisition: String,
        task: String,
    },
    TaskEscalated {
        requisition: String,
        task: String,
        /// Absent when no manager is left who may be asked.
        to: Option<String>,
    },
    RequisitionExpired {
        requisition: String,
    },
    /// Somebody said something about a requisition.
    RemarkMade {
        requisition: String,
        remark: String,
        kind: String,
        text: String,
    },
    /// Somebody attached a file to a requisition: to the whole, or to a line.
    FileAttached {
        requisition: String,
        file: String,
        name: String,
        sha256: String,
        line: Option<i64>,
    },
    /// A signature that an edit left standing.
    SignatureKept {
        requisition: String,
        task: String,
        /// The task that was signed.
        from: String,
    },
    /// What an approver did to one line.
    LineEdited {
        requisition: String,
        task: Option<String>,
        line: i64,
        what: String,
        sku: String,
        before: String,
        after: String,
        reason: String,
    },
    DelegationMade {
        delegation: String,
        principal: String,
        deputy: String,
        starts_at: Time,
        ends_at: Time,
        scope: String,
    },
    DelegationEnded {
        delegation: String,
        principal: String,
    },
    Decided(Decided),
    RequisitionApproved {
        requisition: String,
        content_hash: String,
    },
    RequisitionRejected {
        requisition: String,
        reason: String,
        by: String,
    },
    BudgetMoved {
        budget: String,
        requisition: Option<String>,
        source: String,
        target: String,
        amount: String,
    },
    // orders and what follows them
    OrderArrived {
        requisition: String,
        buyer_order_id: String,
        held: bool,
        flags: Vec<String>,
    },
    OrderIssued {
        order: String,
        number: String,
        requisition: String,
        supplier: String,
        total: String,
        content_hash: String,
        signed_hash: String,
    },
    /// A changed order took the place of its last version.
    OrderChanged {
        order: String,
        number: String,
        revision: i64,
        requisition: String,
        supplier: String,
        total: String,
        content_hash: String,
        signed_hash: String,
        /// The payloadID of the version before.
        earlier: String,
    },
    OrderCancelled {
        order: String,
        number: String,
        revision: i64,
        requisition: String,
        reason: String,
        /// The payloadID of the version that is cancelled.
        earlier: String,
    },
    OrderSent {
        order: String,
        requisition: String,
    },
    OrderConfirmed {
        order: String,
        requisition: String,
        confirmation: String,
        state: String,
    },
    OrderRejected {
        order: String,
        requisition: String,
        confirmation: String,
        reason: String,
    },
    /// What the supplier's system said of the order beside its confirmations.
    OrderStatusTold {
        order: String,
        requisition: String,
        words: String,
    },
    OrderShipped {
        order: String,
        requisition: String,
        shipment: String,
    },
    ShipmentTakenBack {
        order: String,
        requisition: String,
        shipment: String,
    },
    OrderReceived {
        order: String,
        requisition: String,
        receipt: String,
        state: String,
    },
    DeliveryAsked {
        delivery: String,
        about: String,
    },
    DeliveryLate {
        delivery: String,
        about: String,
        attempts: u32,
    },
    DeliveryFailed {
        delivery: String,
        about: String,
        attempts: u32,
    },
    InvoiceReceived {
        invoice: String,
        supplier: String,
        number: String,
        result: String,
        orders: Vec<String>,
    },
    InvoiceApproved {
        invoice: String,
        by: String,
    },
    InvoiceIssued {
        invoice: String,
    },
    /// A memo was booked against the invoice that it corrects.
    InvoiceCorrected {
        invoice: String,
        memo: String,
        /// `credit_memo` or `debit_memo`.
        kind: String,
        /// With its sign, tax included.
        amount: String,
    },
    InvoiceRejected {
        invoice: String,
        reason: String,
    },
    InvoicePaid {
        invoice: String,
        remittance: String,
        amount: String,
        /// What is still open.
        left: String,
    },
    // documents and refusals
    ExchangeFailed {
        exchange: String,
        partner: String,
        cause: String,
    },
    DocumentKept {
        document: String,
        kind: String,
        about: Vec<String>,
        sha256: String,
        /// What was answered to it in the same transaction.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<KeptAnswer>,
    },
    Refused {
        what: String,
        about: String,
        code: String,
        message: String,
    },
}

impl Fact {
    /// The fact's stable name in the audit trail: `order-issued`.
    pub fn kind(&self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(fields)) => {
                fields.get("fact").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned()
            }
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests;

//! Invoices: what a supplier asks for, where it stands, and what it may become.

use rust_decimal::Decimal;

use crate::base::{
    id::{DocumentId, InvoiceId, OrderId, OrganisationId, PersonId, SupplierId},
    money::{Currency, Money, UnitPrice},
    quantity::Quantity,
    time::{Day, Time},
    words::words,
};

use super::{order::Source, refusal::Refusal};

mod claim;

pub use claim::{Claim, ClaimLine, Corrected, Stated, Sums, TaxPart, turned};

words! {
    /// What the document asks for.
    InvoiceKind {
        Invoice = "invoice",
        /// Gives back money of an invoice; its sums are below zero.
        CreditMemo = "credit_memo",
        /// Asks for more than an invoice did.
        DebitMemo = "debit_memo",
    }
}

impl InvoiceKind {
    /// As titles begin: `Credit memo`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Invoice => "Invoice",
            Self::CreditMemo => "Credit memo",
            Self::DebitMemo => "Debit memo",
        }
    }
}

words! {
    /// What a line counts.
    Scope {
        /// A quantity of an order's line at a price.
        Goods = "goods",
        /// Money alone, for an order's line: the quantity is not touched.
        Amount = "amount",
        /// Money for a whole order.
        Order = "order",
    }
}

words! {
    /// Where an invoice stands.
    InvoiceState {
        Received = "received",
        /// It does not match its orders; a person decides.
        Difference = "difference",
        Approved = "approved",
        /// Frozen for the buyer's own system.
        Issued = "issued",
        Rejected = "rejected",
        Paid = "paid",
    }
}

words! {
    /// What can happen to an invoice.
    InvoiceMove {
        /// The match found no difference.
        Pass = "pass",
        /// The match found one.
        Differ = "differ",
        /// A person approves it in spite of its differences.
        Accept = "accept",
        Reject = "reject",
        /// A corrected one of the same number takes its place.
        Replace = "replace",
        Issue = "issue",
        Pay = "pay",
    }
}

words! {
    /// What the match said.
    MatchResult {
        Clean = "clean",
        Difference = "difference",
    }
}

/// Every allowed move: from where, by what, to where. Drives buttons, API and documentation.
pub const MOVES: &[(InvoiceState, InvoiceMove, InvoiceState)] = {
    use InvoiceMove as Move;
    use InvoiceState as State;
    &[
        (State::Received, Move::Pass, State::Approved),
        (State::Received, Move::Differ, State::Difference),
        (State::Difference, Move::Accept, State::Approved),
        (State::Difference, Move::Reject, State::Rejected),
        (State::Difference, Move::Replace, State::Rejected),
        (State::Approved, Move::Issue, State::Issued),
        (State::Approved, Move::Pay, State::Paid),
        (State::Issued, Move::Pay, State::Paid),
    ]
};

impl InvoiceState {
    /// Whether it was booked.
    pub const fn has_passed(self) -> bool {
        matches!(self, Self::Approved | Self::Issued | Self::Paid)
    }

    /// The state after the move, when the move is allowed.
    pub fn after(self, by: InvoiceMove) -> Option<Self> {
        MOVES.iter().find(|(from, with, _)| *from == self && *with == by).map(|(_, _, to)| *to)
    }

    /// As [`InvoiceState::after`], or the refusal that names the state.
    pub fn moved(self, by: InvoiceMove) -> Result<Self, Refusal> {
        self.after(by).ok_or_else(|| {
            let message = format!("An invoice that is {self} takes no {by}.");
            Refusal::conflict("invoice-state", message)
                .field("invoice")
                .got(self.word())
                .mend("Load it again to see where it stands.")
        })
    }
}

/// An invoice as it is kept, without its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    pub id: InvoiceId,
    pub organisation: OrganisationId,
    pub supplier: SupplierId,
    pub kind: InvoiceKind,
    /// The invoice that a memo corrects.
    pub corrects: Option<InvoiceId>,
    pub number: String,
    pub source: Source,
    pub invoiced_on: Day,
    pub sums: Sums,
    pub state: InvoiceState,
    pub result: MatchResult,
    /// Who approved or rejected it in spite of its differences.
    pub decided_by: Option<PersonId>,
    /// Why; empty when nobody had to decide.
    pub reason: String,
    /// The document it came as.
    pub document: Option<DocumentId>,
    /// The document it was issued as.
    pub issued_document: Option<DocumentId>,
    pub received_at: Time,
    pub version: i64,
}

impl Invoice {
    pub const fn currency(&self) -> Currency {
        self.sums.total.currency()
    }

    /// As people call it: `Credit memo CM-7`.
    pub fn title(&self) -> String {
        format!("{} {}", self.kind.title(), self.number)
    }
}

/// A line of a kept invoice; its order line is known, and 0 where it is for the whole order. Of a
/// credit memo subtotal and tax are below zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    pub line_number: i64,
    pub scope: Scope,
    pub order: OrderId,
    pub order_line: i64,
    pub sku: String,
    pub description: String,
    pub quantity: Quantity,
    pub unit: String,
    pub price: UnitPrice,
    pub subtotal: Money,
    pub tax_rate: Option<Decimal>,
    pub tax: Money,
}

/// One thing that is not as ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The invoice's line; `None` for the invoice as a whole.
    pub line: Option<i64>,
    /// `price`, `quantity`, `sum`, `currency`, ..
    pub field: String,
    pub expected: String,
    pub got: String,
    /// What was allowed: `0`, or a percentage.
    pub tolerance: String,
}

/// The refusal of a number that an invoice bears which passed already.
pub fn duplicate(number: &str, earlier: InvoiceState) -> Refusal {
    let message = format!("An invoice with this number is {earlier} already.");
    Refusal::invalid("duplicate-invoice", message)
        .field("invoiceID")
        .got(crate::base::text::shorten(number, 60))
        .expected("a number that no passed invoice of yours bears")
        .mend("Give the invoice a number of its own; a sum that is owed is paid once.")
}

#[cfg(test)]
mod tests;

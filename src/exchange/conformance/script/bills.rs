//! The invoices, news and copies that a procurement system gets.

use rust_decimal::Decimal;

use super::{
    Setting, Step,
    goods::{UMLAUTS, goods},
};
use crate::{
    base::{decimal, money::Currency},
    cxml::{
        self, Document, Payload, Status,
        charges::Tax,
        confirmation::OrderReference,
        invoice::{InvoiceDetailRequest, InvoiceOrder, InvoicePurpose, InvoiceSummary},
        invoice_line::{InvoiceItem, ItemReference},
        item::ItemId,
        status_update::StatusUpdateRequest,
        values::{Amount, Description},
    },
};

/// Pieces on the test invoice.
const PIECES: i64 = 10;

pub(super) fn steps(setting: &Setting) -> Vec<Step> {
    let issued = setting.billed("invoice-issued", setting.invoice("I1", PIECES));
    let repeated = Step { id: "invoice-repeat", ..issued.clone() };
    let envelope = setting.envelope(setting.payload_id("invoice-issued"));
    let other = Payload::InvoiceDetailRequest(Box::new(setting.invoice("I2", 2 * PIECES)));
    let reused = cxml::encode(&Document::new(envelope, other));
    let mut credit = setting.invoice("I3", -PIECES);
    credit.purpose = InvoicePurpose::CreditMemo;
    credit.corrects = Some((setting.number("I1"), Some(setting.at.into())));
    let order = setting.order("C1", &[goods("TEST-LOCK", UMLAUTS, 2, "EA", 1_999)]);
    vec![
        issued,
        repeated,
        Step::cxml("invoice-id-reused", reused),
        setting.billed("credit-issued", credit),
        setting.news("status-approved", Status::new(200, "The order is approved and forwarded.")),
        setting.news("status-rejected", Status::new(403, "The order is rejected: too dear.")),
        setting.ordered("order-copy", order),
    ]
}

impl Setting {
    fn billed(&self, id: &'static str, invoice: InvoiceDetailRequest) -> Step {
        self.step(id, Payload::InvoiceDetailRequest(Box::new(invoice)))
    }

    fn news(&self, id: &'static str, status: Status) -> Step {
        let update = StatusUpdateRequest::new(self.payload_id("order-copy"), status);
        self.step(id, Payload::StatusUpdateRequest(Box::new(update)))
    }

    /// An invoice over so many pieces of one line, with tax.
    fn invoice(&self, number: &str, pieces: i64) -> InvoiceDetailRequest {
        let eur = |value| Amount::new(value, Currency::EUR);
        let (price, count) = (Decimal::new(1_999, 2), Decimal::from(pieces));
        let subtotal = decimal::round(price * count, 2);
        let tax = decimal::round(subtotal * Decimal::new(19, 2), 2);
        let reference = ItemReference {
            line_number: Some(1),
            id: Some(ItemId::new("TEST-LOCK")),
            description: Some(Description::new(UMLAUTS)),
        };
        let mut item = InvoiceItem::new(1, count, "EA", eur(price), reference);
        item.subtotal = Some(eur(subtotal));
        let order = OrderReference::new(self.number("C1"), self.payload_id("order-copy"));
        let mut summary = InvoiceSummary::new(eur(subtotal));
        summary.tax = Some(Tax::vat("VAT", Some(Decimal::from(19)), eur(subtotal), eur(tax)));
        (summary.gross, summary.net) = (Some(eur(subtotal + tax)), Some(eur(subtotal + tax)));
        summary.due = summary.net;
        let lines = vec![InvoiceOrder { order, items: vec![item] }];
        InvoiceDetailRequest::new(self.number(number), self.at, lines, summary)
    }
}

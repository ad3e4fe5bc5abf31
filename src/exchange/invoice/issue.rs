//! A passed invoice as the InvoiceDetailRequest for the buyer's own system.

use rust_decimal::Decimal;

use crate::{
    base::{
        money::{Money, UnitPrice},
        quantity::Quantity,
        secret::Secret,
        time::Time,
    },
    cxml::{
        Document, Envelope, Mode, Party, Payload, SECRET_MARK,
        address::Contact,
        charges::Tax,
        confirmation::OrderReference,
        invoice::{InLine, InvoiceDetailRequest, InvoiceOrder, InvoicePartner, InvoiceSummary},
        invoice_line::{InvoiceItem, ItemReference},
        item::{ItemId, PriceBasis},
        values::{Amount, Comments, Description, Extrinsic},
    },
    domain::{
        invoice::{Invoice, InvoiceLine},
        order::Order,
        party::Identity,
    },
};

use super::noon;

/// Who sends an invoice on whose behalf to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parties {
    /// The supplier.
    pub from: Identity,
    /// The buyer organisation.
    pub to: Identity,
    /// This server.
    pub sender: Identity,
    pub supplier_title: String,
    pub organisation_title: String,
}

/// Whether the lines were clean, for the readers of the document.
const MATCH_RESULT: &str = "MatchResult";

/// The InvoiceDetailRequest of a passed invoice; at last its payloadID and time.
pub fn issue(
    (invoice, lines): (&Invoice, &[InvoiceLine]),
    orders: &[Order],
    parties: &Parties,
    (payload_id, at): (&str, Time),
) -> Document {
    let taxes = Money::sum(lines.iter().map(|line| line.tax), invoice.currency());
    let in_line = !invoice.sums.tax.is_zero() && taxes == Ok(invoice.sums.tax);
    let orders = orders.iter().filter_map(|order| billed(order, lines, in_line)).collect();
    let date = noon(invoice.invoiced_on);
    let mut request =
        InvoiceDetailRequest::new(&invoice.number, date, orders, summary(invoice, lines));
    if in_line {
        request.in_line.push(InLine::Tax);
    }
    request.partners.push(partner("from", &parties.supplier_title));
    request.partners.push(partner("billTo", &parties.organisation_title));
    if !invoice.reason.is_empty() {
        request.comments.push(Comments::new(&invoice.reason));
    }
    request.extrinsics.push(Extrinsic::new(MATCH_RESULT, invoice.result.word()));
    let party = |identity: &Identity| Party::new(&identity.domain, &identity.identity);
    let sender = party(&parties.sender).with_secret(Secret::new(SECRET_MARK));
    let envelope = Envelope::request(payload_id, at)
        .between(party(&parties.from), party(&parties.to), sender)
        .mode(Mode::Production);
    Document::new(envelope, Payload::InvoiceDetailRequest(Box::new(request)))
}

fn partner(role: &str, name: &str) -> InvoicePartner {
    let contact =
        Contact { role: Some(role.to_owned()), name: name.to_owned(), ..Contact::default() };
    InvoicePartner { contact, references: Vec::new() }
}

/// The lines that bill one order, with their taxes where the lines carry them; it goes by the
/// number that the buyer's system knows.
fn billed(order: &Order, lines: &[InvoiceLine], in_line: bool) -> Option<InvoiceOrder> {
    let items: Vec<InvoiceItem> = lines
        .iter()
        .filter(|line| line.order == order.id)
        .map(|line| item(line, in_line))
        .collect();
    let number = order.buyer_order_id.as_ref().unwrap_or(&order.number);
    let reference = OrderReference {
        order_id: Some(number.clone()),
        order_date: Some(order.issued_at.into()),
        payload_id: None,
    };
    (!items.is_empty()).then_some(InvoiceOrder { order: reference, items })
}

fn item(line: &InvoiceLine, in_line: bool) -> InvoiceItem {
    let number = |number: i64| u32::try_from(number).unwrap_or_default();
    let reference = ItemReference {
        line_number: Some(number(line.order_line)),
        id: Some(ItemId::new(&line.sku)),
        description: Some(Description::new(&line.description)),
    };
    let quantity = line.quantity.value();
    let price = Amount::new(padded(line.price), line.price.currency);
    let mut item =
        InvoiceItem::new(number(line.line_number), quantity, &line.unit, price, reference);
    if line.price.per != Quantity::ONE {
        item.basis = Some(PriceBasis {
            quantity: line.price.per,
            conversion_factor: Quantity::ONE,
            unit: line.unit.clone(),
            description: None,
        });
    }
    item.subtotal = Some(line.subtotal.into());
    if in_line {
        item.tax = Some(tax(line.tax, line.tax_rate, line.subtotal));
    }
    item
}

fn tax(amount: Money, rate: Option<Decimal>, taxable: Money) -> Tax {
    Tax::vat("Tax", rate, taxable.into(), amount.into())
}

fn summary(invoice: &Invoice, lines: &[InvoiceLine]) -> InvoiceSummary {
    let sums = &invoice.sums;
    let some = |money: Money| (!money.is_zero()).then(|| Amount::from(money));
    let rate = lines.first().and_then(|line| line.tax_rate);
    // One rate for everything can be said in the summary; several stand in the lines.
    let rate = rate.filter(|rate| lines.iter().all(|line| line.tax_rate == Some(*rate)));
    let mut summary = InvoiceSummary::new(sums.subtotal.into());
    summary.tax = Some(tax(sums.tax, rate, sums.subtotal));
    summary.special_handling = some(sums.handling);
    summary.shipping = some(sums.shipping);
    summary.discount = some(sums.discount);
    let gross = [sums.subtotal, sums.tax, sums.shipping, sums.handling];
    summary.gross = Money::sum(gross, invoice.currency()).ok().map(Amount::from);
    summary.net = Some(sums.total.into());
    summary.due = Some(sums.total.into());
    summary
}

/// `1` is written `1.00`: readers expect the currency's own places.
fn padded(price: UnitPrice) -> Decimal {
    let mut amount = price.amount.normalize();
    if amount.scale() < price.currency.exponent() {
        amount.rescale(price.currency.exponent());
    }
    amount
}

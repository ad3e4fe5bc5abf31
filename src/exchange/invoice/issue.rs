//! A passed invoice as the InvoiceDetailRequest for the buyer's own system.

use rust_decimal::Decimal;

use crate::{
    base::{
        money::{Money, UnitPrice},
        quantity::Quantity,
        secret::Secret,
        time::{Day, Time},
    },
    cxml::{
        Document, Envelope, Mode, Party, Payload, SECRET_MARK,
        address::Contact,
        charges::Tax,
        confirmation::OrderReference,
        invoice::{
            InLine, InvoiceDetailRequest, InvoiceOrder, InvoicePartner, InvoicePurpose,
            InvoiceSummary,
        },
        invoice_line::{InvoiceHeaderOrder, InvoiceItem, ItemReference},
        item::{ItemId, PriceBasis},
        values::{Amount, Comments, Description, Extrinsic},
    },
    domain::{
        invoice::{Invoice, InvoiceKind, InvoiceLine, Scope},
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

/// The invoice that a memo corrects, as the reader knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    pub number: String,
    pub invoiced_on: Day,
    /// Of the document that it was issued as.
    pub payload_id: Option<String>,
}

/// Whether the lines were clean, for the readers of the document.
const MATCH_RESULT: &str = "MatchResult";

/// The InvoiceDetailRequest of a passed invoice; at last its payloadID and time.
pub fn issue(
    (invoice, lines): (&Invoice, &[InvoiceLine]),
    orders: &[Order],
    parties: &Parties,
    original: Option<&Original>,
    (payload_id, at): (&str, Time),
) -> Document {
    let taxes = Money::sum(lines.iter().map(|line| line.tax), invoice.currency());
    let in_line = !invoice.sums.tax.is_zero() && taxes == Ok(invoice.sums.tax);
    let every = |scope: Scope| lines.iter().all(|line| line.scope == scope);
    let of_header = every(Scope::Order);
    let date = noon(invoice.invoiced_on);
    let mut request =
        InvoiceDetailRequest::new(&invoice.number, date, Vec::new(), summary(invoice, lines));
    if of_header {
        request.header_invoice = true;
        request.header_orders =
            lines.iter().filter_map(|line| whole(orders, line, in_line)).collect();
    } else {
        let of = |order| billed(order, lines, (invoice.kind, in_line));
        request.orders = orders.iter().filter_map(of).collect();
    }
    request.purpose = match (invoice.kind, of_header) {
        (InvoiceKind::Invoice, _) => InvoicePurpose::Standard,
        (InvoiceKind::CreditMemo, true) => InvoicePurpose::CreditMemo,
        (InvoiceKind::CreditMemo, false) => InvoicePurpose::LineLevelCreditMemo,
        (InvoiceKind::DebitMemo, true) => InvoicePurpose::DebitMemo,
        (InvoiceKind::DebitMemo, false) => InvoicePurpose::LineLevelDebitMemo,
    };
    if let Some(original) = original {
        request.corrects = Some((original.number.clone(), Some(noon(original.invoiced_on))));
        request.document_reference.clone_from(&original.payload_id);
    }
    if in_line {
        request.in_line.push(InLine::Tax);
    }
    if every(Scope::Amount) {
        request.in_line.push(InLine::PriceAdjustment);
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
fn billed(
    order: &Order,
    lines: &[InvoiceLine],
    (kind, in_line): (InvoiceKind, bool),
) -> Option<InvoiceOrder> {
    let items: Vec<InvoiceItem> = lines
        .iter()
        .filter(|line| line.order == order.id)
        .map(|line| item(line, kind, in_line))
        .collect();
    (!items.is_empty()).then(|| InvoiceOrder { order: reference(order), items })
}

/// A sum for a whole order.
fn whole(orders: &[Order], line: &InvoiceLine, in_line: bool) -> Option<InvoiceHeaderOrder> {
    let order = orders.iter().find(|order| order.id == line.order)?;
    Some(InvoiceHeaderOrder {
        order: reference(order),
        line_number: number(line.line_number),
        subtotal: line.subtotal.into(),
        tax: in_line.then(|| tax(line.tax, line.tax_rate, line.subtotal)),
        gross: None,
        net: None,
        comments: Vec::new(),
        extrinsics: Vec::new(),
    })
}

fn reference(order: &Order) -> OrderReference {
    OrderReference {
        order_id: Some(order.buyer_order_id.as_ref().unwrap_or(&order.number).clone()),
        order_date: Some(order.issued_at.into()),
        payload_id: None,
    }
}

fn number(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// What goes back has its sign at the quantity, money alone at the price.
fn item(line: &InvoiceLine, kind: InvoiceKind, in_line: bool) -> InvoiceItem {
    let reference = ItemReference {
        line_number: Some(number(line.order_line)),
        id: Some(ItemId::new(&line.sku)),
        description: Some(Description::new(&line.description)),
    };
    let (mut quantity, mut price) = (line.quantity.value(), padded(line.price));
    match (kind, line.scope) {
        (InvoiceKind::CreditMemo, Scope::Goods) => quantity = -quantity,
        (InvoiceKind::CreditMemo, _) => price = -price,
        _ => {}
    }
    let price = Amount::new(price, line.price.currency);
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
    summary.charges = some(sums.charges);
    summary.allowances = some(sums.allowances);
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

//! The procurement system says what it paid: the invoice it pays for, checked against what is open.

use crate::{
    app::{AppError, Cx, inbox},
    base::{money::Money, text::shorten},
    cxml::{Status, remittance::PaymentRemittanceRequest},
    domain::{
        fact::Fact,
        invoice::{Invoice, InvoiceMove},
        payment::{self, Payment},
        refusal::Refusal,
    },
    exchange::payment::{self as said, Of, Paid},
    store,
};

use super::Inbound;

/// Takes a PaymentRemittanceRequest. An invoice that is settled in full is paid; what is paid for
/// an order without naming an invoice is kept with the order and books nothing.
pub async fn remittance(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &PaymentRemittanceRequest,
) -> Result<inbox::Taken, AppError> {
    let mut about = Vec::new();
    for paid in said::said(request)? {
        match &paid.of {
            Of::Invoice { number, payload_id } => {
                let invoice = named(cx, inbound, number, payload_id.as_deref()).await?;
                about.push(invoice.id.to_string());
                let payment = Payment {
                    invoice: invoice.id,
                    remittance: request.remittance_id.clone(),
                    document: inbound.id,
                    paid_on: request.payment_date.day(),
                    gross: paid.gross,
                    net: paid.net,
                    at: cx.now,
                };
                book(cx, &invoice, &payment).await?;
            }
            Of::Order(reference) => {
                let organisation = inbound.sender.partner.organisation;
                let number = reference.number.as_deref().unwrap_or_default();
                let orders = store::order::of_buyer(cx.conn, organisation, number).await?;
                if orders.is_empty() {
                    return Err(unknown("PayableOrderInfo", number, &paid).into());
                }
                about.extend(orders.iter().map(|order| order.id.to_string()));
            }
        }
    }
    Ok(inbox::Taken::status(Status::ok(), about))
}

async fn book(cx: &mut Cx<'_>, invoice: &Invoice, payment: &Payment) -> Result<(), AppError> {
    let earlier = store::payment::of_invoice(cx.conn, invoice.id).await?;
    if let Some(known) = earlier.iter().find(|one| one.remittance == payment.remittance) {
        if (known.gross, known.net) == (payment.gross, payment.net) {
            cx.nothing_changed();
            return Ok(());
        }
        let message = "Another amount was sent under this number before.";
        return Err(Refusal::conflict("remittance-known", message)
            .field("PaymentRemittanceRequestHeader/@paymentRemittanceID")
            .got(payment.gross.to_string())
            .expected(known.gross.to_string())
            .mend("Send every payment of an invoice under a number of its own.")
            .into());
    }
    let paid = invoice.state.moved(InvoiceMove::Pay).map_err(|refusal| {
        let field = "RemittanceDetail/PayableInfo/PayableInvoiceInfo";
        refusal.field(field).expected("an invoice that was approved and is not paid")
    })?;
    let settled: Vec<_> = earlier.iter().chain([payment]).map(|one| one.gross).collect();
    let left = payment::left(invoice.sums.total, &settled)?;
    // What credit memos gave back need not be paid.
    let left = left.checked_sub(super::memo::credited(cx.conn, invoice).await?)?;
    let left = if left.minor() < 0 { Money::zero(left.currency()) } else { left };
    store::payment::insert(cx.conn, payment).await?;
    // Even without another state the version moves: it guards what is open.
    let state = if left.is_zero() { paid } else { invoice.state };
    let decided = (invoice.decided_by, invoice.reason.as_str());
    store::invoice::decide(cx.conn, invoice, state, decided).await?;
    let fact = Fact::InvoicePaid {
        invoice: invoice.id.to_string(),
        remittance: payment.remittance.clone(),
        amount: payment.gross.to_string(),
        left: left.to_string(),
    };
    cx.fact_in(invoice.organisation, fact);
    Ok(())
}

/// The one standing invoice that is meant: by its number; where several suppliers use it, by the
/// payloadID of the document that brought it.
async fn named(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    number: &str,
    payload_id: Option<&str>,
) -> Result<Invoice, AppError> {
    let organisation = inbound.sender.partner.organisation;
    let mut found = store::invoice::of_number(cx.conn, organisation, number.trim()).await?;
    if let (true, Some(payload_id)) = (found.len() > 1, payload_id) {
        let mut meant = Vec::new();
        for invoice in found {
            for id in [invoice.issued_document, invoice.document].into_iter().flatten() {
                let document = store::document::get(cx.conn, id).await?;
                if document.is_some_and(|document| document.payload_id == payload_id) {
                    meant.push(invoice.clone());
                    break;
                }
            }
        }
        found = meant;
    }
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => {
            Err(Refusal::conflict("several-invoices", "Several suppliers use this number.")
                .field("PayableInvoiceInfo/InvoiceReference")
                .got(shorten(number, 80))
                .expected("a DocumentReference with the invoice's payloadID")
                .into())
        }
        (None, _) => Err(Refusal::invalid("unknown-invoice", "There is no such invoice to you.")
            .field("PayableInvoiceInfo/InvoiceReference/@invoiceID")
            .got(shorten(number, 80))
            .expected("the invoiceID of an invoice that stands here")
            .into()),
    }
}

fn unknown(field: &str, number: &str, paid: &Paid) -> Refusal {
    Refusal::invalid("unknown-order", "There is no such order of yours.")
        .field(format!("{field}/OrderReference/@orderID"))
        .got(format!("{} for {}", paid.gross, shorten(number, 80)))
        .expected("the orderID of an order that was issued here")
}

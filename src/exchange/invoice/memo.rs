//! What memos and invoices without lines say beyond plain ones: which invoice is corrected, sums
//! for whole orders, charges and allowances.

use rust_decimal::Decimal;

use crate::{
    base::{
        decimal,
        money::{Currency, Money, UnitPrice},
        quantity::Quantity,
        text::shorten,
    },
    cxml::{
        charges::Tax,
        invoice::{InvoiceDetailRequest, InvoicePurpose},
        invoice_line::InvoiceHeaderOrder,
        modification::{Modification, ModificationValue},
        values::Amount,
    },
    domain::{
        invoice::{ClaimLine, Corrected, InvoiceKind, Scope},
        refusal::Refusal,
    },
};

use super::{amount_of, inexact};

pub(super) const fn kind(purpose: InvoicePurpose) -> InvoiceKind {
    match purpose {
        InvoicePurpose::Standard => InvoiceKind::Invoice,
        InvoicePurpose::CreditMemo | InvoicePurpose::LineLevelCreditMemo => InvoiceKind::CreditMemo,
        InvoicePurpose::DebitMemo | InvoicePurpose::LineLevelDebitMemo => InvoiceKind::DebitMemo,
    }
}

/// How a memo names the invoice that it corrects; what an invoice refers to is not looked at.
pub(super) fn corrects(
    request: &InvoiceDetailRequest,
    kind: InvoiceKind,
) -> Result<Corrected, Refusal> {
    if kind == InvoiceKind::Invoice {
        return Ok(Corrected::default());
    }
    let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let corrected = Corrected {
        number: request.corrects.as_ref().and_then(|(number, _)| said(number)),
        payload_id: request.document_reference.as_deref().and_then(said),
    };
    if corrected == Corrected::default() {
        let message = "The memo does not say which invoice it corrects.";
        return Err(Refusal::invalid("memo-without-invoice", message)
            .field("InvoiceDetailRequestHeader/InvoiceIDInfo/@invoiceID")
            .expected("the number of an invoice, or its payloadID in DocumentReference")
            .mend("Name the invoice, so that the memo is set against it."));
    }
    Ok(corrected)
}

/// A credit memo as if it asked for what it gives back. Its sums must be below zero; a line may
/// have the sign at its quantity or at its price.
pub(super) fn turned(request: &InvoiceDetailRequest) -> Result<InvoiceDetailRequest, Refusal> {
    let mut turned = request.clone();
    let summary = &mut turned.summary;
    let whole = summary.net.unwrap_or(summary.subtotal);
    if summary.subtotal.value > Decimal::ZERO || whole.value > Decimal::ZERO {
        let message = "A credit memo gives back, so its sums stand below zero.";
        return Err(Refusal::invalid("bad-amount", message)
            .field("InvoiceDetailSummary")
            .got(decimal::canonical(summary.subtotal.value.max(whole.value)))
            .expected("amounts below zero")
            .mend("Write a minus before every sum."));
    }
    turn(&mut summary.subtotal);
    turn_tax(&mut summary.tax);
    for amount in [
        &mut summary.special_handling,
        &mut summary.shipping,
        &mut summary.gross,
        &mut summary.discount,
        &mut summary.charges,
        &mut summary.allowances,
        &mut summary.without_tax,
        &mut summary.net,
        &mut summary.deposit,
        &mut summary.due,
    ] {
        turn_if(amount);
    }
    turn_all(&mut summary.modifications);
    for order in &mut turned.header_orders {
        turn(&mut order.subtotal);
        turn_tax(&mut order.tax);
    }
    for item in turned.orders.iter_mut().flat_map(|order| &mut order.items) {
        if item.quantity < Decimal::ZERO {
            item.quantity = -item.quantity;
        } else {
            turn_if(&mut item.unit_price);
        }
        turn_if(&mut item.subtotal);
        turn_tax(&mut item.tax);
        turn_all(&mut item.modifications);
    }
    Ok(turned)
}

fn turn(amount: &mut Amount) {
    amount.value = -amount.value;
}

fn turn_if(amount: &mut Option<Amount>) {
    amount.iter_mut().for_each(turn);
}

fn turn_tax(tax: &mut Option<Tax>) {
    if let Some(tax) = tax {
        turn(&mut tax.amount);
        for detail in &mut tax.details {
            turn(&mut detail.amount);
            turn_if(&mut detail.taxable);
        }
    }
}

fn turn_all(modifications: &mut [Modification]) {
    for one in modifications {
        if let ModificationValue::Amount(amount) = &mut one.value {
            turn(amount);
        }
    }
}

/// A sum for a whole order.
pub(super) fn whole(order: &InvoiceHeaderOrder, currency: Currency) -> Result<ClaimLine, Refusal> {
    let of = |amount: &Amount, part: &str| {
        amount_of(amount, part, currency).map_err(|refusal| {
            refusal.field(format!("InvoiceDetailOrderSummary {} {part}", order.line_number))
        })
    };
    let subtotal = of(&order.subtotal, "SubtotalAmount")?;
    let tax = order.tax.as_ref();
    Ok(ClaimLine {
        line_number: i64::from(order.line_number),
        scope: Scope::Order,
        order: crate::exchange::order::reference(&order.order),
        order_line: None,
        sku: String::new(),
        description: String::new(),
        quantity: Quantity::ONE,
        unit: String::new(),
        price: UnitPrice::new(subtotal.amount(), currency, Quantity::ONE),
        subtotal: Some(subtotal),
        tax_rate: tax.and_then(|tax| tax.details.first()).and_then(|detail| detail.rate),
        tax: tax.map_or(Ok(Money::zero(currency)), |tax| of(&tax.amount, "Tax"))?,
    })
}

/// Charges and allowances of header and lines together, where their sums are not stated.
pub(super) fn modified(
    request: &InvoiceDetailRequest,
    currency: Currency,
) -> Result<(Money, Money), Refusal> {
    let zero = Money::zero(currency);
    let (mut charges, mut allowances) = (zero, zero);
    let items = request.orders.iter().flat_map(|order| &order.items);
    let of_lines = items.flat_map(|item| {
        item.modifications
            .iter()
            .map(move |one| (one, item.subtotal.unwrap_or(request.summary.subtotal)))
    });
    let of_header = request.summary.modifications.iter().map(|one| (one, request.summary.subtotal));
    for (one, base) in of_lines.chain(of_header) {
        let amount = match &one.value {
            ModificationValue::Amount(amount) => amount_of(amount, "Modification", currency)?,
            ModificationValue::Percent(rate) => percent(rate, base)?,
            ModificationValue::Other => continue,
        };
        let sum = if one.allowance { &mut allowances } else { &mut charges };
        *sum = sum.checked_add(amount).map_err(|fault| inexact("Modification", &fault))?;
    }
    Ok((charges, allowances))
}

/// So many percent of an amount, rounded once.
fn percent(rate: &str, base: Amount) -> Result<Money, Refusal> {
    let place = "Modification/@percent";
    let share = decimal::parse_wire(rate.trim_end_matches([' ', '%'])).ok();
    let share = share.and_then(|rate| rate.checked_div(Decimal::ONE_HUNDRED));
    let amount = share.and_then(|share| base.value.checked_mul(share)).ok_or_else(|| {
        Refusal::invalid("bad-amount", "A charge or an allowance cannot be computed.")
            .field(place)
            .got(shorten(rate, 40))
            .expected("a percentage such as 5")
    })?;
    Money::rounded(amount, base.currency).map_err(|fault| inexact(place, &fault))
}

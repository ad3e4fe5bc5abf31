//! An InvoiceDetailRequest as what the supplier claims, and a passed invoice as the document that
//! the buyer's own system gets.
//!
//! What cannot be matched is refused by name and never taken for something else: withdrawals, and
//! invoices for information. What a credit memo gives back stands below zero on the wire and above
//! zero in the claim; a memo without the invoice that it corrects is none. The same invoice gives
//! the same bytes.

use rust_decimal::Decimal;

use crate::{
    base::{
        money::{Currency, Money, UnitPrice},
        quantity::Quantity,
        text::{one_line, shorten},
    },
    cxml::{
        charges::Tax,
        invoice::{InLine, InvoiceDetailRequest, InvoiceOperation},
        invoice_line::InvoiceItem,
        values::{Amount, Stamp},
    },
    domain::{
        invoice::{Claim, ClaimLine, InvoiceKind, Scope, Stated, Sums, TaxPart},
        order::Reference,
        refusal::Refusal,
    },
};

mod issue;
mod memo;

pub use issue::{Original, Parties, issue};

/// Characters of an invoice's number.
const NUMBER: usize = 100;
/// Characters of a description that are kept.
const DESCRIPTION: usize = 500;

/// What the supplier claims.
pub fn said(request: &InvoiceDetailRequest) -> Result<Claim, Refusal> {
    need_plain(request)?;
    let kind = memo::kind(request.purpose);
    let corrects = memo::corrects(request, kind)?;
    let turned = (kind == InvoiceKind::CreditMemo).then(|| memo::turned(request)).transpose()?;
    let request = turned.as_ref().unwrap_or(request);
    let number = request.invoice_id.trim();
    if number.is_empty() || number.chars().count() > NUMBER || number.contains(char::is_control) {
        return Err(Refusal::invalid("bad-number", "The invoice's number cannot be used.")
            .field("InvoiceDetailRequestHeader/@invoiceID")
            .got(shorten(number, 60))
            .expected(format!("1 to {NUMBER} visible characters")));
    }
    let currency = request.summary.subtotal.currency;
    let scope = match request.in_line.contains(&InLine::PriceAdjustment) {
        true if kind != InvoiceKind::Invoice => Scope::Amount,
        _ => Scope::Goods,
    };
    let mut lines = Vec::new();
    for order in &request.orders {
        let reference = super::order::reference(&order.order);
        for item in &order.items {
            let line = line(item, &reference, currency)?;
            lines.push(ClaimLine { scope, ..line });
        }
    }
    for order in &request.header_orders {
        lines.push(memo::whole(order, currency)?);
    }
    need_distinct(&lines)?;
    let (sums, mut stated) = sums(request)?;
    if request.in_line.contains(&InLine::Tax) {
        let taxes = Money::sum(lines.iter().map(|line| line.tax), currency);
        stated.line_tax = Some(taxes.map_err(|fault| inexact("Tax", &fault))?);
    }
    Ok(Claim {
        kind,
        corrects,
        number: number.to_owned(),
        invoiced_on: request.invoice_date.day(),
        sums,
        stated,
        taxes: taxes(request.summary.tax.as_ref(), currency)?,
        lines,
    })
}

/// Refuses what is not to be booked.
fn need_plain(request: &InvoiceDetailRequest) -> Result<(), Refusal> {
    let header = |attribute: &str| format!("InvoiceDetailRequestHeader/@{attribute}");
    if request.operation != InvoiceOperation::New {
        return Err(not_taken(header("operation"), request.operation.word(), "new").mend(
            "Send a corrected invoice under the same number; it replaces one that differs.",
        ));
    }
    if request.information_only {
        return Err(not_taken(header("isInformationOnly"), "yes", "an invoice to be paid"));
    }
    if !request.orders.is_empty() && !request.header_orders.is_empty() {
        let expected = "lines of orders or sums for whole orders";
        return Err(not_taken("InvoiceDetailHeaderOrder", "both", expected));
    }
    Ok(())
}

/// A form of invoice that is not known here; the edge answers 450.
fn not_taken(field: impl Into<String>, got: &str, expected: &str) -> Refusal {
    Refusal::invalid(super::status::NOT_IMPLEMENTED, "Invoices of this kind are not taken here.")
        .field(field)
        .got(got)
        .expected(expected)
}

fn need_distinct(lines: &[ClaimLine]) -> Result<(), Refusal> {
    let mut seen = std::collections::BTreeSet::new();
    match lines.iter().find(|line| !seen.insert(line.line_number)) {
        None => Ok(()),
        Some(twice) => Err(Refusal::invalid("line-doubled", "Two lines have one number.")
            .field("InvoiceDetailItem/@invoiceLineNumber")
            .got(twice.line_number.to_string())
            .expected("each number once in an invoice")
            .mend("Number the lines from 1.")),
    }
}

fn line(item: &InvoiceItem, order: &Reference, currency: Currency) -> Result<ClaimLine, Refusal> {
    let place = |part: &str| format!("line {} {part}", item.line_number);
    let quantity = Quantity::new(item.quantity).map_err(|fault| {
        Refusal::invalid("bad-quantity", "A line bills no quantity.")
            .field(place("quantity"))
            .got(crate::base::decimal::canonical(item.quantity))
            .expected(fault.to_string())
            .mend("Send what is given back as a credit memo.")
    })?;
    let same = |amount: &Amount, part: &str| {
        if amount.currency == currency {
            return Ok(());
        }
        Err(Refusal::invalid("currency-mixed", "The invoice has more than one currency.")
            .field(place(part))
            .got(amount.currency.code())
            .expected(currency.code())
            .mend("Send one invoice per currency."))
    };
    let money = |amount: &Amount, part: &str| {
        same(amount, part)?;
        Money::exact(amount.value, amount.currency).map_err(|fault| inexact(&place(part), &fault))
    };
    // A service may say its sum alone.
    let alone = item.subtotal.as_ref().filter(|_| item.service && item.unit_price.is_none());
    let price = item.unit_price.as_ref().or(alone).ok_or_else(|| {
        Refusal::invalid("no-price", "A line has no UnitPrice.")
            .field(place("UnitPrice"))
            .mend("State the price that the order states.")
    })?;
    same(price, "UnitPrice")?;
    let basis = if alone.is_some() { Some(Some(quantity)) } else { None };
    let per = basis
        .unwrap_or_else(|| item.basis.as_ref().map_or(Some(Quantity::ONE), |basis| basis.per()));
    let per = per.ok_or_else(|| {
        Refusal::invalid("bad-price-basis", "The price basis is no exact number of units.")
            .field(place("PriceBasisQuantity/@conversionFactor"))
            .got(item.basis.as_ref().map_or(String::new(), |own| own.conversion_factor.to_string()))
            .expected("a factor that divides the quantity to at most 8 places, or a rounded 1/n")
            .mend("Bill the line at the price of the ordered unit.")
    })?;
    let tax = item.tax.as_ref();
    let id = item.reference.id.as_ref();
    let said = item.reference.description.as_ref();
    Ok(ClaimLine {
        line_number: i64::from(item.line_number),
        scope: Scope::Goods,
        order: order.clone(),
        order_line: item.reference.line_number.map(i64::from),
        sku: id.map(|id| id.supplier_part.trim().to_owned()).unwrap_or_default(),
        description: said
            .map(|said| shorten(&one_line(&said.text), DESCRIPTION))
            .unwrap_or_default(),
        quantity,
        unit: item.unit.trim().to_owned(),
        price: UnitPrice::new(price.value, price.currency, per),
        subtotal: item.subtotal.as_ref().map(|sum| money(sum, "SubtotalAmount")).transpose()?,
        tax_rate: tax.and_then(|tax| tax.details.first()).and_then(|detail| detail.rate),
        tax: match tax {
            Some(tax) => money(&tax.amount, "Tax")?,
            None => Money::zero(currency),
        },
    })
}

fn sums(request: &InvoiceDetailRequest) -> Result<(Sums, Stated), Refusal> {
    let summary = &request.summary;
    let currency = summary.subtotal.currency;
    let read = |amount: &Amount, name: &str| amount_of(amount, name, currency);
    let maybe = |amount: &Option<Amount>, name: &str| {
        amount.as_ref().map(|amount| read(amount, name)).transpose()
    };
    let zero = Money::zero(currency);
    let subtotal = read(&summary.subtotal, "SubtotalAmount")?;
    let tax = maybe(&summary.tax.as_ref().map(|tax| tax.amount), "Tax")?.unwrap_or(zero);
    let shipping = maybe(&summary.shipping, "ShippingAmount")?.unwrap_or(zero);
    let handling = maybe(&summary.special_handling, "SpecialHandlingAmount")?.unwrap_or(zero);
    let discount = maybe(&summary.discount, "InvoiceDetailDiscount")?.unwrap_or(zero);
    let gross = maybe(&summary.gross, "GrossAmount")?;
    let without_tax = maybe(&summary.without_tax, "TotalAmountWithoutTax")?;
    let (charges, allowances) = memo::modified(request, currency)?;
    let charges = maybe(&summary.charges, "TotalCharges")?.unwrap_or(charges);
    let allowances = maybe(&summary.allowances, "TotalAllowances")?.unwrap_or(allowances);
    let net = maybe(&summary.net, "NetAmount")?;
    let deposit = maybe(&summary.deposit, "DepositAmount")?;
    let due = maybe(&summary.due, "DueAmount")?.filter(|_| deposit.is_none_or(Money::is_zero));
    let charged = Money::sum([subtotal, tax, shipping, handling, charges], currency)
        .and_then(|charged| charged.checked_sub(discount)?.checked_sub(allowances))
        .map_err(|fault| inexact("InvoiceDetailSummary", &fault))?;
    let total = net.unwrap_or(charged);
    let sums = Sums { subtotal, tax, shipping, handling, discount, charges, allowances, total };
    Ok((sums, Stated { gross, net, due, without_tax, line_tax: None }))
}

/// An amount of the summary: in the invoice's currency, exact, not below zero.
fn amount_of(amount: &Amount, name: &str, currency: Currency) -> Result<Money, Refusal> {
    let place = format!("InvoiceDetailSummary/{name}");
    if amount.currency != currency {
        return Err(Refusal::invalid("currency-mixed", "The invoice has more than one currency.")
            .field(place)
            .got(amount.currency.code())
            .expected(currency.code())
            .mend("Send one invoice per currency."));
    }
    if amount.value < Decimal::ZERO {
        return Err(Refusal::invalid("bad-amount", "An amount has the wrong sign.")
            .field(place)
            .got(crate::base::decimal::canonical(amount.value))
            .expected("zero or more")
            .mend("Send what is given back as a credit memo, with all of its sums below zero."));
    }
    Money::exact(amount.value, currency).map_err(|fault| inexact(&place, &fault))
}

/// The taxes by rate; none when one of them does not say of what or at which rate it is.
fn taxes(tax: Option<&Tax>, currency: Currency) -> Result<Vec<TaxPart>, Refusal> {
    let mut parts = Vec::new();
    for detail in tax.iter().flat_map(|tax| &tax.details) {
        let (Some(rate), Some(taxable)) = (detail.rate, &detail.taxable) else {
            return Ok(Vec::new());
        };
        parts.push(TaxPart {
            rate,
            taxable: amount_of(taxable, "Tax/TaxDetail/TaxableAmount", currency)?,
            amount: amount_of(&detail.amount, "Tax/TaxDetail/TaxAmount", currency)?,
        });
    }
    Ok(parts)
}

fn inexact(place: &str, fault: &crate::base::money::MoneyFault) -> Refusal {
    Refusal::invalid("bad-amount", "An amount cannot be paid as it stands.")
        .field(place)
        .expected(fault.to_string())
        .mend("Round every sum to the smallest unit of the currency.")
}

/// The day of an invoice as a time that no reader's time zone makes another day of.
fn noon(day: crate::base::time::Day) -> Stamp {
    Stamp(format!("{day}T12:00:00+00:00"))
}

#[cfg(test)]
mod tests;

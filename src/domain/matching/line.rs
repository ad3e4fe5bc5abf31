//! One billed line beside the ordered one.

use rust_decimal::Decimal;

use crate::base::{
    id::OrderId,
    money::{Money, MoneyFault, UnitPrice},
};

use super::{
    super::{
        cart::Goods,
        invoice::{ClaimLine, InvoiceLine},
        order::{OrderLine, line as line_of},
        refusal::Refusal,
    },
    Ordered,
};

/// The line as it is kept.
pub(super) fn kept(
    line: &ClaimLine,
    order: OrderId,
    order_line: i64,
    subtotal: Money,
) -> InvoiceLine {
    InvoiceLine {
        line_number: line.line_number,
        scope: line.scope,
        order,
        order_line,
        sku: line.sku.clone(),
        description: line.description.clone(),
        quantity: line.quantity,
        unit: line.unit.clone(),
        price: line.price,
        subtotal,
        tax_rate: line.tax_rate,
        tax: line.tax,
    }
}

/// What the line does not say itself is as ordered.
pub(super) fn described(mut line: InvoiceLine, goods: &Goods) -> InvoiceLine {
    line.sku.clone_from(&goods.sku);
    if line.description.is_empty() {
        line.description.clone_from(&goods.description);
    }
    if line.unit.is_empty() {
        line.unit.clone_from(&goods.unit);
    }
    line
}

/// The order line that an invoice line bills.
pub(super) fn order_line<'o>(
    line: &ClaimLine,
    ordered: &'o Ordered,
) -> Result<&'o OrderLine, Refusal> {
    let lines = &ordered.lines;
    if let Some(number) = line.order_line
        && let Some(found) = lines.iter().find(|own| own.line_number == number)
    {
        return Ok(found);
    }
    let mut same = lines.iter().filter(|own| !line.sku.is_empty() && own.goods.sku == line.sku);
    if let (Some(only), None) = (same.next(), same.next()) {
        return Ok(only);
    }
    line_of(lines, line.order_line.unwrap_or_default()).map_err(|mut refusal| {
        refusal.field = Some(format!("line {} lineNumber", line.line_number));
        refusal
    })
}

/// Whether two prices are the same but for the tolerance, whatever quantities they are for; `None`
/// when that cannot be computed exactly.
pub(super) fn is_within(got: UnitPrice, expected: UnitPrice, percent: Decimal) -> Option<bool> {
    let got = got.amount.checked_mul(expected.per.value()).map(|value| (value, got.per.value()))?;
    let expected = expected.amount.checked_mul(got.1)?;
    let apart = (got.0 - expected).abs();
    Some(apart.checked_mul(Decimal::ONE_HUNDRED)? <= expected.checked_mul(percent)?)
}

/// `12.5 EUR`, or `3.5 EUR per 100`.
pub fn price_text(price: UnitPrice) -> String {
    let mut amount = price.amount.normalize();
    if amount.scale() < price.currency.exponent() {
        amount.rescale(price.currency.exponent());
    }
    if price.per == crate::base::quantity::Quantity::ONE {
        format!("{amount} {}", price.currency)
    } else {
        format!("{amount} {} per {}", price.currency, price.per)
    }
}

pub(super) fn inexact(line: &ClaimLine, fault: &MoneyFault) -> Refusal {
    Refusal::invalid("amount-not-exact", format!("The sum of a line cannot be computed: {fault}."))
        .field(format!("line {}", line.line_number))
        .mend("Send amounts that can be paid.")
}

pub(super) fn mixed(fault: &MoneyFault) -> Refusal {
    Refusal::invalid("amount-not-exact", format!("The sums cannot be computed: {fault}."))
        .field("InvoiceDetailSummary")
        .mend("Send one invoice per currency.")
}

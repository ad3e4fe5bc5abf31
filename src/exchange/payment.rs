//! A PaymentRemittanceRequest as payments of invoices.

use crate::{
    base::{money::Money, text::shorten},
    cxml::{
        remittance::{Payable, PaymentRemittanceRequest, RemittanceStatus},
        values::Amount,
    },
    domain::{order::Reference, refusal::Refusal},
};

/// What is paid of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    pub of: Of,
    pub gross: Money,
    pub net: Money,
}

/// What is paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    Invoice { number: String, payload_id: Option<String> },
    Order(Reference),
}

/// Reads a remittance. Its details add up to its summary, or it is refused.
pub fn said(request: &PaymentRemittanceRequest) -> Result<Vec<Paid>, Refusal> {
    if request.status == RemittanceStatus::Void {
        return Err(Refusal::invalid("remittance-kind", "Remittances are not taken back.")
            .field("PaymentRemittanceRequestHeader/@status")
            .got(request.status.word())
            .expected("new")
            .mend("Tell the supplier; what was booked here stays in the audit trail."));
    }
    let mut paid = Vec::with_capacity(request.details.len());
    for detail in &request.details {
        let of = match &detail.payable {
            Payable::Invoice { invoice_id, payload_id, .. } => {
                Of::Invoice { number: invoice_id.clone(), payload_id: payload_id.clone() }
            }
            Payable::Order(order) => Of::Order(super::order::reference(order)),
            Payable::Other => {
                return Err(Refusal::invalid("payable", "It is not said what is paid for.")
                    .field("RemittanceDetail/PayableInfo")
                    .expected("PayableInvoiceInfo or PayableOrderInfo"));
            }
        };
        let (gross, net) = (money(&detail.sums.gross)?, money(&detail.sums.net)?);
        paid.push(Paid { of, gross, net });
    }
    let summary = money(&request.sums.gross)?;
    let sum = Money::sum(paid.iter().map(|one| one.gross), summary.currency());
    if !paid.is_empty() && sum.ok() != Some(summary) {
        let all: Vec<String> = paid.iter().map(|one| one.gross.to_string()).collect();
        return Err(Refusal::invalid("remittance-sum", "The details do not add up.")
            .field("PaymentRemittanceSummary/GrossAmount")
            .got(summary.to_string())
            .expected(format!("the sum of {}", shorten(&all.join(" + "), 120))));
    }
    Ok(paid)
}

fn money(amount: &Amount) -> Result<Money, Refusal> {
    Money::exact(amount.value, amount.currency).map_err(|fault| {
        Refusal::invalid("amount", "This amount cannot be paid.")
            .field("Money")
            .got(amount.value.to_string())
            .expected(fault.to_string())
    })
}

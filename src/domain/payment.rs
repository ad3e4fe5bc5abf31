//! What the buyer says it paid for an invoice, and what that leaves open.

use crate::base::{
    id::{DocumentId, InvoiceId},
    money::Money,
    time::{Day, Time},
};

use super::refusal::Refusal;

/// What one remittance pays of one invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    pub invoice: InvoiceId,
    /// The payer's number of the remittance.
    pub remittance: String,
    pub document: DocumentId,
    pub paid_on: Option<Day>,
    /// What it settles of the invoice.
    pub gross: Money,
    /// What was transferred for that: less by a discount or an adjustment.
    pub net: Money,
    pub at: Time,
}

/// What is still open of an invoice after so much was settled; never less than nothing.
pub fn left(total: Money, settled: &[Money]) -> Result<Money, Refusal> {
    let mut left = total;
    for gross in settled {
        if gross.currency() != total.currency() {
            return Err(Refusal::invalid("currency", "The payment is in another currency.")
                .field("RemittanceDetail/GrossAmount/Money/@currency")
                .got(gross.currency().to_string())
                .expected(total.currency().to_string()));
        }
        if gross.minor() <= 0 {
            return Err(Refusal::invalid("nothing-paid", "The payment settles nothing.")
                .field("RemittanceDetail/GrossAmount")
                .got(gross.to_string())
                .expected("an amount above zero"));
        }
        let open = left;
        left = left.checked_sub(*gross).map_err(|_| over(*gross, open))?;
        if left.minor() < 0 {
            return Err(over(*gross, open));
        }
    }
    Ok(left)
}

fn over(gross: Money, open: Money) -> Refusal {
    Refusal::invalid("overpaid", "More is paid than the invoice leaves open.")
        .field("RemittanceDetail/GrossAmount")
        .got(gross.to_string())
        .expected(format!("at most {open}"))
        .mend("Name another invoice for the rest, or ask for a credit memo.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::Currency;

    fn eur(minor: i64) -> Money {
        Money::from_minor(minor, Currency::EUR)
    }

    #[test]
    fn payments_settle_an_invoice_and_never_more_than_it() {
        assert_eq!(left(eur(1000), &[eur(400), eur(600)]).unwrap(), eur(0));
        assert_eq!(left(eur(1000), &[eur(400)]).unwrap(), eur(600));
        let over = left(eur(1000), &[eur(400), eur(601)]).unwrap_err();
        assert_eq!((over.code, over.got.as_deref()), ("overpaid", Some("6.01 EUR")));
        assert_eq!(left(eur(1000), &[eur(0)]).unwrap_err().code, "nothing-paid");
        let dollars = Money::from_minor(1000, "USD".parse().unwrap());
        assert_eq!(left(eur(1000), &[dollars]).unwrap_err().code, "currency");
    }
}

//! What an invoice claims, before it is compared with its orders.

use rust_decimal::Decimal;

use crate::base::{
    money::{Money, UnitPrice},
    quantity::Quantity,
    time::Day,
};

use super::{super::order::Reference, InvoiceKind, Scope};

/// How a memo names the invoice that it corrects; where both are said, the number counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Corrected {
    pub number: Option<String>,
    /// Of the document that the invoice came as.
    pub payload_id: Option<String>,
}

/// What a supplier claims, before it is compared with anything. What a credit memo gives back is
/// above zero here, as what an invoice asks for is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub kind: InvoiceKind,
    pub corrects: Corrected,
    /// The supplier's own number, unique among its invoices to one organisation.
    pub number: String,
    pub invoiced_on: Option<Day>,
    pub sums: Sums,
    pub stated: Stated,
    /// The header's tax by rate, as far as the document tells.
    pub taxes: Vec<TaxPart>,
    pub lines: Vec<ClaimLine>,
}

/// The tax of one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxPart {
    /// In percent.
    pub rate: Decimal,
    pub taxable: Money,
    pub amount: Money,
}

impl TaxPart {
    /// What the rate makes of the taxable amount, rounded once.
    pub fn due(&self) -> Result<Money, crate::base::money::MoneyFault> {
        let share = self.rate.checked_div(Decimal::ONE_HUNDRED);
        let tax = share.and_then(|share| self.taxable.amount().checked_mul(share));
        let tax = tax.ok_or(crate::base::money::MoneyFault::Overflow)?;
        Money::rounded(tax, self.taxable.currency())
    }
}

/// The sums of an invoice, all in its one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    pub subtotal: Money,
    pub tax: Money,
    pub shipping: Money,
    /// Special handling.
    pub handling: Money,
    pub discount: Money,
    /// Further charges, of header and lines together.
    pub charges: Money,
    pub allowances: Money,
    /// What is to be paid.
    pub total: Money,
}

impl Sums {
    /// Nothing, but for these.
    pub const fn plain(subtotal: Money, tax: Money, total: Money) -> Self {
        let zero = Money::zero(subtotal.currency());
        Self {
            subtotal,
            tax,
            total,
            shipping: zero,
            handling: zero,
            discount: zero,
            charges: zero,
            allowances: zero,
        }
    }

    /// The same with the other sign.
    #[must_use]
    pub fn turned(self) -> Self {
        Self {
            subtotal: turned(self.subtotal),
            tax: turned(self.tax),
            shipping: turned(self.shipping),
            handling: turned(self.handling),
            discount: turned(self.discount),
            charges: turned(self.charges),
            allowances: turned(self.allowances),
            total: turned(self.total),
        }
    }
}

/// The amount with the other sign.
pub const fn turned(money: Money) -> Money {
    Money::from_minor(money.minor().saturating_neg(), money.currency())
}

/// Further sums that the document states, to be checked against [`Sums`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stated {
    /// Subtotal, tax, shipping and handling together.
    pub gross: Option<Money>,
    /// The gross sum without the discount.
    pub net: Option<Money>,
    /// What is left to pay, when no deposit was taken.
    pub due: Option<Money>,
    /// The net sum without its tax.
    pub without_tax: Option<Money>,
    /// The taxes of the lines together, when the lines carry them.
    pub line_tax: Option<Money>,
}

/// A line as the supplier claims it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimLine {
    /// The invoice's own line number.
    pub line_number: i64,
    pub scope: Scope,
    pub order: Reference,
    /// The order's line.
    pub order_line: Option<i64>,
    /// Empty when it was not said.
    pub sku: String,
    pub description: String,
    pub quantity: Quantity,
    /// Empty when it was not said.
    pub unit: String,
    pub price: UnitPrice,
    /// The sum as stated; `None` leaves it to quantity and price.
    pub subtotal: Option<Money>,
    /// In percent.
    pub tax_rate: Option<Decimal>,
    pub tax: Money,
}

impl ClaimLine {
    /// The stated sum, or quantity times price rounded once.
    pub fn sum(&self) -> Result<Money, crate::base::money::MoneyFault> {
        self.subtotal.map_or_else(|| self.price.times(self.quantity), Ok)
    }
}

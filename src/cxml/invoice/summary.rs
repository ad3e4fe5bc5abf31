//! InvoiceDetailSummary: the sums of an invoice.

use super::super::charges::Tax;
use super::super::modification::Modification;
use super::super::read::Read;
use super::super::tree::Element;
use super::super::values::{Amount, Description};
use super::super::write::Writer;
use super::MODIFICATIONS;

/// The sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceSummary {
    pub subtotal: Amount,
    pub tax: Option<Tax>,
    pub special_handling: Option<Amount>,
    pub shipping: Option<Amount>,
    pub gross: Option<Amount>,
    pub discount: Option<Amount>,
    /// Allowances and charges of the whole invoice.
    pub modifications: Vec<Modification>,
    pub charges: Option<Amount>,
    pub allowances: Option<Amount>,
    pub without_tax: Option<Amount>,
    pub net: Option<Amount>,
    pub deposit: Option<Amount>,
    pub due: Option<Amount>,
}

impl InvoiceSummary {
    pub fn new(subtotal: Amount) -> Self {
        Self {
            subtotal,
            tax: None,
            special_handling: None,
            shipping: None,
            gross: None,
            discount: None,
            modifications: Vec::new(),
            charges: None,
            allowances: None,
            without_tax: None,
            net: None,
            deposit: None,
            due: None,
        }
    }

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let amount = |name| Amount::maybe_inside(element.one(name)?);
        Ok(Self {
            subtotal: Amount::inside(element.need("SubtotalAmount")?)?,
            tax: Tax::maybe(element)?,
            special_handling: amount("SpecialHandlingAmount")?,
            shipping: amount("ShippingAmount")?,
            gross: amount("GrossAmount")?,
            discount: amount("InvoiceDetailDiscount")?,
            modifications: Modification::all(element, MODIFICATIONS)?,
            charges: amount("TotalCharges")?,
            allowances: amount("TotalAllowances")?,
            without_tax: amount("TotalAmountWithoutTax")?,
            net: amount("NetAmount")?,
            deposit: amount("DepositAmount")?,
            due: amount("DueAmount")?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("InvoiceDetailSummary", &[]);
        self.subtotal.write("SubtotalAmount", writer);
        match &self.tax {
            Some(tax) => tax.write(writer),
            // The DTD wants a tax and a sum, even of who says none.
            None if writer.lacks("Tax") => {
                writer.open("Tax", &[]);
                self.write_no_money(writer);
                Description::write_text(None, writer);
                writer.close("Tax");
            }
            None => {}
        }
        Amount::write_if(self.special_handling.as_ref(), "SpecialHandlingAmount", writer);
        Amount::write_if(self.shipping.as_ref(), "ShippingAmount", writer);
        Amount::write_if(self.gross.as_ref(), "GrossAmount", writer);
        Amount::write_if(self.discount.as_ref(), "InvoiceDetailDiscount", writer);
        Modification::write_all(&self.modifications, MODIFICATIONS, writer);
        Amount::write_if(self.charges.as_ref(), "TotalCharges", writer);
        Amount::write_if(self.allowances.as_ref(), "TotalAllowances", writer);
        Amount::write_if(self.without_tax.as_ref(), "TotalAmountWithoutTax", writer);
        match &self.net {
            Some(net) => net.write("NetAmount", writer),
            None if writer.lacks("NetAmount") => {
                writer.open("NetAmount", &[]);
                self.write_no_money(writer);
                writer.close("NetAmount");
            }
            None => {}
        }
        Amount::write_if(self.deposit.as_ref(), "DepositAmount", writer);
        Amount::write_if(self.due.as_ref(), "DueAmount", writer);
        writer.close("InvoiceDetailSummary");
    }

    fn write_no_money(&self, writer: &mut Writer) {
        writer.leaf("Money", &[("currency", Some(self.subtotal.currency.code()))], "");
    }
}

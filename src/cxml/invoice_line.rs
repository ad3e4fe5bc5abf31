//! The lines of an invoice: goods, services, or a sum for a whole order.

use rust_decimal::Decimal;

use super::charges::{Distribution, Tax};
use super::confirmation::OrderReference;
use super::item::{ItemId, PriceBasis};
use super::modification::Modification;
use super::order_info;
use super::read::Read;
use super::tree::Element;
use super::values::{Amount, Comments, Description, Extrinsic};
use super::write::Writer;

const MODIFICATIONS: &str = "InvoiceItemModifications";

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceItem {
    pub line_number: u32,
    /// Below zero when it is given back.
    pub quantity: Decimal,
    pub unit: String,
    /// Of a service it may be absent.
    pub unit_price: Option<Amount>,
    pub basis: Option<PriceBasis>,
    /// An InvoiceDetailServiceItem.
    pub service: bool,
    pub reference: ItemReference,
    pub subtotal: Option<Amount>,
    pub tax: Option<Tax>,
    pub gross: Option<Amount>,
    pub discount: Option<Amount>,
    /// Allowances and charges of the line.
    pub modifications: Vec<Modification>,
    pub net: Option<Amount>,
    pub distributions: Vec<Distribution>,
    pub comments: Vec<Comments>,
    pub extrinsics: Vec<Extrinsic>,
}

/// Which line of the order is billed, and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemReference {
    /// The order's line; a service may not say it.
    pub line_number: Option<u32>,
    pub id: Option<ItemId>,
    pub description: Option<Description>,
}

/// A sum for a whole order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceHeaderOrder {
    pub order: OrderReference,
    pub line_number: u32,
    pub subtotal: Amount,
    pub tax: Option<Tax>,
    pub gross: Option<Amount>,
    pub net: Option<Amount>,
    pub comments: Vec<Comments>,
    pub extrinsics: Vec<Extrinsic>,
}

impl InvoiceItem {
    pub fn new(
        line_number: u32,
        quantity: Decimal,
        unit: impl Into<String>,
        unit_price: Amount,
        reference: ItemReference,
    ) -> Self {
        Self {
            line_number,
            quantity,
            unit: unit.into(),
            unit_price: Some(unit_price),
            basis: None,
            service: false,
            reference,
            subtotal: None,
            tax: None,
            gross: None,
            discount: None,
            modifications: Vec::new(),
            net: None,
            distributions: Vec::new(),
            comments: Vec::new(),
            extrinsics: Vec::new(),
        }
    }

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let service = element.is("InvoiceDetailServiceItem");
        let amount = |name| Amount::maybe_inside(element.one(name)?);
        let price = if service {
            amount("UnitPrice")?
        } else {
            Some(Amount::inside(element.need("UnitPrice")?)?)
        };
        let quantity = match element.attribute("quantity") {
            None if service => Decimal::ONE,
            _ => element.number_in("quantity")?,
        };
        Ok(Self {
            line_number: element.need_line_number("invoiceLineNumber")?,
            quantity,
            unit: element.text_of("UnitOfMeasure")?.unwrap_or_default(),
            unit_price: price,
            basis: PriceBasis::maybe(element)?,
            service,
            reference: ItemReference::of(element, service)?,
            subtotal: amount("SubtotalAmount")?,
            tax: Tax::maybe(element)?,
            gross: amount("GrossAmount")?,
            discount: amount("InvoiceDetailDiscount")?,
            modifications: Modification::all(element, MODIFICATIONS)?,
            net: amount("NetAmount")?,
            distributions: Distribution::all(element)?,
            comments: Comments::all(element),
            extrinsics: Extrinsic::all(element),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let name = if self.service { "InvoiceDetailServiceItem" } else { "InvoiceDetailItem" };
        let line = self.line_number.to_string();
        let quantity = self.quantity.to_string();
        let attributes =
            [("invoiceLineNumber", Some(line.as_str())), ("quantity", Some(&quantity))];
        writer.open(name, &attributes);
        if self.service {
            self.reference.write(true, writer);
            // Services say their sum first, goods their price.
            let zero = self.net.or(self.gross).or(self.unit_price);
            Amount::write_if(self.subtotal.or(zero).as_ref(), "SubtotalAmount", writer);
            if self.unit_price.is_some() {
                self.write_price(writer);
            }
        } else {
            self.write_price(writer);
            self.reference.write(false, writer);
            Amount::write_if(self.subtotal.as_ref(), "SubtotalAmount", writer);
        }
        self.tax.iter().for_each(|tax| tax.write(writer));
        Amount::write_if(self.gross.as_ref(), "GrossAmount", writer);
        Amount::write_if(self.discount.as_ref(), "InvoiceDetailDiscount", writer);
        Modification::write_all(&self.modifications, MODIFICATIONS, writer);
        Amount::write_if(self.net.as_ref(), "NetAmount", writer);
        Distribution::write_all(&self.distributions, writer);
        Comments::write_merged(&self.comments, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close(name);
    }

    fn write_price(&self, writer: &mut Writer) {
        writer.leaf("UnitOfMeasure", &[], &self.unit);
        Amount::write_if(self.unit_price.as_ref(), "UnitPrice", writer);
        self.basis.iter().for_each(|basis| basis.write(writer));
    }
}

impl ItemReference {
    fn of(line: Element<'_>, service: bool) -> Read<Self> {
        let element = if service {
            line.one("InvoiceDetailServiceItemReference")?
        } else {
            Some(line.need("InvoiceDetailItemReference")?)
        };
        let Some(element) = element else { return Ok(Self::default()) };
        let line_number = if service {
            element.line_number_in("lineNumber")?
        } else {
            Some(element.need_line_number("lineNumber")?)
        };
        Ok(Self {
            line_number,
            id: element.one("ItemID")?.map(ItemId::of).transpose()?,
            description: element.one("Description")?.map(Description::of).transpose()?,
        })
    }

    fn write(&self, service: bool, writer: &mut Writer) {
        let name = if service {
            "InvoiceDetailServiceItemReference"
        } else {
            "InvoiceDetailItemReference"
        };
        let line = self.line_number.map(|number| number.to_string());
        writer.open(name, &[("lineNumber", line.as_deref())]);
        self.id.iter().for_each(|id| id.write(writer));
        self.description.iter().for_each(|description| description.write(writer));
        writer.close(name);
    }
}

impl InvoiceHeaderOrder {
    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let summary = element.need("InvoiceDetailOrderSummary")?;
        Ok(Self {
            order: order_info::of(element.need("InvoiceDetailOrderInfo")?)?,
            line_number: summary.need_line_number("invoiceLineNumber")?,
            subtotal: Amount::inside(summary.need("SubtotalAmount")?)?,
            tax: Tax::maybe(summary)?,
            gross: Amount::maybe_inside(summary.one("GrossAmount")?)?,
            net: Amount::maybe_inside(summary.one("NetAmount")?)?,
            comments: Comments::all(summary),
            extrinsics: Extrinsic::all(summary),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let line = self.line_number.to_string();
        writer.open("InvoiceDetailHeaderOrder", &[]);
        order_info::write("InvoiceDetailOrderInfo", &self.order, writer);
        writer.open("InvoiceDetailOrderSummary", &[("invoiceLineNumber", Some(&line))]);
        self.subtotal.write("SubtotalAmount", writer);
        self.tax.iter().for_each(|tax| tax.write(writer));
        Amount::write_if(self.gross.as_ref(), "GrossAmount", writer);
        Amount::write_if(self.net.as_ref(), "NetAmount", writer);
        Comments::write_merged(&self.comments, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("InvoiceDetailOrderSummary");
        writer.close("InvoiceDetailHeaderOrder");
    }
}

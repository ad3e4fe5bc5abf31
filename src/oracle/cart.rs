//! The `response` document of a cart: `OrderLinesDataElements` with one `orderLine` a line.
//!
//! The format knows no price basis, no version of its own and no way to say "pending". The browser
//! brings it home in the field [`FIELD`].

use rust_decimal::Decimal;

use crate::base::{decimal, money::Currency, quantity::Quantity, xml::Xml};

/// The form field in which iProcurement looks for the cart.
pub const FIELD: &str = "oracleCart";

/// One line of the cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `supplierItemNumber/itemID`.
    pub sku: String,
    /// `supplierReferenceNumber`: the shop's own name of the line; comes back on an edit.
    pub reference: String,
    pub description: String,
    pub quantity: Quantity,
    /// `supplierUOMType`, as the buyer's system knows it.
    pub unit: String,
    /// Net price of one unit.
    pub price: Decimal,
    pub currency: Currency,
    /// `categoryCode` with its scheme: `UNSPSC`, `SUPPLIER`.
    pub category: Option<(String, String)>,
    /// The maker's part number and name.
    pub maker: Option<(String, String)>,
    /// Who sells it: `supplierTradingPartnerCode`.
    pub supplier: String,
}

/// The document of a cart; no line at all is the empty cart.
pub fn write(lines: &[Line], trading_partner: &str) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("response", &[]);
    xml.open("header", &[("version", "1.0")]);
    xml.empty("return", &[("returnCode", "S")]);
    xml.close();
    xml.open("body", &[]);
    xml.open("OrderLinesDataElements", &[]);
    xml.leaf("catalogTradingPartner", &[], trading_partner);
    for line in lines {
        order_line(&mut xml, line);
    }
    xml.finish()
}

fn order_line(xml: &mut Xml, line: &Line) {
    xml.open("orderLine", &[]);
    xml.open("item", &[("lineType", "GOODS"), ("quantity", &line.quantity.to_string())]);
    item_number(xml, line);
    xml.leaf("itemDescription", &[], &line.description);
    xml.open("unitOfMeasure", &[]);
    xml.open("supplierUnitOfMeasure", &[]);
    xml.leaf("supplierUOMType", &[], &line.unit);
    xml.leaf("supplierUOMQuantity", &[], "1");
    xml.close();
    xml.close();
    xml.close();
    if let Some((scheme, code)) = &line.category {
        xml.open("category", &[]);
        xml.leaf("categoryCode", &[("categoryCodeIdentifier", scheme)], code);
        xml.close();
    }
    xml.open("price", &[]);
    xml.leaf("currency", &[], line.currency.code());
    xml.leaf("unitPrice", &[], &decimal::canonical(line.price));
    xml.close();
    xml.open("supplier", &[]);
    xml.leaf("supplierTradingPartnerCode", &[], &line.supplier);
    xml.leaf("supplierName", &[], &line.supplier);
    xml.close();
    xml.close();
}

fn item_number(xml: &mut Xml, line: &Line) {
    xml.open("itemNumber", &[]);
    xml.open("supplierItemNumber", &[]);
    xml.leaf("itemID", &[], &line.sku);
    if !line.reference.is_empty() {
        xml.leaf("supplierReferenceNumber", &[], &line.reference);
    }
    xml.close();
    if let Some((part, name)) = &line.maker {
        xml.open("manufacturerItemNumber", &[]);
        xml.leaf("itemID", &[], part);
        xml.leaf("manufacturerName", &[], name);
        xml.close();
    }
    xml.close();
}

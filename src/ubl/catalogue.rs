//! Peppol BIS Punch Out 3 (profile 18, transaction T77): a cart as a UBL 2.1 Catalogue.
//!
//! The profile leaves the transport open; the browser brings the document home in the field
//! [`FIELD`], as base64 so that its encoding survives any form. Elements stand in the order of the
//! UBL schema. The net price of a line is its `PriceAmount` for `BaseQuantity` units, and the
//! quantity that was put into the cart its `BatchQuantity`.

use rust_decimal::Decimal;

use crate::base::{decimal, money::UnitPrice, quantity::Quantity, time::Time, xml::Xml};

/// The form field; no standard names one.
pub const FIELD: &str = "peppol-punchout";
/// What the document says it follows.
pub const CUSTOMIZATION: &str = "urn:fdc:peppol.eu:poacc:trns:punch_out:3";
pub const PROFILE: &str = "urn:fdc:peppol.eu:poacc:bis:punch_out:3";

const CATALOGUE: &str = "urn:oasis:names:specification:ubl:schema:xsd:Catalogue-2";
const AGGREGATE: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
const BASIC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

/// A cart and who hands it to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cart {
    pub id: String,
    pub issued_at: Time,
    /// Whether the cart may be ordered as it stands (`ActionCode`).
    pub is_complete: bool,
    /// RegistrationName of the shop.
    pub provider: String,
    /// RegistrationName of the buyer.
    pub receiver: String,
    pub lines: Vec<Line>,
}

/// One line of the cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub sku: String,
    pub name: String,
    pub description: String,
    pub quantity: Quantity,
    /// A current code of Recommendation 20 or 21; quantity and price basis share it (rule R130).
    pub unit: String,
    pub price: UnitPrice,
    /// Whole days (`LeadTimeMeasure`).
    pub lead_days: Option<i64>,
    /// UNSPSC code (listID `TST`).
    pub unspsc: String,
    pub maker: String,
    pub maker_part: String,
    /// VAT category and rate; `None`, when it is not known: category `S` without a rate is not
    /// allowed, so the line says `O`, outside the scope, and the invoice decides.
    pub tax: Option<(String, Decimal)>,
}

/// The document of a cart.
pub fn write(cart: &Cart) -> Vec<u8> {
    let mut xml = Xml::new();
    let spaces = [("xmlns", CATALOGUE), ("xmlns:cac", AGGREGATE), ("xmlns:cbc", BASIC)];
    xml.open("Catalogue", &spaces);
    xml.leaf("cbc:CustomizationID", &[], CUSTOMIZATION);
    xml.leaf("cbc:ProfileID", &[], PROFILE);
    xml.leaf("cbc:ID", &[], &cart.id);
    xml.leaf("cbc:ActionCode", &[], if cart.is_complete { "true" } else { "false" });
    let at = cart.issued_at.to_string();
    let (day, time) = at.split_once('T').unwrap_or((&at, "00:00:00"));
    xml.leaf("cbc:IssueDate", &[], day);
    xml.leaf("cbc:IssueTime", &[], time.get(..8).unwrap_or("00:00:00"));
    party(&mut xml, "cac:ProviderParty", &cart.provider);
    party(&mut xml, "cac:ReceiverParty", &cart.receiver);
    for (number, line) in (1_u32..).zip(&cart.lines) {
        catalogue_line(&mut xml, number, line);
    }
    xml.finish()
}

fn party(xml: &mut Xml, element: &'static str, name: &str) {
    xml.open(element, &[]);
    xml.open("cac:PartyLegalEntity", &[]);
    xml.leaf("cbc:RegistrationName", &[], name);
    xml.close();
    xml.close();
}

fn catalogue_line(xml: &mut Xml, number: u32, line: &Line) {
    let unit = [("unitCode", line.unit.as_str())];
    xml.open("cac:CatalogueLine", &[]);
    xml.leaf("cbc:ID", &[], &number.to_string());
    xml.open("cac:RequiredItemLocationQuantity", &[]);
    if let Some(days) = line.lead_days {
        xml.leaf("cbc:LeadTimeMeasure", &[("unitCode", "DAY")], &days.to_string());
    }
    xml.open("cac:Price", &[]);
    let currency = [("currencyID", line.price.currency.code())];
    xml.leaf("cbc:PriceAmount", &currency, &decimal::canonical(line.price.amount));
    xml.leaf("cbc:BaseQuantity", &unit, &line.price.per.to_string());
    xml.close();
    xml.open("cac:DeliveryUnit", &[]);
    xml.leaf("cbc:BatchQuantity", &unit, &line.quantity.to_string());
    xml.close();
    xml.close();
    item(xml, line);
    xml.close();
}

fn item(xml: &mut Xml, line: &Line) {
    xml.open("cac:Item", &[]);
    xml.leaf("cbc:Description", &[], &line.description);
    xml.leaf("cbc:Name", &[], &line.name);
    number(xml, "cac:SellersItemIdentification", &line.sku);
    number(xml, "cac:ManufacturersItemIdentification", &line.maker_part);
    if !line.unspsc.is_empty() {
        xml.open("cac:CommodityClassification", &[]);
        xml.leaf("cbc:ItemClassificationCode", &[("listID", "TST")], &line.unspsc);
        xml.close();
    }
    let (category, rate) = match &line.tax {
        Some((category, rate)) => (category.as_str(), Some(rate)),
        None => ("O", None),
    };
    xml.open("cac:ClassifiedTaxCategory", &[]);
    xml.leaf("cbc:ID", &[], category);
    if let Some(rate) = rate {
        xml.leaf("cbc:Percent", &[], &decimal::canonical(*rate));
    }
    xml.open("cac:TaxScheme", &[]);
    xml.leaf("cbc:ID", &[], "VAT");
    xml.close();
    xml.close();
    if !line.maker.is_empty() {
        xml.open("cac:ManufacturerParty", &[]);
        xml.open("cac:PartyName", &[]);
        xml.leaf("cbc:Name", &[], &line.maker);
        xml.close();
        xml.close();
    }
    xml.close();
}

/// An identification of the item, when there is one.
fn number(xml: &mut Xml, element: &'static str, id: &str) {
    if !id.is_empty() {
        xml.open(element, &[]);
        xml.leaf("cbc:ID", &[], id);
        xml.close();
    }
}

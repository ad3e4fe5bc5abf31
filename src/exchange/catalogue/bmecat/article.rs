//! One article: what it is and in what units it is ordered.

use super::{Catalogue, Wrong, in_language, name_of, parts, quantity, text, wrong};
use crate::{
    base::{
        decimal,
        id::SupplierId,
        quantity::Quantity,
        text::{one_line, shorten},
    },
    cxml::tree::Element,
    domain::catalogue::{Item, MAX_DESCRIPTION},
    exchange::catalogue::checked,
};

/// ARTICLE_DETAILS and ARTICLE_FEATURES as an article. EAN and GTIN have no place in it.
pub(super) fn item(
    article: Element<'_>,
    (supplier, sku): (SupplierId, &str),
    catalogue: &Catalogue<'_>,
    notes: &mut Vec<String>,
) -> Result<Item, Wrong> {
    let mut found = parts(article, "ARTICLE_DETAILS", "PRODUCT_DETAILS");
    let is_product = article.is("PRODUCT");
    let Some(details) = found.next() else {
        let name = if is_product { "PRODUCT_DETAILS" } else { "ARTICLE_DETAILS" };
        return Err(wrong(name, "nothing", "the details of the article"));
    };
    let said = |name| in_language(details, name, catalogue.language);
    let order = parts(article, "ARTICLE_ORDER_DETAILS", "PRODUCT_ORDER_DETAILS").next();
    let own = super::either(details, "MANUFACTURER_AID", "MANUFACTURER_PID");
    let item = Item {
        name: name_of(&said("DESCRIPTION_SHORT")),
        description: shorten(&said("DESCRIPTION_LONG"), MAX_DESCRIPTION),
        unit: order.map(|order| text(order, "ORDER_UNIT").to_owned()).unwrap_or_default(),
        unspsc: unspsc(article, notes),
        manufacturer: one_line(&said("MANUFACTURER_NAME")),
        manufacturer_sku: one_line(own),
        lead_time_days: days(article, details)?,
        ..Item::named(supplier, sku.to_owned())
    };
    checked(item).map_err(|(column, got, expected)| (element_of(column, is_product), got, expected))
}

/// The element that our column is read from.
fn element_of(column: &'static str, is_product: bool) -> &'static str {
    match (column, is_product) {
        ("sku", false) => "SUPPLIER_AID",
        ("sku", true) => "SUPPLIER_PID",
        ("name", _) => "DESCRIPTION_SHORT",
        ("description", _) => "DESCRIPTION_LONG",
        ("unit", _) => "ORDER_UNIT",
        ("unspsc", _) => "REFERENCE_FEATURE_GROUP_ID",
        ("manufacturer", _) => "MANUFACTURER_NAME",
        ("manufacturer_sku", false) => "MANUFACTURER_AID",
        ("manufacturer_sku", true) => "MANUFACTURER_PID",
        ("lead_time_days", _) => "DELIVERY_TIME",
        (other, _) => other,
    }
}

/// Whole days: half a day is a day. 2005 may say them among the logistic details.
fn days(article: Element<'_>, details: Element<'_>) -> Result<Option<i64>, Wrong> {
    let logistic = article.first("PRODUCT_LOGISTIC_DETAILS");
    let times = logistic.and_then(|own| own.first("DELIVERY_TIMES"));
    let (name, said) = match (text(details, "DELIVERY_TIME"), times) {
        ("", Some(times)) => ("LEADTIME", text(times, "LEADTIME")),
        (said, _) => ("DELIVERY_TIME", said),
    };
    if said.is_empty() {
        return Ok(None);
    }
    let number = decimal::parse(said).ok().map(|days| decimal::canonical(days.ceil()));
    let days = number.and_then(|days| days.parse().ok());
    days.map(Some).ok_or_else(|| wrong(name, said, "a number of days"))
}

/// The UNSPSC class; another system is noted where there is none. `udf_` systems are the supplier's
/// own and classify nothing.
fn unspsc(article: Element<'_>, notes: &mut Vec<String>) -> String {
    let mut other = None;
    for features in parts(article, "ARTICLE_FEATURES", "PRODUCT_FEATURES") {
        let system = text(features, "REFERENCE_FEATURE_SYSTEM_NAME");
        let code = text(features, "REFERENCE_FEATURE_GROUP_ID");
        let letters: String = system.chars().filter(char::is_ascii_alphabetic).collect();
        if letters.to_ascii_uppercase().contains("UNSPSC") && !code.is_empty() {
            return code.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
        }
        if !system.is_empty() && !letters.to_ascii_lowercase().starts_with("udf") {
            other.get_or_insert(system);
        }
    }
    if let Some(system) = other {
        let system = shorten(system, 40);
        notes.push(format!("no UNSPSC class; {system} has no place here"));
    }
    String::new()
}

/// ARTICLE_ORDER_DETAILS: the units that prices are for.
pub(super) struct OrderDetails<'t> {
    pub unit: &'t str,
    /// PRICE_QUANTITY: so many units cost a price.
    pub per: Quantity,
    /// QUANTITY_MIN: the smallest quantity sold.
    pub least: Option<Quantity>,
}

impl<'t> OrderDetails<'t> {
    /// Where the file does not say, as an update of prices does not.
    pub(super) fn unsaid() -> Self {
        Self { unit: "", per: Quantity::ONE, least: None }
    }

    pub(super) fn of(article: Element<'t>, notes: &mut Vec<String>) -> Result<Self, Wrong> {
        let mut found = parts(article, "ARTICLE_ORDER_DETAILS", "PRODUCT_ORDER_DETAILS");
        // The unit is missing, which is said of the article.
        let Some(order) = found.next() else { return Ok(Self::unsaid()) };
        let per = quantity(order, "PRICE_QUANTITY")?.unwrap_or(Quantity::ONE);
        let least = quantity(order, "QUANTITY_MIN")?;
        for name in ["QUANTITY_INTERVAL", "QUANTITY_MAX"] {
            let said = quantity(order, name)?;
            if let Some(said) = said.filter(|said| *said != Quantity::ONE) {
                notes.push(format!("{name} {said} has no place here and binds nobody"));
            }
        }
        Ok(Self { unit: text(order, "ORDER_UNIT"), per, least })
    }
}

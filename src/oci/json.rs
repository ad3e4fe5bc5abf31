//! OCI 5.0: the catalogue as JSON, page by page, for systems that keep a copy of it (S/4HANA).
//!
//! The reader skips an item that is too long in any field and reports nothing, so an item is
//! checked here first and left out by name.

use serde::Serialize;

use super::{basket::Dialect, fault::LineFault};
use crate::base::{decimal, money::UnitPrice, quantity::Quantity};

/// An item of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Our key of the item (40).
    pub product_id: String,
    pub name: String,
    pub description: String,
    /// The supplier's name (255) and number of the item (40).
    pub vendor_name: String,
    pub vendor_material: String,
    pub unit: String,
    pub price: UnitPrice,
    /// Prices from a quantity on: (from, price for the same basis).
    pub scales: Vec<(Quantity, UnitPrice)>,
    /// Least quantity that is sold.
    pub least: Quantity,
    pub lead_days: Option<u32>,
    pub maker: String,
    pub maker_material: String,
    /// UNSPSC code.
    pub unspsc: String,
}

/// Where a page stands in the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub page: u32,
    pub pages: u32,
    pub items: u64,
    /// The same for every page of one download.
    pub transaction: String,
}

#[derive(Serialize)]
#[serde(rename_all = "UPPERCASE")]
struct Envelope {
    currentpage: String,
    totalpages: String,
    totalitems: String,
    transactionid: String,
    /// `X`: the whole catalogue, not what changed.
    cti: &'static str,
    #[serde(rename = "Items")]
    items: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    #[serde(rename = "NEWITEM")]
    item: NewItem,
}

#[derive(Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct NewItem {
    ext_product_id: String,
    languages: [&'static str; 1],
    description: [Text; 1],
    longtext: [Text; 1],
    vendor_name: String,
    vendor_mat: String,
    price: String,
    price_quantity: String,
    currency: String,
    price_scales: Vec<Scale>,
    unit: String,
    minorder_qty: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    leadtime: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    manufactname: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    manufactmat: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    ext_schema_type: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    ext_category_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Text {
    language_code: &'static str,
    description: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scale {
    scale_type: &'static str,
    low: String,
    price: String,
}

/// The language of our catalogues.
const LANGUAGE: &str = "EN";

/// One page as JSON, and the items left out of it.
pub fn page(
    place: &Place,
    items: &[Item],
    dialect: &Dialect,
) -> Result<(Vec<u8>, Vec<LineFault>), serde_json::Error> {
    let mut faults = Vec::new();
    let mut entries = Vec::with_capacity(items.len());
    for (number, item) in (1..).zip(items) {
        match new_item(number, item, dialect) {
            Ok(item) => entries.push(Entry { item }),
            Err(fault) => faults.push(fault),
        }
    }
    let envelope = Envelope {
        currentpage: place.page.to_string(),
        totalpages: place.pages.to_string(),
        totalitems: place.items.to_string(),
        transactionid: place.transaction.clone(),
        cti: "X",
        items: entries,
    };
    Ok((serde_json::to_vec(&envelope)?, faults))
}

fn new_item(number: u32, item: &Item, dialect: &Dialect) -> Result<NewItem, LineFault> {
    let mend = "Shorten it in the catalogue.";
    let fits = |field: &'static str, most: usize, value: &str| {
        let length = value.chars().count();
        if length <= most {
            return Ok(value.to_owned());
        }
        let expected = format!("at most {most} characters, not {length}");
        Err(LineFault::new(number, field, value, expected, mend))
    };
    let unit = dialect.units.to_theirs(&item.unit).filter(|unit| unit.chars().count() <= 3);
    let unit = unit.ok_or_else(|| {
        let expected = "a unit that the procurement system knows";
        LineFault::new(number, "UNIT", &item.unit, expected, "Map the unit for the connection.")
    })?;
    let text = |text: String| [Text { language_code: LANGUAGE, description: text }];
    let classed = !item.unspsc.is_empty();
    let scale = |(low, price): &(Quantity, UnitPrice)| Scale {
        scale_type: "B",
        low: low.to_string(),
        price: decimal::canonical(price.amount),
    };
    Ok(NewItem {
        ext_product_id: fits("EXT_PRODUCT_ID", 40, &item.product_id)?,
        languages: [LANGUAGE],
        description: text(fits("DESCRIPTION", 255, &item.name)?),
        longtext: text(item.description.clone()),
        vendor_name: fits("VENDOR_NAME", 255, &item.vendor_name)?,
        vendor_mat: fits("VENDOR_MAT", 40, &item.vendor_material)?,
        price: decimal::canonical(item.price.amount),
        price_quantity: item.price.per.to_string(),
        currency: item.price.currency.to_string(),
        price_scales: item.scales.iter().map(scale).collect(),
        unit: unit.to_owned(),
        minorder_qty: item.least.to_string(),
        leadtime: item.lead_days.map(|days| days.to_string()),
        manufactname: fits("MANUFACTNAME", 255, &item.maker)?,
        manufactmat: fits("MANUFACTMAT", 255, &item.maker_material)?,
        ext_schema_type: if classed { "UNSPSC".to_owned() } else { String::new() },
        ext_category_id: item.unspsc.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::Currency;

    fn item(name: &str, unit: &str) -> Item {
        let price = UnitPrice::new(decimal::parse("0.035").unwrap(), Currency::EUR, Quantity::ONE);
        Item {
            product_id: "item_1".to_owned(),
            name: name.to_owned(),
            description: "Größe \"M8\"".to_owned(),
            vendor_name: "PartsDesk".to_owned(),
            vendor_material: "BOLT-M8".to_owned(),
            unit: unit.to_owned(),
            price,
            scales: vec![(Quantity::ONE, price)],
            least: Quantity::ONE,
            lead_days: Some(3),
            maker: String::new(),
            maker_material: String::new(),
            unspsc: "31161500".to_owned(),
        }
    }

    #[test]
    fn a_page_has_its_envelope_and_leaves_bad_items_out_by_name() {
        let place = Place { page: 2, pages: 3, items: 120, transaction: "t".to_owned() };
        let items = [item("Bolt M8", "H87"), item(&"x".repeat(256), "EA"), item("Bolt", "FURLONG")];
        let (bytes, faults) = page(&place, &items, &Dialect::default()).unwrap();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["DESCRIPTION", "UNIT"]);
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!((&json["CURRENTPAGE"], &json["TOTALITEMS"]), (&"2".into(), &"120".into()));
        assert_eq!(json["CTI"], "X");
        assert_eq!(json["Items"].as_array().map(Vec::len), Some(1));
        let own = &json["Items"][0]["NEWITEM"];
        for (field, value) in [
            ("EXT_PRODUCT_ID", "item_1"),
            ("UNIT", "PCE"),
            ("PRICE", "0.035"),
            ("PRICE_QUANTITY", "1"),
            ("VENDOR_MAT", "BOLT-M8"),
            ("EXT_CATEGORY_ID", "31161500"),
        ] {
            assert_eq!(own[field], value, "{field}");
        }
        assert_eq!(own["DESCRIPTION"][0]["languageCode"], "EN");
        assert!(own.get("MANUFACTNAME").is_none());
    }
}

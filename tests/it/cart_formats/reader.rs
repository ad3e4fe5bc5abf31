//! A procurement system's reader, written for the test alone: it decodes the browser's bytes and
//! reads each format in its own way.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use countersign::domain::cart::Goods;
use rust_decimal::Decimal;

/// What a line means, in whatever format it came.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    pub sku: String,
    pub description: String,
    pub quantity: Decimal,
    /// One of a few units, whatever the format calls it.
    pub unit: &'static str,
    /// Of one unit.
    pub price: Decimal,
    pub currency: String,
    pub unspsc: String,
    pub maker_part: String,
}

impl Read {
    pub fn of(goods: &Goods) -> Self {
        Self {
            sku: goods.sku.clone(),
            description: goods.description.clone(),
            quantity: goods.quantity.value().normalize(),
            unit: unit(&goods.unit),
            price: (goods.price.amount / goods.price.per.value()).normalize(),
            currency: goods.price.currency.to_string(),
            unspsc: goods.unspsc.clone(),
            maker_part: goods.manufacturer_sku.clone(),
        }
    }
}

fn unit(code: &str) -> &'static str {
    match code {
        "EA" => "each",
        "H87" | "PCE" => "piece",
        "MTR" => "metre",
        "XBX" | "BX" => "box",
        other => panic!("which unit is {other}?"),
    }
}

fn number(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap_or_else(|e| panic!("{text}: {e}")).normalize()
}

/// The lines of a posted form whose bytes are in this charset.
pub fn read(bytes: &[u8], charset: &str) -> Vec<Read> {
    let pairs: Vec<(String, String)> = bytes
        .split(|byte| *byte == b'&')
        .map(|pair| {
            let cut = pair.iter().position(|byte| *byte == b'=').unwrap();
            (text(&pair[..cut], charset), text(&pair[cut + 1..], charset))
        })
        .collect();
    let (name, value) = &pairs[0];
    match name.as_str() {
        "cxml-urlencoded" => {
            assert!(value.is_ascii(), "urlencoded is read as ASCII");
            cxml(value)
        }
        "cxml-base64" => cxml(&String::from_utf8(STANDARD.decode(value).unwrap()).unwrap()),
        "oracleCart" => oracle(value),
        "peppol-punchout" => peppol(&String::from_utf8(STANDARD.decode(value).unwrap()).unwrap()),
        _ => oci(&pairs),
    }
}

fn text(coded: &[u8], charset: &str) -> String {
    let mut bytes = Vec::new();
    let mut at = 0;
    while at < coded.len() {
        match coded[at] {
            b'+' => bytes.push(b' '),
            b'%' => {
                let hex = std::str::from_utf8(&coded[at + 1..at + 3]).unwrap();
                bytes.push(u8::from_str_radix(hex, 16).unwrap());
                at += 2;
            }
            byte => bytes.push(byte),
        }
        at += 1;
    }
    match charset {
        // Every byte of ISO-8859-1 is the character of that number.
        "iso-8859-1" => bytes.into_iter().map(char::from).collect(),
        _ => String::from_utf8(bytes).unwrap(),
    }
}

fn oci(pairs: &[(String, String)]) -> Vec<Read> {
    let mut lines: BTreeMap<u32, BTreeMap<String, String>> = BTreeMap::new();
    for (name, value) in pairs {
        let Some(rest) = name.strip_prefix("NEW_ITEM-") else { continue };
        let (field, index) = match rest.strip_prefix("LONGTEXT_") {
            Some(rest) => ("LONGTEXT", rest.strip_suffix(":132[]").unwrap()),
            None => rest.strip_suffix(']').unwrap().split_once('[').unwrap(),
        };
        let line = lines.entry(index.parse().unwrap()).or_default();
        line.insert(field.to_owned(), value.clone());
    }
    let one = |mut line: BTreeMap<String, String>| {
        let mut take = |field: &str| line.remove(field).unwrap_or_default();
        let per = number(&take("PRICEUNIT"));
        let (short, long) = (take("DESCRIPTION"), take("LONGTEXT"));
        assert!(short.chars().count() <= 40);
        assert_eq!(take("EXT_SCHEMA_TYPE"), "UNSPSC");
        Read {
            sku: take("VENDORMAT"),
            description: if long.is_empty() { short } else { long },
            quantity: number(&take("QUANTITY")),
            unit: unit(&take("UNIT")),
            price: (number(&take("PRICE")) / per).normalize(),
            currency: take("CURRENCY"),
            unspsc: take("EXT_CATEGORY_ID"),
            maker_part: take("MANUFACTMAT"),
        }
    };
    lines.into_values().map(one).collect()
}

fn cxml(document: &str) -> Vec<Read> {
    let line = |part: &str| {
        let per = match part.contains("<PriceBasisQuantity") {
            true => number(&attribute(part, "PriceBasisQuantity", "quantity")),
            false => Decimal::ONE,
        };
        let price = part.split_once("<UnitPrice>").unwrap().1;
        Read {
            sku: leaf(part, "SupplierPartID"),
            description: leaf(part, "Description"),
            quantity: number(&attribute_of(part, "quantity")),
            unit: unit(&leaf(part, "UnitOfMeasure")),
            price: (number(&leaf(price, "Money")) / per).normalize(),
            currency: attribute(price, "Money", "currency"),
            unspsc: leaf(part, "Classification"),
            maker_part: leaf(part, "ManufacturerPartID"),
        }
    };
    document.split("<ItemIn").skip(1).map(line).collect()
}

fn oracle(document: &str) -> Vec<Read> {
    let line = |part: &str| Read {
        sku: leaf(part, "itemID"),
        description: leaf(part, "itemDescription"),
        quantity: number(&attribute(part, "item", "quantity")),
        unit: unit(&leaf(part, "supplierUOMType")),
        price: number(&leaf(part, "unitPrice")),
        currency: leaf(part, "currency"),
        unspsc: leaf(part, "categoryCode"),
        maker_part: leaf(part.split_once("<manufacturerItemNumber>").unwrap().1, "itemID"),
    };
    document.split("<orderLine>").skip(1).map(line).collect()
}

fn peppol(document: &str) -> Vec<Read> {
    let line = |part: &str| {
        let after = |mark: &str| part.split_once(mark).unwrap().1;
        let base = number(&leaf(part, "cbc:BaseQuantity"));
        assert_eq!(
            attribute(part, "cbc:BaseQuantity", "unitCode"),
            attribute(part, "cbc:BatchQuantity", "unitCode")
        );
        Read {
            sku: leaf(after("<cac:SellersItemIdentification>"), "cbc:ID"),
            description: leaf(part, "cbc:Description"),
            quantity: number(&leaf(part, "cbc:BatchQuantity")),
            unit: unit(&attribute(part, "cbc:BatchQuantity", "unitCode")),
            price: (number(&leaf(part, "cbc:PriceAmount")) / base).normalize(),
            currency: attribute(part, "cbc:PriceAmount", "currencyID"),
            unspsc: leaf(part, "cbc:ItemClassificationCode"),
            maker_part: leaf(after("<cac:ManufacturersItemIdentification>"), "cbc:ID"),
        }
    };
    document.split("<cac:CatalogueLine>").skip(1).map(line).collect()
}

/// The text of the first element of this name.
fn leaf(xml: &str, name: &str) -> String {
    let (_, inside) = opened(xml, name);
    unescaped(inside.split_once("</").unwrap().0)
}

fn attribute(xml: &str, name: &str, attribute: &str) -> String {
    attribute_of(opened(xml, name).0, attribute)
}

fn attribute_of(tag: &str, attribute: &str) -> String {
    let (_, rest) = tag.split_once(&format!("{attribute}=\"")).unwrap();
    unescaped(rest.split_once('"').unwrap().0)
}

/// The tag and what stands behind it.
fn opened<'x>(xml: &'x str, name: &str) -> (&'x str, &'x str) {
    let starts = xml
        .match_indices(&format!("<{name}"))
        .find(|(at, _)| xml[at + name.len() + 1..].starts_with([' ', '>']));
    let (at, _) = starts.unwrap_or_else(|| panic!("no {name} in {xml}"));
    xml[at..].split_once('>').unwrap()
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (name, tail) = after.split_once(';').unwrap();
        out.push_str(before);
        match name {
            "amp" => out.push('&'),
            "lt" => out.push('<'),
            "gt" => out.push('>'),
            "quot" => out.push('"'),
            "apos" => out.push('\''),
            other => {
                let code = other.strip_prefix('#').unwrap().parse().unwrap();
                out.push(char::from_u32(code).unwrap());
            }
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

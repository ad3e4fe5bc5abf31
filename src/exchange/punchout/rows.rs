//! The lines of a kept Oracle or Peppol cart as a table for people: number, description, quantity,
//! unit, price, currency, per. It reads what this server wrote, and nothing else.

use quick_xml::escape::unescape;

use super::cart::ORACLE;

/// The rows of a document of this kind.
pub fn table(kind: &str, body: &[u8]) -> Vec<[String; 7]> {
    let text = String::from_utf8_lossy(body);
    let (mark, row): (&str, fn(&str) -> [String; 7]) = match kind {
        ORACLE => ("<orderLine>", oracle),
        _ => ("<cac:CatalogueLine>", peppol),
    };
    text.split(mark).skip(1).map(row).collect()
}

fn oracle(line: &str) -> [String; 7] {
    [
        leaf(line, "itemID"),
        leaf(line, "itemDescription"),
        attribute(line, "item", "quantity"),
        leaf(line, "supplierUOMType"),
        leaf(line, "unitPrice"),
        leaf(line, "currency"),
        "1".to_owned(),
    ]
}

fn peppol(line: &str) -> [String; 7] {
    let seller = line.split_once("<cac:SellersItemIdentification>");
    [
        leaf(seller.map_or("", |(_, rest)| rest), "cbc:ID"),
        leaf(line, "cbc:Name"),
        leaf(line, "cbc:BatchQuantity"),
        attribute(line, "cbc:BatchQuantity", "unitCode"),
        leaf(line, "cbc:PriceAmount"),
        attribute(line, "cbc:PriceAmount", "currencyID"),
        leaf(line, "cbc:BaseQuantity"),
    ]
}

/// The opening tag of the first element of this name, and what follows it.
fn element<'t>(text: &'t str, name: &str) -> Option<(&'t str, &'t str)> {
    let mut rest = text;
    loop {
        rest = rest.split_once(&format!("<{name}"))?.1;
        if rest.starts_with(['>', ' ']) {
            return rest.split_once('>');
        }
    }
}

fn leaf(text: &str, name: &str) -> String {
    let inside = element(text, name).and_then(|(_, rest)| rest.split_once("</"));
    plain(inside.map_or("", |(inside, _)| inside))
}

fn attribute(text: &str, name: &str, attribute: &str) -> String {
    let tag = element(text, name).map_or("", |(tag, _)| tag);
    let value =
        tag.split_once(&format!("{attribute}=\"")).and_then(|(_, rest)| rest.split_once('"'));
    plain(value.map_or("", |(value, _)| value))
}

fn plain(text: &str) -> String {
    unescape(text).map(|text| text.into_owned()).unwrap_or_default()
}

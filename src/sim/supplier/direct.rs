//! Another supplier's own shop, "Toolworks direct", which is called by OCI: people take an article
//! from a page, programs search it and ask for its prices.

use std::sync::Arc;

use askama::Template;
use poem::{Request, Response, http::StatusCode};

use crate::{
    base::{
        decimal,
        money::{Currency, UnitPrice},
        quantity::Quantity,
        text::fold,
    },
    oci::{
        basket::{self, BasketLine, Dialect},
        call::{self, Asked, Call, FieldNames, Function},
        form::{self, Pairs},
    },
    sim::page,
};

use super::SupplierSim;

/// The password of every caller.
const PASSWORD: &str = "toolworks-secret";

/// What the shop sells: number, text, price, UNSPSC, days.
const SHELF: &[[&str; 5]] = &[
    ["DRILL-X5", "Hammer drill 36 V, with four batteries", "412.00", "27112703", "2"],
    ["DRILL-X6", "Magnetic drill stand, 1.2 kN", "689.00", "27112703", "9"],
    ["SAW-X2", "Panel saw, 2.1 m cut, delivered and set up", "2180.00", "27112709", "30"],
    ["SET-X9", "Drill bit set, 170 pieces", "96.50", "27112821", "1"],
];

#[derive(Template)]
#[template(path = "direct.html", config = ".askama.toml")]
struct DirectPage {
    hook: String,
    rows: Vec<Row>,
    /// A program asked: the rows are all there is.
    bare: bool,
}

/// One article with the fields that bring it home; the quantity is the shopper's.
struct Row {
    sku: &'static str,
    text: &'static str,
    price: &'static str,
    fields: Pairs,
}

/// The shop's one door.
pub async fn call(sim: Arc<SupplierSim>, mut req: Request) -> Response {
    let query = req.uri().query().unwrap_or_default().as_bytes().to_vec();
    let query = form::parse(&query).unwrap_or_default();
    let body = page::form(&mut req).await;
    let call = match call::read(&query, &body, &FieldNames::default()) {
        Ok(call) if call.password.expose() == PASSWORD => call,
        Ok(_) => return page::plain(StatusCode::FORBIDDEN, "This password is not ours."),
        Err(fault) => return page::plain(StatusCode::BAD_REQUEST, &fault.to_string()),
    };
    sim.wire.keep("got", "Toolworks direct: an OCI call", told(&call).as_bytes());
    let (rows, bare) = match &call.function {
        Function::BackgroundSearch { search, .. } => (numbered(found(search)), true),
        Function::Validate { items } | Function::QuantityCheck { items } => {
            (numbered(asked(items)), true)
        }
        Function::Detail { product_id } => (each(named(product_id)), false),
        Function::Sourcing { search, .. } => (each(found(search)), false),
        Function::Shop => (each(SHELF.iter().collect()), false),
        Function::Download(_) => {
            return page::plain(StatusCode::BAD_REQUEST, "There is no download here.");
        }
    };
    page::show(&DirectPage { hook: call.return_to.hook_url, rows, bare })
}

fn told(call: &Call) -> String {
    format!("{:?}\n", call.function)
}

fn found(search: &str) -> Vec<&'static [&'static str; 5]> {
    let words: Vec<String> = search.split_whitespace().map(fold).collect();
    let all = |text: String| words.iter().all(|word| text.contains(word.as_str()));
    SHELF.iter().filter(|row| all(fold(&format!("{} {}", row[0], row[1])))).collect()
}

fn named(sku: &str) -> Vec<&'static [&'static str; 5]> {
    SHELF.iter().filter(|row| row[0] == sku).collect()
}

fn asked(items: &[Asked]) -> Vec<&'static [&'static str; 5]> {
    items.iter().flat_map(|item| named(&item.product_id)).collect()
}

/// Rows that are one basket together.
fn numbered(rows: Vec<&'static [&'static str; 5]>) -> Vec<Row> {
    let lines: Vec<BasketLine> = rows.iter().map(|row| line(row)).collect();
    let fields = basket::write(&lines, &Dialect::default()).unwrap_or_default();
    rows.first().map(|row| shown(row, fields)).into_iter().collect()
}

/// Rows that are a basket each.
fn each(rows: Vec<&'static [&'static str; 5]>) -> Vec<Row> {
    let one = |row: &&'static [&'static str; 5]| {
        let mut fields = basket::write(&[line(row)], &Dialect::default()).unwrap_or_default();
        fields.retain(|(name, _)| !name.contains("QUANTITY"));
        shown(row, fields)
    };
    rows.iter().map(one).collect()
}

fn shown(row: &[&'static str; 5], fields: Pairs) -> Row {
    Row { sku: row[0], text: row[1], price: row[2], fields }
}

fn line([sku, text, amount, unspsc, days]: &[&str; 5]) -> BasketLine {
    let amount = decimal::parse(amount).unwrap_or_default();
    let price = UnitPrice::new(amount, Currency::EUR, Quantity::ONE);
    let mut line = BasketLine::new(*text, Quantity::ONE, "EA", price);
    line.vendor_material = Some((*sku).to_owned());
    line.product_id = Some((*sku).to_owned());
    line.category = Some(("UNSPSC".to_owned(), (*unspsc).to_owned()));
    line.lead_days = days.parse().ok();
    line
}

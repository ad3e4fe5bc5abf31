//! BMEcat 1.2 and 2005: a whole catalogue, articles that change, or prices that change.
//!
//! Elements are found by name; ARTICLE and AID of 1.2 and PRODUCT and PID of 2005 are read alike.
//! An article that the file does not name is left alone, also by a new catalogue. What has no place
//! here (steps of quantity, ECLASS, prices of a territory or until a day) is noted on its line.

mod article;
mod price;

use std::collections::HashSet;

use super::{Fault, Gone, MAX_LINES, Note, Row, SHOWN, Sheet, format};
use crate::{
    base::{
        id::SupplierId,
        quantity::Quantity,
        text::{one_line, shorten},
        time::Day,
    },
    cxml::tree::Element,
    domain::{catalogue::Item, refusal::Refusal},
};
use article::OrderDetails;

/// What the file does; each is an element of this name.
const NEW: &str = "T_NEW_CATALOG";
const PRODUCTS: &str = "T_UPDATE_PRODUCTS";
const PRICES: &str = "T_UPDATE_PRICES";

/// What is wrong with an article: the element, what was got, what was expected.
type Wrong = (&'static str, String, String);

fn wrong(field: &'static str, got: &str, expected: &str) -> Wrong {
    (field, got.to_owned(), expected.to_owned())
}

/// What the HEADER says for every article.
struct Catalogue<'t> {
    currency: &'t str,
    language: &'t str,
    territories: Vec<&'t str>,
    today: Day,
}

pub(super) fn read(root: Element<'_>, supplier: SupplierId, today: Day) -> Result<Sheet, Refusal> {
    need_namespace(root)?;
    let head = root.first("HEADER").and_then(|header| header.first("CATALOG"));
    let said = |name| head.map(|head| text(head, name)).unwrap_or_default();
    let territories = head.map(|head| texts(head, "TERRITORY")).unwrap_or_default();
    let (currency, language) = (said("CURRENCY"), said("LANGUAGE"));
    let catalogue = Catalogue { currency, language, territories, today };
    let transaction = transaction(root)?;
    let mut reading = Reading {
        catalogue,
        supplier,
        prices_alone: transaction.is(PRICES),
        seen: HashSet::new(),
        sheet: Sheet::default(),
    };
    let mut lines = root.lines();
    let is_article = |element: &Element<'_>| element.is("ARTICLE") || element.is("PRODUCT");
    for (count, element) in transaction.children().filter(is_article).enumerate() {
        if count >= MAX_LINES {
            return Err(super::too_many());
        }
        reading.take(u64::from(lines.of(element)), element);
    }
    Ok(reading.sheet)
}

/// The one element that says what the file does.
fn transaction(root: Element<'_>) -> Result<Element<'_>, Refusal> {
    let refusal = |got: &str| {
        Refusal::invalid("format-not-supported", "This BMEcat cannot be imported.")
            .field("BMECAT")
            .got(shorten(got, SHOWN))
            .expected(format!("one {NEW}, {PRODUCTS} or {PRICES}"))
    };
    let mut found = root.children().filter(|child| child.local().starts_with("T_"));
    match (found.next(), found.next()) {
        (Some(one), None) if one.is(NEW) || one.is(PRODUCTS) || one.is(PRICES) => Ok(one),
        (Some(one), None) => Err(refusal(one.local())),
        (Some(_), Some(second)) => Err(refusal(&format!("{} as well", second.local()))),
        (None, _) => Err(refusal("none of them")),
    }
}

/// Refuses a root of this name that belongs to somebody else.
fn need_namespace(root: Element<'_>) -> Result<(), Refusal> {
    let prefix = root.qualified().split_once(':').map(|(prefix, _)| prefix);
    let name = prefix.map_or("xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"));
    let space = root.attribute(&name).unwrap_or_default();
    let version = root.attribute("version").unwrap_or_default().trim();
    let known = space.is_empty() || space.to_ascii_lowercase().contains("bmecat");
    let read = version.is_empty() || version.starts_with("1.2") || version.starts_with("2005");
    match () {
        () if !known => {
            Err(format(&format!("a BMECAT of the namespace {}", shorten(space, SHOWN))))
        }
        () if !read => Err(format(&format!("a BMEcat of version {}", shorten(version, SHOWN)))),
        () => Ok(()),
    }
}

struct Reading<'t> {
    catalogue: Catalogue<'t>,
    supplier: SupplierId,
    /// The file changes prices and nothing else.
    prices_alone: bool,
    seen: HashSet<&'t str>,
    sheet: Sheet,
}

impl<'t> Reading<'t> {
    fn take(&mut self, line: u64, element: Element<'t>) {
        let sku = either(element, "SUPPLIER_AID", "SUPPLIER_PID");
        let mut notes = Vec::new();
        if let Err((field, got, expected)) = self.article(line, sku, element, &mut notes) {
            self.sheet.faults.push(Fault {
                line,
                sku: shorten(sku, SHOWN),
                field: field.to_owned(),
                got: shorten(&got, SHOWN),
                expected,
            });
        }
        self.sheet.notes.extend(notes.into_iter().map(|text| Note { line, text }));
    }

    fn article(
        &mut self,
        line: u64,
        sku: &'t str,
        element: Element<'t>,
        notes: &mut Vec<String>,
    ) -> Result<(), Wrong> {
        let name = if element.is("PRODUCT") { "SUPPLIER_PID" } else { "SUPPLIER_AID" };
        if sku.is_empty() {
            return Err(wrong(name, "nothing", "the supplier's number of the article"));
        }
        if !self.seen.insert(sku) {
            return Err(wrong(name, sku, "each article once"));
        }
        match element.attribute("mode").map(str::trim).unwrap_or_default() {
            "delete" => {
                self.sheet.gone.push(Gone { line, sku: sku.to_owned() });
                return Ok(());
            }
            "" | "new" | "update" => {}
            other => return Err(wrong("mode", other, "new, update or delete")),
        }
        let (item, order) = if self.prices_alone {
            let details = ["ARTICLE_ORDER_DETAILS", "PRODUCT_ORDER_DETAILS"];
            if details.iter().any(|name| element.first(name).is_some()) {
                let expected = format!("prices alone in {PRICES}; a change of units is {PRODUCTS}");
                return Err(("ORDER_DETAILS", "an element".to_owned(), expected));
            }
            (Item::named(self.supplier, sku.to_owned()), OrderDetails::unsaid())
        } else {
            let item = article::item(element, (self.supplier, sku), &self.catalogue, notes)?;
            (item, OrderDetails::of(element, notes)?)
        };
        let tiers = price::tiers(element, &self.catalogue, &order, notes)?;
        self.sheet.rows.extend(tiers.into_iter().map(|tier| Row {
            line,
            item: item.clone(),
            price: tier.price,
            min_quantity: tier.from,
            organisation: None,
            price_alone: self.prices_alone,
        }));
        Ok(())
    }
}

/// The trimmed text of the first child of this name.
fn text<'t>(element: Element<'t>, name: &'static str) -> &'t str {
    element.first(name).map(Element::trimmed).unwrap_or_default()
}

/// The same of what 1.2 and 2005 call differently.
fn either<'t>(element: Element<'t>, old: &'static str, new: &'static str) -> &'t str {
    Some(text(element, old)).filter(|text| !text.is_empty()).unwrap_or_else(|| text(element, new))
}

/// The texts of every child of this name that says something.
fn texts<'t>(element: Element<'t>, name: &'static str) -> Vec<&'t str> {
    element.named(name).map(Element::trimmed).filter(|text| !text.is_empty()).collect()
}

/// The children of either name.
fn parts<'t>(
    element: Element<'t>,
    old: &'static str,
    new: &'static str,
) -> impl Iterator<Item = Element<'t>> {
    element.named(old).chain(element.named(new))
}

/// A quantity above zero; nothing when the element says nothing.
fn quantity(element: Element<'_>, name: &'static str) -> Result<Option<Quantity>, Wrong> {
    match text(element, name) {
        "" => Ok(None),
        said => {
            let read = Quantity::parse(said).map(Some);
            read.map_err(|_| wrong(name, said, "a number above zero"))
        }
    }
}

/// A text in one language: that of the catalogue where several are said, else the first.
fn in_language(element: Element<'_>, name: &'static str, language: &str) -> String {
    let own = element.named(name).find(|text| {
        let said = text.attribute("lang").or_else(|| text.attribute("xml:lang"));
        said.is_some_and(|said| said.eq_ignore_ascii_case(language))
    });
    let found = own.or_else(|| element.first(name));
    found.map(|found| found.trimmed().to_owned()).unwrap_or_default()
}

fn name_of(text: &str) -> String {
    shorten(&one_line(text), crate::domain::catalogue::MAX_NAME)
}

#[cfg(test)]
mod tests;

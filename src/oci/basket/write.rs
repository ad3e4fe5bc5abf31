//! Writing the lines of a basket as OCI fields.

use rust_decimal::Decimal;

use crate::base::{
    decimal,
    money::UnitPrice,
    text::{one_line, shorten},
};

use super::{
    super::{fault::LineFault, form::Pairs},
    BasketLine, DESCRIPTION, Dialect, FRACTION_DIGITS, MOST_PRICE_UNIT, WHOLE_DIGITS, wire_name,
};

pub(super) struct Writer<'d> {
    pub(super) dialect: &'d Dialect,
    pub(super) index: u32,
    pub(super) fields: Pairs,
    pub(super) faults: Vec<LineFault>,
}

impl Writer<'_> {
    pub(super) fn line(&mut self, line: &BasketLine) {
        self.texts(line);
        self.material(line);
        self.numbers(line);
        self.references(line);
        for ((field, most), value) in CUSTOM.into_iter().zip(&line.custom) {
            self.optional(field, most, value.as_deref());
        }
        for (field, value) in &self.dialect.fixed {
            self.fields.push((wire_name(field, self.index), value.clone()));
        }
    }

    fn texts(&mut self, line: &BasketLine) {
        let description = self.dialect.sent(&one_line(&line.description));
        if description.is_empty() && line.material.is_none() {
            self.fault("DESCRIPTION", "", "a description", "Give the item a description.");
        }
        let most = self.dialect.most("DESCRIPTION", DESCRIPTION);
        let cut = description.chars().count() > most;
        let whole = cut.then(|| description.clone());
        self.push("DESCRIPTION", shorten(&description, most));
        let more = line.long_text.clone().filter(|text| !text.trim().is_empty());
        let parts: Vec<_> = whole.into_iter().chain(more).collect();
        if !parts.is_empty() {
            self.push("LONGTEXT", clean_lines(&parts.join("\n")));
        }
    }

    fn material(&mut self, line: &BasketLine) {
        self.optional("MATNR", 40, line.material.as_deref());
        self.optional("VENDOR", 10, line.vendor.as_deref());
        self.optional("VENDORMAT", 40, line.vendor_material.as_deref());
        self.optional("MANUFACTCODE", 10, line.maker_code.as_deref());
        self.optional("MANUFACTMAT", 40, line.maker_material.as_deref());
        self.optional("MATGROUP", 10, line.material_group.as_deref());
    }

    fn numbers(&mut self, line: &BasketLine) {
        match fixed(line.quantity.value()) {
            Some(text) => self.push("QUANTITY", text),
            None => self.fault(
                "QUANTITY",
                &line.quantity.to_string(),
                "at most 11 digits before and 3 after the point",
                "Order a quantity with at most three decimals.",
            ),
        }
        let most = self.dialect.most("UNIT", 3);
        let unit = self.dialect.units.to_theirs(&line.unit).map(str::to_owned);
        match unit.filter(|unit| !unit.is_empty() && unit.chars().count() <= most) {
            Some(unit) => self.push("UNIT", unit),
            None => self.fault(
                "UNIT",
                &line.unit,
                "a unit that the procurement system knows",
                "Add the unit to the connection's unit map.",
            ),
        }
        match express(line.price) {
            Some((price, unit)) => {
                self.push("PRICE", price);
                self.push("CURRENCY", line.price.currency.code().to_owned());
                self.push("PRICEUNIT", unit);
            }
            None => self.fault(
                "PRICE",
                &format!("{} for {}", decimal::canonical(line.price.amount), line.price.per),
                "a price of 11 digits and 3 decimals for up to 99999 units",
                "Give the item a price per 10, 100 or 1000 units.",
            ),
        }
        if let Some(days) = line.lead_days {
            self.limited("LEADTIME", 5, &days.to_string());
        }
    }

    fn references(&mut self, line: &BasketLine) {
        if line.service {
            self.push("SERVICE", "X".to_owned());
        }
        if let Some((contract, item)) = &line.contract {
            self.limited("CONTRACT", 10, contract);
            self.optional("CONTRACT_ITEM", 5, item.as_deref());
        }
        self.optional("EXT_PRODUCT_ID", 40, line.product_id.as_deref());
        if let Some((schema, category)) = &line.category {
            self.limited("EXT_SCHEMA_TYPE", 10, schema);
            self.limited("EXT_CATEGORY_ID", 60, category);
        }
    }

    fn optional(&mut self, field: &'static str, most: usize, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.limited(field, most, value);
        }
    }

    /// A value that must fit as it is: an article number that was cut names another article.
    fn limited(&mut self, field: &'static str, most: usize, value: &str) {
        let most = self.dialect.most(field, most);
        let value = &*self.dialect.sent(value);
        let length = value.chars().count();
        if length > most {
            let mend = "Shorten it in the catalogue; the procurement system would cut it.";
            self.fault(field, value, format!("at most {most} characters, not {length}"), mend);
        } else if value.chars().any(char::is_control) {
            let mend = "Remove the control character in the catalogue.";
            self.fault(field, value, "one line of text", mend);
        } else {
            self.push(field, value.to_owned());
        }
    }

    fn push(&mut self, field: &str, value: String) {
        if self.dialect.fixed.contains_key(field) {
            return;
        }
        self.fields.push((wire_name(field, self.index), value));
    }

    pub(super) fn fault(
        &mut self,
        field: &'static str,
        got: &str,
        expected: impl Into<String>,
        mend: &str,
    ) {
        self.faults.push(LineFault::new(self.index, field, got, expected, mend));
    }
}

/// Fields that a call may fix for every line, and their lengths: the buyer's own numbers, nothing
/// of what was chosen and priced.
pub(in crate::oci) const PRESET: [(&str, usize); 9] = [
    ("VENDOR", 10),
    ("MATGROUP", 10),
    ("CONTRACT", 10),
    ("CONTRACT_ITEM", 5),
    ("CUST_FIELD1", 10),
    ("CUST_FIELD2", 10),
    ("CUST_FIELD3", 10),
    ("CUST_FIELD4", 20),
    ("CUST_FIELD5", 50),
];

/// The customer fields and their lengths.
const CUSTOM: [(&str, usize); 5] = [
    ("CUST_FIELD1", 10),
    ("CUST_FIELD2", 10),
    ("CUST_FIELD3", 10),
    ("CUST_FIELD4", 20),
    ("CUST_FIELD5", 50),
];

/// Several lines without control characters other than the line feed.
fn clean_lines(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>());
    lines.collect::<Vec<_>>().join("\n")
}

/// A number of at most 11 digits and 3 decimals, canonical; `None` when it does not fit exactly.
pub(super) fn fixed(value: Decimal) -> Option<String> {
    let text = decimal::canonical(value);
    let whole = text.split('.').next().unwrap_or_default().len();
    (value.normalize().scale() <= FRACTION_DIGITS && whole <= WHOLE_DIGITS).then_some(text)
}

/// PRICE and PRICEUNIT that say exactly this price: the price basis is widened by 10 until the
/// price has at most 3 decimals and the basis is a whole number.
pub(super) fn express(price: UnitPrice) -> Option<(String, String)> {
    let most = Decimal::from(MOST_PRICE_UNIT);
    let (mut amount, mut per) = (price.amount, price.per.value());
    while per <= most {
        if per.normalize().scale() == 0
            && let Some(text) = fixed(amount)
        {
            return Some((text, decimal::canonical(per)));
        }
        amount = amount.checked_mul(Decimal::TEN)?;
        per = per.checked_mul(Decimal::TEN)?;
    }
    None
}

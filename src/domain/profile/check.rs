//! A line of a cart against what the other side's system keeps.

use crate::{
    base::{
        decimal,
        money::UnitPrice,
        quantity::Quantity,
        text::{one_line, shorten},
    },
    domain::{cart::Goods, refusal::Refusal},
};

use super::{CartRule, Limits, Measure, Profile, bad_override};

/// A field of a line that the other side would cut, drop or refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// `sku`, `aux_id`, `description`, `unit`, `price`, `unspsc`, `manufacturer`, ..
    pub field: &'static str,
    pub got: String,
    pub expected: String,
}

impl Measured {
    fn new(field: &'static str, got: &str, expected: impl Into<String>) -> Self {
        Self { field, got: shorten(&one_line(got), 60), expected: expected.into() }
    }
}

/// Everything about the line that this system cannot take. `auxiliary` is what goes out as the
/// auxiliary id.
pub fn check(profile: &Profile, goods: &Goods, auxiliary: &str) -> Vec<Measured> {
    let limits = &profile.limits;
    let mut faults = Vec::new();
    let unit = profile.units.to_theirs(&goods.unit);
    if unit.is_none() {
        let expected = format!("a unit that {} knows", profile.title);
        faults.push(Measured::new("unit", &goods.unit, expected));
    }
    let texts = [
        ("sku", "part", goods.sku.as_str(), limits.part, true),
        ("aux_id", "auxiliary", auxiliary, limits.auxiliary, false),
        ("description", "description", &goods.description, limits.description, true),
        ("unit", "unit", unit.unwrap_or(&goods.unit), limits.unit, true),
        ("manufacturer", "maker", &goods.manufacturer, limits.maker, false),
        ("manufacturer_sku", "maker_part", &goods.manufacturer_sku, limits.maker_part, false),
    ];
    for (field, rule, value, most, needed) in texts {
        faults.extend(text_fault(limits, (field, rule), value, (most, needed)));
    }
    if goods.price.amount.is_sign_negative() && !goods.price.amount.is_zero() {
        let got = decimal::canonical(goods.price.amount);
        faults.push(Measured::new("price", &got, "a price of zero or more"));
    } else if price_as(&profile.cart, goods.price).is_none() {
        let got = format!("{} for {}", decimal::canonical(goods.price.amount), goods.price.per);
        let places = profile.cart.price_decimals;
        faults.push(Measured::new("price", &got, format!("a price with {places} decimals")));
    }
    if let Err(fault) = checked_class(profile, &goods.unspsc) {
        faults.push(fault);
    }
    faults
}

fn text_fault(
    limits: &Limits,
    (field, rule): (&'static str, &str),
    value: &str,
    (most, needed): (usize, bool),
) -> Option<Measured> {
    if value.is_empty() {
        return needed.then(|| Measured::new(field, "", "something"));
    }
    let (length, measure) = match limits.measure {
        Measure::Characters => (value.chars().count(), "characters"),
        Measure::Bytes => (value.len(), "bytes"),
    };
    if length > most {
        let expected = format!("at most {most} {measure}, not {length}");
        return Some(Measured::new(field, value, expected));
    }
    if value.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Some(Measured::new(field, value, "text without control characters"));
    }
    let forbidden = limits.forbidden.get(rule).map(String::as_str).unwrap_or_default();
    let found = value.chars().find(|c| forbidden.contains(*c))?;
    Some(Measured::new(field, value, format!("none of {forbidden}, but it has {found}")))
}

/// The classification that goes out for a line: its own when it has the right form (a business
/// function of two digits is left off where eight are wanted), else the profile's fallback. `None`
/// when the line goes without; a fault when it must not.
pub fn checked_class(profile: &Profile, unspsc: &str) -> Result<Option<String>, Measured> {
    let rule = &profile.classification;
    let mut code: String = unspsc.chars().filter(|c| !matches!(c, '-' | '.' | ' ')).collect();
    if code.len() == 10 && !rule.digits.contains(&10) && rule.digits.contains(&8) {
        code.truncate(8);
    }
    if !code.is_empty()
        && code.bytes().all(|b| b.is_ascii_digit())
        && rule.digits.contains(&code.len())
    {
        return Ok(Some(code));
    }
    if code.is_empty() && !rule.fallback.is_empty() {
        return Ok(Some(rule.fallback.clone()));
    }
    if !rule.required {
        return Ok(None);
    }
    let lengths: Vec<String> = rule.digits.iter().map(ToString::to_string).collect();
    let expected = format!("a {} code of {} digits", rule.domain, lengths.join(" or "));
    Err(Measured::new("unspsc", unspsc, expected))
}

/// The same price as this system can say it: for one unit where it knows no price basis, else with
/// the basis widened until the decimals fit; `None` when it cannot be said exactly.
pub fn price_as(rule: &CartRule, price: UnitPrice) -> Option<UnitPrice> {
    if !rule.price_basis {
        let one = price.of_one(rule.price_decimals)?;
        let exact = one.checked_mul(price.per.value())? == price.amount;
        return exact.then(|| UnitPrice::new(one, price.currency, Quantity::ONE));
    }
    let mut said = price;
    // Eight places are the finest that is read; each step takes one away.
    for _ in 0..=decimal::MAX_FRACTION_DIGITS {
        if said.amount.normalize().scale() <= rule.price_decimals {
            // Without the zeros that the steps left behind.
            let amount = if said == price { said.amount } else { said.amount.normalize() };
            return Some(UnitPrice { amount, ..said });
        }
        let ten = rust_decimal::Decimal::TEN;
        said.amount = said.amount.checked_mul(ten)?;
        said.per = Quantity::new(said.per.value().checked_mul(ten)?).ok()?;
    }
    None
}

/// Refuses what can be read but not lived with.
pub(super) fn sound(profile: &Profile) -> Result<(), Refusal> {
    let CartRule { price_decimals, .. } = profile.cart;
    if price_decimals > 8 {
        return Err(bad_override(format!("cart.price_decimals = {price_decimals}"))
            .expected("at most 8 decimals"));
    }
    let limits = &profile.limits;
    let most = [
        ("part", limits.part),
        ("description", limits.description),
        ("unit", limits.unit),
        ("lines", limits.lines),
    ];
    if let Some((name, _)) = most.iter().find(|(_, most)| *most == 0) {
        return Err(bad_override(format!("limits.{name} = 0")).expected("a limit above zero"));
    }
    let text_fields = ["part", "auxiliary", "description", "unit", "maker", "maker_part"];
    if let Some(name) = limits.forbidden.keys().find(|name| !text_fields.contains(&name.as_str())) {
        return Err(
            bad_override(format!("limits.forbidden.{name}")).expected(text_fields.join(", "))
        );
    }
    let custom = profile.oci.custom.keys().find(|name| !is_custom(name));
    if let Some(name) = custom {
        return Err(bad_override(format!("oci.custom.{name}")).expected("CUST_FIELD1 to 5"));
    }
    // What a line says of itself is never overruled: a fixed price would sell at it.
    let own = ["QUANTITY", "UNIT", "PRICE", "PRICEUNIT", "CURRENCY", "VENDORMAT", "EXT_PRODUCT_ID"];
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let fixed = |name: &&String| own.contains(&name.as_str()) || !name.chars().all(upper);
    if let Some(name) = profile.oci.fixed.keys().find(fixed) {
        return Err(bad_override(format!("oci.fixed.{}", shorten(name, 40))).expected(
            "a field such as VENDOR or CONTRACT, not the line's article, price or unit",
        ));
    }
    let plain = |text: &str| {
        let fine = |c: char| c.is_ascii_alphanumeric() || "-_.~[]".contains(c);
        text.len() <= 60 && text.chars().all(fine)
    };
    let names = [
        &profile.cart.field,
        &profile.oci.user_field,
        &profile.oci.password_field,
        &profile.oci.hook_field,
        &profile.oci.mail_field,
    ];
    if let Some(name) = names.into_iter().find(|name| !plain(name)) {
        return Err(bad_override(shorten(name, 60)).expected("a field name of letters and digits"));
    }
    Ok(())
}

fn is_custom(name: &str) -> bool {
    matches!(name.strip_prefix("CUST_FIELD"), Some("1" | "2" | "3" | "4" | "5"))
}

//! The cart writers: one for each format in which a cart goes home, chosen by the connection's
//! profile, and the checks before anything is written.
//!
//! Nothing is cut, rounded or guessed: what the other side would drop without a word is a named
//! fault of a named line before the browser leaves.

use crate::{
    base::{
        text::shorten,
        time::Time,
        unit::{self, Style, UnitMap},
    },
    cxml,
    domain::{
        profile::{self, CartFormat, CartRule, Profile, price_as},
        punchout::{Protocol, PunchoutSession},
        refusal::Refusal,
    },
    oci::{
        basket::{self, BasketLine, Dialect},
        fault::LineFault,
        form::{Charset, Pairs, encode},
    },
    oracle::cart as oracle,
    ubl::catalogue as peppol,
};

use super::{Line, Returned, order_message};

/// The kinds of document a cart is kept as; [`super::form_of`] knows them again.
const CXML: &str = "PunchOutOrderMessage";
pub const OCI: &str = "OciBasket";
pub const ORACLE: &str = "OracleCart";
pub const PEPPOL: &str = "PeppolPunchOut";

/// A cart as bytes, and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub kind: &'static str,
    pub content_type: &'static str,
    pub body: Vec<u8>,
}

/// Writes a cart in the format of the visit and the profile; else every fault of every line.
/// `titles` are the legal names of the shop and of the buyer, for formats that name them.
pub fn write(
    session: &PunchoutSession,
    profile: &Profile,
    cart: &Returned,
    (payload_id, now): (String, Time),
    titles: (&str, &str),
) -> Result<Written, Vec<Refusal>> {
    if session.protocol == Protocol::Oci {
        let profile = &with_presets(profile, session);
        let faults = check_oci(profile, &session.charset, &cart.lines);
        if !faults.is_empty() {
            return Err(faults);
        }
        let fields = oci_fields(profile, &session.charset, &cart.lines);
        let fields = fields.map_err(|fault| vec![fault])?;
        let body = oci_body(&fields);
        let content_type = "application/x-www-form-urlencoded";
        return Ok(Written { kind: OCI, content_type, body });
    }
    let faults = check(profile, &cart.lines);
    if !faults.is_empty() {
        return Err(faults);
    }
    let (kind, content_type, body) = match profile.cart.format {
        CartFormat::Cxml => {
            let document = order_message(session, profile, cart, (payload_id, now));
            (CXML, "text/xml; charset=UTF-8", cxml::encode(&document))
        }
        CartFormat::OracleXml => {
            let lines = each(&cart.lines, |index, line| oracle_line(profile, index, line))?;
            let body = oracle::write(&lines, &session.wire.us.identity);
            (ORACLE, "text/xml; charset=UTF-8", body)
        }
        CartFormat::Peppol => {
            let lines = each(&cart.lines, |index, line| peppol_line(profile, index, line))?;
            let (provider, receiver) = titles;
            let document = peppol::Cart {
                id: payload_id,
                issued_at: now,
                is_complete: cart.is_final,
                provider: provider.to_owned(),
                receiver: receiver.to_owned(),
                lines,
            };
            (PEPPOL, "application/xml; charset=UTF-8", peppol::write(&document))
        }
    };
    Ok(Written { kind, content_type, body })
}

/// Every line written, or every fault.
fn each<T>(
    lines: &[Line],
    write: impl Fn(usize, &Line) -> Result<T, Refusal>,
) -> Result<Vec<T>, Vec<Refusal>> {
    let (mut written, mut faults) = (Vec::with_capacity(lines.len()), Vec::new());
    for (index, line) in lines.iter().enumerate() {
        match write(index, line) {
            Ok(line) => written.push(line),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(written) } else { Err(faults) }
}

/// Everything that this system would cut or refuse; empty when the cart may leave.
pub fn check(profile: &Profile, lines: &[Line]) -> Vec<Refusal> {
    let mut faults = too_many(profile, lines);
    for (index, line) in lines.iter().enumerate() {
        for own in profile::check(profile, &line.goods, line.auxiliary()) {
            faults.push(
                line_fault(profile, index, own.field, line)
                    .got(own.got)
                    .expected(own.expected)
                    .mend("Remove the line, or have the item mended in the catalogue."),
            );
        }
    }
    faults
}

fn too_many(profile: &Profile, lines: &[Line]) -> Vec<Refusal> {
    let most = profile.limits.lines;
    if lines.len() <= most {
        return Vec::new();
    }
    let message = format!("{} takes no cart of so many lines.", profile.title);
    let fault = Refusal::invalid("cart-cannot-return", message)
        .field("lines")
        .got(lines.len().to_string())
        .expected(format!("at most {most} lines"))
        .mend("Transfer the cart in parts.");
    vec![fault]
}

fn line_fault(profile: &Profile, index: usize, field: &str, line: &Line) -> Refusal {
    let message = format!(
        "Line {} ({}) cannot go back as it stands: {} would not take its {field}.",
        index + 1,
        shorten(&line.goods.sku, 40),
        profile.title,
    );
    Refusal::invalid("cart-cannot-return", message).field(format!("lines[{index}].{field}"))
}

fn oracle_line(profile: &Profile, index: usize, line: &Line) -> Result<oracle::Line, Refusal> {
    let goods = &line.goods;
    // The format has no price basis, whatever the profile says.
    let rule = CartRule { price_basis: false, ..profile.cart.clone() };
    let price = price_as(&rule, goods.price).ok_or_else(|| {
        line_fault(profile, index, "price", line)
            .got(format!("{} for {}", goods.price.amount, goods.price.per))
            .expected(format!("a price of one unit with {} decimals", rule.price_decimals))
            .mend("Have the item priced for one unit.")
    })?;
    let maker = !goods.manufacturer_sku.is_empty();
    Ok(oracle::Line {
        sku: goods.sku.clone(),
        reference: line.auxiliary().to_owned(),
        description: goods.description.clone(),
        quantity: goods.quantity,
        unit: profile.units.to_theirs(&goods.unit).unwrap_or(&goods.unit).to_owned(),
        price: price.amount,
        currency: price.currency,
        category: line.class(profile),
        maker: maker.then(|| (goods.manufacturer_sku.clone(), goods.manufacturer.clone())),
        supplier: line.supplier.as_ref().map(|own| own.identity.clone()).unwrap_or_default(),
    })
}

fn peppol_line(profile: &Profile, index: usize, line: &Line) -> Result<peppol::Line, Refusal> {
    let goods = &line.goods;
    // Peppol takes current codes of the recommendations alone.
    let units = UnitMap { style: Style::Recommendation, ..profile.units.clone() };
    let code = units.to_theirs(&goods.unit).and_then(unit::current).ok_or_else(|| {
        line_fault(profile, index, "unit", line)
            .got(&*goods.unit)
            .expected("a current code of UN/ECE Recommendation 20 or 21, such as EA, H87 or XBX")
            .mend("Have the item's unit mended in the catalogue.")
    })?;
    Ok(peppol::Line {
        sku: goods.sku.clone(),
        name: goods.description.clone(),
        description: goods.description.clone(),
        quantity: goods.quantity,
        unit: code.to_owned(),
        price: price_as(&profile.cart, goods.price).unwrap_or(goods.price),
        lead_days: goods.lead_time_days,
        unspsc: line.class(profile).map(|(_, code)| code).unwrap_or_default(),
        maker: goods.manufacturer.clone(),
        maker_part: goods.manufacturer_sku.clone(),
        tax: None,
    })
}

/// A line as OCI says it.
fn basket_line(profile: &Profile, line: &Line) -> BasketLine {
    let goods = &line.goods;
    let fits = |text: Option<String>, most: usize| {
        text.filter(|text| (1..=most).contains(&text.chars().count()))
    };
    let mut own = BasketLine::new(&*goods.description, goods.quantity, &*goods.unit, goods.price);
    own.lead_days = goods.lead_time_days.and_then(|days| u32::try_from(days).ok());
    own.vendor = line.carried(profile.oci.vendor);
    own.vendor_material = Some(goods.sku.clone());
    // A maker's number that does not fit is left out: cut, it would name another part.
    own.maker_material = fits(Some(goods.manufacturer_sku.clone()), 40);
    own.material_group = fits(line.carried(profile.oci.material_group), 10);
    own.product_id = Some(goods.item.map_or_else(|| goods.sku.clone(), |id| id.to_string()));
    own.category = line.class(profile);
    for (number, slot) in (1..).zip(&mut own.custom) {
        let what = profile.oci.custom.get(&format!("CUST_FIELD{number}"));
        *slot = what.and_then(|what| line.carried(*what));
    }
    own
}

/// What the profile says of OCI, for the codec.
pub fn dialect(profile: &Profile) -> Dialect {
    Dialect {
        units: UnitMap {
            // OCI has three characters: SAP's codes, unless the profile says otherwise.
            style: if profile.units.style == Style::AsIs {
                Style::Sap
            } else {
                profile.units.style
            },
            ..profile.units.clone()
        },
        lengths: profile.oci.lengths.clone(),
        fixed: profile.oci.fixed.clone(),
        charset: None,
    }
}

/// The same, for a form that leaves in the charset of this label.
fn dialect_in(profile: &Profile, charset: &str) -> Dialect {
    Dialect { charset: Charset::of_label(charset), ..dialect(profile) }
}

/// The profile with what the call wants on every line; what an admin fixed stays.
fn with_presets(profile: &Profile, session: &PunchoutSession) -> Profile {
    let mut own = profile.clone();
    for (field, value) in &session.wire.preset {
        own.oci.fixed.entry(field.clone()).or_insert_with(|| value.clone());
    }
    own
}

/// The bytes under which the fields of an OCI cart are kept, whatever charset they leave in.
pub fn oci_body(fields: &Pairs) -> Vec<u8> {
    encode(fields, Charset::UTF_8)
}

/// The fields `NEW_ITEM-*[n]` of the lines; [`check_oci`] was asked before.
pub fn oci_fields(profile: &Profile, charset: &str, lines: &[Line]) -> Result<Pairs, Refusal> {
    let basket: Vec<_> = lines.iter().map(|line| basket_line(profile, line)).collect();
    basket::write(&basket, &dialect_in(profile, charset)).map_err(|faults| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        Refusal::invalid("cart-cannot-return", first)
    })
}

/// Everything that an OCI buyer would drop without a word; `charset` is the label of the form's.
pub fn check_oci(profile: &Profile, charset: &str, lines: &[Line]) -> Vec<Refusal> {
    let basket: Vec<BasketLine> = lines.iter().map(|line| basket_line(profile, line)).collect();
    let refusal = |fault: LineFault| {
        let index = usize::try_from(fault.index).unwrap_or(1).saturating_sub(1);
        let sku = lines.get(index).map_or("", |line| line.goods.sku.as_str());
        let message = format!(
            "Line {} ({}) cannot go back as it stands: {} would be dropped.",
            fault.index,
            shorten(sku, 40),
            fault.wire_name()
        );
        Refusal::invalid("cart-cannot-return", message)
            .field(format!("lines[{index}].{}", fault.field.to_ascii_lowercase()))
            .got(fault.got)
            .expected(fault.expected)
            .mend(fault.mend)
    };
    let faults = basket::check(&basket, &dialect_in(profile, charset)).into_iter().map(refusal);
    too_many(profile, lines).into_iter().chain(faults).collect()
}

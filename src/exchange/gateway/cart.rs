//! The cart that a supplier's shop sends back by the browser's form: cXML, urlencoded or base64, or
//! the fields of OCI.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    base::{
        id::SupplierId,
        money::{Currency, UnitPrice},
        quantity::Quantity,
        text::{one_line, shorten},
        unit::UnitMap,
    },
    cxml::{
        self, Payload, Status,
        item::{Item, ItemDetail},
        punchout_order::{OperationAllowed, PunchOutOrderMessage, QuoteStatus},
    },
    domain::{
        cart::{Goods, check_count, check_quantity},
        punchout::Operation,
        refusal::Refusal,
    },
    exchange::punchout::oci_refusal,
    oci::{basket::BasketLine, form::Pairs, posted},
};

/// Characters of a supplier part number, and of a supplier's own key to a line: real shops put
/// whole configurations into the latter.
const MOST_PART: usize = 255;
const MOST_KEY: usize = 4_096;
const MOST_UNIT: usize = 32;
/// Characters of a description that are kept; the document holds the rest.
const MOST_DESCRIPTION: usize = 2_000;

/// A cart as it came back, without trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// The cookie that came back; OCI has none.
    pub cookie: Option<String>,
    /// What the shop lets the shopper do with the lines later.
    pub allowed: Operation,
    /// The shop calls it a quote that is not final.
    pub is_pending: bool,
    /// It came back empty to say: leave what you have.
    pub leaves_all: bool,
    /// What the shop adds beyond the lines: `shipping 4.90 EUR`.
    pub beside: Vec<String>,
    pub lines: Vec<Goods>,
    /// The document or the fields, for keeping.
    pub body: Vec<u8>,
    pub kind: &'static str,
}

/// Whether the fields are a cart at all, be it one that cannot be read.
pub fn brings_cart(fields: &Pairs) -> bool {
    fields.iter().any(|(name, _)| {
        let name = name.trim().to_ascii_lowercase();
        name.starts_with("new_item-") || name == "cxml-urlencoded" || name == "cxml-base64"
    })
}

/// Reads the posted fields of a cart.
pub fn read_cart(
    fields: &Pairs,
    supplier: SupplierId,
    currency: Currency,
) -> Result<Brought, Refusal> {
    let named = |name: &str| {
        let own = fields.iter().find(|(field, _)| field.trim().eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.as_str())
    };
    match (named("cxml-urlencoded"), named("cxml-base64")) {
        (Some(text), _) => of_cxml(text.as_bytes(), Some("text/xml; charset=utf-8"), supplier),
        (None, Some(text)) => {
            let text: String = text.split_whitespace().collect();
            let bytes = STANDARD
                .decode(text)
                .map_err(|_| unreadable("The returned cart is no base64.").field("cxml-base64"))?;
            of_cxml(&bytes, None, supplier)
        }
        (None, None) => of_oci(fields, supplier),
    }
    .and_then(|brought| checked(brought, currency))
}

fn unreadable(message: &str) -> Refusal {
    Refusal::invalid("cart-unreadable", message)
        .mend("Tell the supplier; nothing was put into your cart.")
}

fn of_cxml(bytes: &[u8], kind: Option<&str>, supplier: SupplierId) -> Result<Brought, Refusal> {
    let document = cxml::decode(bytes, kind).map_err(|fault| {
        unreadable("The returned cart cannot be read.").got(shorten(&fault.to_string(), 300))
    })?;
    let status = document.envelope.status.as_ref().map(|status| status.code);
    let Payload::PunchOutOrderMessage(message) = document.payload else {
        return Err(unreadable("What came back is no cart.")
            .got(document.payload.name())
            .expected("PunchOutOrderMessage"));
    };
    let lines = (1_usize..).zip(&message.items).map(|(at, item)| goods_of_item(at, item, supplier));
    Ok(Brought {
        lines: lines.collect::<Result<_, _>>()?,
        allowed: match message.operation_allowed {
            OperationAllowed::Create => Operation::Create,
            OperationAllowed::Edit => Operation::Edit,
            OperationAllowed::Inspect => Operation::Inspect,
        },
        is_pending: message.quote_status == QuoteStatus::Pending,
        leaves_all: message.items.is_empty() && status == Some(Status::NO_CONTENT),
        beside: beside(&message),
        cookie: Some(message.buyer_cookie),
        body: cxml::redact(bytes),
        kind: "PunchOutOrderMessage",
    })
}

/// Charges that stand beside the lines: they are not part of any line's price.
fn beside(message: &PunchOutOrderMessage) -> Vec<String> {
    let shipping = message.shipping.as_ref().map(|shipping| &shipping.amount);
    let said = shipping.filter(|amount| !amount.value.is_zero());
    said.map(|amount| format!("shipping {} {}", amount.value, amount.currency))
        .into_iter()
        .collect()
}

fn at_line(at: usize, field: &str, message: &str) -> Refusal {
    let message = format!("Line {at} of the returned cart cannot be taken: {message}");
    Refusal::invalid("cart-line", message)
        .field(format!("lines[{}].{field}", at - 1))
        .mend("Tell the supplier; nothing was put into your cart.")
}

fn goods_of_item(at: usize, item: &Item, supplier: SupplierId) -> Result<Goods, Refusal> {
    let Some(detail) = &item.detail else {
        return Err(at_line(at, "price", "it has no ItemDetail."));
    };
    // Nobody here could say how much an unknown unit is: it would be ordered unseen.
    if !detail.unit.trim().is_empty() && UnitMap::shipped().to_ours(detail.unit.trim()).is_none() {
        return Err(at_line(at, "unit", "its unit is not known.")
            .got(shorten(detail.unit.trim(), 60))
            .expected("a unit code such as EA, PCE or KGM"));
    }
    let said = |text: &Option<String>| text.as_deref().map(one_line).unwrap_or_default();
    let lead = detail.lead_time.as_deref().and_then(|days| days.trim().parse::<i64>().ok());
    Ok(Goods {
        aux_id: item.id.auxiliary.as_ref().map(cxml::values::Kept::one_text).unwrap_or_default(),
        manufacturer: said(&detail.manufacturer_name),
        manufacturer_sku: said(&detail.manufacturer_part),
        unspsc: unspsc(detail),
        lead_time_days: lead.filter(|days| *days >= 0),
        ..goods(
            at,
            (supplier, &item.id.supplier_part),
            (detail.description(), item.quantity),
            (&detail.unit, detail.price),
        )?
    })
}

fn unspsc(detail: &ItemDetail) -> String {
    let own = detail.classifications.iter().find(|(domain, code)| {
        domain.trim().to_ascii_uppercase().contains("SPSC") && is_unspsc(code)
    });
    own.map(|(_, code)| code.trim().to_owned()).unwrap_or_default()
}

fn is_unspsc(code: &str) -> bool {
    let code = code.trim();
    (2..=8).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
}

fn of_oci(fields: &Pairs, supplier: SupplierId) -> Result<Brought, Refusal> {
    let posted = posted::read(fields, &UnitMap::shipped()).map_err(oci_refusal)?;
    let lines = posted.iter().map(|line| goods_of_line(line.index, &line.line, supplier));
    Ok(Brought {
        cookie: None,
        allowed: Operation::Create,
        is_pending: false,
        leaves_all: false,
        beside: Vec::new(),
        lines: lines.collect::<Result<_, _>>()?,
        body: super::super::punchout::oci_body(fields),
        kind: "OciBasket",
    })
}

fn goods_of_line(index: u32, line: &BasketLine, supplier: SupplierId) -> Result<Goods, Refusal> {
    let at = usize::try_from(index).unwrap_or(1);
    let key = line.product_id.clone().unwrap_or_default();
    let sku = line.vendor_material.as_ref().or(line.product_id.as_ref());
    let sku = sku.cloned().unwrap_or_default();
    let text = whole_description(line);
    Ok(Goods {
        aux_id: key,
        unspsc: class_of(line),
        manufacturer_sku: line.maker_material.clone().unwrap_or_default(),
        lead_time_days: line.lead_days.map(i64::from),
        ..goods(at, (supplier, &sku), (text, line.quantity), (&line.unit, line.price))?
    })
}

/// The description, whole where the shop repeats a long one in LONGTEXT.
fn whole_description(line: &BasketLine) -> &str {
    match &line.long_text {
        Some(long) if long.starts_with(line.description.trim_end_matches('…')) => long,
        _ => &line.description,
    }
}

fn class_of(line: &BasketLine) -> String {
    let category = line.category.as_ref().filter(|(schema, _)| schema.contains("SPSC"));
    let code = category.map(|(_, code)| code).or(line.material_group.as_ref());
    let code = code.filter(|code| is_unspsc(code) && code.trim().len() == 8);
    code.map(|code| code.trim().to_owned()).unwrap_or_default()
}

/// The goods in the words of the supplier's own answer: what the browser said of them decides
/// neither what is ordered nor who is asked. Why they are held when the answer leaves that open.
pub(super) fn in_their_words(goods: &Goods, own: &BasketLine) -> (Goods, Option<String>) {
    let mut goods = goods.clone();
    let mut open = None;
    let text = one_line(whole_description(own));
    if !text.is_empty() {
        goods.description = shorten(&text, MOST_DESCRIPTION);
    }
    let class = class_of(own);
    if class.is_empty() && !goods.unspsc.is_empty() {
        open = Some("the classification");
    } else {
        goods.unspsc = class;
    }
    goods.manufacturer_sku = own.maker_material.clone().unwrap_or_default();
    goods.lead_time_days = own.lead_days.map(i64::from).or(goods.lead_time_days);
    if own.vendor_material.is_none() && goods.sku != goods.aux_id {
        open = Some("the article number");
    }
    if own.product_id.as_ref().is_none_or(|key| *key != goods.aux_id) {
        open = Some("the article's key");
    }
    (goods, open.map(|what| format!("the supplier was asked and did not confirm {what}")))
}

/// A line with what every line has, within the bounds of a cart.
fn goods(
    at: usize,
    (supplier, sku): (SupplierId, &str),
    (description, quantity): (&str, Quantity),
    (unit, price): (&str, UnitPrice),
) -> Result<Goods, Refusal> {
    let length = sku.chars().count();
    if sku.trim().is_empty() || length > MOST_PART || sku.chars().any(char::is_control) {
        return Err(at_line(at, "sku", "it has no supplier part number that can be kept.")
            .got(shorten(sku, 60))
            .expected(format!("1 to {MOST_PART} characters")));
    }
    let unit = unit.trim();
    if unit.is_empty() || unit.chars().count() > MOST_UNIT {
        return Err(at_line(at, "unit", "it has no unit.")
            .got(shorten(unit, 60))
            .expected(format!("1 to {MOST_UNIT} characters")));
    }
    if price.amount.is_sign_negative() && !price.amount.is_zero() {
        return Err(at_line(at, "price", "its price is below zero.")
            .got(crate::base::decimal::canonical(price.amount)));
    }
    check_quantity(quantity).map_err(|expected| {
        at_line(at, "quantity", "it cannot be ordered in this quantity.")
            .got(quantity.to_string())
            .expected(expected)
    })?;
    let total = price
        .times(quantity)
        .map_err(|fault| at_line(at, "price", "it has no exact total.").got(fault.to_string()))?;
    let description = one_line(description);
    let description = if description.is_empty() { sku } else { &description };
    Ok(Goods {
        item: None,
        supplier,
        sku: sku.to_owned(),
        aux_id: String::new(),
        description: shorten(description, MOST_DESCRIPTION),
        quantity,
        unit: unit.to_owned(),
        price,
        total,
        unspsc: String::new(),
        manufacturer: String::new(),
        manufacturer_sku: String::new(),
        lead_time_days: None,
    })
}

/// What can only be said of the whole cart.
fn checked(brought: Brought, currency: Currency) -> Result<Brought, Refusal> {
    check_count(brought.lines.len())?;
    for (at, goods) in (1..).zip(&brought.lines) {
        if goods.price.currency != currency {
            return Err(at_line(at, "currency", "it is in another currency than your cart.")
                .got(goods.price.currency.to_string())
                .expected(currency.to_string()));
        }
        if goods.aux_id.chars().count() > MOST_KEY {
            return Err(at_line(at, "aux_id", "its SupplierPartAuxiliaryID is too long.")
                .got(format!("{} characters", goods.aux_id.chars().count()))
                .expected(format!("at most {MOST_KEY}")));
        }
    }
    Ok(brought)
}

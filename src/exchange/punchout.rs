//! Between a punchout session and its documents: what a setup request asks for, and the cart as
//! the document or form that goes back.
//!
//! Nothing is cut, rounded or guessed on the way out: what the other side would drop without a
//! word is a named fault of a named line before anything leaves.

use crate::{
    base::{money::Money, text::shorten, time::Time},
    cxml::{
        Document, Envelope, Mode, Party, Payload, Status,
        item::{Item, ItemDetail, ItemId},
        profile::{ProfileResponse, Transaction},
        punchout_order::{OperationAllowed, PunchOutOrderMessage, QuoteStatus},
        punchout_setup::SetupOperation,
        values::{Amount, Kept},
    },
    domain::{
        cart::Goods,
        party::Identity,
        punchout::{Operation, PunchoutSession},
        refusal::Refusal,
    },
    oci::basket::BasketLine,
};

mod form;

pub use form::{
    ReturnForm, cxml_form, form_of, oci_fields, oci_form, oci_refusal, oci_return, read_oci_fields,
};

/// Characters of a unit or number that the procurement systems we know keep.
const MOST_PART: usize = 255;
const MOST_UNIT: usize = 32;
/// Characters of a description; SAP and Coupa keep at least these.
const MOST_DESCRIPTION: usize = 2_000;

/// What our cXML door takes.
const TRANSACTIONS: [&str; 5] = [
    "PunchOutSetupRequest",
    "OrderRequest",
    "ConfirmationRequest",
    "ShipNoticeRequest",
    "InvoiceDetailRequest",
];

/// The answer to a ProfileRequest; `url` is the door's address.
pub fn profile(url: &str, effective: Time) -> ProfileResponse {
    let transaction = |name: &str| {
        let options = match name {
            "PunchOutSetupRequest" => vec![
                ("Direct.URL".to_owned(), url.to_owned()),
                ("operationAllowed".to_owned(), "create,edit,inspect,source".to_owned()),
            ],
            "OrderRequest" => {
                vec![("attachments".to_owned(), "yes".into()), ("changes".into(), "no".into())]
            }
            _ => Vec::new(),
        };
        Transaction { request_name: name.to_owned(), url: url.to_owned(), options }
    };
    ProfileResponse {
        effective_date: effective.into(),
        options: Vec::new(),
        transactions: TRANSACTIONS.into_iter().map(transaction).collect(),
    }
}

/// What the shopper may do.
pub const fn operation(asked: SetupOperation) -> Operation {
    match asked {
        SetupOperation::Create => Operation::Create,
        SetupOperation::Edit => Operation::Edit,
        SetupOperation::Inspect => Operation::Inspect,
        SetupOperation::Source => Operation::Source,
    }
}

/// One line on its way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Our own name of the line, sent where the catalogue has no auxiliary id of its own.
    pub key: String,
    pub goods: Goods,
    /// Who sells it: domain and identity, written as SupplierID.
    pub supplier: Option<Identity>,
}

/// A cart on its way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    pub lines: Vec<Line>,
    pub total: Money,
    /// Whether it may be ordered as it stands.
    pub is_final: bool,
    /// It was returned as pending before, and signed off since.
    pub was_pending: bool,
}

impl Returned {
    /// The empty cart: "leave what you have as it is".
    pub const fn nothing(total: Money) -> Self {
        Self { lines: Vec::new(), total, is_final: true, was_pending: false }
    }
}

/// The PunchOutOrderMessage of a cart. An empty one carries Status 204, except where a shopper
/// emptied a cart that was sent to be edited.
pub fn order_message(
    session: &PunchoutSession,
    cart: &Returned,
    payload_id: String,
    now: Time,
) -> Document {
    let items = (1..).zip(&cart.lines).map(|(number, line)| item(number, line)).collect();
    let mut message =
        PunchOutOrderMessage::new(&*session.buyer_cookie, Amount::from(cart.total), items);
    message.operation_allowed =
        if session.is_read_only() { OperationAllowed::Inspect } else { OperationAllowed::Edit };
    message.quote_status = if cart.is_final { QuoteStatus::Final } else { QuoteStatus::Pending };
    if cart.was_pending && cart.is_final {
        message.sourcing_status = Some((Some("approve".to_owned()), "Signed off.".to_owned()));
    }
    let party = |identity: &Identity| Party::new(&*identity.domain, &*identity.identity);
    let us = party(&session.wire.us);
    let mut envelope =
        Envelope::message(payload_id, now).between(us.clone(), party(&session.wire.buyer), us);
    if session.wire.test {
        envelope = envelope.mode(Mode::Test);
    }
    if cart.lines.is_empty() {
        envelope.status = Some(Status::new(Status::NO_CONTENT, ""));
    }
    Document::new(envelope, Payload::PunchOutOrderMessage(Box::new(message)))
}

fn item(number: u32, line: &Line) -> Item {
    let goods = &line.goods;
    let mut detail = ItemDetail::new(goods.price, &*goods.description, &*goods.unit);
    let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    if !goods.unspsc.is_empty() {
        detail.classifications.push(("UNSPSC".to_owned(), goods.unspsc.clone()));
    }
    detail.manufacturer_part = filled(&goods.manufacturer_sku);
    detail.manufacturer_name = filled(&goods.manufacturer);
    detail.lead_time = goods.lead_time_days.map(|days| days.to_string());
    let auxiliary = filled(&goods.aux_id).unwrap_or_else(|| line.key.clone());
    let id = ItemId { auxiliary: Some(Kept::plain(auxiliary)), ..ItemId::new(&*goods.sku) };
    let mut item = Item::new(goods.quantity, id, Some(detail));
    item.line_number = Some(number);
    item.supplier = line.supplier.clone().map(|own| (own.domain, own.identity));
    item
}

/// Everything that a cXML buyer would choke on; empty when the cart may leave.
pub fn check_cxml(lines: &[Line]) -> Vec<Refusal> {
    let mut faults = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let goods = &line.goods;
        let mut text = |field: &str, value: &str, most: usize| {
            let length = value.chars().count();
            if length == 0 || length > most || value.chars().any(char::is_control) {
                faults.push(
                    line_fault(index, field, goods)
                        .got(shorten(value, 60))
                        .expected(format!("1 to {most} characters on one line"))
                        .mend("Remove the line, or have the item mended in the catalogue."),
                );
            }
        };
        text("sku", &goods.sku, MOST_PART);
        text("unit", &goods.unit, MOST_UNIT);
        text("description", &goods.description, MOST_DESCRIPTION);
        if goods.price.amount.is_sign_negative() {
            faults.push(line_fault(index, "price", goods).got(goods.price.amount.to_string()));
        }
    }
    faults
}

fn line_fault(index: usize, field: &str, goods: &Goods) -> Refusal {
    let message = format!(
        "Line {} ({}) cannot go back as it stands: its {field} would be refused.",
        index + 1,
        shorten(&goods.sku, 40)
    );
    Refusal::invalid("cart-cannot-return", message).field(format!("lines[{index}].{field}"))
}

/// A line as OCI says it.
pub fn basket_line(goods: &Goods) -> BasketLine {
    let fits = |text: &String, most: usize| {
        let length = text.chars().count();
        Some(text.clone()).filter(|_| (1..=most).contains(&length))
    };
    let mut line = BasketLine::new(&*goods.description, goods.quantity, &*goods.unit, goods.price);
    line.lead_days = goods.lead_time_days.and_then(|days| u32::try_from(days).ok());
    line.vendor_material = Some(goods.sku.clone());
    // A maker's number that does not fit is left out: cut, it would name another part.
    line.maker_material = fits(&goods.manufacturer_sku, 40);
    line.material_group = fits(&goods.unspsc, 10);
    line.product_id = Some(goods.item.map_or_else(|| goods.sku.clone(), |id| id.to_string()));
    line.category = fits(&goods.unspsc, 60).map(|code| ("UNSPSC".to_owned(), code));
    line
}

/// The bytes under which the fields of an OCI cart are kept, whatever charset they leave in.
pub fn oci_body(fields: &crate::oci::form::Pairs) -> Vec<u8> {
    crate::oci::form::encode(fields, crate::oci::form::Charset::UTF_8)
}

/// Everything that an OCI buyer would drop without a word.
pub fn check_oci(lines: &[Line]) -> Vec<Refusal> {
    let basket: Vec<BasketLine> = lines.iter().map(|line| basket_line(&line.goods)).collect();
    let faults = crate::oci::basket::check(&basket, &crate::oci::unit::UnitMap::shipped());
    let refusal = |fault: crate::oci::fault::LineFault| {
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
    faults.into_iter().map(refusal).collect()
}

#[cfg(test)]
mod tests;

//! Between a visit to a supplier's own shop and its documents: the setup request or OCI call that
//! opens it, and the cart that its browser form brings back.
//!
//! What a shop asks for and gets is written strictly; what it sends is read as tolerantly as can be
//! without guessing: a line in another currency, without a number or with a price nobody can read
//! refuses the whole cart, because half a cart is worse than none.

mod cart;
mod page;

pub use cart::{Brought, brings_cart, read_cart};
pub use page::{inputs, page_text};

use crate::{
    base::{secret::Secret, text::shorten, time::Time},
    cxml::{
        Document, Envelope, Mode, Party, Payload, SECRET_MARK,
        address::Contact,
        item::{Item, ItemDetail, ItemId},
        punchout_setup::{PunchOutSetupRequest, SetupOperation},
        values::{Extrinsic, Kept},
    },
    domain::{
        cart::{CartLine, Goods},
        gateway::{SupplierSite, same_price},
        party::Identity,
        punchout::Operation,
        refusal::Refusal,
    },
    oci::{form::Pairs, posted::PostedLine},
};

/// Who asks a supplier's shop for entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parties {
    /// The buyer organisation.
    pub from: Identity,
    /// The supplier.
    pub to: Identity,
    /// This server.
    pub sender: Identity,
}

/// What is asked of a supplier's shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The visit's own name; it comes back with the cart.
    pub cookie: String,
    pub operation: Operation,
    /// Name and mail address of the shopper.
    pub shopper: (String, String),
    /// Where the browser brings the cart.
    pub return_url: String,
    /// The article whose page opens first: number and auxiliary id.
    pub selected: Option<(String, String)>,
    /// The lines to edit or look at.
    pub lines: Vec<CartLine>,
}

/// The PunchOutSetupRequest; the place of the secret holds a mark that is filled in when sent.
pub fn setup_request(ask: &Ask, parties: &Parties, payload_id: &str, now: Time) -> Document {
    let operation = match ask.operation {
        Operation::Create => SetupOperation::Create,
        Operation::Edit => SetupOperation::Edit,
        Operation::Inspect => SetupOperation::Inspect,
        Operation::Source => SetupOperation::Source,
    };
    let mut request = PunchOutSetupRequest::new(operation, &*ask.cookie);
    let (name, email) = &ask.shopper;
    request.extrinsics = vec![
        Extrinsic::new("UserEmail", email),
        Extrinsic::new("UserFullName", name),
        Extrinsic::new("UniqueName", email),
    ];
    request.return_url = Some(ask.return_url.clone());
    request.contacts.push(Contact {
        role: Some("endUser".to_owned()),
        name: name.clone(),
        emails: vec![email.clone()],
        ..Contact::default()
    });
    request.selected_item = ask.selected.as_ref().map(|(sku, aux)| item_id(sku, aux));
    request.items = ask.lines.iter().map(item).collect();
    let party = |identity: &Identity| Party::new(&*identity.domain, &*identity.identity);
    let sender = party(&parties.sender).with_secret(Secret::new(SECRET_MARK));
    let envelope = Envelope::request(payload_id, now)
        .between(party(&parties.from), party(&parties.to), sender)
        .mode(Mode::Production);
    Document::new(envelope, Payload::PunchOutSetupRequest(Box::new(request)))
}

fn item_id(sku: &str, aux: &str) -> ItemId {
    let auxiliary = Some(aux).filter(|aux| !aux.is_empty()).map(Kept::of_one_text);
    ItemId { auxiliary, ..ItemId::new(sku) }
}

fn item(line: &CartLine) -> Item {
    let goods = &line.goods;
    let mut detail = ItemDetail::new(goods.price, &*goods.description, &*goods.unit);
    if !goods.unspsc.is_empty() {
        detail.classifications.push(("UNSPSC".to_owned(), goods.unspsc.clone()));
    }
    let mut item = Item::new(goods.quantity, item_id(&goods.sku, &goods.aux_id), Some(detail));
    item.line_number = u32::try_from(line.position).ok();
    item
}

/// The start page that the shop answered with; its own words when it did not let us in.
pub fn start_page(answer: &Document) -> Result<String, Refusal> {
    let status = answer.envelope.status.as_ref();
    let let_in = status.is_some_and(crate::cxml::Status::is_success);
    match &answer.payload {
        Payload::PunchOutSetupResponse(response) if let_in => Ok(response.start_page.clone()),
        _ => {
            let got = match status {
                Some(status) => format!("{} {} {}", status.code, status.text, status.message),
                None => format!("a {} without a Status", answer.payload.name()),
            };
            Err(not_let_in().got(shorten(&got, 200)).expected("Status 200 and a StartPage"))
        }
    }
}

/// The refusal when a supplier's shop cannot be entered.
pub fn not_let_in() -> Refusal {
    Refusal::conflict("site-refused", "The supplier's shop did not let you in.")
        .mend("Try again in a while; if it stays so, tell an admin of your organisation.")
}

/// The fields of an OCI call; `function` is for a program or a deep link and empty for shopping.
pub fn call_fields(
    site: &SupplierSite,
    (user, password): (&str, &Secret),
    return_url: &str,
    function: &[(&str, &str)],
) -> Pairs {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut fields = site.oci_more.clone();
    fields.push(pair(&site.oci_fields.user, user));
    fields.push(pair(&site.oci_fields.password, password.expose()));
    fields.push(pair(&site.oci_fields.hook_url, return_url));
    fields.push(pair("OCI_VERSION", "4.0"));
    fields.push(pair("http_content_charset", "UTF-8"));
    fields.push(pair("~OkCode", "ADDI"));
    fields.push(pair("~CALLER", "CTLG"));
    fields.push(pair("~TARGET", "_top"));
    fields.push(pair("returntarget", "_top"));
    fields.extend(function.iter().map(|(name, value)| pair(name, value)));
    fields
}

/// What VALIDATE says about one line: the goods in the supplier's words, and why they are held
/// when its answer leaves something open; the refusal when it does not stand by them as the
/// browser brought them.
pub fn validated(goods: &Goods, answer: &[PostedLine]) -> Result<(Goods, Option<String>), Refusal> {
    let lines = || answer.iter().map(|posted| &posted.line);
    let by_key = lines().find(|line| line.product_id.as_ref() == Some(&goods.aux_id));
    let by_number = || lines().find(|line| line.vendor_material.as_ref() == Some(&goods.sku));
    let Some(own) = by_key.or_else(by_number) else {
        return Err(other_price(goods).got("no such article").expected("an article on sale"));
    };
    if let Some(number) = own.vendor_material.as_ref().filter(|number| **number != goods.sku) {
        let sku = shorten(&goods.sku, 60);
        let message = format!("The supplier sells {sku} under another number than came back.");
        return Err(Refusal::invalid("cart-article-differs", message)
            .field("sku")
            .got(sku)
            .expected(shorten(number, 60))
            .mend("Nothing was put into your cart. Go to the supplier's shop again."));
    }
    if same_price(own.price, goods.price) && own.unit == goods.unit {
        return Ok(cart::in_their_words(goods, own));
    }
    let said = |price: crate::base::money::UnitPrice, unit: &str| {
        let amount = crate::base::decimal::canonical(price.amount);
        format!("{amount} {} for {} {unit}", price.currency, price.per)
    };
    Err(other_price(goods).got(said(goods.price, &goods.unit)).expected(said(own.price, &own.unit)))
}

/// The refusal of a cart whose price is not the supplier's.
pub fn other_price(goods: &Goods) -> Refusal {
    let sku = shorten(&goods.sku, 60);
    let message = format!("The supplier does not stand by the price of {sku} that came back.");
    Refusal::invalid("cart-price-differs", message)
        .field("price")
        .mend("Nothing was put into your cart. Go to the supplier's shop again.")
}

#[cfg(test)]
mod tests;

//! PunchOutSetupRequest: a buyer wants to shop; and the answer with the page to start at.

use super::address::{Address, Contact};
use super::item::{Item, ItemId, Side};
use super::limits;
use super::read::{Read, words};
use super::tree::Element;
use super::values::{Extrinsic, url_in};
use super::write::Writer;

words! {
    /// What the shopper may do.
    SetupOperation {
        Create = "create",
        Edit = "edit",
        Inspect = "inspect",
        Source = "source",
    }
}

/// A wish to shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PunchOutSetupRequest {
    pub operation: SetupOperation,
    /// Sent back as it came, to the byte; never a session key.
    pub buyer_cookie: String,
    pub extrinsics: Vec<Extrinsic>,
    /// Where the browser posts the cart.
    pub return_url: Option<String>,
    pub contacts: Vec<Contact>,
    pub supplier_setup_url: Option<String>,
    pub ship_to: Option<Address>,
    pub selected_item: Option<ItemId>,
    /// The cart to edit or inspect.
    pub items: Vec<Item>,
}

impl PunchOutSetupRequest {
    pub fn new(operation: SetupOperation, buyer_cookie: impl Into<String>) -> Self {
        Self {
            operation,
            buyer_cookie: buyer_cookie.into(),
            extrinsics: Vec::new(),
            return_url: None,
            contacts: Vec::new(),
            supplier_setup_url: None,
            ship_to: None,
            selected_item: None,
            items: Vec::new(),
        }
    }

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let url = |name| match element.one(name)? {
            Some(found) => url_in(found),
            None => Ok(None),
        };
        let selected = element.one("SelectedItem")?;
        let operation = SetupOperation::read(element, "operation", None)?;
        let items = match (operation, Item::all(element, Side::Out, false)) {
            // Lines beside a fresh start mean nothing; broken ones refuse nothing.
            (SetupOperation::Create | SetupOperation::Source, Err(_)) => {
                element.named("ItemOut").for_each(Element::leave);
                Vec::new()
            }
            (_, items) => items?,
        };
        Ok(Self {
            operation,
            buyer_cookie: buyer_cookie_of(element)?,
            extrinsics: Extrinsic::all(element),
            return_url: url("BrowserFormPost")?,
            contacts: Contact::all(element)?,
            supplier_setup_url: url("SupplierSetup")?,
            ship_to: Address::maybe(element, "ShipTo")?,
            selected_item: selected.map(|item| ItemId::of(item.need("ItemID")?)).transpose()?,
            items,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let operation = ("operation", Some(self.operation.word()));
        writer.open("PunchOutSetupRequest", &[operation]);
        writer.leaf("BuyerCookie", &[], &self.buyer_cookie);
        Extrinsic::write_all(&self.extrinsics, writer);
        write_url("BrowserFormPost", self.return_url.as_deref(), writer);
        Contact::write_all(&self.contacts, writer);
        write_url("SupplierSetup", self.supplier_setup_url.as_deref(), writer);
        Address::write_if(self.ship_to.as_ref(), "ShipTo", writer);
        if let Some(item) = &self.selected_item {
            writer.open("SelectedItem", &[]);
            item.write(writer);
            writer.close("SelectedItem");
        }
        self.items.iter().for_each(|item| item.write(Side::Out, writer));
        writer.close("PunchOutSetupRequest");
    }

    /// The shopper's mail address: an extrinsic that says so, else the first contact that has one.
    pub fn user_email(&self) -> Option<&str> {
        const NAMES: [&str; 4] = ["UserEmail", "User Email Address", "Email", "EmailAddress"];
        let named = NAMES.iter().find_map(|name| Extrinsic::find(&self.extrinsics, name));
        let of_contact = || self.contacts.iter().find_map(|contact| contact.emails.first());
        named.or_else(|| of_contact().map(String::as_str))
    }
}

/// The cookie, to the byte.
pub(super) fn buyer_cookie_of(element: Element<'_>) -> Read<String> {
    let cookie = element.need("BuyerCookie")?;
    if cookie.text().len() > limits::BUYER_COOKIE_BYTES {
        return Err(cookie
            .fault()
            .found(format!("{} bytes", cookie.text().len()))
            .expected(format!("at most {} bytes", limits::BUYER_COOKIE_BYTES))
            .mend("Send a shorter BuyerCookie."));
    }
    Ok(cookie.text().to_owned())
}

fn write_url(name: &str, url: Option<&str>, writer: &mut Writer) {
    if let Some(url) = url {
        writer.open(name, &[]);
        writer.leaf("URL", &[], url);
        writer.close(name);
    }
}

/// The page at which the shopper starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PunchOutSetupResponse {
    pub start_page: String,
}

impl PunchOutSetupResponse {
    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let page = element.need("StartPage")?;
        page.need("URL")?;
        Ok(Self { start_page: url_in(page)?.unwrap_or_default() })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("PunchOutSetupResponse", &[]);
        write_url("StartPage", Some(&self.start_page), writer);
        writer.close("PunchOutSetupResponse");
    }
}

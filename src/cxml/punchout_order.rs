//! PunchOutOrderMessage: the cart that the browser carries back to the buyer's system.
//!
//! An empty cart has a total of zero and no lines; with Status 204 in its envelope it says "leave
//! the cart you have as it is".

use super::address::Address;
use super::charges::{Shipping, Tax};
use super::item::{Item, Side};
use super::punchout_setup::buyer_cookie_of;
use super::read::{Read, words};
use super::tree::Element;
use super::values::{Amount, LANG};
use super::write::Writer;

words! {
    /// Whether the cart may be ordered as it stands.
    QuoteStatus {
        Pending = "pending",
        Final = "final",
    }
    /// What the buyer may do with the cart later.
    OperationAllowed {
        Create = "create",
        Edit = "edit",
        Inspect = "inspect",
    }
}

/// A returned cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PunchOutOrderMessage {
    /// The setup request's cookie, to the byte.
    pub buyer_cookie: String,
    pub operation_allowed: OperationAllowed,
    pub quote_status: QuoteStatus,
    /// `approve`, `cancel` or `deny`, and the sentence, for a cart that was pending before.
    pub sourcing_status: Option<(Option<String>, String)>,
    pub total: Amount,
    pub ship_to: Option<Address>,
    pub shipping: Option<Shipping>,
    pub tax: Option<Tax>,
    pub items: Vec<Item>,
}

impl PunchOutOrderMessage {
    pub fn new(buyer_cookie: impl Into<String>, total: Amount, items: Vec<Item>) -> Self {
        Self {
            buyer_cookie: buyer_cookie.into(),
            operation_allowed: OperationAllowed::Edit,
            quote_status: QuoteStatus::Final,
            sourcing_status: None,
            total,
            ship_to: None,
            shipping: None,
            tax: None,
            items,
        }
    }

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let header = element.need("PunchOutOrderMessageHeader")?;
        let sourcing = header.one("SourcingStatus")?;
        let create = Some(OperationAllowed::Create);
        Ok(Self {
            buyer_cookie: buyer_cookie_of(element)?,
            operation_allowed: OperationAllowed::read(header, "operationAllowed", create)?,
            quote_status: QuoteStatus::read(header, "quoteStatus", Some(QuoteStatus::Final))?,
            sourcing_status: sourcing.map(|sourcing| {
                let text = sourcing.granted("xml:lang", LANG).trimmed().to_owned();
                (sourcing.said("action"), text)
            }),
            total: Amount::unsigned_inside(header.need("Total")?)?,
            ship_to: Address::maybe(header, "ShipTo")?,
            shipping: Shipping::maybe(header)?,
            tax: Tax::maybe(header)?,
            items: Item::all(element, Side::In, true)?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("PunchOutOrderMessage", &[]);
        writer.leaf("BuyerCookie", &[], &self.buyer_cookie);
        writer.open(
            "PunchOutOrderMessageHeader",
            &[
                ("operationAllowed", Some(self.operation_allowed.word())),
                ("quoteStatus", Some(self.quote_status.word())),
            ],
        );
        if let Some((action, text)) = &self.sourcing_status {
            let attributes = [("action", action.as_deref()), ("xml:lang", Some(LANG))];
            writer.leaf("SourcingStatus", &attributes, text);
        }
        self.total.write("Total", writer);
        Address::write_if(self.ship_to.as_ref(), "ShipTo", writer);
        self.shipping.iter().for_each(|shipping| shipping.write(writer));
        self.tax.iter().for_each(|tax| tax.write(writer));
        writer.close("PunchOutOrderMessageHeader");
        self.items.iter().for_each(|item| item.write(Side::In, writer));
        writer.close("PunchOutOrderMessage");
    }
}

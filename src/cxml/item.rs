//! A line of a cart or an order: `ItemIn` and `ItemOut` are one thing seen from two sides.

use crate::base::quantity::Quantity;

use super::{
    address::{Address, Contact},
    blanket::BlanketDetail,
    charges::{Distribution, Shipping, Tax},
    read::{Read, words},
    tree::Element,
    values::{Comments, Extrinsic, Stamp},
    write::Writer,
};

pub(super) use detail::classifications_of;

mod detail;

pub use detail::{ItemDetail, ItemId, PriceBasis};

words! {
    /// Which of the two elements a line is.
    Side {
        /// From the shop: in carts and confirmations.
        In = "ItemIn",
        /// From the buyer: in orders and setup requests.
        Out = "ItemOut",
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub quantity: Quantity,
    pub line_number: Option<u32>,
    pub parent_line_number: Option<u32>,
    /// `composite`, `item` or `lean`.
    pub item_type: Option<String>,
    pub requisition_id: Option<String>,
    pub requested_delivery: Option<Stamp>,
    pub agreement_item_number: Option<String>,
    pub id: ItemId,
    /// May be absent in a setup request that edits a cart.
    pub detail: Option<ItemDetail>,
    /// Of a blanket order's line, in place of the detail.
    pub blanket: Option<Box<BlanketDetail>>,
    /// The agreement that a release draws upon.
    pub agreement_id: Option<String>,
    /// Domain and value.
    pub supplier: Option<(String, String)>,
    /// Boxed, as it is large and rare: orders of 5,000 lines are moved about.
    pub ship_to: Option<Box<Address>>,
    pub shipping: Option<Box<Shipping>>,
    pub tax: Option<Box<Tax>>,
    pub distributions: Vec<Distribution>,
    pub contacts: Vec<Contact>,
    pub comments: Vec<Comments>,
    /// Of an ItemIn only; an ItemOut has them in its detail.
    pub extrinsics: Vec<Extrinsic>,
}

impl Item {
    /// A line with the least the DTD asks for.
    pub fn new(quantity: Quantity, id: ItemId, detail: Option<ItemDetail>) -> Self {
        Self {
            quantity,
            line_number: None,
            parent_line_number: None,
            item_type: None,
            requisition_id: None,
            requested_delivery: None,
            agreement_item_number: None,
            id,
            detail,
            blanket: None,
            agreement_id: None,
            supplier: None,
            ship_to: None,
            shipping: None,
            tax: None,
            distributions: Vec::new(),
            contacts: Vec::new(),
            comments: Vec::new(),
            extrinsics: Vec::new(),
        }
    }

    /// Reads a line; `needs_detail` says whether it must say what it costs.
    pub(super) fn of(element: Element<'_>, needs_detail: bool) -> Read<Self> {
        let detail = match element.one("ItemDetail")? {
            Some(detail) => Some(ItemDetail::of(detail)?),
            None if needs_detail => Some(ItemDetail::of(element.need("ItemDetail")?)?),
            None => None,
        };
        let blanket = element.one("BlanketItemDetail")?;
        let agreement = element.one("MasterAgreementIDInfo")?;
        let supplier = element.one("SupplierID")?.map(|supplier| {
            let domain = supplier.attribute("domain").unwrap_or_default().to_owned();
            (domain, supplier.trimmed().to_owned())
        });
        Ok(Self {
            quantity: element.quantity_in("quantity")?,
            line_number: element.line_number_in("lineNumber")?,
            parent_line_number: element.line_number_in("parentLineNumber")?,
            item_type: element.said("itemType"),
            requisition_id: element.said("requisitionID"),
            requested_delivery: Stamp::of(element, "requestedDeliveryDate"),
            agreement_item_number: element.said("agreementItemNumber"),
            id: ItemId::of(element.need("ItemID")?)?,
            detail,
            blanket: blanket.map(BlanketDetail::of).transpose()?.map(Box::new),
            agreement_id: agreement.and_then(|agreement| agreement.said("agreementID")),
            supplier,
            ship_to: Address::maybe(element, "ShipTo")?.map(Box::new),
            shipping: Shipping::maybe(element)?.map(Box::new),
            tax: Tax::maybe(element)?.map(Box::new),
            distributions: Distribution::all(element)?,
            contacts: Contact::all(element)?,
            comments: Comments::all(element),
            extrinsics: Extrinsic::all(element),
        })
    }

    pub(super) fn write(&self, side: Side, writer: &mut Writer) {
        let quantity = self.quantity.to_string();
        let line = self.line_number.map(|number| number.to_string());
        let parent = self.parent_line_number.map(|number| number.to_string());
        let out =
            |text: Option<&'_ str>| if side == Side::Out { text.map(str::to_owned) } else { None };
        let requisition = out(self.requisition_id.as_deref());
        let delivery = out(Stamp::text_of(self.requested_delivery.as_ref()));
        let agreement = out(self.agreement_item_number.as_deref());
        writer.open(
            side.word(),
            &[
                ("quantity", Some(&quantity)),
                ("lineNumber", line.as_deref()),
                ("parentLineNumber", parent.as_deref()),
                ("itemType", self.item_type.as_deref()),
                ("requisitionID", requisition.as_deref()),
                ("requestedDeliveryDate", delivery.as_deref()),
                ("agreementItemNumber", agreement.as_deref()),
            ],
        );
        self.id.write(writer);
        match &self.blanket {
            Some(blanket) if side == Side::Out && self.detail.is_none() => blanket.write(writer),
            _ => self.detail.iter().for_each(|detail| detail.write(writer)),
        }
        if let Some((domain, value)) = &self.supplier {
            writer.leaf("SupplierID", &[("domain", Some(domain))], value);
        }
        Address::write_if(self.ship_to.as_deref(), "ShipTo", writer);
        self.shipping.iter().for_each(|shipping| shipping.write(writer));
        self.tax.iter().for_each(|tax| tax.write(writer));
        Distribution::write_all(&self.distributions, writer);
        Contact::write_all(&self.contacts, writer);
        match side {
            Side::In => {
                Comments::write_merged(&self.comments, writer);
                Extrinsic::write_all(&self.extrinsics, writer);
            }
            Side::Out => {
                Comments::write_all(&self.comments, writer);
                if let Some(id) = &self.agreement_id {
                    writer.leaf("MasterAgreementIDInfo", &[("agreementID", Some(id))], "");
                }
            }
        }
        writer.close(side.word());
    }

    /// Reads every line of an element, at most [`super::limits::LINES`].
    pub(super) fn all(parent: Element<'_>, side: Side, needs_detail: bool) -> Read<Vec<Self>> {
        let lines = parent.named(side.word()).count();
        if lines > super::limits::LINES {
            let most = super::limits::LINES;
            return Err(parent
                .fault()
                .found(format!("{lines} lines"))
                .expected(format!("at most {most} lines"))
                .mend("Split the document."));
        }
        let mut items = Vec::with_capacity(lines);
        for line in parent.named(side.word()) {
            items.push(Self::of(line, needs_detail)?);
        }
        Ok(items)
    }
}

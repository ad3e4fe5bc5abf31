//! OrderRequest: a purchase order, its change or its cancellation.

use std::collections::HashSet;

use super::address::{Address, Contact};
use super::charges::{Shipping, Tax};
use super::item::{Item, Side};
use super::read::{Read, words};
use super::tree::Element;
use super::values::{
    Amount, Comments, Extrinsic, IdReference, Stamp, document_reference_in,
    write_document_reference,
};
use super::write::Writer;

words! {
    /// What the document does to the order.
    OrderAction {
        New = "new",
        Update = "update",
        Delete = "delete",
    }
}

/// A purchase order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRequest {
    pub order_id: String,
    pub order_date: Stamp,
    pub action: OrderAction,
    /// `regular`, `release`, `blanket`, ..; absent means regular.
    pub order_type: Option<String>,
    pub order_version: Option<String>,
    pub requisition_id: Option<String>,
    pub agreement_id: Option<String>,
    pub requested_delivery: Option<Stamp>,
    /// From when and until when a blanket order holds.
    pub effective_date: Option<Stamp>,
    pub expiration_date: Option<Stamp>,
    /// Nothing is delivered against this blanket order without a release.
    pub release_required: bool,
    /// Nothing is to be shipped before everything is there.
    pub ship_complete: bool,
    pub total: Amount,
    pub ship_to: Option<Address>,
    /// Required by the DTD, absent in one order of twelve.
    pub bill_to: Option<Address>,
    pub shipping: Option<Shipping>,
    pub tax: Option<Tax>,
    pub contacts: Vec<Contact>,
    pub comments: Vec<Comments>,
    /// Where news of the order are wanted.
    pub followup_url: Option<String>,
    /// The payloadID of the order that this one changes or cancels.
    pub document_reference: Option<String>,
    /// The supplier's own number of the order.
    pub supplier_order_id: Option<String>,
    pub references: Vec<IdReference>,
    pub extrinsics: Vec<Extrinsic>,
    pub items: Vec<Item>,
}

impl OrderRequest {
    pub fn new(
        order_id: impl Into<String>,
        order_date: impl Into<Stamp>,
        total: Amount,
        items: Vec<Item>,
    ) -> Self {
        Self {
            order_id: order_id.into(),
            order_date: order_date.into(),
            action: OrderAction::New,
            order_type: None,
            order_version: None,
            requisition_id: None,
            agreement_id: None,
            requested_delivery: None,
            effective_date: None,
            expiration_date: None,
            release_required: false,
            ship_complete: false,
            total,
            ship_to: None,
            bill_to: None,
            shipping: None,
            tax: None,
            contacts: Vec::new(),
            comments: Vec::new(),
            followup_url: None,
            document_reference: None,
            supplier_order_id: None,
            references: Vec::new(),
            extrinsics: Vec::new(),
            items,
        }
    }

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let header = element.need("OrderRequestHeader")?;
        let followup = header.one("Followup")?;
        let supplier_order = header.one("SupplierOrderInfo")?;
        let order = Self {
            order_id: header.need_attribute("orderID")?.trim().to_owned(),
            order_date: Stamp::of(header, "orderDate").unwrap_or_default(),
            action: OrderAction::read(header, "type", Some(OrderAction::New))?,
            order_type: header.said("orderType"),
            order_version: header.said("orderVersion"),
            requisition_id: header.said("requisitionID"),
            agreement_id: header.said("agreementID"),
            requested_delivery: Stamp::of(header, "requestedDeliveryDate"),
            effective_date: Stamp::of(header, "effectiveDate"),
            expiration_date: Stamp::of(header, "expirationDate"),
            release_required: header.attribute("releaseRequired") == Some("yes"),
            ship_complete: header.attribute("shipComplete") == Some("yes"),
            total: Amount::unsigned_inside(header.need("Total")?)?,
            ship_to: Address::maybe(header, "ShipTo")?,
            bill_to: Address::maybe(header, "BillTo")?,
            shipping: Shipping::maybe(header)?,
            tax: Tax::maybe(header)?,
            contacts: Contact::all(header)?,
            comments: Comments::all(header),
            followup_url: followup.map_or(Ok(None), super::values::url_in)?,
            document_reference: document_reference_in(header)?,
            supplier_order_id: supplier_order.and_then(|info| info.said("orderID")),
            references: IdReference::all(header),
            extrinsics: Extrinsic::all(header),
            items: Item::all(element, Side::Out, false)?,
        };
        if order.items.is_empty() && order.action != OrderAction::Delete {
            element.need("ItemOut")?;
        }
        no_line_twice(element, &order.items)?;
        Ok(order)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("OrderRequest", &[]);
        writer.open(
            "OrderRequestHeader",
            &[
                ("orderID", Some(&self.order_id)),
                ("orderDate", Some(self.order_date.text())),
                ("type", Some(self.action.word())),
                ("orderType", self.order_type.as_deref()),
                ("orderVersion", self.order_version.as_deref()),
                ("requisitionID", self.requisition_id.as_deref()),
                ("agreementID", self.agreement_id.as_deref()),
                ("requestedDeliveryDate", Stamp::text_of(self.requested_delivery.as_ref())),
                ("effectiveDate", Stamp::text_of(self.effective_date.as_ref())),
                ("expirationDate", Stamp::text_of(self.expiration_date.as_ref())),
                ("releaseRequired", self.release_required.then_some("yes")),
                ("shipComplete", self.ship_complete.then_some("yes")),
            ],
        );
        self.total.write("Total", writer);
        Address::write_if(self.ship_to.as_ref(), "ShipTo", writer);
        // The DTD wants a BillTo, even of who has none.
        self.bill_to.as_ref().unwrap_or(&Address::default()).write("BillTo", writer);
        self.shipping.iter().for_each(|shipping| shipping.write(writer));
        self.tax.iter().for_each(|tax| tax.write(writer));
        Contact::write_all(&self.contacts, writer);
        Comments::write_all(&self.comments, writer);
        if let Some(url) = &self.followup_url {
            writer.open("Followup", &[]);
            writer.leaf("URL", &[], url);
            writer.close("Followup");
        }
        write_document_reference(self.document_reference.as_deref(), writer);
        if let Some(order_id) = &self.supplier_order_id {
            writer.leaf("SupplierOrderInfo", &[("orderID", Some(order_id))], "");
        }
        IdReference::write_all(&self.references, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("OrderRequestHeader");
        self.items.iter().for_each(|item| item.write(Side::Out, writer));
        writer.close("OrderRequest");
    }
}

/// Two lines of one number would make every later document ambiguous.
fn no_line_twice(element: Element<'_>, items: &[Item]) -> Read<()> {
    let mut seen = HashSet::with_capacity(items.len());
    let twice = items.iter().position(|item| item.line_number.is_some_and(|n| !seen.insert(n)));
    match twice.and_then(|index| element.named("ItemOut").nth(index)) {
        None => Ok(()),
        Some(line) => Err(line
            .attribute_fault("lineNumber")
            .expected("a line number that no other line has")
            .mend("Number the lines 1, 2, 3, ..")),
    }
}

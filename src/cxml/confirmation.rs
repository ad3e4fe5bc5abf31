//! ConfirmationRequest: what the supplier says about an order. Also the order reference that ship
//! notices and invoices share.

use rust_decimal::Decimal;

use super::address::Contact;
use super::charges::{Shipping, Tax};
use super::item::{Item, Side};
use super::limits;
use super::read::{Read, words};
use super::tree::Element;
use super::values::{
    Amount, Comments, Extrinsic, IdReference, Stamp, document_reference_in,
    write_document_reference,
};
use super::write::Writer;

mod reference;

pub use reference::OrderReference;

words! {
    /// What is said of the whole order.
    ConfirmationKind {
        Accept = "accept",
        AllDetail = "allDetail",
        Detail = "detail",
        Backordered = "backordered",
        Except = "except",
        Reject = "reject",
        RequestToPay = "requestToPay",
        Replace = "replace",
    }
    /// What is said of a part of a line.
    LineStatus {
        Accept = "accept",
        AllDetail = "allDetail",
        Detail = "detail",
        Backordered = "backordered",
        Reject = "reject",
        Unknown = "unknown",
        RequestToPay = "requestToPay",
    }
    /// Whether a notice is the first, mends an earlier one or takes it back.
    NoticeOperation {
        New = "new",
        Update = "update",
        Delete = "delete",
    }
}

/// What the supplier says about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationRequest {
    pub kind: ConfirmationKind,
    pub operation: NoticeOperation,
    pub notice_date: Stamp,
    /// The supplier's number of this confirmation.
    pub confirm_id: Option<String>,
    /// The payloadID of the confirmation that an update replaces.
    pub document_reference: Option<String>,
    pub total: Option<Amount>,
    pub shipping: Option<Shipping>,
    pub tax: Option<Tax>,
    pub contacts: Vec<Contact>,
    pub comments: Vec<Comments>,
    pub references: Vec<IdReference>,
    pub extrinsics: Vec<Extrinsic>,
    pub order: OrderReference,
    /// None when the word of the header holds for all lines.
    pub items: Vec<ConfirmationItem>,
}

/// What is said about one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationItem {
    pub line_number: u32,
    /// The quantity that was ordered, not below zero.
    pub quantity: Decimal,
    pub unit: String,
    /// Their quantities should add up to the line's.
    pub statuses: Vec<ConfirmationStatus>,
}

/// What becomes of a part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationStatus {
    pub kind: LineStatus,
    pub quantity: Decimal,
    pub unit: String,
    pub delivery_date: Option<Stamp>,
    pub shipment_date: Option<Stamp>,
    /// What is delivered instead.
    pub item: Option<Box<Item>>,
    pub unit_price: Option<Amount>,
    pub tax: Option<Tax>,
    pub shipping: Option<Shipping>,
    pub comments: Vec<Comments>,
    pub extrinsics: Vec<Extrinsic>,
}

impl ConfirmationRequest {
    pub fn new(
        kind: ConfirmationKind,
        notice_date: impl Into<Stamp>,
        order: OrderReference,
        items: Vec<ConfirmationItem>,
    ) -> Self {
        Self {
            kind,
            operation: NoticeOperation::New,
            notice_date: notice_date.into(),
            confirm_id: None,
            document_reference: None,
            total: None,
            shipping: None,
            tax: None,
            contacts: Vec::new(),
            comments: Vec::new(),
            references: Vec::new(),
            extrinsics: Vec::new(),
            order,
            items,
        }
    }

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let header = element.need("ConfirmationHeader")?;
        Ok(Self {
            kind: ConfirmationKind::read(header, "type", None)?,
            operation: NoticeOperation::read(header, "operation", Some(NoticeOperation::New))?,
            notice_date: Stamp::of(header, "noticeDate").unwrap_or_default(),
            confirm_id: header.said("confirmID"),
            document_reference: document_reference_in(header)?,
            total: Amount::maybe_inside(header.one("Total")?)?,
            shipping: Shipping::maybe(header)?,
            tax: Tax::maybe(header)?,
            contacts: Contact::all(header)?,
            comments: Comments::all(header),
            references: IdReference::all(header),
            extrinsics: Extrinsic::all(header),
            order: OrderReference::of(element.need("OrderReference")?)?,
            items: bounded(element, "ConfirmationItem")?
                .map(ConfirmationItem::of)
                .collect::<Read<_>>()?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("ConfirmationRequest", &[]);
        writer.open(
            "ConfirmationHeader",
            &[
                ("type", Some(self.kind.word())),
                ("operation", Some(self.operation.word())),
                ("noticeDate", Some(self.notice_date.text())),
                ("confirmID", self.confirm_id.as_deref()),
            ],
        );
        write_document_reference(self.document_reference.as_deref(), writer);
        Amount::write_if(self.total.as_ref(), "Total", writer);
        self.shipping.iter().for_each(|shipping| shipping.write(writer));
        self.tax.iter().for_each(|tax| tax.write(writer));
        Contact::write_all(&self.contacts, writer);
        Comments::write_all(&self.comments, writer);
        IdReference::write_all(&self.references, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("ConfirmationHeader");
        self.order.write(writer);
        self.items.iter().for_each(|item| item.write(writer));
        writer.close("ConfirmationRequest");
    }
}

impl ConfirmationItem {
    fn of(element: Element<'_>) -> Read<Self> {
        if element.first("ConfirmationStatus").is_none() {
            element.need("ConfirmationStatus")?;
        }
        Ok(Self {
            line_number: element.need_line_number("lineNumber")?,
            quantity: not_negative(element, "quantity")?,
            unit: element.text_of("UnitOfMeasure")?.unwrap_or_default(),
            statuses: element.every("ConfirmationStatus", ConfirmationStatus::of)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let line = self.line_number.to_string();
        let quantity = self.quantity.to_string();
        let attributes = [("lineNumber", Some(line.as_str())), ("quantity", Some(&quantity))];
        writer.open("ConfirmationItem", &attributes);
        writer.leaf("UnitOfMeasure", &[], &self.unit);
        self.statuses.iter().for_each(|status| status.write(writer));
        writer.close("ConfirmationItem");
    }
}

impl ConfirmationStatus {
    pub fn new(kind: LineStatus, quantity: Decimal, unit: impl Into<String>) -> Self {
        Self {
            kind,
            quantity,
            unit: unit.into(),
            delivery_date: None,
            shipment_date: None,
            item: None,
            unit_price: None,
            tax: None,
            shipping: None,
            comments: Vec::new(),
            extrinsics: Vec::new(),
        }
    }

    fn of(element: Element<'_>) -> Read<Self> {
        let item = element.one("ItemIn")?;
        Ok(Self {
            kind: LineStatus::read(element, "type", None)?,
            quantity: not_negative(element, "quantity")?,
            unit: element.text_of("UnitOfMeasure")?.unwrap_or_default(),
            delivery_date: Stamp::of(element, "deliveryDate"),
            shipment_date: Stamp::of(element, "shipmentDate"),
            item: item.map(|item| Item::of(item, true)).transpose()?.map(Box::new),
            unit_price: Amount::maybe_inside(element.one("UnitPrice")?)?,
            tax: Tax::maybe(element)?,
            shipping: Shipping::maybe(element)?,
            comments: Comments::all(element),
            extrinsics: Extrinsic::all(element),
        })
    }

    fn write(&self, writer: &mut Writer) {
        let quantity = self.quantity.to_string();
        writer.open(
            "ConfirmationStatus",
            &[
                ("type", Some(self.kind.word())),
                ("quantity", Some(&quantity)),
                ("deliveryDate", Stamp::text_of(self.delivery_date.as_ref())),
                ("shipmentDate", Stamp::text_of(self.shipment_date.as_ref())),
            ],
        );
        writer.leaf("UnitOfMeasure", &[], &self.unit);
        match &self.item {
            Some(item) => item.write(Side::In, writer),
            None => {
                Amount::write_if(self.unit_price.as_ref(), "UnitPrice", writer);
                self.tax.iter().for_each(|tax| tax.write(writer));
                self.shipping.iter().for_each(|shipping| shipping.write(writer));
            }
        }
        Comments::write_all(&self.comments, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("ConfirmationStatus");
    }
}

/// A number that is not below zero: a rejected part may be 0.
pub(super) fn not_negative(element: Element<'_>, attribute: &'static str) -> Read<Decimal> {
    let number = element.number_in(attribute)?;
    if number < Decimal::ZERO {
        return Err(element
            .attribute_fault(attribute)
            .expected("a number not below zero")
            .mend("Send what is given back as a return."));
    }
    Ok(number)
}

/// The children of a name, at most [`limits::LINES`].
pub(super) fn bounded<'t>(
    parent: Element<'t>,
    name: &'static str,
) -> Read<impl Iterator<Item = Element<'t>>> {
    let lines = parent.named(name).count();
    if lines > limits::LINES {
        return Err(parent
            .fault()
            .found(format!("{lines} lines"))
            .expected(format!("at most {} lines", limits::LINES))
            .mend("Split the document."));
    }
    Ok(parent.named(name))
}

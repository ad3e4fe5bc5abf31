//! ShipNoticeRequest: goods are on their way. A portion without lines means the whole order.

use rust_decimal::Decimal;

use super::address::Contact;
use super::confirmation::{NoticeOperation, OrderReference, bounded, not_negative};
use super::item::ItemId;
use super::read::Read;
use super::tree::Element;
use super::values::{
    Comments, Extrinsic, IdReference, Stamp, document_reference_in, write_document_reference,
};
use super::write::Writer;

/// Goods on their way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipNoticeRequest {
    pub shipment_id: String,
    pub operation: NoticeOperation,
    pub notice_date: Stamp,
    pub shipment_date: Option<Stamp>,
    pub delivery_date: Option<Stamp>,
    /// `actual` or `planned`.
    pub shipment_type: Option<String>,
    /// `partial` or `complete`.
    pub fulfillment_type: Option<String>,
    pub document_reference: Option<String>,
    pub contacts: Vec<Contact>,
    pub comments: Vec<Comments>,
    pub extrinsics: Vec<Extrinsic>,
    pub references: Vec<IdReference>,
    pub controls: Vec<ShipControl>,
    pub portions: Vec<ShipNoticePortion>,
}

/// Who carries it and under which number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShipControl {
    /// Domain and name: `companyName` and `Fast Parcels`.
    pub carriers: Vec<(String, String)>,
    pub shipments: Vec<ShipmentIdentifier>,
}

/// A tracking number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShipmentIdentifier {
    pub number: String,
    pub domain: Option<String>,
    pub tracking_url: Option<String>,
}

/// What of one order is in the shipment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipNoticePortion {
    pub order: OrderReference,
    pub comments: Vec<Comments>,
    pub extrinsics: Vec<Extrinsic>,
    pub items: Vec<ShipNoticeItem>,
}

/// A line, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipNoticeItem {
    /// The order's line.
    pub line_number: u32,
    pub ship_notice_line_number: Option<u32>,
    pub quantity: Decimal,
    pub unit: String,
    pub id: Option<ItemId>,
    pub comments: Vec<Comments>,
    pub extrinsics: Vec<Extrinsic>,
}

impl ShipNoticeRequest {
    pub fn new(
        shipment_id: impl Into<String>,
        notice_date: impl Into<Stamp>,
        portions: Vec<ShipNoticePortion>,
    ) -> Self {
        Self {
            shipment_id: shipment_id.into(),
            operation: NoticeOperation::New,
            notice_date: notice_date.into(),
            shipment_date: None,
            delivery_date: None,
            shipment_type: None,
            fulfillment_type: None,
            document_reference: None,
            contacts: Vec::new(),
            comments: Vec::new(),
            extrinsics: Vec::new(),
            references: Vec::new(),
            controls: Vec::new(),
            portions,
        }
    }

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let header = element.need("ShipNoticeHeader")?;
        Ok(Self {
            shipment_id: header.need_attribute("shipmentID")?.trim().to_owned(),
            operation: NoticeOperation::read(header, "operation", Some(NoticeOperation::New))?,
            notice_date: Stamp::of(header, "noticeDate").unwrap_or_default(),
            shipment_date: Stamp::of(header, "shipmentDate"),
            delivery_date: Stamp::of(header, "deliveryDate"),
            shipment_type: header.said("shipmentType"),
            fulfillment_type: header.said("fulfillmentType"),
            document_reference: document_reference_in(header)?,
            contacts: Contact::all(header)?,
            comments: Comments::all(header),
            extrinsics: Extrinsic::all(header),
            references: IdReference::all(header),
            controls: element.each("ShipControl", ShipControl::of),
            portions: element.every("ShipNoticePortion", ShipNoticePortion::of)?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("ShipNoticeRequest", &[]);
        writer.open(
            "ShipNoticeHeader",
            &[
                ("shipmentID", Some(&self.shipment_id)),
                ("operation", Some(self.operation.word())),
                ("noticeDate", Some(self.notice_date.text())),
                ("shipmentDate", Stamp::text_of(self.shipment_date.as_ref())),
                ("deliveryDate", Stamp::text_of(self.delivery_date.as_ref())),
                ("shipmentType", self.shipment_type.as_deref()),
                ("fulfillmentType", self.fulfillment_type.as_deref()),
            ],
        );
        write_document_reference(self.document_reference.as_deref(), writer);
        Contact::write_all(&self.contacts, writer);
        Comments::write_all(&self.comments, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        IdReference::write_all(&self.references, writer);
        writer.close("ShipNoticeHeader");
        self.controls.iter().for_each(|control| control.write(writer));
        self.portions.iter().for_each(|portion| portion.write(writer));
        writer.close("ShipNoticeRequest");
    }
}

impl ShipControl {
    fn of(element: Element<'_>) -> Self {
        let carrier = |found: Element<'_>| {
            let domain = found.attribute("domain").unwrap_or_default();
            (domain.to_owned(), found.trimmed().to_owned())
        };
        let shipment = |found: Element<'_>| ShipmentIdentifier {
            number: found.trimmed().to_owned(),
            domain: found.said("domain"),
            tracking_url: found.said("trackingURL"),
        };
        Self {
            carriers: element.each("CarrierIdentifier", carrier),
            shipments: element.each("ShipmentIdentifier", shipment),
        }
    }

    fn write(&self, writer: &mut Writer) {
        // The DTD wants both, so half a control is not written.
        if self.carriers.is_empty() || self.shipments.is_empty() {
            return;
        }
        writer.open("ShipControl", &[]);
        for (domain, name) in &self.carriers {
            writer.leaf("CarrierIdentifier", &[("domain", Some(domain))], name);
        }
        for shipment in &self.shipments {
            let attributes = [
                ("domain", shipment.domain.as_deref()),
                ("trackingURL", shipment.tracking_url.as_deref()),
            ];
            writer.leaf("ShipmentIdentifier", &attributes, &shipment.number);
        }
        writer.close("ShipControl");
    }
}

impl ShipNoticePortion {
    fn of(element: Element<'_>) -> Read<Self> {
        Ok(Self {
            order: OrderReference::of(element.need("OrderReference")?)?,
            comments: Comments::all(element),
            extrinsics: Extrinsic::all(element),
            items: bounded(element, "ShipNoticeItem")?
                .map(ShipNoticeItem::of)
                .collect::<Read<_>>()?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.open("ShipNoticePortion", &[]);
        self.order.write(writer);
        Comments::write_all(&self.comments, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        self.items.iter().for_each(|item| item.write(writer));
        writer.close("ShipNoticePortion");
    }
}

impl ShipNoticeItem {
    fn of(element: Element<'_>) -> Read<Self> {
        Ok(Self {
            line_number: element.need_line_number("lineNumber")?,
            ship_notice_line_number: element.line_number_in("shipNoticeLineNumber")?,
            quantity: not_negative(element, "quantity")?,
            unit: element.text_of("UnitOfMeasure")?.unwrap_or_default(),
            id: element.one("ItemID")?.map(ItemId::of).transpose()?,
            comments: Comments::all(element),
            extrinsics: Extrinsic::all(element),
        })
    }

    fn write(&self, writer: &mut Writer) {
        let line = self.line_number.to_string();
        let own_line = self.ship_notice_line_number.map(|number| number.to_string());
        let quantity = self.quantity.to_string();
        writer.open(
            "ShipNoticeItem",
            &[
                ("shipNoticeLineNumber", own_line.as_deref()),
                ("lineNumber", Some(&line)),
                ("quantity", Some(&quantity)),
            ],
        );
        self.id.iter().for_each(|id| id.write(writer));
        writer.leaf("UnitOfMeasure", &[], &self.unit);
        Comments::write_all(&self.comments, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("ShipNoticeItem");
    }
}

//! ReceiptRequest: the buyer tells the supplier what arrived, and what goes back.

use rust_decimal::Decimal;

use super::confirmation::{OrderReference, bounded, not_negative};
use super::item::{ItemId, PriceBasis};
use super::order_info;
use super::read::{Read, words};
use super::tree::Element;
use super::values::{
    Amount, Comments, Description, Extrinsic, Stamp, document_reference_in,
    write_document_reference,
};
use super::write::Writer;

words! {
    /// Whether a receipt is told or taken back.
    ReceiptOperation {
        New = "new",
        Delete = "delete",
    }
    /// Which way the goods went.
    ReceiptKind {
        Received = "received",
        Returned = "returned",
    }
}

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRequest {
    pub receipt_id: String,
    pub receipt_date: Stamp,
    pub operation: ReceiptOperation,
    /// The payloadID of the receipt that this one takes back.
    pub document_reference: Option<String>,
    pub comments: Vec<Comments>,
    pub extrinsics: Vec<Extrinsic>,
    pub orders: Vec<ReceiptOrder>,
    /// What the received goods are worth.
    pub total: Amount,
}

/// What arrived of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptOrder {
    pub order: OrderReference,
    /// Nothing more is expected.
    pub closes: bool,
    pub items: Vec<ReceiptItem>,
}

/// What arrived of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptItem {
    /// The receipt's own line.
    pub line_number: u32,
    /// The order's line.
    pub order_line: u32,
    pub kind: ReceiptKind,
    /// Not below zero.
    pub quantity: Decimal,
    pub unit: String,
    pub unit_price: Amount,
    pub basis: Option<Box<PriceBasis>>,
    pub amount: Amount,
    pub id: Option<ItemId>,
    pub description: Option<Description>,
    pub comments: Vec<Comments>,
    pub extrinsics: Vec<Extrinsic>,
}

impl ReceiptRequest {
    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let header = element.need("ReceiptRequestHeader")?;
        element.need_some("ReceiptOrder")?;
        Ok(Self {
            receipt_id: header.need_attribute("receiptID")?.trim().to_owned(),
            receipt_date: Stamp::of(header, "receiptDate").unwrap_or_default(),
            operation: ReceiptOperation::read(header, "operation", Some(ReceiptOperation::New))?,
            document_reference: document_reference_in(header)?,
            comments: Comments::all(header),
            extrinsics: Extrinsic::all(header),
            orders: element.every("ReceiptOrder", ReceiptOrder::of)?,
            total: Amount::inside(element.need("Total")?)?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("ReceiptRequest", &[]);
        writer.open(
            "ReceiptRequestHeader",
            &[
                ("receiptID", Some(&self.receipt_id)),
                ("receiptDate", Some(self.receipt_date.text())),
                ("operation", Some(self.operation.word())),
            ],
        );
        write_document_reference(self.document_reference.as_deref(), writer);
        Comments::write_merged(&self.comments, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("ReceiptRequestHeader");
        self.orders.iter().for_each(|order| order.write(writer));
        self.total.write("Total", writer);
        writer.close("ReceiptRequest");
    }
}

impl ReceiptOrder {
    fn of(element: Element<'_>) -> Read<Self> {
        Ok(Self {
            order: order_info::of(element.need("ReceiptOrderInfo")?)?,
            closes: element.attribute("closeForReceiving") == Some("yes"),
            items: bounded(element, "ReceiptItem")?.map(ReceiptItem::of).collect::<Read<_>>()?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let closes = ("closeForReceiving", self.closes.then_some("yes"));
        writer.open("ReceiptOrder", &[closes]);
        order_info::write("ReceiptOrderInfo", &self.order, writer);
        self.items.iter().for_each(|item| item.write(writer));
        writer.close("ReceiptOrder");
    }
}

impl ReceiptItem {
    fn of(element: Element<'_>) -> Read<Self> {
        let reference = element.need("ReceiptItemReference")?;
        let rate = element.need("UnitRate")?;
        Ok(Self {
            line_number: element.need_line_number("receiptLineNumber")?,
            order_line: reference.need_line_number("lineNumber")?,
            kind: ReceiptKind::read(element, "type", Some(ReceiptKind::Received))?,
            quantity: not_negative(element, "quantity")?,
            unit: rate.text_of("UnitOfMeasure")?.unwrap_or_default(),
            unit_price: Amount::inside(rate)?,
            basis: PriceBasis::maybe(rate)?.map(Box::new),
            amount: Amount::inside(element.need("ReceivedAmount")?)?,
            id: reference.one("ItemID")?.map(ItemId::of).transpose()?,
            description: reference.one("Description")?.map(Description::of).transpose()?,
            comments: Comments::all(element),
            extrinsics: Extrinsic::all(element),
        })
    }

    fn write(&self, writer: &mut Writer) {
        let line = self.line_number.to_string();
        let order_line = self.order_line.to_string();
        let quantity = self.quantity.to_string();
        writer.open(
            "ReceiptItem",
            &[
                ("receiptLineNumber", Some(&line)),
                ("quantity", Some(&quantity)),
                ("type", Some(self.kind.word())),
            ],
        );
        writer.open("ReceiptItemReference", &[("lineNumber", Some(&order_line))]);
        self.id.iter().for_each(|id| id.write(writer));
        self.description.iter().for_each(|description| description.write(writer));
        writer.close("ReceiptItemReference");
        writer.open("UnitRate", &[]);
        self.unit_price.write_money(writer);
        writer.leaf("UnitOfMeasure", &[], &self.unit);
        self.basis.iter().for_each(|basis| basis.write(writer));
        writer.close("UnitRate");
        self.amount.write("ReceivedAmount", writer);
        Comments::write_merged(&self.comments, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("ReceiptItem");
    }
}

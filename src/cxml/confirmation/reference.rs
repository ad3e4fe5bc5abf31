//! OrderReference: the order that a document is about.

use super::super::fault::ContentFault;
use super::super::read::Read;
use super::super::tree::Element;
use super::super::values::{Stamp, document_reference_in, write_document_reference};
use super::super::write::Writer;

/// Which order is meant: by the payloadID of its document, its number, or both.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderReference {
    pub order_id: Option<String>,
    pub order_date: Option<Stamp>,
    /// Useless in some senders' documents: absent or empty.
    pub payload_id: Option<String>,
}

impl OrderReference {
    pub fn new(order_id: impl Into<String>, payload_id: impl Into<String>) -> Self {
        Self {
            order_id: Some(order_id.into()),
            order_date: None,
            payload_id: Some(payload_id.into()),
        }
    }

    /// The reference in an `OrderReference` element.
    pub(in crate::cxml) fn of(element: Element<'_>) -> Read<Self> {
        let reference = Self {
            order_id: element.said("orderID").map(|id| id.trim().to_owned()),
            order_date: Stamp::of(element, "orderDate"),
            payload_id: document_reference_in(element)?,
        };
        if reference.order_id.is_none() && reference.payload_id.is_none() {
            let fault: ContentFault = element.attribute_fault("orderID");
            return Err(fault
                .expected("the order's orderID or the payloadID of its document")
                .mend("Name the order."));
        }
        Ok(reference)
    }

    pub(in crate::cxml) fn write(&self, writer: &mut Writer) {
        writer.open(
            "OrderReference",
            &[
                ("orderID", self.order_id.as_deref()),
                ("orderDate", Stamp::text_of(self.order_date.as_ref())),
            ],
        );
        // The DTD wants it even when it is not known.
        write_document_reference(Some(self.payload_id.as_deref().unwrap_or_default()), writer);
        writer.close("OrderReference");
    }
}

//! The order that an invoice, a receipt or a payment is about, in any of its forms: by the
//! payloadID of its document, or by its number alone.

use super::confirmation::OrderReference;
use super::read::Read;
use super::tree::Element;
use super::values::Stamp;
use super::write::Writer;

/// The order inside an element such as `InvoiceDetailOrderInfo`.
pub(super) fn of(info: Element<'_>) -> Read<OrderReference> {
    if let Some(reference) = info.one("OrderReference")? {
        return OrderReference::of(reference);
    }
    let found = info.one("OrderIDInfo")?.or(info.one("SupplierOrderInfo")?);
    Ok(OrderReference {
        order_id: found.and_then(|id| id.said("orderID")),
        order_date: found.and_then(|id| Stamp::of(id, "orderDate")),
        payload_id: None,
    })
}

/// Writes the order inside an element of this name.
pub(super) fn write(name: &str, order: &OrderReference, writer: &mut Writer) {
    writer.open(name, &[]);
    if order.payload_id.is_some() {
        order.write(writer);
    } else if order.order_id.is_some() || writer.keeps_nothing() {
        let id = ("orderID", Some(order.order_id.as_deref().unwrap_or_default()));
        let date = ("orderDate", Stamp::text_of(order.order_date.as_ref()));
        writer.leaf("OrderIDInfo", &[id, date], "");
    }
    writer.close(name);
}

//! A ReceiptRequest as goods in hand, order by order.

use rust_decimal::Decimal;

use crate::{
    cxml::receipt::{ReceiptKind, ReceiptOperation, ReceiptRequest},
    domain::{order::Reference, refusal::Refusal},
};

/// What was taken in of one line, below zero when more of it went back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The line of the procurement system's order.
    pub line: i64,
    pub quantity: Decimal,
    /// As the procurement system writes it; empty: the order's.
    pub unit: String,
}

/// What was taken in of which order, each line once, less what went back of it.
pub fn said(request: &ReceiptRequest) -> Result<Vec<(Reference, Vec<Received>)>, Refusal> {
    if request.operation == ReceiptOperation::Delete {
        return Err(Refusal::invalid("receipt-kind", "Receipts are not taken back.")
            .field("ReceiptRequestHeader/@operation")
            .got(request.operation.word())
            .expected("new")
            .mend("Agree a return with the supplier; goods that go back have type returned."));
    }
    let of = |order: &crate::cxml::receipt::ReceiptOrder| {
        let mut lines: Vec<Received> = Vec::new();
        for item in &order.items {
            let line = i64::from(item.order_line);
            let quantity = match item.kind {
                ReceiptKind::Received => item.quantity,
                ReceiptKind::Returned => -item.quantity,
            };
            match lines.iter_mut().find(|own| own.line == line && own.unit == item.unit) {
                Some(own) => own.quantity += quantity,
                None => lines.push(Received { line, quantity, unit: item.unit.clone() }),
            }
        }
        lines.retain(|line| !line.quantity.is_zero());
        (super::order::reference(&order.order), lines)
    };
    Ok(request.orders.iter().map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::money::Currency,
        cxml::{
            confirmation::OrderReference,
            receipt::{ReceiptItem, ReceiptOrder},
            values::{Amount, Stamp},
        },
    };

    fn item(line: u32, kind: ReceiptKind, quantity: i64) -> ReceiptItem {
        let nothing = Amount::new(Decimal::ZERO, Currency::EUR);
        ReceiptItem {
            line_number: line,
            order_line: line,
            kind,
            quantity: quantity.into(),
            unit: "EA".to_owned(),
            unit_price: nothing,
            basis: None,
            amount: nothing,
            id: None,
            description: None,
            comments: Vec::new(),
            extrinsics: Vec::new(),
        }
    }

    #[test]
    fn what_arrived_is_added_up_and_what_went_back_is_taken_off() {
        let (received, returned) = (ReceiptKind::Received, ReceiptKind::Returned);
        let mut request = ReceiptRequest {
            receipt_id: "GR-1".to_owned(),
            receipt_date: Stamp::default(),
            operation: ReceiptOperation::New,
            document_reference: None,
            comments: Vec::new(),
            extrinsics: Vec::new(),
            orders: vec![ReceiptOrder {
                order: OrderReference::new("4500", ""),
                closes: false,
                items: vec![item(2, received, 3), item(2, received, 4), item(1, returned, 1)],
            }],
            total: Amount::new(Decimal::ZERO, Currency::EUR),
        };
        let all = said(&request).unwrap();
        assert_eq!(all[0].0.number.as_deref(), Some("4500"));
        let line = |line, quantity: i64| Received {
            line,
            quantity: quantity.into(),
            unit: "EA".to_owned(),
        };
        assert_eq!(all[0].1, [line(2, 7), line(1, -1)]);
        request.operation = ReceiptOperation::Delete;
        assert_eq!(said(&request).unwrap_err().code, "receipt-kind");
    }
}

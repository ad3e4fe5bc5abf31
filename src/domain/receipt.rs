//! What the buyer has in hand.

use rust_decimal::Decimal;

use crate::base::{
    id::{DocumentId, OrderId, PersonId, ReceiptId},
    time::Time,
};

use super::{
    order::{OrderLine, over_quantity},
    refusal::Refusal,
    shipment::Moved,
};

/// Goods that were taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub id: ReceiptId,
    pub order: OrderId,
    /// Who took them in; of a procurement system's receipt whoever asked for them.
    pub person: PersonId,
    /// The procurement system's number of it; empty when a person said it here.
    pub number: String,
    /// The document that said it.
    pub document: Option<DocumentId>,
    pub at: Time,
    pub parts: Vec<Moved>,
}

/// Adds what was received to the lines, never beyond what was ordered.
pub fn add(lines: &mut [OrderLine], parts: &[Moved]) -> Result<(), Refusal> {
    for part in parts {
        let Some(line) = lines.iter_mut().find(|line| line.line_number == part.line_number) else {
            continue;
        };
        let received: Decimal = line.progress.received + part.quantity;
        if received > line.ordered() {
            return Err(over_quantity(line, "received", received, line.ordered()));
        }
        line.progress.received = received;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::tests::pens;

    #[test]
    fn receipts_add_up_to_what_was_ordered_and_no_further() {
        let mut lines = [pens(1, 10)];
        let six = [Moved { line_number: 1, quantity: 6.into() }];
        add(&mut lines, &six).unwrap();
        assert_eq!(lines[0].to_receive(), 4.into());
        assert_eq!(add(&mut lines, &six).unwrap_err().code, "over-quantity");
    }
}

//! What the buyer has in hand.

use rust_decimal::Decimal;

use crate::base::{
    decimal,
    id::{DocumentId, OrderId, PersonId, ReceiptId},
    time::Time,
};

use super::{
    order::{OrderLine, OrderMove, over_quantity, received_move},
    refusal::Refusal,
    shipment::{self, Moved},
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

/// What a receipt says of the lines: as [`parts_of`](super::shipment::parts_of), but a quantity may
/// be below zero, for goods that went back.
pub fn parts_of(said: &[Moved], lines: &[OrderLine]) -> Result<Vec<Moved>, Refusal> {
    let (mut back, came): (Vec<Moved>, Vec<Moved>) =
        said.iter().partition(|part| part.quantity.is_sign_negative());
    if back.is_empty() {
        return shipment::parts_of(said, lines, OrderLine::to_receive);
    }
    if !came.is_empty() {
        back.extend(shipment::parts_of(&came, lines, OrderLine::to_receive)?);
    }
    back.sort_by_key(|part| part.line_number);
    Ok(back)
}

/// The move that a receipt is.
pub fn move_of(lines: &[OrderLine], parts: &[Moved]) -> OrderMove {
    match parts.iter().any(|part| part.quantity.is_sign_negative()) {
        true => OrderMove::GiveBack,
        false => received_move(lines),
    }
}

/// Adds what was received to the lines, never beyond what was ordered, and takes off what went
/// back, never below nothing.
pub fn add(lines: &mut [OrderLine], parts: &[Moved]) -> Result<(), Refusal> {
    for part in parts {
        let Some(line) = lines.iter_mut().find(|line| line.line_number == part.line_number) else {
            continue;
        };
        let received: Decimal = line.progress.received + part.quantity;
        if received > line.ordered() {
            return Err(over_quantity(line, "received", received, line.ordered()));
        }
        if received.is_sign_negative() && !received.is_zero() {
            let message = format!("More goes back than was received of {}.", line.label());
            return Err(Refusal::invalid("over-return", message)
                .field(format!("lines[{}].quantity", line.line_number))
                .got(decimal::canonical(-part.quantity))
                .expected(format!("at most {}", decimal::canonical(line.progress.received)))
                .mend("Send the receipt of the goods first."));
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

    #[test]
    fn what_goes_back_is_to_be_received_again_and_is_never_more_than_came() {
        let mut lines = [pens(1, 10)];
        let moved = |quantity: i64| [Moved { line_number: 1, quantity: quantity.into() }];
        add(&mut lines, &moved(10)).unwrap();
        let back = parts_of(&moved(-4), &lines).unwrap();
        add(&mut lines, &back).unwrap();
        assert_eq!(lines[0].to_receive(), 4.into());
        assert_eq!(move_of(&lines, &back), OrderMove::GiveBack);
        assert_eq!(add(&mut lines, &moved(-7)).unwrap_err().code, "over-return");
        let whole = parts_of(&[], &lines).unwrap();
        assert_eq!(whole, moved(4));
        assert_eq!(move_of(&lines, &whole), OrderMove::ReceivePart);
    }
}

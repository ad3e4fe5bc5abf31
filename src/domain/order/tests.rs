use super::*;
use crate::{
    base::{
        id::{OrderLineId, RequisitionLineId},
        money::UnitPrice,
        quantity::Quantity,
    },
    domain::cart::Goods,
};

/// A line of so many pens.
pub(crate) fn pens(line_number: i64, ordered: i64) -> OrderLine {
    let quantity = Quantity::new(ordered.into()).unwrap();
    let price = UnitPrice::new(Decimal::ONE, Currency::EUR, Quantity::ONE);
    OrderLine {
        id: OrderLineId::from_bits(line_number.unsigned_abs().into()),
        line_number,
        requisition_line: RequisitionLineId::from_bits(1),
        goods: Goods {
            item: None,
            supplier: SupplierId::from_bits(1),
            sku: "PEN-01".into(),
            aux_id: String::new(),
            description: "Pen".into(),
            quantity,
            unit: "EA".into(),
            price,
            total: price.times(quantity).unwrap(),
            unspsc: "44121701".into(),
            manufacturer: String::new(),
            manufacturer_sku: String::new(),
            lead_time_days: None,
        },
        progress: Progress::default(),
    }
}

#[test]
fn every_state_meets_every_move_and_only_listed_ones_pass() {
    for from in OrderState::ALL {
        for by in OrderMove::ALL {
            let listed = MOVES.iter().filter(|(f, m, _)| f == from && m == by).count();
            assert!(listed <= 1, "{from} {by} is ambiguous");
            assert_eq!(from.after(*by).is_some(), listed == 1);
            match from.moved(*by) {
                Ok(to) => assert_eq!(from.after(*by), Some(to)),
                Err(refusal) => assert_eq!(refusal.code, "order-state"),
            }
        }
    }
}

#[test]
fn ended_orders_take_nothing_and_nothing_goes_back_to_the_start() {
    for state in [OrderState::Rejected, OrderState::Closed, OrderState::Cancelled] {
        assert!(!state.takes(OrderMove::ALL), "{state}");
    }
    assert!(MOVES.iter().all(|(_, _, to)| *to != OrderState::Issued));
    let mut sent = MOVES.iter().filter(|(_, _, to)| *to == OrderState::Sent);
    assert!(sent.all(|(from, by, _)| *by == OrderMove::Unship || *from == OrderState::Issued));
}

#[test]
fn goods_on_their_way_cannot_be_turned_down_or_cancelled_any_more() {
    use OrderState::{PartlyReceived, PartlyShipped, Received, Shipped};
    for state in [PartlyShipped, Shipped, PartlyReceived, Received] {
        assert!(!state.takes(&[OrderMove::Reject, OrderMove::Cancel]), "{state}");
    }
}

#[test]
fn lines_add_up_to_the_move_of_the_order() {
    let mut lines = [pens(1, 10), pens(2, 5)];
    assert_eq!(confirmed_move(&lines), None);
    lines[0].progress.confirmed = 10.into();
    assert_eq!(confirmed_move(&lines), Some(OrderMove::ConfirmPart));
    lines[1].progress.rejected = 5.into();
    assert_eq!(confirmed_move(&lines), Some(OrderMove::ConfirmPart));
    assert_eq!(shipped_move(&lines), OrderMove::ShipPart);
    lines[0].progress.shipped = 10.into();
    assert_eq!(shipped_move(&lines), OrderMove::Ship, "a rejected line is not waited for");
    lines[0].progress.received = 9.into();
    assert_eq!(received_move(&lines), OrderMove::ReceivePart);
    lines[0].progress.received = 10.into();
    assert_eq!(received_move(&lines), OrderMove::Receive);
    lines[0].progress = Progress { rejected: 10.into(), ..Progress::default() };
    assert_eq!(confirmed_move(&lines), Some(OrderMove::Reject));
}

#[test]
fn an_unknown_line_is_named_with_the_lines_there_are() {
    let lines = [pens(1, 10), pens(2, 5)];
    let refusal = line(&lines, 3).unwrap_err();
    assert_eq!((refusal.code, refusal.got.as_deref()), ("unknown-line", Some("3")));
    assert_eq!(refusal.expected.as_deref(), Some("a line from 1 to 2"));
}

use super::*;

#[test]
fn every_state_meets_every_move_and_only_listed_ones_pass() {
    for from in InvoiceState::ALL {
        for by in InvoiceMove::ALL {
            let listed = MOVES.iter().filter(|(f, m, _)| f == from && m == by).count();
            assert!(listed <= 1, "{from} {by} is ambiguous");
            match from.moved(*by) {
                Ok(to) => assert_eq!((listed, from.after(*by)), (1, Some(to))),
                Err(refusal) => assert_eq!((listed, refusal.code), (0, "invoice-state")),
            }
        }
    }
}

#[test]
fn what_passed_can_never_be_rejected_or_replaced() {
    for state in [InvoiceState::Approved, InvoiceState::Issued, InvoiceState::Paid] {
        assert_eq!(state.after(InvoiceMove::Reject), None, "{state}");
        assert_eq!(state.after(InvoiceMove::Replace), None, "{state}");
    }
    assert!(MOVES.iter().all(|(from, ..)| *from != InvoiceState::Rejected));
}

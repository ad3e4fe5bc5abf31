//! What a supplier says about the test orders: confirmations and ship notices.

use rust_decimal::Decimal;

use super::{
    Case, Side, Verdict, Way, common,
    trial::{Trial, each, line, some},
};
use crate::cxml::{
    confirmation::{ConfirmationItem, ConfirmationKind, LineStatus, OrderReference},
    order::OrderRequest,
};

const NOTICE: Case = common(Some(Side::Supplier), Way::Theirs);

pub(super) const CASES: &[Case] = &[
    Case {
        id: "confirmation-accept",
        title: "You confirm an order",
        done: "You post a ConfirmationRequest of type accept for the order -1.",
        expected: "type=\"accept\" (or allDetail with every line) for that order",
        mend: "Send a ConfirmationRequest when the order is booked.",
        check: |trial| {
            some(trial.confirmations(), |found| {
                trial.is_about(&found.order, "order-new")
                    && matches!(found.kind, ConfirmationKind::Accept | ConfirmationKind::AllDetail)
            })
        },
        ..NOTICE
    },
    Case {
        id: "confirmation-partial",
        title: "You confirm an order in part",
        done: "You post type=\"detail\" for the order -2: one line whole, one backordered in part.",
        expected: "ConfirmationItem with ConfirmationStatus accept and backordered",
        mend: "Say for each line what is accepted and what comes later; do not accept what you \
               cannot deliver.",
        check: |trial| {
            some(trial.confirmations(), |found| {
                let has = |kind| {
                    let statuses = found.items.iter().flat_map(|item| &item.statuses);
                    statuses.into_iter().any(|status| status.kind == kind)
                };
                trial.is_about(&found.order, "order-partial")
                    && has(LineStatus::Backordered)
                    && (has(LineStatus::Accept) || has(LineStatus::Detail))
            })
        },
        ..NOTICE
    },
    Case {
        id: "confirmation-reject",
        title: "You reject an order",
        done: "You post type=\"reject\" for the order -3, with the reason in Comments.",
        expected: "type=\"reject\" for that order",
        mend: "Reject by a ConfirmationRequest and say why; silence is not a no.",
        check: |trial| {
            some(trial.confirmations(), |found| {
                found.kind == ConfirmationKind::Reject
                    && trial.is_about(&found.order, "order-to-reject")
            })
        },
        ..NOTICE
    },
    Case {
        id: "confirmation-of-change",
        title: "You confirm a change by its own payloadID",
        done: "You post a ConfirmationRequest for the changed order.",
        expected: "OrderReference/DocumentReference with the payloadID of the update",
        mend: "Refer to the newest document of the order, not to its first.",
        check: |trial| match trial.is_declined("order-update") {
            true => Verdict::NotOffered,
            false => {
                some(trial.confirmations(), |found| trial.is_about(&found.order, "order-update"))
            }
        },
        ..NOTICE
    },
    Case {
        id: "notice-names-order",
        title: "Your notices name orders of ours",
        done: "You post confirmations, ship notices and invoices.",
        expected: "OrderReference/DocumentReference with the payloadID of one of our orders",
        mend: "Keep cXML/@payloadID of the order and write it into DocumentReference.",
        check: |trial| {
            each(references(trial), |reference| {
                let known = trial.named(reference).is_some() && reference.payload_id.is_some();
                (!known).then(|| {
                    let (id, number) =
                        (reference.payload_id.as_deref(), reference.order_id.as_deref());
                    format!("payloadID {}, orderID {}", id.unwrap_or("-"), number.unwrap_or("-"))
                })
            })
        },
        ..NOTICE
    },
    Case {
        id: "confirmation-lines",
        title: "You confirm lines that were ordered",
        done: "You post confirmations with lines.",
        expected: "every ConfirmationItem/@lineNumber is a line of the order",
        mend: "Repeat the lineNumber of ItemOut; do not count lines anew.",
        check: |trial| {
            each(confirmed(trial), |(order, item)| {
                let missing = line(order, item.line_number).is_none();
                missing.then(|| format!("{}: no line {}", order.order_id, item.line_number))
            })
        },
        ..NOTICE
    },
    Case {
        id: "confirmation-quantities",
        title: "Confirmed quantities add up",
        done: "You post confirmations with lines.",
        expected: "the quantities of a line's statuses add up to what was ordered",
        mend: "Split the ordered quantity over the statuses; nothing more, nothing less.",
        check: |trial| {
            each(confirmed(trial), |(order, item)| {
                let ordered = line(order, item.line_number)?.quantity.value();
                let said: Decimal = item.statuses.iter().map(|status| status.quantity).sum();
                (said != ordered).then(|| {
                    let (number, id) = (item.line_number, &order.order_id);
                    format!("{id} line {number}: {said} of {ordered}")
                })
            })
        },
        ..NOTICE
    },
    Case {
        id: "notice-units",
        title: "Your notices keep the unit of the order",
        done: "You confirm and ship the order -6, which has BX, PR, MTR and KGM.",
        expected: "UnitOfMeasure as in ItemOut",
        mend: "Keep the ordered unit code and write it back; EA in place of BX is another \
               quantity.",
        check: |trial| {
            each(units(trial), |(order, number, unit)| {
                let detail = line(order, number)?.detail.as_ref()?;
                let same = detail.unit == unit;
                let (id, asked) = (&order.order_id, &detail.unit);
                (!same).then(|| format!("{id} line {number}: {unit} in place of {asked}"))
            })
        },
        ..NOTICE
    },
    Case {
        id: "ship-notice",
        title: "You tell what is on its way",
        done: "You post a ShipNoticeRequest for the order -1.",
        expected: "a ShipNoticeRequest with that order",
        mend: "Send a ShipNoticeRequest when the goods leave.",
        check: |trial| {
            some(trial.ship_notices(), |found| {
                found.portions.iter().any(|portion| trial.is_about(&portion.order, "order-new"))
            })
        },
        ..NOTICE
    },
    Case {
        id: "ship-notice-lines",
        title: "You ship no more than was ordered",
        done: "You post ship notices with lines.",
        expected: "lines of the order, and at most the ordered quantity",
        mend: "Repeat lineNumber of ItemOut, and count earlier shipments.",
        check: shipped_lines,
        ..NOTICE
    },
    Case {
        id: "ship-notice-retried",
        title: "After our outage you send the same document again",
        done: "The sandbox answers your first ShipNoticeRequest with HTTP 503.",
        expected: "the same bytes under the same payloadID once more",
        mend: "Keep the document and repeat it as it was. Under a new payloadID it is another \
               shipment.",
        check: |trial| retried(trial, "ShipNoticeRequest"),
        ..NOTICE
    },
];

/// Whether the document that the sandbox put off came again as it was.
pub(super) fn retried(trial: &Trial, name: &str) -> Verdict {
    let of_name = |received: &crate::cxml::Received| received.payload_name == name;
    let mut all = trial.theirs().filter(|seen| seen.asked.as_ref().is_ok_and(of_name));
    let Some(first) = all.find(|seen| seen.exchange.http == Some(503)) else {
        return Verdict::NotTried;
    };
    let Some(next) = all.next() else { return Verdict::NotTried };
    if next.payload_id() != first.payload_id() {
        let (got, asked) = (next.payload_id(), first.payload_id());
        return Verdict::Failed(format!("payloadID {got} after {asked}"));
    }
    match next.sha256() == first.sha256() {
        true => Verdict::Passed,
        false => Verdict::Failed("other bytes under the same payloadID".to_owned()),
    }
}

fn references(trial: &Trial) -> Vec<&OrderReference> {
    let confirmed = trial.confirmations().into_iter().map(|found| &found.order);
    let shipped = trial.ship_notices().into_iter().flat_map(|found| &found.portions);
    let billed = trial.invoices().into_iter().flat_map(|found| &found.orders);
    let shipped = shipped.map(|portion| &portion.order);
    confirmed.chain(shipped).chain(billed.map(|order| &order.order)).collect()
}

/// Every confirmed line beside its order, when that is known.
fn confirmed(trial: &Trial) -> Vec<(&OrderRequest, &ConfirmationItem)> {
    let all = trial
        .confirmations()
        .into_iter()
        .filter_map(|found| Some((trial.named(&found.order)?, &found.items)));
    all.flat_map(|(order, items)| items.iter().map(move |item| (order, item))).collect()
}

/// Order, line number and unit of every line that a notice names.
fn units(trial: &Trial) -> Vec<(&OrderRequest, u32, &str)> {
    let mut all: Vec<(&OrderRequest, u32, &str)> = Vec::new();
    for (order, item) in confirmed(trial) {
        let statuses = item.statuses.iter().map(|status| status.unit.as_str());
        let said = std::iter::once(item.unit.as_str()).chain(statuses);
        all.extend(said.map(|unit| (order, item.line_number, unit)));
    }
    for portion in trial.ship_notices().into_iter().flat_map(|found| &found.portions) {
        let Some(order) = trial.named(&portion.order) else { continue };
        all.extend(portion.items.iter().map(|item| (order, item.line_number, &*item.unit)));
    }
    for billed in trial.invoices().into_iter().flat_map(|found| &found.orders) {
        let Some(order) = trial.named(&billed.order) else { continue };
        all.extend(
            billed
                .items
                .iter()
                .filter_map(|item| Some((order, item.reference.line_number?, item.unit.as_str()))),
        );
    }
    let tried = all.iter().any(|(order, ..)| {
        trial.order_of("order-units").is_some_and(|(_, own)| own.order_id == order.order_id)
    });
    if tried { all } else { Vec::new() }
}

fn shipped_lines(trial: &Trial) -> Verdict {
    let mut sums: Vec<(&str, u32, Decimal)> = Vec::new();
    let portions = || trial.ship_notices().into_iter().flat_map(|found| &found.portions);
    for portion in portions() {
        let Some(order) = trial.named(&portion.order) else { continue };
        for item in &portion.items {
            let key = (order.order_id.as_str(), item.line_number);
            match sums.iter_mut().find(|(id, number, _)| (*id, *number) == key) {
                Some((_, _, sum)) => *sum += item.quantity,
                None => sums.push((key.0, key.1, item.quantity)),
            }
        }
    }
    each(sums, |(id, number, sum)| {
        let order = portions()
            .filter_map(|portion| trial.named(&portion.order))
            .find(|order| order.order_id == id)?;
        match line(order, number) {
            None => Some(format!("{id}: no line {number}")),
            Some(ordered) if sum > ordered.quantity.value() => {
                Some(format!("{id} line {number}: {sum} of {}", ordered.quantity))
            }
            Some(_) => None,
        }
    })
}

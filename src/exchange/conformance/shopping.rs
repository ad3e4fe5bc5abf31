//! What a procurement system sends: setup requests, and orders of the test cart.

use rust_decimal::Decimal;

use super::{
    Case, Side, Way, common,
    notices::retried,
    trial::{each, some},
};
use crate::cxml::{order::OrderAction, punchout_setup::SetupOperation};

mod verdict;

use verdict::{
    again, auxiliary, cookies, lines, new_orders, ordered, part_of, referred, return_address,
};

const SENT: Case = common(Some(Side::Buyer), Way::Theirs);
/// The step whose cart is changed, looked at and ordered.
const CART: &str = "cart-urlencoded";

pub(super) const CASES: &[Case] = &[
    Case {
        id: "setup-create",
        title: "You open a shop",
        done: "You post a PunchOutSetupRequest with operation=\"create\".",
        expected: "a PunchOutSetupRequest that opens an empty cart",
        mend: "Send PunchOutSetupRequest with operation=\"create\".",
        check: |trial| some(trial.setups(), |found| found.operation == SetupOperation::Create),
        ..SENT
    },
    Case {
        id: "setup-cookie",
        title: "Every visit has a BuyerCookie of its own",
        done: "You post at least two setup requests.",
        expected: "a BuyerCookie that is not empty and names one visit",
        mend: "Make a fresh BuyerCookie for every visit; by it you find the requisition again.",
        check: cookies,
        ..SENT
    },
    Case {
        id: "setup-return-address",
        title: "You say where the cart goes back",
        done: "You post setup requests.",
        expected: "BrowserFormPost/URL on a host that is registered for this connection",
        mend: "Write the address of your form into BrowserFormPost, or have its host registered.",
        check: |trial| each(trial.setups(), |found| return_address(trial, found)),
        ..SENT
    },
    Case {
        id: "setup-user",
        title: "You say who shops",
        done: "You post setup requests.",
        expected: "an e-mail address in Contact or in the extrinsic UserEmail",
        mend: "Send the shopper's address, so that every cart belongs to a person.",
        check: |trial| {
            each(trial.setups(), |found| {
                let named = found.user_email().is_some_and(|email| email.contains('@'));
                (!named).then(|| "no e-mail address".to_owned())
            })
        },
        ..SENT
    },
    Case {
        id: "setup-edit",
        title: "You come back to change a cart",
        done: "You post operation=\"edit\" with the lines of the returned test cart.",
        expected: "ItemOut for every line of the cart",
        mend: "Send the kept lines as ItemOut when somebody changes the requisition.",
        check: |trial| {
            again(trial, SetupOperation::Edit, |cart, found| {
                let missing = cart.iter().find(|line| part_of(&found.items, line).is_none())?;
                Some(format!("no line {}", missing.id.supplier_part))
            })
        },
        ..SENT
    },
    Case {
        id: "setup-auxiliary-id",
        title: "A changed cart keeps the supplier's own keys",
        done: "You post operation=\"edit\" with the lines of the returned test cart.",
        expected: "SupplierPartAuxiliaryID as in the cart, letter for letter",
        mend: "Keep SupplierPartAuxiliaryID with the line, at least 255 characters, and send it \
               back as it came.",
        check: |trial| {
            again(trial, SetupOperation::Edit, |cart, found| {
                found.items.iter().find_map(|item| auxiliary(cart, item))
            })
        },
        ..SENT
    },
    Case {
        id: "setup-inspect",
        title: "You come back to look at a cart",
        done: "You post operation=\"inspect\" with the lines of the returned test cart.",
        expected: "ItemOut for every line of the cart",
        mend: "Send operation=\"inspect\" when nothing may be changed any more.",
        check: |trial| {
            again(trial, SetupOperation::Inspect, |cart, found| {
                let missing = cart.iter().find(|line| part_of(&found.items, line).is_none())?;
                Some(format!("no line {}", missing.id.supplier_part))
            })
        },
        ..SENT
    },
    Case {
        id: "setup-selected-item",
        title: "You open the shop at one item",
        done: "You post a setup request with SelectedItem.",
        expected: "SelectedItem/ItemID",
        mend: "Send SelectedItem when the shopper comes from your own search.",
        check: |trial| some(trial.setups(), |found| found.selected_item.is_some()),
        may_be_left: true,
        ..SENT
    },
    Case {
        id: "sent-order",
        title: "You order the cart",
        done: "You post an OrderRequest of type new with the test cart.",
        expected: "ItemOut for every line of the cart",
        mend: "Send every line of the requisition in one OrderRequest.",
        check: |trial| {
            ordered(trial, |cart, order| {
                let missing = cart.iter().find(|line| part_of(&order.items, line).is_none())?;
                Some(format!("{}: no line {}", order.order_id, missing.id.supplier_part))
            })
        },
        ..SENT
    },
    Case {
        id: "sent-order-prices",
        title: "You order at the price of the cart",
        done: "You post an OrderRequest with the test cart.",
        expected: "UnitPrice and price basis as in the cart",
        mend: "Order at the returned price with all its decimals; do not round to cents.",
        check: |trial| {
            ordered(trial, |cart, order| {
                lines(cart, order, |line, item| {
                    let (asked, got) = (line.detail.as_ref()?.price, item.detail.as_ref()?.price);
                    let left = got.amount.checked_mul(asked.per.value());
                    let same = left == asked.amount.checked_mul(got.per.value());
                    (!same).then(|| format!("{} in place of {}", got.amount, asked.amount))
                })
            })
        },
        ..SENT
    },
    Case {
        id: "sent-order-currency",
        title: "You order in the currency of the cart",
        done: "You post an OrderRequest with the test cart.",
        expected: "Money/@currency as in the cart",
        mend: "Keep the currency of each returned price.",
        check: |trial| {
            ordered(trial, |cart, order| {
                lines(cart, order, |line, item| {
                    let (asked, got) = (line.detail.as_ref()?.price, item.detail.as_ref()?.price);
                    let (asked, got) = (asked.currency, got.currency);
                    (asked != got).then(|| format!("{got} in place of {asked}"))
                })
            })
        },
        ..SENT
    },
    Case {
        id: "sent-order-units",
        title: "You order in the unit of the cart",
        done: "You post an OrderRequest with the test cart, which has BX and MTR.",
        expected: "UnitOfMeasure as in the cart",
        mend: "Map units both ways, or send the returned code; a silent EA is another quantity.",
        check: |trial| {
            ordered(trial, |cart, order| {
                lines(cart, order, |line, item| {
                    let (asked, got) = (&line.detail.as_ref()?.unit, &item.detail.as_ref()?.unit);
                    (asked != got).then(|| format!("{got} in place of {asked}"))
                })
            })
        },
        ..SENT
    },
    Case {
        id: "sent-order-texts",
        title: "Umlauts of the cart stay intact",
        done: "You post an OrderRequest with the test cart, which has umlauts.",
        expected: "Description as in the cart, letter for letter",
        mend: "Read the form by its charset, keep Unicode, write UTF-8 and declare it.",
        check: |trial| {
            ordered(trial, |cart, order| {
                lines(cart, order, |line, item| {
                    let asked = line.detail.as_ref()?.description();
                    let got = item.detail.as_ref()?.description();
                    (asked != got).then(|| format!("\"{got}\" in place of \"{asked}\""))
                })
            })
        },
        ..SENT
    },
    Case {
        id: "sent-order-auxiliary-id",
        title: "An order keeps the supplier's own keys",
        done: "You post an OrderRequest with the test cart.",
        expected: "SupplierPartAuxiliaryID as in the cart, letter for letter",
        mend: "Keep SupplierPartAuxiliaryID with the line and send it in the order.",
        check: |trial| {
            ordered(trial, |cart, order| order.items.iter().find_map(|item| auxiliary(cart, item)))
        },
        ..SENT
    },
    Case {
        id: "sent-order-total",
        title: "The total of an order is its lines",
        done: "You post orders.",
        expected: "Total is the sum of quantity times price over the lines",
        mend: "Round each line to the currency's cents, then add; write the sum you added.",
        check: |trial| {
            each(new_orders(trial), |order| {
                let lines = order
                    .items
                    .iter()
                    .filter_map(|item| item.detail.as_ref()?.price.times(item.quantity).ok());
                let sum: Decimal = lines.map(|money| money.amount()).sum();
                let got = order.total.value;
                (sum != got)
                    .then(|| format!("{}: Total {got}, its lines are {sum}", order.order_id))
            })
        },
        ..SENT
    },
    Case {
        id: "sent-order-line-numbers",
        title: "Every line of an order has its number",
        done: "You post orders.",
        expected: "ItemOut/@lineNumber on every line",
        mend: "Number the lines; confirmations, ship notices and invoices refer to the numbers.",
        check: |trial| {
            each(new_orders(trial), |order| {
                let without = order.items.iter().any(|item| item.line_number.is_none());
                without.then(|| format!("{}: a line without lineNumber", order.order_id))
            })
        },
        ..SENT
    },
    Case {
        id: "sent-order-addresses",
        title: "An order says where goods and invoice go",
        done: "You post orders.",
        expected: "ShipTo and BillTo with an address",
        mend: "Send both addresses with every order.",
        check: |trial| {
            each(new_orders(trial), |order| {
                let both = order.ship_to.is_some() && order.bill_to.is_some();
                (!both).then(|| format!("{}: ShipTo or BillTo is missing", order.order_id))
            })
        },
        ..SENT
    },
    Case {
        id: "sent-order-retried",
        title: "After our outage you send the same order again",
        done: "The sandbox answers your first OrderRequest with HTTP 503.",
        expected: "the same bytes under the same payloadID once more",
        mend: "Keep the document and repeat it as it was. Under a new payloadID it is a second \
               order.",
        check: |trial| retried(trial, "OrderRequest"),
        ..SENT
    },
    Case {
        id: "sent-order-update",
        title: "You change an order",
        done: "You post type=\"update\" for your order.",
        expected: "type=\"update\" with the same orderID",
        mend: "Send the whole changed order as type=\"update\".",
        check: |trial| some(trial.orders(), |order| order.action == OrderAction::Update),
        ..SENT
    },
    Case {
        id: "sent-order-delete",
        title: "You cancel an order",
        done: "You post type=\"delete\" for your order.",
        expected: "type=\"delete\" with the same orderID",
        mend: "Cancel by an OrderRequest of type=\"delete\".",
        check: |trial| some(trial.orders(), |order| order.action == OrderAction::Delete),
        ..SENT
    },
    Case {
        id: "sent-order-reference",
        title: "A change or cancellation names the document before",
        done: "You post type=\"update\" and type=\"delete\".",
        expected: "DocumentReference with the payloadID of an earlier order of yours",
        mend: "Keep the payloadID under which the order went out and write it into \
               DocumentReference.",
        check: referred,
        ..SENT
    },
];

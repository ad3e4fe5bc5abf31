//! The letters' words in English.

use super::words::{Frame, Label, Words, said};

pub(super) const FRAME: Frame = Frame {
    greeting: ("Hello ", ","),
    lines: "The cart",
    gathered: ["News", "To decide"],
    more_lines: "and {more} more lines",
    closing: "This mail was written by Countersign. Nobody reads answers to it.",
};

pub(super) const WORDS: Words = Words {
    task_opened: said(
        "Please decide: {number}, {total}, from {requester}",
        "{requester} asks for your signature on {number} over {total}.",
        "Look at it and decide",
        "Opening the page changes nothing; you decide there, signed in as yourself. \
             The link works for 72 hours and for this version of the cart only.",
    ),
    task_reminded: said(
        "Reminder: {number}, {total}, from {requester} waits for you",
        "{number} over {total} still waits for your signature. {requester} asked for it.",
        "Look at it and decide",
        "Opening the page changes nothing; you decide there, signed in as yourself. \
             The link works for 72 hours and for this version of the cart only.",
    ),
    task_escalated: said(
        "No answer yet: please decide {number}, {total}, from {requester}",
        "Nobody has answered on {number} over {total} in time, so you are asked as well.",
        "Look at it and decide",
        "Opening the page changes nothing; you decide there, signed in as yourself. \
             The link works for 72 hours and for this version of the cart only.",
    ),
    approved_and_ordered: said(
        "{number} is approved and ordered",
        "Every signature is on {number}. These orders are on their way: {orders}.",
        "Open {number}",
        "",
    ),
    approved_to_transfer: said(
        "{number} is approved: transfer your cart",
        "Every signature is on {number}. One step is left: transfer the cart to your \
             procurement system.",
        "Transfer the cart",
        "You can also start the shop from your procurement system again; the cart is waiting.",
    ),
    approved_and_forwarded: said(
        "{number} is approved",
        "Every signature is on {number}. The order goes on to the suppliers.",
        "Open {number}",
        "",
    ),
    rejected: said(
        "{number} was rejected",
        "{number} was rejected. Nothing was ordered.",
        "Open {number}",
        "You can change the cart and hand it in again.",
    ),
    expired: said(
        "{number} has expired",
        "Nobody decided on {number} in time. Nothing was ordered.",
        "Open {number}",
        "You can hand the cart in again.",
    ),
    told_handed_in: said(
        "For your information: {number}, {total}, from {requester}",
        "{requester} has handed in {number} over {total}. You are told and not asked: nothing \
             waits for you.",
        "Open {number}",
        "",
    ),
    told_approved: said(
        "{number} is approved",
        "{number} over {total} from {requester} is approved. You are told and not asked.",
        "Open {number}",
        "",
    ),
    told_rejected: said(
        "{number} was rejected",
        "{number} over {total} from {requester} was rejected. You are told and not asked.",
        "Open {number}",
        "",
    ),
    told_expired: said(
        "{number} has expired",
        "Nobody decided on {number} from {requester} in time. You are told and not asked.",
        "Open {number}",
        "",
    ),
    asked: said(
        "{by} has a question about {number}",
        "{by} has a question before deciding on {number}. The clock stands still until you answer.",
        "Open {number}",
        "",
    ),
    remarked: said(
        "{by} wrote about {number}",
        "{by} wrote something about {number}.",
        "Open {number}",
        "",
    ),
    order_issued: said(
        "Order {number} goes to {supplier}",
        "The order {number} is issued and goes to {supplier}.",
        "Open the order",
        "",
    ),
    order_rejected: said(
        "{supplier} rejected order {number}",
        "{supplier} will not deliver the order {number}.",
        "Open the order",
        "",
    ),
    order_shipped: said(
        "Order {number} is on its way",
        "{supplier} has shipped goods of the order {number}.",
        "Open the order",
        "When the goods are there, press Receive on the page of the order.",
    ),
    invoice_difference: said(
        "Invoice {number} of {supplier} differs from the order",
        "The invoice {number} of {supplier} does not match its order. It waits for you.",
        "Open the invoice",
        "",
    ),
    invite: said(
        "Your access to {organisation}",
        "You have been given access to {organisation}. Choose a password to begin.",
        "Choose a password",
        "The link works once, for {hours} hours.",
    ),
    password_reset: said(
        "Choose a new password",
        "Somebody, probably you, asked for a new password for this address.",
        "Choose a new password",
        "The link works once, for {hours} hours. If it was not you, do nothing: your \
             password stays as it is.",
    ),
    delivery_late: said(
        "Order {number} has not reached {supplier} yet",
        "The order {number} could not be handed to {supplier} so far. We keep trying.",
        "Open the order",
        "You need not do anything, unless the reason above is yours to mend.",
    ),
    delivery_failed: said(
        "Order {number} did not reach {supplier}",
        "The order {number} could not be handed to {supplier}, and nobody tries any more.",
        "Open the order",
        "Mend what the reason above says, then send the order again from its page. It \
             leaves as the same document, so it cannot be booked twice.",
    ),
    digest: said(
        "{count} things since the last mail",
        "This was gathered for you. What is to be decided stands first.",
        "Open Countersign",
        "You chose one mail a day. In Countersign, under My mail, you can choose otherwise.",
    ),
    exchange_failed: said(
        "{document} with {partner} went wrong",
        "A {document} between you and {partner} went wrong.",
        "Open the wire doctor",
        "The page says what to do, and can be shown to the other side. Of the same \
             cause you hear again tomorrow at the earliest.",
    ),
};

pub(super) const fn label(label: Label) -> &'static str {
    match label {
        Label::Requester => "From",
        Label::Total => "Total",
        Label::CostCenter => "Cost centre",
        Label::BudgetLeft => "Left in the budget",
        Label::Because => "Why you are asked",
        Label::WhyTold => "Why you are told",
        Label::OnBehalfOf => "On behalf of",
        Label::DueAt => "Decide until",
        Label::Comment => "Comment",
        Label::Reason => "Reason",
        Label::RejectedBy => "Rejected by",
        Label::Supplier => "Supplier",
        Label::Carrier => "Carrier",
        Label::Tracking => "Tracking number",
        Label::ExpectedOn => "Expected on",
        Label::Difference => "Difference",
        Label::Attempts => "Attempts",
        Label::Channel => "Sent by",
        Label::NextAttempt => "Next attempt",
    }
}

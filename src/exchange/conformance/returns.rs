//! What a procurement system does with carts, invoices and news that we send.

use super::{Case, Side, Way, common};

const OURS: Case = Case { after: Some("answer-status"), ..common(Some(Side::Buyer), Way::Ours) };

/// A cart that the browser posts.
macro_rules! cart {
    ($id:literal, $title:literal, $done:literal, $mend:literal) => {
        Case {
            id: $id,
            title: $title,
            done: $done,
            expected: "a page, or a redirect to one",
            mend: $mend,
            after: None,
            check: |trial| trial.form_taken($id),
            ..OURS
        }
    };
}

pub(super) const CASES: &[Case] = &[
    cart!(
        "cart-urlencoded",
        "A cart comes back as cxml-urlencoded",
        "We post the test cart to BrowserFormPost in the field cxml-urlencoded.",
        "Read the field cxml-urlencoded as a cXML document."
    ),
    cart!(
        "cart-base64",
        "A cart comes back as cxml-base64",
        "We post a cart to BrowserFormPost in the field cxml-base64.",
        "Decode the field cxml-base64; it keeps every charset whole."
    ),
    cart!(
        "cart-pending",
        "A cart that is not final is taken",
        "We post a cart with quoteStatus=\"pending\".",
        "Keep the cart and wait for the final one before you order."
    ),
    cart!(
        "cart-empty",
        "An empty cart is taken",
        "We post a cart without lines, Status 204.",
        "Leave the requisition as it is when nothing comes back."
    ),
    cart!(
        "cart-special",
        "Marks of XML and HTML in a cart are taken",
        "We post a cart with &, <, quotes and umlauts.",
        "Decode the form once and let an XML parser read the rest."
    ),
    cart!(
        "cart-many-lines",
        "A cart of 200 lines is taken",
        "We post 200 lines.",
        "Lift the limit of your form or of lines."
    ),
    taken!(
        "invoice-issued",
        "An invoice is taken",
        "We post an approved InvoiceDetailRequest.",
        "Read InvoiceDetailRequest and book it."
    ),
    taken!(
        "invoice-repeat",
        "The same invoice again is answered alike",
        "We post the very same bytes once more, as after a lost answer.",
        "Keep each payloadID with your answer; to the same document give the same answer."
    ),
    Case {
        id: "invoice-id-reused",
        title: "Another document under a used payloadID is refused",
        done: "We post another invoice under the payloadID of the first.",
        expected: "a Status 4xx, such as 409",
        mend: "Keep a hash of each document beside its payloadID; refuse another one with 409.",
        check: |trial| trial.refused("invoice-id-reused", &[]),
        ..OURS
    },
    offered!(
        "credit-issued",
        "A credit memo is taken",
        "We post an InvoiceDetailRequest with purpose=\"creditMemo\" and a sum below zero.",
        "Book it against the invoice that it names."
    ),
    offered!(
        "status-approved",
        "News of an approval is taken",
        "We post a StatusUpdateRequest with Status 200 for an order.",
        "Find the order by DocumentReference and note the status."
    ),
    offered!(
        "status-rejected",
        "News of a rejection is taken",
        "We post a StatusUpdateRequest with Status 403 for an order.",
        "Find the order by DocumentReference and tell its requester."
    ),
    offered!(
        "order-copy",
        "A copy of an order is taken",
        "We post the OrderRequest that went to the supplier.",
        "Keep it beside the requisition; do not send it on."
    ),
];

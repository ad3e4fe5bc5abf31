//! What a supplier does with the orders that we send.

use super::{Case, Side, Verdict, Way, common, trial::Trial};

const OURS: Case = Case { after: Some("answer-status"), ..common(Some(Side::Supplier), Way::Ours) };

pub(super) const CASES: &[Case] = &[
    taken!(
        "order-new",
        "An order is taken",
        "We post an OrderRequest with two lines.",
        "Read OrderRequestHeader and every ItemOut, book the order, answer 200."
    ),
    taken!(
        "order-repeat",
        "The same order again is answered alike",
        "We post the very same bytes once more, as after a lost answer.",
        "Keep each payloadID with your answer; to the same document give the same answer."
    ),
    Case {
        id: "order-booked-once",
        title: "The same order again is booked once",
        done: "We look at the confirmations of the order that was posted twice.",
        expected: "one confirmation of the whole order",
        mend: "Look the payloadID up before you book: a repeated order is the same order.",
        check: booked_once,
        ..OURS
    },
    Case {
        id: "order-id-reused",
        title: "Another document under a used payloadID is refused",
        done: "We post an order with other content under the payloadID of the first.",
        expected: "a Status 4xx, such as 409",
        mend: "Keep a hash of each document beside its payloadID; refuse another one with 409.",
        check: |trial| trial.refused("order-id-reused", &[]),
        ..OURS
    },
    taken!(
        "order-partial",
        "An order to confirm in part is taken",
        "We post an order of two lines; its second is to be backordered in part.",
        "Book the order, answer 200."
    ),
    taken!(
        "order-to-reject",
        "An order to reject is taken",
        "We post an order that you then reject by a confirmation.",
        "Answer 200 to what can be read; reject by a ConfirmationRequest."
    ),
    taken!(
        "order-umlauts",
        "Letters of other languages are taken",
        "We post an order with umlauts, accents and the euro sign, in UTF-8.",
        "Decode by the charset that the document declares, and store Unicode."
    ),
    taken!(
        "order-latin1",
        "A document in ISO-8859-1 is taken",
        "We post an order in ISO-8859-1 that declares so in its XML declaration.",
        "Let the XML parser decode the bytes; do not read them as UTF-8 first."
    ),
    taken!(
        "order-special",
        "Marks of XML in texts are taken",
        "We post an order with &, <, > and quotes in descriptions.",
        "Read texts by an XML parser, not by patterns."
    ),
    taken!(
        "order-long-text",
        "Long texts are taken",
        "We post a description of 2,000 characters.",
        "Cut at your own limit or widen the column; do not refuse the order."
    ),
    taken!(
        "order-price-basis",
        "A price for several units is taken",
        "We post a price of 3.50 for 100 pieces.",
        "Read PriceBasisQuantity: the price is for that many units."
    ),
    taken!(
        "order-fraction",
        "A quantity with decimals is taken",
        "We post 2.5 kilograms.",
        "Read quantity as a decimal number."
    ),
    taken!(
        "order-units",
        "Units beside EA are taken",
        "We post lines in BX, PR, MTR and KGM.",
        "Map the codes of UN/ECE Recommendation 20 and keep the code for your answers."
    ),
    Case {
        id: "order-unit-unknown",
        title: "An unknown unit is refused by name",
        done: "We post a line in the unit ZZZ9.",
        expected: "a Status 4xx that names the unit, such as 406",
        mend: "Refuse units you cannot map. A silent EA sends 100 boxes for 100 pieces.",
        check: |trial| trial.refused("order-unit-unknown", &[]),
        ..OURS
    },
    taken!(
        "order-many-lines",
        "An order of 200 lines is taken",
        "We post 200 lines.",
        "Lift the limit of lines or of bytes; read all of ItemOut."
    ),
    offered!(
        "order-attachment",
        "An order with an attachment is taken",
        "We post multipart/related with a file that a comment names by cid:.",
        "Read the root part of multipart/related as the document."
    ),
    taken!(
        "order-extrinsics",
        "Unknown extrinsics are taken",
        "We post Extrinsic elements that nobody agreed on.",
        "Skip extrinsics you do not know."
    ),
    taken!(
        "order-comments",
        "Comments are taken",
        "We post comments on the order and on a line.",
        "Read Comments, or skip them."
    ),
    taken!(
        "order-delivery-date",
        "A wished day is taken",
        "We post requestedDeliveryDate.",
        "Read the attribute as a time with an offset."
    ),
    Case {
        id: "order-empty",
        title: "An order without lines is refused",
        done: "We post an OrderRequest without ItemOut.",
        expected: "a Status 4xx, such as 406",
        mend: "Refuse what cannot be delivered instead of booking nothing.",
        check: |trial| trial.refused("order-empty", &[]),
        ..OURS
    },
    offered!(
        "order-update",
        "A change order is taken",
        "We post type=\"update\" with the DocumentReference of the order before.",
        "Find the order by DocumentReference and replace its lines."
    ),
    offered!(
        "order-delete",
        "A cancellation is taken",
        "We post type=\"delete\" with the DocumentReference of the order before.",
        "Find the order by DocumentReference and cancel it."
    ),
    Case {
        id: "outage-repeated",
        title: "After an outage the same document comes again",
        done: "Switch your address off while we send, and on again: we try up to three times.",
        expected: "the repeated post, byte for byte the same, is taken",
        mend: "Take the document as if it came for the first time.",
        check: outage,
        may_be_left: true,
        ..OURS
    },
];

fn booked_once(trial: &Trial) -> Verdict {
    let all = trial.confirmations();
    let whole = || {
        let own = all.iter().filter(|found| trial.is_about(&found.order, "order-new"));
        own.filter(|found| found.operation.word() == "new")
    };
    match (trial.step("order-repeat"), whole().count()) {
        (None, _) | (_, 0) => Verdict::NotTried,
        (_, 1) => Verdict::Passed,
        (_, more) => {
            let ids: Vec<_> = whole().filter_map(|found| found.confirm_id.as_deref()).collect();
            Verdict::Failed(format!("{more} confirmations: {}", ids.join(", ")))
        }
    }
}

fn outage(trial: &Trial) -> Verdict {
    let ours = trial.seen.iter().filter(|seen| seen.exchange.way == Way::Ours);
    let mut broken = ours.filter(|seen| {
        !seen.exchange.trouble.is_empty() || seen.exchange.http.is_some_and(|http| http >= 500)
    });
    let Some(first) = broken.next() else { return Verdict::NotTried };
    trial.taken(&first.exchange.step)
}

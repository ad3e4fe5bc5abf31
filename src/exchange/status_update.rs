//! A StatusUpdateRequest as what a supplier's system says of an order that it has.

use crate::{
    base::text::{one_line, shorten},
    cxml::status_update::{StatusAbout, StatusUpdateRequest},
    domain::{order::Reference, refusal::Refusal},
};

use super::status::not_implemented;

/// Characters of the words that are kept.
const WORDS: usize = 1_000;
/// The document that the news may name by its number.
const ORDER: &str = "OrderRequest";

/// What is said of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The order is not taken.
    pub refused: bool,
    /// The status code with its words: `406 Not Acceptable: no such article`.
    pub words: String,
}

/// Which order the news are of, and what they say; news of anything else are refused by name.
pub fn news(request: &StatusUpdateRequest) -> Result<(Reference, News), Refusal> {
    let other = |what: &str| {
        let expected = "a Status of an OrderRequest, alone or with a DocumentStatus";
        Err(not_implemented("StatusUpdateRequest", what, expected))
    };
    let (number, is_rejected, comments) = match &request.about {
        None => (None, false, [].as_slice()),
        Some(StatusAbout::Document { kind, document, comments }) => {
            let named = document.as_ref();
            if let Some(other_kind) = named
                .map(|own| own.kind.trim())
                .filter(|kind| !kind.is_empty() && !kind.eq_ignore_ascii_case(ORDER))
            {
                return other(other_kind);
            }
            let number = named.map(|own| own.id.trim().to_owned());
            (number, kind.trim().eq_ignore_ascii_case("rejected"), comments.as_slice())
        }
        Some(StatusAbout::Invoice { .. }) => return other("InvoiceStatus"),
        Some(StatusAbout::Sourcing { .. }) => return other("SourcingStatus"),
        Some(StatusAbout::Other(name)) => return other(name),
    };
    let status = &request.status;
    let head = format!("{} {}", status.code, one_line(&status.text));
    let more = [one_line(&status.message), super::confirmation::comment(comments)];
    let more: Vec<&str> = more.iter().map(|text| text.trim()).filter(|t| !t.is_empty()).collect();
    let words = match more.is_empty() {
        true => head.trim().to_owned(),
        false => format!("{}: {}", head.trim(), more.join(" ")),
    };
    let payload_id = request.document_reference.clone().filter(|id| !id.trim().is_empty());
    let reference = Reference { payload_id, number: number.filter(|id| !id.is_empty()) };
    let refused = is_rejected || status.code >= 400;
    Ok((reference, News { refused, words: shorten(&words, WORDS) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cxml::{Status, status_update::DocumentInfo, values::Comments};

    #[test]
    fn a_status_of_four_or_five_hundred_or_the_word_rejected_refuses_the_order() {
        let told = |code| news(&StatusUpdateRequest::new("po_1@buy", Status::new(code, "Gone")));
        let (reference, said) = told(406).unwrap();
        assert_eq!(reference.payload_id.as_deref(), Some("po_1@buy"));
        assert_eq!((said.refused, &*said.words), (true, "406 Not Acceptable: Gone"));
        assert!(told(500).unwrap().1.refused && !told(200).unwrap().1.refused);
        let mut by_word = StatusUpdateRequest::new("", Status::ok());
        let order = DocumentInfo { id: "PO-1".into(), kind: ORDER.into(), date: None };
        let comments = vec![Comments::new("no pens")];
        let kind = "rejected".to_owned();
        by_word.about = Some(StatusAbout::Document { kind, document: Some(order), comments });
        let (reference, said) = news(&by_word).unwrap();
        assert_eq!((reference.payload_id, reference.number.as_deref()), (None, Some("PO-1")));
        assert!(said.refused && said.words.ends_with("no pens"));
        by_word.about = Some(StatusAbout::Other("PaymentStatus".into()));
        assert_eq!(news(&by_word).unwrap_err().got.as_deref(), Some("PaymentStatus"));
    }
}

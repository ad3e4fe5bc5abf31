//! A ConfirmationRequest as what the supplier says about an order.

use rust_decimal::Decimal;

use crate::{
    base::text::{one_line, shorten},
    cxml::{
        confirmation::{
            ConfirmationItem, ConfirmationKind as Wire, ConfirmationRequest, ConfirmationStatus,
            LineStatus, NoticeOperation,
        },
        values::{Comments, Stamp},
    },
    domain::{
        confirmation::{AskedPrice, ConfirmationKind, Part, PartKind, Said, SaidLine},
        refusal::Refusal,
    },
};

/// Characters of a comment that are kept.
const COMMENT: usize = 1_000;

/// What the supplier says.
pub fn said(request: &ConfirmationRequest) -> Result<Said, Refusal> {
    let kind = match request.kind {
        Wire::Accept => ConfirmationKind::Accept,
        Wire::AllDetail => ConfirmationKind::AllDetail,
        Wire::Detail => ConfirmationKind::Detail,
        Wire::Backordered => ConfirmationKind::Backordered,
        Wire::Except => ConfirmationKind::Except,
        Wire::Reject => ConfirmationKind::Reject,
        Wire::RequestToPay | Wire::Replace => return Err(not_taken("type", request.kind.word())),
    };
    if request.operation == NoticeOperation::Delete {
        return Err(not_taken("operation", request.operation.word()));
    }
    Ok(Said {
        kind,
        confirm_id: request.confirm_id.clone(),
        update: request.operation == NoticeOperation::Update,
        comment: comment(&request.comments),
        lines: request.items.iter().map(line).collect::<Result<_, _>>()?,
    })
}

fn not_taken(attribute: &str, got: &str) -> Refusal {
    let message = "Confirmations of this kind are not taken.";
    Refusal::invalid("confirmation-kind", message)
        .field(format!("ConfirmationHeader/@{attribute}"))
        .got(got)
        .expected("accept, allDetail, detail, backordered, except or reject; new or update")
        .mend("Send what changed as a confirmation with operation update.")
}

fn line(item: &ConfirmationItem) -> Result<SaidLine, Refusal> {
    let line_number = i64::from(item.line_number);
    let mut parts = Vec::new();
    let mut open = Decimal::ZERO;
    for status in &item.statuses {
        match part(line_number, status)? {
            Some(part) => parts.push(part),
            // Nothing is said yet about this much of the line.
            None => open += status.quantity,
        }
    }
    Ok(SaidLine { line_number, stated: item.quantity - open, parts })
}

fn part(line_number: i64, status: &ConfirmationStatus) -> Result<Option<Part>, Refusal> {
    let kind = match status.kind {
        LineStatus::Accept | LineStatus::AllDetail | LineStatus::Detail => PartKind::Accept,
        LineStatus::Backordered => PartKind::Backordered,
        LineStatus::Reject => PartKind::Reject,
        LineStatus::Unknown => return Ok(None),
        LineStatus::RequestToPay => {
            return Err(not_taken("type", status.kind.word())
                .field(format!("ConfirmationItem[@lineNumber={line_number}]/ConfirmationStatus")));
        }
    };
    let own = status.unit_price.map(|price| AskedPrice {
        amount: price.value,
        currency: Some(price.currency),
        // The element has no place for a basis: it is the order's.
        per: None,
    });
    let item = status.item.as_ref().and_then(|item| item.detail.as_ref());
    let of_item = item.map(|detail| AskedPrice {
        amount: detail.price.amount,
        currency: Some(detail.price.currency),
        per: Some(detail.price.per),
    });
    Ok(Some(Part {
        line_number,
        kind,
        quantity: status.quantity,
        price: own.or(of_item),
        delivery_on: status.delivery_date.as_ref().and_then(Stamp::day),
        comment: comment(&status.comments),
    }))
}

pub(super) fn comment(comments: &[Comments]) -> String {
    let texts: Vec<String> = comments.iter().map(|comment| one_line(&comment.text)).collect();
    shorten(texts.join(" ").trim(), COMMENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cxml::confirmation::OrderReference;

    fn status(kind: LineStatus, quantity: i64) -> ConfirmationStatus {
        ConfirmationStatus::new(kind, quantity.into(), "EA")
    }

    fn request(kind: Wire, items: Vec<ConfirmationItem>) -> ConfirmationRequest {
        let order = OrderReference::new("PO-2026-000001", "po_1@buy.example");
        ConfirmationRequest::new(kind, Stamp("2026-11-21".into()), order, items)
    }

    fn item(statuses: Vec<ConfirmationStatus>) -> ConfirmationItem {
        ConfirmationItem { line_number: 1, quantity: 10.into(), unit: "EA".into(), statuses }
    }

    #[test]
    fn statuses_become_parts_of_the_line() {
        let mut late = status(LineStatus::Backordered, 4);
        late.delivery_date = Some(Stamp("2026-12-24T00:00:00-08:00".into()));
        late.comments.push(Comments::new("out of\nstock"));
        let items = vec![item(vec![status(LineStatus::Detail, 6), late])];
        let said = said(&request(Wire::Except, items)).unwrap();
        assert_eq!(said.kind, ConfirmationKind::Except);
        let parts = &said.lines[0].parts;
        assert_eq!((parts[0].kind, parts[1].kind), (PartKind::Accept, PartKind::Backordered));
        assert_eq!(parts[1].delivery_on.unwrap().to_string(), "2026-12-24");
        assert_eq!(parts[1].comment, "out of stock");
        assert_eq!(said.lines[0].stated, 10.into());
    }

    #[test]
    fn what_is_unknown_is_left_open() {
        let items = vec![item(vec![status(LineStatus::Accept, 6), status(LineStatus::Unknown, 4)])];
        let said = said(&request(Wire::Detail, items)).unwrap();
        assert_eq!((said.lines[0].stated, said.lines[0].parts.len()), (6.into(), 1));
    }

    #[test]
    fn other_kinds_are_refused_by_name() {
        let refusal = said(&request(Wire::RequestToPay, Vec::new())).unwrap_err();
        assert_eq!(refusal.code, "confirmation-kind");
        assert_eq!(refusal.got.as_deref(), Some("requestToPay"));
        let mut deleted = request(Wire::Accept, Vec::new());
        deleted.operation = NoticeOperation::Delete;
        assert_eq!(said(&deleted).unwrap_err().got.as_deref(), Some("delete"));
    }
}

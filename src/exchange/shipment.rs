//! A ShipNoticeRequest as goods on their way, order by order.

use crate::{
    base::text::{one_line, shorten},
    cxml::{
        confirmation::NoticeOperation,
        ship_notice::{ShipNoticePortion, ShipNoticeRequest},
        values::Stamp,
    },
    domain::{
        order::Reference,
        refusal::Refusal,
        shipment::{Moved, Said},
    },
};

/// Characters of a carrier's name or a tracking number that are kept.
const TEXT: usize = 200;

/// What was shipped of which order.
pub fn said(request: &ShipNoticeRequest) -> Result<Vec<(Reference, Said)>, Refusal> {
    // A notice is taken back whole, whatever orders it named.
    if request.portions.is_empty() && request.operation != NoticeOperation::Delete {
        return Err(Refusal::invalid("empty-ship-notice", "The ship notice names no order.")
            .field("ShipNoticeRequest")
            .expected("at least one ShipNoticePortion")
            .mend("Add a ShipNoticePortion with the order's OrderReference."));
    }
    let own = |portion: &ShipNoticePortion| {
        (super::order::reference(&portion.order), of(request, portion))
    };
    Ok(request.portions.iter().map(own).collect())
}

/// The notice of this number taken back from an order that it does not, or no longer, name.
pub fn taken_back(request: &ShipNoticeRequest) -> Said {
    Said {
        number: Some(request.shipment_id.clone()),
        update: false,
        taken_back: true,
        carrier: String::new(),
        tracking: String::new(),
        delivery_on: None,
        parts: Vec::new(),
    }
}

fn of(request: &ShipNoticeRequest, portion: &ShipNoticePortion) -> Said {
    let text = |text: &str| shorten(&one_line(text), TEXT);
    let nothing = |portion: &ShipNoticePortion| {
        !portion.items.is_empty() && portion.items.iter().all(|item| item.quantity.is_zero())
    };
    let carriers = request.controls.iter().flat_map(|control| &control.carriers);
    let named = |(domain, _): &&(String, String)| domain.eq_ignore_ascii_case("companyName");
    let carrier = carriers.clone().find(named).or_else(|| carriers.clone().next());
    let tracking = request.controls.iter().flat_map(|control| &control.shipments).next();
    Said {
        number: Some(request.shipment_id.clone()).filter(|number| !number.is_empty()),
        update: request.operation == NoticeOperation::Update,
        taken_back: match request.operation {
            NoticeOperation::New => false,
            NoticeOperation::Update => nothing(portion),
            NoticeOperation::Delete => true,
        },
        carrier: carrier.map(|(_, name)| text(name)).unwrap_or_default(),
        tracking: tracking.map(|shipment| text(&shipment.number)).unwrap_or_default(),
        delivery_on: request.delivery_date.as_ref().and_then(Stamp::day),
        parts: portion
            .items
            .iter()
            .map(|item| Moved { line_number: i64::from(item.line_number), quantity: item.quantity })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cxml::{
        confirmation::OrderReference,
        ship_notice::{ShipControl, ShipNoticeItem, ShipmentIdentifier},
    };

    fn notice() -> ShipNoticeRequest {
        let portion = ShipNoticePortion {
            order: OrderReference::new("PO-2026-000001", ""),
            comments: Vec::new(),
            extrinsics: Vec::new(),
            items: vec![ShipNoticeItem {
                line_number: 2,
                ship_notice_line_number: None,
                quantity: 3.into(),
                unit: "EA".into(),
                id: None,
                comments: Vec::new(),
                extrinsics: Vec::new(),
            }],
        };
        let mut notice = ShipNoticeRequest::new("S-1", Stamp("2026-11-21".into()), vec![portion]);
        notice.controls.push(ShipControl {
            carriers: vec![
                ("SCAC".into(), "FAST".into()),
                ("companyName".into(), "Fast Parcels".into()),
            ],
            shipments: vec![ShipmentIdentifier { number: "1Z9".into(), ..Default::default() }],
        });
        notice
    }

    #[test]
    fn a_portion_names_its_order_and_lines() {
        let all = said(&notice()).unwrap();
        let (reference, said) = &all[0];
        assert_eq!(reference.number.as_deref(), Some("PO-2026-000001"));
        assert_eq!(reference.payload_id, None, "an empty payloadID is none");
        assert_eq!((said.carrier.as_str(), said.tracking.as_str()), ("Fast Parcels", "1Z9"));
        assert_eq!(said.parts, [Moved { line_number: 2, quantity: 3.into() }]);
        assert_eq!(said.number.as_deref(), Some("S-1"));
    }

    #[test]
    fn a_notice_is_taken_back_by_delete_and_by_an_update_to_nothing() {
        let taken_back = |notice: &ShipNoticeRequest| said(notice).unwrap()[0].1.taken_back;
        let mut gone = notice();
        gone.operation = NoticeOperation::Delete;
        assert!(taken_back(&gone));
        gone.operation = NoticeOperation::Update;
        assert!(!taken_back(&gone));
        gone.portions[0].items[0].quantity = 0.into();
        assert!(taken_back(&gone));
        gone.portions.clear();
        assert_eq!(said(&gone).unwrap_err().code, "empty-ship-notice");
        gone.operation = NoticeOperation::Delete;
        assert_eq!(said(&gone), Ok(Vec::new()), "all of it, whatever orders it named");
        assert!(super::taken_back(&gone).taken_back);
    }
}

//! What the supplier answers to an order.

use std::sync::Arc;

use poem::{Request, Response, http::StatusCode};
use rust_decimal::Decimal;

use crate::{
    base::{decimal, money::UnitPrice},
    cxml::{
        Payload,
        charges::Tax,
        confirmation::{
            ConfirmationItem, ConfirmationKind, ConfirmationRequest, ConfirmationStatus,
            LineStatus, OrderReference,
        },
        invoice::{InvoiceDetailRequest, InvoiceOrder, InvoicePurpose, InvoiceSummary},
        invoice_line::{InvoiceItem, ItemReference},
        item::{ItemId, PriceBasis},
        ship_notice::ShipmentIdentifier,
        ship_notice::{ShipControl, ShipNoticeItem, ShipNoticePortion, ShipNoticeRequest},
        values::{Amount, Comments, Description},
    },
    sim::page,
};

use super::{Kept, Line, SupplierSim};

/// Tax that the simulator charges, in percent.
const TAX_PERCENT: i64 = 19;

/// Sends the answer that the button names.
pub async fn act(sim: Arc<SupplierSim>, mut req: Request) -> Response {
    let Some(mut order) = req.raw_path_param("key").and_then(|key| sim.find(key)) else {
        return page::plain(StatusCode::NOT_FOUND, "There is no such order.");
    };
    let what = page::field(&page::form(&mut req).await, "what").to_owned();
    let payload = match what.as_str() {
        "confirm" => confirm(&sim, &order, ConfirmationKind::Accept),
        "confirm-part" => confirm(&sim, &order, ConfirmationKind::Detail),
        "reject" => confirm(&sim, &order, ConfirmationKind::Reject),
        "ship" => ship(&sim, &order),
        "credit" => credit(&sim, &order),
        _ => {
            order.invoices += 1;
            invoice(&sim, &order, what == "invoice-wrong")
        }
    };
    let (domain, identity) = &order.buyer;
    let envelope = sim.wire.envelope(&sim.cast.supplier, (domain, identity));
    let who = format!("order {}", order.number);
    let posted = sim.wire.post(&who, envelope, payload).await;
    order.state = format!("{what}: {}", posted.status());
    let path = format!("/sim/supplier/orders/{}", order.key);
    sim.save(order);
    page::go(&path)
}

fn reference(order: &Kept) -> OrderReference {
    OrderReference::new(&order.number, &order.payload_id)
}

fn confirm(sim: &SupplierSim, order: &Kept, kind: ConfirmationKind) -> Payload {
    let items = match kind {
        ConfirmationKind::Detail => order.lines.iter().enumerate().map(confirm_line).collect(),
        _ => Vec::new(),
    };
    let date = sim.wire.now();
    let mut request = ConfirmationRequest::new(kind, date, reference(order), items);
    request.confirm_id = Some(sim.wire.fresh("C"));
    if kind == ConfirmationKind::Reject {
        request.comments.push(Comments::new("We cannot deliver this order."));
    }
    Payload::ConfirmationRequest(Box::new(request))
}

/// The first line is confirmed whole; of the others one half is on backorder.
fn confirm_line((index, line): (usize, &Line)) -> ConfirmationItem {
    let ordered = line.ordered.value();
    let half = (ordered / Decimal::TWO).floor();
    let later = if index == 0 && ordered <= Decimal::ONE { Decimal::ZERO } else { half };
    let status = |kind, quantity| ConfirmationStatus::new(kind, quantity, &line.unit);
    let mut statuses = vec![status(LineStatus::Accept, ordered - later)];
    if later > Decimal::ZERO {
        statuses.push(status(LineStatus::Backordered, later));
    }
    ConfirmationItem {
        line_number: line.number,
        quantity: ordered,
        unit: line.unit.clone(),
        statuses,
    }
}

fn ship(sim: &SupplierSim, order: &Kept) -> Payload {
    let items = order
        .lines
        .iter()
        .map(|line| ShipNoticeItem {
            line_number: line.number,
            ship_notice_line_number: None,
            quantity: line.ordered.value(),
            unit: line.unit.clone(),
            id: None,
            comments: Vec::new(),
            extrinsics: Vec::new(),
        })
        .collect();
    let portion = ShipNoticePortion {
        order: reference(order),
        comments: Vec::new(),
        extrinsics: Vec::new(),
        items,
    };
    let date = sim.wire.now();
    let mut request = ShipNoticeRequest::new(sim.wire.fresh("S"), date, vec![portion]);
    request.controls.push(ShipControl {
        carriers: vec![("companyName".to_owned(), "Fast Parcels".to_owned())],
        shipments: vec![ShipmentIdentifier {
            number: sim.wire.fresh("FP"),
            ..ShipmentIdentifier::default()
        }],
    });
    Payload::ShipNoticeRequest(Box::new(request))
}

/// An invoice over the whole order; a wrong one charges a tenth more on its first line.
fn invoice(sim: &SupplierSim, order: &Kept, wrong: bool) -> Payload {
    let number = format!("INV-{}-{}", order.number, order.invoices);
    let tenth = if wrong { Decimal::new(11, 1) } else { Decimal::ONE };
    Payload::InvoiceDetailRequest(Box::new(bill(sim, order, &number, (tenth, Decimal::ONE))))
}

/// A credit memo that gives the last invoice back.
fn credit(sim: &SupplierSim, order: &Kept) -> Payload {
    let number = sim.wire.fresh("CM");
    let mut memo = bill(sim, order, &number, (Decimal::ONE, Decimal::NEGATIVE_ONE));
    memo.purpose = InvoicePurpose::LineLevelCreditMemo;
    memo.corrects = Some((format!("INV-{}-{}", order.number, order.invoices), None));
    Payload::InvoiceDetailRequest(Box::new(memo))
}

/// The whole order billed, its first line at a price so much raised, or given back.
fn bill(
    sim: &SupplierSim,
    order: &Kept,
    number: &str,
    (tenth, sign): (Decimal, Decimal),
) -> InvoiceDetailRequest {
    let mut subtotal = Decimal::ZERO;
    let mut items = Vec::new();
    for (position, line) in (1_u32..).zip(&order.lines) {
        let raised = if position == 1 { tenth } else { Decimal::ONE };
        let price = decimal::round(line.amount * raised, 4);
        let sum = UnitPrice::new(price, order.currency, line.basis).times(line.ordered);
        let sum = sum.map(|money| money.amount()).unwrap_or_default() * sign;
        subtotal += sum;
        let mut item = invoice_line(order, line, (position, price, sum));
        item.quantity *= sign;
        items.push(item);
    }
    let amount = |value| Amount::new(value, order.currency);
    let places = order.currency.exponent();
    let tax = decimal::round(subtotal * Decimal::new(TAX_PERCENT, 2), places);
    let mut summary = InvoiceSummary::new(amount(subtotal));
    summary.tax =
        Some(Tax::vat("VAT", Some(Decimal::from(TAX_PERCENT)), amount(subtotal), amount(tax)));
    summary.gross = Some(amount(subtotal + tax));
    summary.net = Some(amount(subtotal + tax));
    let lines = InvoiceOrder { order: reference(order), items };
    InvoiceDetailRequest::new(number, sim.wire.now(), vec![lines], summary)
}

fn invoice_line(
    order: &Kept,
    line: &Line,
    (position, price, sum): (u32, Decimal, Decimal),
) -> InvoiceItem {
    let reference = ItemReference {
        line_number: Some(line.number),
        id: Some(ItemId::new(&line.sku)),
        description: Some(Description::new(&line.description)),
    };
    let amount = |value| Amount::new(value, order.currency);
    let ordered = line.ordered.value();
    let mut item = InvoiceItem::new(position, ordered, &line.unit, amount(price), reference);
    if line.basis != crate::base::quantity::Quantity::ONE {
        item.basis = Some(PriceBasis {
            quantity: line.basis,
            conversion_factor: crate::base::quantity::Quantity::ONE,
            unit: line.unit.clone(),
            description: None,
        });
    }
    item.subtotal = Some(amount(sum));
    item
}

//! The supplier's part: confirmations, a ship notice, invoices and a credit memo for the orders of
//! the trial.

use rust_decimal::Decimal;

use crate::{
    base::{decimal, money::Currency, quantity::Quantity},
    cxml::{
        Envelope, Payload,
        charges::Tax,
        confirmation::{
            ConfirmationItem, ConfirmationKind, ConfirmationRequest, ConfirmationStatus,
            LineStatus, OrderReference,
        },
        invoice::{InvoiceDetailRequest, InvoiceOrder, InvoicePurpose, InvoiceSummary},
        invoice_line::{InvoiceItem, ItemReference},
        item::{Item, PriceBasis},
        order::{OrderAction, OrderRequest},
        ship_notice::{ShipNoticeItem, ShipNoticePortion, ShipNoticeRequest},
        values::{Amount, Comments, Description},
    },
};

use super::{Player, Room, fault::Fault};

/// An order of the trial.
type Booked<'r> = &'r (Envelope, OrderRequest);

/// Sends everything a supplier sends in a trial.
pub(super) async fn play(player: &mut Player<'_>, room: &Room) {
    let Some((first, newest)) = room.orders.last() else { return };
    let to = first.from.credentials.first();
    let to = to.map(|own| (own.domain.clone(), own.identity.clone())).unwrap_or_default();
    let trial = newest.order_id.rsplit_once('-').map_or("", |(trial, _)| trial).to_owned();
    let find = |last: &str, action| {
        let number = format!("{trial}-{last}");
        room.orders.iter().find(|(_, order)| order.order_id == number && order.action == action)
    };
    let new = |last| find(last, OrderAction::New);
    player.send("ProfileRequest", (&to.0, &to.1), Payload::ProfileRequest).await;
    let mut script: Vec<(&str, Option<Payload>)> = Vec::new();
    let whole = |order: Booked<'_>, id: &str| confirm(player, order, ConfirmationKind::Accept, id);
    script.push(("confirmation", new("1").map(|order| whole(order, "C1"))));
    let again = new("1").filter(|(own, _)| room.repeated.contains(&own.payload_id));
    if let Some(order) = again.filter(|_| player.has(Fault::BookTwice)) {
        script.push(("confirmation once more", Some(whole(order, "C1b"))));
    }
    script.push(("confirmation in part", new("2").map(|order| in_part(player, order))));
    script.push(("confirmation of units", new("6").map(|order| by_line(player, order))));
    let change = find("1", OrderAction::Update);
    script.push(("confirmation of the change", change.map(|order| whole(order, "C5"))));
    script.push(("ship notice", new("1").map(|order| ship(player, order))));
    script.push(("invoice", new("1").map(|order| bill(player, order, "I1"))));
    script.push(("invoice with umlauts", new("4").map(|order| bill(player, order, "I4"))));
    script.push(("credit memo", new("1").map(|order| credit(player, order))));
    let rejected = new("3").map(|order| {
        let mut payload = confirm(player, order, ConfirmationKind::Reject, "C3");
        if let Payload::ConfirmationRequest(request) = &mut payload {
            request.comments.push(Comments::new("We do not sell this any more."));
        }
        payload
    });
    for (what, payload) in script {
        let Some(payload) = payload else { continue };
        player.send(what, (&to.0, &to.1), payload).await;
    }
    let Some(rejected) = rejected else { return };
    let mut envelope = player.sim.wire.envelope(player.account, (&to.0, &to.1));
    if player.has(Fault::SecretInFrom) {
        std::mem::swap(&mut envelope.from, &mut envelope.sender);
    }
    player.send_as("rejection", envelope, rejected).await;
}

fn reference((envelope, order): Booked<'_>) -> OrderReference {
    OrderReference::new(&order.order_id, &envelope.payload_id)
}

fn confirm(player: &Player<'_>, order: Booked<'_>, kind: ConfirmationKind, id: &str) -> Payload {
    confirmed(player, order, (kind, id), Vec::new())
}

fn confirmed(
    player: &Player<'_>,
    order: Booked<'_>,
    (kind, id): (ConfirmationKind, &str),
    items: Vec<ConfirmationItem>,
) -> Payload {
    let now = player.sim.wire.now();
    let mut request = ConfirmationRequest::new(kind, now, reference(order), items);
    request.confirm_id = Some(format!("{}-{id}", order.1.order_id));
    Payload::ConfirmationRequest(Box::new(request))
}

/// A line with what is accepted now and what comes later.
fn line(player: &Player<'_>, item: &Item, later: Decimal) -> ConfirmationItem {
    let unit = match item.detail.as_ref() {
        Some(detail) if !player.has(Fault::UnitEa) => detail.unit.clone(),
        _ => "EA".to_owned(),
    };
    let quantity = item.quantity.value();
    let mut statuses = vec![ConfirmationStatus::new(LineStatus::Accept, quantity - later, &unit)];
    if later > Decimal::ZERO {
        statuses.push(ConfirmationStatus::new(LineStatus::Backordered, later, &unit));
    }
    let line_number = item.line_number.unwrap_or_default();
    ConfirmationItem { line_number, quantity, unit, statuses }
}

/// The last line is half on backorder.
fn in_part(player: &Player<'_>, order: Booked<'_>) -> Payload {
    let last = order.1.items.len();
    let of = |(at, item): (usize, &Item)| {
        let half = (item.quantity.value() / Decimal::TWO).floor();
        line(player, item, if at + 1 == last { half } else { Decimal::ZERO })
    };
    let mut items: Vec<_> = order.1.items.iter().enumerate().map(of).collect();
    if player.has(Fault::UnknownLine)
        && let Some(first) = items.first().cloned()
    {
        items.push(ConfirmationItem { line_number: 99, ..first });
    }
    confirmed(player, order, (ConfirmationKind::Detail, "C2"), items)
}

fn by_line(player: &Player<'_>, order: Booked<'_>) -> Payload {
    let items = order.1.items.iter().map(|item| line(player, item, Decimal::ZERO)).collect();
    confirmed(player, order, (ConfirmationKind::Detail, "C6"), items)
}

fn ship(player: &Player<'_>, order: Booked<'_>) -> Payload {
    let of = |item: &Item| {
        Some(ShipNoticeItem {
            line_number: item.line_number?,
            ship_notice_line_number: None,
            quantity: item.quantity.value(),
            unit: item.detail.as_ref()?.unit.clone(),
            id: None,
            comments: Vec::new(),
            extrinsics: Vec::new(),
        })
    };
    let portion = ShipNoticePortion {
        order: reference(order),
        comments: Vec::new(),
        extrinsics: Vec::new(),
        items: order.1.items.iter().filter_map(of).collect(),
    };
    let number = format!("S-{}", order.1.order_id);
    let now = player.sim.wire.now();
    Payload::ShipNoticeRequest(Box::new(ShipNoticeRequest::new(number, now, vec![portion])))
}

fn bill(player: &Player<'_>, order: Booked<'_>, id: &str) -> Payload {
    Payload::InvoiceDetailRequest(Box::new(invoice(player, order, (id, Decimal::ONE))))
}

/// The whole invoice given back.
fn credit(player: &Player<'_>, order: Booked<'_>) -> Payload {
    let mut memo = invoice(player, order, ("M1", Decimal::NEGATIVE_ONE));
    memo.purpose = InvoicePurpose::CreditMemo;
    memo.corrects = Some((format!("{}-I1", order.1.order_id), Some(player.sim.wire.now().into())));
    Payload::InvoiceDetailRequest(Box::new(memo))
}

fn invoice(
    player: &Player<'_>,
    order: Booked<'_>,
    (id, sign): (&str, Decimal),
) -> InvoiceDetailRequest {
    let currency = match player.has(Fault::WrongCurrency) {
        true => Currency::USD,
        false => order.1.total.currency,
    };
    let amount = |value| Amount::new(value, currency);
    let mut subtotal = Decimal::ZERO;
    let mut items = Vec::new();
    for item in &order.1.items {
        let Some(billed) = billed(player, item, (currency, sign)) else { continue };
        subtotal += billed.subtotal.map_or(Decimal::ZERO, |own| own.value);
        items.push(billed);
    }
    if player.has(Fault::WrongSum) {
        subtotal += Decimal::ONE;
    }
    let tax = decimal::round(subtotal * Decimal::new(19, 2), 2);
    let mut summary = InvoiceSummary::new(amount(subtotal));
    summary.tax = Some(Tax::vat("VAT", Some(Decimal::from(19)), amount(subtotal), amount(tax)));
    (summary.gross, summary.net) = (Some(amount(subtotal + tax)), Some(amount(subtotal + tax)));
    let number = format!("{}-{id}", order.1.order_id);
    let lines = InvoiceOrder { order: reference(order), items };
    InvoiceDetailRequest::new(number, player.sim.wire.now(), vec![lines], summary)
}

fn billed(
    player: &Player<'_>,
    item: &Item,
    (currency, sign): (Currency, Decimal),
) -> Option<InvoiceItem> {
    let (number, detail) = (item.line_number?, item.detail.as_ref()?);
    let text = match player.has(Fault::DropUmlauts) {
        true => detail.description().replace(|c: char| !c.is_ascii(), "?"),
        false => detail.description().to_owned(),
    };
    let reference = ItemReference {
        line_number: Some(number),
        id: Some(item.id.clone()),
        description: Some(Description::new(text)),
    };
    let price = Amount::new(detail.price.amount, currency);
    let quantity = item.quantity.value() * sign;
    let mut billed = InvoiceItem::new(number, quantity, &detail.unit, price, reference);
    if detail.price.per != Quantity::ONE {
        billed.basis = Some(PriceBasis {
            quantity: detail.price.per,
            conversion_factor: Quantity::ONE,
            unit: detail.unit.clone(),
            description: None,
        });
    }
    let sum = detail.price.times(item.quantity).ok()?.amount() * sign;
    billed.subtotal = Some(Amount::new(sum, currency));
    Some(billed)
}

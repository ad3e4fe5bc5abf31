//! The parts of an order's page: its facts, how it is sent, what happened.

use crate::{
    app::{delivery::DeliveryView, order::OrderView},
    base::{decimal, money::UnitPrice},
    domain::{
        confirmation::{Part, PartKind},
        delivery::Verdict,
        shipment::Moved,
    },
    http::part::{self as ui, Event, Facts, Shell, Timeline, Tone},
    store::delivery::Purpose,
};

use super::{Sending, Try};

pub(super) fn facts(shell: &Shell, view: &OrderView) -> Facts {
    let order = &view.order;
    let requisition = format!("/requisitions/{}", order.requisition);
    let trail = format!("/orders/{}/trail", order.id);
    let requester = view.requester.as_ref().map(|person| person.name.as_str());
    let needed = order.needed_on.map(|day| shell.day(day));
    let number = &view.requisition.number;
    // No link leads where the reader is told that nothing is there.
    let requisition = match view.sees_requisition {
        true => ui::link(&shell.href(&requisition), number),
        false => ui::text(number),
    };
    let mut facts = Facts::new()
        .small()
        .text("Supplier", &view.supplier.title)
        .html("Requisition", requisition)
        .maybe("Asked for by", requester)
        .text("Cost centre", &order.cost_center_code)
        .html("Issued", shell.when(order.issued_at))
        .maybe("Your system's number", order.buyer_order_id.as_deref());
    if let Some(needed) = needed {
        facts = facts.html("Needed on", needed);
    }
    if !order.comment.is_empty() {
        facts = facts.text("Comment", &order.comment);
    }
    if view.sees_trail {
        facts = facts.html("Everything", ui::link(&shell.href(&trail), "Documents and decisions"));
    }
    facts
}

pub(super) fn sending(shell: &Shell, view: &DeliveryView) -> Sending {
    let delivery = &view.delivery;
    let what = match delivery.purpose {
        Purpose::Order => "To the supplier",
        Purpose::OrderCopy => "Copy to your own system",
        Purpose::StatusUpdate | Purpose::Invoice => "To your own system",
    };
    let tries = view.attempts.iter().map(|attempt| Try {
        at: shell.when(attempt.started_at),
        outcome: match attempt.verdict {
            Verdict::Delivered => ui::toned("delivered", Tone::Good),
            Verdict::Transient => ui::toned("tried", Tone::Warn),
            Verdict::Permanent => ui::toned("refused", Tone::Bad),
        },
        detail: attempt.detail.clone(),
    });
    Sending {
        title: format!("{what}, by {}", way(delivery.channel.word())),
        state: ui::badge(delivery.state.word()),
        next: delivery.next_at.map(|at| shell.when(at)),
        tries: tries.collect(),
    }
}

fn way(channel: &str) -> &str {
    match channel {
        "cxml" => "cXML",
        "email" => "e-mail",
        "desk" => "supplier desk",
        other => other,
    }
}

/// What a confirmation says of a part of a line; another price than the order's stands out.
fn part_told(shell: &Shell, view: &OrderView, part: &Part) -> String {
    let quantity = shell.locale.number(&decimal::canonical(part.quantity));
    let kind = match part.kind {
        PartKind::Accept => "confirmed",
        PartKind::Backordered => "backordered",
        PartKind::Reject => "rejected",
    };
    let mut told = format!("Line {}: {quantity} {kind}", part.line_number);
    if let Some((asked, ordered)) = part.other_price(&view.lines) {
        told.push_str(&format!(" at another price, {}", price_told(asked, ordered)));
    }
    if let Some(day) = part.delivery_on {
        told.push_str(&format!(", to arrive on {}", shell.locale.day(day)));
    }
    match part.comment.is_empty() {
        true => told.push('.'),
        false => told.push_str(&format!(": {}.", part.comment.trim_end_matches('.'))),
    }
    told
}

/// `Line 1: 5; line 2: 2.5`.
fn moved_told(shell: &Shell, parts: &[Moved]) -> String {
    let one = |part: &Moved| {
        let quantity = shell.locale.number(&decimal::canonical(part.quantity));
        format!("line {}: {quantity}", part.line_number)
    };
    let told = parts.iter().map(one).collect::<Vec<_>>().join("; ");
    told.replacen("line", "Line", 1)
}

/// `2.5 USD for 2`; currency and basis of the order's price are said where they differ.
fn price_told(asked: UnitPrice, ordered: UnitPrice) -> String {
    let whole = |price: UnitPrice| {
        let amount = decimal::canonical(price.amount);
        format!("{amount} {} per {}", price.currency, price.per)
    };
    let alike = asked.currency == ordered.currency && asked.per == ordered.per;
    if !alike {
        return format!("{} for {}", whole(asked), whole(ordered));
    }
    let amount = decimal::canonical(asked.amount);
    format!("{amount} {} for {}", asked.currency, decimal::canonical(ordered.amount))
}

/// What the parties said and did, newest first.
pub(in crate::http::pages) fn timeline(shell: &Shell, view: &OrderView) -> Timeline {
    let supplier = view.supplier.title.as_str();
    let mut events = vec![(
        view.order.issued_at,
        Event::new(shell.when(view.order.issued_at), "The server", "The order was issued."),
    )];
    for said in &view.confirmations {
        let rejected = said.parts.iter().all(|part| part.kind == PartKind::Reject);
        let (what, tone) = match rejected {
            true => ("The order was rejected.", Tone::Bad),
            false => ("The order was confirmed.", Tone::Good),
        };
        let words = said.parts.iter().map(|part| part_told(shell, view, part));
        let mut detail = words.collect::<Vec<_>>().join(" ");
        if !said.comment.is_empty() {
            detail = format!("{} {detail}", said.comment);
        }
        if said.replaced {
            detail.push_str(" A later confirmation took its place.");
        }
        let event = Event::new(shell.when(said.at), supplier, what).detail(detail).tone(tone);
        events.push((said.at, event));
    }
    for sent in &view.shipments {
        let way = [sent.carrier.as_str(), sent.tracking.as_str()];
        let way = way.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
        let mut event = Event::new(shell.when(sent.at), supplier, "Goods were shipped.");
        let gone = "A later notice took its place or took it back.";
        let moved = moved_told(shell, &sent.parts);
        let day = sent.delivery_on.map(|day| format!("To arrive on {}", shell.locale.day(day)));
        let day = day.unwrap_or_default();
        let told =
            [moved.as_str(), way.as_str(), day.as_str(), if sent.replaced { gone } else { "" }];
        let told = told.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        if !told.is_empty() {
            event = event.detail(told.join(". "));
        }
        events.push((sent.at, event.tone(Tone::Info)));
    }
    for taken in &view.receipts {
        let back = taken.parts.iter().any(|part| part.quantity.is_sign_negative());
        let what = if back { "Goods went back." } else { "Goods were received." };
        let mut told = moved_told(shell, &taken.parts);
        if taken.document.is_some() {
            told.push_str(&format!(". Receipt {} of the buyer's system.", taken.number));
        }
        let event = Event::new(shell.when(taken.at), &*view.buyer.title, what).detail(told);
        let tone = if back { Tone::Warn } else { Tone::Good };
        events.push((taken.at, event.tone(tone)));
    }
    events.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Timeline { events: events.into_iter().map(|(_, event)| event).collect() }
}

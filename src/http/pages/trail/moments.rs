//! The one timeline of an order's story: facts, documents and attempts together, oldest first.

use crate::{
    app::trail::{Trail, causal},
    base::{decimal, time::Time},
    domain::{
        confirmation::{Confirmation, PartKind},
        delivery::Verdict,
        fact::Fact,
        shipment::{Moved, Shipment},
    },
    http::{
        pages::told::{object_path, told},
        part::{Event, Shell, Timeline, Tone},
    },
    store::{audit::Entry, document::Direction},
};

/// A moment: when, its place among those of the same time, and what it shows.
type Moment = (Time, usize, Event);

pub(super) fn timeline(shell: &Shell, trail: &Trail) -> Timeline {
    let mut moments: Vec<Moment> = Vec::new();
    moments.extend(trail.entries.iter().map(|entry| of_entry(shell, trail, entry)));
    moments.extend(of_documents(shell, trail));
    moments.extend(of_attempts(shell, trail));
    moments.sort_by_key(|(at, place, _)| (*at, *place));
    Timeline { events: moments.into_iter().map(|(_, _, event)| event).collect() }
}

fn of_entry(shell: &Shell, trail: &Trail, entry: &Entry) -> Moment {
    let told = told(entry, &trail.labels);
    let more = serde_json::from_str(&entry.body).ok().and_then(|fact| more(trail, &fact));
    let mut event = Event::new(shell.when(entry.at), trail.labels.of(&entry.actor), told.what)
        .tone(told.tone)
        .href(shell.href(&object_path(&entry.about)));
    if let Some(detail) = more.or(told.detail) {
        event = event.detail(detail);
    }
    (entry.at, causal(&entry.kind), event)
}

/// What the rows add to a fact: the reason of a step, what exactly was confirmed, shipped and
/// received.
fn more(trail: &Trail, fact: &Fact) -> Option<String> {
    match fact {
        Fact::Decided(made) => {
            let of = |id: &str| trail.decisions.iter().find(|one| one.task.id.to_string() == id);
            let decision = of(&made.task)?;
            let comment = match made.comment.is_empty() {
                true => String::new(),
                false => format!("\u{201c}{}\u{201d} ", made.comment),
            };
            let step = &decision.step;
            Some(format!(
                "{comment}Asked because: {} (rule {}, version {}). Content {}",
                step.because, step.rule, step.rule_version, made.content_hash
            ))
        }
        Fact::TaskOpened { task, .. } => {
            let found = trail.decisions.iter().find(|one| one.task.id.to_string() == *task)?;
            Some(format!("Because: {} (rule {})", found.step.because, found.step.rule))
        }
        Fact::OrderConfirmed { confirmation, .. } | Fact::OrderRejected { confirmation, .. } => {
            let rows = &trail.confirmations;
            rows.iter().find(|row| row.id.to_string() == *confirmation).map(confirmed)
        }
        Fact::OrderShipped { shipment, .. } | Fact::ShipmentTakenBack { shipment, .. } => {
            let rows = &trail.shipments;
            rows.iter().find(|row| row.id.to_string() == *shipment).map(shipped)
        }
        Fact::OrderReceived { receipt, .. } => {
            let found = trail.receipts.iter().find(|row| row.id.to_string() == *receipt)?;
            Some(moved(&found.parts))
        }
        _ => None,
    }
}

fn confirmed(row: &Confirmation) -> String {
    let parts = row.parts.iter().map(|part| {
        let what = match part.kind {
            PartKind::Accept => "accepted",
            PartKind::Backordered => "backordered",
            PartKind::Reject => "rejected",
        };
        format!("line {}: {} {what}", part.line_number, decimal::canonical(part.quantity))
    });
    let number = std::iter::once(format!("{} by {}", row.confirm_id, row.source));
    let comment = Some(row.comment.clone()).filter(|comment| !comment.is_empty());
    number.chain(parts).chain(comment).collect::<Vec<_>>().join("; ")
}

fn shipped(row: &Shipment) -> String {
    let by = [&row.carrier, &row.tracking].map(|text| &**text).join(" ");
    let by = Some(by.trim().to_owned()).filter(|by| !by.is_empty());
    let parts = [Some(row.number.clone()), by, Some(moved(&row.parts))];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn moved(parts: &[Moved]) -> String {
    let one =
        |part: &Moved| format!("line {}: {}", part.line_number, decimal::canonical(part.quantity));
    parts.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn of_documents(shell: &Shell, trail: &Trail) -> impl Iterator<Item = Moment> {
    trail.documents.iter().map(|document| {
        let way = match document.direction {
            Direction::In => "came in",
            Direction::Out => "was written",
        };
        let status = document.status.map(|status| format!(" with status {status}"));
        let what = format!("{} {way}{}", document.kind, status.unwrap_or_default());
        let who = if document.sender.is_empty() { "the server" } else { &*document.sender };
        let event = Event::new(shell.when(document.at), who, what)
            .detail(format!("SHA-256 {}", document.body.sha256()))
            .href(shell.href(&format!("/documents/{}", document.id)));
        (document.at, causal("document-kept"), event)
    })
}

fn of_attempts(shell: &Shell, trail: &Trail) -> impl Iterator<Item = Moment> {
    trail.deliveries.iter().flat_map(move |(delivery, attempts)| {
        attempts.iter().map(move |attempt| {
            let (words, tone) = match attempt.verdict {
                Verdict::Delivered => ("delivered", Tone::Good),
                Verdict::Transient => ("not delivered, to be tried again", Tone::Warn),
                Verdict::Permanent => ("refused", Tone::Bad),
            };
            let purpose = delivery.purpose.word().replace('_', " ");
            let what = format!("Attempt {} of the {purpose}: {words}", attempt.number);
            let event = Event::new(shell.when(attempt.finished_at), "the server", what)
                .detail(format!("{}: {}", delivery.target, attempt.detail))
                .tone(tone)
                .href(shell.href(&format!("/documents/{}", delivery.document)));
            (attempt.finished_at, usize::MAX, event)
        })
    })
}

//! What an audit entry names by hash, computed anew from the rows as they stand.

use std::collections::HashMap;

use crate::{
    domain::{
        approval::{Task, TaskState, Verdict},
        cart::Goods,
        fact::{Decided, Fact, KeptAnswer, RequisitionFact},
        order::{Order, OrderLine, OrderState},
        requisition::{Requisition, RequisitionLine, content_hash, order_part_hash},
    },
    store::{
        self, Conn, StoreError,
        chain::{DocumentHash, Link},
    },
};

use super::verify::Evidence;

/// What a comparison found.
pub(super) enum Found {
    /// The entry names nothing by hash, or what it named was replaced by rule since.
    NamesNothing,
    Same,
    /// In plain words.
    Differs(String),
}

/// Requisitions read for a stretch of the chain: an order and its requisition stand close together.
#[derive(Default)]
pub(super) struct Requisitions(HashMap<String, Option<Kept>>);

type Kept = (Requisition, Vec<RequisitionLine>);

impl Requisitions {
    async fn get(&mut self, conn: &mut Conn, id: &str) -> Result<Option<&Kept>, StoreError> {
        if !self.0.contains_key(id) {
            let found = match id.parse() {
                Ok(id) => match store::requisition::get_any(conn, id).await? {
                    Some(row) => Some((row, store::requisition::lines(conn, id).await?)),
                    None => None,
                },
                Err(_) => None,
            };
            self.0.insert(id.to_owned(), found);
        }
        Ok(self.0.get(id).and_then(Option::as_ref))
    }
}

/// Kinds of entries that name something by hash; the others are not even parsed.
const KINDS: &[&str] = &[
    "document-kept",
    "decided",
    "order-issued",
    "order-changed",
    "requisition-submitted",
    "requisition-changed",
    "policy-drafted",
];

/// Compares what the entry names with what stands there now.
pub(super) async fn compare(
    conn: &mut Conn,
    link: &Link,
    evidence: &mut Evidence,
) -> Result<Found, StoreError> {
    if !KINDS.contains(&&*link.kind) {
        return Ok(Found::NamesNothing);
    }
    let Ok(fact) = serde_json::from_str::<Fact>(&link.body) else {
        return Ok(Found::Differs("its content is not a fact of this version".to_owned()));
    };
    match &fact {
        Fact::DocumentKept { document, kind, sha256, answer, .. } => {
            let question = document_is(evidence.document(conn, document).await?, kind, sha256);
            match (question, answer) {
                (Found::Same, Some(KeptAnswer { document, kind, sha256 })) => {
                    Ok(document_is(evidence.document(conn, document).await?, kind, sha256))
                }
                (question, _) => Ok(question),
            }
        }
        Fact::Decided(decided) => {
            let found = match (evidence.tasks.remove(&decided.task), decided.task.parse()) {
                (Some(task), _) => Some(task),
                (None, Ok(id)) => store::step::task(conn, id).await?,
                (None, Err(_)) => None,
            };
            Ok(decision_is(found, decided))
        }
        Fact::RequisitionSubmitted(fact) | Fact::RequisitionChanged(fact) => {
            let found = evidence.requisitions.get(conn, &fact.requisition).await?;
            Ok(requisition_is(found, fact))
        }
        Fact::OrderIssued { order, .. } | Fact::OrderChanged { order, .. } => {
            let Ok(id) = order.parse() else { return Ok(gone("order")) };
            let Some(row) = store::order::get(conn, id).await? else { return Ok(gone("order")) };
            let lines = store::order::lines(conn, id).await?;
            let signed = evidence.requisitions.get(conn, &row.requisition.to_string()).await?;
            Ok(order_is(&row, &lines, signed, &fact))
        }
        Fact::PolicyDrafted { policy, sha256, .. } => {
            let Ok(id) = policy.parse() else { return Ok(gone("policy")) };
            let csv = store::policy::csv(conn, id).await?;
            let now = crate::base::text::sha256_hex(csv.as_bytes());
            Ok(if now == *sha256 { Found::Same } else { changed("policy", "its text") })
        }
        _ => Ok(Found::NamesNothing),
    }
}

fn gone(noun: &str) -> Found {
    Found::Differs(format!("the {noun} it names is gone"))
}

fn changed(noun: &str, what: &str) -> Found {
    Found::Differs(format!("the {noun} it names was changed: {what}"))
}

/// The first of these that does not hold, as a finding.
fn first_of(noun: &str, checks: &[(bool, &str)]) -> Found {
    match checks.iter().find(|(holds, _)| !holds) {
        Some((_, what)) => changed(noun, what),
        None => Found::Same,
    }
}

fn document_is(found: Option<DocumentHash>, kind: &str, sha256: &str) -> Found {
    let Some(found) = found else { return gone("document") };
    let checks = [
        (found.of_body == sha256, "its bytes have another hash"),
        (found.stated == sha256, "its row states another hash"),
        (found.kind == kind, "its kind"),
    ];
    first_of("document", &checks)
}

fn decision_is(found: Option<Task>, named: &Decided) -> Found {
    let Some(task) = found else { return gone("decision") };
    let Some(hash) = task.decision_hash() else { return gone("decision") };
    let verdict = task.decision.as_ref().map(|decision| decision.verdict);
    let state_fits = match task.state {
        TaskState::Approved => verdict == Some(Verdict::Approve),
        TaskState::Rejected => verdict == Some(Verdict::Reject),
        // A later edit makes it void; its decision stays.
        _ => task.state == TaskState::Void,
    };
    let checks = [
        (hash == named.decision_hash, "its row has another hash"),
        (state_fits, "its state does not fit what was decided"),
    ];
    first_of("decision", &checks)
}

fn requisition_is(found: Option<&Kept>, named: &RequisitionFact) -> Found {
    let Some((row, lines)) = found else { return gone("requisition") };
    if row.round != named.round {
        // Edited while pending: the lines of earlier rounds were replaced by rule.
        return Found::NamesNothing;
    }
    let checks = [
        (content_hash(row, lines) == named.content_hash, "its content has another hash"),
        (row.content_hash == named.content_hash, "its row states another hash"),
        (row.number == named.number, "its number"),
        (row.total.to_string() == named.total, "its total"),
    ];
    first_of("requisition", &checks)
}

fn order_is(row: &Order, lines: &[OrderLine], signed: Option<&Kept>, named: &Fact) -> Found {
    let (number, requisition, supplier, total, content_hash, signed_hash) = match named {
        Fact::OrderIssued {
            number,
            requisition,
            supplier,
            total,
            content_hash,
            signed_hash,
            ..
        } if is_version(row, 1) => {
            (number, requisition, supplier, total, content_hash, signed_hash)
        }
        Fact::OrderChanged {
            number,
            revision,
            requisition,
            supplier,
            total,
            content_hash,
            signed_hash,
            ..
        } if is_version(row, *revision) => {
            (number, requisition, supplier, total, content_hash, signed_hash)
        }
        // Changed since: a later entry names the version that stands.
        _ => return Found::NamesNothing,
    };
    let Some(signed) = signed else { return gone("signed requisition of the order") };
    let Some(hash) = ordered_hash(row, lines, signed) else {
        return changed("order", "a line is not one of its requisition");
    };
    let sum = lines.iter().map(|line| line.goods.total.minor()).sum::<i64>();
    let checks = [
        (hash == *content_hash, "its content has another hash"),
        (row.content_hash == *content_hash, "its row states another hash"),
        (row.signed_hash == *signed_hash, "its signed hash"),
        (row.number == *number, "its number"),
        (row.requisition.to_string() == *requisition, "its requisition"),
        (row.supplier.to_string() == *supplier, "its supplier"),
        (row.total.to_string() == *total, "its total"),
        (row.total.minor() == sum, "the total of a line"),
        (lines_are_the_signed_ones(lines, &signed.1), "a line differs from the signed one"),
        (row.payload_id.starts_with(&row.id.to_string()), "its payloadID"),
    ];
    first_of("order", &checks)
}

/// Whether the order's rows hold this version's content. A cancellation is a version of its own
/// that leaves the content as it was.
fn is_version(row: &Order, revision: i64) -> bool {
    let cancelled = i64::from(row.state == OrderState::Cancelled);
    row.revision == revision + cancelled
}

/// The hash of the order's part of the signed content, made of the order's own rows; from the
/// requisition come only the requester and what order lines do not repeat.
fn ordered_hash(order: &Order, lines: &[OrderLine], signed: &Kept) -> Option<String> {
    let (requisition, signed) = signed;
    let head = Requisition {
        cost_center_code: order.cost_center_code.clone(),
        ship_to: order.ship_to.clone(),
        bill_to: order.bill_to.clone(),
        needed_on: order.needed_on,
        comment: order.comment.clone(),
        currency: order.currency,
        ..requisition.clone()
    };
    let own = lines.iter().map(|line| {
        let from = signed.iter().find(|one| one.id == line.requisition_line)?;
        Some(RequisitionLine { goods: line.goods.clone(), ..from.clone() })
    });
    let own = own.collect::<Option<Vec<_>>>()?;
    Some(order_part_hash(&head, &own, order.supplier))
}

fn lines_are_the_signed_ones(lines: &[OrderLine], signed: &[RequisitionLine]) -> bool {
    let bare = |goods: &Goods| Goods { item: None, lead_time_days: None, ..goods.clone() };
    lines.iter().all(|line| {
        let from = signed.iter().find(|one| one.id == line.requisition_line);
        from.is_some_and(|from| bare(&from.goods) == bare(&line.goods))
    })
}

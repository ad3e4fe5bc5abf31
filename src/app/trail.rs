//! Everything about one order, from the first request to the paid invoice: every document in and
//! out, every decision and why, every attempt to deliver. Only read, and only by those who may read
//! the audit trail of the organisation.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    base::{
        id::{DocumentId, InvoiceId, OrderId, PersonId},
        page::{Cut, MAX_LIMIT},
    },
    domain::{
        approval::{Step, Task},
        confirmation::Confirmation,
        fact::Fact,
        invoice::{Difference, Invoice},
        order::Order,
        party::{Person, Supplier},
        receipt::Receipt,
        refusal::Refusal,
        requisition::Requisition,
        shipment::Shipment,
    },
    store::{
        self, Conn,
        audit::{Asked, Entry, MOST_OBJECTS},
        delivery::{Attempt, Delivery},
        document::Document,
    },
};

use super::{
    AppError, Reader,
    audit::{self, Labels},
    catalogue::suppliers_by_id,
};

/// Entries shown at most; an order with more is read through the audit trail itself.
const MOST_ENTRIES: usize = 2_000;

/// The whole story of an order. Lists are oldest first.
#[derive(Debug, Clone)]
pub struct Trail {
    pub order: Order,
    pub supplier: Option<Supplier>,
    pub requisition: Requisition,
    pub people: BTreeMap<PersonId, Person>,
    pub documents: Vec<Document>,
    pub decisions: Vec<Decision>,
    pub deliveries: Vec<(Delivery, Vec<Attempt>)>,
    pub confirmations: Vec<Confirmation>,
    pub shipments: Vec<Shipment>,
    pub receipts: Vec<Receipt>,
    pub invoices: Vec<(Invoice, Vec<Difference>)>,
    /// Without those that only say that a document was kept or a cart edited.
    pub entries: Vec<Entry>,
    /// What the entries' ids mean.
    pub labels: Labels,
}

/// One person's part of the plan, decided or not.
#[derive(Debug, Clone)]
pub struct Decision {
    pub step: Step,
    pub task: Task,
}

impl Trail {
    /// A person's e-mail address.
    pub fn mail(&self, id: PersonId) -> String {
        self.people.get(&id).map_or_else(|| id.to_string(), |person| person.email.to_string())
    }
}

/// The story of an order of the reader's organisation.
pub async fn of_order(reader: &mut Reader<'_>, id: OrderId) -> Result<Trail, AppError> {
    reader.need("audit", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let conn = &mut *reader.conn;
    let order = store::order::in_organisation(conn, organisation, id).await?;
    let order = order.ok_or_else(|| Refusal::not_found("order"))?;
    let requisition = store::requisition::get(conn, organisation, order.requisition).await?;
    let requisition = requisition
        .ok_or_else(|| AppError::internal(format!("the requisition of {} is gone", order.id)))?;
    let people = store::person::of_organisation(conn, organisation).await?;
    let mut invoices = Vec::new();
    for invoice in store::invoice::of_order(conn, id).await? {
        let differences = store::invoice::differences(conn, invoice.id).await?;
        invoices.push((invoice, differences));
    }
    let subjects = subjects(&order, &requisition, invoices.iter().map(|(row, _)| row.id));
    let entries = entries(conn, &order, &subjects).await?;
    Ok(Trail {
        labels: audit::labels(conn, &entries).await?,
        supplier: suppliers_by_id(conn).await?.remove(&order.supplier),
        people: people.into_iter().map(|person| (person.id, person)).collect(),
        documents: documents(conn, &order, &subjects).await?,
        decisions: decisions(store::step::of_requisition(conn, requisition.id).await?),
        deliveries: deliveries(conn, &subjects).await?,
        confirmations: store::confirmation::of_order(conn, id).await?,
        shipments: store::shipment::of_order(conn, id).await?,
        receipts: store::receipt::of_order(conn, id).await?,
        entries,
        invoices,
        order,
        requisition,
    })
}

/// The order that goes by this number in the reader's organisation: ours or the procurement
/// system's.
pub async fn order_by_number(reader: &mut Reader<'_>, number: &str) -> Result<OrderId, AppError> {
    reader.need("audit", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let found = store::audit::named(&mut reader.conn, organisation, number).await?;
    let order = found.iter().find_map(|id| id.parse().ok());
    order.ok_or_else(|| Refusal::not_found("order").into())
}

/// A document of the reader's organisation, with how it was stored.
pub async fn document(reader: &mut Reader<'_>, id: DocumentId) -> Result<Document, AppError> {
    reader.need("document", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let found = store::document::get(&mut reader.conn, id).await?;
    let found = found.filter(|document| document.organisation == Some(organisation));
    found.ok_or_else(|| Refusal::not_found("document").into())
}

/// Every object that the story is about.
fn subjects(
    order: &Order,
    requisition: &Requisition,
    invoices: impl Iterator<Item = InvoiceId>,
) -> Vec<String> {
    let mut subjects = vec![order.id.to_string(), requisition.id.to_string()];
    subjects.extend(requisition.cart.map(|id| id.to_string()));
    subjects.extend(requisition.punchout_session.map(|id| id.to_string()));
    subjects.extend(invoices.map(|id| id.to_string()));
    subjects
}

/// The documents about any of the subjects, without those to and from other suppliers: a
/// requisition may have become several orders.
async fn documents(
    conn: &mut Conn,
    order: &Order,
    subjects: &[String],
) -> Result<Vec<Document>, AppError> {
    let mut found = BTreeMap::new();
    for subject in subjects {
        for document in store::document::about(conn, subject).await? {
            let ours = document.organisation.is_none_or(|id| id == order.organisation);
            if ours && document.supplier.is_none_or(|id| id == order.supplier) {
                found.insert(document.id, document);
            }
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|document| document.at);
    Ok(found)
}

async fn deliveries(
    conn: &mut Conn,
    subjects: &[String],
) -> Result<Vec<(Delivery, Vec<Attempt>)>, AppError> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for subject in subjects {
        for delivery in store::delivery::about(conn, subject).await? {
            if seen.insert(delivery.id) {
                let attempts = store::delivery::attempts(conn, &delivery.id.to_string()).await?;
                found.push((delivery, attempts));
            }
        }
    }
    found.sort_by_key(|(delivery, _)| delivery.created_at);
    Ok(found)
}

/// Rounds in their order, then the plan's order.
fn decisions(mut steps: Vec<Step>) -> Vec<Decision> {
    steps.sort_by_key(|step| (step.round, step.order));
    let tasks = steps.into_iter().flat_map(|mut step| {
        let tasks = std::mem::take(&mut step.tasks);
        tasks.into_iter().map(move |task| Decision { step: step.clone(), task })
    });
    tasks.collect()
}

async fn entries(
    conn: &mut Conn,
    order: &Order,
    subjects: &[String],
) -> Result<Vec<Entry>, AppError> {
    let mut found = BTreeMap::new();
    for about in subjects.chunks(MOST_OBJECTS) {
        let asked = Asked { about: about.to_vec(), ..Asked::default() };
        let mut after = None;
        loop {
            let cut = Cut::new(after, Some(MAX_LIMIT));
            let page = store::audit::list(conn, order.organisation, &asked, &cut).await?;
            let own = page.items.into_iter().filter(|entry| belongs(order, entry));
            found.extend(own.map(|entry| (entry.id, entry)));
            after = page.next;
            if after.is_none() || found.len() > MOST_ENTRIES {
                break;
            }
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|entry| (entry.at, causal(&entry.kind)));
    Ok(found)
}

/// Whether an entry is part of this order's story and not of a sister order's; documents and
/// editing the cart tell themselves.
fn belongs(order: &Order, entry: &Entry) -> bool {
    let own = order.id.to_string();
    if matches!(&*entry.kind, "document-kept" | "cart-changed") {
        return false;
    }
    match serde_json::from_str::<Fact>(&entry.body) {
        Ok(fact) => {
            !fact.about().iter().any(|id| id.starts_with("po_") && *id != own)
                || fact.about().contains(&own)
        }
        Err(_) => true,
    }
}

/// What one transaction did is told in the order of cause and effect.
pub fn causal(kind: &str) -> usize {
    const ORDER: &[&str] = &[
        "punchout-issued",
        "punchout-opened",
        "cart-made",
        "cart-changed",
        "order-arrived",
        "requisition-submitted",
        "requisition-changed",
        "decided",
        "budget-moved",
        "task-opened",
        "requisition-rejected",
        "requisition-approved",
        "order-issued",
        "cart-returned",
        "document-kept",
        "order-sent",
        "order-confirmed",
        "order-shipped",
        "order-received",
        "invoice-received",
        "invoice-approved",
        "invoice-corrected",
        "invoice-issued",
    ];
    ORDER.iter().position(|one| *one == kind).unwrap_or(ORDER.len())
}

#[cfg(test)]
mod tests {
    use super::causal;

    #[test]
    fn causes_come_before_what_follows() {
        assert!(causal("decided") < causal("requisition-approved"));
        assert!(causal("requisition-approved") < causal("order-issued"));
        assert!(causal("order-issued") < causal("something-new"));
    }
}

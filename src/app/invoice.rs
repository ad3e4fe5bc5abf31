//! Invoices: taken from a supplier, matched, passed or decided by people, issued to the buyer.
//!
//! A clean invoice passes in the transaction that took it; one that differs waits for people of
//! accounts payable. Passing moves what the order lines have been invoiced, spends the budget and
//! freezes the document for the buyer's own system. One invoice never passes twice.

use crate::{
    base::id::{DocumentId, InvoiceId, OrganisationId, PersonId, SupplierId},
    cxml::{Status, invoice::InvoiceDetailRequest},
    domain::{
        fact::Fact,
        invoice::{
            Claim, Invoice, InvoiceKind, InvoiceMove, InvoiceState, MatchResult, Sums, duplicate,
            turned,
        },
        matching::{Matched, Ordered, Tolerance, Ways, matched, memo::corrected},
        order::{Order, Reference, Source},
        refusal::{Refusal, RefusalKind},
        role::Role,
    },
    exchange,
    store::{self, Conn},
};

use super::{
    AppError, Cx,
    inbox::{self, Inbound},
    order,
};
pub use view::{InvoiceRow, InvoiceView, documents, get, list};

mod decide;
mod flip;
mod memo;
mod pass;
mod remit;
mod view;

pub use decide::{Accept, Reject};
pub use flip::{CreateFromOrder, LineInput, Proposal, TAX_RATE, propose};
pub use memo::{CreateCredit, CreditProposal, propose_credit};
pub(super) use pass::issue;
pub use remit::remittance;

/// Where an invoice comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Origin {
    organisation: OrganisationId,
    supplier: SupplierId,
    source: Source,
    /// The document it came as.
    document: Option<DocumentId>,
}

/// An invoice that was taken, and the objects it concerns, the most telling first.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Taken {
    invoice: InvoiceId,
    state: InvoiceState,
    about: Vec<String>,
}

/// Takes an InvoiceDetailRequest inside the transaction that keeps it. One that differs is taken as
/// well; its supplier reads that it waits for a person.
pub async fn arrive(
    cx: &mut Cx<'_>,
    inbound: &Inbound<'_>,
    request: &InvoiceDetailRequest,
) -> Result<inbox::Taken, AppError> {
    let claim = exchange::invoice::said(request)?;
    let supplier = inbound.sender.supplier().ok_or_else(|| Refusal::not_found("supplier"))?;
    let origin = Origin {
        organisation: inbound.sender.partner.organisation,
        supplier,
        source: Source::Cxml,
        document: Some(inbound.id),
    };
    let taken = take(cx, origin, &claim).await?;
    let status = match taken.state {
        InvoiceState::Difference => Status::new(200, DIFFERS),
        _ => Status::ok(),
    };
    Ok(inbox::Taken::status(status, taken.about))
}

/// What the supplier reads when the invoice was taken but did not pass.
const DIFFERS: &str = "The invoice differs from its order. It waits for the buyer's decision; a \
                       corrected one under the same number replaces it.";

/// Matches a claim and keeps it as an invoice; a clean one passes.
async fn take(cx: &mut Cx<'_>, origin: Origin, claim: &Claim) -> Result<Taken, AppError> {
    replace_earlier(cx, origin, &claim.number).await?;
    let orders = orders_of(cx.conn, origin, claim).await?;
    let mut of_lines = Vec::with_capacity(claim.lines.len());
    for (line, at) in claim.lines.iter().zip(&orders.at) {
        let order = orders.found.get(*at);
        of_lines.push(order.ok_or_else(|| unknown_order(&line.order))?);
    }
    let (matched, corrects) = match claim.kind {
        InvoiceKind::Invoice => (matched(claim, &of_lines, Tolerance::NONE, Ways::Two)?, None),
        InvoiceKind::CreditMemo | InvoiceKind::DebitMemo => {
            let left = memo::named(cx.conn, origin, &claim.corrects).await?;
            let corrects = left.invoice.id;
            (corrected(claim, left, &of_lines)?, Some(corrects))
        }
    };
    let (sums, matched) = signed(claim, matched);
    let result = matched.result();
    let by = match result {
        MatchResult::Clean => InvoiceMove::Pass,
        MatchResult::Difference => InvoiceMove::Differ,
    };
    let found = store::organisation::get(cx.conn, origin.organisation).await?;
    let zone = found.map(|organisation| organisation.time_zone).unwrap_or_default();
    let invoice = Invoice {
        id: cx.id(),
        organisation: origin.organisation,
        supplier: origin.supplier,
        kind: claim.kind,
        corrects,
        number: claim.number.clone(),
        source: origin.source,
        invoiced_on: claim.invoiced_on.unwrap_or_else(|| cx.now.day_in(&zone)),
        sums,
        state: InvoiceState::Received.moved(by)?,
        result,
        decided_by: None,
        reason: String::new(),
        document: origin.document,
        issued_document: None,
        received_at: cx.now,
        version: 1,
    };
    store::invoice::insert(cx.conn, &invoice).await?;
    for line in &matched.lines {
        store::invoice::insert_line(cx.conn, invoice.id, line).await?;
    }
    store::invoice::insert_differences(cx.conn, invoice.id, &matched.differences).await?;
    let billed: Vec<String> = orders.found.iter().map(|own| own.order.id.to_string()).collect();
    cx.fact_in(
        origin.organisation,
        Fact::InvoiceReceived {
            invoice: invoice.id.to_string(),
            supplier: origin.supplier.to_string(),
            number: invoice.number.clone(),
            result: result.word().to_owned(),
            orders: billed.clone(),
        },
    );
    if invoice.state == InvoiceState::Approved {
        let orders: Vec<Order> = orders.found.into_iter().map(|own| own.order).collect();
        pass::pass(cx, &invoice, &matched.lines, (&orders, "match")).await?;
    }
    let about = std::iter::once(invoice.id.to_string()).chain(billed).collect();
    Ok(Taken { invoice: invoice.id, state: invoice.state, about })
}

/// As it is kept: what a credit memo gives back stands below zero.
fn signed(claim: &Claim, mut matched: Matched) -> (Sums, Matched) {
    if claim.kind != InvoiceKind::CreditMemo {
        return (claim.sums, matched);
    }
    for line in &mut matched.lines {
        (line.subtotal, line.tax) = (turned(line.subtotal), turned(line.tax));
    }
    (claim.sums.turned(), matched)
}

/// Refuses a number that passed already; one that differs gives way to the new one.
async fn replace_earlier(cx: &mut Cx<'_>, origin: Origin, number: &str) -> Result<(), AppError> {
    let Origin { organisation, supplier, .. } = origin;
    let earlier = store::invoice::by_number(cx.conn, organisation, supplier, number).await?;
    for earlier in earlier.iter().filter(|earlier| earlier.state != InvoiceState::Rejected) {
        let Some(state) = earlier.state.after(InvoiceMove::Replace) else {
            return Err(duplicate(number, earlier.state).into());
        };
        store::invoice::decide(cx.conn, earlier, state, (None, REPLACED)).await?;
        let fact =
            Fact::InvoiceRejected { invoice: earlier.id.to_string(), reason: REPLACED.to_owned() };
        cx.fact_in(organisation, fact);
    }
    Ok(())
}

/// Why an invoice was rejected whose corrected successor came.
const REPLACED: &str = "replaced";

/// The orders that a claim names, each once, and which of them each line names.
struct Orders {
    found: Vec<Ordered>,
    at: Vec<usize>,
}

async fn orders_of(conn: &mut Conn, origin: Origin, claim: &Claim) -> Result<Orders, AppError> {
    let mut orders = Orders { found: Vec::new(), at: Vec::new() };
    let mut known: Vec<(&Reference, usize)> = Vec::new();
    for line in &claim.lines {
        if let Some((_, at)) = known.iter().find(|(reference, _)| **reference == line.order) {
            orders.at.push(*at);
            continue;
        }
        let order = named(conn, origin, &line.order).await?;
        let at = orders.found.iter().position(|own| own.order.id == order.id);
        let at = match at {
            Some(at) => at,
            None => {
                let lines = store::order::lines(conn, order.id).await?;
                orders.found.push(Ordered { order, lines });
                orders.found.len() - 1
            }
        };
        known.push((&line.order, at));
        orders.at.push(at);
    }
    Ok(orders)
}

/// The order that a reference names. Another supplier's or organisation's order is not there.
async fn named(conn: &mut Conn, origin: Origin, reference: &Reference) -> Result<Order, AppError> {
    let Origin { organisation, supplier, .. } = origin;
    let mut found = order::named(conn, (organisation, supplier), reference).await?;
    match (found.pop(), found.pop()) {
        (Some(only), None) => Ok(only),
        _ => Err(unknown_order(reference).into()),
    }
}

fn unknown_order(reference: &Reference) -> Refusal {
    let got = reference.number.as_deref().or(reference.payload_id.as_deref()).unwrap_or("none");
    Refusal::new(
        RefusalKind::NotFound,
        "unknown-order",
        "The invoice bills an order that you do not have from this organisation.",
    )
    .field("InvoiceDetailOrderInfo")
    .got(crate::base::text::shorten(got, 80))
    .expected("the orderID or the payloadID of one order")
    .mend("Name the order as its OrderRequest named itself.")
}

/// Who keeps away from the invoice, whatever roles they have: whoever asked for the goods, signed
/// for them or took them in, as far as the access policy does not lift it.
pub(super) async fn barred(cx: &mut Cx<'_>, invoice: &Invoice) -> Result<Vec<PersonId>, AppError> {
    let rights = cx.app.policies.rights(cx.conn, Some(invoice.organisation)).await?;
    let kept = |part: Role| !rights.may(&[part], "invoice", "decide");
    let conn = &mut *cx.conn;
    let id = invoice.id;
    let lines = store::invoice::lines(conn, id).await?;
    let mut people = Vec::new();
    for order in pass::orders(conn, &lines).await? {
        let asked = store::requisition::get_any(conn, order.requisition).await?;
        let asked = asked.filter(|_| kept(Role::GOODS_REQUESTER));
        people.extend(asked.map(|asked| asked.requester));
        let steps = store::step::of_requisition(conn, order.requisition).await?;
        let tasks = steps.into_iter().flat_map(|step| step.tasks);
        let tasks = tasks.filter(|_| kept(Role::GOODS_APPROVER));
        people.extend(tasks.filter_map(|task| task.decision).map(|decision| decision.by));
        let receipts = store::receipt::of_order(conn, order.id).await?;
        let receipts = receipts.into_iter().filter(|_| kept(Role::GOODS_RECEIVER));
        people.extend(receipts.map(|receipt| receipt.person));
    }
    Ok(people)
}

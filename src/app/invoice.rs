//! Invoices: taken from a supplier, matched, passed or decided by people, issued to the buyer.
//!
//! A clean invoice passes in the transaction that took it; one that differs waits for people of
//! accounts payable. Passing moves what the order lines have been invoiced, spends the budget and
//! freezes the document for the buyer's own system. One invoice never passes twice.

use crate::{
    base::{
        id::{DocumentId, InvoiceId, OrganisationId, PersonId, SupplierId},
        page::{Cut, Page},
    },
    cxml::{Status, invoice::InvoiceDetailRequest},
    domain::{
        fact::Fact,
        invoice::{
            Claim, Difference, Invoice, InvoiceKind, InvoiceLine, InvoiceMove, InvoiceState,
            MatchResult, Sums, duplicate, turned,
        },
        matching::{Matched, Ordered, Tolerance, Ways, matched, memo::corrected},
        order::{Order, Reference, Source},
        payment::Payment,
        refusal::{Refusal, RefusalKind},
        role::Role,
    },
    exchange,
    store::{self, Conn, document::Document},
};

use super::{
    AppError, Cx, Reader,
    inbox::{self, Inbound},
    order,
};

mod decide;
mod flip;
mod memo;
mod pass;
mod remit;

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

/// An invoice with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceView {
    pub invoice: Invoice,
    pub supplier_name: String,
    pub supplier_title: String,
    pub organisation_title: String,
    pub lines: Vec<InvoiceLine>,
    pub differences: Vec<Difference>,
    pub orders: Vec<Order>,
    /// Name of the person who decided.
    pub decided_by: Option<String>,
    /// What the buyer's system said it paid, oldest first.
    pub payments: Vec<Payment>,
    /// The invoice that a memo corrects.
    pub corrects: Option<Invoice>,
    /// The memos that correct it, oldest first.
    pub memos: Vec<Invoice>,
}

/// An invoice in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceRow {
    pub invoice: Invoice,
    pub supplier_name: String,
    pub supplier_title: String,
    pub organisation_title: String,
}

/// The invoices that the reader may see, newest first: the organisation's, or the supplier's own.
pub async fn list(reader: &mut Reader<'_>, cut: &Cut) -> Result<Page<InvoiceRow>, AppError> {
    let page = match reader.actor.supplier() {
        Some(supplier) => {
            reader.need("invoice", "read")?;
            store::invoice::list_at_supplier(&mut reader.conn, supplier, cut).await?
        }
        None => {
            reader.need("invoice", "read-all")?;
            let organisation = reader.actor.need_organisation()?;
            store::invoice::list(&mut reader.conn, organisation, cut).await?
        }
    };
    let mut items = Vec::with_capacity(page.items.len());
    for invoice in page.items {
        let (supplier_name, supplier_title, organisation_title) =
            titles(&mut reader.conn, &invoice).await?;
        items.push(InvoiceRow { invoice, supplier_name, supplier_title, organisation_title });
    }
    Ok(Page { items, next: page.next })
}

/// One invoice.
pub async fn get(reader: &mut Reader<'_>, id: InvoiceId) -> Result<InvoiceView, AppError> {
    let found = match reader.actor.supplier() {
        Some(supplier) => {
            reader.need("invoice", "read")?;
            store::invoice::at_supplier(&mut reader.conn, supplier, id).await?
        }
        None => {
            reader.need("invoice", "read-all")?;
            let organisation = reader.actor.need_organisation()?;
            store::invoice::in_organisation(&mut reader.conn, organisation, id).await?
        }
    };
    let invoice = found.ok_or_else(|| Refusal::not_found("invoice"))?;
    let conn = &mut *reader.conn;
    let (supplier_name, supplier_title, organisation_title) = titles(conn, &invoice).await?;
    let lines = store::invoice::lines(conn, id).await?;
    let differences = store::invoice::differences(conn, id).await?;
    let orders = pass::orders(conn, &lines).await?;
    let decided_by = match invoice.decided_by {
        Some(person) => store::person::get(conn, person).await?.map(|person| person.name),
        None => None,
    };
    let payments = store::payment::of_invoice(conn, id).await?;
    let corrects = match invoice.corrects {
        Some(original) => store::invoice::get(conn, original).await?,
        None => None,
    };
    let memos = store::invoice::corrections(conn, id).await?;
    Ok(InvoiceView {
        corrects,
        memos,
        payments,
        invoice,
        supplier_name,
        supplier_title,
        organisation_title,
        lines,
        differences,
        orders,
        decided_by,
    })
}

/// The documents that concern the invoice, oldest first; its supplier sees what it sent itself.
pub async fn documents(
    reader: &mut Reader<'_>,
    invoice: &Invoice,
) -> Result<Vec<Document>, AppError> {
    let mut all = store::document::about(&mut reader.conn, &invoice.id.to_string()).await?;
    if reader.actor.supplier().is_some() {
        all.retain(|document| Some(document.id) == invoice.document);
    }
    Ok(all)
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

/// The supplier's name and title, and the organisation's title.
async fn titles(conn: &mut Conn, invoice: &Invoice) -> Result<(String, String, String), AppError> {
    let supplier = store::supplier::get(conn, invoice.supplier).await?;
    let organisation = store::organisation::get(conn, invoice.organisation).await?;
    let (name, title) = supplier.map(|found| (found.name, found.title)).unwrap_or_default();
    Ok((name, title, organisation.map(|found| found.title).unwrap_or_default()))
}

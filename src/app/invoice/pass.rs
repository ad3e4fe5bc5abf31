//! What follows when an invoice passes: order lines, budgets, the document for the buyer's system.

use crate::{
    app::{
        AppError, Cx,
        budget::{self, Billed},
        document,
        outgoing::{self, Way},
    },
    base::{
        id::{DocumentId, InvoiceId, OrderId, RequisitionId},
        money::Money,
        quantity::Quantity,
    },
    cxml,
    domain::{
        fact::Fact,
        invoice::{Invoice, InvoiceLine, InvoiceMove, Sums},
        order::{Order, OrderLine},
        party::{Channel, Identity, Organisation},
    },
    exchange::invoice::{Parties, issue as issued},
    store::{
        self, Conn,
        delivery::Purpose,
        document::{Direction, Document, sender_key},
    },
};

/// Books an approved invoice and states the fact that issues it. `orders` are those it was held
/// against: when one of them moved since, nothing is booked. `by` is a person's id or `match`.
pub(super) async fn pass(
    cx: &mut Cx<'_>,
    invoice: &Invoice,
    lines: &[InvoiceLine],
    (orders, by): (&[Order], &str),
) -> Result<(), AppError> {
    let mut spent: Vec<(RequisitionId, Billed)> = Vec::new();
    for order in orders {
        let billed = book(cx.conn, order, lines).await?;
        match spent.iter_mut().find(|(of, _)| *of == order.requisition) {
            None => spent.push((order.requisition, billed)),
            Some((_, sum)) => {
                sum.cost = sum.cost.checked_add(billed.cost)?;
                sum.ordered = sum.ordered.checked_add(billed.ordered)?;
            }
        }
    }
    // Shipping and handling that somebody approved are costs of the first one.
    if let Some((_, first)) = spent.first_mut() {
        let Sums { shipping, handling, discount, .. } = invoice.sums;
        let charges = shipping.checked_add(handling)?.checked_sub(discount)?;
        let whole = first.cost.checked_add(charges)?;
        first.cost = if whole.minor() < 0 { Money::zero(whole.currency()) } else { whole };
    }
    for (requisition, billed) in spent {
        budget::spend(cx, requisition, &invoice.id.to_string(), billed).await?;
    }
    let fact = Fact::InvoiceApproved { invoice: invoice.id.to_string(), by: by.to_owned() };
    cx.fact_in(invoice.organisation, fact);
    Ok(())
}

/// The orders that the lines bill, each once, in the order of the lines.
pub(super) async fn orders(conn: &mut Conn, lines: &[InvoiceLine]) -> Result<Vec<Order>, AppError> {
    let mut ids: Vec<OrderId> = Vec::new();
    for line in lines {
        if !ids.contains(&line.order) {
            ids.push(line.order);
        }
    }
    let mut orders = Vec::with_capacity(ids.len());
    for id in ids {
        let order = store::order::get(conn, id).await?;
        orders.push(order.ok_or_else(|| AppError::internal(format!("order {id} is gone")))?);
    }
    Ok(orders)
}

/// Moves what the order's lines have been invoiced; an order that is received and invoiced in full
/// is closed. Answers what that costs, and what the same goods cost in the order.
async fn book(conn: &mut Conn, order: &Order, lines: &[InvoiceLine]) -> Result<Billed, AppError> {
    let zero = Money::zero(order.currency);
    let mut billed = Billed { cost: zero, ordered: zero };
    let mut own = store::order::lines(conn, order.id).await?;
    for line in lines.iter().filter(|line| line.order == order.id) {
        billed.cost = billed.cost.checked_add(line.subtotal)?;
        if let Some(own) = own.iter_mut().find(|own| own.line_number == line.order_line) {
            let before = worth(own)?;
            own.progress.invoiced += line.quantity.value();
            let more = worth(own)?.checked_sub(before)?;
            billed.ordered = billed.ordered.checked_add(more)?;
        }
    }
    for line in &own {
        store::order::save_progress(conn, line).await?;
    }
    let closed = order.state.closed_by(&own);
    // Even without another state the version moves: it guards the lines.
    store::order::set_state(conn, order, closed.unwrap_or(order.state)).await?;
    Ok(billed)
}

/// What the invoiced part of a line costs at the order's price: rounded on the whole, so that the
/// parts add up to the line.
fn worth(line: &OrderLine) -> Result<Money, AppError> {
    let part = line.progress.invoiced.min(line.wanted());
    match Quantity::new(part) {
        Ok(part) => Ok(line.goods.price.times(part)?),
        Err(_) => Ok(Money::zero(line.goods.price.currency)),
    }
}

/// Freezes an approved invoice for the organisation's own system. Without an address or a
/// connection to send over it stays approved.
pub(in crate::app) async fn issue(cx: &mut Cx<'_>, id: InvoiceId) -> Result<(), AppError> {
    let found = store::invoice::get(cx.conn, id).await?;
    let invoice = found.ok_or_else(|| AppError::internal(format!("invoice {id} is gone")))?;
    let Some(state) = invoice.state.after(InvoiceMove::Issue) else { return Ok(()) };
    let found = store::organisation::get(cx.conn, invoice.organisation).await?;
    let organisation = found.ok_or_else(|| AppError::internal("an organisation is gone"))?;
    let Some(target) = organisation.invoice_url.clone() else { return Ok(()) };
    let Some(partner) = outgoing::buyer(cx.conn, organisation.id).await? else { return Ok(()) };
    let to = outgoing::buyer_identity(&organisation, Some(&partner));
    let mut lines = store::invoice::lines(cx.conn, id).await?;
    let orders = orders(cx.conn, &lines).await?;
    // The buyer's system reads its own units.
    let profile = partner.profile.read()?;
    for line in &mut lines {
        line.unit = profile.units.to_theirs(&line.unit).unwrap_or(&line.unit).to_owned();
    }
    let parties = parties(cx, &invoice, &organisation, to).await?;
    let document_id: DocumentId = cx.id();
    let payload_id = format!("{document_id}@{}", cx.app.site.host());
    let wire = issued((&invoice, &lines), &orders, &parties, (&payload_id, cx.now));
    let about = std::iter::once(id.to_string()).chain(orders.iter().map(|o| o.id.to_string()));
    let kept = Document {
        id: document_id,
        direction: Direction::Out,
        kind: wire.payload.name().to_owned(),
        organisation: Some(invoice.organisation),
        supplier: Some(invoice.supplier),
        partner: Some(partner.id),
        about: about.collect(),
        sender: sender_key(&parties.from),
        payload_id,
        content_type: "text/xml; charset=UTF-8".to_owned(),
        body: cxml::encode(&wire),
        status: None,
        reply_to: None,
        at: cx.now,
    };
    document::keep(cx, kept.clone()).await?;
    let partner = Some(partner.id);
    let way = Way { purpose: Purpose::Invoice, channel: Channel::Cxml, target, partner };
    outgoing::send(cx, &kept, way).await?;
    store::invoice::set_issued(cx.conn, &invoice, state, document_id).await?;
    cx.fact_in(invoice.organisation, Fact::InvoiceIssued { invoice: id.to_string() });
    Ok(())
}

async fn parties(
    cx: &mut Cx<'_>,
    invoice: &Invoice,
    organisation: &Organisation,
    to: Identity,
) -> Result<Parties, AppError> {
    let supplier = store::supplier::get(cx.conn, invoice.supplier).await?;
    let (name, title) = supplier.map(|found| (found.name, found.title)).unwrap_or_default();
    let supply = store::partner::supply(cx.conn, organisation.id, invoice.supplier).await?;
    Ok(Parties {
        from: outgoing::first_identity(supply.as_ref(), &name),
        to,
        sender: cx.app.site.identity.clone(),
        supplier_title: title,
        organisation_title: organisation.title.clone(),
    })
}

//! What follows when an invoice passes: order lines, budgets, the document for the buyer's system.

use rust_decimal::Decimal;

use crate::{
    app::{
        AppError, Cx,
        budget::{self, Billed},
        document,
        outgoing::{self, Way},
    },
    base::{
        id::{DocumentId, InvoiceId, OrderId, RequisitionId},
        money::{Money, MoneyFault, spread},
    },
    cxml,
    domain::{
        fact::Fact,
        invoice::{Invoice, InvoiceKind, InvoiceLine, InvoiceMove, Scope},
        order::{Order, OrderLine},
        party::{Channel, Identity, Organisation},
        requisition::RequisitionLine,
    },
    exchange::invoice::{Parties, issue as issued},
    store::{
        self, Conn,
        delivery::Purpose,
        document::{Direction, Document, sender_key},
    },
};

use super::memo;

/// Books an approved invoice and states the fact that issues it. `orders` are those it was held
/// against: when one of them moved since, nothing is booked. `by` is a person's id or `match`.
pub(super) async fn pass(
    cx: &mut Cx<'_>,
    invoice: &Invoice,
    lines: &[InvoiceLine],
    (orders, by): (&[Order], &str),
) -> Result<(), AppError> {
    let mut spent: Vec<(RequisitionId, Vec<Billed>)> = Vec::new();
    for order in orders {
        let billed = book(cx.conn, order, (invoice.kind, lines)).await?;
        match spent.iter_mut().find(|(of, _)| *of == order.requisition) {
            None => spent.push((order.requisition, billed)),
            Some((_, known)) => known.extend(billed),
        }
    }
    charge(invoice, &mut spent)?;
    let about = invoice.id.to_string();
    for (requisition, billed) in spent {
        match invoice.kind {
            InvoiceKind::CreditMemo => budget::credit(cx, requisition, &about, &billed).await?,
            _ => budget::spend(cx, requisition, &about, &billed).await?,
        }
    }
    let fact = Fact::InvoiceApproved { invoice: invoice.id.to_string(), by: by.to_owned() };
    cx.fact_in(invoice.organisation, fact);
    match invoice.corrects {
        Some(original) => memo::booked(cx, invoice, original).await,
        None => Ok(()),
    }
}

/// What is to be paid, without tax, is what is spent: what the lines do not say, such as shipping
/// or a discount, is spread over them by what they cost.
fn charge(invoice: &Invoice, spent: &mut [(RequisitionId, Vec<Billed>)]) -> Result<(), MoneyFault> {
    let mut net = invoice.sums.total.checked_sub(invoice.sums.tax)?;
    if invoice.kind == InvoiceKind::Invoice && net.minor() < 0 {
        net = Money::zero(net.currency());
    }
    let all = || spent.iter().flat_map(|(_, billed)| billed);
    let weights: Vec<i64> = all().map(|one| one.cost.minor()).collect();
    let of_lines = Money::sum(all().map(|one| one.cost), net.currency())?;
    let parts = spread(net.checked_sub(of_lines)?, &weights);
    let all = spent.iter_mut().flat_map(|(_, billed)| billed);
    for (one, part) in all.zip(parts) {
        one.cost = one.cost.checked_add(part)?;
    }
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
async fn book(
    conn: &mut Conn,
    order: &Order,
    (kind, lines): (InvoiceKind, &[InvoiceLine]),
) -> Result<Vec<Billed>, AppError> {
    let mut own = store::order::lines(conn, order.id).await?;
    let mut billed = Vec::new();
    for line in lines.iter().filter(|line| line.order == order.id) {
        match (line.scope, kind) {
            (Scope::Order, InvoiceKind::Invoice) => {
                for own in &mut own {
                    let open = own.wanted() - own.progress.invoiced;
                    let ordered = moved(own, open.max(Decimal::ZERO))?;
                    billed.push(Billed { line: own.requisition_line, cost: ordered, ordered });
                }
            }
            (Scope::Order, _) => billed.extend(shared(&own, line.subtotal)?),
            (scope, _) => {
                let found = own.iter_mut().find(|own| own.line_number == line.order_line);
                let Some(own) = found else { continue };
                let quantity = match (scope, kind) {
                    (Scope::Goods, InvoiceKind::Invoice) => line.quantity.value(),
                    (Scope::Goods, InvoiceKind::CreditMemo) => -line.quantity.value(),
                    _ => Decimal::ZERO,
                };
                let ordered = moved(own, quantity)?;
                billed.push(Billed { line: own.requisition_line, cost: line.subtotal, ordered });
            }
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

/// Moves what was invoiced of a line; answers what that costs at the order's price.
fn moved(own: &mut OrderLine, quantity: Decimal) -> Result<Money, MoneyFault> {
    let before = own.worth(own.progress.invoiced)?;
    own.progress.invoiced = (own.progress.invoiced + quantity).max(Decimal::ZERO);
    own.worth(own.progress.invoiced)?.checked_sub(before)
}

/// A sum for a whole order, spread over its lines by what they cost.
fn shared(own: &[OrderLine], sum: Money) -> Result<Vec<Billed>, MoneyFault> {
    let mut weights = Vec::with_capacity(own.len());
    for line in own {
        weights.push(line.worth(line.wanted())?.minor());
    }
    let ordered = Money::zero(sum.currency());
    let parts = own.iter().zip(spread(sum, &weights));
    let billed =
        |(line, cost): (&OrderLine, Money)| Billed { line: line.requisition_line, cost, ordered };
    Ok(parts.map(billed).collect())
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
    number_as_buyer(cx.conn, &orders, &mut lines).await?;
    let parties = parties(cx, &invoice, &organisation, to).await?;
    let original = memo::original(cx.conn, &invoice).await?;
    let document_id: DocumentId = cx.id();
    let payload_id = format!("{document_id}@{}", cx.app.site.host());
    let names = (payload_id.as_str(), cx.now);
    let wire = issued((&invoice, &lines), &orders, &parties, original.as_ref(), names);
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
        body: cxml::encode(&wire).into(),
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

/// An order that goes by the procurement system's orderID has its line numbers there.
async fn number_as_buyer(
    conn: &mut Conn,
    orders: &[Order],
    lines: &mut [InvoiceLine],
) -> Result<(), AppError> {
    for order in orders.iter().filter(|order| order.buyer_order_id.is_some()) {
        let own = store::order::lines(conn, order.id).await?;
        let asked = store::requisition::lines(conn, order.requisition).await?;
        for line in lines.iter_mut().filter(|line| line.order == order.id) {
            let own = own.iter().find(|own| own.line_number == line.order_line);
            let asked = own.and_then(|own| asked.iter().find(|a| a.id == own.requisition_line));
            line.order_line = asked.map_or(line.order_line, RequisitionLine::buyer_number);
        }
    }
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

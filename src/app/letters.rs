//! Which fact tells whom: letters are written in the transaction that states the fact.
//!
//! A request to decide goes to the person whose turn it is and to nobody else; what became of a
//! requisition or an order goes to its requester, and of a requisition to those whom a rule tells;
//! an invoice that differs goes to accounts payable. The words are chosen in
//! `exchange::letter`; a live link is never stored, only what it will lead to.

mod asked;
mod invoice;
mod remark;
mod trouble;
mod undelivered;
mod watch;

pub use undelivered::{SendAgain, undelivered};

use crate::{
    base::id::{InviteId, OrderId, OrganisationId, PersonId, RequisitionId, ShipmentId},
    domain::{
        approval::Ring,
        fact::Fact,
        invoice::MatchResult,
        notice::{AfterApproval, Language, News, Notice, OrderBrief, RequisitionBrief},
        order::Order,
        party::{Checkout, Person},
        requisition::{Requisition, RequisitionSource},
    },
    exchange::letter,
    store,
};

use super::{AppError, Cx, digest};

/// How long an invitation or a reset can be used, as its letter says.
const LINK_HOURS: u32 = 72;

/// What a match says of an invoice that waits for a person.
const DIFFERENCE: &str = MatchResult::Difference.word();

/// Writes the letters that a fact owes.
pub(super) async fn write(
    cx: &mut Cx<'_>,
    organisation: Option<OrganisationId>,
    fact: &Fact,
) -> Result<(), AppError> {
    match fact {
        Fact::TaskOpened { requisition, task, .. } => {
            asked::write(cx, read(requisition)?, read(task)?, None).await
        }
        Fact::TaskReminded { requisition, task } => {
            asked::write(cx, read(requisition)?, read(task)?, Some(Ring::Remind)).await
        }
        Fact::TaskEscalated { requisition, task, .. } => {
            asked::write(cx, read(requisition)?, read(task)?, Some(Ring::Escalate)).await
        }
        Fact::RemarkMade { requisition, kind, text, .. } => {
            let kind = kind.parse().map_err(AppError::internal)?;
            remark::write(cx, read(requisition)?, (kind, text)).await
        }
        Fact::RequisitionSubmitted(fact) | Fact::RequisitionChanged(fact) => {
            watch::write(cx, read(&fact.requisition)?, (News::HandedIn, "")).await
        }
        Fact::RequisitionExpired { requisition } => {
            expired(cx, read(requisition)?).await?;
            watch::write(cx, read(requisition)?, (News::Expired, "")).await
        }
        Fact::RequisitionApproved { requisition, .. } => {
            approved(cx, read(requisition)?).await?;
            watch::write(cx, read(requisition)?, (News::Approved, "")).await
        }
        Fact::RequisitionRejected { requisition, reason, by } => {
            rejected(cx, read(requisition)?, reason, by).await?;
            watch::write(cx, read(requisition)?, (News::Rejected, reason)).await
        }
        Fact::OrderIssued { order, .. } => {
            order_news(cx, read(order)?, |order| Notice::OrderIssued { order }).await
        }
        Fact::OrderRejected { order, reason, .. } => {
            let reason = reason.clone();
            let notice = |order| Notice::OrderRejectedBySupplier { order, reason };
            order_news(cx, read(order)?, notice).await
        }
        Fact::OrderShipped { order, shipment, .. } => {
            shipped(cx, read(order)?, read(shipment)?).await
        }
        Fact::DeliveryLate { delivery, about, attempts }
        | Fact::DeliveryFailed { delivery, about, attempts } => {
            trouble::write(cx, delivery, about, *attempts).await
        }
        Fact::ExchangeFailed { exchange, .. } => trouble::exchange(cx, read(exchange)?).await,
        Fact::InvoiceReceived { invoice, result, .. } if result == DIFFERENCE => {
            invoice::differs(cx, read(invoice)?).await
        }
        Fact::PersonInvited { person, invite, .. } => {
            invited(cx, organisation, read(person)?, read(invite)?).await
        }
        Fact::PasswordResetAsked { person, invite } => {
            let notice = Notice::PasswordReset { invite: read(invite)?, valid_hours: LINK_HOURS };
            tell(cx, read(person)?, &notice, ("", person)).await
        }
        _ => Ok(()),
    }
}

/// An id out of a fact that was stated a moment ago.
fn read<T: std::str::FromStr>(text: &str) -> Result<T, AppError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(AppError::internal)
}

/// Puts one letter to one person into the outbox, or lets it wait for the person's next one when
/// that was chosen. A disabled person is told nothing.
pub(super) async fn tell(
    cx: &mut Cx<'_>,
    to: PersonId,
    notice: &Notice,
    (bound, about): (&str, &str),
) -> Result<(), AppError> {
    let person = store::person::get(cx.conn, to).await?.filter(Person::is_active);
    let Some(person) = person else { return Ok(()) };
    let language = Language::of_tag(&person.locale);
    let reader =
        letter::Reader { name: person.name.clone(), language, zone: person.time_zone.clone() };
    let written = letter::write(notice, &reader);
    if digest::gathered(cx, &person, (notice, &written.subject)).await? {
        return Ok(());
    }
    let row = store::letter::Letter {
        id: cx.id(),
        organisation: person.organisation(),
        person: Some(person.id),
        address: person.email.to_string(),
        name: person.name,
        language: language.tag().to_owned(),
        subject: written.subject,
        text: written.text,
        html: written.html,
        link: Some(notice.link()),
        link_bound: bound.to_owned(),
        about: about.to_owned(),
    };
    store::letter::insert(cx.conn, &row, cx.now).await?;
    Ok(())
}

async fn need_requisition(cx: &mut Cx<'_>, id: RequisitionId) -> Result<Requisition, AppError> {
    let found = store::requisition::get_any(cx.conn, id).await?;
    found.ok_or_else(|| AppError::internal(format!("a fact names {id}, which is not there")))
}

async fn brief(cx: &mut Cx<'_>, row: &Requisition) -> Result<RequisitionBrief, AppError> {
    let requester = store::person::get(cx.conn, row.requester).await?;
    Ok(RequisitionBrief {
        id: row.id,
        number: row.number.clone(),
        requester: requester.map(|person| person.name).unwrap_or_default(),
        total: row.total,
        cost_center: row.cost_center_code.clone(),
    })
}

async fn expired(cx: &mut Cx<'_>, id: RequisitionId) -> Result<(), AppError> {
    let requisition = need_requisition(cx, id).await?;
    let notice = Notice::RequisitionExpired { requisition: brief(cx, &requisition).await? };
    let about = id.to_string();
    tell(cx, requisition.requester, &notice, ("", &about)).await
}

async fn approved(cx: &mut Cx<'_>, id: RequisitionId) -> Result<(), AppError> {
    let requisition = need_requisition(cx, id).await?;
    let signed = !store::step::of_requisition(cx.conn, id).await?.is_empty();
    let then = if requisition.source == RequisitionSource::IncomingOrder {
        AfterApproval::Forwarded
    } else if requisition.checkout == Checkout::ApproveThenOrder {
        let orders = store::order::of_requisition(cx.conn, id).await?;
        AfterApproval::Ordered(orders.into_iter().map(|order| order.number).collect())
    } else {
        let Some(cart) = requisition.cart else { return Ok(()) };
        AfterApproval::Transfer(cart)
    };
    // Where nobody was asked, nobody approved: the orders' own letters say all there is.
    if !signed {
        return Ok(());
    }
    let notice = Notice::RequisitionApproved { requisition: brief(cx, &requisition).await?, then };
    let about = id.to_string();
    tell(cx, requisition.requester, &notice, ("", &about)).await
}

async fn rejected(
    cx: &mut Cx<'_>,
    id: RequisitionId,
    reason: &str,
    by: &str,
) -> Result<(), AppError> {
    let requisition = need_requisition(cx, id).await?;
    let decider = match by.parse() {
        Ok(email) => store::person::by_email(cx.conn, &email).await?,
        Err(_) => None,
    };
    let notice = Notice::RequisitionRejected {
        requisition: brief(cx, &requisition).await?,
        by: decider.map_or_else(|| by.to_owned(), |person| person.name),
        reason: if reason.is_empty() { "-".to_owned() } else { reason.to_owned() },
    };
    let about = id.to_string();
    tell(cx, requisition.requester, &notice, ("", &about)).await
}

async fn need_order(cx: &mut Cx<'_>, id: OrderId) -> Result<(Order, OrderBrief), AppError> {
    let order = store::order::get(cx.conn, id).await?;
    let order = order
        .ok_or_else(|| AppError::internal(format!("a fact names {id}, which is not there")))?;
    let supplier = store::supplier::get(cx.conn, order.supplier).await?;
    let brief = OrderBrief {
        id,
        number: order.number.clone(),
        supplier: supplier.map(|supplier| supplier.title).unwrap_or_default(),
        total: order.total,
    };
    Ok((order, brief))
}

async fn order_news(
    cx: &mut Cx<'_>,
    id: OrderId,
    notice: impl FnOnce(OrderBrief) -> Notice,
) -> Result<(), AppError> {
    let (order, brief) = need_order(cx, id).await?;
    let requisition = need_requisition(cx, order.requisition).await?;
    let about = id.to_string();
    tell(cx, requisition.requester, &notice(brief), ("", &about)).await
}

async fn shipped(cx: &mut Cx<'_>, id: OrderId, shipment: ShipmentId) -> Result<(), AppError> {
    let all = store::shipment::of_order(cx.conn, id).await?;
    let shipment = all.into_iter().find(|one| one.id == shipment);
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let carrier = shipment.as_ref().and_then(|one| said(&one.carrier));
    let tracking = shipment.as_ref().and_then(|one| said(&one.tracking));
    let expected_on = shipment.and_then(|one| one.delivery_on);
    let notice = |order| Notice::OrderShipped { order, carrier, tracking, expected_on };
    order_news(cx, id, notice).await
}

async fn invited(
    cx: &mut Cx<'_>,
    organisation: Option<OrganisationId>,
    person: PersonId,
    invite: InviteId,
) -> Result<(), AppError> {
    let organisation = match organisation {
        Some(id) => store::organisation::get(cx.conn, id).await?.map(|found| found.title),
        None => None,
    };
    let notice = Notice::Invite {
        invite,
        organisation: organisation.unwrap_or_else(|| "Countersign".to_owned()),
        invited_by: cx.actor.as_person().map(|person| person.name.clone()),
        valid_hours: LINK_HOURS,
    };
    let about = person.to_string();
    tell(cx, person, &notice, ("", &about)).await
}

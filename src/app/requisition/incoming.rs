//! Journey 1: an order that arrives from a procurement system becomes a requisition, so that it is
//! judged by the same rules. What needs nobody's signature goes on to the suppliers at once.

use crate::{
    base::{
        decimal,
        id::{CartId, DocumentId, OrganisationId, PersonId, PunchoutSessionId},
        money::Currency,
        time::Day,
    },
    domain::{
        cart::{Account, Goods},
        fact::Fact,
        party::{AddressKind, Organisation, PostalAddress},
        refusal::Refusal,
        requisition::{
            BuyerLine, Extras, Flag, Requisition, RequisitionLine, RequisitionSource,
            RequisitionState,
        },
    },
    store,
};

use super::{
    super::{AppError, Cx, budget},
    Draft, Made, Origin, address, comment, empty, fresh_line, hand_in, need_organisation,
};

/// An order of the procurement system, read and compared with the returned cart.
#[derive(Debug, Clone)]
pub struct Incoming {
    pub organisation: OrganisationId,
    pub requester: PersonId,
    /// The cart that was returned, when the order is for one.
    pub cart: Option<CartId>,
    pub punchout_session: Option<PunchoutSessionId>,
    /// The procurement system's orderID, and the payloadID of its OrderRequest.
    pub buyer_order_id: String,
    pub buyer_payload_id: String,
    /// As the order names it; the requester's or the organisation's default without one.
    pub cost_center: Option<String>,
    /// The organisation's default addresses without them.
    pub ship_to: Option<PostalAddress>,
    pub bill_to: Option<PostalAddress>,
    pub needed_on: Option<Day>,
    pub comment: String,
    /// Agreements and terms.
    pub extras: Extras,
    pub currency: Currency,
    pub lines: Vec<IncomingLine>,
    /// Where the order differs from the cart by more than the tolerance: it is held for sign-off.
    pub flags: Vec<Flag>,
    /// The document that brought it, and the positions of its attachments: of the whole order, and
    /// of each line.
    pub document: DocumentId,
    pub enclosed: Vec<i64>,
    pub line_enclosed: Vec<Vec<i64>>,
}

/// A line of it.
#[derive(Debug, Clone)]
pub struct IncomingLine {
    pub goods: Goods,
    pub accounts: Vec<Account>,
    pub buyer: BuyerLine,
}

/// What became of an incoming order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    pub requisition: Requisition,
    /// It waits for sign-off: cXML 201, and a StatusUpdateRequest later.
    pub held: bool,
}

/// Makes a requisition of an incoming order, inside the command that received it.
pub async fn submit_incoming(cx: &mut Cx<'_>, incoming: Incoming) -> Result<Handed, AppError> {
    if incoming.lines.is_empty() {
        return Err(empty("The order has no lines."));
    }
    let organisation = need_organisation(cx.conn, incoming.organisation).await?;
    let requester = store::person::get(cx.conn, incoming.requester).await?;
    let requester = requester
        .filter(|person| person.organisation() == Some(organisation.id))
        .ok_or_else(|| Refusal::not_found("requester"))?;
    let lines = lines_of(cx, incoming.lines);
    let centers = store::organisation::cost_centers(cx.conn, organisation.id).await?;
    let default = requester.default_cost_center.or(organisation.default_cost_center);
    let cost_center = match &incoming.cost_center {
        Some(code) => centers.iter().find(|center| center.code == *code),
        None => centers.iter().find(|center| Some(center.id) == default),
    };
    let code = cost_center.map(|center| center.code.clone()).or(incoming.cost_center);
    let ship_to = given_or_default(cx, &organisation, AddressKind::ShipTo, incoming.ship_to);
    let ship_to = ship_to.await?;
    let bill_to = given_or_default(cx, &organisation, AddressKind::BillTo, incoming.bill_to);
    let bill_to = bill_to.await?;
    let signed_as = match incoming.cart {
        Some(cart) if incoming.flags.is_empty() => signed_before(cx, cart, &lines).await?,
        _ => None,
    };
    let draft = Draft {
        ship_to_country: ship_to.country.clone(),
        extras: incoming.extras,
        total: Draft::total_of(&lines, incoming.currency)?,
        cost_center: cost_center.cloned(),
        cost_center_code: code.unwrap_or_default(),
        requester,
        source: RequisitionSource::IncomingOrder,
        flagged: !incoming.flags.is_empty(),
        signed_as,
        versions: None,
        lines,
        id: cx.id(),
        at: cx.now,
        until: cx.now.plus_ms(crate::base::time::DAY_MS),
        organisation,
    };
    let to_lines = draft.lines.iter().zip(incoming.line_enclosed);
    let to_lines = to_lines.flat_map(|(line, own)| own.into_iter().map(|at| (Some(line.id), at)));
    let to_head = incoming.enclosed.iter().map(|at| (None, *at));
    for (line, at) in to_head.chain(to_lines) {
        let place = (incoming.document, at);
        store::attachment::enclose(cx.conn, draft.id, line, place).await?;
    }
    let made = Made {
        draft,
        ship_to,
        bill_to,
        needed_on: incoming.needed_on,
        comment: comment(Some(&incoming.comment))?,
        flags: incoming.flags.clone(),
    };
    let origin = Origin {
        cart: incoming.cart,
        punchout_session: incoming.punchout_session,
        buyer_order_id: Some(incoming.buyer_order_id),
        buyer_payload_id: Some(incoming.buyer_payload_id),
    };
    arrived(cx, made, origin).await
}

/// Hands the order in and states that it arrived.
async fn arrived(cx: &mut Cx<'_>, made: Made, origin: Origin) -> Result<Handed, AppError> {
    let flags = made.flags.iter().map(flag_text).collect();
    let buyer_order_id = origin.buyer_order_id.clone().unwrap_or_default();
    let requisition = hand_in(cx, made, origin).await?;
    let held = requisition.state == RequisitionState::Pending;
    cx.fact(Fact::OrderArrived {
        requisition: requisition.id.to_string(),
        buyer_order_id,
        held,
        flags,
    });
    Ok(Handed { requisition, held })
}

fn lines_of(cx: &mut Cx<'_>, arrived: Vec<IncomingLine>) -> Vec<RequisitionLine> {
    let line = |(position, line): (i64, IncomingLine)| RequisitionLine {
        id: cx.id(),
        accounts: line.accounts,
        buyer: line.buyer,
        ..fresh_line(position, line.goods)
    };
    (1..).zip(arrived).map(line).collect()
}

/// The address that the order names, or the organisation's own default of its kind.
async fn given_or_default(
    cx: &mut Cx<'_>,
    organisation: &Organisation,
    kind: AddressKind,
    given: Option<PostalAddress>,
) -> Result<PostalAddress, AppError> {
    match given {
        Some(given) => Ok(given),
        None => address(cx.conn, organisation, kind, None).await,
    }
}

/// The number under which this cart was signed off here before it went back, when the order is for
/// the very same goods. What was signed is used up by it, and its reservation given back: the order
/// reserves anew.
async fn signed_before(
    cx: &mut Cx<'_>,
    cart: CartId,
    lines: &[RequisitionLine],
) -> Result<Option<String>, AppError> {
    let found = store::requisition::of_cart(cx.conn, cart).await?;
    let signed = |row: &Requisition| {
        row.source == RequisitionSource::Cart && row.state == RequisitionState::Approved
    };
    let Some(found) = found.filter(signed) else { return Ok(None) };
    let locked = store::requisition::lock(cx.conn, found.organisation, found.id).await?;
    let Some(mut earlier) = locked.filter(signed) else { return Ok(None) };
    let before = store::requisition::lines(cx.conn, earlier.id).await?;
    if !same_goods(&before, lines) {
        return Ok(None);
    }
    budget::release(cx, earlier.id).await?;
    earlier.state = RequisitionState::Ordered;
    store::requisition::update(cx.conn, &mut earlier).await?;
    Ok(Some(earlier.number))
}

/// Whether both hold the same articles in the same quantities at the same prices, in any order.
fn same_goods(before: &[RequisitionLine], after: &[RequisitionLine]) -> bool {
    let texts = |lines: &[RequisitionLine]| {
        let text = |line: &RequisitionLine| {
            let Goods { supplier, sku, aux_id, quantity, unit, price, total, .. } = &line.goods;
            let (amount, per) = (decimal::canonical(price.amount), price.per);
            format!("{supplier} {sku:?} {aux_id:?} {quantity} {unit:?} {amount} {per} {total}")
        };
        let mut texts: Vec<String> = lines.iter().map(text).collect();
        texts.sort();
        texts
    };
    texts(before) == texts(after)
}

/// One difference in one line.
fn flag_text(flag: &Flag) -> String {
    if flag.tolerance.is_empty() {
        return flag.sentence();
    }
    format!(
        "line {}: {} was {} in the cart, is {} in the order (tolerance {})",
        flag.line, flag.field, flag.expected, flag.got, flag.tolerance
    )
}

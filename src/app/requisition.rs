//! Requisitions: handed in, changed while pending, withdrawn.
//!
//! What is handed in gets its plan, its reservation and its steps in one transaction; when nobody
//! is asked it goes on at once. Nothing here decides a task.

mod amend;
mod change;
mod facts;
mod forecast;
mod incoming;
mod plan;
mod registers;
mod replan;
mod view;

pub use amend::{Amend, Amended, Wanted};
pub use change::{ChangeLines, Withdraw};
pub(super) use change::{own_to_change, take_back};

pub use facts::{Draft, known};
pub use forecast::{Forecast, Wait};
pub use incoming::{Handed, Incoming, IncomingLine, submit_incoming};
pub use plan::{Planned, fact_of, keep_record, number, outcome, plan, steps};
pub use registers::Wish;
pub(super) use registers::{colleague, members};
pub use view::{
    CheckoutView, OrderShown, Preview, PreviewStep, RequisitionView, checkout_view, concerns,
    explained, get, kept_notes, list, need_visible, preview, preview_with, visible,
};

pub(super) use plan::{save_moved, void_steps};
pub(super) use replan::{Edit, Signatures, need_ours, replan, settle};

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        id::{CartId, RequisitionId},
        text::shorten,
        time::Day,
    },
    domain::{
        cart::{CartState, Goods},
        fact::Fact,
        gateway,
        party::{AddressKind, CostCenter, Organisation, Person, PostalAddress},
        refusal::Refusal,
        requisition::{
            BuyerLine, Flag, Requisition, RequisitionLine, RequisitionSource, RequisitionState,
            content_hash,
        },
    },
    policy::limits::LooksBack,
    store::{self, Conn},
};

use super::{App, AppError, Command, Cx, Need, approval, cart::reach};

/// Characters of a comment: what a procurement system shows of a header comment.
pub const MAX_COMMENT: usize = 2_000;

/// Hands a cart in for sign-off.
#[derive(Debug, Clone)]
pub struct Submit {
    pub cart: CartId,
    pub wish: Wish,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    pub requisition: RequisitionId,
    pub number: String,
    pub state: RequisitionState,
}

impl Command for Submit {
    type Answer = Submitted;
    const NEED: Need = Need::May("cart", "submit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Submitted, AppError> {
        let cart = reach(cx.conn, &cx.actor, self.cart).await?;
        if let Some(session) = cart.punchout_session
            && store::cart::is_read_only(cx.conn, session).await?
        {
            let message = "This visit only looks at a cart; it cannot hand it in.";
            return Err(Refusal::conflict("cart-read-only", message).into());
        }
        cart.state.need_open()?;
        let person = cx.actor.need_person()?.clone();
        let mut made = draft_of_cart(cx.app, cx.conn, &person, &cart, &self.wish).await?;
        made.draft.id = cx.id();
        made.draft.at = cx.now;
        for line in &mut made.draft.lines {
            line.id = cx.id();
        }
        store::cart::set_state(cx.conn, &cart, CartState::Submitted, cx.now).await?;
        let handed = hand_in(cx, made, Origin::of_cart(&cart)).await?;
        Ok(Submitted { requisition: handed.id, number: handed.number, state: handed.state })
    }
}

/// A draft with the head that will be signed with it.
pub(super) struct Made {
    pub draft: Draft,
    pub ship_to: PostalAddress,
    pub bill_to: PostalAddress,
    pub needed_on: Option<Day>,
    pub comment: String,
    /// What somebody must look at.
    pub flags: Vec<Flag>,
}

/// Where a requisition comes from.
#[derive(Default)]
pub(super) struct Origin {
    pub cart: Option<CartId>,
    pub punchout_session: Option<crate::base::id::PunchoutSessionId>,
    pub buyer_order_id: Option<String>,
    pub buyer_payload_id: Option<String>,
}

impl Origin {
    fn of_cart(cart: &crate::domain::cart::Cart) -> Self {
        Self { cart: Some(cart.id), punchout_session: cart.punchout_session, ..Self::default() }
    }
}

/// Reads what a cart would be handed in as; the ids are made when it really is.
async fn draft_of_cart(
    app: &App,
    conn: &mut Conn,
    person: &Person,
    cart: &crate::domain::cart::Cart,
    wish: &Wish,
) -> Result<Made, AppError> {
    let now = app.now();
    let organisation = need_organisation(conn, cart.organisation).await?;
    let lines = store::cart::lines(conn, cart.id).await?;
    if lines.is_empty() {
        return Err(empty("The cart is empty."));
    }
    let sites = store::gateway::lines(conn, cart.id).await?;
    let flags = gateway::flags(&lines, &sites);
    let mut lines: Vec<RequisitionLine> =
        (1..).zip(lines).map(|(position, line)| fresh_line(position, line.goods)).collect();
    registers::charge(&mut lines, wish)?;
    let center = own_cost_center(conn, person, &organisation, &wish.cost_center).await?;
    let ship_to = address(conn, &organisation, AddressKind::ShipTo, wish.ship_to.as_deref());
    let ship_to = ship_to.await?;
    let bill_to = address(conn, &organisation, AddressKind::BillTo, None).await?;
    let comment = comment(wish.comment.as_deref())?;
    let extras = registers::extras(app, conn, person, wish).await?;
    let draft = Draft {
        ship_to_country: ship_to.country.clone(),
        extras,
        total: Draft::total_of(&lines, cart.currency)?,
        cost_center_code: center.code.clone(),
        cost_center: Some(center),
        requester: person.clone(),
        source: RequisitionSource::Cart,
        flagged: !flags.is_empty(),
        signed_as: None,
        versions: None,
        lines,
        id: RequisitionId::from_bits(0),
        at: now,
        until: now.plus_ms(crate::base::time::DAY_MS),
        organisation,
    };
    Ok(Made { draft, ship_to, bill_to, needed_on: wish.needed_on, comment, flags })
}

fn fresh_line(position: i64, goods: Goods) -> RequisitionLine {
    RequisitionLine {
        id: crate::base::id::RequisitionLineId::from_bits(0),
        position,
        goods,
        accounts: Vec::new(),
        attachments: Vec::new(),
        buyer: BuyerLine::default(),
    }
}

fn empty(message: &str) -> AppError {
    Refusal::invalid("no-lines", message)
        .field("lines")
        .expected("at least one line")
        .mend("Add something from the catalogue first.")
        .into()
}

async fn need_organisation(
    conn: &mut Conn,
    id: crate::base::id::OrganisationId,
) -> Result<Organisation, AppError> {
    let found = store::organisation::get(conn, id).await?;
    found.ok_or_else(|| Refusal::not_found("organisation").into())
}

/// The cost centres that a person may charge, in the order of their codes.
pub(super) async fn own_cost_centers(
    conn: &mut Conn,
    person: &Person,
    organisation: &Organisation,
) -> Result<Vec<CostCenter>, AppError> {
    let mut own = store::person::cost_centers(conn, person.id).await?;
    own.extend(person.default_cost_center);
    let all = store::organisation::cost_centers(conn, organisation.id).await?;
    let usable = |center: &CostCenter| center.disabled_at.is_none() && own.contains(&center.id);
    Ok(all.into_iter().filter(usable).collect())
}

async fn own_cost_center(
    conn: &mut Conn,
    person: &Person,
    organisation: &Organisation,
    code: &str,
) -> Result<CostCenter, AppError> {
    let own = own_cost_centers(conn, person, organisation).await?;
    let codes: Vec<&str> = own.iter().map(|center| center.code.as_str()).collect();
    let codes = if codes.is_empty() { "none yet".to_owned() } else { codes.join(", ") };
    let found = own.iter().find(|center| center.code == code).cloned();
    found.ok_or_else(|| {
        Refusal::invalid("cost-center-not-yours", "You may not charge this cost centre.")
            .field("cost_center")
            .got(shorten(code, 40))
            .expected(format!("one of your cost centres: {codes}"))
            .mend("Choose one of them, or ask an admin for this one.")
            .into()
    })
}

/// The address of this code, or the default one.
pub(super) async fn address(
    conn: &mut Conn,
    organisation: &Organisation,
    kind: AddressKind,
    code: Option<&str>,
) -> Result<PostalAddress, AppError> {
    let all = store::organisation::addresses(conn, organisation.id, kind).await?;
    let codes: Vec<&str> = all.iter().map(|address| address.postal.code.as_str()).collect();
    let codes = codes.join(", ");
    let code = code.map(str::trim).filter(|code| !code.is_empty());
    let found = all
        .iter()
        .find(|address| code.is_none_or(|code| address.postal.code == code))
        .map(|address| address.postal.clone());
    found.ok_or_else(|| {
        Refusal::invalid("unknown-address", "The organisation has no such address.")
            .field(kind.word())
            .got(shorten(code.unwrap_or("none"), 40))
            .expected(if codes.is_empty() { "an address".to_owned() } else { codes })
            .mend("Choose another address, or ask an admin to add it.")
            .into()
    })
}

/// A comment as it is signed and sent on; characters that no document can carry are refused.
pub(super) fn comment(text: Option<&str>) -> Result<String, Refusal> {
    let text = text.unwrap_or_default().replace("\r\n", "\n").trim().to_owned();
    let refusal = |message: &str, expected: &str| {
        Refusal::invalid("bad-comment", message)
            .field("comment")
            .got(format!("{} characters", text.chars().count()))
            .expected(expected)
            .mend("Say it in fewer and plain words; a longer text can be attached as a file.")
    };
    if text.chars().count() > MAX_COMMENT {
        return Err(refusal("The comment is too long.", "at most 2000 characters"));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(refusal("The comment holds a control character.", "plain text"));
    }
    Ok(text)
}

/// Stores a requisition with its plan; when nobody is asked it goes on at once.
pub(super) async fn hand_in(
    cx: &mut Cx<'_>,
    made: Made,
    origin: Origin,
) -> Result<Requisition, AppError> {
    let Made { draft, ship_to, bill_to, needed_on, comment, flags } = made;
    lock_together(cx, &draft).await?;
    let planned = plan::plan_and_reserve(cx, &draft).await?;
    let mut requisition = Requisition {
        id: draft.id,
        number: String::new(),
        organisation: draft.organisation.id,
        requester: draft.requester.id,
        cart: origin.cart,
        punchout_session: origin.punchout_session,
        source: draft.source,
        checkout: draft.organisation.checkout,
        buyer_order_id: origin.buyer_order_id,
        buyer_payload_id: origin.buyer_payload_id,
        cost_center: draft.cost_center.as_ref().map(|center| center.id),
        cost_center_code: draft.cost_center_code.clone(),
        ship_to,
        bill_to,
        needed_on,
        comment,
        extras: draft.extras.clone(),
        currency: draft.total.currency(),
        total: draft.total,
        state: RequisitionState::Pending,
        round: 1,
        content_hash: String::new(),
        approval_version: planned.rules.approval_number,
        limits_version: planned.rules.limits_number,
        because: planned.because(),
        flags,
        submitted_at: cx.now,
        decided_at: None,
        reject_reason: None,
        returned_pending_at: None,
        returned_final_at: None,
        version: 1,
    };
    requisition.content_hash = content_hash(&requisition, &draft.lines);
    requisition.number = plan::number(cx, &draft.organisation).await?;
    store::requisition::insert(cx.conn, &requisition, &draft.lines).await?;
    let steps = plan::steps(cx, &planned, &requisition);
    let fact = plan::fact_of(&requisition, draft.requester.email.as_str(), steps.len());
    cx.fact(Fact::RequisitionSubmitted(fact));
    plan::keep_record(cx, &planned, &requisition).await?;
    plan::keep_steps(cx, &steps).await?;
    if steps.is_empty() {
        approval::finish(cx, &mut requisition, &draft.lines).await?;
    }
    Ok(requisition)
}

/// Requisitions that are judged together wait for each other, so that an order split in two and
/// handed in at once is still seen whole.
async fn lock_together(cx: &mut Cx<'_>, draft: &Draft) -> Result<(), AppError> {
    let rules = plan::rules(cx.app, cx.conn, draft).await?;
    match rules.limits.looks_back() {
        None => {}
        Some(LooksBack::Requester) => store::person::lock(cx.conn, draft.requester.id).await?,
        Some(LooksBack::Everybody) => {
            store::organisation::lock(cx.conn, draft.organisation.id).await?;
        }
    }
    Ok(())
}

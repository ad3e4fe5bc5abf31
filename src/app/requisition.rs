//! Requisitions: handed in, changed while pending, withdrawn.
//!
//! What is handed in gets its plan, its reservation and its steps in one transaction; when nobody
//! is asked it goes on at once. Nothing here decides a task.

mod amend;
mod change;
mod draft;
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
    base::id::{CartId, RequisitionId},
    domain::{
        cart::CartState,
        fact::Fact,
        refusal::Refusal,
        requisition::{Requisition, RequisitionState, content_hash},
    },
    policy::limits::LooksBack,
    store::{self},
};

use super::{AppError, Command, Cx, Need, approval, cart::reach};
pub(super) use draft::{Made, Origin, address, comment, own_cost_centers};
use draft::{draft_of_cart, empty, fresh_line, need_organisation};

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

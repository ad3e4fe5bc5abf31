//! What requesters do to their own pending requisitions: take them back, give them other lines.

use crate::{
    base::id::RequisitionId,
    domain::{
        cart::{Goods, check_count},
        fact::Fact,
        refusal::Refusal,
        requisition::{
            Requisition, RequisitionLine, RequisitionMove, RequisitionState, content_hash,
        },
    },
    store,
};

use super::{
    super::{
        AppError, Command, Cx, Need, budget,
        cart::{LineAsked, price_among},
        catalogue::Buyer,
        order,
    },
    Edit, Signatures, concerns, empty, fresh_line, need_ours, plan, replan, settle,
};

/// The requester's own requisition, locked, when it may make this move.
async fn own_for_move(
    cx: &mut Cx<'_>,
    id: RequisitionId,
    by: RequisitionMove,
) -> Result<Requisition, AppError> {
    let organisation = cx.actor.need_organisation()?;
    let person = cx.actor.need_person()?.id;
    let found = store::requisition::get(cx.conn, organisation, id).await?;
    let found = found.ok_or_else(|| Refusal::not_found("requisition"))?;
    if found.requester != person {
        if concerns(cx.conn, id, person).await? || cx.may("requisition", "read-all").await? {
            let message = "Only the requester may do this.";
            return Err(Refusal::forbidden("not-the-requester", message).into());
        }
        return Err(Refusal::not_found("requisition").into());
    }
    let locked = store::requisition::lock(cx.conn, organisation, id).await?;
    let requisition = locked.ok_or_else(|| Refusal::not_found("requisition"))?;
    if requisition.state.after(by).is_none() {
        return Err(Refusal::conflict("not-pending", "The requisition is no longer pending.")
            .got(requisition.state.word())
            .expected(RequisitionState::Pending.word())
            .mend("Hand in a new cart instead.")
            .into());
    }
    Ok(requisition)
}

/// The requester's own pending requisition that was made here, locked, to be changed.
pub(in crate::app) async fn own_to_change(
    cx: &mut Cx<'_>,
    id: RequisitionId,
) -> Result<Requisition, AppError> {
    let requisition = own_for_move(cx, id, RequisitionMove::Change).await?;
    need_ours(&requisition)?;
    Ok(requisition)
}

/// Takes a pending requisition back.
#[derive(Debug, Clone, Copy)]
pub struct Withdraw {
    pub requisition: RequisitionId,
}

impl Command for Withdraw {
    type Answer = ();
    const NEED: Need = Need::May("requisition", "withdraw");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let mut requisition = own_for_move(cx, self.requisition, RequisitionMove::Withdraw).await?;
        take_back(cx, &mut requisition).await
    }
}

/// Ends a pending requisition without a decision.
pub(in crate::app) async fn take_back(
    cx: &mut Cx<'_>,
    requisition: &mut Requisition,
) -> Result<(), AppError> {
    plan::void_steps(cx, requisition).await?;
    requisition.state = RequisitionState::Withdrawn;
    requisition.decided_at = Some(cx.now);
    store::requisition::update(cx.conn, requisition).await?;
    budget::release(cx, requisition.id).await?;
    order::stands_again(cx, requisition).await?;
    cx.fact(Fact::RequisitionWithdrawn { requisition: requisition.id.to_string() });
    Ok(())
}

/// Puts other lines in place of a pending requisition's: new content, new plan, and every decision
/// taken before is void.
#[derive(Debug, Clone)]
pub struct ChangeLines {
    pub requisition: RequisitionId,
    pub lines: Vec<LineAsked>,
}

impl Command for ChangeLines {
    type Answer = ();
    const NEED: Need = Need::May("requisition", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let mut requisition = own_to_change(cx, self.requisition).await?;
        if self.lines.is_empty() {
            return Err(empty("A requisition without lines cannot be signed off."));
        }
        check_count(self.lines.len())?;
        let (organisation, currency) = (requisition.organisation, requisition.currency);
        let before =
            (requisition.clone(), store::requisition::lines(cx.conn, requisition.id).await?);
        let known: Vec<Goods> = before.1.iter().map(|line| line.goods.clone()).collect();
        let buyer = Buyer { organisation, currency };
        let goods = price_among(cx.conn, buyer, &self.lines, &known).await?;
        let after = relined(cx, &before.1, goods);
        if content_hash(&requisition, &after) == requisition.content_hash {
            cx.nothing_changed();
            return Ok(());
        }
        let edit = Edit { before: (&before.0, &before.1), after, signatures: Signatures::Void };
        let done = replan(cx, &mut requisition, edit).await?;
        settle(cx, &mut requisition, &done.steps).await
    }
}

/// The lines after an edit; an article that stood there before keeps its accounts and files.
fn relined(cx: &Cx<'_>, before: &[RequisitionLine], goods: Vec<Goods>) -> Vec<RequisitionLine> {
    let mut known: Vec<&RequisitionLine> = before.iter().collect();
    let mut lines = Vec::with_capacity(goods.len());
    for (position, goods) in (1..).zip(goods) {
        let at = known.iter().position(|line| line.goods.same_article(&goods));
        let old = at.map(|at| known.remove(at));
        let mut line = fresh_line(position, goods);
        line.id = cx.id();
        if let Some(old) = old {
            // Its files name it by its id.
            line.id = old.id;
            line.accounts = old.accounts.clone();
            line.attachments = old.attachments.clone();
        }
        lines.push(line);
    }
    lines
}

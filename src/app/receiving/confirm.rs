//! Confirming an order, line by line.

use crate::{
    base::id::{ConfirmationId, DocumentId},
    domain::{
        confirmation::{self, Confirmation},
        fact::Fact,
        order::{Order, OrderMove, Source, confirmed_move},
        refusal::Refusal,
    },
    store,
};

use super::{
    super::{AppError, Cx},
    free_rejected, save,
};

/// By which way something was said, and the document that said it.
pub(super) type Said = (Source, Option<DocumentId>);

/// Takes a confirmation; `None` when the very same was taken before.
pub(super) async fn confirm(
    cx: &mut Cx<'_>,
    order: Order,
    said: &confirmation::Said,
    (source, document): Said,
) -> Result<Option<ConfirmationId>, AppError> {
    let before = store::order::lines(cx.conn, order.id).await?;
    let parts = confirmation::parts_of(said.kind, &said.lines, &before)?;
    let mut all = store::confirmation::of_order(cx.conn, order.id).await?;
    let confirm_id = match &said.confirm_id {
        Some(id) => id.clone(),
        None => format!("{}-C{}", order.number, all.len() + 1),
    };
    let earlier = all.iter().rev().find(|one| {
        !one.replaced && (one.confirm_id == confirm_id || said.update && said.confirm_id.is_none())
    });
    if let Some(earlier) = earlier {
        if earlier.kind == said.kind && earlier.parts == parts {
            cx.nothing_changed();
            return Ok(None);
        }
        if !said.update {
            return Err(known("confirmation-known", "ConfirmationHeader/@confirmID", confirm_id));
        }
        let id = earlier.id;
        store::confirmation::replace(cx.conn, id).await?;
        all.retain(|one| one.id != id);
    }
    let confirmation = Confirmation {
        id: cx.id(),
        order: order.id,
        confirm_id,
        kind: said.kind,
        source,
        document,
        comment: said.comment.clone(),
        at: cx.now,
        replaced: false,
        parts,
    };
    let mut lines = before.clone();
    let holding = all.iter().filter(|one| !one.replaced).map(|one| one.parts.as_slice());
    confirmation::count(&mut lines, holding.chain([confirmation.parts.as_slice()]))?;
    let by = confirmed_move(&lines).unwrap_or(OrderMove::ConfirmPart);
    store::confirmation::insert(cx.conn, &confirmation).await?;
    let order = save(cx, order, (&before, &lines), by).await?;
    free_rejected(cx, &order, (&before, &lines)).await?;
    state_confirmed(cx, &order, &confirmation, by);
    Ok(Some(confirmation.id))
}

fn state_confirmed(cx: &mut Cx<'_>, order: &Order, said: &Confirmation, by: OrderMove) {
    let (id, requisition) = (order.id.to_string(), order.requisition.to_string());
    let confirmation = said.id.to_string();
    let fact = if by == OrderMove::Reject {
        let lines = said.parts.iter().map(|part| part.comment.as_str());
        let reason = std::iter::once(said.comment.as_str()).chain(lines);
        let reason = reason.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
        Fact::OrderRejected { order: id, requisition, confirmation, reason }
    } else {
        let state = order.state.word().to_owned();
        Fact::OrderConfirmed { order: id, requisition, confirmation, state }
    };
    cx.fact_in(order.organisation, fact);
}

pub(super) fn known(code: &'static str, field: &str, got: String) -> AppError {
    Refusal::conflict(code, "Something else was sent under this number before.")
        .field(field)
        .got(got)
        .expected("a number of its own, or operation update where there is one")
        .mend("Send a fresh number, or the same number with operation update.")
        .into()
}

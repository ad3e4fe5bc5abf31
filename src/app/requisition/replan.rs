//! A pending requisition gets other content: a new plan, a new reservation, and the signatures
//! that the edit left standing.

use std::collections::BTreeSet;

use crate::{
    base::id::StepId,
    domain::{
        approval::{self, Kept, Outcome, Step, StepState, TaskState},
        fact::Fact,
        refusal::Refusal,
        requisition::{
            Flag, Requisition, RequisitionLine, RequisitionSource, content_hash,
            edit::{self, Changed, Facet, Reopens, Signed},
        },
    },
    store,
};

use super::{
    super::{AppError, Cx, approval as signing, budget},
    Draft, empty, facts, lock_together, need_organisation, plan,
};

/// What happens to signatures given before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::app) enum Signatures {
    /// All are void: the requester handed in other lines.
    Void,
    /// Those that the changes do not reopen stand.
    Stand,
}

/// The content before and after an edit.
pub(in crate::app) struct Edit<'e> {
    pub before: (&'e Requisition, &'e [RequisitionLine]),
    pub after: Vec<RequisitionLine>,
    pub signatures: Signatures,
}

/// What an edit came to.
pub(in crate::app) struct Replanned {
    /// The steps of the new round.
    pub steps: Vec<Step>,
    pub changes: Vec<Changed>,
}

/// An order that came from outside is changed where it came from.
pub(in crate::app) fn need_ours(requisition: &Requisition) -> Result<(), Refusal> {
    if requisition.source == RequisitionSource::IncomingOrder {
        let message = "This order came from your procurement system and is changed there.";
        return Err(Refusal::conflict("ordered-elsewhere", message));
    }
    Ok(())
}

/// The flags at the places where their lines stand now; the flag of a line that went, goes. What is
/// flagged in a cart came from a supplier's own shop and is never changed here.
fn moved_flags(flags: &[Flag], before: &[RequisitionLine], lines: &[RequisitionLine]) -> Vec<Flag> {
    let mut free: Vec<&RequisitionLine> = lines.iter().collect();
    let moved = |flag: &Flag| {
        let old = before.iter().find(|line| line.buyer_number() == i64::from(flag.line))?;
        let at = free.iter().position(|line| line.goods == old.goods)?;
        let line = u32::try_from(free.remove(at).buyer_number()).ok()?;
        Some(Flag { line, ..flag.clone() })
    };
    flags.iter().filter_map(moved).collect()
}

/// Puts the content in place. `requisition` is locked, pending, and bears the new head already; the
/// caller goes on with [`settle`].
pub(in crate::app) async fn replan(
    cx: &mut Cx<'_>,
    requisition: &mut Requisition,
    edit: Edit<'_>,
) -> Result<Replanned, AppError> {
    if edit.after.is_empty() {
        return Err(empty("A requisition without lines cannot be signed off."));
    }
    let settings = store::sign_off::get(cx.conn, requisition.organisation).await?;
    let known = store::line_edit::signed(cx.conn, requisition.id).await?;
    let mut signed = known.unwrap_or_else(|| Signed::of(edit.before.1));
    let new = (&*requisition, edit.after.as_slice());
    let changes = edit::changes(edit.before, new, (&signed, settings.tolerance));
    let all = store::step::of_requisition(cx.conn, requisition.id).await?;
    let old: Vec<Step> = all.into_iter().filter(|step| step.round == requisition.round).collect();
    plan::void_steps(cx, requisition).await?;
    budget::release(cx, requisition.id).await?;
    if requisition.source == RequisitionSource::Cart {
        requisition.flags = moved_flags(&requisition.flags, edit.before.1, &edit.after);
    }
    let draft = draft(cx, requisition, edit.after).await?;
    lock_together(cx, &draft).await?;
    let planned = plan::plan_and_reserve(cx, &draft).await?;
    requisition.round += 1;
    requisition.total = draft.total;
    requisition.content_hash = content_hash(requisition, &draft.lines);
    requisition.approval_version = planned.rules.approval_number;
    requisition.limits_version = planned.rules.limits_number;
    requisition.because = planned.because();
    store::requisition::replace_lines(cx.conn, requisition.id, &draft.lines).await?;
    store::requisition::update_head(cx.conn, requisition).await?;
    store::requisition::update(cx.conn, requisition).await?;
    let mut steps = plan::steps(cx, &planned, requisition);
    let mut kept = Vec::new();
    if edit.signatures == Signatures::Stand {
        let reopened = reopened(&planned, &steps, (edit.before.1, &draft.lines), &changes)?;
        kept = stand(cx, requisition, (&old, &mut steps), &reopened);
    }
    if edit.signatures == Signatures::Void || edit::reach(&changes) == Reopens::Concerned {
        signed = Signed::of(&draft.lines);
    }
    store::line_edit::set_signed(cx.conn, requisition.id, &signed).await?;
    let fact = plan::fact_of(requisition, draft.requester.email.as_str(), steps.len());
    cx.fact(Fact::RequisitionChanged(fact));
    plan::keep_record(cx, &planned, requisition).await?;
    plan::keep_steps(cx, &steps).await?;
    for one in kept {
        cx.fact(Fact::SignatureKept {
            requisition: requisition.id.to_string(),
            task: one.to.to_string(),
            from: one.from.to_string(),
        });
    }
    Ok(Replanned { steps, changes })
}

/// Hands the requisition on when nothing is left to sign.
pub(in crate::app) async fn settle(
    cx: &mut Cx<'_>,
    requisition: &mut Requisition,
    steps: &[Step],
) -> Result<(), AppError> {
    let open = |step: &Step| matches!(step.state, StepState::Waiting | StepState::Open);
    if steps.iter().any(open) {
        return Ok(());
    }
    let lines = store::requisition::lines(cx.conn, requisition.id).await?;
    signing::finish(cx, requisition, &lines).await
}

/// Takes the steps back to their beginning, carries the standing signatures over, and opens those
/// whose turn it is then.
fn stand(
    cx: &Cx<'_>,
    requisition: &Requisition,
    (old, steps): (&[Step], &mut [Step]),
    reopened: &BTreeSet<StepId>,
) -> Vec<Kept> {
    for step in steps.iter_mut() {
        step.state = StepState::Waiting;
        for task in &mut step.tasks {
            (task.state, task.opened_at) = (TaskState::Waiting, None);
        }
    }
    let kept = approval::keep(old, steps, |step| reopened.contains(&step.id));
    let mut progress =
        approval::progress_of(requisition.requester, &requisition.content_hash, steps);
    let moved = approval::start(&mut progress);
    approval::apply(steps, &moved, cx.now);
    kept
}

/// The steps of the new plan that must be signed again.
fn reopened(
    planned: &plan::Planned,
    steps: &[Step],
    (before, after): (&[RequisitionLine], &[RequisitionLine]),
    changes: &[Changed],
) -> Result<BTreeSet<StepId>, AppError> {
    let reach = edit::reach(changes);
    if reach == Reopens::Nobody {
        return Ok(BTreeSet::new());
    }
    // A rule that asks nobody when there is no line looks at single lines.
    let whole = rules_of(planned, |_| false);
    let over_all = |step: &&Step| whole.contains(&step.rule);
    let first = steps.iter().filter(over_all).map(|step| step.order).min();
    let mut again: BTreeSet<StepId> = steps
        .iter()
        .filter(over_all)
        .filter(|step| reach == Reopens::Concerned || Some(step.order) == first)
        .map(|step| step.id)
        .collect();
    if reach == Reopens::Concerned {
        let touched: BTreeSet<i64> = changes
            .iter()
            .filter(|one| !matches!(one.facet, Facet::Less | Facet::Papers))
            .filter_map(|one| one.line)
            .collect();
        // The lines before count, too: another article may have taken the place of one that a
        // reviewer signed for.
        let stood = |line: &RequisitionLine| touched.contains(&line.position);
        let codes: BTreeSet<&str> = before
            .iter()
            .chain(after)
            .filter(|line| stood(line))
            .map(|line| line.goods.unspsc.as_str())
            .collect();
        let concerned = rules_of(planned, |line| {
            touched.contains(&i64::from(line.number))
                || line.unspsc.as_deref().is_some_and(|code| codes.contains(code))
        });
        let more = steps.iter().filter(|step| concerned.contains(&step.rule));
        again.extend(more.map(|step| step.id));
    }
    Ok(again)
}

/// The rules that would ask if the requisition had only these of its lines.
fn rules_of(planned: &plan::Planned, with: impl Fn(&approval::Line) -> bool) -> BTreeSet<String> {
    let lines = planned.facts.lines.iter().filter(|line| with(line)).cloned().collect();
    let facts = approval::Facts { lines, ..planned.facts.clone() };
    match planned.rules.approval.plan(&planned.rules.limits, &facts) {
        Outcome::Plan(plan) => plan.steps.into_iter().map(|step| step.rule.id).collect(),
        Outcome::NoSignOff { .. } | Outcome::Blocked(_) => BTreeSet::new(),
    }
}

async fn draft(
    cx: &mut Cx<'_>,
    requisition: &Requisition,
    lines: Vec<RequisitionLine>,
) -> Result<facts::Draft, AppError> {
    let organisation = need_organisation(cx.conn, requisition.organisation).await?;
    let cost_center = match requisition.cost_center {
        Some(id) => store::organisation::cost_center_by_id(cx.conn, organisation.id, id).await?,
        None => None,
    };
    let requester = store::person::get(cx.conn, requisition.requester).await?;
    let requester = requester.ok_or_else(|| Refusal::not_found("person"))?;
    Ok(Draft {
        ship_to_country: requisition.ship_to.country.clone(),
        extras: requisition.extras.clone(),
        total: Draft::total_of(&lines, requisition.currency)?,
        cost_center,
        cost_center_code: requisition.cost_center_code.clone(),
        requester,
        source: requisition.source,
        flagged: !requisition.flags.is_empty(),
        signed_as: None,
        versions: Some((requisition.approval_version, requisition.limits_version)),
        lines,
        id: requisition.id,
        at: cx.now,
        until: cx.now.plus_ms(crate::base::time::DAY_MS),
        organisation,
    })
}

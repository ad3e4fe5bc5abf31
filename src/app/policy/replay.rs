//! What-if on history: a draft held against what was really handed in.
//!
//! Each past requisition goes through the rules in force and through the draft, with its own lines,
//! total and window and with today's people. How a budget stood then is not replayed: rules on
//! exceeded budgets ask nobody here, before and after alike.

use std::collections::BTreeSet;

use crate::{
    base::{id::RequisitionId, money::Money, page::Cut},
    domain::{approval::Outcome, party::Organisation, refusal::Refusal, requisition::Requisition},
    policy::check::{Policies, Versions},
    store::{self, Conn},
};

use super::{
    super::{AppError, Reader, Rules, requisition::Draft},
    PolicyKind, sets_with,
};

/// Requisitions looked at, newest first.
const MOST: usize = 5_000;
/// Changed ones that are named; the counts cover all.
const NAMED: usize = 200;
const PAGE: u32 = 200;

/// One past requisition that the draft would have treated otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub requisition: RequisitionId,
    pub number: String,
    pub total: Money,
    /// By e-mail address.
    pub newly_asked: Vec<String>,
    pub no_longer_asked: Vec<String>,
    /// Why the draft would not let it be handed in.
    pub blocked: Option<String>,
}

/// What a draft would have changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    pub looked_at: u64,
    pub changed: u64,
    /// Needed a signature and would need none.
    pub newly_alone: u64,
    /// Needed none and would need one.
    pub newly_signed: u64,
    pub newly_blocked: u64,
    pub named: Vec<Changed>,
}

/// Replays a draft over the organisation's past requisitions.
pub async fn replay(
    reader: &mut Reader<'_>,
    kind: PolicyKind,
    csv: &str,
) -> Result<Replayed, AppError> {
    reader.need("policy", "replay")?;
    let id = reader.actor.need_organisation()?;
    let organisation = store::organisation::get(&mut reader.conn, id).await?;
    let organisation = organisation.ok_or_else(|| Refusal::not_found("organisation"))?;
    let now = reader.app.policies.rules(&mut reader.conn, id).await?;
    let sets = sets_with(&mut reader.conn, id, kind, csv).await?;
    let loaded = Policies::load(&sets, Versions { approval: "draft", limits: "draft" })?;
    let draft = Rules {
        approval: loaded.approval,
        approval_number: now.approval_number,
        limits: loaded.limits,
        limits_number: now.limits_number,
    };
    let mut replayed = Replayed::default();
    let mut cut = Cut::new(None, Some(PAGE));
    loop {
        let page = store::requisition::of_organisation(&mut reader.conn, id, &cut).await?;
        for requisition in &page.items {
            let judge = (&now, &draft);
            one(&mut reader.conn, &organisation, requisition, judge, &mut replayed).await?;
        }
        let looked_at = usize::try_from(replayed.looked_at).unwrap_or(usize::MAX);
        match page.next {
            Some(next) if looked_at < MOST => cut = Cut::new(Some(next), Some(PAGE)),
            _ => return Ok(replayed),
        }
    }
}

async fn one(
    conn: &mut Conn,
    organisation: &Organisation,
    requisition: &Requisition,
    (now, draft): (&Rules, &Rules),
    replayed: &mut Replayed,
) -> Result<(), AppError> {
    replayed.looked_at += 1;
    let Some(past) = past(conn, organisation, requisition).await? else { return Ok(()) };
    let before = asked(conn, now, &past).await?;
    let after = asked(conn, draft, &past).await?;
    if before == after {
        return Ok(());
    }
    replayed.changed += 1;
    let blocked = match (&before, &after) {
        (Ok(_), Err(why)) => {
            replayed.newly_blocked += 1;
            Some(why.clone())
        }
        (Ok(before), Ok(after)) => {
            replayed.newly_alone += u64::from(after.is_empty());
            replayed.newly_signed += u64::from(before.is_empty());
            None
        }
        _ => None,
    };
    if replayed.named.len() < NAMED {
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        replayed.named.push(Changed {
            requisition: requisition.id,
            number: requisition.number.clone(),
            total: requisition.total,
            newly_asked: after.difference(&before).cloned().collect(),
            no_longer_asked: before.difference(&after).cloned().collect(),
            blocked,
        });
    }
    Ok(())
}

/// The requisition as it was handed in; nothing when its requester is gone.
pub(super) async fn past(
    conn: &mut Conn,
    organisation: &Organisation,
    requisition: &Requisition,
) -> Result<Option<Draft>, AppError> {
    let requester = store::person::get(conn, requisition.requester).await?;
    let Some(requester) = requester else { return Ok(None) };
    Ok(Some(Draft {
        organisation: organisation.clone(),
        requester,
        cost_center: None,
        cost_center_code: requisition.cost_center_code.clone(),
        source: requisition.source,
        flagged: !requisition.flags.is_empty(),
        signed_as: None,
        lines: store::requisition::lines(conn, requisition.id).await?,
        total: requisition.total,
        id: requisition.id,
        at: requisition.submitted_at,
        until: requisition.submitted_at,
    }))
}

/// Who is asked, by e-mail address, or why it cannot be handed in.
async fn asked(
    conn: &mut Conn,
    rules: &Rules,
    past: &Draft,
) -> Result<Result<BTreeSet<String>, String>, AppError> {
    let facts = super::super::requisition::load_facts(conn, rules, past, None).await?;
    Ok(match rules.approval.plan(&rules.limits, &facts) {
        Outcome::NoSignOff { .. } => Ok(BTreeSet::new()),
        Outcome::Plan(plan) => {
            let people = plan.steps.iter().flat_map(|step| &step.approvers);
            Ok(people.map(|person| person.mail.clone()).collect())
        }
        Outcome::Blocked(refusal) => Err(refusal.message),
    })
}

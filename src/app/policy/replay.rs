//! What-if on history: a draft held against what was really handed in.
//!
//! Each past requisition goes through the rules in force and through the draft, from the facts that
//! were kept when its plan was made: lines, budget, windows and people as they stood then. Only
//! people whom no rule asked about then are those of today. The rules a requisition was handed in
//! under, run over its facts again, make the very plan that was kept; that is counted too.

use std::collections::{BTreeMap, HashMap};

use crate::{
    base::{id::RequisitionId, money::Money},
    domain::{
        approval::{Facts, KeptPlan},
        refusal::Refusal,
    },
    policy::check::{Policies, Versions},
    store::{self},
};

use super::{
    super::{AppError, Reader, Rules},
    PolicyKind, sets_with,
    today::Today,
};

mod bench;

use bench::{Bench, Judged, Pace, judge};

/// Changed ones that are named; the counts cover all.
const NAMED: usize = 200;
/// Requisitions read at once: enough to keep two threads busy, a few megabytes.
const PAGE: i64 = 1_000;

/// One past requisition that the draft would have treated otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub requisition: RequisitionId,
    pub number: String,
    pub cost_center: String,
    pub total: Money,
    /// By e-mail address.
    pub newly_asked: Vec<String>,
    pub no_longer_asked: Vec<String>,
    /// Why the draft would not let it be handed in.
    pub blocked: Option<String>,
    /// Its two plans.
    pub before: KeptPlan,
    pub after: KeptPlan,
}

/// What changed for one cost centre.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForCenter {
    pub looked_at: u64,
    pub changed: u64,
    pub newly_alone: u64,
    pub newly_signed: u64,
    /// Minor units by currency: what would need a signature now, and what would need none.
    pub newly_signed_minor: BTreeMap<String, i64>,
    pub newly_alone_minor: BTreeMap<String, i64>,
}

/// What a draft would have changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    pub looked_at: u64,
    /// How many of them the rules they were handed in under plan again exactly as they were kept.
    pub reproduced: u64,
    pub changed: u64,
    /// Needed a signature and would need none.
    pub newly_alone: u64,
    /// Needed none and would need one.
    pub newly_signed: u64,
    pub newly_blocked: u64,
    /// Minor units by currency.
    pub newly_alone_minor: BTreeMap<String, i64>,
    pub newly_signed_minor: BTreeMap<String, i64>,
    /// Milliseconds that all plans take together, by how long each person's answers took so far.
    pub wait_before_ms: i64,
    pub wait_after_ms: i64,
    /// How often each person would newly be asked, and not be asked any more.
    pub people: BTreeMap<String, (u64, u64)>,
    pub cost_centers: BTreeMap<String, ForCenter>,
    /// The newest of the changed ones.
    pub named: Vec<Changed>,
}

/// Replays a draft over the organisation's past requisitions.
pub async fn replay(
    reader: &mut Reader<'_>,
    kind: PolicyKind,
    csv: &str,
) -> Result<Replayed, AppError> {
    replay_with(reader, kind, csv, |_, _| {}).await
}

/// As [`replay`]; `progress` hears how many of how many are done.
pub async fn replay_with(
    reader: &mut Reader<'_>,
    kind: PolicyKind,
    csv: &str,
    mut progress: impl FnMut(u64, u64) + Send,
) -> Result<Replayed, AppError> {
    reader.need("policy", "replay")?;
    let id = reader.actor.need_organisation()?;
    let now = reader.app.policies.rules(&mut reader.conn, id).await?;
    let sets = sets_with(&mut reader.conn, id, kind, csv).await?;
    let loaded = Policies::load(&sets, Versions { approval: "draft", limits: "draft" })?;
    let draft = Rules {
        approval: loaded.approval,
        approval_number: now.approval_number,
        limits: loaded.limits,
        limits_number: now.limits_number,
        rights: std::sync::Arc::clone(&now.rights),
    };
    let mut bench = Bench {
        pace: store::plan_record::pace(&mut reader.conn, id).await?.into_iter().collect::<Pace>(),
        today: Today::read(&mut reader.conn, id, &draft).await?,
        of_today: Today::read(&mut reader.conn, id, &now).await?,
        versions: HashMap::new(),
        now,
        draft,
    };
    let all = store::plan_record::count(&mut reader.conn, id).await?;
    let mut replayed = Replayed::default();
    let mut after = String::new();
    loop {
        let page = store::plan_record::page(&mut reader.conn, id, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.requisition.to_string();
        bench.need_versions(reader, id, &page).await?;
        let (judged, back) = judge(bench, page).await?;
        bench = back;
        judged.into_iter().for_each(|one| replayed.add(one));
        progress(replayed.looked_at, all);
    }
    replayed.named.reverse();
    Ok(replayed)
}

fn add_to(sums: &mut BTreeMap<String, i64>, money: Money) {
    let sum = sums.entry(money.currency().code().to_owned()).or_default();
    *sum = sum.saturating_add(money.minor());
}

impl Replayed {
    fn add(&mut self, one: Judged) {
        let Judged { past, before, after, reproduced, waits } = one;
        self.looked_at += 1;
        self.reproduced += u64::from(reproduced);
        self.wait_before_ms = self.wait_before_ms.saturating_add(waits.0);
        self.wait_after_ms = self.wait_after_ms.saturating_add(waits.1);
        let center = self.cost_centers.entry(past.cost_center.clone()).or_default();
        center.looked_at += 1;
        if before.asks_as(&after) {
            return;
        }
        self.changed += 1;
        center.changed += 1;
        if before.blocked.is_none() && after.blocked.is_some() {
            self.newly_blocked += 1;
        } else if !before.is_alone() && after.is_alone() {
            self.newly_alone += 1;
            center.newly_alone += 1;
            add_to(&mut self.newly_alone_minor, past.total);
            add_to(&mut center.newly_alone_minor, past.total);
        } else if before.is_alone() && !after.is_alone() {
            self.newly_signed += 1;
            center.newly_signed += 1;
            add_to(&mut self.newly_signed_minor, past.total);
            add_to(&mut center.newly_signed_minor, past.total);
        }
        let (was, is) = (before.people(), after.people());
        let newly: Vec<String> = is.difference(&was).map(|mail| (*mail).to_owned()).collect();
        let gone: Vec<String> = was.difference(&is).map(|mail| (*mail).to_owned()).collect();
        for mail in &newly {
            self.people.entry(mail.clone()).or_default().0 += 1;
        }
        for mail in &gone {
            self.people.entry(mail.clone()).or_default().1 += 1;
        }
        let changed = Changed {
            requisition: past.requisition,
            number: past.number,
            cost_center: past.cost_center,
            total: past.total,
            newly_asked: newly,
            no_longer_asked: gone,
            blocked: after.blocked.as_ref().map(|(_, message)| message.clone()),
            before,
            after,
        };
        // The oldest come first; the newest are the ones worth naming.
        if self.named.len() == NAMED {
            self.named.remove(0);
        }
        self.named.push(changed);
    }
}

/// The facts that a requisition's plan was made from, when they were kept.
pub(super) async fn kept_facts(
    reader: &mut Reader<'_>,
    requisition: RequisitionId,
    round: i64,
) -> Result<Facts, AppError> {
    let found = store::plan_record::get(&mut reader.conn, requisition, round).await?;
    let (facts, _) = found.ok_or_else(|| Refusal::not_found("plan"))?;
    serde_json::from_str(&facts).map_err(AppError::internal)
}

//! Judging past requisitions with another set of rules.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    sync::Arc,
};

use crate::{
    base::id::OrganisationId,
    domain::approval::{Facts, KeptPlan},
    store::plan_record::Past,
};

use super::super::{
    super::{AppError, Reader, Rules, requisition},
    today::Today,
};

/// How long a person's answers took: milliseconds in all, and how many.
#[derive(Default)]
pub(super) struct Pace(HashMap<String, (i64, i64)>);

impl FromIterator<(String, i64, i64)> for Pace {
    fn from_iter<I: IntoIterator<Item = (String, i64, i64)>>(all: I) -> Self {
        Self(all.into_iter().map(|(mail, waited, many)| (mail, (waited, many))).collect())
    }
}

impl Pace {
    /// What a plan takes: its orders one after the other, each as long as its slowest step.
    fn of(&self, plan: &KeptPlan) -> i64 {
        let mut orders: BTreeMap<u32, i64> = BTreeMap::new();
        for step in &plan.steps {
            let one = |mail: &String| {
                self.0.get(mail).map_or(0, |(waited, many)| waited.checked_div(*many).unwrap_or(0))
            };
            let times = step.people.iter().map(one);
            let quickest = matches!(step.mode.as_str(), "any" | "first");
            let took = if quickest { times.min() } else { times.max() }.unwrap_or(0);
            let order = orders.entry(step.order).or_default();
            *order = took.max(*order);
        }
        orders.values().fold(0, |all, one| all.saturating_add(*one))
    }
}

/// What every requisition of a page is judged with.
pub(super) struct Bench {
    pub(super) pace: Pace,
    pub(super) now: Rules,
    pub(super) draft: Rules,
    pub(super) today: Today,
    pub(super) of_today: Today,
    /// The rules that requisitions were handed in under, by their two numbers.
    pub(super) versions: HashMap<(i64, i64), Option<Rules>>,
}

/// One requisition judged by the rules in force and by the draft.
pub(super) struct Judged {
    pub(super) past: Past,
    pub(super) before: KeptPlan,
    pub(super) after: KeptPlan,
    pub(super) reproduced: bool,
    pub(super) waits: (i64, i64),
}

impl Bench {
    pub(super) async fn need_versions(
        &mut self,
        reader: &mut Reader<'_>,
        organisation: OrganisationId,
        page: &[Past],
    ) -> Result<(), AppError> {
        for past in page {
            let key = (past.approval_version, past.limits_version);
            if let Entry::Vacant(vacant) = self.versions.entry(key) {
                let policies = &reader.app.policies;
                let rules = policies.rules_of(&mut reader.conn, organisation, key).await.ok();
                vacant.insert(rules);
            }
        }
        Ok(())
    }

    fn judge(&self, past: &Past) -> Result<Judged, AppError> {
        let facts: Facts = serde_json::from_str(&past.facts).map_err(AppError::internal)?;
        let kept: KeptPlan = serde_json::from_str(&past.plan).map_err(AppError::internal)?;
        let own = self.versions.get(&(past.approval_version, past.limits_version));
        let again = own
            .and_then(Option::as_ref)
            .map(|rules| KeptPlan::from(&requisition::outcome(rules, &facts)));
        let reproduced = again.as_ref() == Some(&kept);
        let is_now = (past.approval_version, past.limits_version)
            == (self.now.approval_number, self.now.limits_number);
        let before = match again {
            Some(again) if is_now => again,
            _ => {
                KeptPlan::from(&requisition::outcome(&self.now, &self.of_today.fill(facts.clone())))
            }
        };
        let after = KeptPlan::from(&requisition::outcome(&self.draft, &self.today.fill(facts)));
        let waits = (self.pace.of(&before), self.pace.of(&after));
        let past = Past { facts: String::new(), plan: String::new(), ..past.clone() };
        Ok(Judged { past, before, after, reproduced, waits })
    }
}

/// Judges a page on two threads, beside whatever else the server does.
pub(super) async fn judge(bench: Bench, page: Vec<Past>) -> Result<(Vec<Judged>, Bench), AppError> {
    let shared = Arc::new((bench, page));
    let half = shared.1.len().div_ceil(2);
    let part = |from: usize| {
        let shared = Arc::clone(&shared);
        tokio::task::spawn_blocking(move || {
            let (bench, page) = &*shared;
            let own = page.iter().skip(from).take(half);
            own.map(|past| bench.judge(past)).collect::<Result<Vec<_>, _>>()
        })
    };
    let (first, second) = (part(0), part(half));
    let mut judged = first.await.map_err(AppError::internal)??;
    judged.extend(second.await.map_err(AppError::internal)??);
    let (bench, _) = Arc::into_inner(shared)
        .ok_or_else(|| AppError::internal("a page of history is still being judged"))?;
    Ok((judged, bench))
}

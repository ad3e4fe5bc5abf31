//! What a replay or a shadow run of a draft answers.

use std::collections::BTreeMap;

use poem_openapi::Object;

use crate::{
    app::policy,
    base::{money::Money, time::DAY_MS},
    domain::approval::{KeptPlan, KeptStep},
};

use super::super::shape::MoneyJson;

/// A past requisition that the set would have treated otherwise.
#[derive(Object)]
#[oai(rename = "Replayed requisition")]
struct ChangedJson {
    requisition: String,
    number: String,
    cost_center: String,
    total: MoneyJson,
    newly_asked: Vec<String>,
    no_longer_asked: Vec<String>,
    blocked: Option<String>,
    /// Its two plans, side by side.
    before: KeptJson,
    after: KeptJson,
}

/// One step of a plan that was or would be made.
#[derive(Object)]
#[oai(rename = "KeptStep")]
struct KeptStepJson {
    order: u32,
    mode: String,
    rule: String,
    /// E-mail addresses.
    people: Vec<String>,
}

/// A plan that was or would be made.
#[derive(Object)]
#[oai(rename = "KeptPlan")]
struct KeptJson {
    /// In one line: `mia > dan`.
    short: String,
    steps: Vec<KeptStepJson>,
}

impl From<KeptPlan> for KeptJson {
    fn from(kept: KeptPlan) -> Self {
        let short = kept.in_short();
        let step = |step: KeptStep| KeptStepJson {
            order: step.order,
            mode: step.mode,
            rule: step.rule,
            people: step.people,
        };
        Self { short, steps: kept.steps.into_iter().map(step).collect() }
    }
}

/// How often a person would newly be asked, and not be asked any more.
#[derive(Object)]
#[oai(rename = "ReplayedPerson")]
struct PersonJson {
    /// E-mail address.
    person: String,
    newly_asked: u64,
    no_longer_asked: u64,
}

/// What the set would have changed for one cost centre.
#[derive(Object)]
#[oai(rename = "ReplayedCostCenter")]
struct CenterJson {
    cost_center: String,
    looked_at: u64,
    changed: u64,
    newly_alone: u64,
    newly_signed: u64,
    newly_alone_total: Vec<MoneyJson>,
    newly_signed_total: Vec<MoneyJson>,
}

fn sums(minor: BTreeMap<String, i64>) -> Vec<MoneyJson> {
    let money =
        |(code, minor): (String, i64)| Some(Money::from_minor(minor, code.parse().ok()?).into());
    minor.into_iter().filter_map(money).collect()
}

/// Milliseconds as days with two places.
fn days(ms: i64) -> String {
    let hundredths = ms.saturating_mul(100) / DAY_MS;
    rust_decimal::Decimal::new(hundredths, 2).to_string()
}

/// A requisition that the draft beside the rules in force would have planned otherwise.
#[derive(Object)]
#[oai(rename = "Divergence")]
struct DivergenceJson {
    requisition: String,
    number: String,
    /// Which drafts ran: `approval 4`.
    shadow: String,
    live: KeptJson,
    draft: KeptJson,
    at: String,
}

/// What runs beside the rules in force, and where it differed.
#[derive(Object)]
#[oai(rename = "Shadow")]
pub(super) struct ShadowJson {
    running: Vec<RunningJson>,
    /// The newest first.
    divergences: Vec<DivergenceJson>,
}

#[derive(Object)]
#[oai(rename = "RunningShadow")]
struct RunningJson {
    kind: String,
    version: i64,
    since: String,
}

impl From<policy::ShadowView> for ShadowJson {
    fn from(view: policy::ShadowView) -> Self {
        let running = view.running.into_iter().map(|one| RunningJson {
            kind: one.kind,
            version: one.number,
            since: one.since.to_string(),
        });
        let diverged = view.diverged.into_iter().map(|one| DivergenceJson {
            requisition: one.requisition.to_string(),
            number: one.number,
            shadow: one.shadow,
            live: one.live.into(),
            draft: one.draft.into(),
            at: one.at.to_string(),
        });
        Self { running: running.collect(), divergences: diverged.collect() }
    }
}

/// What the set would have changed.
#[derive(Object)]
#[oai(rename = "Replay")]
pub(super) struct ReplayJson {
    looked_at: u64,
    /// How many of them their own rules plan again exactly as they were planned.
    reproduced: u64,
    changed: u64,
    /// Needed a signature and would need none.
    newly_alone: u64,
    /// Needed none and would need one.
    newly_signed: u64,
    newly_blocked: u64,
    newly_alone_total: Vec<MoneyJson>,
    newly_signed_total: Vec<MoneyJson>,
    /// Days that all plans take together, by how long each person's answers took so far.
    days_before: String,
    days_after: String,
    people: Vec<PersonJson>,
    cost_centers: Vec<CenterJson>,
    /// The newest two hundred of the changed ones.
    requisitions: Vec<ChangedJson>,
}

impl From<policy::Replayed> for ReplayJson {
    fn from(replayed: policy::Replayed) -> Self {
        let changed = |one: policy::Changed| ChangedJson {
            requisition: one.requisition.to_string(),
            number: one.number,
            total: one.total.into(),
            newly_asked: one.newly_asked,
            no_longer_asked: one.no_longer_asked,
            blocked: one.blocked,
            cost_center: one.cost_center,
            before: one.before.into(),
            after: one.after.into(),
        };
        let center = |(cost_center, one): (String, policy::ForCenter)| CenterJson {
            cost_center,
            looked_at: one.looked_at,
            changed: one.changed,
            newly_alone: one.newly_alone,
            newly_signed: one.newly_signed,
            newly_alone_total: sums(one.newly_alone_minor),
            newly_signed_total: sums(one.newly_signed_minor),
        };
        let person = |(person, (newly_asked, no_longer_asked))| PersonJson {
            person,
            newly_asked,
            no_longer_asked,
        };
        Self {
            looked_at: replayed.looked_at,
            changed: replayed.changed,
            newly_alone: replayed.newly_alone,
            newly_signed: replayed.newly_signed,
            newly_blocked: replayed.newly_blocked,
            reproduced: replayed.reproduced,
            newly_alone_total: sums(replayed.newly_alone_minor),
            newly_signed_total: sums(replayed.newly_signed_minor),
            days_before: days(replayed.wait_before_ms),
            days_after: days(replayed.wait_after_ms),
            people: replayed.people.into_iter().map(person).collect(),
            cost_centers: replayed.cost_centers.into_iter().map(center).collect(),
            requisitions: replayed.named.into_iter().map(changed).collect(),
        }
    }
}

//! Shadow mode: a draft runs beside the rules in force. It plans what they plan, from the same
//! facts; where it differs its plan is kept to be looked at. It asks nobody and changes nothing,
//! and a draft that cannot be read any more is passed over.

use crate::{
    base::{id::RequisitionId, time::Time},
    domain::{
        approval::{Facts, KeptPlan},
        fact::Fact,
        refusal::Refusal,
        requisition::Requisition,
    },
    store::{self, Conn},
};

use super::{
    super::{AppError, Command, Cx, Need, Reader, Rules, requisition},
    PolicyKind,
    today::Today,
};

/// Divergences that are listed.
const LISTED: i64 = 200;

/// Runs a version beside the rules in force, or stops doing so.
#[derive(Debug, Clone, Copy)]
pub struct RunShadow {
    pub kind: PolicyKind,
    pub version: Option<i64>,
}

impl Command for RunShadow {
    type Answer = ();
    const NEED: Need = Need::May("policy", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        if self.kind == PolicyKind::Access {
            let message = "Access policies decide no plan, so they have no shadow.";
            return Err(Refusal::invalid("no-shadow", message).field("kind").into());
        }
        let kind = self.kind.word();
        if let Some(number) = self.version {
            let found = store::policy::get(cx.conn, organisation, kind, number).await?;
            let found = found.ok_or_else(|| Refusal::not_found("policy version"))?;
            super::check_set(cx.conn, organisation, (self.kind, &found.csv), cx.now).await?;
        }
        let since = self.version.map(|number| (number, cx.now));
        store::shadow::set(cx.conn, organisation, kind, since).await?;
        let number = self.version;
        cx.fact(Fact::PolicyShadowed {
            organisation: organisation.to_string(),
            kind: kind.to_owned(),
            number,
        });
        Ok(())
    }
}

/// Plans once more by the drafts that run, and keeps what differs.
pub(in crate::app) async fn run_shadow(
    cx: &mut Cx<'_>,
    live: &Rules,
    (facts, kept): (&Facts, &KeptPlan),
    of: &Requisition,
) -> Result<(), AppError> {
    let shadows = store::shadow::all(cx.conn, of.organisation).await?;
    if shadows.is_empty() {
        return Ok(());
    }
    let number = |kind: &str| shadows.iter().find(|one| one.kind == kind).map(|one| one.number);
    let (approval, limits) = (number("approval"), number("limits"));
    let versions = (approval.unwrap_or(live.approval_number), limits.unwrap_or(live.limits_number));
    let Ok(rules) = cx.app.policies.rules_of(cx.conn, of.organisation, versions).await else {
        return Ok(());
    };
    let today = Today::read(cx.conn, of.organisation, &rules).await?;
    let draft = KeptPlan::from(&requisition::outcome(&rules, &today.fill(facts.clone())));
    if draft.asks_as(kept) {
        return Ok(());
    }
    let names: Vec<String> =
        shadows.iter().map(|one| format!("{} {}", one.kind, one.number)).collect();
    let json = serde_json::to_string(&draft).map_err(AppError::internal)?;
    let round = (of.id, of.round);
    let pair = (names.join(", "), json);
    store::shadow::record(cx.conn, round, of.organisation, (&pair.0, &pair.1), cx.now).await?;
    Ok(())
}

/// A requisition that a running draft would have planned otherwise.
#[derive(Debug, Clone)]
pub struct Diverged {
    pub requisition: RequisitionId,
    pub number: String,
    /// Which drafts ran: `approval 4`.
    pub shadow: String,
    pub live: KeptPlan,
    pub draft: KeptPlan,
    pub at: Time,
}

/// What runs beside the rules in force, and where it differed so far.
#[derive(Debug, Clone, Default)]
pub struct ShadowView {
    pub running: Vec<store::shadow::Shadow>,
    /// The newest first.
    pub diverged: Vec<Diverged>,
}

/// Reads the shadow's findings.
pub async fn shadow(reader: &mut Reader<'_>) -> Result<ShadowView, AppError> {
    reader.need("policy", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let conn: &mut Conn = &mut reader.conn;
    let running = store::shadow::all(conn, organisation).await?;
    let mut diverged = Vec::new();
    for one in store::shadow::divergences(conn, organisation, LISTED).await? {
        diverged.push(Diverged {
            requisition: one.requisition,
            number: one.number,
            shadow: one.shadow,
            live: serde_json::from_str(&one.live).map_err(AppError::internal)?,
            draft: serde_json::from_str(&one.draft).map_err(AppError::internal)?,
            at: one.at,
        });
    }
    Ok(ShadowView { running, diverged })
}

//! `/policies`: read, draft, activate, check, replay.

use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::{
    Caller,
    shape::{List, MoneyJson, Text},
};
use crate::{
    app::{
        AppError,
        policy::{self, Activate, PolicyKind, PolicyView, Save},
    },
    domain::refusal::Refusal,
};

pub struct Policies;

/// One version of one kind of policy.
#[derive(Object)]
#[oai(rename = "Policy")]
struct PolicyJson {
    kind: String,
    version: i64,
    csv: String,
    /// E-mail address; null for what the organisation started with.
    author: Option<String>,
    comment: String,
    /// `draft`, `active` or `retired`.
    state: String,
    created_at: String,
}

fn json(kind: PolicyKind, view: PolicyView) -> PolicyJson {
    PolicyJson {
        kind: kind.to_string(),
        version: view.version,
        csv: view.csv,
        author: view.author,
        comment: view.comment,
        state: view.state,
        created_at: view.created_at.to_string(),
    }
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct DraftInput {
    csv: Text,
    comment: Option<Text>,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ActivateInput {
    version: i64,
}

/// A set to look at; nothing is saved.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SetInput {
    /// `access`, `approval` or `limits`.
    kind: Text,
    /// The set itself, or the number of a saved version.
    csv: Option<Text>,
    version: Option<i64>,
}

impl SetInput {
    async fn read(self, caller: &Caller) -> Result<(PolicyKind, String), AppError> {
        let kind = kind_of(self.kind.trimmed())?;
        let csv = match (self.csv, self.version) {
            (Some(csv), None) => csv.0,
            (None, Some(version)) => {
                let mut reader = caller.reader().await?;
                policy::get(&mut reader, kind, Some(version)).await?.csv
            }
            _ => {
                let message = "Send either a set or the number of a version.";
                return Err(Refusal::invalid("bad-set", message)
                    .field("csv")
                    .expected("one of csv and version")
                    .into());
            }
        };
        Ok((kind, csv))
    }
}

#[derive(Object)]
struct Sound {
    sound: bool,
}

/// A past requisition that the set would have treated otherwise.
#[derive(Object)]
#[oai(rename = "Replayed requisition")]
struct ChangedJson {
    requisition: String,
    number: String,
    total: MoneyJson,
    newly_asked: Vec<String>,
    no_longer_asked: Vec<String>,
    blocked: Option<String>,
}

/// What the set would have changed.
#[derive(Object)]
#[oai(rename = "Replay")]
struct ReplayJson {
    looked_at: u64,
    changed: u64,
    /// Needed a signature and would need none.
    newly_alone: u64,
    /// Needed none and would need one.
    newly_signed: u64,
    newly_blocked: u64,
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
        };
        Self {
            looked_at: replayed.looked_at,
            changed: replayed.changed,
            newly_alone: replayed.newly_alone,
            newly_signed: replayed.newly_signed,
            newly_blocked: replayed.newly_blocked,
            requisitions: replayed.named.into_iter().map(changed).collect(),
        }
    }
}

fn kind_of(text: &str) -> Result<PolicyKind, AppError> {
    text.parse().map_err(|_| Refusal::not_found("policy").into())
}

#[OpenApi]
impl Policies {
    /// The version in force, or another by its number.
    #[oai(path = "/policies/:kind", method = "get", operation_id = "policy")]
    async fn get(
        &self,
        caller: Caller,
        kind: Path<String>,
        version: Query<Option<i64>>,
    ) -> poem::Result<Json<PolicyJson>> {
        let kind = kind_of(&kind.0)?;
        let mut reader = caller.reader().await?;
        Ok(Json(json(kind, policy::get(&mut reader, kind, version.0).await?)))
    }

    /// Every version of a kind, newest first.
    #[oai(path = "/policies/:kind/versions", method = "get", operation_id = "policyVersions")]
    async fn versions(
        &self,
        caller: Caller,
        kind: Path<String>,
    ) -> poem::Result<Json<List<PolicyJson>>> {
        let kind = kind_of(&kind.0)?;
        let mut reader = caller.reader().await?;
        let all = policy::list(&mut reader, kind).await?;
        let items = all.into_iter().map(|view| json(kind, view)).collect();
        Ok(Json(List { items, next: None }))
    }

    /// Saves a draft. 422 `policy-unsound` with a witness when it is unsound.
    #[oai(path = "/policies/:kind", method = "put", operation_id = "draftPolicy")]
    async fn draft(
        &self,
        caller: Caller,
        kind: Path<String>,
        body: Json<DraftInput>,
    ) -> poem::Result<Json<PolicyJson>> {
        let kind = kind_of(&kind.0)?;
        let DraftInput { csv, comment } = body.0;
        let comment = comment.map(|text| text.0).unwrap_or_default();
        let number = caller.act(Save { kind, csv: csv.0, comment }).await?;
        let mut reader = caller.reader().await?;
        Ok(Json(json(kind, policy::get(&mut reader, kind, Some(number)).await?)))
    }

    /// Puts a version in force; 403 `second-admin-needed` for its own author.
    #[oai(path = "/policies/:kind/activate", method = "post", operation_id = "activatePolicy")]
    async fn activate(
        &self,
        caller: Caller,
        kind: Path<String>,
        body: Json<ActivateInput>,
    ) -> poem::Result<Json<PolicyJson>> {
        let kind = kind_of(&kind.0)?;
        let version = body.0.version;
        caller.act(Activate { kind, version }).await?;
        let mut reader = caller.reader().await?;
        Ok(Json(json(kind, policy::get(&mut reader, kind, Some(version)).await?)))
    }

    /// Whether a set would be sound beside the others in force; 422 with a witness when not.
    #[oai(path = "/policies/check", method = "post", operation_id = "checkPolicy")]
    async fn check(&self, caller: Caller, body: Json<SetInput>) -> poem::Result<Json<Sound>> {
        let (kind, csv) = body.0.read(&caller).await?;
        let mut reader = caller.reader().await?;
        policy::checked(&mut reader, kind, &csv).await?;
        Ok(Json(Sound { sound: true }))
    }

    /// Who would newly be asked, and who no longer, for everything that was handed in so far.
    #[oai(path = "/policies/replay", method = "post", operation_id = "replayPolicy")]
    async fn replay(&self, caller: Caller, body: Json<SetInput>) -> poem::Result<Json<ReplayJson>> {
        let (kind, csv) = body.0.read(&caller).await?;
        let mut reader = caller.reader().await?;
        Ok(Json(policy::replay(&mut reader, kind, &csv).await?.into()))
    }
}

//! `/policies`: read, draft, activate, check, replay.

use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::{
    Caller,
    shape::{List, Text},
};
use crate::{
    app::{
        AppError,
        policy::{self, Activate, PolicyKind, PolicyView, RunShadow, Save},
    },
    base::{text::shorten, time::Time},
    domain::refusal::Refusal,
};

mod replay;

use replay::{ReplayJson, ShadowJson};

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
    /// When it comes into force, once another admin approved that.
    activate_at: Option<String>,
    /// Of the access policy in force: lines of the shipped one that it has not.
    #[oai(skip_serializing_if_is_none)]
    missing: Option<Vec<String>>,
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
        activate_at: view.activate_at.map(|at| at.to_string()),
        missing: None,
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
    /// When it comes into force, such as 2026-12-24T06:00:00Z; at once without a time.
    at: Option<Text>,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ShadowInput {
    /// The version that is to run beside the rules in force; null ends it.
    version: Option<i64>,
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
    /// What is to be done before every order finds its approver: roles that nobody holds yet.
    warnings: Vec<String>,
}

fn moment(text: &str) -> Result<Time, AppError> {
    text.parse::<Time>().map_err(|_| {
        Refusal::invalid("bad-time", "This is no moment.")
            .field("at")
            .got(shorten(text, 40))
            .expected("a moment such as 2026-12-24T06:00:00Z")
            .into()
    })
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
        let found = policy::get(&mut reader, kind, version.0).await?;
        let missing = match kind == PolicyKind::Access && found.state == "active" {
            true => Some(policy::missing(&mut reader).await?),
            false => None,
        };
        Ok(Json(PolicyJson { missing, ..json(kind, found) }))
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
        let at = body.0.at.map(|text| moment(text.trimmed())).transpose()?;
        caller.act(Activate { kind, version, at }).await?;
        let mut reader = caller.reader().await?;
        Ok(Json(json(kind, policy::get(&mut reader, kind, Some(version)).await?)))
    }

    /// What runs beside the rules in force, and where it differed.
    #[oai(path = "/policies/shadow", method = "get", operation_id = "shadow")]
    async fn shadow(&self, caller: Caller) -> poem::Result<Json<ShadowJson>> {
        let mut reader = caller.reader().await?;
        Ok(Json(policy::shadow(&mut reader).await?.into()))
    }

    /// Runs a version beside the rules in force, which changes nothing; or ends it.
    #[oai(path = "/policies/:kind/shadow", method = "post", operation_id = "runShadow")]
    async fn run_shadow(
        &self,
        caller: Caller,
        kind: Path<String>,
        body: Json<ShadowInput>,
    ) -> poem::Result<Json<ShadowJson>> {
        let kind = kind_of(&kind.0)?;
        caller.act(RunShadow { kind, version: body.0.version }).await?;
        let mut reader = caller.reader().await?;
        Ok(Json(policy::shadow(&mut reader).await?.into()))
    }

    /// Whether a set would be sound beside the others in force; 422 with a witness when not.
    #[oai(path = "/policies/check", method = "post", operation_id = "checkPolicy")]
    async fn check(&self, caller: Caller, body: Json<SetInput>) -> poem::Result<Json<Sound>> {
        let (kind, csv) = body.0.read(&caller).await?;
        let mut reader = caller.reader().await?;
        let warnings = policy::checked(&mut reader, kind, &csv).await?;
        Ok(Json(Sound { sound: true, warnings }))
    }

    /// Who would newly be asked, and who no longer, for everything that was handed in so far.
    #[oai(path = "/policies/replay", method = "post", operation_id = "replayPolicy")]
    async fn replay(&self, caller: Caller, body: Json<SetInput>) -> poem::Result<Json<ReplayJson>> {
        let (kind, csv) = body.0.read(&caller).await?;
        let mut reader = caller.reader().await?;
        Ok(Json(policy::replay(&mut reader, kind, &csv).await?.into()))
    }
}

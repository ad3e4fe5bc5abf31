//! Policies as an organisation keeps them: drafted by one admin, put in force by another, checked
//! before both, and replayed over what was really ordered.
//!
//! A draft changes nothing. What is unsound is never saved, so it can never be put in force.

mod explain;
mod replay;
mod shadow;
mod soundness;
mod today;

pub use explain::{explain, explain_draft};
pub use replay::{Changed, ForCenter, Replayed, replay, replay_with};
pub(super) use shadow::run_shadow;
pub use shadow::{Diverged, RunShadow, ShadowView, shadow};

use crate::{
    base::{
        text::{sha256_hex, shorten},
        time::Time,
        words::words,
    },
    domain::{fact::Fact, refusal::Refusal},
    policy::{access, seed::seed},
    store::{self, policy::Version},
};

use super::{AppError, Command, Cx, Need, Reader, Who};
pub use soundness::checked;
use soundness::{check_set, sets_with};

words! {
    /// The three kinds of policy.
    PolicyKind {
        Access = "access",
        Approval = "approval",
        Limits = "limits",
    }
}

/// Bytes of one set: ten thousand rules of a hundred characters.
const MAX_BYTES: usize = 1_000_000;

/// Saves a draft of one kind. It is in force only after another admin has activated it.
#[derive(Debug, Clone)]
pub struct Save {
    pub kind: PolicyKind,
    pub csv: String,
    pub comment: String,
}

impl Command for Save {
    /// The draft's number.
    type Answer = i64;
    const NEED: Need = Need::May("policy", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<i64, AppError> {
        let organisation = cx.actor.need_organisation()?;
        check_set(cx.conn, organisation, (self.kind, &self.csv), cx.now).await?;
        let all = store::policy::all(cx.conn, organisation, self.kind.word()).await?;
        let number = all.first().map_or(1, |newest| newest.number + 1);
        let version = Version {
            id: cx.id(),
            organisation,
            kind: self.kind.word().to_owned(),
            number,
            csv: self.csv.clone(),
            author: cx.actor.person_id(),
            comment: shorten(&self.comment, 500),
            state: "draft".to_owned(),
            created_at: cx.now,
            activate_at: None,
        };
        store::policy::insert(cx.conn, &version).await?;
        cx.fact(Fact::PolicyDrafted {
            policy: version.id.to_string(),
            kind: version.kind,
            number,
            sha256: sha256_hex(self.csv.as_bytes()),
            comment: version.comment,
        });
        Ok(number)
    }
}

/// Puts a version in force; its author needs a second admin for that. A version that was in force
/// before can come back: that is a roll-back.
#[derive(Debug, Clone, Copy)]
pub struct Activate {
    pub kind: PolicyKind,
    pub version: i64,
    /// When it is to come into force; at once without a time, or with one that is past.
    pub at: Option<Time>,
}

impl Command for Activate {
    type Answer = ();
    const NEED: Need = Need::May("policy", "activate");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        let kind = self.kind.word();
        let found = store::policy::get(cx.conn, organisation, kind, self.version).await?;
        let version = found.ok_or_else(|| Refusal::not_found("policy version"))?;
        if version.state == "active" {
            return Err(Refusal::conflict("already-active", "This version is in force.").into());
        }
        if version.author.is_some() && version.author == cx.actor.person_id() {
            let message = "Who wrote a policy cannot put it in force.";
            return Err(Refusal::forbidden("second-admin-needed", message)
                .field("version")
                .mend("Ask another admin to look at it and to activate it.")
                .into());
        }
        // The other kinds may have changed since it was drafted.
        check_set(cx.conn, organisation, (self.kind, &version.csv), cx.now).await?;
        if let Some(at) = self.at.filter(|at| *at > cx.now) {
            store::policy::schedule(cx.conn, version.id, cx.actor.person_id(), at).await?;
            cx.fact(Fact::PolicyScheduled {
                policy: version.id.to_string(),
                kind: version.kind,
                number: version.number,
                at,
            });
            return Ok(());
        }
        let before = store::policy::active(cx.conn, organisation, kind).await?;
        store::policy::activate(cx.conn, &version, cx.actor.person_id(), cx.now).await?;
        cx.fact(Fact::PolicyActivated {
            policy: version.id.to_string(),
            kind: version.kind,
            number: version.number,
            before: before.map(|before| before.number),
        });
        Ok(())
    }
}

/// Puts versions in force whose time has come; another admin approved each of them before.
#[derive(Debug, Clone, Copy)]
pub struct ActivateDue;

impl Command for ActivateDue {
    /// How many came into force.
    type Answer = u32;
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<u32, AppError> {
        if !matches!(cx.actor.who, Who::System(_)) {
            return Err(Refusal::not_found("policy version").into());
        }
        let due = store::policy::due(cx.conn, cx.now).await?;
        if due.is_empty() {
            cx.nothing_changed();
        }
        let mut done = 0;
        for version in due {
            let Ok(kind) = version.kind.parse::<PolicyKind>() else { continue };
            let set = (kind, &*version.csv);
            let sound = check_set(cx.conn, version.organisation, set, cx.now).await;
            if let Err(fault) = sound {
                // The people may have changed meanwhile: it stays a draft, and says why.
                store::policy::unschedule(cx.conn, version.id).await?;
                let fact = Fact::PolicyNotActivated {
                    policy: version.id.to_string(),
                    kind: version.kind.clone(),
                    number: version.number,
                    reason: fault.told().message,
                };
                cx.fact_in(version.organisation, fact);
                continue;
            }
            let before =
                store::policy::active(cx.conn, version.organisation, &version.kind).await?;
            store::policy::activate(cx.conn, &version, None, cx.now).await?;
            let fact = Fact::PolicyActivated {
                policy: version.id.to_string(),
                kind: version.kind.clone(),
                number: version.number,
                before: before.map(|before| before.number),
            };
            cx.fact_in(version.organisation, fact);
            done += 1;
        }
        Ok(done)
    }
}

/// A version as admins see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyView {
    pub version: i64,
    pub csv: String,
    /// The author's e-mail address; `None` for what the organisation started with.
    pub author: Option<String>,
    pub comment: String,
    pub state: String,
    pub created_at: Time,
    /// When it is to come into force, once another admin has approved that.
    pub activate_at: Option<Time>,
}

/// The version in force, or the one of this number.
pub async fn get(
    reader: &mut Reader<'_>,
    kind: PolicyKind,
    version: Option<i64>,
) -> Result<PolicyView, AppError> {
    let all = list(reader, kind).await?;
    let wanted = |view: &PolicyView| match version {
        Some(number) => view.version == number,
        None => view.state == "active",
    };
    let found = all.into_iter().find(wanted);
    found.ok_or_else(|| Refusal::not_found("policy version").into())
}

/// Every version of a kind, newest first.
pub async fn list(reader: &mut Reader<'_>, kind: PolicyKind) -> Result<Vec<PolicyView>, AppError> {
    reader.need("policy", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let all = store::policy::all(&mut reader.conn, organisation, kind.word()).await?;
    let people = store::person::of_organisation(&mut reader.conn, organisation).await?;
    let view = |version: Version| PolicyView {
        version: version.number,
        csv: version.csv,
        author: people
            .iter()
            .find(|person| Some(person.id) == version.author)
            .map(|person| person.email.to_string()),
        comment: version.comment,
        state: version.state,
        created_at: version.created_at,
        activate_at: version.activate_at,
    };
    Ok(all.into_iter().map(view).collect())
}

/// The lines of the shipped access policy that the one in force has not: an organisation that is
/// older than they are has to take them up itself.
pub async fn missing(reader: &mut Reader<'_>) -> Result<Vec<String>, AppError> {
    let live = get(reader, PolicyKind::Access, None).await?;
    let organisation = reader.actor.need_organisation()?;
    let found = store::organisation::get(&mut reader.conn, organisation).await?;
    let found = found.ok_or_else(|| Refusal::not_found("organisation"))?;
    let shipped = seed(&found.name, found.currency).access;
    Ok(access::missing(&live.csv, &shipped)?)
}

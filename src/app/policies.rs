//! Compiled policies, kept per version. A version never changes, so what is kept is never stale:
//! each act first reads which version is active.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    base::id::{OrganisationId, PolicyVersionId},
    domain::{approval::cannot_decide, refusal::Refusal, role::Role},
    policy::{access::Access, approval::Ruleset, limits::Limits, seed},
    store::{self, Conn},
};

use super::AppError;

/// Versions kept compiled; beyond it the map is emptied, since old versions are rarely asked again.
const KEPT: usize = 4_096;

/// The access policy in force, with the organisation it is asked about.
#[derive(Debug)]
pub struct Rights {
    access: Arc<Access>,
    organisation: String,
}

impl Rights {
    /// Whether the roles may do this here; anything but a clear yes is a no.
    pub fn may(&self, roles: &[Role], object: &str, action: &str) -> bool {
        self.access.may(roles, &self.organisation, object, action)
    }

    /// Whether a line keeps this role from it; silence does not.
    pub fn denies(&self, role: &Role, object: &str, action: &str) -> bool {
        self.access.denies(role, &self.organisation, object, action)
    }

    /// The roles that people of the organisation can be given.
    pub fn access(&self) -> &Arc<Access> {
        &self.access
    }
}

/// The approval rules and limits in force, with the numbers of their versions.
#[derive(Debug, Clone)]
pub struct Rules {
    pub approval: Arc<Ruleset>,
    pub approval_number: i64,
    pub limits: Arc<Limits>,
    pub limits_number: i64,
    /// The access policy in force: only who may decide is asked.
    pub rights: Arc<Rights>,
}

/// The compiled policies of every organisation seen so far.
pub struct Policies {
    rights: Kept<Rights>,
    approval: Kept<Ruleset>,
    limits: Kept<Limits>,
    built_in: Arc<Rights>,
}

type Kept<T> = Mutex<HashMap<PolicyVersionId, Arc<T>>>;

impl Policies {
    /// Compiles the built-in access policy, under which people of suppliers act.
    pub fn new() -> Result<Self, AppError> {
        let access = Access::load(&seed::seed("", crate::base::money::Currency::EUR).access)?;
        let built_in = Arc::new(Rights { access, organisation: "*".to_owned() });
        Ok(Self {
            rights: Kept::default(),
            approval: Kept::default(),
            limits: Kept::default(),
            built_in,
        })
    }

    /// The access policy in force in the organisation; people of suppliers have the built-in one.
    pub async fn rights(
        &self,
        conn: &mut Conn,
        organisation: Option<OrganisationId>,
    ) -> Result<Arc<Rights>, AppError> {
        let Some(organisation) = organisation else { return Ok(Arc::clone(&self.built_in)) };
        let active = store::policy::active(conn, organisation, "access").await?;
        let Some(active) = active else { return Ok(Arc::clone(&self.built_in)) };
        if let Some(kept) = get(&self.rights, active.id) {
            return Ok(kept);
        }
        let access = Access::load(&store::policy::csv(conn, active.id).await?)?;
        let name = store::organisation::get(conn, organisation).await?.map(|found| found.name);
        let organisation = name.unwrap_or_default();
        Ok(keep(&self.rights, active.id, Arc::new(Rights { access, organisation })))
    }

    /// The approval rules and limits in force in the organisation. Without both nothing can be
    /// decided, and so nothing is submitted.
    pub async fn rules(
        &self,
        conn: &mut Conn,
        organisation: OrganisationId,
    ) -> Result<Rules, AppError> {
        let approval = need_active(conn, organisation, "approval").await?;
        let limits = need_active(conn, organisation, "limits").await?;
        let rights = self.rights(conn, Some(organisation)).await?;
        Ok(Rules {
            approval: match get(&self.approval, approval.id) {
                Some(kept) => kept,
                None => {
                    let csv = store::policy::csv(conn, approval.id).await?;
                    let version = approval.number.to_string();
                    let rules = Ruleset::load(&csv, &version, rights.access().roles())?;
                    keep(&self.approval, approval.id, rules)
                }
            },
            approval_number: approval.number,
            limits: match get(&self.limits, limits.id) {
                Some(kept) => kept,
                None => {
                    let csv = store::policy::csv(conn, limits.id).await?;
                    let version = limits.number.to_string();
                    let loaded = Limits::load(&csv, &version, rights.access().roles())?;
                    keep(&self.limits, limits.id, Arc::new(loaded))
                }
            },
            limits_number: limits.number,
            rights,
        })
    }
}

impl Policies {
    /// The rules of these two versions, whether they are in force, drafts or retired: approval,
    /// then limits.
    pub async fn rules_of(
        &self,
        conn: &mut Conn,
        organisation: OrganisationId,
        (approval_number, limits_number): (i64, i64),
    ) -> Result<Rules, AppError> {
        let rights = self.rights(conn, Some(organisation)).await?;
        let roles = rights.access().roles();
        let approval = need_version(conn, organisation, "approval", approval_number).await?;
        let limits = need_version(conn, organisation, "limits", limits_number).await?;
        Ok(Rules {
            approval: match get(&self.approval, approval.id) {
                Some(kept) => kept,
                None => {
                    let rules = Ruleset::load(&approval.csv, &approval_number.to_string(), roles)?;
                    keep(&self.approval, approval.id, rules)
                }
            },
            approval_number,
            limits: match get(&self.limits, limits.id) {
                Some(kept) => kept,
                None => {
                    let loaded = Limits::load(&limits.csv, &limits_number.to_string(), roles)?;
                    keep(&self.limits, limits.id, Arc::new(loaded))
                }
            },
            limits_number,
            rights: Arc::clone(&rights),
        })
    }
}

async fn need_version(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: &str,
    number: i64,
) -> Result<store::policy::Version, AppError> {
    let found = store::policy::get(conn, organisation, kind, number).await?;
    found.ok_or_else(|| Refusal::not_found("policy version").into())
}

async fn need_active(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: &str,
) -> Result<store::policy::Active, AppError> {
    store::policy::active(conn, organisation, kind).await?.ok_or_else(|| {
        cannot_decide("policy", format!("No {kind} policy is in force."))
            .mend("Ask an admin to put one in force.")
            .into()
    })
}

fn get<T>(kept: &Kept<T>, id: PolicyVersionId) -> Option<Arc<T>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
}

fn keep<T>(kept: &Kept<T>, id: PolicyVersionId, compiled: Arc<T>) -> Arc<T> {
    let mut map = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if map.len() >= KEPT {
        map.clear();
    }
    map.insert(id, Arc::clone(&compiled));
    compiled
}

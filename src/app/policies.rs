//! Compiled policies, kept per version. A version never changes, so what is kept is never stale:
//! each act first reads which version is active.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    base::id::{OrganisationId, PolicyVersionId},
    domain::role::Role,
    policy::{access::Access, seed},
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

    /// The roles that people of the organisation can be given.
    pub fn access(&self) -> &Arc<Access> {
        &self.access
    }
}

/// The compiled policies of every organisation seen so far.
pub struct Policies {
    rights: Kept<Rights>,
    built_in: Arc<Rights>,
}

type Kept<T> = Mutex<HashMap<PolicyVersionId, Arc<T>>>;

impl Policies {
    /// Compiles the built-in access policy, under which people of suppliers act.
    pub fn new() -> Result<Self, AppError> {
        let access = Access::load(&seed::seed("", crate::base::money::Currency::EUR).access)?;
        let built_in = Arc::new(Rights { access, organisation: "*".to_owned() });
        Ok(Self { rights: Kept::default(), built_in })
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
        Ok(keep(&self.rights, active.id, Rights { access, organisation }))
    }
}

fn get<T>(kept: &Kept<T>, id: PolicyVersionId) -> Option<Arc<T>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
}

fn keep<T>(kept: &Kept<T>, id: PolicyVersionId, compiled: T) -> Arc<T> {
    let compiled = Arc::new(compiled);
    let mut map = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if map.len() >= KEPT {
        map.clear();
    }
    map.insert(id, Arc::clone(&compiled));
    compiled
}

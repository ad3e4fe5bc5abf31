//! Compiled policies, kept per version. A version never changes, so what is kept is never stale:
//! each act first reads which version is active.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    base::id::{OrganisationId, PolicyVersionId},
    policy::access::Access,
    store::{self, Conn},
};

use super::AppError;

/// Versions kept compiled; beyond it the map is emptied, since old versions are rarely asked again.
const KEPT: usize = 4_096;

/// The compiled policies of every organisation seen so far.
pub struct Policies {
    access: Kept<Access>,
    built_in: Arc<Access>,
}

type Kept<T> = Mutex<HashMap<PolicyVersionId, Arc<T>>>;

impl Policies {
    /// Compiles the built-in access policy, under which people of suppliers act.
    pub fn new() -> Result<Self, AppError> {
        let built_in = Access::load("*", crate::policy::seed::ACCESS)?;
        Ok(Self { access: Kept::default(), built_in: Arc::new(built_in) })
    }

    /// The access policy in force in the organisation.
    pub async fn access(
        &self,
        conn: &mut Conn,
        organisation: Option<OrganisationId>,
    ) -> Result<Arc<Access>, AppError> {
        let Some(organisation) = organisation else { return Ok(Arc::clone(&self.built_in)) };
        let Some(active) = store::policy::active(conn, organisation, "access").await? else {
            return Ok(Arc::clone(&self.built_in));
        };
        if let Some(kept) = get(&self.access, active.id) {
            return Ok(kept);
        }
        let csv = store::policy::csv(conn, active.id).await?;
        keep(&self.access, active.id, Access::load(&organisation.to_string(), &csv)?)
    }
}

fn get<T>(kept: &Kept<T>, id: PolicyVersionId) -> Option<Arc<T>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
}

fn keep<T>(kept: &Kept<T>, id: PolicyVersionId, compiled: T) -> Result<Arc<T>, AppError> {
    let compiled = Arc::new(compiled);
    let mut map = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if map.len() >= KEPT {
        map.clear();
    }
    map.insert(id, Arc::clone(&compiled));
    Ok(compiled)
}

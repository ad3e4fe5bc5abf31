//! On a conflict take the policy branch file whole: this only lets the door compile meanwhile.
use crate::domain::{refusal::Refusal, role::Role};
use std::sync::Arc;
#[derive(Debug)]
pub struct Access;
impl Access {
    pub fn load(_csv: &str) -> Result<Arc<Self>, Refusal> {
        Ok(Arc::new(Self))
    }
    pub fn may<'r>(
        &self,
        _roles: impl IntoIterator<Item = &'r Role>,
        _organisation: &str,
        _object: &str,
        _action: &str,
    ) -> bool {
        true
    }
}

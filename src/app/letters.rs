//! Which fact tells whom: letters are written in the transaction that states the fact.

use crate::{base::id::OrganisationId, domain::fact::Fact};

use super::{AppError, Cx};

/// Writes the letters that a fact owes.
pub(super) async fn write(
    _cx: &mut Cx<'_>,
    _organisation: Option<OrganisationId>,
    _fact: &Fact,
) -> Result<(), AppError> {
    Ok(())
}

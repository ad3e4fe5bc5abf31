//! Which fact sends which document: bytes are frozen in the transaction that states the fact.

use crate::{base::id::OrganisationId, domain::fact::Fact};

use super::{AppError, Cx};

/// Freezes the documents that a fact owes into the outbox.
pub(super) async fn freeze(
    _cx: &mut Cx<'_>,
    _organisation: Option<OrganisationId>,
    _fact: &Fact,
) -> Result<(), AppError> {
    Ok(())
}

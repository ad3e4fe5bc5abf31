//! Versions of policies, per organisation and kind.

use crate::base::id::{OrganisationId, PolicyVersionId};

use super::{Conn, Row, StoreError};

/// Which version is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Active {
    pub id: PolicyVersionId,
    pub number: i64,
}

const ACTIVE: &str = "
    select id, number from policy_version
    where organisation_id = $1 and kind = $2 and state = 'active'";

/// The active version of a kind; read at each act, so that a change holds at once.
pub async fn active(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: &str,
) -> Result<Option<Active>, StoreError> {
    let row =
        sqlx::query(ACTIVE).bind(organisation.to_string()).bind(kind).fetch_optional(conn).await?;
    row.map(|row| {
        let row = Row::new(&row, "policy_version");
        Ok(Active { id: row.id("id")?, number: row.int("number")? })
    })
    .transpose()
}

const CSV: &str = "select csv from policy_version where id = $1";

/// The text of one version.
pub async fn csv(conn: &mut Conn, id: PolicyVersionId) -> Result<String, StoreError> {
    let row = sqlx::query(CSV).bind(id.to_string()).fetch_one(conn).await?;
    Row::new(&row, "policy_version").text("csv")
}

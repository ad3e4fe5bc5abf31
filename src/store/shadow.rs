//! Drafts that run beside the rules in force, and where their plans differ.

use crate::base::{
    id::{OrganisationId, RequisitionId},
    time::Time,
};

use super::{Conn, Row, StoreError, db};

/// A draft that runs beside the rules in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadow {
    /// `approval` or `limits`.
    pub kind: String,
    pub number: i64,
    pub since: Time,
}

const ALL: &str = "
    select kind, number, since_at from policy_shadow where organisation_id = $1 order by kind";

/// The drafts that run now.
pub async fn all(conn: &mut Conn, organisation: OrganisationId) -> Result<Vec<Shadow>, StoreError> {
    let rows = db::query(ALL).bind(organisation.to_string()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "policy_shadow");
            Ok(Shadow {
                kind: row.text("kind")?,
                number: row.int("number")?,
                since: row.time("since_at")?,
            })
        })
        .collect()
}

const CLEAR: &str = "delete from policy_shadow where organisation_id = $1 and kind = $2";
const INSERT: &str = "
    insert into policy_shadow (organisation_id, kind, number, since_at) values ($1, $2, $3, $4)";

/// Runs a version beside the rules in force from now on, or nothing any more.
pub async fn set(
    conn: &mut Conn,
    organisation: OrganisationId,
    kind: &str,
    version: Option<(i64, Time)>,
) -> Result<(), StoreError> {
    db::query(CLEAR).bind(organisation.to_string()).bind(kind).execute(&mut *conn).await?;
    if let Some((number, since)) = version {
        db::query(INSERT)
            .bind(organisation.to_string())
            .bind(kind)
            .bind(number)
            .bind(since.millis())
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// A requisition that a draft would have planned otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divergence {
    pub requisition: RequisitionId,
    pub number: String,
    /// Which drafts ran: `approval 4, limits 2`.
    pub shadow: String,
    /// The plan that was made, and the one the draft would have made, as JSON.
    pub live: String,
    pub draft: String,
    pub at: Time,
}

const RECORD: &str = "
    insert into policy_divergence (requisition_id, round, organisation_id, shadow, draft, at)
    values ($1, $2, $3, $4, $5, $6) on conflict do nothing";

/// Keeps the plan that a draft would have made.
pub async fn record(
    conn: &mut Conn,
    (requisition, round): (RequisitionId, i64),
    organisation: OrganisationId,
    (shadow, draft): (&str, &str),
    at: Time,
) -> Result<(), StoreError> {
    db::query(RECORD)
        .bind(requisition.to_string())
        .bind(round)
        .bind(organisation.to_string())
        .bind(shadow)
        .bind(draft)
        .bind(at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

const FOUND: &str = "
    select d.requisition_id, r.number, d.shadow, p.plan, d.draft, d.at
    from policy_divergence d join requisition r on r.id = d.requisition_id
    join plan_record p on p.requisition_id = d.requisition_id and p.round = d.round
    where d.organisation_id = $1 order by d.requisition_id desc limit $2";

/// The newest divergences.
pub async fn divergences(
    conn: &mut Conn,
    organisation: OrganisationId,
    many: i64,
) -> Result<Vec<Divergence>, StoreError> {
    let rows = db::query(FOUND).bind(organisation.to_string()).bind(many).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "policy_divergence");
            Ok(Divergence {
                requisition: row.id("requisition_id")?,
                number: row.text("number")?,
                shadow: row.text("shadow")?,
                live: row.text("plan")?,
                draft: row.text("draft")?,
                at: row.time("at")?,
            })
        })
        .collect()
}

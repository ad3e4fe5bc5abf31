//! What plans were made from: the facts of the moment, and the plan, per requisition and round.

use crate::{
    base::{
        id::{OrganisationId, PersonId, RequisitionId},
        money::Money,
        time::Time,
    },
    domain::requisition::RequisitionState,
};

use super::{Conn, Row, StoreError, db};

const INSERT: &str = "
    insert into plan_record (requisition_id, round, organisation_id, facts, plan)
    values ($1, $2, $3, $4, $5)";

/// Keeps the facts and the plan of one round, as JSON.
pub async fn insert(
    conn: &mut Conn,
    (requisition, round): (RequisitionId, i64),
    organisation: OrganisationId,
    facts: &str,
    plan: &str,
) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(requisition.to_string())
        .bind(round)
        .bind(organisation.to_string())
        .bind(facts)
        .bind(plan)
        .put(conn)
}

const GET: &str = "select facts, plan from plan_record where requisition_id = $1 and round = $2";

/// The facts and the plan of one round, as JSON.
pub async fn get(
    conn: &mut Conn,
    requisition: RequisitionId,
    round: i64,
) -> Result<Option<(String, String)>, StoreError> {
    let rows = db::query(GET).bind(requisition.to_string()).bind(round).fetch_known(conn).await?;
    let read = |row: &db::DbRow| {
        let row = Row::new(row, "plan_record");
        Ok((row.text("facts")?, row.text("plan")?))
    };
    rows.first().map(read).transpose()
}

/// One round of a past requisition, with what a comparison of plans shows of it.
#[derive(Debug, Clone)]
pub struct Past {
    pub requisition: RequisitionId,
    pub number: String,
    pub round: i64,
    pub requester: PersonId,
    pub cost_center: String,
    pub total: Money,
    pub state: RequisitionState,
    pub submitted_at: Time,
    pub approval_version: i64,
    pub limits_version: i64,
    pub facts: String,
    pub plan: String,
}

const PAST: &str = "
    select r.id, r.number, p.round, r.requester_id, r.cost_center, r.total_minor, r.currency,
        r.state, r.submitted_at, r.approval_version, r.limits_version, p.facts, p.plan
    from plan_record p join requisition r on r.id = p.requisition_id and r.round = p.round
    where p.organisation_id = $1 and p.requisition_id > $2
    order by p.requisition_id limit $3";

/// The next so many past requisitions in their latest round, the oldest first; `after` is the id
/// of the last one seen, or nothing.
pub async fn page(
    conn: &mut Conn,
    organisation: OrganisationId,
    after: &str,
    many: i64,
) -> Result<Vec<Past>, StoreError> {
    let rows = db::query(PAST)
        .bind(organisation.to_string())
        .bind(after)
        .bind(many)
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "plan_record");
            Ok(Past {
                requisition: row.id("id")?,
                number: row.text("number")?,
                round: row.int("round")?,
                requester: row.id("requester_id")?,
                cost_center: row.text("cost_center")?,
                total: row.money("total_minor", "currency")?,
                state: row.parsed("state")?,
                submitted_at: row.time("submitted_at")?,
                approval_version: row.int("approval_version")?,
                limits_version: row.int("limits_version")?,
                facts: row.text("facts")?,
                plan: row.text("plan")?,
            })
        })
        .collect()
}

const COUNT: &str = "
    select cast(count(*) as bigint) as many from plan_record p
    join requisition r on r.id = p.requisition_id and r.round = p.round
    where p.organisation_id = $1";

/// How many past requisitions can be replayed.
pub async fn count(conn: &mut Conn, organisation: OrganisationId) -> Result<u64, StoreError> {
    let row = db::query(COUNT).bind(organisation.to_string()).fetch_one(conn).await?;
    Ok(u64::try_from(Row::new(&row, "plan_record").int("many")?).unwrap_or_default())
}

const PACE: &str = "
    select person.email as email, cast(sum(task.decided_at - task.opened_at) as bigint) as waited,
        cast(count(*) as bigint) as many
    from task join person on person.id = task.assignee_id
    where task.organisation_id = $1 and task.decided_at is not null and task.opened_at is not null
    group by person.email";

/// How long each person's answers took so far: e-mail, milliseconds in all, answers.
pub async fn pace(
    conn: &mut Conn,
    organisation: OrganisationId,
) -> Result<Vec<(String, i64, i64)>, StoreError> {
    let rows = db::query(PACE).bind(organisation.to_string()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "task");
            Ok((row.text("email")?, row.int("waited")?, row.int("many")?))
        })
        .collect()
}

//! Who may decide a task beside its assignee.

use crate::{
    base::{id::RequisitionId, time::Time},
    domain::approval::{StandIn, Task},
};

use super::{Conn, Row, StoreError, db};

const INSERT: &str = "
    insert into stand_in (task_id, person_id, requester_id, kind, delegation_id, since_at, until_at)
    values ($1, $2, $3, $4, $5, $6, $7)";

/// Records a stand-in of a task that has arisen.
pub async fn insert(conn: &mut Conn, task: &Task, one: &StandIn) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(one.task.to_string())
        .bind(one.person.to_string())
        .bind(task.requester.to_string())
        .bind(one.kind.word())
        .bind(one.delegation.map(|id| id.to_string()))
        .bind(one.since.millis())
        .bind(one.until.map(Time::millis))
        .execute(conn)
        .await?;
    Ok(())
}

const OF_REQUISITION: &str = "
    select stand_in.* from stand_in join task on task.id = stand_in.task_id
    where task.requisition_id = $1 order by stand_in.since_at, stand_in.person_id";

/// Gives tasks of one requisition their stand-ins, the earliest first.
pub(super) async fn fill(
    conn: &mut Conn,
    requisition: RequisitionId,
    tasks: &mut [Task],
) -> Result<(), StoreError> {
    if tasks.is_empty() {
        return Ok(());
    }
    let rows = db::query(OF_REQUISITION).bind(requisition.to_string()).fetch_known(conn).await?;
    for row in rows.iter() {
        let row = Row::new(row, "stand_in");
        let one = StandIn {
            task: row.id("task_id")?,
            person: row.id("person_id")?,
            kind: row.parsed("kind")?,
            delegation: row.maybe_id("delegation_id")?,
            since: row.time("since_at")?,
            until: row.maybe_time("until_at")?,
        };
        if let Some(task) = tasks.iter_mut().find(|task| task.id == one.task) {
            task.stand_ins.push(one);
        }
    }
    Ok(())
}

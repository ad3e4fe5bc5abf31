//! Steps of a plan and their tasks.

use sqlx::any::AnyRow;

use crate::{
    base::{
        id::{OrganisationId, PersonId, RequisitionId, StepId, TaskId},
        page::{Cut, Page},
        time::Time,
    },
    domain::approval::{DecisionRecord, Step, StepState, Task},
};

use super::{Conn, Row, StoreError, error::one_row};

const INSERT_STEP: &str = "
    insert into step (id, requisition_id, round, position, mode, state, rule_id, rule_version,
        because)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const INSERT_TASK: &str = "
    insert into task (id, step_id, requisition_id, organisation_id, requester_id, assignee_id,
        state, content_hash, opened_at, due_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)";

/// Adds a step with its tasks, none of which is decided.
pub async fn insert(conn: &mut Conn, step: &Step) -> Result<(), StoreError> {
    sqlx::query(INSERT_STEP)
        .bind(step.id.to_string())
        .bind(step.requisition.to_string())
        .bind(step.round)
        .bind(i64::from(step.order))
        .bind(step.mode.word())
        .bind(step.state.word())
        .bind(&step.rule)
        .bind(step.rule_version)
        .bind(&step.because)
        .execute(&mut *conn)
        .await?;
    for task in &step.tasks {
        sqlx::query(INSERT_TASK)
            .bind(task.id.to_string())
            .bind(task.step.to_string())
            .bind(task.requisition.to_string())
            .bind(task.organisation.to_string())
            .bind(task.requester.to_string())
            .bind(task.assignee.to_string())
            .bind(task.state.word())
            .bind(&task.content_hash)
            .bind(task.opened_at.map(Time::millis))
            .bind(task.due_at.map(Time::millis))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

const STEPS: &str = "
    select * from step where requisition_id = $1 order by round desc, position, id";
const TASKS: &str = "select * from task where requisition_id = $1 order by id";

/// Every step of a requisition with its tasks: the newest round first, then in the plan's order.
pub async fn of_requisition(
    conn: &mut Conn,
    requisition: RequisitionId,
) -> Result<Vec<Step>, StoreError> {
    let rows = sqlx::query(STEPS).bind(requisition.to_string()).fetch_all(&mut *conn).await?;
    let mut steps = rows.iter().map(read_step).collect::<Result<Vec<_>, _>>()?;
    let rows = sqlx::query(TASKS).bind(requisition.to_string()).fetch_all(conn).await?;
    for row in &rows {
        let task = read_task(row)?;
        let step = steps.iter_mut().find(|step| step.id == task.step);
        step.ok_or_else(|| StoreError::inconsistent("task", "a task without a step"))?
            .tasks
            .push(task);
    }
    Ok(steps)
}

fn read_step(row: &AnyRow) -> Result<Step, StoreError> {
    let row = Row::new(row, "step");
    let order = row.int("position")?;
    Ok(Step {
        id: row.id("id")?,
        requisition: row.id("requisition_id")?,
        round: row.int("round")?,
        order: u32::try_from(order).map_err(|fault| row.fault("position", fault))?,
        mode: row.parsed("mode")?,
        state: row.parsed("state")?,
        rule: row.text("rule_id")?,
        rule_version: row.int("rule_version")?,
        because: row.text("because")?,
        tasks: Vec::new(),
    })
}

pub(super) fn read_task(row: &AnyRow) -> Result<Task, StoreError> {
    let row = Row::new(row, "task");
    Ok(Task {
        id: row.id("id")?,
        step: row.id("step_id")?,
        requisition: row.id("requisition_id")?,
        organisation: row.id("organisation_id")?,
        requester: row.id("requester_id")?,
        assignee: row.id("assignee_id")?,
        state: row.parsed("state")?,
        content_hash: row.text("content_hash")?,
        opened_at: row.maybe_time("opened_at")?,
        due_at: row.maybe_time("due_at")?,
        decision: read_decision(&row)?,
        version: row.int("version")?,
    })
}

fn read_decision(row: &Row<'_>) -> Result<Option<DecisionRecord>, StoreError> {
    let Some(verdict) = row.maybe_parsed("decision")? else { return Ok(None) };
    let by = row.maybe_id("decided_by")?;
    let at = row.maybe_time("decided_at")?;
    let (Some(by), Some(at)) = (by, at) else {
        return Err(row.fault("decided_by", "a decision without who or when"));
    };
    Ok(Some(DecisionRecord {
        verdict,
        by,
        on_behalf_of: row.maybe_id("on_behalf_of")?,
        at,
        comment: row.maybe_text("comment")?.unwrap_or_default(),
    }))
}

const TASK: &str = "select * from task where id = $1";

/// One task of any organisation: the caller proves that it may be seen.
pub async fn task(conn: &mut Conn, id: TaskId) -> Result<Option<Task>, StoreError> {
    let row = sqlx::query(TASK).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(read_task).transpose()
}

const SET_STEP: &str = "update step set state = $1 where id = $2";

/// Sets a step's state; the caller holds the requisition's lock.
pub async fn set_state(conn: &mut Conn, id: StepId, state: StepState) -> Result<(), StoreError> {
    let done = sqlx::query(SET_STEP).bind(state.word()).bind(id.to_string()).execute(conn).await?;
    one_row(done.rows_affected(), "step")
}

const UPDATE_TASK: &str = "
    update task set state = $1, opened_at = $2, due_at = $3, decision = $4, decided_by = $5,
        on_behalf_of = $6, decided_at = $7, comment = $8, version = version + 1
    where id = $9 and version = $10";

/// Saves a task's state and decision, when nobody was quicker.
pub async fn update_task(conn: &mut Conn, task: &Task) -> Result<(), StoreError> {
    let decision = task.decision.as_ref();
    let done = sqlx::query(UPDATE_TASK)
        .bind(task.state.word())
        .bind(task.opened_at.map(Time::millis))
        .bind(task.due_at.map(Time::millis))
        .bind(decision.map(|decision| decision.verdict.word()))
        .bind(decision.map(|decision| decision.by.to_string()))
        .bind(decision.and_then(|decision| decision.on_behalf_of).map(|id| id.to_string()))
        .bind(decision.map(|decision| decision.at.millis()))
        .bind(decision.map(|decision| decision.comment.clone()))
        .bind(task.id.to_string())
        .bind(task.version)
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "task")
}

const OPEN: &str = "
    select * from task
    where assignee_id = $1 and organisation_id = $2 and state = 'open' and ($3 = '' or id < $3)
    order by id desc limit $4";

/// The open tasks of a person, newest first.
pub async fn open_of(
    conn: &mut Conn,
    organisation: OrganisationId,
    assignee: PersonId,
    cut: &Cut,
) -> Result<Page<Task>, StoreError> {
    let rows = sqlx::query(OPEN)
        .bind(assignee.to_string())
        .bind(organisation.to_string())
        .bind(cut.after.clone().unwrap_or_default())
        .bind(cut.fetch())
        .fetch_all(conn)
        .await?;
    let tasks = rows.iter().map(read_task).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(tasks, cut, |task| task.id.to_string()))
}

const ASKED: &str = "
    select cast(count(*) as bigint) as many from task
    where requisition_id = $1 and assignee_id = $2 and opened_at is not null";

/// Whether the person's turn to decide on the requisition has ever come.
pub async fn was_asked(
    conn: &mut Conn,
    requisition: RequisitionId,
    person: PersonId,
) -> Result<bool, StoreError> {
    let row = sqlx::query(ASKED)
        .bind(requisition.to_string())
        .bind(person.to_string())
        .fetch_one(conn)
        .await?;
    Ok(Row::new(&row, "task").int("many")? > 0)
}

const COUNT: &str = "
    select cast(count(*) as bigint) as many from task where assignee_id = $1 and state = 'open'";

/// How many tasks wait for a person: the figure beside "Approvals".
pub async fn open_count(conn: &mut Conn, assignee: PersonId) -> Result<i64, StoreError> {
    let row = sqlx::query(COUNT).bind(assignee.to_string()).fetch_one(conn).await?;
    Row::new(&row, "task").int("many")
}

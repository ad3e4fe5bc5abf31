//! Steps of a plan and their tasks.

use crate::{
    base::{
        id::{OrganisationId, PersonId, RequisitionId, StepId, TaskId},
        page::{Cut, Page},
        time::Time,
    },
    domain::approval::{DecisionRecord, Mode, Step, StepState, Task, Timers},
};

use super::{Conn, Row, StoreError, db, error::one_row, stand_in};

const INSERT_STEP: &str = "
    insert into step (id, requisition_id, round, position, mode, state, rule_id, rule_version,
        because, vote, unless)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const INSERT_TASK: &str = "
    insert into task (id, step_id, requisition_id, organisation_id, requester_id, assignee_id,
        state, content_hash, opened_at, due_at, decision, decided_by, on_behalf_of, decided_at,
        comment, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1)";

/// Adds a step with its tasks; signatures that an edit left standing come with them.
pub async fn insert(conn: &mut Conn, step: &Step) -> Result<(), StoreError> {
    db::query(INSERT_STEP)
        .bind(step.id.to_string())
        .bind(step.requisition.to_string())
        .bind(step.round)
        .bind(i64::from(step.order))
        .bind(if step.mode == Mode::All { "all" } else { "any" })
        .bind(step.state.word())
        .bind(&step.rule)
        .bind(step.rule_version)
        .bind(&step.because)
        .bind(step.mode.word())
        .bind(&step.unless)
        .put(conn)?;
    for task in &step.tasks {
        let decision = task.decision.as_ref();
        db::query(INSERT_TASK)
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
            .bind(decision.map(|decision| decision.verdict.word()))
            .bind(decision.map(|decision| decision.by.to_string()))
            .bind(decision.and_then(|decision| decision.on_behalf_of).map(|id| id.to_string()))
            .bind(decision.map(|decision| decision.at.millis()))
            .bind(decision.map(|decision| decision.comment.clone()))
            .put(conn)?;
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
    let rows = db::query(STEPS).bind(requisition.to_string()).fetch_known(&mut *conn).await?;
    let mut steps = rows.iter().map(read_step).collect::<Result<Vec<_>, _>>()?;
    let rows = db::query(TASKS).bind(requisition.to_string()).fetch_known(&mut *conn).await?;
    let mut tasks = rows.iter().map(read_task).collect::<Result<Vec<_>, _>>()?;
    stand_in::fill(conn, requisition, &mut tasks).await?;
    for task in tasks {
        let step = steps.iter_mut().find(|step| step.id == task.step);
        step.ok_or_else(|| StoreError::inconsistent("task", "a task without a step"))?
            .tasks
            .push(task);
    }
    Ok(steps)
}

fn read_step(row: &db::DbRow) -> Result<Step, StoreError> {
    let row = Row::new(row, "step");
    let order = row.int("position")?;
    Ok(Step {
        id: row.id("id")?,
        requisition: row.id("requisition_id")?,
        round: row.int("round")?,
        order: u32::try_from(order).map_err(|fault| row.fault("position", fault))?,
        // Steps made before votes of several had a column of their own.
        mode: match row.maybe_parsed("vote")? {
            Some(mode) => mode,
            None => row.parsed("mode")?,
        },
        state: row.parsed("state")?,
        rule: row.text("rule_id")?,
        rule_version: row.int("rule_version")?,
        because: row.text("because")?,
        unless: row.text("unless")?,
        tasks: Vec::new(),
    })
}

pub(super) fn read_task(row: &db::DbRow) -> Result<Task, StoreError> {
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
        timers: Timers {
            remind_at: row.maybe_time("remind_at")?,
            escalate_at: row.maybe_time("escalate_at")?,
            expire_at: row.maybe_time("expire_at")?,
            reminded_at: row.maybe_time("reminded_at")?,
            escalated_at: row.maybe_time("escalated_at")?,
            stopped_at: row.maybe_time("stopped_at")?,
        },
        stand_ins: Vec::new(),
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
    let row = db::query(TASK).bind(id.to_string()).fetch_optional(&mut *conn).await?;
    let Some(mut task) = row.as_ref().map(read_task).transpose()? else { return Ok(None) };
    stand_in::fill(conn, task.requisition, std::slice::from_mut(&mut task)).await?;
    Ok(Some(task))
}

const SET_STEP: &str = "update step set state = $1 where id = $2";

/// Sets a step's state; the caller holds the requisition's lock.
pub async fn set_state(conn: &mut Conn, id: StepId, state: StepState) -> Result<(), StoreError> {
    let done = db::query(SET_STEP).bind(state.word()).bind(id.to_string()).execute(conn).await?;
    one_row(done.rows_affected(), "step")
}

const UPDATE_TASK: &str = "
    update task set state = $1, opened_at = $2, due_at = $3, decision = $4, decided_by = $5,
        on_behalf_of = $6, decided_at = $7, comment = $8, version = version + 1
    where id = $9 and version = $10";

/// Saves a task's state and decision, when nobody was quicker.
pub async fn update_task(conn: &mut Conn, task: &Task) -> Result<(), StoreError> {
    let decision = task.decision.as_ref();
    let done = db::query(UPDATE_TASK)
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

const SET_TIMERS: &str = "
    update task set due_at = $1, remind_at = $2, escalate_at = $3, expire_at = $4,
        reminded_at = $5, escalated_at = $6, stopped_at = $7, next_timer_at = $8
    where id = $9";

/// Saves when a task is due and when its timers ring; the caller holds the requisition's lock.
pub async fn set_timers(conn: &mut Conn, task: &Task) -> Result<(), StoreError> {
    let timers = &task.timers;
    let done = db::query(SET_TIMERS)
        .bind(task.due_at.map(Time::millis))
        .bind(timers.remind_at.map(Time::millis))
        .bind(timers.escalate_at.map(Time::millis))
        .bind(timers.expire_at.map(Time::millis))
        .bind(timers.reminded_at.map(Time::millis))
        .bind(timers.escalated_at.map(Time::millis))
        .bind(timers.stopped_at.map(Time::millis))
        .bind(timers.next().map(|(at, _)| at.millis()))
        .bind(task.id.to_string())
        .execute(conn)
        .await?;
    one_row(done.rows_affected(), "task")
}

const RINGING: &str = "
    select id, organisation_id from task where next_timer_at <= $1 and state = 'open'
    order by next_timer_at, id limit $2";

/// Open tasks whose next timer should have rung by now, the most overdue first.
pub async fn ringing(
    conn: &mut Conn,
    now: Time,
    most: i64,
) -> Result<Vec<(TaskId, OrganisationId)>, StoreError> {
    let rows = db::query(RINGING).bind(now.millis()).bind(most).fetch_all(conn).await?;
    let read = |row: &db::DbRow| {
        let row = Row::new(row, "task");
        Ok((row.id("id")?, row.id("organisation_id")?))
    };
    rows.iter().map(read).collect()
}

const OPEN: &str = "
    select * from task
    where organisation_id = $2 and state = 'open' and ($3 = '' or id < $3)
        and (assignee_id = $1 or id in (
            select task_id from stand_in
            where person_id = $1 and since_at <= $5 and (until_at is null or until_at > $5)))
    order by id desc limit $4";

/// The open tasks that a person may decide, for himself or for somebody else, newest first.
pub async fn open_of(
    conn: &mut Conn,
    organisation: OrganisationId,
    (person, now): (PersonId, Time),
    cut: &Cut,
) -> Result<Page<Task>, StoreError> {
    let rows = db::query(OPEN)
        .bind(person.to_string())
        .bind(organisation.to_string())
        .bind(cut.after.clone().unwrap_or_default())
        .bind(cut.fetch())
        .bind(now.millis())
        .fetch_all(&mut *conn)
        .await?;
    let mut tasks = rows.iter().map(read_task).collect::<Result<Vec<_>, _>>()?;
    for task in &mut tasks {
        let requisition = task.requisition;
        stand_in::fill(conn, requisition, std::slice::from_mut(task)).await?;
    }
    Ok(Page::of(tasks, cut, |task| task.id.to_string()))
}

const ASKED: &str = "
    select cast(count(*) as bigint) as many from task
    where requisition_id = $1 and opened_at is not null and (assignee_id = $2
        or id in (select task_id from stand_in where person_id = $2))";

/// Whether the person's turn to decide on the requisition has ever come.
pub async fn was_asked(
    conn: &mut Conn,
    requisition: RequisitionId,
    person: PersonId,
) -> Result<bool, StoreError> {
    let row = db::query(ASKED)
        .bind(requisition.to_string())
        .bind(person.to_string())
        .fetch_one(conn)
        .await?;
    Ok(Row::new(&row, "task").int("many")? > 0)
}

const COUNT: &str = "
    select cast(count(*) as bigint) as many from task
    where state = 'open' and (assignee_id = $1 or id in (
        select task_id from stand_in
        where person_id = $1 and since_at <= $2 and (until_at is null or until_at > $2)))";

/// How many tasks wait for a person: the figure beside "Approvals".
pub async fn open_count(conn: &mut Conn, person: PersonId, now: Time) -> Result<i64, StoreError> {
    let query = db::query(COUNT).bind(person.to_string()).bind(now.millis());
    let row = query.fetch_one(conn).await?;
    Row::new(&row, "task").int("many")
}

const ANSWERS: &str = "
    select opened_at, decided_at from task
    where assignee_id = $1 and state = 'approved' and opened_at is not null
        and decided_by = assignee_id
    order by id desc limit $2";

/// How many milliseconds each of a person's latest approvals took from the moment it was asked.
pub async fn answers(conn: &mut Conn, person: PersonId, most: i64) -> Result<Vec<i64>, StoreError> {
    let rows = db::query(ANSWERS).bind(person.to_string()).bind(most).fetch_all(conn).await?;
    let took = |row: &db::DbRow| {
        let row = Row::new(row, "task");
        Ok(row.time("decided_at")?.since(row.time("opened_at")?))
    };
    rows.iter().map(took).collect()
}

//! A task's turn has come: who stands in for its assignee is found and recorded, its timers are
//! set, and those who may answer are told.

use std::collections::BTreeSet;

use crate::{
    app::{AppError, Cx},
    base::{
        id::{PersonId, RequisitionId, TaskId},
        time::Time,
    },
    domain::{
        approval::{StandIn, StandInKind, Step, Task, TaskState, Timers},
        delegation::{self, Delegation, Subject},
        fact::Fact,
        sign_off::SignOff,
    },
    store,
};

use super::right;

/// States that the turn of these tasks has come. The caller has stored the steps.
pub(in crate::app) async fn arise(
    cx: &mut Cx<'_>,
    steps: &[Step],
    opened: &[TaskId],
) -> Result<(), AppError> {
    let all = || steps.iter().flat_map(|step| &step.tasks);
    let Some(first) = all().find(|task| opened.contains(&task.id)) else { return Ok(()) };
    let settings = store::sign_off::get(cx.conn, first.organisation).await?;
    let live = store::delegation::live(cx.conn, first.organisation, cx.now).await?;
    let subject = subject(cx, first.requisition).await?;
    let mut signers = signers(steps);
    for task in all().filter(|task| opened.contains(&task.id)) {
        let deputy = deputy(cx, task, (&live, &subject), &signers).await?;
        let mut task = task.clone();
        if let Some(one) = &deputy {
            signers.insert(one.person);
            store::stand_in::insert(cx.conn, &task, one).await?;
        }
        let answers = deputy.as_ref().map_or(task.assignee, |one| one.person);
        set_timers(cx, &mut task, &settings, answers).await?;
        store::step::set_timers(cx.conn, &task).await?;
        cx.fact(opened_fact(&task, deputy.as_ref()));
    }
    Ok(())
}

/// Hands a task that is open already to the deputy of a new delegation; `false` when it covers
/// the task not, or somebody stands in already.
pub(in crate::app) async fn hand_over(cx: &mut Cx<'_>, task: &Task) -> Result<bool, AppError> {
    let locked = store::requisition::lock(cx.conn, task.organisation, task.requisition).await?;
    if locked.is_none() {
        return Ok(false);
    }
    let steps = store::step::of_requisition(cx.conn, task.requisition).await?;
    let found = steps.iter().flat_map(|step| &step.tasks).find(|other| other.id == task.id);
    let fits = |task: &&Task| {
        task.state == TaskState::Open && !task.stand_ins.iter().any(|one| one.holds_at(cx.now))
    };
    let Some(task) = found.filter(fits) else { return Ok(false) };
    let live = store::delegation::live(cx.conn, task.organisation, cx.now).await?;
    let subject = subject(cx, task.requisition).await?;
    let signers = signers(&steps);
    let Some(one) = deputy(cx, task, (&live, &subject), &signers).await? else { return Ok(false) };
    if task.stand_ins.iter().any(|known| known.person == one.person) {
        return Ok(false);
    }
    store::stand_in::insert(cx.conn, task, &one).await?;
    cx.fact(opened_fact(task, Some(&one)));
    Ok(true)
}

fn opened_fact(task: &Task, deputy: Option<&StandIn>) -> Fact {
    Fact::TaskOpened {
        requisition: task.requisition.to_string(),
        task: task.id.to_string(),
        assignee: task.assignee.to_string(),
        content_hash: task.content_hash.clone(),
        deputy: deputy.map(|one| one.person.to_string()),
        until: deputy.and_then(|one| one.until),
    }
}

/// What a delegation's bounds are held against.
pub(in crate::app) async fn subject(
    cx: &mut Cx<'_>,
    id: RequisitionId,
) -> Result<Subject, AppError> {
    let found = store::requisition::get_any(cx.conn, id).await?;
    let requisition = found.ok_or_else(|| AppError::internal(format!("{id} is not there")))?;
    let lines = store::requisition::lines(cx.conn, id).await?;
    let categories = lines.into_iter().map(|line| line.goods.unspsc).collect();
    Ok(Subject { total: requisition.total, categories })
}

/// Everybody who has signed, is asked, will be asked or stands in: nobody signs twice.
pub(in crate::app) fn signers(steps: &[Step]) -> BTreeSet<PersonId> {
    let mut people = BTreeSet::new();
    for task in steps.iter().flat_map(|step| &step.tasks) {
        match task.state {
            TaskState::Waiting | TaskState::Open => {
                people.insert(task.assignee);
                people.extend(task.stand_ins.iter().map(|one| one.person));
            }
            TaskState::Approved | TaskState::Rejected => {
                let by = task.decision.as_ref().map_or(task.assignee, |decision| decision.by);
                people.insert(by);
            }
            TaskState::Void => {}
        }
    }
    people
}

/// The deputy who may sign for the task's assignee: never the requester, nobody who signs already,
/// nobody without the right to stand in; and none for an assignee who may not decide himself.
async fn deputy(
    cx: &mut Cx<'_>,
    task: &Task,
    (live, subject): (&[Delegation], &Subject),
    signers: &BTreeSet<PersonId>,
) -> Result<Option<StandIn>, AppError> {
    let chains: Vec<_> = delegation::deputies(live, task.assignee, cx.now, subject).collect();
    if chains.is_empty() {
        return Ok(None);
    }
    let Some(principal) = store::person::get(cx.conn, task.assignee).await? else {
        return Ok(None);
    };
    if !right::lends(cx, &principal).await? {
        return Ok(None);
    }
    for chain in chains {
        let found = last_who_may(cx, task, &chain, signers).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The last of the deputies who hand on to each other that may sign this task.
async fn last_who_may(
    cx: &mut Cx<'_>,
    task: &Task,
    chain: &[&Delegation],
    signers: &BTreeSet<PersonId>,
) -> Result<Option<StandIn>, AppError> {
    let mut found = None;
    let mut until: Option<Time> = None;
    for one in chain {
        let ends = one.until();
        until = Some(until.map_or(ends, |until| until.min(ends)));
        if one.deputy == task.requester || signers.contains(&one.deputy) {
            continue;
        }
        let Some(person) = store::person::get(cx.conn, one.deputy).await? else { continue };
        // Rights may have changed since the delegation was made.
        if person.is_active() && cx.person_may(&person, "delegation", "receive").await? {
            found = Some(StandIn {
                task: task.id,
                person: one.deputy,
                kind: StandInKind::Delegation,
                delegation: Some(one.id),
                since: cx.now,
                until,
            });
        }
    }
    Ok(found)
}

/// Sets a task's timers by the working days of the one who answers. Who has no working day within
/// two years is not waited for: there is no timer.
async fn set_timers(
    cx: &mut Cx<'_>,
    task: &mut Task,
    settings: &SignOff,
    answers: PersonId,
) -> Result<(), AppError> {
    let Some(person) = store::person::get(cx.conn, answers).await? else { return Ok(()) };
    let calendar = store::calendar::of_person(cx.conn, task.organisation, &person, cx.now).await?;
    let after = |days: u32| if days == 0 { None } else { calendar.after(cx.now, days) };
    task.timers = Timers {
        remind_at: after(settings.remind_after),
        escalate_at: after(settings.escalate_after),
        expire_at: after(settings.expire_after),
        ..Timers::default()
    };
    task.due_at = task.timers.escalate_at.or(task.timers.expire_at).or(task.timers.remind_at);
    Ok(())
}

//! When a requisition will probably be decided, and who holds it up: from the calendars of those
//! who are asked, who stands in for them, and how quickly they answered before.
//!
//! It is an estimate for the requester's eyes; nothing is decided by it.

use crate::{
    app::{AppError, Reader},
    base::{
        id::{OrganisationId, PersonId},
        time::{Day, Time},
    },
    domain::{
        approval::{Mode, TaskState},
        calendar::Calendar,
        cart::CartLine,
        delegation::{Delegation, Subject, deputies},
        party::Person,
    },
    store::{self, Conn},
};

use super::view::{Preview, RequisitionView};

/// Decisions of a person that are looked at.
const LOOKED_AT: i64 = 20;
/// Fewer say nothing: then one working day is assumed.
const ENOUGH: usize = 5;

/// One person whose answer is waited for.
#[derive(Debug, Clone)]
pub struct Wait {
    pub order: u32,
    /// Who is asked.
    pub person: Person,
    /// Who stands in.
    pub deputy: Option<Person>,
    /// The last day the person is away, when nobody stands in.
    pub away_until: Option<Day>,
    /// Who could be asked to stand in: the manager of one who is away.
    pub could_ask: Option<Person>,
    /// When an answer is likely; `None`: not within two years.
    pub answer_at: Option<Time>,
}

/// The estimate for one plan.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// When the last signature is likely.
    pub decided_at: Option<Time>,
    /// Until when the prices are held: then the requisition expires.
    pub held_until: Option<Time>,
    pub waits: Vec<Wait>,
}

/// A step that is still to be signed.
struct Rank {
    order: u32,
    /// Whether each of them must sign.
    all: bool,
    people: Vec<Person>,
}

/// What an estimate leans on.
struct Ground {
    organisation: OrganisationId,
    requester: PersonId,
    subject: Subject,
    live: Vec<Delegation>,
    now: Time,
}

/// The estimate for a running plan; `None` when nothing is left to wait for.
pub async fn of_view(
    reader: &mut Reader<'_>,
    view: &RequisitionView,
) -> Result<Option<Forecast>, AppError> {
    let mut ranks = Vec::new();
    for step in &view.steps {
        let waits = step
            .tasks
            .iter()
            .filter(|task| matches!(task.state, TaskState::Waiting | TaskState::Open))
            .filter_map(|task| view.people.get(&task.assignee).cloned());
        ranks.push(Rank {
            order: step.order,
            all: step.mode != Mode::Any,
            people: waits.collect(),
        });
    }
    let categories = view.lines.iter().map(|line| line.goods.unspsc.clone()).collect();
    let row = &view.requisition;
    let subject = Subject { total: row.total, categories };
    let expires = view.steps.iter().flat_map(|step| &step.tasks);
    let held = expires.filter(|task| task.state == TaskState::Open);
    let held = held.filter_map(|task| task.timers.expire_at).min();
    let ground = ground(reader, (row.organisation, row.requester), subject).await?;
    estimate(&mut reader.conn, &ground, ranks, held).await
}

/// The estimate for the plan a cart would get.
pub async fn of_preview(
    reader: &mut Reader<'_>,
    preview: &Preview,
    lines: &[CartLine],
) -> Result<Option<Forecast>, AppError> {
    let organisation = reader.actor.need_organisation()?;
    let requester = reader.actor.need_person()?.id;
    let mut ranks = Vec::new();
    for step in &preview.steps {
        let mut people = Vec::new();
        for (_, mail) in &step.people {
            let Ok(email) = mail.parse() else { continue };
            people.extend(store::person::by_email(&mut reader.conn, &email).await?);
        }
        ranks.push(Rank { order: step.order, all: step.mode != Mode::Any, people });
    }
    let categories = lines.iter().map(|line| line.goods.unspsc.clone()).collect();
    let subject = Subject { total: preview.total, categories };
    let ground = ground(reader, (organisation, requester), subject).await?;
    estimate(&mut reader.conn, &ground, ranks, None).await
}

async fn ground(
    reader: &mut Reader<'_>,
    (organisation, requester): (OrganisationId, PersonId),
    subject: Subject,
) -> Result<Ground, AppError> {
    let now = reader.app.now();
    let live = store::delegation::live(&mut reader.conn, organisation, now).await?;
    Ok(Ground { organisation, requester, subject, live, now })
}

/// Steps of one order run side by side, orders one after the other.
async fn estimate(
    conn: &mut Conn,
    ground: &Ground,
    mut ranks: Vec<Rank>,
    held_until: Option<Time>,
) -> Result<Option<Forecast>, AppError> {
    ranks.retain(|rank| !rank.people.is_empty());
    ranks.sort_by_key(|rank| rank.order);
    if ranks.is_empty() {
        return Ok(None);
    }
    let mut waits = Vec::new();
    let mut starts = Some(ground.now);
    let mut ends = Some(ground.now);
    let mut order = ranks.first().map_or(0, |rank| rank.order);
    for rank in ranks {
        if rank.order != order {
            (starts, order) = (ends, rank.order);
        }
        let mut answers = Vec::new();
        for person in rank.people {
            let wait = wait(conn, ground, (rank.order, person), starts).await?;
            answers.push(wait.answer_at);
            waits.push(wait);
        }
        let known = answers.iter().flatten().copied();
        let step = match rank.all {
            true if answers.contains(&None) => None,
            true => known.max(),
            false => known.min(),
        };
        ends = step.zip(ends).map(|(step, ends)| step.max(ends));
    }
    Ok(Some(Forecast { decided_at: ends, held_until, waits }))
}

async fn wait(
    conn: &mut Conn,
    ground: &Ground,
    (order, person): (u32, Person),
    starts: Option<Time>,
) -> Result<Wait, AppError> {
    let at = starts.unwrap_or(ground.now);
    let deputy = stand_in(conn, ground, person.id, at).await?;
    let answers = deputy.as_ref().unwrap_or(&person);
    let calendar = store::calendar::of_person(conn, ground.organisation, answers, ground.now);
    let calendar = calendar.await?;
    let away_until = match deputy {
        Some(_) => None,
        None => calendar.away_until(at.day_in(&calendar.zone)),
    };
    // Who was disabled comes back at no time that is known.
    let is_gone = deputy.is_none() && !person.is_active();
    let could_ask = match person.manager {
        Some(manager) if (is_gone || away_until.is_some()) && manager != ground.requester => {
            store::person::get(conn, manager).await?.filter(Person::is_active)
        }
        _ => None,
    };
    let usual = usual(store::step::answers(conn, answers.id, LOOKED_AT).await?);
    let answer_at = starts.filter(|_| !is_gone).and_then(|at| likely(&calendar, at, usual));
    Ok(Wait { order, person, deputy, away_until, could_ask, answer_at })
}

/// Who answers for somebody, if anybody stands in.
async fn stand_in(
    conn: &mut Conn,
    ground: &Ground,
    person: PersonId,
    at: Time,
) -> Result<Option<Person>, AppError> {
    for chain in deputies(&ground.live, person, at, &ground.subject) {
        let mut deputy = None;
        for one in chain {
            if one.deputy != ground.requester {
                let next = store::person::get(conn, one.deputy).await?;
                deputy = next.filter(Person::is_active).or(deputy);
            }
        }
        if deputy.is_some() {
            return Ok(deputy);
        }
    }
    Ok(None)
}

/// The median of how long answers took; `None` when too few are known.
fn usual(mut answers: Vec<i64>) -> Option<i64> {
    answers.sort_unstable();
    answers.get(answers.len() / 2).copied().filter(|_| answers.len() >= ENOUGH)
}

/// When an answer is likely to a question asked at this moment.
fn likely(calendar: &Calendar, at: Time, usual: Option<i64>) -> Option<Time> {
    match usual {
        None => calendar.after(at, 1),
        Some(usual) => {
            let begins = calendar.roll(at);
            // Who never comes back is rolled nowhere.
            calendar.after(at, 1)?;
            Some(calendar.roll(begins.plus_ms(usual)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_answers_say_nothing_and_a_median_is_not_moved_by_one_slow_answer() {
        assert_eq!(usual(vec![1, 2, 3]), None);
        assert_eq!(usual(vec![9_000, 1, 2, 3, 4]), Some(3));
    }

    #[test]
    fn nights_and_weekends_are_in_an_answer() {
        let calendar = Calendar { zone: "UTC".into(), ..Calendar::default() };
        let friday: Time = "2026-11-20T16:00:00Z".parse().unwrap();
        let monday = "2026-11-23T16:00:00Z".parse().ok();
        assert_eq!(likely(&calendar, friday, None), monday);
        let two_hours = 2 * 3_600_000;
        let evening = "2026-11-20T18:00:00Z".parse().ok();
        assert_eq!(likely(&calendar, friday, Some(two_hours)), evening);
    }
}

//! Mail gathered into one letter a day: what somebody chose, and the letter when its hour came.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    base::id::{OrganisationId, PersonId},
    domain::{
        approval::TaskState,
        calendar::Calendar,
        digest::Choice,
        fact::{Change, Fact},
        notice::{Link, Notice},
        party::Person,
    },
    store::{self, digest::Item},
};

use super::{Actor, App, AppError, Command, Cx, Need, Reader, act, letters};

/// People who are written to in one look; more wait for the next.
const AT_ONCE: i64 = 50;

/// What one chose oneself; `None`: every letter at once.
pub async fn chosen(reader: &mut Reader<'_>) -> Result<Option<Choice>, AppError> {
    let person = reader.actor.need_person()?.id;
    Ok(store::digest::choice(&mut reader.conn, person).await?)
}

/// Chooses for oneself whether mail is gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choose(pub Option<Choice>);

impl Command for Choose {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let person = cx.actor.need_person()?.id;
        let before = store::digest::choice(cx.conn, person).await?;
        if before == self.0 {
            cx.nothing_changed();
            return Ok(());
        }
        store::digest::choose(cx.conn, person, self.0).await?;
        let said = |choice: Option<Choice>| match choice {
            Some(Choice { gather, hour }) => format!("{gather} at {hour}"),
            None => "at once".to_owned(),
        };
        cx.fact(Fact::SettingSaved {
            object: person.to_string(),
            noun: "mail".to_owned(),
            changes: vec![Change {
                field: "digest".to_owned(),
                before: said(before),
                after: said(self.0),
            }],
        });
        Ok(())
    }
}

/// Lets a letter wait for the person's next one, when that was chosen. `false`: it leaves now.
pub(super) async fn gathered(
    cx: &mut Cx<'_>,
    person: &Person,
    (notice, subject): (&Notice, &str),
) -> Result<bool, AppError> {
    let choice = store::digest::choice(cx.conn, person.id).await?;
    let Some(choice) = choice.filter(|choice| choice.gathers(notice)) else { return Ok(false) };
    let calendar = match person.organisation() {
        Some(own) => store::calendar::of_person(cx.conn, own, person, cx.now).await?,
        None => Calendar { zone: person.time_zone.clone(), ..Calendar::default() },
    };
    let item = Item {
        id: cx.id(),
        person: person.id,
        subject: subject.to_owned(),
        link: notice.link(),
        due_at: choice.next(&calendar, cx.now),
    };
    store::digest::insert(cx.conn, &item, cx.now).await?;
    Ok(true)
}

/// Writes the letters whose hour has come; `true` when more may be waiting.
pub async fn ring(app: &Arc<App>) -> Result<bool, AppError> {
    let mut conn = app.store.read().await?;
    let due = store::digest::due(&mut conn, app.now(), AT_ONCE).await?;
    drop(conn);
    for (person, organisation) in &due {
        let actor = Actor::system("timer", *organisation);
        act(app, &actor, WriteOne { person: *person, organisation: *organisation }).await?;
    }
    // The letters are to leave now, although no fact woke the postman.
    if !due.is_empty() {
        app.wake.senders();
    }
    Ok(!due.is_empty())
}

/// Makes one letter of what waits for one person.
#[derive(Debug, Clone, Copy)]
struct WriteOne {
    person: PersonId,
    organisation: Option<OrganisationId>,
}

impl Command for WriteOne {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        cx.nothing_changed();
        cx.actor.organisation = self.organisation;
        let items = store::digest::take(cx.conn, self.person, cx.now).await?;
        let (mut requests, mut news) = (Vec::new(), Vec::new());
        let mut asked = BTreeSet::new();
        for Item { subject, link, .. } in items {
            match link {
                Link::Decide(task) => {
                    // What somebody else decided meanwhile is no request any more, and a reminder
                    // of what stands here is none either.
                    let known = store::step::task(cx.conn, task).await?;
                    let open = known.is_some_and(|known| known.state == TaskState::Open);
                    if open && asked.insert(task) {
                        requests.push(subject);
                    }
                }
                _ => news.push(subject),
            }
        }
        if requests.is_empty() && news.is_empty() {
            return Ok(());
        }
        let notice = Notice::Digest { requests, news };
        letters::tell(cx, self.person, &notice, ("", &self.person.to_string())).await
    }
}

//! Days on which people are away, and the organisation's holidays.

use serde::{Deserialize, Serialize};

use super::{AppError, Command, Cx, Need, Reader, delegation::member};
use crate::{
    base::{
        id::{AbsenceId, OrganisationId},
        text::{one_line, shorten},
        time::{DAY_MS, Day},
    },
    domain::{
        absence::{Absence, days},
        fact::{Change, Fact},
        party::Person,
        refusal::Refusal,
    },
    exchange, store,
};

mod settings;

pub use settings::{SaveSignOff, SetHolidays, currency, holidays, sign_off};

/// Characters of a reason.
const REASON: usize = 200;
/// Absences of one person that are not over.
const MOST: usize = 500;
/// Holidays of one organisation.
const MOST_HOLIDAYS: usize = 500;

/// Notes that somebody is away.
#[derive(Debug, Clone)]
pub struct Save {
    /// E-mail address; the caller without one. Others are an admin's business.
    pub person: Option<String>,
    pub from: Day,
    /// The last day.
    pub to: Day,
    pub reason: String,
}

impl Command for Save {
    type Answer = AbsenceId;
    const NEED: Need = Need::May("delegation", "create");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<AbsenceId, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let person = whose(cx, organisation, self.person.as_deref()).await?;
        let absence = Absence {
            id: cx.id(),
            organisation,
            person: person.id,
            days: days(self.from, self.to)?,
            reason: shorten(&one_line(&self.reason), REASON),
            uid: None,
        };
        need_room(cx, &person, 1).await?;
        store::calendar::insert_absence(cx.conn, &absence, cx.now).await?;
        note(cx, &absence, true);
        Ok(absence.id)
    }
}

/// The caller, or by an admin somebody else.
async fn whose(
    cx: &mut Cx<'_>,
    organisation: OrganisationId,
    named: Option<&str>,
) -> Result<Person, AppError> {
    let me = cx.actor.need_person()?.clone();
    let Some(named) = named.filter(|named| !named.trim().is_empty()) else { return Ok(me) };
    let person = member(cx, organisation, "person", named).await?;
    if person.id != me.id && !cx.may("person", "edit").await? {
        let message = "Only an admin notes when somebody else is away.";
        return Err(Refusal::forbidden("not-allowed", message)
            .field("person")
            .got(person.email.to_string())
            .mend("Note your own days away, or ask an admin.")
            .into());
    }
    Ok(person)
}

async fn need_room(cx: &mut Cx<'_>, person: &Person, more: usize) -> Result<(), AppError> {
    let known = store::calendar::absences(cx.conn, person.id, cx.now.day_in("UTC")).await?;
    if known.len() + more > MOST {
        let message = "There are too many absences of this person already.";
        return Err(Refusal::conflict("too-many", message)
            .expected(format!("at most {MOST} that are not over"))
            .into());
    }
    Ok(())
}

fn note(cx: &mut Cx<'_>, absence: &Absence, made: bool) {
    let days = format!("{} to {}", absence.days.from, absence.days.to);
    let (before, after) = if made { (String::new(), days) } else { (days, String::new()) };
    cx.fact(Fact::SettingSaved {
        object: absence.person.to_string(),
        noun: "absence".to_owned(),
        changes: vec![Change { field: "days".to_owned(), before, after }],
    });
}

/// Takes an absence away.
#[derive(Debug, Clone, Copy)]
pub struct Remove {
    pub absence: AbsenceId,
}

impl Command for Remove {
    type Answer = ();
    const NEED: Need = Need::May("delegation", "read");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        let me = cx.actor.need_person()?.id;
        let admin = cx.may("person", "edit").await?;
        let found = store::calendar::absence(cx.conn, organisation, self.absence).await?;
        let found = found.filter(|absence| admin || absence.person == me);
        let absence = found.ok_or_else(|| Refusal::not_found("absence"))?;
        store::calendar::delete_absence(cx.conn, absence.id).await?;
        note(cx, &absence, false);
        Ok(())
    }
}

/// Takes the absences of an iCalendar file over. The same file again adds nothing; an event that
/// moved moves.
#[derive(Debug, Clone)]
pub struct Import {
    pub calendar: String,
}

/// What an import did.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Imported {
    pub added: u32,
    pub changed: u32,
    /// Events that were there as they are.
    pub known: u32,
    /// Events that are no absence, each with the reason.
    pub left_out: Vec<String>,
}

impl Command for Import {
    type Answer = Imported;
    const NEED: Need = Need::May("delegation", "create");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Imported, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let person = cx.actor.need_person()?.clone();
        let read = exchange::absence::read(&self.calendar, &person.time_zone)?;
        need_room(cx, &person, read.entries.len()).await?;
        let first = read.entries.iter().map(|entry| entry.from).min();
        let from = first.unwrap_or_else(|| cx.now.day_in("UTC"));
        let known = store::calendar::absences(cx.conn, person.id, from).await?;
        let mut imported = Imported { left_out: read.left_out, ..Imported::default() };
        let mut seen = std::collections::BTreeSet::new();
        cx.nothing_changed();
        for entry in read.entries {
            if !seen.insert(entry.uid.clone()) {
                imported.left_out.push(format!("{}: its UID stands twice", entry.summary));
                continue;
            }
            let absence = Absence {
                id: cx.id(),
                organisation,
                person: person.id,
                days: days(entry.from, entry.to)?,
                reason: entry.summary,
                uid: Some(entry.uid),
            };
            let before = known.iter().find(|one| one.uid == absence.uid);
            match before {
                Some(same) if same.days == absence.days => {
                    imported.known += 1;
                    continue;
                }
                Some(moved) => {
                    store::calendar::delete_absence(cx.conn, moved.id).await?;
                    imported.changed += 1;
                }
                None => imported.added += 1,
            }
            store::calendar::insert_absence(cx.conn, &absence, cx.now).await?;
            note(cx, &absence, true);
        }
        Ok(imported)
    }
}

/// An absence with its person.
#[derive(Debug, Clone)]
pub struct AbsenceView {
    pub absence: Absence,
    pub person: Option<Person>,
}

/// When the reader is or will be away; of everybody for an admin.
pub async fn list(reader: &mut Reader<'_>) -> Result<Vec<AbsenceView>, AppError> {
    reader.need("delegation", "read")?;
    let organisation = reader.actor.need_organisation()?;
    let me = reader.actor.need_person()?.id;
    let from = reader.app.now().plus_ms(-DAY_MS).day_in("UTC");
    let all = if reader.may("person", "edit") {
        store::calendar::absences_of_all(&mut reader.conn, organisation, from).await?
    } else {
        store::calendar::absences(&mut reader.conn, me, from).await?
    };
    let mut shown = Vec::with_capacity(all.len());
    for absence in all {
        let person = store::person::get(&mut reader.conn, absence.person).await?;
        shown.push(AbsenceView { absence, person });
    }
    Ok(shown)
}

//! Calendars: the organisation's holidays and the days people are away.

use crate::{
    base::{
        id::{AbsenceId, OrganisationId, PersonId},
        time::{Day, Time},
    },
    domain::{
        absence::Absence,
        calendar::{Away, Calendar},
        party::Person,
    },
};

use super::{Conn, Row, StoreError, db, error::one_row};

const HOLIDAYS: &str = "select * from holiday where organisation_id = $1 order by day";

/// The organisation's holidays with their names, the earliest first.
pub async fn holidays(
    conn: &mut Conn,
    organisation: OrganisationId,
) -> Result<Vec<(Day, String)>, StoreError> {
    let rows = db::query(HOLIDAYS).bind(organisation.to_string()).fetch_known(conn).await?;
    let read = |row: &db::DbRow| {
        let row = Row::new(row, "holiday");
        Ok((day(&row, "day")?, row.text("name")?))
    };
    rows.iter().map(read).collect()
}

/// Puts these holidays in place of the organisation's.
pub async fn set_holidays(
    conn: &mut Conn,
    organisation: OrganisationId,
    holidays: &[(Day, String)],
) -> Result<(), StoreError> {
    db::query("delete from holiday where organisation_id = $1")
        .bind(organisation.to_string())
        .execute(&mut *conn)
        .await?;
    for (day, name) in holidays {
        db::query("insert into holiday (organisation_id, day, name) values ($1, $2, $3)")
            .bind(organisation.to_string())
            .bind(day.to_string())
            .bind(name)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

const ABSENCES: &str = "
    select * from absence where person_id = $1 and ends_on >= $2 order by starts_on, id";

/// When a person is away from this day on, the earliest first.
pub async fn absences(
    conn: &mut Conn,
    person: PersonId,
    from: Day,
) -> Result<Vec<Absence>, StoreError> {
    let query = db::query(ABSENCES).bind(person.to_string()).bind(from.to_string());
    query.fetch_known(conn).await?.iter().map(read).collect()
}

const OF_ORGANISATION: &str = "
    select * from absence where organisation_id = $1 and ends_on >= $2 order by starts_on, id";

/// When anybody of the organisation is away from this day on.
pub async fn absences_of_all(
    conn: &mut Conn,
    organisation: OrganisationId,
    from: Day,
) -> Result<Vec<Absence>, StoreError> {
    let query = db::query(OF_ORGANISATION).bind(organisation.to_string()).bind(from.to_string());
    query.fetch_all(conn).await?.iter().map(read).collect()
}

const INSERT: &str = "
    insert into absence (id, organisation_id, person_id, starts_on, ends_on, reason, uid, made_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Adds an absence.
pub async fn insert_absence(conn: &mut Conn, row: &Absence, at: Time) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(row.id.to_string())
        .bind(row.organisation.to_string())
        .bind(row.person.to_string())
        .bind(row.days.from.to_string())
        .bind(row.days.to.to_string())
        .bind(&row.reason)
        .bind(&row.uid)
        .bind(at.millis())
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes an absence away.
pub async fn delete_absence(conn: &mut Conn, id: AbsenceId) -> Result<(), StoreError> {
    let done =
        db::query("delete from absence where id = $1").bind(id.to_string()).execute(conn).await?;
    one_row(done.rows_affected(), "absence")
}

const GET: &str = "select * from absence where id = $1 and organisation_id = $2";

/// The organisation's absence of this id.
pub async fn absence(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: AbsenceId,
) -> Result<Option<Absence>, StoreError> {
    let query = db::query(GET).bind(id.to_string()).bind(organisation.to_string());
    query.fetch_optional(conn).await?.as_ref().map(read).transpose()
}

/// The working days of a person of an organisation, from one moment on.
pub async fn of_person(
    conn: &mut Conn,
    organisation: OrganisationId,
    person: &Person,
    now: Time,
) -> Result<Calendar, StoreError> {
    let holidays = holidays(conn, organisation).await?;
    // A day earlier, because the day depends on the zone.
    let from = now.plus_ms(-crate::base::time::DAY_MS).day_in("UTC");
    let away: Vec<Away> =
        absences(conn, person.id, from).await?.into_iter().map(|one| one.days).collect();
    let holidays = holidays.into_iter().map(|(day, _)| day).collect();
    Ok(Calendar { zone: person.time_zone.clone(), holidays, away })
}

fn read(row: &db::DbRow) -> Result<Absence, StoreError> {
    let row = Row::new(row, "absence");
    Ok(Absence {
        id: row.id("id")?,
        organisation: row.id("organisation_id")?,
        person: row.id("person_id")?,
        days: Away { from: day(&row, "starts_on")?, to: day(&row, "ends_on")? },
        reason: row.text("reason")?,
        uid: row.maybe_text("uid")?,
    })
}

fn day(row: &Row<'_>, column: &str) -> Result<Day, StoreError> {
    row.maybe_day(column)?.ok_or_else(|| row.fault(column, "a day is missing"))
}

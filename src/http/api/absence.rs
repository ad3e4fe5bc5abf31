//! `/absences`, `/holidays` and `/sign-off`: when people are away, and what the clock does to an
//! open task.

use poem_openapi::{ApiResponse, Object, OpenApi, param::Path, payload::Json};

use super::{
    Caller,
    shape::{Created, List, Text},
};
use crate::{
    app::{
        AppError,
        absence::{self, AbsenceView, Import, Remove, Save, SaveSignOff, SetHolidays},
    },
    base::{
        decimal,
        text::shorten,
        time::{Day, parse_day},
    },
    domain::{refusal::Refusal, sign_off::SignOff},
};

pub struct Absences;

/// Days on which a person is away.
#[derive(Object)]
#[oai(rename = "Absence")]
struct AbsenceJson {
    id: String,
    /// E-mail address.
    person: String,
    from: String,
    /// The last day.
    to: String,
    reason: String,
    /// The UID of the calendar entry it was imported from.
    uid: Option<String>,
}

impl From<AbsenceView> for AbsenceJson {
    fn from(view: AbsenceView) -> Self {
        let row = view.absence;
        Self {
            id: row.id.to_string(),
            person: view.person.map(|person| person.email.to_string()).unwrap_or_default(),
            from: row.days.from.to_string(),
            to: row.days.to.to_string(),
            reason: row.reason,
            uid: row.uid,
        }
    }
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewAbsence {
    /// E-mail address; the caller without one. Others are an admin's business.
    person: Option<Text>,
    /// A day such as 2026-12-24.
    from: Text,
    /// The last day.
    to: Text,
    reason: Option<Text>,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct CalendarInput {
    /// The text of an iCalendar file (RFC 5545).
    calendar: Text,
}

/// What an import did.
#[derive(Object)]
#[oai(rename = "AbsenceImport")]
struct ImportedJson {
    added: u32,
    changed: u32,
    /// Events that were there as they are.
    known: u32,
    /// Events that are no absence, each with the reason.
    left_out: Vec<String>,
}

/// A day on which nobody of the organisation works.
#[derive(Object)]
#[oai(rename = "Holiday", deny_unknown_fields)]
struct HolidayJson {
    day: Text,
    name: Text,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct HolidaysInput {
    holidays: Vec<HolidayJson>,
}

/// How an organisation signs off beside its policy. Waits are in working days of the approver's
/// calendar; 0 is never.
#[derive(Object)]
#[oai(rename = "SignOff", deny_unknown_fields)]
struct SignOffJson {
    /// After so many working days people are reminded.
    remind_after: u32,
    /// After so many the next manager may decide as well.
    escalate_after: u32,
    /// After so many the requisition expires.
    expire_after: u32,
    /// Percent by which an edit may raise the total before signatures reopen.
    tolerance: Text,
    /// Whether an approver may change a quantity.
    approver_quantity: bool,
    /// Whether an approver may change the account of a line.
    approver_account: bool,
}

impl From<SignOff> for SignOffJson {
    fn from(row: SignOff) -> Self {
        Self {
            remind_after: row.remind_after,
            escalate_after: row.escalate_after,
            expire_after: row.expire_after,
            tolerance: Text(decimal::canonical(row.tolerance)),
            approver_quantity: row.approver_quantity,
            approver_account: row.approver_account,
        }
    }
}

impl SignOffJson {
    fn read(self) -> Result<SignOff, Refusal> {
        let tolerance = decimal::parse(self.tolerance.trimmed()).map_err(|fault| {
            Refusal::invalid("bad-tolerance", "This is no tolerance.")
                .field("tolerance")
                .got(shorten(&self.tolerance.0, 20))
                .expected(fault.to_string())
        })?;
        Ok(SignOff {
            remind_after: self.remind_after,
            escalate_after: self.escalate_after,
            expire_after: self.expire_after,
            tolerance,
            approver_quantity: self.approver_quantity,
            approver_account: self.approver_account,
            version: 0,
        })
    }
}

#[derive(ApiResponse)]
enum Gone {
    /// It is gone.
    #[oai(status = 204)]
    Done,
}

fn day(text: &Text, field: &str) -> Result<Day, Refusal> {
    parse_day(text.trimmed()).map_err(|_| {
        Refusal::invalid("bad-day", "This is no day.")
            .field(field)
            .got(shorten(&text.0, 40))
            .expected("a day such as 2026-12-24")
    })
}

#[OpenApi]
impl Absences {
    /// When the caller is or will be away, or anybody for an admin; the earliest first.
    #[oai(path = "/absences", method = "get", operation_id = "absences")]
    async fn list(&self, caller: Caller) -> poem::Result<Json<List<AbsenceJson>>> {
        let mut reader = caller.reader().await?;
        let items = absence::list(&mut reader).await?.into_iter().map(AbsenceJson::from).collect();
        Ok(Json(List { items, next: None }))
    }

    /// Notes that somebody is away. Those days are no working days for timers and forecasts; who
    /// decides meanwhile is said by a delegation.
    #[oai(path = "/absences", method = "post", operation_id = "addAbsence")]
    async fn add(
        &self,
        caller: Caller,
        body: Json<NewAbsence>,
    ) -> poem::Result<Created<AbsenceJson>> {
        let NewAbsence { person, from, to, reason } = body.0;
        let save = Save {
            person: person.map(|text| text.0),
            from: day(&from, "from")?,
            to: day(&to, "to")?,
            reason: reason.map(|text| text.0).unwrap_or_default(),
        };
        let id = caller.act(save).await?;
        let mut reader = caller.reader().await?;
        let all = absence::list(&mut reader).await?;
        let made = all.into_iter().find(|view| view.absence.id == id);
        let missing = || AppError::from(Refusal::not_found("absence"));
        Ok(Created::new(made.ok_or_else(missing)?.into()))
    }

    /// Takes an absence away.
    #[oai(path = "/absences/:id", method = "delete", operation_id = "removeAbsence")]
    async fn remove(&self, caller: Caller, id: Path<String>) -> poem::Result<Gone> {
        let missing = |_| AppError::from(Refusal::not_found("absence"));
        let absence = id.0.parse().map_err(missing)?;
        caller.act(Remove { absence }).await?;
        Ok(Gone::Done)
    }

    /// Takes the caller's absences over from an iCalendar file. The same file again adds nothing.
    #[oai(path = "/absences/import", method = "post", operation_id = "importAbsences")]
    async fn import(
        &self,
        caller: Caller,
        body: Json<CalendarInput>,
    ) -> poem::Result<Json<ImportedJson>> {
        let done = caller.act(Import { calendar: body.0.calendar.0 }).await?;
        Ok(Json(ImportedJson {
            added: done.added,
            changed: done.changed,
            known: done.known,
            left_out: done.left_out,
        }))
    }

    /// The organisation's holidays.
    #[oai(path = "/holidays", method = "get", operation_id = "holidays")]
    async fn holidays(&self, caller: Caller) -> poem::Result<Json<List<HolidayJson>>> {
        let mut reader = caller.reader().await?;
        let all = absence::holidays(&mut reader).await?;
        let json = |(day, name): (Day, String)| HolidayJson {
            day: Text(day.to_string()),
            name: Text(name),
        };
        Ok(Json(List { items: all.into_iter().map(json).collect(), next: None }))
    }

    /// Puts other holidays in place of the organisation's.
    #[oai(path = "/holidays", method = "put", operation_id = "setHolidays")]
    async fn set_holidays(
        &self,
        caller: Caller,
        body: Json<HolidaysInput>,
    ) -> poem::Result<Json<List<HolidayJson>>> {
        caller.need("organisation", "edit").await?;
        let mut holidays = Vec::new();
        for (at, one) in body.0.holidays.into_iter().enumerate() {
            holidays.push((day(&one.day, &format!("holidays[{at}].day"))?, one.name.0));
        }
        caller.act(SetHolidays { holidays }).await?;
        self.holidays(caller).await
    }

    /// How the organisation signs off: waits, tolerance, what approvers may edit.
    #[oai(path = "/sign-off", method = "get", operation_id = "signOff")]
    async fn sign_off(&self, caller: Caller) -> poem::Result<Json<SignOffJson>> {
        let mut reader = caller.reader().await?;
        Ok(Json(absence::sign_off(&mut reader).await?.into()))
    }

    /// Changes it. Tasks that are open keep the times they have.
    #[oai(path = "/sign-off", method = "put", operation_id = "setSignOff")]
    async fn set_sign_off(
        &self,
        caller: Caller,
        body: Json<SignOffJson>,
    ) -> poem::Result<Json<SignOffJson>> {
        caller.need("organisation", "edit").await?;
        caller.act(SaveSignOff { settings: body.0.read()? }).await?;
        self.sign_off(caller).await
    }
}

//! `/delegations`: who decides for whom while somebody is away.

use jiff::ToSpan;
use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::{
    Caller,
    shape::{Created, List, MoneyJson, Text, cut},
};
use crate::{
    app::{
        AppError,
        delegation::{self, DelegationView, End, Make},
    },
    base::{
        id::DelegationId,
        text::shorten,
        time::{Day, Time, parse_day},
    },
    domain::{delegation::Scope, refusal::Refusal},
};

pub struct Delegations;

/// A delegation to be made.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewDelegation {
    /// E-mail address of whose tasks are handed over; the caller's own without one. Others' are
    /// an admin's business.
    principal: Option<Text>,
    /// E-mail address of who decides instead.
    deputy: Text,
    /// A day (2026-12-24, its beginning) or an instant; from now on without one.
    from: Option<Text>,
    /// A day (its end) or an instant.
    until: Text,
    /// Only requisitions up to this total.
    up_to: Option<MoneyJson>,
    /// Only requisitions all of whose lines have UNSPSC codes that begin so, such as 43.
    category: Option<Text>,
    reason: Option<Text>,
    /// Ask the deputy about what is open already, too.
    hand_over: Option<bool>,
}

/// A dated stand-in.
#[derive(Object)]
#[oai(rename = "Delegation")]
struct DelegationJson {
    id: String,
    /// E-mail address of whose tasks are handed over.
    principal: String,
    /// E-mail address of who decides instead.
    deputy: String,
    from: String,
    /// The first moment at which it no longer holds.
    until: String,
    /// `planned`, `active` or `over`.
    state: String,
    up_to: Option<MoneyJson>,
    category: Option<String>,
    reason: String,
    /// Open tasks that the deputy was asked about when it was made.
    handed_over: Option<u32>,
}

fn json(view: DelegationView, now: Time) -> DelegationJson {
    let row = view.delegation;
    let mail = |person: Option<crate::domain::party::Person>| {
        person.map(|person| person.email.to_string()).unwrap_or_default()
    };
    let state = match (row.until() <= now, row.starts_at > now) {
        (true, _) => "over",
        (false, true) => "planned",
        (false, false) => "active",
    };
    DelegationJson {
        id: row.id.to_string(),
        principal: mail(view.principal),
        deputy: mail(view.deputy),
        from: row.starts_at.to_string(),
        until: row.until().to_string(),
        state: state.to_owned(),
        up_to: row.scope.up_to.map(MoneyJson::from),
        category: row.scope.category,
        reason: row.reason,
        handed_over: None,
    }
}

/// Which end of a day is meant.
#[derive(Clone, Copy)]
enum DayEnd {
    Beginning,
    End,
}

/// An instant, or the beginning or the end of a day in the caller's zone.
fn moment(text: &Text, field: &str, (zone, end): (&str, DayEnd)) -> Result<Time, Refusal> {
    if let Ok(day) = parse_day(text.trimmed()) {
        let day: Day = match end {
            DayEnd::Beginning => day,
            DayEnd::End => day.saturating_add(1.day()),
        };
        return Ok(Time::start_of(day, zone));
    }
    text.trimmed().parse().map_err(|_| {
        Refusal::invalid("bad-time", "This is no time.")
            .field(field)
            .got(shorten(&text.0, 40))
            .expected("a day such as 2026-12-24, or an instant such as 2026-12-24T08:00:00Z")
            .mend("Write the time so.")
    })
}

fn delegation_id(text: &str) -> Result<DelegationId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("delegation").into())
}

async fn shown(caller: &Caller, id: DelegationId) -> poem::Result<DelegationJson> {
    let mut reader = caller.reader().await?;
    let view = delegation::get(&mut reader, id).await?;
    Ok(json(view, caller.app().now()))
}

impl NewDelegation {
    fn read(self, zone: &str) -> Result<Make, Refusal> {
        let starts_at =
            self.from.map(|text| moment(&text, "from", (zone, DayEnd::Beginning))).transpose()?;
        Ok(Make {
            principal: self.principal.map(|text| text.0),
            deputy: self.deputy.0,
            scope: Scope {
                up_to: self.up_to.map(|money| money.money("up_to")).transpose()?,
                category: self.category.map(|text| text.0),
            },
            starts_at,
            ends_at: moment(&self.until, "until", (zone, DayEnd::End))?,
            reason: self.reason.map(|text| text.0).unwrap_or_default(),
            hand_over: self.hand_over.unwrap_or_default(),
        })
    }
}

#[OpenApi]
impl Delegations {
    /// The delegations from and to the caller, or of everybody for an admin; newest first.
    #[oai(path = "/delegations", method = "get", operation_id = "delegations")]
    async fn list(
        &self,
        caller: Caller,
        limit: Query<Option<u32>>,
        after: Query<Option<String>>,
    ) -> poem::Result<Json<List<DelegationJson>>> {
        let mut reader = caller.reader().await?;
        let page = delegation::list(&mut reader, &cut(limit.0, after.0)).await?;
        let now = caller.app().now();
        Ok(Json(page.map(|view| json(view, now)).into()))
    }

    /// Hands tasks over for some time. 422 `delegation-cycle` with a `witness` when it would close
    /// a circle. A deputy never decides on his own requisition.
    #[oai(path = "/delegations", method = "post", operation_id = "addDelegation")]
    async fn add(
        &self,
        caller: Caller,
        body: Json<NewDelegation>,
    ) -> poem::Result<Created<DelegationJson>> {
        let zone = caller.actor().need_person()?.time_zone.clone();
        let made = caller.act(body.0.read(&zone)?).await?;
        let mut answer = shown(&caller, made.delegation).await?;
        answer.handed_over = Some(made.handed_over);
        Ok(Created::new(answer))
    }

    /// One delegation.
    #[oai(path = "/delegations/:id", method = "get", operation_id = "delegation")]
    async fn get(&self, caller: Caller, id: Path<String>) -> poem::Result<Json<DelegationJson>> {
        Ok(Json(shown(&caller, delegation_id(&id.0)?).await?))
    }

    /// Ends it now; whoever stands in by it does so no longer.
    #[oai(path = "/delegations/:id/end", method = "post", operation_id = "endDelegation")]
    async fn end(&self, caller: Caller, id: Path<String>) -> poem::Result<Json<DelegationJson>> {
        let delegation = delegation_id(&id.0)?;
        caller.act(End { delegation }).await?;
        Ok(Json(shown(&caller, delegation).await?))
    }
}

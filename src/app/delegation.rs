//! Delegations: made, ended, listed. What they do to a task is decided when the task arises
//! (`approval::arise`).

use serde::{Deserialize, Serialize};

use super::{Alone, AppError, Command, Cx, Need, approval};
use crate::{
    base::{
        id::{DelegationId, OrganisationId, PersonId},
        money::Money,
        page::Cut,
        text::{one_line, shorten},
        time::{DAY_MS, Time},
    },
    domain::{
        delegation::{Delegation, Scope, circle, circle_refusal},
        fact::Fact,
        party::Person,
        refusal::Refusal,
    },
    store,
};

mod view;

pub use view::{DelegationView, choices, get, list};

/// The longest delegation: a year and a day.
const MAX_MS: i64 = 367 * DAY_MS;
/// Delegations of one person that hold or will hold.
const MOST_LIVE: usize = 50;
/// Characters of a reason.
const REASON: usize = 200;

/// Hands somebody's tasks over for some time.
#[derive(Debug, Clone)]
pub struct Make {
    /// Whose tasks; the caller's own without one. Others' are an admin's business.
    pub principal: Option<String>,
    /// E-mail address.
    pub deputy: String,
    pub scope: Scope,
    /// From now on without one.
    pub starts_at: Option<Time>,
    pub ends_at: Time,
    pub reason: String,
    /// Hand over what is open already, too.
    pub hand_over: bool,
}

/// What was made.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Made {
    pub delegation: DelegationId,
    /// Open tasks that the deputy was asked to decide at once.
    pub handed_over: u32,
}

impl Command for Make {
    type Answer = Made;
    const NEED: Need = Need::May("delegation", "create");
    /// Two halves of a circle made at once must see each other.
    const ALONE: Alone = Alone::Organisation;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Made, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let me = cx.actor.need_person()?.clone();
        let principal = principal(cx, organisation, self.principal.as_deref(), &me).await?;
        let deputy = member(cx, organisation, "deputy", &self.deputy).await?;
        self.check_deputy(cx, &principal, &deputy).await?;
        let starts_at = self.starts_at.unwrap_or(cx.now);
        check_span(starts_at, self.ends_at, cx.now)?;
        let delegation = Delegation {
            id: cx.id(),
            organisation,
            principal: principal.id,
            deputy: deputy.id,
            scope: checked_scope(&self.scope)?,
            starts_at,
            ends_at: self.ends_at,
            reason: shorten(&one_line(&self.reason), REASON),
            made_by: me.id,
            made_at: cx.now,
            ended_at: None,
            version: 1,
        };
        let live = store::delegation::live(cx.conn, organisation, cx.now).await?;
        if live.iter().filter(|one| one.principal == principal.id).count() >= MOST_LIVE {
            let message = "There are too many delegations of this person already.";
            return Err(Refusal::conflict("too-many", message)
                .expected(format!("at most {MOST_LIVE} that hold or will hold"))
                .mend("End some of them first.")
                .into());
        }
        if let Some((path, at)) = circle(&live, &delegation) {
            let mut names = vec![principal.email.to_string()];
            for one in path {
                names.push(mail(cx, one.deputy).await?);
            }
            return Err(circle_refusal(&names, at).into());
        }
        store::delegation::insert(cx.conn, &delegation).await?;
        cx.fact(Fact::DelegationMade {
            delegation: delegation.id.to_string(),
            principal: principal.id.to_string(),
            deputy: deputy.id.to_string(),
            starts_at,
            ends_at: self.ends_at,
            scope: told_scope(&delegation.scope, |amount| amount.to_string()),
        });
        let handed_over = match self.hand_over && starts_at <= cx.now {
            true => hand_over(cx, organisation, principal.id).await?,
            false => 0,
        };
        Ok(Made { delegation: delegation.id, handed_over })
    }
}

impl Make {
    async fn check_deputy(
        &self,
        cx: &mut Cx<'_>,
        principal: &Person,
        deputy: &Person,
    ) -> Result<(), AppError> {
        if principal.id == deputy.id {
            let message = "Nobody is his own deputy.";
            return Err(Refusal::invalid("own-deputy", message)
                .field("deputy")
                .got(deputy.email.to_string())
                .expected("somebody else")
                .into());
        }
        if !cx.person_may(deputy, "delegation", "receive").await? {
            let roles: Vec<&str> = deputy.roles.iter().map(|role| role.as_str()).collect();
            let message = format!("{} may not stand in for anybody.", deputy.name);
            return Err(Refusal::invalid("deputy-not-allowed", message)
                .field("deputy")
                .got(format!("{} with the roles {}", deputy.email, roles.join(", ")))
                .expected("somebody whose role may receive a delegation")
                .with("witness", format!("{} has the roles {}", deputy.email, roles.join(", ")))
                .mend("Choose another deputy; the access policy says who may stand in.")
                .into());
        }
        Ok(())
    }
}

/// Whose tasks are handed over: one's own, or by an admin somebody else's.
async fn principal(
    cx: &mut Cx<'_>,
    organisation: OrganisationId,
    named: Option<&str>,
    me: &Person,
) -> Result<Person, AppError> {
    let Some(named) = named.filter(|named| !named.trim().is_empty()) else {
        return Ok(me.clone());
    };
    let person = member(cx, organisation, "principal", named).await?;
    if person.id != me.id && !cx.may("person", "edit").await? {
        let message = "Only an admin hands over somebody else's tasks.";
        return Err(Refusal::forbidden("not-allowed", message)
            .field("principal")
            .got(person.email.to_string())
            .mend("Hand over your own tasks, or ask an admin.")
            .into());
    }
    Ok(person)
}

/// An active person of the organisation.
pub(super) async fn member(
    cx: &mut Cx<'_>,
    organisation: OrganisationId,
    field: &str,
    email: &str,
) -> Result<Person, AppError> {
    let found = match email.parse() {
        Ok(email) => store::person::by_email(cx.conn, &email).await?,
        Err(_) => None,
    };
    let own = |person: &Person| person.organisation() == Some(organisation) && person.is_active();
    found.filter(own).ok_or_else(|| {
        Refusal::invalid("unknown-person", "There is no such person in the organisation.")
            .field(field)
            .got(shorten(email, 80))
            .expected("the e-mail address of an active colleague")
            .mend("Look at the spelling; a disabled colleague cannot be named.")
            .into()
    })
}

async fn mail(cx: &mut Cx<'_>, id: PersonId) -> Result<String, AppError> {
    let person = store::person::get(cx.conn, id).await?;
    Ok(person.map(|person| person.email.to_string()).unwrap_or_default())
}

fn check_span(starts_at: Time, ends_at: Time, now: Time) -> Result<(), Refusal> {
    if ends_at <= starts_at || ends_at <= now || ends_at.since(starts_at) > MAX_MS {
        return Err(Refusal::invalid("bad-span", "These times cannot be a delegation.")
            .field("until")
            .got(format!("{starts_at} until {ends_at}"))
            .expected("an end in the future, after the beginning, within a year of it")
            .mend("Choose another end; a delegation can be made again when it is over."));
    }
    Ok(())
}

fn checked_scope(scope: &Scope) -> Result<Scope, Refusal> {
    let category = scope.category.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let sound = |code: &str| {
        (2..=8).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
    };
    if let Some(bad) = category.filter(|code| !sound(code)) {
        return Err(Refusal::invalid("bad-category", "This is no UNSPSC category.")
            .field("category")
            .got(shorten(bad, 20))
            .expected("2 to 8 digits, such as 43"));
    }
    if let Some(amount) = scope.up_to.filter(|amount| amount.minor() <= 0) {
        return Err(Refusal::invalid("bad-amount", "Nothing would be handed over.")
            .field("up_to")
            .got(amount.to_string())
            .expected("an amount above zero"));
    }
    Ok(Scope { up_to: scope.up_to, category: category.map(str::to_owned) })
}

/// The bounds of a delegation in plain words, amounts as the reader writes them.
pub fn told_scope(scope: &Scope, written: impl Fn(Money) -> String) -> String {
    match (scope.up_to.map(written), &scope.category) {
        (None, None) => "everything".to_owned(),
        (Some(amount), None) => format!("up to {amount}"),
        (None, Some(category)) => format!("UNSPSC {category}"),
        (Some(amount), Some(category)) => format!("UNSPSC {category}, up to {amount}"),
    }
}

/// Asks the deputy about what is open already.
async fn hand_over(
    cx: &mut Cx<'_>,
    organisation: OrganisationId,
    principal: PersonId,
) -> Result<u32, AppError> {
    let mut many = 0;
    let mut cut = Cut::new(None, None);
    loop {
        let page = store::step::open_of(cx.conn, organisation, (principal, cx.now), &cut).await?;
        for task in page.items.iter().filter(|task| task.assignee == principal) {
            many += u32::from(approval::hand_over(cx, task).await?);
        }
        match page.next {
            Some(next) => cut = Cut::new(Some(next), None),
            None => return Ok(many),
        }
    }
}

/// Ends a delegation early; whoever stands in by it does so no longer.
#[derive(Debug, Clone, Copy)]
pub struct End {
    pub delegation: DelegationId,
}

impl Command for End {
    type Answer = ();
    const NEED: Need = Need::May("delegation", "read");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        let me = cx.actor.need_person()?.id;
        let found = store::delegation::get(cx.conn, organisation, self.delegation).await?;
        let admin = cx.may("person", "edit").await?;
        let mine = |one: &Delegation| admin || one.principal == me || one.deputy == me;
        let delegation = found.filter(mine).ok_or_else(|| Refusal::not_found("delegation"))?;
        if delegation.until() <= cx.now {
            cx.nothing_changed();
            return Ok(());
        }
        store::delegation::end(cx.conn, &delegation, cx.now).await?;
        cx.fact(Fact::DelegationEnded {
            delegation: delegation.id.to_string(),
            principal: delegation.principal.to_string(),
        });
        Ok(())
    }
}

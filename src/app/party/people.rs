//! People: invited by a one-time link, given roles, a manager and cost centres, disabled.
//!
//! Nobody changes the own rights: roles, manager and cost centres of an admin are kept by another
//! admin. A disabled person's sessions end in the same transaction.

mod view;

pub use view::{PersonView, everybody, get, list, manageable_roles};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::diff::{self, Diff, MAX_NAME};
use crate::{
    app::{AppError, Command, Cx, Need, login},
    base::{
        id::{CostCenterId, OrganisationId, PersonId},
        text::shorten,
    },
    domain::{
        fact::{Change, Fact},
        party::{Email, Home, Person},
        refusal::Refusal,
        role::Role,
    },
    store,
};

/// Cost centres one person may charge at most.
const MAX_COST_CENTERS: usize = 200;

/// What an admin keeps of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonInput {
    pub name: String,
    pub roles: Vec<String>,
    /// The manager's e-mail address.
    pub manager: Option<String>,
    /// Codes of the cost centres the person may charge.
    pub cost_centers: Vec<String>,
    pub default_cost_center: Option<String>,
    /// Language and region such as `en-IE`; the organisation's when missing.
    pub locale: Option<String>,
    /// IANA name such as `Europe/Berlin`; the organisation's when missing.
    pub time_zone: Option<String>,
}

/// A person as saved.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    pub email: String,
}

/// Adds a person to the organisation, or to the desk of a supplier the organisation keeps, and
/// sends the link with which they set their password.
#[derive(Debug, Clone)]
pub struct Add {
    pub email: String,
    /// The supplier's short name, for people of its desk; they have no other role.
    pub supplier: Option<String>,
    pub input: PersonInput,
}

impl Command for Add {
    type Answer = Saved;
    const NEED: Need = Need::May("person", "create");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Saved, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let email: Email = self.email.parse().map_err(|_| {
            Refusal::invalid("bad-email", "This is no e-mail address.")
                .field("email")
                .got(shorten(&self.email, 100))
                .expected("an address such as ada@acme.example")
        })?;
        if store::person::by_email(cx.conn, &email).await?.is_some() {
            return Err(Refusal::conflict("email-taken", "Somebody has this address already.")
                .field("email")
                .got(email.to_string())
                .expected("an address that nobody on this server has")
                .into());
        }
        let home = match &self.supplier {
            None => Home::Organisation(organisation),
            Some(name) => Home::Supplier(super::supplier::own(cx, name).await?.id),
        };
        let blank = Person {
            id: cx.id(),
            home,
            email,
            name: String::new(),
            roles: Vec::new(),
            manager: None,
            default_cost_center: None,
            locale: String::new(),
            time_zone: String::new(),
            disabled_at: None,
            has_password: false,
            version: 1,
        };
        let wanted = Wanted::read(cx, &self.input, &blank).await?;
        let person = wanted.put_on(blank);
        store::person::insert(cx.conn, &person, cx.now).await?;
        store::person::set_cost_centers(cx.conn, person.id, &wanted.cost_centers).await?;
        login::invite(cx, &person).await?;
        Ok(Saved { email: person.email.to_string() })
    }
}

/// Changes what an admin keeps of a person.
#[derive(Debug, Clone)]
pub struct Edit {
    pub email: String,
    pub input: PersonInput,
}

impl Command for Edit {
    type Answer = Saved;
    const NEED: Need = Need::May("person", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Saved, AppError> {
        let before = found(cx, &self.email).await?;
        let wanted = Wanted::read(cx, &self.input, &before).await?;
        let charged: BTreeSet<CostCenterId> =
            store::person::cost_centers(cx.conn, before.id).await?.into_iter().collect();
        let charges: BTreeSet<CostCenterId> = wanted.cost_centers.iter().copied().collect();
        let after = wanted.put_on(before.clone());
        let rights =
            before.roles != after.roles || before.manager != after.manager || charged != charges;
        if rights && cx.actor.person_id() == Some(before.id) {
            return Err(own_rights().into());
        }
        let mut changes = differences(cx, &before, &after).await?;
        if charged != charges {
            let codes = codes(cx, &before, [&charged, &charges]).await?;
            changes.note("cost_centers", &codes[0], &codes[1]);
        }
        if changes.is_empty() {
            cx.nothing_changed();
            return Ok(Saved { email: before.email.to_string() });
        }
        store::person::update(cx.conn, &after).await?;
        store::person::set_cost_centers(cx.conn, after.id, &wanted.cost_centers).await?;
        changed(cx, after.id, changes.into_changes());
        Ok(Saved { email: after.email.to_string() })
    }
}

/// Ends or gives back somebody's access.
#[derive(Debug, Clone)]
pub struct Disable {
    pub email: String,
    pub disabled: bool,
}

impl Command for Disable {
    type Answer = Saved;
    const NEED: Need = Need::May("person", "disable");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Saved, AppError> {
        let mut person = found(cx, &self.email).await?;
        if cx.actor.person_id() == Some(person.id) {
            return Err(own_rights().into());
        }
        let saved = Saved { email: person.email.to_string() };
        if self.disabled != person.is_active() {
            cx.nothing_changed();
            return Ok(saved);
        }
        person.disabled_at = self.disabled.then_some(cx.now);
        store::person::update(cx.conn, &person).await?;
        if self.disabled {
            store::session::end_of_person(cx.conn, person.id, cx.now).await?;
            store::invite::void_of_person(cx.conn, person.id, cx.now).await?;
        }
        let word = |disabled: bool| if disabled { "yes" } else { "no" };
        let mut diff = Diff::default();
        diff.note("disabled", word(!self.disabled), word(self.disabled));
        changed(cx, person.id, diff.into_changes());
        Ok(saved)
    }
}

/// Sends a fresh link: an invitation while there is no password, else one to set a new password.
#[derive(Debug, Clone)]
pub struct SendLink {
    pub email: String,
}

impl Command for SendLink {
    type Answer = Saved;
    const NEED: Need = Need::May("person", "invite");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Saved, AppError> {
        let person = found(cx, &self.email).await?;
        if !person.is_active() {
            return Err(Refusal::conflict("disabled", "This account is disabled.")
                .mend("Enable it first.")
                .into());
        }
        if person.has_password {
            login::reset(cx, &person).await?;
        } else {
            login::invite(cx, &person).await?;
        }
        Ok(Saved { email: person.email.to_string() })
    }
}

fn own_rights() -> Refusal {
    Refusal::forbidden("own-rights", "Nobody changes the own rights.")
        .mend("Ask another admin to do it.")
}

fn changed(cx: &mut Cx<'_>, person: PersonId, changes: Vec<Change>) {
    cx.fact(Fact::PersonChanged { person: person.to_string(), changes });
}

/// The person of this address, among those the actor's organisation keeps.
async fn found(cx: &mut Cx<'_>, email: &str) -> Result<Person, AppError> {
    let organisation = cx.actor.need_organisation()?;
    view::kept(cx.conn, organisation, email).await
}

/// The input with everything in it found.
struct Wanted {
    name: String,
    roles: Vec<Role>,
    manager: Option<PersonId>,
    cost_centers: Vec<CostCenterId>,
    default_cost_center: Option<CostCenterId>,
    locale: String,
    time_zone: String,
}

impl Wanted {
    async fn read(cx: &mut Cx<'_>, input: &PersonInput, of: &Person) -> Result<Self, AppError> {
        let organisation = cx.actor.need_organisation()?;
        let home = store::organisation::get(cx.conn, organisation).await?;
        let home = home.ok_or_else(|| Refusal::not_found("organisation"))?;
        let locale = filled(&input.locale).unwrap_or(&home.locale);
        let zone = filled(&input.time_zone).unwrap_or(&home.time_zone);
        let mut wanted = Self {
            name: diff::line("name", &input.name, MAX_NAME)?,
            roles: Vec::new(),
            manager: None,
            cost_centers: Vec::new(),
            default_cost_center: None,
            locale: super::organisation::locale(locale)?,
            time_zone: super::organisation::time_zone(zone)?,
        };
        if of.supplier().is_some() {
            wanted.roles = vec![Role::SUPPLIER];
            return Ok(wanted);
        }
        wanted.roles = roles(cx, &input.roles, organisation).await?;
        wanted.manager = match filled(&input.manager) {
            Some(email) => Some(manager(cx, organisation, of, email).await?),
            None => None,
        };
        wanted.charge(cx, organisation, input).await?;
        Ok(wanted)
    }

    async fn charge(
        &mut self,
        cx: &mut Cx<'_>,
        organisation: OrganisationId,
        input: &PersonInput,
    ) -> Result<(), AppError> {
        if input.cost_centers.len() > MAX_COST_CENTERS {
            return Err(Refusal::invalid("too-many", "These are too many cost centres.")
                .field("cost_centers")
                .expected(format!("at most {MAX_COST_CENTERS}"))
                .into());
        }
        let known = store::organisation::cost_centers(cx.conn, organisation).await?;
        let id = |field: &str, code: &str| {
            let center = known.iter().find(|center| center.code == code.trim());
            center.map(|center| center.id).ok_or_else(|| {
                Refusal::invalid("unknown-cost-center", "There is no such cost centre.")
                    .field(field)
                    .got(shorten(code, 40))
                    .expected("the code of one of the organisation's cost centres")
            })
        };
        for code in input.cost_centers.iter().filter(|code| !code.trim().is_empty()) {
            let id = id("cost_centers", code)?;
            if !self.cost_centers.contains(&id) {
                self.cost_centers.push(id);
            }
        }
        if let Some(code) = filled(&input.default_cost_center) {
            let id = id("default_cost_center", code)?;
            if !self.cost_centers.contains(&id) {
                let message = "The default is a cost centre that the person may charge.";
                return Err(Refusal::invalid("not-charged", message)
                    .field("default_cost_center")
                    .got(code)
                    .mend("Let the person charge it, or choose another.")
                    .into());
            }
            self.default_cost_center = Some(id);
        }
        Ok(())
    }

    fn put_on(&self, mut person: Person) -> Person {
        person.name.clone_from(&self.name);
        person.roles.clone_from(&self.roles);
        person.manager = self.manager;
        person.default_cost_center = self.default_cost_center;
        person.locale.clone_from(&self.locale);
        person.time_zone.clone_from(&self.time_zone);
        person
    }
}

fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// Roles that the access policy in force knows; a role it does not know would mean nothing.
async fn roles(
    cx: &mut Cx<'_>,
    wanted: &[String],
    organisation: OrganisationId,
) -> Result<Vec<Role>, AppError> {
    let rights = cx.app.policies.rights(cx.conn, Some(organisation)).await?;
    let known = manageable_roles(rights.access().roles());
    let mut roles = BTreeSet::new();
    for text in wanted.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        let role = known.iter().find(|role| role.as_str() == text).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(Role::as_str).collect();
            Refusal::invalid("unknown-role", "The access policy knows no such role.")
                .field("roles")
                .got(shorten(text, 40))
                .expected(format!("one of {}", names.join(", ")))
                .mend("Add the role to the access policy, or choose another.")
        })?;
        roles.insert(role.clone());
    }
    Ok(roles.into_iter().collect())
}

/// The manager, who must not be managed by this very person.
async fn manager(
    cx: &mut Cx<'_>,
    organisation: OrganisationId,
    of: &Person,
    email: &str,
) -> Result<PersonId, AppError> {
    let manager = match email.parse::<Email>() {
        Ok(email) => store::person::by_email(cx.conn, &email).await?,
        Err(_) => None,
    };
    let manager = manager.filter(|one| one.organisation() == Some(organisation));
    let manager = manager.filter(Person::is_active).ok_or_else(|| {
        Refusal::invalid("unknown-person", "There is no such person in the organisation.")
            .field("manager")
            .got(shorten(email, 100))
            .expected("the e-mail address of somebody who is not disabled")
    })?;
    let above = store::person::managers(cx.conn, organisation, manager.id).await?;
    if manager.id == of.id || above.iter().any(|one| one.id == of.id) {
        let mut chain: Vec<String> = vec![of.email.to_string(), manager.email.to_string()];
        let below = above.iter().map(|one| one.email.to_string());
        chain.extend(below.take_while(|email| *email != of.email.to_string()));
        chain.push(of.email.to_string());
        chain.dedup();
        return Err(Refusal::invalid("manager-circle", "The managers would go in a circle.")
            .field("manager")
            .got(chain.join(" -> "))
            .expected("somebody who is not managed by this person")
            .into());
    }
    Ok(manager.id)
}

async fn differences(cx: &mut Cx<'_>, before: &Person, after: &Person) -> Result<Diff, AppError> {
    let mut diff = Diff::default();
    let roles = |person: &Person| {
        person.roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    diff.note("name", &before.name, &after.name);
    diff.note("roles", roles(before), roles(after));
    diff.note("locale", &before.locale, &after.locale);
    diff.note("time_zone", &before.time_zone, &after.time_zone);
    let mut managers = [None, None];
    for (slot, id) in managers.iter_mut().zip([before.manager, after.manager]) {
        if let Some(id) = id {
            *slot = store::person::get(cx.conn, id).await?.map(|person| person.email);
        }
    }
    let [was, is] = managers;
    diff.maybe("manager", was, is);
    let sets = [before, after].map(|person| person.default_cost_center.into_iter().collect());
    let [was, is] = codes(cx, before, [&sets[0], &sets[1]]).await?;
    diff.note("default_cost_center", was, is);
    Ok(diff)
}

/// Sets of cost centres by their codes.
async fn codes(
    cx: &mut Cx<'_>,
    of: &Person,
    sets: [&BTreeSet<CostCenterId>; 2],
) -> Result<[String; 2], AppError> {
    let known = match of.organisation() {
        Some(organisation) => store::organisation::cost_centers(cx.conn, organisation).await?,
        None => Vec::new(),
    };
    Ok(sets.map(|set| {
        let own = known.iter().filter(|center| set.contains(&center.id));
        own.map(|center| center.code.clone()).collect::<Vec<_>>().join(", ")
    }))
}

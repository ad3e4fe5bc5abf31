//! A person as the input describes it, everything in it found.

use std::collections::BTreeSet;

use crate::{
    app::{AppError, Cx},
    base::{
        id::{CostCenterId, OrganisationId, PersonId},
        text::shorten,
    },
    domain::{
        party::{Email, Person},
        refusal::Refusal,
        role::Role,
    },
    store,
};

use super::{
    super::diff::{self, Diff, MAX_NAME},
    MAX_COST_CENTERS, PersonInput, manageable_roles,
};

/// The input with everything in it found.
pub(super) struct Wanted {
    name: String,
    roles: Vec<Role>,
    manager: Option<PersonId>,
    pub cost_centers: Vec<CostCenterId>,
    default_cost_center: Option<CostCenterId>,
    locale: String,
    time_zone: String,
}

impl Wanted {
    pub async fn read(cx: &mut Cx<'_>, input: &PersonInput, of: &Person) -> Result<Self, AppError> {
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
            locale: super::super::organisation::locale(locale)?,
            time_zone: super::super::organisation::time_zone(zone)?,
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

    pub fn put_on(&self, mut person: Person) -> Person {
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
pub(super) async fn roles(
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
pub(super) async fn manager(
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

pub(super) async fn differences(
    cx: &mut Cx<'_>,
    before: &Person,
    after: &Person,
) -> Result<Diff, AppError> {
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
pub(super) async fn codes(
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

//! People: invited by a one-time link, given roles, a manager and cost centres, disabled.
//!
//! Nobody changes the own rights: roles, manager and cost centres of an admin are kept by another
//! admin. A disabled person's sessions end in the same transaction.

mod view;
mod wanted;

pub use view::{PersonView, everybody, get, keepers, list, manageable_roles};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::diff::Diff;
use crate::{
    app::{Alone, AppError, Command, Cx, Need, login},
    base::{
        id::{CostCenterId, PersonId},
        text::shorten,
    },
    domain::{
        fact::{Change, Fact},
        party::{Email, Home, Person},
        refusal::Refusal,
    },
    store,
};
use wanted::{Wanted, codes, differences};

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
    const ALONE: Alone = Alone::Organisation;

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
    const ALONE: Alone = Alone::Organisation;

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

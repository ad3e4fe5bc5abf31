//! Who acts, with which rights, and reading on their behalf.
//!
//! Rights are never kept in a session: roles come from the database at each act, so a changed right
//! holds at once. A punchout session has the rights of a shopper, whatever roles the person has.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::{
    base::id::{OrganisationId, PartnerId, PersonId, PunchoutSessionId, SessionId, SupplierId},
    domain::{party::Person, refusal::Refusal, role::Role},
    store::Reading,
};

use super::{App, AppError, policies::Rights};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    Person(Box<Person>),
    /// A procurement system, proved by its shared secret.
    Buyer(PartnerId),
    /// A supplier's system, proved by its shared secret.
    Supplier(PartnerId, SupplierId),
    /// The server itself: workers, the first start, the command line.
    System(&'static str),
    /// Nobody has been proved yet: the login form, a one-time link.
    Nobody,
}

/// Through what the person came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Login(SessionId),
    Api(SessionId),
    Punchout(SessionId, PunchoutSessionId),
    Other,
}

/// Somebody who acts, in the organisation whose things are acted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub who: Who,
    pub scope: Scope,
    /// `None` for people of suppliers and for the server itself.
    pub organisation: Option<OrganisationId>,
}

impl Actor {
    pub fn person(person: Person, scope: Scope) -> Self {
        Self { organisation: person.organisation(), who: Who::Person(Box::new(person)), scope }
    }

    pub const fn nobody() -> Self {
        Self { who: Who::Nobody, scope: Scope::Other, organisation: None }
    }

    pub const fn system(name: &'static str, organisation: Option<OrganisationId>) -> Self {
        Self { who: Who::System(name), scope: Scope::Other, organisation }
    }

    /// The person, when a person acts.
    pub fn as_person(&self) -> Option<&Person> {
        match &self.who {
            Who::Person(person) => Some(person),
            _ => None,
        }
    }

    /// The person, or the refusal that one must sign in.
    pub fn need_person(&self) -> Result<&Person, AppError> {
        self.as_person()
            .ok_or_else(|| Refusal::unauthenticated("sign-in-needed", "Sign in to go on.").into())
    }

    pub fn person_id(&self) -> Option<PersonId> {
        self.as_person().map(|person| person.id)
    }

    /// The organisation acted in; people of suppliers have none.
    pub fn need_organisation(&self) -> Result<OrganisationId, AppError> {
        self.organisation.ok_or_else(|| Refusal::not_found("page").into())
    }

    /// The supplier acted for: people of the supplier desk and suppliers' systems.
    pub fn supplier(&self) -> Option<SupplierId> {
        match &self.who {
            Who::Person(person) => person.supplier(),
            Who::Supplier(_, supplier) => Some(*supplier),
            _ => None,
        }
    }

    /// The punchout session this actor is confined to.
    pub const fn punchout(&self) -> Option<PunchoutSessionId> {
        match self.scope {
            Scope::Punchout(_, session) => Some(session),
            _ => None,
        }
    }

    /// Role words for the access policy.
    pub fn roles(&self) -> Vec<Role> {
        match &self.who {
            Who::Person(_) if self.punchout().is_some() => vec![Role::PUNCHOUT],
            Who::Person(person) if person.supplier().is_some() => vec![Role::SUPPLIER],
            Who::Person(person) => person.roles.clone(),
            Who::Buyer(_) => vec![Role::PARTNER],
            Who::Supplier(..) => vec![Role::SUPPLIER],
            Who::System(_) | Who::Nobody => Vec::new(),
        }
    }

    /// The name that stands in the audit trail.
    pub fn name(&self) -> String {
        match &self.who {
            Who::Person(person) => person.email.to_string(),
            Who::Buyer(partner) | Who::Supplier(partner, _) => partner.to_string(),
            Who::System(name) => format!("system:{name}"),
            Who::Nobody => "nobody".to_owned(),
        }
    }
}

/// Reading on somebody's behalf: a connection and what the person may see.
pub struct Reader<'a> {
    pub app: &'a App,
    pub actor: &'a Actor,
    pub conn: Reading,
    rights: Arc<Rights>,
}

impl App {
    /// Opens a connection for reading on behalf of the actor.
    pub fn reader<'a>(&'a self, actor: &'a Actor) -> BoxFuture<'a, Result<Reader<'a>, AppError>> {
        Box::pin(async move {
            let mut conn = self.store.read().await?;
            let rights = self.policies.rights(&mut conn, actor.organisation).await?;
            Ok(Reader { app: self, actor, conn, rights })
        })
    }
}

impl Reader<'_> {
    /// Whether the actor may do this; anything but a clear yes is a no.
    pub fn may(&self, object: &str, action: &str) -> bool {
        matches!(self.actor.who, Who::System(_))
            || self.rights.may(&self.actor.roles(), object, action)
    }

    /// What may not be seen is not there.
    pub fn need(&self, object: &'static str, action: &str) -> Result<(), AppError> {
        if self.may(object, action) { Ok(()) } else { Err(Refusal::not_found(object).into()) }
    }
}

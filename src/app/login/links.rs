//! One-time links to set a password: invitations and forgotten passwords.
//!
//! A link is a token made from the invite's id; it is made anew when a letter is sent and never
//! stored. It works once, for 72 hours.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Begun, begin, fresh_token, password, token_hash};
use crate::{
    app::{Actor, App, AppError, Command, Cx, Need, act},
    base::{
        id::{InviteId, PersonId},
        secret::Keys,
        time::{HOUR_MS, Time},
    },
    domain::{
        fact::Fact,
        party::{Email, Person},
        refusal::Refusal,
    },
    store::{
        self, Conn,
        invite::{Invite as Link, InviteKind},
        session::SessionKind,
    },
};

/// How long a link works.
const LINK_MS: i64 = 72 * HOUR_MS;
/// What the link's token is bound to; letters make the same token when they are sent.
pub const LINK_PURPOSE: &str = "invite";

/// The address of a link: `https://buy.example/invite/{token}`.
pub fn link(app: &App, id: InviteId) -> String {
    let token = app.keys.token(LINK_PURPOSE, id.bits(), "");
    format!("{}/invite/{token}", app.site.public_url)
}

/// Whose password a link sets, while it is good.
pub async fn open_link(app: &App, token: &str) -> Result<(Person, InviteId), AppError> {
    let mut conn = app.store.read().await?;
    found(app, &mut conn, token, app.now()).await
}

async fn found(
    app: &App,
    conn: &mut Conn,
    token: &str,
    now: Time,
) -> Result<(Person, InviteId), AppError> {
    let id = Keys::token_id(token).filter(|_| app.keys.token_holds(token, LINK_PURPOSE, ""));
    let id = id.map(InviteId::from_bits).ok_or_else(|| Refusal::not_found("page"))?;
    let link = store::invite::get(conn, id).await?.ok_or_else(|| Refusal::not_found("page"))?;
    if link.used_at.is_some() || link.expires_at <= now {
        return Err(Refusal::conflict("link-over", "This link was used already or is too old.")
            .mend("Ask for a new one on the sign-in page.")
            .into());
    }
    let person = store::person::get(conn, link.person).await?.filter(Person::is_active);
    Ok((person.ok_or_else(|| Refusal::not_found("page"))?, id))
}

/// Sets a password by a link, ends every other session of the person and opens a new one.
pub async fn set_by_link(app: &Arc<App>, token: &str, password: &str) -> Result<Begun, AppError> {
    let (person, _) = open_link(app, token).await?;
    password::check_new(password, person.email.as_str())?;
    let hash = password::hash(app, password).await?;
    let session = fresh_token(&*app.entropy);
    let command =
        SetPassword { by: By::Link(token.to_owned()), hash, token_hash: token_hash(&session) };
    act(app, &Actor::nobody(), command).await?;
    Ok(Begun { token: session, person })
}

/// Changes one's own password, knowing the old one.
pub async fn change(
    app: &Arc<App>,
    actor: &Actor,
    old: &str,
    new: &str,
) -> Result<Begun, AppError> {
    let person = actor.need_person()?.clone();
    let before = {
        let mut conn = app.store.read().await?;
        store::person::password_hash(&mut conn, person.id).await?
    };
    if !password::is_right(before.clone(), old).await? {
        return Err(Refusal::invalid("wrong-password", "This is not your present password.")
            .field("old")
            .into());
    }
    password::check_new(new, person.email.as_str())?;
    let hash = password::hash(app, new).await?;
    let session = fresh_token(&*app.entropy);
    let by = By::Before(person.id, before.unwrap_or_default());
    let command = SetPassword { by, hash, token_hash: token_hash(&session) };
    act(app, actor, command).await?;
    Ok(Begun { token: session, person })
}

/// What proves that the password may be set.
enum By {
    /// The token of a link.
    Link(String),
    /// The hash of the old password, found right a moment ago.
    Before(PersonId, String),
}

/// Stores a new password's hash.
pub struct SetPassword {
    by: By,
    hash: String,
    token_hash: String,
}

impl Command for SetPassword {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let person = match &self.by {
            By::Link(token) => {
                let (person, id) = found(cx.app, cx.conn, token, cx.now).await?;
                store::invite::use_up(cx.conn, id, cx.now).await?;
                person
            }
            By::Before(id, hash) => {
                let now = store::person::password_hash(cx.conn, *id).await?;
                if now.as_deref() != Some(hash.as_str()) {
                    return Err(store::StoreError::Conflict("password").into());
                }
                let person = store::person::get(cx.conn, *id).await?;
                person.ok_or_else(|| Refusal::not_found("person"))?
            }
        };
        store::person::set_password_hash(cx.conn, person.id, &self.hash).await?;
        store::invite::void_of_person(cx.conn, person.id, cx.now).await?;
        store::session::end_of_person(cx.conn, person.id, cx.now).await?;
        store::session::clear_failures(cx.conn, &person.email).await?;
        begin(cx, &person, SessionKind::Login, &self.token_hash).await?;
        cx.fact(Fact::PasswordSet { person: person.id.to_string() });
        Ok(())
    }
}

/// Invites a person who is there already to set a password; admins only.
pub struct Invite {
    pub person: PersonId,
}

/// The invitation that was made; its address comes from [`link`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invited {
    pub invite: InviteId,
}

impl Command for Invite {
    type Answer = Invited;
    const NEED: Need = Need::May("person", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<Invited, AppError> {
        let person = store::person::get(cx.conn, self.person).await?.filter(Person::is_active);
        let own = person.filter(|person| {
            cx.actor.organisation.is_none() || person.organisation() == cx.actor.organisation
        });
        let person = own.ok_or_else(|| Refusal::not_found("person"))?;
        invite(cx, &person).await.map(|invite| Invited { invite })
    }
}

/// Makes an invitation inside another command (a new person, the first admin).
pub async fn invite(cx: &mut Cx<'_>, person: &Person) -> Result<InviteId, AppError> {
    let id = open(cx, person, InviteKind::Invite).await?;
    cx.fact(Fact::PersonInvited {
        person: person.id.to_string(),
        email: person.email.to_string(),
        roles: person.roles.iter().map(ToString::to_string).collect(),
        invite: id.to_string(),
    });
    Ok(id)
}

/// Makes a link for a new password inside another command: an admin helps somebody.
pub async fn reset(cx: &mut Cx<'_>, person: &Person) -> Result<InviteId, AppError> {
    let id = open(cx, person, InviteKind::Reset).await?;
    cx.fact(Fact::PasswordResetAsked { person: person.id.to_string(), invite: id.to_string() });
    Ok(id)
}

/// Asks for a link because the password is forgotten. The answer is the same for everybody: whether
/// the address is known is learnt by nobody but the reader of its mailbox.
pub struct AskReset {
    pub email: Email,
}

impl Command for AskReset {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let person = store::person::by_email(cx.conn, &self.email).await?;
        let Some(person) = person.filter(Person::is_active) else {
            cx.nothing_changed();
            return Ok(());
        };
        cx.actor.organisation = person.organisation();
        reset(cx, &person).await?;
        Ok(())
    }
}

/// A fresh link; the older ones of the person stop working.
async fn open(cx: &mut Cx<'_>, person: &Person, kind: InviteKind) -> Result<InviteId, AppError> {
    store::invite::void_of_person(cx.conn, person.id, cx.now).await?;
    let link = Link {
        id: cx.id(),
        person: person.id,
        kind,
        expires_at: cx.now.plus_ms(LINK_MS),
        used_at: None,
    };
    store::invite::insert(cx.conn, &link, cx.now).await?;
    Ok(link.id)
}

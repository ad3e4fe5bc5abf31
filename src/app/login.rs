//! Signing in and out: sessions, API tokens, one-time links, passwords.
//!
//! Rights are not kept in a session; it only says who somebody is and through what they came. A
//! token is 256 random bits, made anew at each login; only its SHA-256 is stored. Passwords are
//! checked outside the write transaction, which then looks again.

mod links;
pub mod password;
mod slow;

pub use links::{
    AskReset, Invite, Invited, LINK_PURPOSE, change, invite, link, open_link, reset, set_by_link,
};

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::{
    base::{
        id::{Entropy, PunchoutSessionId, SessionId},
        text::{hex, sha256_hex},
        time::{DAY_MS, HOUR_MS, MINUTE_MS, Time},
    },
    domain::{
        fact::Fact,
        party::{Email, Organisation, Person, Supplier},
    },
    store::{
        self, Conn,
        session::{Session, SessionKind, Visit},
    },
};

use super::{Actor, App, AppError, Command, Cx, Need, Reader, Scope, act};
use slow::{NoteFailure, slow_down, wrong_pair};

/// How long a login or a visit lasts at most, and without use (security.md section 6).
const SESSION_MS: i64 = 12 * HOUR_MS;
const IDLE_MS: i64 = 30 * MINUTE_MS;
/// A program keeps its token longer; it can be ended like any session.
const API_TOKEN_MS: i64 = 30 * DAY_MS;
/// Uses within this time are not noted again.
const TOUCH_MS: i64 = MINUTE_MS;
/// Wrong passwords in a row before the next try must wait. The demo's passwords are printed on its
/// start page, so there it would only stand in the way of load checks.
const FREE_FAILURES: i64 = 10;
const FREE_FAILURES_IN_DEMO: i64 = 10_000;
/// The longest wait between two tries.
const MOST_WAIT_MS: i64 = 15 * MINUTE_MS;

/// How long a session of a kind lasts.
pub const fn lifetime_ms(kind: SessionKind) -> i64 {
    match kind {
        SessionKind::Api => API_TOKEN_MS,
        SessionKind::Login | SessionKind::Punchout => SESSION_MS,
    }
}

/// Somebody recognised by a token.
#[derive(Debug, Clone)]
pub struct Signed {
    pub actor: Actor,
    pub since: Time,
    /// For visits from a procurement system.
    pub visit: Option<Visit>,
}

/// A fresh token: 256 random bits in hexadecimal.
pub fn fresh_token(entropy: &dyn Entropy) -> String {
    let mut bytes = [0_u8; 32];
    entropy.fill(&mut bytes);
    hex(&bytes)
}

/// What is stored of a token.
pub fn token_hash(token: &str) -> String {
    sha256_hex(token.as_bytes())
}

/// Who holds this token; nothing for a token that is unknown, ended, too old, idle for too long,
/// of another kind, or of somebody whose account is disabled.
pub fn recognise<'a>(
    app: &'a App,
    token: &'a str,
    kind: SessionKind,
) -> BoxFuture<'a, Result<Option<Signed>, AppError>> {
    Box::pin(session_of(app, token, kind))
}

async fn session_of(app: &App, token: &str, kind: SessionKind) -> Result<Option<Signed>, AppError> {
    let now = app.now();
    let mut conn = app.store.read().await?;
    let session = store::session::by_token(&mut conn, &token_hash(token)).await?;
    let Some(session) = session.filter(|session| session.kind == kind && in_time(session, now))
    else {
        return Ok(None);
    };
    let person = store::person::get(&mut conn, session.person).await?;
    let Some(person) = person.filter(Person::is_active) else { return Ok(None) };
    let (scope, visit) = match (kind, session.punchout) {
        (SessionKind::Login, _) => (Scope::Login(session.id), None),
        (SessionKind::Api, _) => (Scope::Api(session.id), None),
        (SessionKind::Punchout, Some(punchout)) => {
            let Some(visit) = open_visit(&mut conn, punchout).await? else { return Ok(None) };
            (Scope::Punchout(session.id, punchout), Some(visit))
        }
        (SessionKind::Punchout, None) => return Ok(None),
    };
    drop(conn);
    if now.since(session.last_seen_at) > TOUCH_MS {
        app.store.touch_session(session.id, now).await?;
    }
    Ok(Some(Signed { actor: Actor::person(person, scope), since: session.created_at, visit }))
}

fn in_time(session: &Session, now: Time) -> bool {
    let idle = match session.kind {
        SessionKind::Api => API_TOKEN_MS,
        SessionKind::Login | SessionKind::Punchout => IDLE_MS,
    };
    now < session.expires_at && now.since(session.last_seen_at) < idle
}

/// A visit that went back may still be looked at and its return repeated; a cancelled one is over.
async fn open_visit(conn: &mut Conn, id: PunchoutSessionId) -> Result<Option<Visit>, AppError> {
    let visit = store::session::visit(conn, id).await?;
    Ok(visit.filter(|visit| matches!(visit.state.as_str(), "open" | "returned")))
}

/// The organisation or the supplier the actor works for; at most one of them.
pub async fn home(
    reader: &mut Reader<'_>,
) -> Result<(Option<Organisation>, Option<Supplier>), AppError> {
    if let Some(id) = reader.actor.organisation {
        return Ok((store::organisation::get(&mut reader.conn, id).await?, None));
    }
    match reader.actor.supplier() {
        Some(id) => Ok((None, store::supplier::get(&mut reader.conn, id).await?)),
        None => Ok((None, None)),
    }
}

/// A session that has just begun; the token exists here and in the caller's hands alone.
#[derive(Debug, Clone)]
pub struct Begun {
    pub token: String,
    pub person: Person,
}

/// Signs a person in by e-mail address and password. Every wrong pair gets the same answer after
/// the same time, whether the address is known or not.
pub async fn sign_in(
    app: &Arc<App>,
    email: &str,
    password: &str,
    kind: SessionKind,
) -> Result<Begun, AppError> {
    let Ok(email) = email.parse::<Email>() else {
        password::is_right(None, password).await?;
        return Err(wrong_pair().into());
    };
    let (person, hash) = {
        let mut conn = app.store.read().await?;
        slow_down(app, &mut conn, &email).await?;
        let person = store::person::by_email(&mut conn, &email).await?;
        let person = person.filter(Person::is_active);
        let hash = match &person {
            Some(person) => store::person::password_hash(&mut conn, person.id).await?,
            None => None,
        };
        (person, hash)
    };
    let right = password::is_right(hash.clone(), password).await?;
    let (Some(person), Some(hash), true) = (person, hash, right) else {
        act(app, &Actor::nobody(), NoteFailure { email }).await?;
        return Err(wrong_pair().into());
    };
    let token = fresh_token(&*app.entropy);
    let command = SignIn { email, hash, kind, token_hash: token_hash(&token) };
    act(app, &Actor::nobody(), command).await?;
    Ok(Begun { token, person })
}

/// Opens a session for somebody whose password was right a moment ago.
struct SignIn {
    email: Email,
    hash: String,
    kind: SessionKind,
    token_hash: String,
}

impl Command for SignIn {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let person = store::person::by_email(cx.conn, &self.email).await?;
        let person = person.filter(Person::is_active).ok_or_else(wrong_pair)?;
        let hash = store::person::password_hash(cx.conn, person.id).await?;
        if hash.as_deref() != Some(self.hash.as_str()) {
            return Err(wrong_pair().into());
        }
        store::session::clear_failures(cx.conn, &self.email).await?;
        begin(cx, &person, self.kind, &self.token_hash).await
    }
}

/// Writes the session row and states who came.
async fn begin(
    cx: &mut Cx<'_>,
    person: &Person,
    kind: SessionKind,
    token_hash: &str,
) -> Result<(), AppError> {
    let session = Session {
        id: cx.id(),
        kind,
        person: person.id,
        punchout: None,
        created_at: cx.now,
        last_seen_at: cx.now,
        expires_at: cx.now.plus_ms(lifetime_ms(kind)),
    };
    store::session::insert(cx.conn, &session, token_hash).await?;
    let (name, session) = (person.id.to_string(), session.id.to_string());
    let scope = Scope::Other;
    cx.actor = Actor::person(person.clone(), scope);
    cx.fact(match kind {
        SessionKind::Api => Fact::TokenMade { person: name, session },
        _ => Fact::SignedIn { person: name, session },
    });
    Ok(())
}

/// Opens the browser side of a visit, inside the command that opens the punchout session.
pub async fn begin_visit(
    cx: &mut Cx<'_>,
    person: &Person,
    punchout: PunchoutSessionId,
    token_hash: &str,
) -> Result<SessionId, AppError> {
    let session = Session {
        id: cx.id(),
        kind: SessionKind::Punchout,
        person: person.id,
        punchout: Some(punchout),
        created_at: cx.now,
        last_seen_at: cx.now,
        expires_at: cx.now.plus_ms(SESSION_MS),
    };
    store::session::insert(cx.conn, &session, token_hash).await?;
    Ok(session.id)
}

/// Ends the actor's own session.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SignOut;

impl Command for SignOut {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let (Scope::Login(session) | Scope::Api(session) | Scope::Punchout(session, _)) =
            cx.actor.scope
        else {
            cx.nothing_changed();
            return Ok(());
        };
        store::session::end(cx.conn, session, cx.now).await?;
        cx.fact(Fact::SignedOut { session: session.to_string() });
        Ok(())
    }
}

#[cfg(test)]
mod tests;

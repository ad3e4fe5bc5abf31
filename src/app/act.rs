//! The one door for changes.
//!
//! It begins the one write transaction, checks the idempotency key, reads the actor's rights anew,
//! asks the access policy, lets the command decide, writes letters, outgoing documents and audit
//! entries from the facts the command returned, and commits once. A command that changes something
//! and returns no fact is rolled back, so a change without an audit entry cannot be written.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    base::{
        id::{Id, Kind, OrganisationId},
        time::Time,
    },
    domain::{
        fact::Fact,
        party::Person,
        refusal::{Refusal, RefusalKind},
    },
    store::{self, Conn, StoreError, Work, audit::NewEntry},
};

use super::{Actor, App, AppError, Who, letters, outgoing, webhook};

mod once;
mod refused;

use once::{answered_meanwhile, remember, repeated};
use refused::Note;
pub use refused::{KeepRefusal, kept_refusal};

/// What the access policy is asked before a command runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The actor's roles must allow the action on the object.
    May(&'static str, &'static str),
    /// The command proves its caller itself: a login, a one-time link, a partner's secret.
    Itself,
}

/// What a command holds alone while it decides. On PostgreSQL changes run side by side: what one
/// looks for before it writes (an overlap, a circle, a free slot) another may be writing meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alone {
    /// Nothing: versions and unique rules of the database are enough.
    Nothing,
    /// The settings of the actor's organisation.
    Organisation,
    /// These, and the names that hold over the whole server.
    Server,
}

/// A change somebody asks for. It decides inside the write transaction and returns facts; it may
/// run again after somebody else was quicker, so it must have no effect outside the transaction.
pub trait Command: Send + Sync + 'static {
    type Answer: Serialize + DeserializeOwned + Send + Sync + 'static;
    const NEED: Need;
    const ALONE: Alone = Alone::Nothing;

    fn decide(
        &self,
        cx: &mut Cx<'_>,
    ) -> impl Future<Output = Result<Self::Answer, AppError>> + Send;
}

/// What a command decides with.
pub struct Cx<'t> {
    pub app: &'t App,
    pub conn: &'t mut Conn,
    pub actor: Actor,
    pub now: Time,
    facts: Vec<(Option<OrganisationId>, Fact)>,
    may_change_nothing: bool,
    quiet: bool,
}

impl Cx<'_> {
    pub fn id<K: Kind>(&self) -> Id<K> {
        Id::fresh(self.now, &*self.app.entropy)
    }

    /// States what happened, in the actor's organisation.
    pub fn fact(&mut self, fact: Fact) {
        self.facts.push((self.actor.organisation, fact));
    }

    /// States what happened in another organisation than the actor's (suppliers have none).
    pub fn fact_in(&mut self, organisation: OrganisationId, fact: Fact) {
        self.facts.push((Some(organisation), fact));
    }

    /// The command found that everything is as asked already; no fact is owed.
    pub fn nothing_changed(&mut self) {
        self.may_change_nothing = true;
    }

    /// What is stated is long past: it stands in the audit trail, but no letter and no document
    /// leaves because of it.
    pub fn quietly(&mut self) {
        self.quiet = true;
    }

    /// Whether the actor's roles allow it; for what a command decides beyond its [`Command::NEED`].
    pub async fn may(&mut self, object: &str, action: &str) -> Result<bool, AppError> {
        if matches!(self.actor.who, Who::System(_)) {
            return Ok(true);
        }
        let rights = self.app.policies.rights(self.conn, self.actor.organisation).await?;
        Ok(rights.may(&self.actor.roles(), object, action))
    }

    /// Whether somebody else of the actor's organisation may do this, were it his turn.
    pub async fn person_may(
        &mut self,
        person: &Person,
        object: &str,
        action: &str,
    ) -> Result<bool, AppError> {
        let rights = self.app.policies.rights(self.conn, self.actor.organisation).await?;
        Ok(rights.may(&person.roles, object, action))
    }
}

/// An `Idempotency-Key` of a call; the same key with another body is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The call's name, such as `POST /api/v1/carts`; with ids in it.
    pub call: String,
    pub key: String,
    pub body_sha256: String,
}

/// Runs a command through the door.
pub fn act<'a, C: Command>(
    app: &'a Arc<App>,
    actor: &'a Actor,
    command: C,
) -> BoxFuture<'a, Result<C::Answer, AppError>> {
    act_once(app, actor, None, command)
}

/// As [`act`]; with a key, a repeated call gets the stored answer and changes nothing.
pub fn act_once<'a, C: Command>(
    app: &'a Arc<App>,
    actor: &'a Actor,
    once: Option<Once>,
    command: C,
) -> BoxFuture<'a, Result<C::Answer, AppError>> {
    // Boxed: the caller's own future need not hold the whole of the command's.
    Box::pin(through(app, actor, once, command))
}

async fn through<C: Command>(
    app: &Arc<App>,
    actor: &Actor,
    once: Option<Once>,
    command: C,
) -> Result<C::Answer, AppError> {
    let door = Door { app: Arc::clone(app), actor: actor.clone(), once: once.clone(), command };
    let (answer, leaves_work) = match app.store.write(door).await {
        Ok((answer, leaves_work)) => (Ok(answer), leaves_work),
        Err(fault) => {
            let first = answered_meanwhile(app, actor, once.as_ref()).await;
            (first.ok_or(fault), false)
        }
    };
    match &answer {
        Ok(_) if leaves_work => app.wake.senders(),
        Ok(_) => {}
        Err(AppError::Refusal(refusal)) if is_worth_a_fact(refusal) => {
            let note =
                Note { app: Arc::clone(app), actor: actor.clone(), refusal: refusal.clone() };
            if let Err(fault) = app.store.write(note).await {
                tracing::error!(%fault, "a refusal could not be written to the audit trail");
            }
        }
        Err(_) => {}
    }
    answer
}

/// Whether workers have something to do after this fact. What happens all the time and leaves
/// nothing to send would keep them looking in vain.
const fn leaves_work(fact: &Fact) -> bool {
    !matches!(fact, Fact::DocumentKept { .. } | Fact::PunchoutIssued { .. })
}

/// Attempts to do what one must not do are kept; mere mistakes in the input are not.
fn is_worth_a_fact(refusal: &Refusal) -> bool {
    matches!(refusal.kind, RefusalKind::Forbidden | RefusalKind::Unauthenticated)
        && refusal.code != "sign-in-needed"
}

struct Door<C> {
    app: Arc<App>,
    actor: Actor,
    once: Option<Once>,
    command: C,
}

impl<C: Command> Work for Door<C> {
    /// With whether the workers have something to do.
    type Answer = (C::Answer, bool);
    type Fault = AppError;

    async fn run(&self, conn: &mut Conn) -> Result<(C::Answer, bool), AppError> {
        let mut cx = Cx {
            app: &self.app,
            conn,
            actor: self.actor.clone(),
            now: self.app.now(),
            facts: Vec::new(),
            may_change_nothing: false,
            quiet: false,
        };
        if let Some(answer) = repeated(&mut cx, self.once.as_ref()).await? {
            return Ok((answer, false));
        }
        refresh_actor(&mut cx).await?;
        authorise(&mut cx, C::NEED).await?;
        hold(&mut cx, C::ALONE).await?;
        let answer = self.command.decide(&mut cx).await?;
        settle(&mut cx).await?;
        if let Some(once) = &self.once {
            remember(&mut cx, once, &answer).await?;
        }
        let leaves_work = cx.facts.iter().any(|(_, fact)| leaves_work(fact));
        Ok((answer, leaves_work))
    }

    fn is_retryable(fault: &AppError) -> bool {
        is_retryable(fault)
    }
}

/// Whoever lost against another change decides again on what that one left: the second run finds
/// the rule that now says no, or that nothing stands in the way.
fn is_retryable(fault: &AppError) -> bool {
    let AppError::Store(fault) = fault else { return false };
    fault.is_retryable() || matches!(fault, StoreError::Conflict(_) | StoreError::Duplicate(_))
}

async fn hold(cx: &mut Cx<'_>, alone: Alone) -> Result<(), AppError> {
    if alone == Alone::Nothing {
        return Ok(());
    }
    if let Some(organisation) = cx.actor.organisation {
        store::organisation::lock(cx.conn, organisation).await?;
    }
    if alone == Alone::Server {
        store::organisation::lock_server(cx.conn).await?;
    }
    Ok(())
}

/// The rights of the moment, not those of the time the session began.
async fn refresh_actor(cx: &mut Cx<'_>) -> Result<(), AppError> {
    let Who::Person(known) = &cx.actor.who else { return Ok(()) };
    let person = store::person::get(cx.conn, known.id).await?.filter(|now| now.is_active());
    let person = person.ok_or_else(|| {
        Refusal::unauthenticated("signed-out", "This account can no longer be used.")
    })?;
    cx.actor.who = Who::Person(Box::new(person));
    Ok(())
}

async fn authorise(cx: &mut Cx<'_>, need: Need) -> Result<(), AppError> {
    let Need::May(object, action) = need else { return Ok(()) };
    if matches!(cx.actor.who, Who::Nobody) {
        return Err(Refusal::unauthenticated("sign-in-needed", "Sign in to go on.").into());
    }
    if cx.may(object, action).await? {
        return Ok(());
    }
    let message = format!("You may not {action} this {object}.");
    Err(Refusal::forbidden("not-allowed", message).mend("Ask an admin for a role that may.").into())
}

/// Letters, outgoing documents and audit entries, from the facts; they may add facts of their own.
async fn settle(cx: &mut Cx<'_>) -> Result<(), AppError> {
    if cx.facts.is_empty() && !cx.may_change_nothing {
        return Err(AppError::internal("a change without a fact was rolled back"));
    }
    let mut entries = Vec::with_capacity(cx.facts.len());
    while entries.len() < cx.facts.len() {
        let (organisation, fact) = cx.facts[entries.len()].clone();
        if !cx.quiet {
            outgoing::freeze(cx, organisation, &fact).await?;
            letters::write(cx, organisation, &fact).await?;
            webhook::write(cx, organisation, &fact).await?;
        }
        entries.push(entry(cx, organisation, &fact)?);
    }
    store::audit::insert(cx.conn, &entries).await?;
    Ok(())
}

fn entry(
    cx: &Cx<'_>,
    organisation: Option<OrganisationId>,
    fact: &Fact,
) -> Result<NewEntry, AppError> {
    Ok(NewEntry {
        id: cx.id(),
        organisation,
        at: cx.now,
        actor: cx.actor.name(),
        kind: fact.kind(),
        about: fact.about(),
        body: serde_json::to_string(fact).map_err(AppError::internal)?,
    })
}

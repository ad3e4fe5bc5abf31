//! The shopper goes on to the supplier's shop.

use crate::{
    app::{Actor, App, AppError, Command, Cx, Need, Scope},
    base::{
        id::{SessionId, SiteVisitId},
        text::sha256_hex,
        time::Time,
    },
    domain::{
        fact::Fact,
        gateway::{SiteVisit, VisitMove, VisitState},
        refusal::Refusal,
    },
    store,
};

use super::super::{Said, keep};

/// The session from which the shopper leaves.
pub(super) fn session_of(actor: &Actor) -> Result<SessionId, AppError> {
    match actor.scope {
        Scope::Login(session) | Scope::Api(session) | Scope::Punchout(session, _) => Ok(session),
        Scope::Other => Err(AppError::internal("a shopper without a session")),
    }
}

/// What came of asking for entry.
pub(super) struct Entered {
    pub(super) visit: SiteVisitId,
    pub(super) answer: Option<Said>,
    pub(super) entry: Result<String, Refusal>,
}

impl Command for Entered {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let gone = || AppError::internal("a visit that was begun is gone");
        let visit = store::gateway::visit(cx.conn, self.visit).await?.ok_or_else(gone)?;
        let site = store::gateway::site(cx.conn, visit.organisation, visit.site).await?;
        let site = site.ok_or_else(gone)?;
        let by = if self.entry.is_ok() { VisitMove::Open } else { VisitMove::Fail };
        store::gateway::set_visit(cx.conn, &visit, visit.state.after(by)?, None).await?;
        let id = visit.id.to_string();
        cx.fact(match &self.entry {
            Ok(_) => Fact::SiteVisitOpened { visit: id },
            Err(refusal) => Fact::SiteVisitFailed {
                visit: id,
                reason: refusal.got.clone().unwrap_or_else(|| refusal.message.clone()),
            },
        });
        if let Some(said) = &self.answer {
            let sender = super::super::supplier_identity(cx.conn, &site).await?;
            keep(cx, (&site, &visit), &sender, said.clone()).await?;
        }
        Ok(())
    }
}

/// The visit that a return token names and proves, when its time is not over.
pub(in crate::app::gateway) async fn proven(
    app: &App,
    conn: &mut store::Conn,
    token: &str,
    now: Time,
) -> Result<SiteVisit, AppError> {
    let id = crate::base::secret::Keys::token_id(token)
        .filter(|_| app.keys.token_holds(token, super::super::RETURN_PURPOSE, ""))
        .map(SiteVisitId::from_bits);
    let visit = match id {
        Some(id) => store::gateway::visit(conn, id).await?,
        None => None,
    };
    let known = visit.filter(|visit| visit.return_hash == sha256_hex(token.as_bytes()));
    let visit = known.ok_or_else(|| {
        Refusal::forbidden("return-link", "This address takes no cart back.")
            .mend("Go to the supplier's shop again from here.")
    })?;
    let over = visit.state != VisitState::Returned
        && (now >= visit.expires_at || !store::gateway::is_live(conn, &visit, now).await?);
    if over {
        let message = "You were away for too long, or signed out meanwhile.";
        return Err(Refusal::forbidden("return-link-over", message)
            .mend("Sign in and go to the supplier's shop again.")
            .into());
    }
    Ok(visit)
}

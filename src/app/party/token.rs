//! API tokens of the organisation's people: seen and ended by an admin; never shown.

use crate::{
    app::{AppError, Command, Cx, Need, Reader},
    base::{
        id::SessionId,
        page::{Cut, Page},
    },
    domain::{fact::Fact, refusal::Refusal},
    store::{self, session::Session},
};

/// Tokens that are still good, newest first, with their holders' addresses.
pub async fn list(reader: &mut Reader<'_>, cut: &Cut) -> Result<Page<(Session, String)>, AppError> {
    reader.need("person", "edit")?;
    let organisation = reader.actor.need_organisation()?;
    let now = reader.app.now();
    Ok(store::session::tokens(&mut reader.conn, organisation, now, cut).await?)
}

/// Ends one token.
#[derive(Debug, Clone)]
pub struct End {
    pub token: SessionId,
}

impl Command for End {
    type Answer = ();
    const NEED: Need = Need::May("person", "edit");

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let organisation = cx.actor.need_organisation()?;
        if !store::session::is_token_of(cx.conn, organisation, self.token).await? {
            return Err(Refusal::not_found("token").into());
        }
        store::session::end(cx.conn, self.token, cx.now).await?;
        cx.fact(Fact::SignedOut { session: self.token.to_string() });
        Ok(())
    }
}

//! Admins are told of exchanges that went wrong: once a day for one partner and one cause.

use std::sync::Arc;

use crate::{
    app::{Actor, App, AppError, Command, Cx, Need, act},
    domain::fact::Fact,
    store::{self, wire::Exchange},
};

/// Looks at what was kept since. Returns whether there was anything.
pub async fn ring(app: &Arc<App>) -> Result<bool, AppError> {
    let found = store::wire::to_tell(&mut *app.store.read().await?).await?;
    let any = !found.is_empty();
    for exchange in found {
        let actor = Actor::system("wire", exchange.organisation);
        act(app, &actor, Tell { exchange }).await?;
    }
    Ok(any)
}

/// States that an exchange went wrong, when that is news.
struct Tell {
    exchange: Exchange,
}

impl Command for Tell {
    type Answer = ();
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<(), AppError> {
        let Exchange { id, partner, cause, .. } = &self.exchange;
        // Of two servers that look at the same time one tells.
        if !store::wire::look_at(cx.conn, *id, cx.now).await? {
            cx.nothing_changed();
            return Ok(());
        }
        let Some(partner) = *partner else {
            cx.nothing_changed();
            return Ok(());
        };
        if !store::wire::is_news(cx.conn, (partner, cause), cx.now).await? {
            cx.nothing_changed();
            return Ok(());
        }
        cx.fact(Fact::ExchangeFailed {
            exchange: id.to_string(),
            partner: partner.to_string(),
            cause: cause.clone(),
        });
        Ok(())
    }
}

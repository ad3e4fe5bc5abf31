//! Puts policies in force whose time has come. Another admin approved each of them when the time
//! was set; nothing is decided here.

use std::{sync::Arc, time::Duration};

use super::{Left, Tools, repeat};
use crate::{
    app::{Actor, AppError, WokenBy, act, policy::ActivateDue},
    store,
};

/// How late a policy may come into force.
const PAUSE: Duration = Duration::from_secs(5);

/// Looks until the server stops.
pub async fn run(tools: Arc<Tools>) {
    repeat(("policy", PAUSE, WokenBy::Clock), tools, look).await;
}

async fn look(tools: Arc<Tools>) -> Result<Left, AppError> {
    let app = &tools.app;
    let due = store::policy::due(&mut *app.store.read().await?, app.now()).await?;
    if !due.is_empty() {
        act(app, &Actor::system("policy", None), ActivateDue).await?;
    }
    Ok(Left::Nothing)
}

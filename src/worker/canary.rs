//! The canary: asks live partners once a day whether they still answer. It decides nothing; who is
//! due and what an answer means is in `app::conformance`. It also has the admins told of exchanges
//! that went wrong (`app::wire`).

use std::{sync::Arc, time::Duration};

use super::{Left, Tools, repeat};
use crate::app::{AppError, WokenBy, conformance, wire};

/// How often it looks who is due.
const PAUSE: Duration = Duration::from_secs(60);

/// Looks until the server stops.
pub async fn run(tools: Arc<Tools>) {
    repeat(("canary", PAUSE, WokenBy::Clock), tools, look).await;
}

async fn look(tools: Arc<Tools>) -> Result<Left, AppError> {
    let more = conformance::ring(&tools.app).await? || wire::ring(&tools.app).await?;
    Ok(if more { Left::More } else { Left::Nothing })
}

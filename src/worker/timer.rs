//! The timer: lets the timers of open tasks ring when their time has come. It decides nothing; the
//! use case looks under the requisition's lock whether it is still due.

use std::{sync::Arc, time::Duration};

use super::{Left, Tools, repeat};
use crate::app::{AppError, WokenBy, approval::timer};

/// How often it looks; a moved clock wakes it at once.
const PAUSE: Duration = Duration::from_secs(15);

/// Looks until the server stops.
pub async fn run(tools: Arc<Tools>) {
    repeat(("timer", PAUSE, WokenBy::Clock), tools, look).await;
}

async fn look(tools: Arc<Tools>) -> Result<Left, AppError> {
    let more = timer::ring(&tools.app).await?;
    Ok(if more { Left::More } else { Left::Nothing })
}

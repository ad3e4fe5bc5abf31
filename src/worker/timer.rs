//! The timer: lets the timers of open tasks ring when their time has come, and gathered letters
//! leave. It decides nothing; the use case looks under its lock whether it is still due.

use std::{sync::Arc, time::Duration};

use super::{Left, Tools, repeat};
use crate::app::{AppError, WokenBy, approval::timer, digest};

/// How often it looks; a moved clock wakes it at once.
const PAUSE: Duration = Duration::from_secs(15);

/// Looks until the server stops.
pub async fn run(tools: Arc<Tools>) {
    repeat(("timer", PAUSE, WokenBy::Clock), tools, look).await;
}

async fn look(tools: Arc<Tools>) -> Result<Left, AppError> {
    let more = timer::ring(&tools.app).await?;
    let more = digest::ring(&tools.app).await? || more;
    Ok(if more { Left::More } else { Left::Nothing })
}

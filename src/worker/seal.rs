//! The sealer: links audit entries into the chain within a second, one server at a time.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::app::App;

/// How often it looks. Entries are safe before; this is how soon a cut would be noticed.
const PAUSE: Duration = Duration::from_millis(400);

/// Seals until told to stop, and once more at the end.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    let holder = app.id::<crate::base::id::Session>().to_string();
    loop {
        let stopping = stop.is_cancelled();
        match app.store.seal(&holder, app.now()).await {
            Ok(_) => {}
            Err(fault) => tracing::warn!(%fault, "the audit entries could not be sealed now"),
        }
        if stopping {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = stop.cancelled() => {}
        }
    }
}

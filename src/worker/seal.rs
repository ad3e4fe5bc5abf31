//! The sealer: links audit entries that are not yet in the chain within a second, one server at a
//! time, and writes the chain's head outside the database, so that a cut tail can be proved.

use std::{path::PathBuf, sync::Arc, time::Duration};

use crate::{
    app::{App, audit::heads},
    base::time::{HOUR_MS, Time},
    store::{self, StoreError, chain::Head},
};

use super::Tools;

/// How often it looks. Entries are safe before; this is how soon a cut would be noticed.
const PAUSE: Duration = Duration::from_millis(400);
/// A head is written out at least so often while anything happens.
const HEAD_AFTER_MS: i64 = 24 * HOUR_MS;
/// And whenever so many entries were sealed since the last one.
const HEAD_AFTER_ENTRIES: i64 = 1_000;

/// Seals until told to stop, and once more at the end.
pub async fn run(tools: Arc<Tools>) {
    let app = &tools.app;
    let holder = app.id::<crate::base::id::Session>().to_string();
    let mut exported = Exported::new(tools.audit_heads.clone());
    loop {
        let stopping = tools.stop.is_cancelled();
        if let Err(fault) = round(app, &holder, &mut exported, stopping).await {
            tracing::warn!(%fault, "the audit entries could not be sealed now");
        }
        if stopping {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = tools.stop.cancelled() => {}
        }
    }
}

async fn round(
    app: &App,
    holder: &str,
    exported: &mut Exported,
    stopping: bool,
) -> Result<(), StoreError> {
    while let Some(head) = app.store.seal(holder, app.now()).await? {
        if exported.is_far_behind(&head) {
            exported.write(app.now(), head);
        }
    }
    let head = store::chain::head(&mut *app.store.read().await?).await?;
    if stopping || exported.is_old(app.now()) || exported.is_far_behind(&head) {
        exported.write(app.now(), head);
    }
    Ok(())
}

/// The head that was written out last, and where.
struct Exported {
    /// Absent when the server has no data folder.
    path: Option<PathBuf>,
    last: Option<(Time, i64)>,
}

impl Exported {
    const fn new(path: Option<PathBuf>) -> Self {
        Self { path, last: None }
    }

    fn is_far_behind(&self, head: &Head) -> bool {
        self.last.is_none_or(|(_, position)| head.position - position > HEAD_AFTER_ENTRIES)
    }

    fn is_old(&self, now: Time) -> bool {
        self.last.is_none_or(|(at, _)| now.millis() - at.millis() >= HEAD_AFTER_MS)
    }

    /// Writes the head unless it is written already.
    fn write(&mut self, now: Time, head: Head) {
        let known = self.last.is_some_and(|(_, position)| position == head.position);
        if head.position == 0 {
            return;
        }
        self.last = Some((now, head.position));
        let Some(path) = self.path.as_ref().filter(|_| !known) else { return };
        if let Err(fault) = heads::append(path, now, &head) {
            tracing::warn!(%fault, "the head of the audit chain could not be written out");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(position: i64) -> Head {
        Head { position, hash: "a".repeat(64) }
    }

    #[test]
    fn a_head_is_written_once_and_again_after_a_day_or_a_thousand_entries() {
        let folder = std::env::temp_dir().join(format!("countersign-heads-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(heads::FILE);
        let mut exported = Exported::new(Some(path.clone()));
        assert!(exported.is_old(Time::from_millis(0)) && exported.is_far_behind(&head(1)));
        exported.write(Time::from_millis(0), head(0));
        assert_eq!(heads::read(&path), Ok(vec![]));
        assert!(exported.is_old(Time::from_millis(0)), "an empty chain has no head");
        exported.write(Time::from_millis(1), head(5));
        exported.write(Time::from_millis(2), head(5));
        assert_eq!(heads::read(&path), Ok(vec![head(5)]));
        assert!(!exported.is_far_behind(&head(1_005)) && exported.is_far_behind(&head(1_006)));
        assert!(!exported.is_old(Time::from_millis(HEAD_AFTER_MS)));
        assert!(exported.is_old(Time::from_millis(HEAD_AFTER_MS + 2)));
        std::fs::remove_dir_all(folder).unwrap();
    }
}

//! Past requisitions for `demo --history N`: handed in, decided and ordered in the two budget years
//! before this one, so that a draft policy has something to be held against.
//!
//! They go through the same rules, steps, hashes and audit facts as any other; only letters and
//! documents to suppliers are not written, because all that is long past. The same N makes the same
//! requisitions. Nothing of them touches a budget of this year.

use std::sync::Arc;

use crate::{
    app::{Actor, App, AppError, Command, Cx, Need, act},
    store,
};

mod answers;
mod stage;

use stage::Stage;

/// The organisation that has a past.
const COMPANY: &str = "acme";
/// Requisitions made in one transaction.
const BATCH: u32 = 250;
/// What was bought: article, supplier, and the largest quantity.
const GOODS: &[(&str, &str, u64)] = &[
    ("PEN-01", "office-one", 400),
    ("DESK-01", "office-one", 14),
    ("LAPTOP-01", "office-one", 6),
    ("DRILL-01", "toolworks", 30),
    ("BOLT-M8", "partsdesk", 9_000),
];
/// Who bought; whoever stands more often bought more often.
const BUYERS: &[&str] = &["ed", "ed", "ed", "ed", "ed", "ed", "mia", "ivy"];
/// An answer takes so many minutes at most.
const LONGEST: u64 = 40 * 60;
/// One decision in so many is a no.
const ONE_NO_IN: u64 = 17;

/// Makes what is missing of `count` past requisitions.
pub async fn make(app: &Arc<App>, count: u32) -> Result<(), AppError> {
    let system = Actor::system("demo", None);
    let begun = std::time::Instant::now();
    let mut from = 0;
    while from < count {
        let to = count.min(from + BATCH);
        if !act(app, &system, MakePast { from, to, of: count }).await? {
            return Ok(());
        }
        from = to;
        tracing::info!("{from} of {count} past requisitions made");
    }
    tracing::info!(took_ms = begun.elapsed().as_millis(), "the past is made");
    Ok(())
}

/// One part of the past. Answers no when there is one already.
#[derive(Debug, Clone, Copy)]
struct MakePast {
    from: u32,
    to: u32,
    of: u32,
}

impl Command for MakePast {
    type Answer = bool;
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<bool, AppError> {
        let now = cx.now;
        let stage = Stage::set(cx).await?;
        let made = store::plan_record::count(cx.conn, stage.organisation.id).await?;
        if self.from == 0 && made > 0 {
            cx.nothing_changed();
            return Ok(false);
        }
        cx.quietly();
        for nth in self.from..self.to {
            stage.one(cx, nth, self.of, now).await?;
        }
        cx.now = now;
        Ok(true)
    }
}

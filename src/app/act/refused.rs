//! Refusals that are kept as facts, though nothing else of the command is.

use std::sync::Arc;

use crate::{
    base::text::sha256_hex,
    domain::{fact::Fact, refusal::Refusal},
    store::{self, Conn, Work},
};

use super::{
    super::{Actor, App, AppError, Reader},
    Command, Cx, Need, Once, entry, is_retryable,
    once::answered,
};

/// What one of several commands of a call was refused with, kept so that a repeated call reads the
/// same: a refusal changes nothing, so nothing else would remember it.
pub struct KeepRefusal {
    /// As the caller reads it.
    pub problem: serde_json::Value,
}

impl Command for KeepRefusal {
    type Answer = serde_json::Value;
    const NEED: Need = Need::Itself;

    async fn decide(&self, cx: &mut Cx<'_>) -> Result<serde_json::Value, AppError> {
        cx.nothing_changed();
        Ok(self.problem.clone())
    }
}

/// The refusal that [`KeepRefusal`] kept under this key.
pub async fn kept_refusal(
    reader: &mut Reader<'_>,
    once: &Once,
) -> Result<Option<serde_json::Value>, AppError> {
    let person = reader.actor.need_person()?.id;
    answered(&mut reader.conn, person, once).await
}

/// A refusal by the rules, committed alone.
pub(super) struct Note {
    pub(super) app: Arc<App>,
    pub(super) actor: Actor,
    pub(super) refusal: Box<Refusal>,
}

impl Work for Note {
    type Answer = ();
    type Fault = AppError;

    async fn run(&self, conn: &mut Conn) -> Result<(), AppError> {
        let cx = Cx {
            app: &self.app,
            conn,
            actor: self.actor.clone(),
            now: self.app.now(),
            facts: Vec::new(),
            may_change_nothing: true,
            quiet: false,
        };
        let about = self.refusal.field.clone().unwrap_or_else(|| self.actor.name());
        let fact = Fact::Refused {
            what: sha256_hex(self.refusal.message.as_bytes()).chars().take(12).collect(),
            about,
            code: self.refusal.code.to_owned(),
            message: self.refusal.message.clone(),
        };
        let entry = entry(&cx, self.actor.organisation, &fact)?;
        store::audit::insert(cx.conn, &[entry]).await?;
        Ok(())
    }

    fn is_retryable(fault: &AppError) -> bool {
        is_retryable(fault)
    }
}

//! What a plan says beside its steps: warnings, and who is told. Nothing here asks anybody.

use poem_openapi::Object;

use crate::domain::approval::{Notes, Warning, Watcher};

/// A message of a rule.
#[derive(Object)]
#[oai(rename = "PlanWarning")]
pub(super) struct WarningJson {
    rule: String,
    message: String,
    because: String,
}

/// Somebody who is told and not asked.
#[derive(Object)]
#[oai(rename = "PlanWatcher")]
pub(super) struct WatcherJson {
    rule: String,
    /// E-mail address.
    person: String,
    because: String,
}

/// The warnings of a plan.
pub(super) fn warnings(notes: &Notes) -> Vec<WarningJson> {
    let json = |one: &Warning| WarningJson {
        rule: one.rule.id.clone(),
        message: one.message.clone(),
        because: one.because.clone(),
    };
    notes.warnings.iter().map(json).collect()
}

/// Whom a plan tells.
pub(super) fn watchers(notes: &Notes) -> Vec<WatcherJson> {
    let json = |one: &Watcher| WatcherJson {
        rule: one.rule.id.clone(),
        person: one.person.mail.clone(),
        because: one.because.clone(),
    };
    notes.watchers.iter().map(json).collect()
}

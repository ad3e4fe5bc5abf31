//! What was typed into a form of the admin pages.

use crate::{domain::refusal::Refusal, http::guard::Form as Posted};

use super::Again;

/// What stands in a field: the person's own input after a refusal, else what is stored.
pub(in crate::http::pages::admin) fn value(
    again: Option<&Again>,
    name: &str,
    stored: &str,
) -> String {
    match again {
        Some(again) => again.form.all(name).next().unwrap_or_default().to_owned(),
        None => stored.to_owned(),
    }
}

/// Whether a box is ticked: by the person after a refusal, else as stored.
pub(in crate::http::pages::admin) fn ticked(
    again: Option<&Again>,
    name: &str,
    stored: bool,
) -> bool {
    match again {
        Some(again) => again.form.all(name).next().is_some(),
        None => stored,
    }
}

/// The names after a prefix of all boxes that were ticked: `role-approver` gives `approver`.
pub(in crate::http::pages::admin) fn ticked_names(form: &Posted, prefix: &str) -> Vec<String> {
    let names = form.pairs().iter().filter_map(|(name, _)| name.strip_prefix(prefix));
    names.map(str::to_owned).collect()
}

/// The text of a field, empty when it was not sent.
pub(in crate::http::pages::admin) fn text(form: &Posted, name: &str) -> Result<String, Refusal> {
    Ok(form.maybe(name)?.unwrap_or_default().to_owned())
}

/// The trimmed lines of a field, without empty ones.
pub(in crate::http::pages::admin) fn lines(
    form: &Posted,
    name: &str,
) -> Result<Vec<String>, Refusal> {
    let lines = form.maybe(name)?.unwrap_or_default().lines();
    Ok(lines.map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

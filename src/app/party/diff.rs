//! What a saving changed, and the checks of short texts that every noun shares.

use crate::{
    app::Cx,
    base::text::{one_line, shorten},
    domain::{
        fact::{Change, Fact},
        refusal::Refusal,
    },
};

/// The longest name of anything.
pub(super) const MAX_NAME: usize = 120;
/// The longest code of a cost centre or an address.
const MAX_CODE: usize = 40;
/// What the audit trail shows of one value.
const SHOWN: usize = 300;

/// The fields that differ, with before and after.
#[derive(Debug, Default)]
pub(super) struct Diff(Vec<Change>);

impl Diff {
    pub fn note(&mut self, field: &str, before: impl ToString, after: impl ToString) {
        let (before, after) = (before.to_string(), after.to_string());
        if before != after {
            let (before, after) = (shorten(&before, SHOWN), shorten(&after, SHOWN));
            self.0.push(Change { field: field.to_owned(), before, after });
        }
    }

    /// As [`Diff::note`], for values that may be missing.
    pub fn maybe<T: ToString>(&mut self, field: &str, before: Option<T>, after: Option<T>) {
        let text = |value: Option<T>| value.map(|value| value.to_string()).unwrap_or_default();
        self.note(field, text(before), text(after));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn into_changes(self) -> Vec<Change> {
        self.0
    }

    /// States the change of a setting; nothing when all is as it was.
    pub fn settle(self, cx: &mut Cx<'_>, noun: &str, object: impl ToString) {
        if self.is_empty() {
            cx.nothing_changed();
            return;
        }
        let noun = noun.to_owned();
        cx.fact(Fact::SettingSaved { object: object.to_string(), noun, changes: self.0 });
    }
}

/// A text on one line that must not be empty.
pub(super) fn line(field: &str, text: &str, most: usize) -> Result<String, Refusal> {
    let line = one_line(text);
    if line.is_empty() {
        return Err(Refusal::invalid("missing-field", "Something is left to fill in.")
            .field(field)
            .got("nothing")
            .expected(format!("1 to {most} characters")));
    }
    may_be_empty(field, &line, most)
}

/// A text on one line that may be empty.
pub(super) fn may_be_empty(field: &str, text: &str, most: usize) -> Result<String, Refusal> {
    let line = one_line(text);
    if line.chars().count() > most {
        return Err(Refusal::invalid("too-long", "This text is too long.")
            .field(field)
            .got(format!("{} characters", line.chars().count()))
            .expected(format!("at most {most} characters")));
    }
    Ok(line)
}

/// A code that stands in addresses of pages and in documents.
pub(super) fn code(field: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let sound = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    if starts && text.len() <= MAX_CODE && text.chars().all(sound) {
        return Ok(text.to_owned());
    }
    Err(Refusal::invalid("bad-code", "This code cannot be used.")
        .field(field)
        .got(shorten(text, MAX_CODE))
        .expected("1 to 40 letters, digits, hyphens, dots or low lines, a letter or digit first"))
}

/// An organisation's or supplier's short name.
pub(super) fn short_name(field: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if crate::domain::role::is_kebab(text) && text.len() <= MAX_CODE {
        return Ok(text.to_owned());
    }
    Err(Refusal::invalid("bad-name", "This short name cannot be used.")
        .field(field)
        .got(shorten(text, MAX_CODE))
        .expected("lower-case words joined by hyphens, such as office-one"))
}

/// A mail address that may be left out.
pub(super) fn maybe_email(field: &str, text: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let read = text.parse::<crate::domain::party::Email>();
    read.map(|email| Some(email.to_string())).map_err(|_| {
        Refusal::invalid("bad-email", "This is no e-mail address.")
            .field(field)
            .got(shorten(text, 100))
            .expected("an address such as orders@office.example")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_noted() {
        let mut diff = Diff::default();
        diff.note("name", "a", "a");
        diff.maybe("url", None, Some("x"));
        let changes = diff.into_changes();
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].before.as_str(), changes[0].after.as_str()), ("", "x"));
    }

    #[test]
    fn codes_and_names_are_plain() {
        assert_eq!(code("code", " 4100 ").as_deref(), Ok("4100"));
        for bad in ["", "-1", "a b", "a/b", "ä"] {
            assert!(code("code", bad).is_err(), "{bad}");
        }
        assert!(line("name", " \t ", 10).is_err());
        assert!(line("name", "12345678901", 10).is_err());
        assert_eq!(line("name", " a\n b ", 10).as_deref(), Ok("a b"));
        assert!(short_name("name", "Office One").is_err());
    }
}

//! The wire doctor: from what went over the wire to a named cause in plain words.
//!
//! Two questions are answered: why a document that came here was refused ([`arrived`]), and why one
//! that we sent did not arrive ([`sent`]). Each answer names the cause, the place in the document,
//! and who can mend it. It only looks: nothing is decided here, and no secret is repeated.

mod arrived;
mod bytes;
mod cause;
mod content;
mod credentials;
mod difference;
mod document;
mod remarks;
mod sent;
mod transport;

pub use arrived::{Arrived, arrived, refused};
pub use cause::{Cause, Who};
pub use difference::{Line, difference};
pub use sent::{Sent, Trouble, sent};

use serde::{Deserialize, Serialize};

use crate::{base::text::shorten, cxml::ContentFault, domain::refusal::Refusal};

/// A cause and where it shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Finding {
    /// Of the [`Cause`].
    pub code: String,
    /// From 1; 0 when there is no place.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// From the root, an attribute behind `@`; or the name of a field.
    pub path: String,
    pub got: String,
    pub expected: String,
    /// What was said about it, by us or by the other side.
    pub words: String,
}

/// Characters of any text that is kept as evidence.
const SHOWN: usize = 300;

impl Finding {
    pub fn of(cause: Cause) -> Self {
        Self { code: cause.code.to_owned(), ..Self::default() }
    }

    /// The cause's words; of a code that is no longer known the plainest.
    pub fn cause(&self) -> Cause {
        all().find(|cause| cause.code == self.code).unwrap_or(content::RULE)
    }

    fn at(mut self, (line, column): (u32, u32)) -> Self {
        (self.line, self.column) = (line, column);
        self
    }

    fn path(mut self, path: impl AsRef<str>) -> Self {
        self.path = shorten(path.as_ref(), SHOWN);
        self
    }

    fn got(mut self, got: impl AsRef<str>) -> Self {
        self.got = shorten(got.as_ref(), SHOWN);
        self
    }

    fn expected(mut self, expected: impl AsRef<str>) -> Self {
        self.expected = shorten(expected.as_ref(), SHOWN);
        self
    }

    fn words(mut self, words: impl AsRef<str>) -> Self {
        self.words = shorten(words.as_ref(), SHOWN);
        self
    }

    fn of_content(cause: Cause, fault: &ContentFault) -> Self {
        Self::of(cause)
            .at((fault.line, fault.column))
            .path(&fault.path)
            .got(&fault.got)
            .expected(&fault.expected)
            .words(&fault.mend)
    }

    fn of_refusal(cause: Cause, refusal: &Refusal) -> Self {
        let said = |text: &Option<String>| text.clone().unwrap_or_default();
        Self::of(cause)
            .path(said(&refusal.field))
            .got(said(&refusal.got))
            .expected(said(&refusal.expected))
            .words(format!("{} {}", refusal.message, said(&refusal.mend)).trim())
    }
}

/// Nothing is wrong.
pub fn well() -> Finding {
    Finding::of(content::WELL)
}

/// Every cause there is.
pub fn all() -> impl Iterator<Item = Cause> {
    [transport::ALL, document::ALL, content::ALL].into_iter().flatten().copied()
}

#[cfg(test)]
mod tests;

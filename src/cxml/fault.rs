//! What can be wrong with a document, always with the place and what would have been right.
//!
//! A fault never carries a secret: readers of secrets report the length, not the text.

use std::fmt;

use crate::base::text::shorten;

/// A place in a document: lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

impl Position {
    /// The place of a byte offset; an offset beyond the end is the end.
    pub fn of(source: &str, offset: usize) -> Self {
        let mut at = offset.min(source.len());
        while !source.is_char_boundary(at) {
            at -= 1;
        }
        let before = &source[..at];
        let newlines = before.bytes().filter(|byte| *byte == b'\n').count();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[start..].chars().count() + 1;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { line: count(newlines + 1), column: count(column) }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// The bytes are not a well-formed XML document: cXML status 406.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct XmlFault {
    pub line: u32,
    pub column: u32,
    /// What was found and what would have been right, one sentence without a full stop.
    pub message: String,
}

impl XmlFault {
    pub fn new(at: Position, message: impl Into<String>) -> Self {
        Self { line: at.line, column: at.column, message: message.into() }
    }
}

/// The XML is sound, but an element does not say what its place asks for: cXML status 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} (line {line}, column {column}): expected {expected}, got {got}. {mend}")]
pub struct ContentFault {
    pub line: u32,
    pub column: u32,
    /// From the root, an attribute behind `@`: `cXML/Request/OrderRequest/ItemOut[2]/@quantity`.
    pub path: String,
    pub got: String,
    pub expected: String,
    /// How to mend it, one sentence.
    pub mend: String,
}

impl ContentFault {
    pub fn new(at: Position, path: impl Into<String>) -> Self {
        Self {
            line: at.line,
            column: at.column,
            path: path.into(),
            got: "nothing".to_owned(),
            expected: String::new(),
            mend: String::new(),
        }
    }

    /// What stood there, shortened and in quotes.
    #[must_use]
    pub fn got(mut self, got: &str) -> Self {
        self.got = format!("\"{}\"", shorten(got.trim(), 60));
        self
    }

    /// The place of another element, its path kept.
    #[must_use]
    pub fn standing_at(mut self, element: super::tree::Element<'_>) -> Self {
        let at = element.position();
        (self.line, self.column) = (at.line, at.column);
        self
    }

    /// What stood there, in words.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.got = found.into();
        self
    }

    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = expected.into();
        self
    }

    #[must_use]
    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = mend.into();
        self
    }
}

/// Why a document cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("not well-formed: {0}")]
    NotWellFormed(#[from] XmlFault),
    #[error("{what} is {got}, at most {most} are taken")]
    TooLarge { what: &'static str, got: usize, most: usize },
    #[error(transparent)]
    Content(#[from] Box<ContentFault>),
}

impl From<ContentFault> for Fault {
    fn from(fault: ContentFault) -> Self {
        Self::Content(Box::new(fault))
    }
}

impl Fault {
    /// The cXML status code that answers it.
    pub fn status_code(&self) -> u16 {
        match self {
            Self::NotWellFormed(_) => 406,
            Self::TooLarge { .. } => 499,
            Self::Content(_) => 400,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let text = "ab\nçd\ne";
        let at = |offset| Position::of(text, offset);
        assert_eq!(at(0), Position { line: 1, column: 1 });
        assert_eq!(at(5), Position { line: 2, column: 2 });
        assert_eq!(at(4), Position { line: 2, column: 1 }, "inside a character: its start");
        assert_eq!(at(99), Position { line: 3, column: 2 });
    }
}

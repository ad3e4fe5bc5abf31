//! What is wrong with a call or a basket: the field, what was got, what was expected, how to mend.

use std::fmt;

use crate::base::text::{one_line, shorten};

/// Characters of a wrong value that a message repeats.
const SHOWN: usize = 60;

/// A fault in the parameters of a call or in a posted basket as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    /// The field's name as it was sent, or as it should have been.
    pub field: String,
    /// The value, cut and on one line; empty for what is missing and for secrets.
    pub got: String,
    pub expected: String,
    pub mend: String,
}

/// The classes of faults, so that a caller can tell a missing field from a wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// A field that must be there is not, or is empty.
    Missing,
    /// A field that may stand once stands twice.
    Twice,
    /// A field that belongs to nothing, such as a price of a line that has no other field.
    Orphan,
    /// A value that cannot be read.
    Unreadable,
    /// More than this server reads at once.
    TooMuch,
    /// Known, and not supported here.
    Unsupported,
}

impl FaultKind {
    /// The stable code of a refusal made of such a fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "oci-field-missing",
            Self::Twice => "oci-field-twice",
            Self::Orphan => "oci-field-orphan",
            Self::Unreadable => "oci-field-unreadable",
            Self::TooMuch => "oci-too-much",
            Self::Unsupported => "oci-unsupported",
        }
    }
}

impl Fault {
    pub(super) fn new(kind: FaultKind, field: &str, got: &str) -> Self {
        Self {
            kind,
            field: shorten(&one_line(field), SHOWN),
            got: shorten(&one_line(got), SHOWN),
            expected: String::new(),
            mend: String::new(),
        }
    }

    pub(super) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = expected.into();
        self
    }

    pub(super) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = mend.into();
        self
    }

    pub(super) fn missing(field: &str) -> Self {
        Self::new(FaultKind::Missing, field, "")
            .expected("a value")
            .mend(format!("Send {field} with a value."))
    }

    pub(super) fn twice(field: &str) -> Self {
        Self::new(FaultKind::Twice, field, "")
            .expected("the field once")
            .mend(format!("Send {} once.", shorten(&one_line(field), SHOWN)))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}", self.field, self.expected)?;
        if !self.got.is_empty() {
            write!(f, ", got \"{}\"", self.got)?;
        }
        write!(f, ". {}", self.mend)
    }
}

impl std::error::Error for Fault {}

/// A fault in one field of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// The line, counted from 1.
    pub index: u32,
    /// The OCI field without its prefix and index: `UNIT`.
    pub field: &'static str,
    pub got: String,
    pub expected: String,
    pub mend: String,
}

impl LineFault {
    pub(super) fn new(
        index: u32,
        field: &'static str,
        got: &str,
        expected: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        let got = shorten(&one_line(got), SHOWN);
        Self { index, field, got, expected: expected.into(), mend: mend.into() }
    }

    /// The name of the field on the wire: `NEW_ITEM-UNIT[1]`.
    pub fn wire_name(&self) -> String {
        super::basket::wire_name(self.field, self.index)
    }
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { got, expected, mend, .. } = self;
        write!(f, "{}: expected {expected}, got \"{got}\". {mend}", self.wire_name())
    }
}

//! A rule said no. Every refusal names the field, what was got, what was expected, how to mend it.

use std::fmt;

/// How a refusal maps to a transport; the edges translate it in one place each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// The input itself is wrong: HTTP 422, cXML 400.
    Invalid,
    /// Right in itself, but not in the present state: HTTP 409, cXML 409.
    Conflict,
    /// Known, but not allowed to do this: HTTP 403, cXML 403.
    Forbidden,
    /// Not known: HTTP 401, cXML 401.
    Unauthenticated,
    /// Not there, or not for these eyes: HTTP 404, cXML 417.
    NotFound,
    /// Something that the decision needs is missing or broken: HTTP 503, cXML 500.
    Unavailable,
}

/// A rule's no, with a stable kebab-case code that programs rely on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub kind: RefusalKind,
    /// Stable, kebab-case: `content-changed`, `budget-exceeded`.
    pub code: &'static str,
    /// One plain sentence for people.
    pub message: String,
    /// The field at fault: `lines[2].quantity`, `NEW_ITEM-UNIT[1]`, an element path.
    pub field: Option<String>,
    pub got: Option<String>,
    pub expected: Option<String>,
    /// How to mend it.
    pub mend: Option<String>,
    /// Further named values of the answer, such as `available`.
    pub more: Vec<(&'static str, String)>,
}

impl Refusal {
    pub fn new(kind: RefusalKind, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            message: message.into(),
            field: None,
            got: None,
            expected: None,
            mend: None,
            more: Vec::new(),
        }
    }

    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::Invalid, code, message)
    }

    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::Conflict, code, message)
    }

    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::Forbidden, code, message)
    }

    pub fn unauthenticated(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::Unauthenticated, code, message)
    }

    /// Not there, or not for these eyes: the two answers are the same.
    pub fn not_found(what: &str) -> Self {
        Self::new(RefusalKind::NotFound, "not-found", format!("There is no such {what}."))
    }

    pub fn unavailable(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::Unavailable, code, message)
    }

    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    #[must_use]
    pub fn got(mut self, got: impl Into<String>) -> Self {
        self.got = Some(got.into());
        self
    }

    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        let expected = expected.into();
        // A reader's own words may begin and end so; the answer says both already.
        let plain = expected.strip_prefix("expected ").unwrap_or(&expected);
        let plain = plain.split_once(", got \"").map_or(plain, |(asked, _)| asked);
        self.expected = Some(plain.to_owned());
        self
    }

    #[must_use]
    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.more.push((name, value.into()));
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(field) = &self.field {
            write!(f, " Field: {field}.")?;
        }
        if let Some(got) = &self.got {
            write!(f, " Got: {got}.")?;
        }
        if let Some(expected) = &self.expected {
            write!(f, " Expected: {expected}.")?;
        }
        if let Some(mend) = &self.mend {
            write!(f, " {mend}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

//! What a cause is: its code, its words, and who can mend it. The lists stand in the files beside.

/// Who can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// The administrator of this server or of the organisation.
    Us,
    Partner,
    /// Whoever keeps the wires between both: names, firewalls, certificates, proxies.
    Network,
    /// Nothing needs doing.
    Nobody,
}

impl Who {
    /// The word in the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Partner => "partner",
            Self::Network => "network",
            Self::Nobody => "nobody",
        }
    }

    /// In a sentence.
    pub const fn told(self) -> &'static str {
        match self {
            Self::Us => "The administrator of this server",
            Self::Partner => "The partner",
            Self::Network => "Whoever keeps the network",
            Self::Nobody => "Nobody",
        }
    }
}

/// A named cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause {
    /// Stable, kebab-case.
    pub code: &'static str,
    pub who: Who,
    /// A few words for a list.
    pub title: &'static str,
    /// What happened, in plain words.
    pub because: &'static str,
    /// What to do about it.
    pub mend: &'static str,
}

/// Constants for causes, and the list of them all.
macro_rules! causes {
    ($($name:ident $code:literal $who:ident $title:literal $because:literal $mend:literal;)*) => {
        use super::cause::{Cause, Who};

        $(pub const $name: Cause = Cause {
            code: $code, who: Who::$who, title: $title, because: $because, mend: $mend,
        };)*

        /// Every cause of this file.
        pub const ALL: &[Cause] = &[$($name),*];
    };
}
pub(super) use causes;

//! Roles: what a person may be in an organisation. A role is a word of the access policy, not an
//! enum, so that an organisation can add its own (`plant-manager`) without a new release.
//!
//! A role says nothing about tasks: only the assignee of a task decides it (`approval::progress`).

use std::{borrow::Cow, fmt, str::FromStr};

use super::refusal::Refusal;

/// The longest role name; it stands in tables, pages and audit entries.
pub const MAX_ROLE_BYTES: usize = 40;

/// A role's name in kebab-case: `it-reviewer`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Role(Cow<'static, str>);

macro_rules! known_roles {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        impl Role {
            $($(#[$doc])* pub const $name: Self = Self(Cow::Borrowed($text));)*

            /// The roles that every organisation has from the start.
            pub const KNOWN: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

known_roles! {
    /// Shops and hands in requisitions.
    REQUESTER "requester";
    /// May be asked to decide.
    APPROVER "approver";
    /// Is asked above the manager's tier.
    DIRECTOR "director";
    /// Is asked above the director's tier.
    CFO "cfo";
    /// Reviews information technology.
    IT_REVIEWER "it-reviewer";
    /// Handles invoices that differ.
    ACCOUNTS_PAYABLE "accounts-payable";
    /// Keeps people, suppliers, prices and policies; decides nothing.
    ADMIN "admin";
    /// Reads everything and changes nothing.
    AUDITOR "auditor";
    /// Books what arrives.
    RECEIVER "receiver";
    /// Works at a supplier's desk.
    SUPPLIER "supplier";
    /// Shops inside a punchout session, whatever else the person may be.
    PUNCHOUT "punchout";
    /// A procurement system, proved by its shared secret.
    PARTNER "partner";
}

impl Role {
    /// Not given to anybody: who asked for the goods of an invoice.
    pub const GOODS_REQUESTER: Self = Self(Cow::Borrowed("goods-requester"));
    /// Not given to anybody: who signed for them.
    pub const GOODS_APPROVER: Self = Self(Cow::Borrowed("goods-approver"));
    /// Not given to anybody: who took them in.
    pub const GOODS_RECEIVER: Self = Self(Cow::Borrowed("goods-receiver"));

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Role {
    type Err = Refusal;

    /// Reads lower-case letters, digits and single hyphens, a letter first.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        if is_kebab(text) && text.len() <= MAX_ROLE_BYTES {
            return Ok(Self(Cow::Owned(text.to_owned())));
        }
        Err(Refusal::invalid("bad-role", "This is not the name of a role.")
            .field("role")
            .got(crate::base::text::shorten(text, MAX_ROLE_BYTES))
            .expected("lower-case words joined by hyphens, such as it-reviewer")
            .mend("Write the role as it stands in the access policy."))
    }
}

/// Whether a text is lower-case words of letters and digits joined by single hyphens, a letter
/// first: the form of roles, rule ids and short names.
pub fn is_kebab(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Debug for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl serde::Serialize for Role {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
impl<'de> serde::Deserialize<'de> for Role {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_kebab_case() {
        assert_eq!("it-reviewer".parse::<Role>().ok(), Some(Role::IT_REVIEWER));
        for bad in ["", "IT", "it_reviewer", "-it", "it-", "it--r", "1st", "ｉt", "a,b", "a b"] {
            assert!(bad.parse::<Role>().is_err(), "{bad:?}");
        }
        assert!("a".repeat(41).parse::<Role>().is_err());
    }
}

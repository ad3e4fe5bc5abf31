//! Where the approvers of a rule come from.

use crate::domain::role::{Role, is_kebab};
use std::str::FromStr;

/// Whom a rule asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ApproverSource {
    /// The n-th active person up the requester's chain of managers, from 1.
    Manager(u8),
    /// The managers one after the other, up to the first who may sign the amount.
    ManagerChain,
    /// The holders of a role.
    Role(Role),
    /// The people of a group.
    Group(String),
    /// The person with this e-mail address.
    Person(String),
    /// The owner of the cost centre that is charged.
    CostCenterOwner,
    /// Whoever owns the contracts with the suppliers of the lines that the rule is about.
    ContractOwner,
}

const SOURCES: &str = "manager, manager:2, manager-chain, role:NAME, group:NAME, person:E-MAIL, \
                       cost-center-owner or contract-owner";

impl FromStr for ApproverSource {
    type Err = String;

    /// Reads `manager`, `manager:2`, `manager-chain`, `role:director`, `group:buyers`,
    /// `person:mia@acme.example`, `cost-center-owner` or `contract-owner`.
    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || SOURCES.to_owned();
        match text {
            "manager" => return Ok(Self::Manager(1)),
            "manager-chain" => return Ok(Self::ManagerChain),
            "cost-center-owner" => return Ok(Self::CostCenterOwner),
            "contract-owner" => return Ok(Self::ContractOwner),
            _ => {}
        }
        match text.split_once(':').ok_or_else(expected)? {
            ("manager", level) => one_digit(level).map(Self::Manager).ok_or_else(expected),
            ("role", role) => role.parse().map(Self::Role).map_err(|_| expected()),
            ("group", group) if is_kebab(group) => Ok(Self::Group(group.to_owned())),
            ("person", mail) if mail.contains('@') && !mail.contains(char::is_whitespace) => {
                Ok(Self::Person(crate::base::text::fold(mail)))
            }
            _ => Err(expected()),
        }
    }
}

impl std::fmt::Display for ApproverSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Manager(1) => f.write_str("the manager"),
            Self::Manager(level) => write!(f, "the manager {level} levels up"),
            Self::ManagerChain => f.write_str("the chain of managers"),
            Self::Role(role) => write!(f, "the {}", words_of(role.as_str())),
            Self::Group(group) => write!(f, "the group {}", words_of(group)),
            Self::Person(mail) => f.write_str(mail),
            Self::CostCenterOwner => f.write_str("the owner of the cost centre"),
            Self::ContractOwner => f.write_str("the owner of the contract"),
        }
    }
}

fn words_of(kebab: &str) -> String {
    match kebab {
        "cfo" => "CFO".to_owned(),
        "it-reviewer" => "IT reviewer".to_owned(),
        _ => kebab.replace('-', " "),
    }
}

pub(super) fn one_digit(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [digit @ b'1'..=b'9'] => Some(digit - b'0'),
        _ => None,
    }
}

//! What a plan is made of: rules that ask, places, people, steps.

use std::str::FromStr;

use super::Person;
use crate::{
    base::{money::Money, words::words},
    domain::{
        refusal::Refusal,
        role::{Role, is_kebab},
    },
};

/// A rule in the version that was in force.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleRef {
    pub id: String,
    pub version: String,
}

words! {
    /// How many of a step's people must agree.
    Mode {
        /// One of them is enough.
        Any = "any",
        /// Each of them.
        All = "all",
    }
}

/// Where a rule's step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// One after the other, from 1.
    Tier(u8),
    /// Side by side with the first tier.
    Beside,
    /// After everything else.
    Last,
}

impl FromStr for Place {
    type Err = String;

    /// Reads `tier-1` to `tier-9`, `beside` or `last`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "beside" => Ok(Self::Beside),
            "last" => Ok(Self::Last),
            _ => text
                .strip_prefix("tier-")
                .and_then(one_digit)
                .map(Self::Tier)
                .ok_or_else(|| "tier-1 to tier-9, beside or last".to_owned()),
        }
    }
}

/// Whom a rule asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ApproverSource {
    /// The n-th active person up the requester's chain of managers, from 1.
    Manager(u8),
    /// The holders of a role.
    Role(Role),
    /// The person with this e-mail address.
    Person(String),
}

impl FromStr for ApproverSource {
    type Err = String;

    /// Reads `manager`, `manager:2`, `role:director` or `person:mia@acme.example`.
    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || "manager, manager:2, role:NAME or person:E-MAIL".to_owned();
        if text == "manager" {
            return Ok(Self::Manager(1));
        }
        match text.split_once(':').ok_or_else(expected)? {
            ("manager", level) => one_digit(level).map(Self::Manager).ok_or_else(expected),
            ("role", role) => role.parse().map(Self::Role).map_err(|_| expected()),
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
            Self::Role(role) => write!(f, "the {}", words_of(role.as_str())),
            Self::Person(mail) => f.write_str(mail),
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

fn one_digit(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [digit @ b'1'..=b'9'] => Some(digit - b'0'),
        _ => None,
    }
}

/// A rule that applies, before it is known who that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub rule: RuleRef,
    pub place: Place,
    pub mode: Mode,
    pub source: ApproverSource,
    /// Plain words for people.
    pub because: String,
}

/// One step of a plan: its people decide at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// From 1; steps side by side share one order.
    pub order: u32,
    pub mode: Mode,
    pub rule: RuleRef,
    pub because: String,
    /// Active people, never the requester, each once in the whole plan unless nobody else is left.
    pub approvers: Vec<Person>,
    /// Rules that would have asked the same people again.
    pub also: Vec<RuleRef>,
}

/// The chain computed for one requisition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub policy_version: String,
    pub limits_version: String,
    /// In ascending order.
    pub steps: Vec<PlannedStep>,
}

/// What the policy says of a requisition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody needs to be asked.
    NoSignOff {
        because: String,
        limit: Option<RuleRef>,
        policy_version: String,
    },
    Plan(Plan),
    /// It cannot be submitted as it stands.
    Blocked(Refusal),
}

/// An amount as people read it in a sentence: `7,834.80 EUR`.
pub fn plain(money: Money) -> String {
    let amount = money.amount_text();
    let (sign, digits) = amount.strip_prefix('-').map_or(("", amount.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::with_capacity(amount.len() + 8);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{fraction} {}", money.currency())
}

/// Whether a text can be a rule's id.
pub fn is_rule_id(text: &str) -> bool {
    is_kebab(text) && text.len() <= 60
}

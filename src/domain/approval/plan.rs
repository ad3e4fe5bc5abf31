//! What a plan is made of: rules that ask, places, people, steps.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Person;
use crate::{
    base::money::Money,
    domain::{refusal::Refusal, role::is_kebab},
};

mod source;

pub use source::ApproverSource;
use source::one_digit;

/// A rule in the version that was in force.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RuleRef {
    pub id: String,
    pub version: String,
}

/// How many of a step's people must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// One yes is enough; a no rejects.
    Any,
    /// Each of them; a no rejects.
    All,
    /// Whoever answers first decides, yes or no.
    First,
    /// So many of them, 2 to 9; it is rejected when so many can no longer be reached.
    Of(u8),
}

impl Mode {
    /// The word of a set, of JSON and of the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::All => "all",
            Self::First => "first",
            Self::Of(2) => "2-of",
            Self::Of(3) => "3-of",
            Self::Of(4) => "4-of",
            Self::Of(5) => "5-of",
            Self::Of(6) => "6-of",
            Self::Of(7) => "7-of",
            Self::Of(8) => "8-of",
            Self::Of(_) => "9-of",
        }
    }

    /// How many different people must say yes, of so many who are asked.
    pub fn needed(self, asked: usize) -> usize {
        match self {
            Self::Any | Self::First => 1,
            Self::All => asked.max(1),
            Self::Of(votes) => usize::from(votes),
        }
    }

    /// Whether one no ends it.
    pub const fn one_no_rejects(self) -> bool {
        !matches!(self, Self::Of(_))
    }
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Mode {
    type Err = String;

    /// Reads `any`, `all`, `first` or `2-of` to `9-of`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "any" => Ok(Self::Any),
            "all" => Ok(Self::All),
            "first" => Ok(Self::First),
            _ => text
                .strip_suffix("-of")
                .and_then(one_digit)
                .filter(|votes| *votes > 1)
                .map(Self::Of)
                .ok_or_else(|| "any, all, first, or 2-of to 9-of".to_owned()),
        }
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

/// A rule that applies, before it is known who that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub rule: RuleRef,
    pub place: Place,
    pub mode: Mode,
    pub source: Wanted,
    /// Plain words for people.
    pub because: String,
}

/// Whom one applying rule wants, with what of the requisition decides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Source(ApproverSource),
    /// The first so many managers; `None` when nobody in the chain may sign that much.
    Managers(Option<usize>),
    /// Contract owners for these suppliers, by short name.
    ContractOwners(Vec<String>),
    /// One whom the requester named himself.
    AdHoc(Person),
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

/// A message that a rule shows at submission without stopping it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    pub rule: RuleRef,
    /// The admin's own words.
    pub message: String,
    /// What the facts say.
    pub because: String,
}

/// Somebody who is told and not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watcher {
    pub rule: RuleRef,
    pub person: Person,
    pub because: String,
}

/// What rules say beside asking.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Notes {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watchers: Vec<Watcher>,
}

/// The chain computed for one requisition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub policy_version: String,
    pub limits_version: String,
    /// In ascending order.
    pub steps: Vec<PlannedStep>,
    pub notes: Notes,
}

/// What the policy says of a requisition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody needs to be asked.
    NoSignOff {
        because: String,
        limit: Option<RuleRef>,
        policy_version: String,
        notes: Notes,
    },
    Plan(Plan),
    /// It cannot be submitted as it stands.
    Blocked(Refusal),
}

impl Outcome {
    /// The steps; none when nobody is asked or it is blocked.
    pub fn steps(&self) -> &[PlannedStep] {
        match self {
            Self::Plan(plan) => &plan.steps,
            Self::NoSignOff { .. } | Self::Blocked(_) => &[],
        }
    }

    /// Adds a warning, unless it is blocked anyway.
    pub fn warn(&mut self, warning: Warning) {
        match self {
            Self::Plan(plan) => plan.notes.warnings.push(warning),
            Self::NoSignOff { notes, .. } => notes.warnings.push(warning),
            Self::Blocked(_) => {}
        }
    }

    /// What rules say beside asking.
    pub fn notes(&self) -> Option<&Notes> {
        match self {
            Self::Plan(plan) => Some(&plan.notes),
            Self::NoSignOff { notes, .. } => Some(notes),
            Self::Blocked(_) => None,
        }
    }
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

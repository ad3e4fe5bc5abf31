//! Sign-off: the facts of a requisition, the plan that follows from them, and the plan's progress.
//!
//! The policy says **which** rules apply ([`Asked`]); this module says **who** that is and **in
//! what order** ([`arrange`]), and how decisions move a running plan ([`decide`]). All pure.
//! What must never happen here: a requester who approves, a person who counts twice, a dead end
//! that turns into a silent yes.

mod facts;
mod plan;
mod progress;

pub use facts::{
    BudgetMode, BudgetState, Facts, Line, Person, Rate, Source, WindowSum, cannot_decide,
};
pub use plan::{
    ApproverSource, Asked, Mode, Outcome, Place, Plan, PlannedStep, RuleRef, arrange, is_rule_id,
    plain,
};
pub use progress::{
    Decision, Moved, Progress, RunningStep, RunningTask, StepState, TaskMove, TaskState, Verdict,
    decide, start, withdraw,
};

/// An enum whose every value has one stable word, for rows, JSON and pages.
macro_rules! worded {
    (
        $(#[$doc:meta])*
        pub enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The value of this word, or `None` when there is no such word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
use worded;

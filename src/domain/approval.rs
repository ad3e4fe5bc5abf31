//! Sign-off: the facts of a requisition, the plan that follows from them, and the plan's progress.
//!
//! The policy says **which** rules apply ([`Asked`]); this module says **who** that is and **in
//! what order** ([`arrange`]), and how decisions move a running plan ([`decide`]). All pure.
//! What must never happen here: a requester who approves, a person who counts twice, a dead end
//! that turns into a silent yes.

mod arrange;
mod facts;
mod keep;
mod kept;
mod plan;
mod progress;
mod record;
mod stand_in;

pub use arrange::{arrange, people};
pub use facts::{
    AdHoc, BudgetMode, BudgetState, Counted, Earlier, Facts, LapsedBudget, Line, LineKind,
    OtherBudget, Person, Rate, SupplierStatus, WindowSum, cannot_decide,
};
pub use keep::{Kept, keep};
pub use kept::{KeptPlan, KeptStep};
pub use plan::{
    ApproverSource, Asked, Mode, Notes, Outcome, Place, Plan, PlannedStep, RuleRef, Wanted,
    Warning, Watcher, is_rule_id, plain,
};
pub use progress::{
    Decision, Moved, Progress, RunningStep, RunningTask, StepState, TaskMove, TaskState, Verdict,
    decide, start, withdraw,
};
pub use record::{DecisionRecord, Step, Task, apply, progress_of};
pub use stand_in::{LINK_MS, Ring, StandIn, StandInKind, Timers, link_bound};

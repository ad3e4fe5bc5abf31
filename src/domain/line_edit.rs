//! What approvers did to single lines: rejected them, or changed quantity or account.

use crate::base::{
    id::{LineEditId, PersonId, RequisitionId, TaskId},
    time::Time,
    words::words,
};

words! {
    /// What was done to a line.
    What {
        Rejected = "rejected",
        Quantity = "quantity",
        Account = "account",
    }
}

/// One such act, kept for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineEdit {
    pub id: LineEditId,
    pub requisition: RequisitionId,
    /// The task in whose decision it was done.
    pub task: Option<TaskId>,
    pub person: PersonId,
    /// The line's number.
    pub position: i64,
    pub what: What,
    pub sku: String,
    pub description: String,
    pub before: String,
    /// Empty for a rejected line.
    pub after: String,
    pub reason: String,
    pub made_at: Time,
}

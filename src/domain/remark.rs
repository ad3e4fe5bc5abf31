//! The conversation about a requisition: comments, and questions that stop the clock until they are
//! answered.

use crate::base::{
    id::{PersonId, RemarkId, RequisitionId},
    time::Time,
    words::words,
};

words! {
    /// What somebody says.
    RemarkKind {
        Comment = "comment",
        /// By somebody who is to decide; no timer rings until the requester answers.
        Question = "question",
        Answer = "answer",
    }
}

/// One contribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub id: RemarkId,
    pub requisition: RequisitionId,
    pub person: PersonId,
    pub kind: RemarkKind,
    pub text: String,
    pub made_at: Time,
}

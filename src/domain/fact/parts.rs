//! What several facts have in common, and the larger of them.

use serde::{Deserialize, Serialize};

use crate::base::time::Time;

/// One changed field, with what it was and is; secrets are never named by value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub field: String,
    pub before: String,
    pub after: String,
}

/// A requisition handed in, or handed in anew with other lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequisitionFact {
    pub requisition: String,
    pub number: String,
    pub requester: String,
    pub total: String,
    pub content_hash: String,
    pub round: i64,
    pub approval_version: i64,
    pub limits_version: i64,
    pub steps: u32,
}

/// A decision on one task; `decision_hash` is the SHA-256 of the decision's canonical text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    pub requisition: String,
    pub task: String,
    pub decision: String,
    pub by: String,
    pub on_behalf_of: Option<String>,
    pub comment: String,
    pub content_hash: String,
    pub decision_hash: String,
    pub at: Time,
}

/// A document that was written to answer another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    pub document: String,
    pub kind: String,
    pub sha256: String,
}

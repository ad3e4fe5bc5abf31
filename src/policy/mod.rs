//! The only place that knows casbin: access, approval rules, spending limits.
//!
//! * [`access`]: may this role do that? Anything that is not a clear yes is a no.
//! * [`approval`]: which rules apply to a requisition, and the plan that follows. A value that is
//!   missing or unreadable blocks the submission; it never counts as "does not apply".
//! * [`limits`]: the requesters' own spending limits.
//! * [`check`] and [`explain`]: what is wrong with a set; why a plan is as it is.
//! * [`seed`]: the sets an organisation starts with, embedded from `policies/`.
//!
//! Never here: SQL, the network, arithmetic on amounts inside a matcher, `eval`, casbin's caches.

pub mod access;
pub mod approval;
pub mod check;
pub mod explain;
pub mod limits;
pub mod seed;

mod case;
mod engine;
mod model;
mod proof;
mod rule;
mod signing;
mod table;
mod words;

#[cfg(test)]
mod tests;

//! The rules of the house, pure: no async, no SQL, no network, no clock, no randomness.

pub mod approval;
pub mod delivery;
pub mod notice;
pub mod refusal;
pub mod role;

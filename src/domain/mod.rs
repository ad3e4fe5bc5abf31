//! The rules of the house, pure: no async, no SQL, no network, no clock, no randomness.

pub mod refusal;

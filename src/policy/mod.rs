//! The only place that knows casbin: access, approval rules, spending limits.
pub mod access;
pub mod seed;

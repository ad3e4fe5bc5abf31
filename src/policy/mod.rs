//! The only place that knows casbin: access, approval rules, spending limits.

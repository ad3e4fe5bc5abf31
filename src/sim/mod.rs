//! Simulators that reach the server from outside, as a stranger would.

pub mod mail;

//! The demo world and its history.

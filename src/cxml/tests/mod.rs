//! Tests that need whole documents.

mod corpus;
mod hostile;
mod judge;
mod round_trip;
mod samples;

//! Tests that need whole documents.

mod corpus;
mod hostile;
mod round_trip;
mod samples;

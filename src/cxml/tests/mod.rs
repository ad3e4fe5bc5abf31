//! Tests that need whole documents.

mod corpus;
mod dice;
mod hostile;
mod judge;
mod round_trip;
mod samples;
mod written;

//! Tests that need whole documents.

mod corpus;
mod hostile;

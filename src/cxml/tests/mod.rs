//! Tests that need whole documents.

mod hostile;

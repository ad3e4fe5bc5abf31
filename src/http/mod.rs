//! The HTTP edge: the cXML door, OCI, the JSON API and the pages.

pub mod assets;
pub mod guard;
pub mod locale;
pub mod metrics;
pub mod part;

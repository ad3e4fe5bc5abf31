//! Floor 6: the demo world of `interfaces.md`, made once in an empty database.

pub mod cast;
pub mod world;

//! Floor 2: pure codecs for cXML.

pub mod encoding;
pub mod fault;
mod gate;
pub mod limits;
mod read;
pub mod redact;
mod tag;
pub mod tree;
pub mod write;

#[cfg(test)]
mod tests;

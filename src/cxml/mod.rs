//! Floor 2: pure codecs for cXML.

pub mod encoding;
pub mod fault;
mod gate;
pub mod limits;
mod tag;
pub mod tree;

#[cfg(test)]
mod tests;

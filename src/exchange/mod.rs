//! Between documents and commands: what a decoded document means to the house.

pub mod catalogue;
pub mod letter;

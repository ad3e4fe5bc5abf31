//! Between documents and commands: what a decoded document means to the house.

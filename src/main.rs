//! The command line: reads it, starts what it names, turns the outcome into an exit code.

fn main() {}

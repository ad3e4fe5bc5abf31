//! The seeds against `policies/cases.csv`, and the world in which the tests of this room play.

mod cases;
mod golden;
mod random;
mod sets;
mod speed;
mod world;

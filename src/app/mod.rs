//! Use cases. Every change goes through the one door `act`.

//! Background work: deliveries, letters, timers, the audit sealer.

pub mod seal;

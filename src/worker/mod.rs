//! Background work: deliveries, letters, timers, the audit sealer.

//! Floor 1: values. Ids, money, quantities, time, text, secrets and pages of a list.
//!
//! Everything here is pure: no clock is read and no randomness drawn; both come in as arguments.
//! Nothing here knows a table, a document or a screen.

pub mod certificate;
pub mod decimal;
pub mod id;
pub mod money;
pub mod page;
pub mod quantity;
pub mod secret;
pub mod text;
pub mod time;
pub mod unit;
pub mod words;
pub mod xml;

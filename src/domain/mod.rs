//! The rules of the house, pure: no async, no SQL, no network, no clock, no randomness.

pub mod approval;
pub mod budget;
pub mod cart;
pub mod catalogue;
pub mod confirmation;
pub mod delivery;
pub mod fact;
pub mod invoice;
pub mod matching;
pub mod notice;
pub mod order;
pub mod party;
pub mod period;
pub mod price;
pub mod profile;
pub mod punchout;
pub mod receipt;
pub mod refusal;
pub mod requisition;
pub mod returned_cart;
pub mod role;
pub mod shipment;
pub mod spending;

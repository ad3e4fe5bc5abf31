//! Between documents and commands: what a decoded document means to the house.

pub mod absence;
pub mod catalogue;
pub mod confirmation;
pub mod conformance;
pub mod diagnosis;
pub mod gateway;
pub mod invoice;
pub mod letter;
pub mod order;
pub mod payment;
pub mod punchout;
pub mod receipt;
pub mod shipment;
pub mod status;
pub mod status_update;

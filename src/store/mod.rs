//! Floor 3: the only place that contains SQL.
//!
//! One SQL text serves SQLite and PostgreSQL through [`db`]; columns are TEXT, BIGINT/INTEGER or
//! BYTEA/BLOB and nothing else. Functions take a connection, so the same ones serve reads and
//! the one write transaction. [`Store::write`] is called by `app::act` and [`upkeep`] alone: a
//! change of an audited table never starts anywhere else.

pub mod attachment;
pub mod audit;
pub mod budget;
pub mod buyer_order;
pub mod calendar;
pub mod cart;
pub mod chain;
pub mod confirmation;
pub mod conformance;
pub mod db;
pub mod delegation;
pub mod delivery;
pub mod digest;
pub mod document;
pub mod gateway;
pub mod idempotency;
pub mod inbox;
pub mod invite;
pub mod invoice;
pub mod item;
pub mod key_mark;
pub mod letter;
pub mod line_edit;
pub mod number;
pub mod order;
pub mod organisation;
mod outbox;
pub mod partner;
pub mod payment;
pub mod person;
pub mod plan_record;
pub mod policy;
pub mod price;
pub mod punchout_session;
pub mod receipt;
pub mod register;
pub mod remark;
pub mod requisition;
pub mod requisition_file;
pub mod session;
pub mod shadow;
pub mod shipment;
pub mod sign_off;
pub mod spending;
pub mod stand_in;
pub mod step;
pub mod supplier;
pub mod upkeep;
pub mod watcher;
pub mod webhook;
pub mod wire;

mod connect;
mod error;
mod goods;
mod migrate;
mod reading;
mod row;
mod rows;
mod sole;
mod write;

pub use connect::{Dialect, SQLITE_READERS, Store};
pub use db::Conn;
pub use error::StoreError;
pub use migrate::{Migrated, migrate};
pub use reading::Reading;
pub use row::{Bool, Row};
pub use sole::Sole;
pub use write::Work;

#[cfg(test)]
mod tests;

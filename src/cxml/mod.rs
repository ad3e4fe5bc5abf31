//! Floor 2: pure codecs for cXML. Bytes come in and become a [`Document`]; a document becomes
//! bytes.
//!
//! Strict in what is written (official DTDs, in their order), tolerant in what is read (by name,
//! unknown things kept in the tree, odd dates and numbers of lines as real senders write them), and
//! without mercy for what is not XML. Wire words (`ItemOut`) stay here; the floors above speak of
//! order lines. Nothing here fetches, expands, asks a clock or draws a random number.

pub mod address;
pub mod blanket;
pub mod catalog_upload;
pub mod charges;
mod codec;
pub mod confirmation;
pub mod encoding;
pub mod fault;
mod gate;
pub mod header;
pub mod index;
pub mod invoice;
pub mod invoice_line;
pub mod item;
pub mod limits;
pub mod mac;
pub mod modification;
pub mod multipart;
pub mod order;
mod order_info;
mod overlay;
pub mod pending;
pub mod pretty;
pub mod profile;
pub mod punchout_order;
pub mod punchout_setup;
mod read;
pub mod receipt;
pub mod redact;
pub mod remittance;
mod schema;
pub mod ship_notice;
pub mod status;
pub mod status_update;
mod tag;
pub mod tree;
mod unread;
pub mod validate;
pub mod values;
pub mod write;

pub use codec::{Document, Payload, Received, decode, encode, receive};
pub use fault::{ContentFault, Fault, XmlFault};
pub use header::{Credential, Envelope, Form, Mode, Party};
pub use pretty::{prettify, prettify_as};
pub use redact::{SECRET_MARK, TOKEN_MARK, fill_secret, fill_token, redact, redact_text};
pub use status::{Status, StatusClass};
pub use unread::{Piece, Unread, UnreadPart};
pub use validate::{CheckFault, Findings, check, examine, examine_text};

#[cfg(test)]
mod tests;

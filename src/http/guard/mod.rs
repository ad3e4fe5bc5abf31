//! The hardened transport: what stands between the network and the handlers.
//!
//! poem 3.1 has no slow-client defence and no limit on bodies, and answers requests without a Host
//! (measured; security.md 1.8, 1.9). So connections are accepted, timed and capped here, a request
//! reaches a handler only when its head is sane and its whole body is in memory and within its
//! limit, and every answer leaves with security headers, a request id, one log line and one sample.
//!
//! Nothing here knows a use case. No query string, path token, cookie or body is ever logged.

pub mod certificate;
pub mod connection;
pub mod cookie;
pub mod csrf;
pub mod fault;
pub mod form;
pub mod front;
pub mod headers;
pub mod limits;
pub mod request;

pub use certificate::ClientCertificate;
pub use connection::{Gate, GuardedAcceptor};
pub use form::{Charset, Form};
pub use front::Front;
pub use headers::PagePolicy;
pub use limits::Limits;
pub use request::RequestId;

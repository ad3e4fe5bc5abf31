//! The only place that opens connections: HTTP to partners, SMTP to the mail server.
//!
//! Every call is bounded in time and size, follows nothing, keeps nothing between calls, and asks
//! [`resolve`] whether the address may be reached at all. What an answer means is decided in
//! `domain::delivery`; nothing here retries.

pub mod client;
pub mod mail;
pub mod resolve;

/// Installs ring as the one TLS provider of the process; further calls change nothing.
/// The server calls it before it opens anything: without a named provider rustls panics as soon as
/// a second one is linked in.
pub fn install_tls() {
    // An error says that a provider stands already, which is all that is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

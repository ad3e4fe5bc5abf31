//! Countersign: a procurement punchout and approval server.
//!
//! The house has seven floors. A file imports only from lower floors or from its own folder;
//! `tests/it/tidy.rs` reads every `use crate::` and fails on an arrow that is not downward.
//!
//! ```text
//!  7  main                          command line, exit codes
//!  6  server  |  demo               wiring: pools, policies, mailer; http + workers; graceful stop
//!  5  http    |  worker             the edges; neither imports the other
//!  4  app                           use cases; the one door `act`
//!  3  exchange | store | policy | outbound   documents <-> commands / SQL / casbin / network
//!  2  domain   | cxml | oci         rules / pure codecs; config stands here too
//!  1  base                          values: ids, money, quantity, time, text, secret, page
//! ```
//!
//! One walk through it: bytes come in at `http::cxml`, [`cxml`] decodes them, [`exchange`] makes a
//! command of the document, a use case in [`app`] decides inside the one write transaction that
//! `app::act` opens, [`store`] keeps rows, audit entries and outgoing documents together, and
//! [`worker`] sends what was frozen. Nothing turns back.

pub mod base;

pub mod config;
pub mod cxml;
pub mod domain;
pub mod oci;
pub mod oracle;
pub mod ubl;

pub mod exchange;
pub mod outbound;
pub mod policy;
pub mod store;

pub mod app;

pub mod http;
pub mod worker;

pub mod demo;
pub mod server;
pub mod sim;

//! The black-box tests: one binary, a real server on a port of its own, a real database per test.
//!
//! `harness/` starts servers and speaks HTTP with them; `flow_*.rs` walk the journeys of the
//! product, `api_*.rs` and `pages_*.rs` the edges, and `tidy.rs` guards the house itself.

// This whole binary is a test: a panic is how it says no.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod api_admin;
mod api_document;
mod api_login;
mod api_schema;
mod cart_formats;
mod command_line;
mod flow_at_once;
mod flow_attachments;
mod flow_audit;
mod flow_away;
mod flow_budget;
mod flow_change_order;
mod flow_conformance;
mod flow_crash;
mod flow_credentials;
mod flow_digest;
mod flow_doctor;
mod flow_documents;
mod flow_gateway;
mod flow_import;
mod flow_invoice;
mod flow_level_two;
mod flow_limits;
mod flow_lines;
mod flow_memo;
mod flow_no_way_round;
mod flow_oci;
mod flow_orders;
mod flow_outage;
mod flow_policy;
mod flow_profiles;
mod flow_punchout;
mod flow_rates;
mod flow_replay;
mod flow_serve;
mod flow_sign_off;
mod flow_start;
mod flow_told;
mod flow_two_servers;
mod flow_webhook;
// A tool box: not every journey takes out every tool.
#[allow(dead_code, unused_imports)]
mod harness;
mod pages_admin;
mod pages_sign_in;
mod pages_typed;
mod store_audit;
mod store_budget;
mod store_conformance;
mod store_invoice;
mod store_order;
mod store_schema;
mod store_shop;
mod store_signoff;
mod tidy;

//! What every black-box test stands on: a real server as a child process, a real database of its
//! own, a small HTTP client with cookies, and the documents a partner would send.
//!
//! Nothing of our own code is called: the server is reached as a stranger reaches it.

pub mod api;
pub mod client;
pub mod database;
pub mod documents;
pub mod dtd;
pub mod front;
pub mod html;
pub mod inside;
pub mod server;
pub mod shop;
pub mod site;

pub use api::Api;
pub use client::{Answer, Client};
pub use database::{Database, Kind};
pub use front::Front;
pub use server::Server;
pub use shop::Shop;
pub use site::Site;

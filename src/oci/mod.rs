//! Pure codec for OCI 4.0 and 5.0: the call parameters in, the return form out, and back.
//!
//! [`form`] turns bytes into ordered pairs and pairs into bytes of a charset; [`call`] reads the
//! start call; [`hook`] checks where a cart may return; [`basket`] writes and
//! checks the lines; [`posted`] reads a basket that a browser posted. Nothing here decides who may
//! call or where a cart may go: the connection's settings come in as arguments.

pub mod basket;
pub mod call;
pub mod fault;
pub mod form;
pub mod hook;
pub mod json;
pub mod posted;

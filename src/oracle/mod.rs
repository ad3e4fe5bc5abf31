//! Oracle's own cart format: what iProcurement reads when it is set to Oracle XML instead of cXML.
//!
//! A pure codec. Prices are per one unit there: whoever calls has made them so.

pub mod cart;

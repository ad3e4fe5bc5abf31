//! UBL documents as Peppol profiles them.
//!
//! Pure codecs: amounts, units and parties come in ready; nothing here rounds or maps.

pub mod catalogue;

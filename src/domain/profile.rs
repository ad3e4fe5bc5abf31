//! Partner profiles: what one family of procurement systems wants and cannot do, as data.
//!
//! `profile/*.toml` holds one file a system; `generic.toml` says everything and explains it, the
//! others say only what differs. A connection is a profile and its own overrides, in the same
//! words: the three are laid over each other and read strictly, so that a misspelt word is a named
//! fault and never a silent nothing. A quirk is a line in a file; no code asks which system it is.

mod check;
mod layer;

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use serde::Deserialize;

pub use check::{Measured, check, checked_class, price_as};

use crate::base::{unit::UnitMap, words::words};

use super::{party::CartEncoding, refusal::Refusal};

/// The profile of a connection that names none.
pub const GENERIC: &str = "generic";

/// Bytes of a connection's overrides.
const MOST_OVERRIDES: usize = 8_000;

/// Every profile that ships: its short name and its file.
const SHIPPED: &[(&str, &str)] = &[
    (GENERIC, include_str!("profile/generic.toml")),
    ("amazon-business", include_str!("profile/amazon-business.toml")),
    ("ariba", include_str!("profile/ariba.toml")),
    ("coupa", include_str!("profile/coupa.toml")),
    ("dynamics-365", include_str!("profile/dynamics-365.toml")),
    ("ivalua", include_str!("profile/ivalua.toml")),
    ("jaggaer", include_str!("profile/jaggaer.toml")),
    ("oracle-ebs", include_str!("profile/oracle-ebs.toml")),
    ("oracle-fusion", include_str!("profile/oracle-fusion.toml")),
    ("powerschool", include_str!("profile/powerschool.toml")),
    ("s4hana", include_str!("profile/s4hana.toml")),
    ("sap-srm", include_str!("profile/sap-srm.toml")),
    ("workday", include_str!("profile/workday.toml")),
];

words! {
    /// The document that brings a cart home from a cXML visit.
    CartFormat {
        /// PunchOutOrderMessage.
        Cxml = "cxml",
        /// Oracle's `OrderLinesDataElements`.
        OracleXml = "oracle-xml",
        /// Peppol BIS Punch Out 3.
        Peppol = "peppol",
    }
}

words! {
    /// What a length is counted in.
    Measure {
        Characters = "characters",
        Bytes = "bytes",
    }
}

words! {
    /// What becomes of the query of a HOOK_URL.
    HookQuery {
        /// It becomes hidden fields, as SAP asks.
        Split = "split",
        /// The address is used whole.
        Whole = "whole",
    }
}

words! {
    /// Documents that are taken beside setups, orders and what answers them, when offered.
    Offer {
        /// A procurement system says what arrived.
        Receipt = "ReceiptRequest",
        /// A procurement system says what it paid.
        Remittance = "PaymentRemittanceRequest",
        /// A supplier sends its catalogue.
        Catalogue = "CatalogUploadRequest",
        /// Either side asks for what waits for it.
        Pending = "GetPendingRequest",
        /// Either side sends a document for somebody to look at.
        Copy = "CopyRequest",
    }
}

words! {
    /// What becomes of a catalogue that a supplier sends.
    Upload {
        /// What it would change is told; a person applies it.
        Report = "report",
        Apply = "apply",
    }
}

words! {
    /// What a field that stands open carries.
    Carried {
        Nothing = "nothing",
        Unspsc = "unspsc",
        Supplier = "supplier",
        Sku = "sku",
        Maker = "maker",
        /// Our own name of the line.
        Line = "line",
    }
}

/// A whole profile; every value is said somewhere in the layers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The system's name for people.
    pub title: String,
    pub cart: CartRule,
    pub limits: Limits,
    pub units: UnitMap,
    pub classification: Classification,
    pub extrinsics: Extrinsics,
    pub oci: OciRule,
    pub documents: Documents,
}

/// Which documents are taken beside the usual ones.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documents {
    /// What is not named here is answered 450.
    pub offered: Vec<Offer>,
    pub catalogue: Upload,
}

/// What a connection says of the other side's system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Short name of a shipped profile.
    pub name: String,
    /// The connection's own lines over it, in TOML; empty: none.
    pub overrides: String,
}

impl Default for Chosen {
    fn default() -> Self {
        Self { name: GENERIC.to_owned(), overrides: String::new() }
    }
}

impl Chosen {
    /// The whole profile; a refusal when the lines cannot be used (they were checked when saved).
    pub fn read(&self) -> Result<Arc<Profile>, Refusal> {
        profile(&self.name, &self.overrides)
    }

    /// How a cXML cart is put into the form: as the overrides state, else as the connection has it.
    pub fn encoding(&self, own: CartEncoding) -> Result<CartEncoding, Refusal> {
        let stated = self.overrides.parse::<toml::Table>().ok().is_some_and(|table| {
            let cart = table.get("cart").and_then(toml::Value::as_table);
            cart.is_some_and(|cart| cart.contains_key("encoding"))
        });
        if stated { Ok(self.read()?.cart.encoding) } else { Ok(own) }
    }
}

/// How a cart goes home from a cXML visit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CartRule {
    pub format: CartFormat,
    pub encoding: CartEncoding,
    /// Name of the form field; empty: the format's own.
    pub field: String,
    /// Whether a price may be for more than one unit.
    pub price_basis: bool,
    /// Places after the point of a price; more, and the price basis is widened.
    pub price_decimals: u32,
    /// Characters of Description/ShortName; 0: none is written.
    pub short_name: usize,
    /// Whether SupplierID names who sells the line.
    pub supplier_id: bool,
}

/// The most a system keeps, field by field; longer values are named before the browser leaves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub measure: Measure,
    pub part: usize,
    pub auxiliary: usize,
    pub description: usize,
    pub unit: usize,
    pub maker: usize,
    pub maker_part: usize,
    /// Most lines of one cart.
    pub lines: usize,
    /// Characters that a field must not hold, by the field's name above.
    pub forbidden: BTreeMap<String, String>,
}

/// What a classification must look like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classification {
    /// Domain as written in the document.
    pub domain: String,
    /// Numbers of digits that are taken.
    pub digits: Vec<usize>,
    /// Whether a line without one cannot go.
    pub required: bool,
    /// What a line without one carries; empty: nothing.
    pub fallback: String,
}

/// The names of extrinsics, the first that is filled wins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extrinsics {
    /// In a setup request: who shops.
    pub user_email: Vec<String>,
    pub user_name: Vec<String>,
    /// In an order: the cost centre.
    pub cost_center: Vec<String>,
    /// Written with every line of a cart, by name.
    pub line: BTreeMap<String, Carried>,
}

/// OCI: how the shop is called and what the cart's form looks like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OciRule {
    /// Field names of a new connection.
    pub user_field: String,
    pub password_field: String,
    pub hook_field: String,
    pub mail_field: String,
    /// When the call asks for none.
    pub charset: String,
    /// The form's target when the call names none.
    pub target: String,
    pub hook_query: HookQuery,
    /// Whether `SAPEVENT:POST` is a return address.
    pub sap_event: bool,
    /// Lengths of fields that differ from OCI 4.0, such as `MATNR = 18`.
    pub lengths: BTreeMap<String, usize>,
    /// What MATGROUP carries.
    pub material_group: Carried,
    /// What VENDOR carries; a fixed number is said in `fixed`.
    pub vendor: Carried,
    /// What CUST_FIELD1..5 carry.
    pub custom: BTreeMap<String, Carried>,
    /// Fields that every line carries with one value, such as `VENDOR = "0000100042"`.
    pub fixed: BTreeMap<String, String>,
}

/// What a shipped profile says: its file, with its comments.
pub fn file_of(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(own, _)| *own == name).map(|(_, file)| *file)
}

/// The profiles that ship, as (short name, title), in order; the generic one first.
pub fn shipped() -> Vec<(&'static str, String)> {
    let title = |name: &str| BASES.get(name).map(|base| base.1.title.clone()).unwrap_or_default();
    SHIPPED.iter().map(|(name, _)| (*name, title(name))).collect()
}

/// Each shipped profile laid over the generic one: as a table and as read.
static BASES: LazyLock<BTreeMap<&'static str, (toml::Table, Arc<Profile>)>> = LazyLock::new(|| {
    let generic: toml::Table = SHIPPED[0].1.parse().unwrap_or_default();
    let laid = |text: &str| {
        let mut table = generic.clone();
        layer::lay(&mut table, text.parse().ok()?);
        let read = table.clone().try_into::<Profile>().ok()?;
        Some((table, Arc::new(read)))
    };
    SHIPPED.iter().filter_map(|(name, text)| Some((*name, laid(text)?))).collect()
});

/// The profile of a connection: a shipped one with the connection's own lines over it.
pub fn profile(name: &str, overrides: &str) -> Result<Arc<Profile>, Refusal> {
    let (table, read) = BASES.get(name).ok_or_else(|| {
        let known: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        Refusal::invalid("unknown-profile", "There is no such profile.")
            .field("profile")
            .got(crate::base::text::shorten(name, 60))
            .expected(known.join(", "))
    })?;
    if overrides.trim().is_empty() {
        return Ok(Arc::clone(read));
    }
    if overrides.len() > MOST_OVERRIDES {
        return Err(bad_override(format!("{} bytes", overrides.len()))
            .expected(format!("at most {MOST_OVERRIDES} bytes")));
    }
    let own: toml::Table =
        overrides.parse().map_err(|fault: toml::de::Error| bad_override(plain(&fault)))?;
    let mut table = table.clone();
    layer::lay(&mut table, own);
    let read: Profile = table.try_into().map_err(|fault| bad_override(plain(&fault)))?;
    check::sound(&read)?;
    Ok(Arc::new(read))
}

fn plain(fault: &toml::de::Error) -> String {
    crate::base::text::shorten(&crate::base::text::one_line(fault.message()), 200)
}

pub(super) fn bad_override(got: String) -> Refusal {
    Refusal::invalid("bad-profile-override", "The overrides of the profile cannot be used.")
        .field("profile_overrides")
        .got(got)
        .expected("lines of TOML in the words of the profile files, such as limits.part = 40")
}

#[cfg(test)]
mod tests;

//! Who takes part: buyer organisations, suppliers, people and the connections between them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::base::{
    id::{AddressId, CostCenterId, OrganisationId, PartnerId, PersonId, SupplierId},
    money::Currency,
    time::Time,
    words::words,
};

use super::{profile::Chosen, role::Role};

words! {
    /// What happens with a cart that is ready (product.md, the three journeys).
    Checkout {
        /// The cart goes back to the procurement system at once.
        Transfer = "transfer",
        /// Signed off here first, then returned.
        ApproveThenTransfer = "approve_then_transfer",
        /// Signed off here, then ordered from here.
        ApproveThenOrder = "approve_then_order",
    }
}

words! {
    /// How a cXML cart is put into the browser's form.
    CartEncoding {
        Urlencoded = "urlencoded",
        Base64 = "base64",
    }
}

words! {
    /// How orders reach a supplier.
    Channel {
        Cxml = "cxml",
        Email = "email",
        Desk = "desk",
    }
}

words! {
    /// What an address is for.
    AddressKind {
        ShipTo = "ship_to",
        BillTo = "bill_to",
    }
}

/// An e-mail address in the folded form under which people are found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl FromStr for Email {
    type Err = String;

    /// Reads `local@host`, folds its case; no display name, no blanks, at most 254 characters.
    fn from_str(text: &str) -> Result<Self, String> {
        let folded = crate::base::text::fold(text);
        let fine = folded.len() <= 254
            && !folded
                .contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
            && folded.split_once('@').is_some_and(|(local, host)| {
                !local.is_empty() && !host.is_empty() && !host.contains('@')
            });
        if fine {
            Ok(Self(folded))
        } else {
            Err(format!("expected an e-mail address, got \"{text}\""))
        }
    }
}
impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A buyer organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    pub id: OrganisationId,
    /// Short name, unique on the server: `acme`.
    pub name: String,
    pub title: String,
    pub currency: Currency,
    pub checkout: Checkout,
    pub locale: String,
    pub time_zone: String,
    pub default_manager: Option<PersonId>,
    pub default_cost_center: Option<CostCenterId>,
    /// Where a copy of each OrderRequest goes.
    pub order_url: Option<String>,
    /// Where approved invoices and status updates go.
    pub invoice_url: Option<String>,
    /// Percent by which a price on an incoming order may differ from the returned cart.
    pub price_tolerance: rust_decimal::Decimal,
    /// The month its fiscal year begins with, 1 to 12.
    pub fiscal_month: i8,
    pub version: i64,
}

/// A supplier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplier {
    pub id: SupplierId,
    /// Short name, unique on the server: `office-one`.
    pub name: String,
    pub title: String,
    pub email: Option<String>,
    /// The organisation whose admins keep its master data.
    pub owner: Option<OrganisationId>,
    pub version: i64,
}

/// Where a person belongs: to a buyer organisation or to a supplier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Home {
    Organisation(OrganisationId),
    Supplier(SupplierId),
}

/// A person who signs in, punches out or is asked to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub home: Home,
    pub email: Email,
    pub name: String,
    /// Roles as `policies/access.csv` knows them.
    pub roles: Vec<Role>,
    pub manager: Option<PersonId>,
    pub default_cost_center: Option<CostCenterId>,
    pub locale: String,
    pub time_zone: String,
    pub disabled_at: Option<Time>,
    pub has_password: bool,
    pub version: i64,
}

impl Person {
    pub fn organisation(&self) -> Option<OrganisationId> {
        match self.home {
            Home::Organisation(id) => Some(id),
            Home::Supplier(_) => None,
        }
    }

    pub fn supplier(&self) -> Option<SupplierId> {
        match self.home {
            Home::Supplier(id) => Some(id),
            Home::Organisation(_) => None,
        }
    }

    pub fn is_active(&self) -> bool {
        self.disabled_at.is_none()
    }
}

/// A cost centre of one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostCenter {
    pub id: CostCenterId,
    pub organisation: OrganisationId,
    /// Its short name: `4100`.
    pub code: String,
    pub name: String,
    pub owner: Option<PersonId>,
    pub disabled_at: Option<Time>,
    pub version: i64,
}

/// An address to ship or bill to, as it is also frozen into requisitions and orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Short name within the organisation: `main`.
    pub code: String,
    pub name: String,
    pub deliver_to: String,
    pub street: String,
    pub city: String,
    pub postal_code: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    pub email: Option<String>,
}

/// An address as an organisation keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub id: AddressId,
    pub organisation: OrganisationId,
    pub kind: AddressKind,
    pub postal: PostalAddress,
    pub is_default: bool,
    pub version: i64,
}

/// A cXML identity: the domain as registered and the identity within it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    pub domain: String,
    pub identity: String,
}

impl Identity {
    pub fn new(domain: impl Into<String>, identity: impl Into<String>) -> Self {
        Self { domain: domain.into(), identity: identity.into() }
    }

    /// Domains are compared without case (`DUNS`, `Duns`), identities exactly but for outer blanks.
    pub fn matches(&self, other: &Self) -> bool {
        crate::base::text::fold(&self.domain) == crate::base::text::fold(&other.domain)
            && self.identity.trim() == other.identity.trim()
    }

    /// Whether it is text on one line: documents carry it as it is.
    pub fn is_plain(&self) -> bool {
        let odd = |c: char| c.is_control() || crate::base::text::is_bidi_mark(c);
        !self.domain.contains(odd) && !self.identity.contains(odd)
    }
}

/// Names under which an OCI call carries its parameters on this connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OciFields {
    pub user: String,
    pub password: String,
    pub hook_url: String,
}

impl OciFields {
    /// The names that most systems use.
    pub fn usual() -> Self {
        let [user, password, hook_url] = ["USERNAME", "PASSWORD", "HOOK_URL"].map(str::to_owned);
        Self { user, password, hook_url }
    }
}

/// What a connection is to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartnerKind {
    /// To the organisation's own procurement system.
    Buyer,
    /// To a supplier, on behalf of the organisation.
    Supplier { supplier: SupplierId, channel: Channel, url: Option<String>, email: Option<String> },
}

/// A connection of one organisation to its procurement system or to a supplier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    pub id: PartnerId,
    pub organisation: OrganisationId,
    pub kind: PartnerKind,
    pub name: String,
    pub identities: Vec<Identity>,
    pub cart_encoding: CartEncoding,
    /// Hosts (with port where not the scheme's own) a cart may be returned to.
    pub return_hosts: Vec<String>,
    /// Origins that may frame the shop.
    pub frame_ancestors: Vec<String>,
    pub allow_http: bool,
    pub oci_user: Option<String>,
    pub oci_fields: OciFields,
    /// The dialect of the other side's system.
    pub profile: Chosen,
    /// Held back from everything but its sandbox, until a conformance report passed.
    pub is_held: bool,
    pub disabled_at: Option<Time>,
    pub version: i64,
}

impl Partner {
    /// A connection of which nothing else is said yet: nobody may call, nothing may go back.
    pub fn new(id: PartnerId, organisation: OrganisationId, kind: PartnerKind, name: &str) -> Self {
        Self {
            id,
            organisation,
            kind,
            name: name.to_owned(),
            identities: Vec::new(),
            cart_encoding: CartEncoding::Urlencoded,
            return_hosts: Vec::new(),
            frame_ancestors: Vec::new(),
            allow_http: false,
            oci_user: None,
            oci_fields: OciFields::usual(),
            profile: Chosen::default(),
            is_held: false,
            disabled_at: None,
            version: 0,
        }
    }
}

#[cfg(test)]
mod tests;

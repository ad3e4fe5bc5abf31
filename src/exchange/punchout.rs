//! Between a punchout session and its documents: what a setup request asks for, and the cart as
//! the document or form that goes back.
//!
//! Nothing is cut, rounded or guessed on the way out: what the other side would drop without a
//! word is a named fault of a named line before anything leaves.

use crate::{
    base::{money::Money, time::Time},
    cxml::{
        profile::{ProfileResponse, Transaction},
        punchout_setup::SetupOperation,
    },
    domain::{
        cart::Goods,
        party::Identity,
        profile::{Carried, Offer, Profile},
        punchout::Operation,
    },
};

mod cart;
mod form;
mod message;
mod rows;

pub use cart::{
    OCI, ORACLE, PEPPOL, Written, check, check_oci, dialect, oci_body, oci_fields, write,
};
pub use form::{ReturnForm, cxml_form, form_of, oci_refusal, oci_return, read_oci_fields};
pub use message::order_message;
pub use rows::table;

/// What our cXML door takes.
const TRANSACTIONS: [&str; 6] = [
    "PunchOutSetupRequest",
    "OrderRequest",
    "ConfirmationRequest",
    "ShipNoticeRequest",
    "InvoiceDetailRequest",
    "StatusUpdateRequest",
];

/// The answer to a ProfileRequest; `url` is the door's address, `offered` what it takes beside the
/// usual documents.
pub fn profile(url: &str, effective: Time, offered: &[Offer]) -> ProfileResponse {
    let transaction = |name: &str| {
        let options = match name {
            "PunchOutSetupRequest" => vec![
                ("Direct.URL".to_owned(), url.to_owned()),
                ("operationAllowed".to_owned(), "create,edit,inspect,source".to_owned()),
            ],
            "OrderRequest" => {
                vec![("attachments".to_owned(), "yes".into()), ("changes".into(), "no".into())]
            }
            _ => Vec::new(),
        };
        Transaction { request_name: name.to_owned(), url: url.to_owned(), options }
    };
    ProfileResponse {
        effective_date: effective.into(),
        options: Vec::new(),
        transactions: TRANSACTIONS
            .into_iter()
            .chain(offered.iter().map(|offer| offer.word()))
            .map(transaction)
            .collect(),
    }
}

/// What the shopper may do.
pub const fn operation(asked: SetupOperation) -> Operation {
    match asked {
        SetupOperation::Create => Operation::Create,
        SetupOperation::Edit => Operation::Edit,
        SetupOperation::Inspect => Operation::Inspect,
        SetupOperation::Source => Operation::Source,
    }
}

/// One line on its way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Our own name of the line, sent where the catalogue has no auxiliary id of its own.
    pub key: String,
    pub goods: Goods,
    /// Who sells it: domain and identity, written as SupplierID.
    pub supplier: Option<Identity>,
}

impl Line {
    /// What goes out as the auxiliary id: the catalogue's own, else our name of the line.
    fn auxiliary(&self) -> &str {
        if self.goods.aux_id.is_empty() { &self.key } else { &self.goods.aux_id }
    }

    /// What a field that the profile leaves open carries; nothing that is empty.
    fn carried(&self, what: Carried) -> Option<String> {
        let goods = &self.goods;
        let value = match what {
            Carried::Nothing => "",
            Carried::Unspsc => &goods.unspsc,
            Carried::Supplier => self.supplier.as_ref().map_or("", |own| &own.identity),
            Carried::Sku => &goods.sku,
            Carried::Maker => &goods.manufacturer,
            Carried::Line => &self.key,
        };
        Some(value.to_owned()).filter(|value| !value.is_empty())
    }

    /// The classification that this system takes for the line: its domain and the code.
    fn class(&self, profile: &Profile) -> Option<(String, String)> {
        let code = crate::domain::profile::checked_class(profile, &self.goods.unspsc).ok()??;
        Some((profile.classification.domain.clone(), code))
    }
}

/// A cart on its way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    pub lines: Vec<Line>,
    pub total: Money,
    /// Whether it may be ordered as it stands.
    pub is_final: bool,
    /// It was returned as pending before, and signed off since.
    pub was_pending: bool,
}

impl Returned {
    /// The empty cart: "leave what you have as it is".
    pub const fn nothing(total: Money) -> Self {
        Self { lines: Vec::new(), total, is_final: true, was_pending: false }
    }
}

#[cfg(test)]
mod tests;

//! The other role: the parameters with which a buyer's system calls a supplier's catalogue.
//!
//! What is written here [`super::read`] reads back. The password stands in the parameters in clear,
//! as OCI wants it: whoever sends them must post them over https and keep them out of logs.

use crate::{
    base::secret::Secret,
    oci::form::{Charset, Pairs},
};

use super::{FieldNames, Function};

/// A call to somebody else's catalogue.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub user: String,
    pub password: Secret,
    /// Where the cart is to come back to; not asked of a background search or a download.
    pub hook_url: Option<String>,
    pub user_email: Option<String>,
    pub function: Function,
    /// `4.0`; informational.
    pub version: String,
    pub charset: Charset,
    /// The frame in which the cart is to come back.
    pub target: String,
    /// What the supplier asked for beyond the standard, such as `secureMode=true`.
    pub more: Pairs,
}

/// The parameters of the call, under the names that the supplier gave its fields.
pub fn parameters(call: &Outgoing, names: &FieldNames) -> Pairs {
    let mut pairs = Pairs::new();
    let mut push = |name: &str, value: &str| pairs.push((name.to_owned(), value.to_owned()));
    push(&names.user, &call.user);
    push(&names.password, call.password.expose());
    if let Some(mail) = &call.user_email {
        push(&names.user_email, mail);
    }
    if let Some(hook) = &call.hook_url {
        push(&names.hook_url, hook);
    }
    push("OCI_VERSION", &call.version);
    push("http_content_charset", call.charset.label());
    push("returntarget", &call.target);
    push("~OkCode", "ADDI");
    push("~CALLER", "CTLG");
    push("~TARGET", &call.target);
    for (name, value) in function(&call.function) {
        push(&name, &value);
    }
    pairs.extend(call.more.iter().cloned());
    pairs
}

/// `FUNCTION` and its arguments; nothing to shop.
fn function(function: &Function) -> Pairs {
    let named = |name: &str| vec![("FUNCTION".to_owned(), name.to_owned())];
    let with = |name: &str, more: Vec<(String, String)>| [named(name), more].concat();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let search = |text: &str, vendor: &Option<String>| {
        let vendor = vendor.iter().map(|vendor| pair("VENDOR", vendor));
        std::iter::once(pair("SEARCHSTRING", text)).chain(vendor).collect()
    };
    match function {
        Function::Shop => Pairs::new(),
        Function::Detail { product_id } => with("DETAIL", vec![pair("PRODUCTID", product_id)]),
        Function::Validate { items } => with("VALIDATE", asked(items)),
        Function::QuantityCheck { items } => with("QUANTITYCHECK", asked(items)),
        Function::Sourcing { search: text, vendor } => with("SOURCING", search(text, vendor)),
        Function::BackgroundSearch { search: text, vendor } => {
            with("BACKGROUND_SEARCH", search(text, vendor))
        }
        Function::Download(part) => {
            let mut more = vec![
                pair("pagesize", &part.page_size.to_string()),
                pair("requestedpage", &part.page.to_string()),
            ];
            more.extend(part.transaction.iter().map(|id| pair("transactionid", id)));
            with("DOWNLOADJSON", more)
        }
    }
}

/// `PRODUCTID` and `QUANTITY`, with their index where they have one.
fn asked(items: &[super::Asked]) -> Pairs {
    let mut pairs = Pairs::new();
    for item in items {
        let wire = |base: &str| match item.index {
            Some(index) => format!("{base}[{index}]"),
            None => base.to_owned(),
        };
        pairs.push((wire("PRODUCTID"), item.product_id.clone()));
        pairs.extend(item.quantity.map(|quantity| (wire("QUANTITY"), quantity.to_string())));
    }
    pairs
}

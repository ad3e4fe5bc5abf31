//! The start call: what a procurement system sends along with its user's browser.
//!
//! Query and body are merged (the body wins), names are compared without case, and the names of the
//! credentials come from the connection. A credential or a hook that stands twice is refused: two
//! readers could take different ones. Parameters that nobody knows are kept. The password leaves
//! this module only as a [`Secret`] and stands in no fault.

mod asked;
pub mod build;

use std::collections::HashSet;

use super::basket::PRESET;
use super::fault::{Fault, FaultKind};
use super::form::{Charset, Pairs};
use super::hook::{Hook, ReturnTo};
use crate::base::{quantity::Quantity, secret::Secret, text::fold};
use asked::read_asked;

/// What one connection calls the fields whose names SAP leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldNames {
    pub user: String,
    pub password: String,
    pub hook_url: String,
    /// The e-mail address of the shopper; optional in a call.
    pub user_email: String,
}

impl Default for FieldNames {
    fn default() -> Self {
        Self {
            user: "USERNAME".to_owned(),
            password: "PASSWORD".to_owned(),
            hook_url: "HOOK_URL".to_owned(),
            user_email: "USER_EMAIL".to_owned(),
        }
    }
}

/// One item that VALIDATE asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The index in `PRODUCTID[1]`; `None` for the plain name.
    pub index: Option<u32>,
    /// Our EXT_PRODUCT_ID.
    pub product_id: String,
    /// For the quantity tier; one unit when absent.
    pub quantity: Option<Quantity>,
}

/// Why the shop is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Function {
    /// To shop.
    Shop,
    /// To show one product, from which it may be added.
    Detail { product_id: String },
    /// To answer with today's price of each product, without anything visible.
    Validate { items: Vec<Asked> },
    /// To say whether so many can be had; answered like a validation, with today's lead time.
    QuantityCheck { items: Vec<Asked> },
    /// To show a search result to the user.
    Sourcing { search: String, vendor: Option<String> },
    /// To answer a program with all hits in one page that does not submit itself.
    BackgroundSearch { search: String, vendor: Option<String> },
    /// OCI 5.0: to hand out a page of the catalogue as JSON.
    Download(Part),
}

impl Function {
    /// Whether nobody comes back by a browser: a program asks and reads the answer itself.
    const fn is_answered_at_once(&self) -> bool {
        matches!(self, Self::BackgroundSearch { .. } | Self::Download(_))
    }
}

/// Which part of the catalogue a download asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Items a page (`pagesize`).
    pub page_size: u32,
    /// From 1 (`requestedpage`).
    pub page: u32,
    /// What the caller calls this download, to be said on every page (`transactionid`).
    pub transaction: Option<String>,
}

/// A call that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub user: String,
    pub password: Secret,
    /// The shopper, when the buyer's system says who it is.
    pub user_email: Option<String>,
    /// The return address; a background search may come without one.
    pub hook: Option<Hook>,
    pub function: Function,
    /// `OCI_VERSION` (or `OCIVERSION`), as sent.
    pub version: Option<String>,
    /// What the way back needs.
    pub return_to: ReturnTo,
    /// `http_content_charset` when it named no charset we know; the connection's own is used then.
    pub unknown_charset: Option<String>,
    /// Where "back without cart" leads (`OCI_CANCEL`), as sent and unchecked.
    pub cancel_url: Option<String>,
    /// Everything else, in order, as sent.
    pub other: Pairs,
}

impl Call {
    /// What the call fixes of every returned line (`NEW_ITEM-VENDOR`), by the field's name. A value
    /// that would be cut there, or that stands twice, is left out: the line's own is sent.
    pub fn presets(&self) -> Pairs {
        let fixed = PRESET.iter().filter_map(|(field, most)| {
            let wanted = fold(&format!("NEW_ITEM-{field}"));
            let mut given = self.other.iter().filter(|(name, _)| fold(name) == wanted);
            let (Some((_, value)), None) = (given.next(), given.next()) else { return None };
            let fits = (1..=*most).contains(&value.chars().count());
            let plain = !value.chars().any(char::is_control);
            (fits && plain).then(|| ((*field).to_owned(), value.clone()))
        });
        fixed.collect()
    }
}

/// Most items of one VALIDATE: as many as a cart may have lines.
const MAX_ASKED: usize = 5_000;

/// Reads a call from its query and body.
pub fn read(query: &Pairs, body: &Pairs, names: &FieldNames) -> Result<Call, Fault> {
    let mut fields = Fields::merge(query, body);
    let user = fields.must(&names.user)?;
    let password = Secret::new(fields.must(&names.password)?);
    let user_email = fields.may(&names.user_email)?;
    let function = read_function(&mut fields)?;
    let hook_url = match function.is_answered_at_once() {
        true => fields.may(&names.hook_url)?,
        false => Some(fields.must(&names.hook_url)?),
    };
    let hook = hook_url.as_deref().map(|url| Hook::parse(&names.hook_url, url)).transpose()?;
    let asked = fields.may("http_content_charset")?;
    let known = asked.as_deref().and_then(Charset::of_label);
    let echoes = ["~OkCode", "~CALLER", "~TARGET"]
        .into_iter()
        .filter_map(|name| Some((name, fields.may(name).transpose()?)))
        .map(|(name, value)| value.map(|value| (name.to_owned(), value)))
        .collect::<Result<Pairs, Fault>>()?;
    let target = fields.may("returntarget")?;
    let old_target = echoes.iter().find(|(name, _)| name == "~TARGET");
    let return_to = ReturnTo {
        hook_url: hook_url.unwrap_or_default(),
        target: target.or_else(|| old_target.map(|(_, value)| value.clone())),
        charset: known.map(|charset| charset.label().to_owned()).unwrap_or_default(),
        echoes,
    };
    let version = fields.may("OCI_VERSION")?.or(fields.may("OCIVERSION")?);
    let cancel_url = fields.may("OCI_CANCEL")?.or(fields.may("OCICANCEL")?);
    Ok(Call {
        user,
        password,
        user_email,
        hook,
        function,
        version,
        return_to,
        unknown_charset: asked.filter(|_| known.is_none()),
        cancel_url,
        other: fields.left,
    })
}

/// The name of the user alone: enough to find the connection whose field names to read with.
pub fn user_of<'p>(query: &'p Pairs, body: &'p Pairs, names: &FieldNames) -> Option<&'p str> {
    let asked = fold(&names.user);
    let pairs = body.iter().chain(query);
    pairs.filter(|(name, _)| fold(name) == asked).map(|(_, value)| value.as_str()).next()
}

fn read_function(fields: &mut Fields) -> Result<Function, Fault> {
    let asked = fields.may("FUNCTION")?.unwrap_or_default();
    let search = |fields: &mut Fields| Ok((fields.must("SEARCHSTRING")?, fields.may("VENDOR")?));
    match asked.trim().to_ascii_uppercase().as_str() {
        "" => Ok(Function::Shop),
        "DETAIL" | "DETAILADD" | "PRODUCTDETAILS" => {
            Ok(Function::Detail { product_id: fields.must("PRODUCTID")? })
        }
        "VALIDATE" => read_asked(fields).map(|items| Function::Validate { items }),
        "QUANTITYCHECK" => read_asked(fields).map(|items| Function::QuantityCheck { items }),
        "DOWNLOADJSON" => read_part(fields).map(Function::Download),
        "SOURCING" => search(fields).map(|(search, vendor)| Function::Sourcing { search, vendor }),
        "BACKGROUND_SEARCH" => {
            search(fields).map(|(search, vendor)| Function::BackgroundSearch { search, vendor })
        }
        _ => Err(Fault::new(FaultKind::Unsupported, "FUNCTION", &asked)
            .expected(
                "DETAIL, DETAILADD, VALIDATE, QUANTITYCHECK, SOURCING, BACKGROUND_SEARCH, \
                 DOWNLOADJSON or nothing",
            )
            .mend("Leave FUNCTION empty to shop.")),
    }
}

/// Items a page of a download when none are named, and the most.
const PAGE_SIZE: u32 = 50;
const MOST_PAGE_SIZE: u32 = 1_000;

fn read_part(fields: &mut Fields) -> Result<Part, Fault> {
    let mut whole = |name: &str, usual: u32, most: u32| {
        let Some(text) = fields.may(name)? else { return Ok(usual) };
        let number = text.trim().parse().ok().filter(|number| (1..=most).contains(number));
        number.ok_or_else(|| {
            Fault::new(FaultKind::Unreadable, name, &text)
                .expected(format!("a whole number from 1 to {most}"))
                .mend("Ask for the pages from 1 on.")
        })
    };
    let page_size = whole("pagesize", PAGE_SIZE, MOST_PAGE_SIZE)?;
    let page = whole("requestedpage", 1, 1_000_000)?;
    let transaction = fields.may("transactionid")?;
    // `cti` asks for the whole or for what changed; the whole is what we have.
    fields.may("cti")?;
    Ok(Part { page_size, page, transaction })
}

/// The merged parameters of a call; what is read is taken out.
struct Fields {
    left: Pairs,
}

impl Fields {
    fn merge(query: &Pairs, body: &Pairs) -> Self {
        let in_body: HashSet<String> = body.iter().map(|(name, _)| fold(name)).collect();
        let kept = query.iter().filter(|(name, _)| !in_body.contains(&fold(name)));
        Self { left: kept.chain(body).cloned().collect() }
    }

    /// The one value of a field; two are refused even when they are equal.
    fn may(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let asked = fold(name);
        let (mut found, left): (Pairs, Pairs) =
            self.left.drain(..).partition(|(other, _)| fold(other) == asked);
        self.left = left;
        if found.len() > 1 {
            return Err(Fault::twice(name));
        }
        Ok(found.pop().map(|(_, value)| value).filter(|value| !value.is_empty()))
    }

    fn must(&mut self, name: &str) -> Result<String, Fault> {
        self.may(name)?.ok_or_else(|| Fault::missing(name))
    }

    /// Takes `NAME` and `NAME[n]` out: (name as sent, index, value).
    fn indexed(&mut self, base: &str) -> Result<Vec<(String, Option<u32>, String)>, Fault> {
        let asked = fold(base);
        let mut found = Vec::new();
        let mut left = Pairs::new();
        for (name, value) in self.left.drain(..) {
            let folded = fold(&name);
            match folded.strip_prefix(&asked) {
                Some("") => found.push((name, None, value)),
                Some(rest) if rest.starts_with('[') => {
                    let index = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
                    let index = index.and_then(read_index).ok_or_else(|| {
                        Fault::new(FaultKind::Unreadable, &name, &value)
                            .expected("an index from [1]")
                            .mend("Count the products from 1.")
                    })?;
                    found.push((name, Some(index), value));
                }
                _ => left.push((name, value)),
            }
        }
        self.left = left;
        Ok(found)
    }
}

/// An index as it is written: from 1, no sign, no leading zero, at most five digits.
pub(super) fn read_index(text: &str) -> Option<u32> {
    let plain = !text.starts_with('0')
        && (1..=5).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests;

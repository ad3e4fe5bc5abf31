//! Where a cart may return: reading a HOOK_URL, and the form that posts the cart back to it.
//!
//! The URL comes from outside and leads a browser with a priced cart away, so it is read strictly:
//! no other scheme than http and https, no user name, no white space, nothing a browser and we
//! could read differently. Whether its host belongs to the partner is asked by
//! [`Hook::allowed_by`]; nothing may be returned without asking.

use serde::{Deserialize, Serialize};
use url::Url;

use super::fault::{Fault, FaultKind};
use super::form::{self, Charset, Pairs};

/// The pseudo-URL of SAP GUI's embedded browser.
const SAP_EVENT: &str = "SAPEVENT:POST";
/// The longest URL that is read.
const MAX_URL: usize = 4_096;

/// A return address that can be read one way only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hook {
    /// `SAPEVENT:POST`, kept letter by letter.
    SapEvent(String),
    Web(Url),
}

/// What a partner's connection allows as a return address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HookRule {
    /// Hosts, each with its port (`erp.example:8443`), without (the scheme's own port) or with `*`
    /// (any port, as the demo has this machine).
    pub hosts: Vec<String>,
    /// Whether plain http is accepted.
    pub allow_http: bool,
    /// Whether `SAPEVENT:POST` is accepted.
    pub allow_sap_event: bool,
}

impl Hook {
    /// Reads the value of the field `name` (HOOK_URL unless the connection calls it otherwise).
    pub fn parse(name: &str, text: &str) -> Result<Self, Fault> {
        if text.eq_ignore_ascii_case(SAP_EVENT) {
            return Ok(Self::SapEvent(text.to_owned()));
        }
        let fault = |expected: &str| {
            Fault::new(FaultKind::Unreadable, name, text)
                .expected(expected)
                .mend("Send the absolute return address of the procurement system.")
        };
        if text.len() > MAX_URL {
            return Err(fault("an address of at most 4096 characters"));
        }
        let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
        if text.contains(odd) {
            return Err(fault("an address without blanks, control characters and backslashes"));
        }
        // `https:host` and `https:///host` mean a host to browsers; nobody sends them honestly.
        let lower = text.get(..9).unwrap_or(text).to_ascii_lowercase();
        let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
        if rest.is_none_or(|rest| rest.starts_with('/')) {
            return Err(fault("an address that starts with https:// or http://"));
        }
        let url = Url::parse(text).map_err(|_| fault("a readable absolute address"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fault("an address without a user name"));
        }
        let items = form::parse(url.query().unwrap_or_default().as_bytes())?;
        if items.iter().any(|(key, _)| is_item_field(key)) {
            return Err(fault("an address whose query carries no NEW_ITEM fields"));
        }
        Ok(Self::Web(url))
    }

    /// Whether the partner's settings allow a return to this address; the fault says what is
    /// allowed without naming other hosts.
    pub fn allowed_by(&self, name: &str, rule: &HookRule) -> Result<(), Fault> {
        let fault = |got: &str, expected: &str, mend: &str| {
            Err(Fault::new(FaultKind::Unsupported, name, got).expected(expected).mend(mend))
        };
        let url = match self {
            Self::SapEvent(_) if rule.allow_sap_event => return Ok(()),
            Self::SapEvent(text) => {
                return fault(
                    text,
                    "a web address",
                    "Ask the shop's administrator to allow SAP GUI for this connection.",
                );
            }
            Self::Web(url) => url,
        };
        if url.scheme() != "https" && !rule.allow_http {
            return fault(
                url.scheme(),
                "https",
                "Use https, or ask the shop's administrator to allow http for this connection.",
            );
        }
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or_default();
        let named = rule.hosts.iter().any(|allowed| {
            (url.port().is_none() && allowed.eq_ignore_ascii_case(host))
                || allowed.eq_ignore_ascii_case(&format!("{host}:{port}"))
                || allowed.eq_ignore_ascii_case(&format!("{host}:*"))
        });
        if named {
            return Ok(());
        }
        let got = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        fault(
            &got,
            "a host registered for this connection, with its port where it is not the usual one",
            "Ask the shop's administrator to register the host as a return host.",
        )
    }

    /// Scheme, host and port as a content security policy names them; `None` for SAP GUI.
    pub fn origin(&self) -> Option<String> {
        match self {
            Self::SapEvent(_) => None,
            Self::Web(url) => Some(url.origin().ascii_serialization()),
        }
    }
}

fn is_item_field(name: &str) -> bool {
    name.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("NEW_ITEM"))
}

/// What a session keeps of its call to be able to return the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnTo {
    /// The return address as received.
    pub hook_url: String,
    /// The frame or window for the form's `target`: `returntarget`, else `~TARGET`.
    pub target: Option<String>,
    /// `~OkCode`, `~CALLER`, `~TARGET` as received; they go back unchanged.
    pub echoes: Vec<(String, String)>,
    /// The label of the charset, read by [`Charset::of_label`]; empty when the call named none.
    pub charset: String,
}

impl ReturnTo {
    /// With the connection's own charset and target where the call named none.
    #[must_use]
    pub fn or(mut self, charset: &str, target: &str) -> Self {
        if self.charset.is_empty() {
            charset.clone_into(&mut self.charset);
        }
        self.target.get_or_insert_with(|| target.to_owned());
        self
    }
}

/// The form whose submission brings the cart back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnForm {
    /// The return address without its query.
    pub action: String,
    /// Hidden inputs in order: the address' query, the echoes, the lines.
    pub hidden: Pairs,
    /// The form's `target`.
    pub target: String,
    pub charset: Charset,
}

/// What becomes of the query of a return address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Query {
    /// Hidden inputs, decoded once: a browser drops the query of a GET form, and SAP asks for it.
    Split,
    /// It stays where it is, as Oracle wants.
    Whole,
}

/// The form that returns `fields` (the lines; none for an empty cart). Every value is
/// transliterated to the charset.
pub fn return_form(to: &ReturnTo, query: Query, fields: Pairs) -> Result<ReturnForm, Fault> {
    let charset = Charset::of_label(&to.charset).unwrap_or(Charset::UTF_8);
    let (action, mut hidden) = match Hook::parse("HOOK_URL", &to.hook_url)? {
        Hook::SapEvent(text) => (text, Pairs::new()),
        Hook::Web(_) if query == Query::Whole => (to.hook_url.clone(), Pairs::new()),
        Hook::Web(mut url) => {
            let query = form::parse(url.query().unwrap_or_default().as_bytes())?;
            url.set_query(None);
            (url.to_string(), query)
        }
    };
    hidden.extend(to.echoes.iter().cloned());
    hidden.extend(fields);
    for (_, value) in &mut hidden {
        *value = charset.transliterate(value);
    }
    let target = to.target.as_deref().filter(|name| is_frame_name(name)).unwrap_or("_top");
    Ok(ReturnForm { action, hidden, target: target.to_owned(), charset })
}

/// A frame name that can mean nothing else; what is not goes to the whole window.
fn is_frame_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    !name.is_empty() && name.len() <= 64 && name.bytes().all(plain)
}

/// The body that a browser sends when it submits the form.
pub fn encode_form(form: &ReturnForm) -> Vec<u8> {
    form::encode(&form.hidden, form.charset)
}

#[cfg(test)]
mod tests;

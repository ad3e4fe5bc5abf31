//! The form whose submission brings a cart back by the browser.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    domain::{
        party::CartEncoding,
        profile::{HookQuery, Profile},
        punchout::PunchoutSession,
        refusal::Refusal,
    },
    oci::{
        fault::Fault,
        form::{Pairs, parse},
        hook::{self, ReturnTo},
    },
    oracle,
    ubl::catalogue,
};

use super::cart;

/// A form for the browser: everything in it still has to be escaped for HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnForm {
    pub action: String,
    /// Name and value, in order.
    pub hidden: Pairs,
    /// Empty for the same window.
    pub target: String,
    /// For `accept-charset`.
    pub charset: String,
}

/// The form of a frozen cart document of the session, in the connection's way. `kind` is the
/// document's: a profile that changed since changes nothing about what was frozen.
pub fn form_of(
    session: &PunchoutSession,
    profile: &Profile,
    encoding: CartEncoding,
    (kind, body): (&str, &[u8]),
) -> Result<ReturnForm, Refusal> {
    let field = |usual: &str| match profile.cart.field.as_str() {
        "" => usual.to_owned(),
        own => own.to_owned(),
    };
    let action = &session.return_url;
    Ok(match kind {
        cart::OCI => {
            let to = ReturnTo {
                hook_url: action.clone(),
                target: Some(session.return_target.clone()).filter(|target| !target.is_empty()),
                echoes: session.echo.clone(),
                charset: session.charset.clone(),
            };
            oci_return(&to, profile, read_oci_fields(body)?)?
        }
        cart::ORACLE => one_field(action, (field(oracle::cart::FIELD), as_ascii(body))),
        cart::PEPPOL => one_field(action, (field(catalogue::FIELD), STANDARD.encode(body))),
        _ => {
            let form = cxml_form(action, encoding, body);
            let hidden = form.hidden.into_iter().map(|(name, value)| (field(&name), value));
            ReturnForm { hidden: hidden.collect(), ..form }
        }
    })
}

/// The form that carries a cXML document. `cxml-urlencoded` is read as ASCII whatever the document
/// declares, so other characters are written as references; base64 carries the very bytes.
pub fn cxml_form(action: &str, encoding: CartEncoding, body: &[u8]) -> ReturnForm {
    let field = match encoding {
        CartEncoding::Urlencoded => ("cxml-urlencoded".to_owned(), as_ascii(body)),
        CartEncoding::Base64 => ("cxml-base64".to_owned(), STANDARD.encode(body)),
    };
    one_field(action, field)
}

fn one_field(action: &str, field: (String, String)) -> ReturnForm {
    ReturnForm {
        action: action.to_owned(),
        hidden: vec![field],
        target: String::new(),
        charset: "utf-8".to_owned(),
    }
}

fn as_ascii(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let mut ascii = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            ascii.push_str(&format!("&#{};", u32::from(c)));
        }
    }
    ascii
}

/// The fields of a kept OCI cart.
pub fn read_oci_fields(body: &[u8]) -> Result<Pairs, Refusal> {
    parse(body).map_err(oci_refusal)
}

/// The form that answers a call at once, or brings a cart home.
pub fn oci_return(to: &ReturnTo, profile: &Profile, fields: Pairs) -> Result<ReturnForm, Refusal> {
    let query = match profile.oci.hook_query {
        HookQuery::Split => hook::Query::Split,
        HookQuery::Whole => hook::Query::Whole,
    };
    let form = hook::return_form(to, query, fields).map_err(oci_refusal)?;
    Ok(ReturnForm {
        action: form.action,
        hidden: form.hidden,
        target: form.target,
        charset: form.charset.label().to_owned(),
    })
}

/// A fault of a call as a refusal that names the parameter.
pub fn oci_refusal(fault: Fault) -> Refusal {
    Refusal::invalid(fault.kind.code(), "A parameter of the call cannot be used.")
        .field(fault.field)
        .got(fault.got)
        .expected(fault.expected)
        .mend(fault.mend)
}

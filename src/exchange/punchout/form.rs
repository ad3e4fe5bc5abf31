//! The form whose submission brings a cart back by the browser.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    domain::{party::CartEncoding, punchout::PunchoutSession, refusal::Refusal},
    oci::{
        basket,
        fault::Fault,
        form::{Pairs, parse},
        hook::{self, ReturnTo},
        unit::UnitMap,
    },
};

use super::{Line, basket_line};

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

/// The form of a frozen cart document of the session, in the connection's way.
pub fn form_of(
    session: &PunchoutSession,
    encoding: CartEncoding,
    body: &[u8],
) -> Result<ReturnForm, Refusal> {
    use crate::domain::punchout::Protocol;
    match session.protocol {
        Protocol::Cxml => Ok(cxml_form(&session.return_url, encoding, body)),
        Protocol::Oci => oci_form(session, read_oci_fields(body)?),
    }
}

/// The form that carries a cXML document. `cxml-urlencoded` is read as ASCII whatever the document
/// declares, so other characters are written as references; base64 carries the very bytes.
pub fn cxml_form(action: &str, encoding: CartEncoding, body: &[u8]) -> ReturnForm {
    let field = match encoding {
        CartEncoding::Urlencoded => ("cxml-urlencoded".to_owned(), as_ascii(body)),
        CartEncoding::Base64 => ("cxml-base64".to_owned(), STANDARD.encode(body)),
    };
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

/// The fields `NEW_ITEM-*[n]` of the lines; [`super::check_oci`] was asked before.
pub fn oci_fields(lines: &[Line]) -> Result<Pairs, Refusal> {
    let basket: Vec<_> = lines.iter().map(|line| basket_line(&line.goods)).collect();
    basket::write(&basket, &UnitMap::shipped()).map_err(|faults| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        Refusal::invalid("cart-cannot-return", first)
    })
}

/// The fields of a kept OCI cart.
pub fn read_oci_fields(body: &[u8]) -> Result<Pairs, Refusal> {
    parse(body).map_err(oci_refusal)
}

/// The form that returns the fields to the session's hook, in the charset that was asked for.
pub fn oci_form(session: &PunchoutSession, fields: Pairs) -> Result<ReturnForm, Refusal> {
    let to = ReturnTo {
        hook_url: session.return_url.clone(),
        target: Some(session.return_target.clone()).filter(|target| !target.is_empty()),
        echoes: session.echo.clone(),
        charset: session.charset.clone(),
    };
    oci_return(&to, fields)
}

/// The form that answers a call at once.
pub fn oci_return(to: &ReturnTo, fields: Pairs) -> Result<ReturnForm, Refusal> {
    let form = hook::return_form(to, fields).map_err(oci_refusal)?;
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

//! cXML `Status`: how a request went.

use super::read::Read;
use super::tree::Element;
use super::values::LANG;
use super::write::Writer;

/// A status with its code, the code's name and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub code: u16,
    /// The name of the code: `OK`, `Not Acceptable`.
    pub text: String,
    pub lang: Option<String>,
    /// What went wrong and how to mend it.
    pub message: String,
}

/// What a code means for who asked: unknown codes count as the first of their hundred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusClass {
    Success,
    /// Asking again does not help.
    Permanent,
    /// Asking again later may help.
    Transient,
}

impl Status {
    pub const OK: u16 = 200;
    pub const ACCEPTED: u16 = 201;
    pub const NO_CONTENT: u16 = 204;

    /// A status of this code with the code's own name.
    pub fn new(code: u16, message: impl Into<String>) -> Self {
        Self { code, text: name_of(code).to_owned(), lang: None, message: message.into() }
    }

    pub fn ok() -> Self {
        Self::new(Self::OK, "")
    }

    pub fn class(&self) -> StatusClass {
        match self.code {
            200..=299 => StatusClass::Success,
            400..=499 => StatusClass::Permanent,
            _ => StatusClass::Transient,
        }
    }

    pub fn is_success(&self) -> bool {
        self.class() == StatusClass::Success
    }

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let code = element.need_attribute("code")?.trim();
        let digits = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
        let code = digits.then(|| code.parse().ok()).flatten().ok_or_else(|| {
            element
                .attribute_fault("code")
                .expected("a status code of three digits")
                .mend("Send a code such as 200.")
        })?;
        Ok(Self {
            code,
            text: element.attribute("text").unwrap_or_default().to_owned(),
            lang: element.language(),
            message: element.trimmed().to_owned(),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let code = self.code.to_string();
        let lang = if self.message.is_empty() { None } else { Some(LANG) };
        writer.leaf(
            "Status",
            &[
                ("code", Some(&code)),
                ("text", Some(&self.text)),
                ("xml:lang", self.lang.as_deref().or(lang)),
            ],
            &self.message,
        );
    }
}

/// The name of a code.
pub fn name_of(code: u16) -> &'static str {
    match code {
        200 => "OK",
        201 => "Accepted",
        204 => "No Content",
        280 | 281 => "Forwarded",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        406 => "Not Acceptable",
        409 => "Conflict",
        412 => "Precondition Failed",
        417 => "Expectation Failed",
        450 => "Not Implemented",
        475 => "Signature Required",
        476 => "Signature Verification Failed",
        477 => "Signature Unacceptable",
        499 => "Document Size Error",
        500 => "Internal Server Error",
        550 => "Unable to reach cXML server",
        551 => "Unable to forward request",
        560 => "Temporary server error",
        _ if code / 100 == 2 => "OK",
        _ if code / 100 == 4 => "Bad Request",
        _ => "Internal Server Error",
    }
}

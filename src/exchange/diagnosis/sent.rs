//! Why a document that we sent did not arrive, or was not accepted.

use crate::cxml::{self, Form};

use super::{Cause, Finding, bytes, document, transport as causes};

/// Why there is no answer at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    Dns,
    Refused,
    Timeout,
    Reset,
    Tls,
    TooLarge,
    NotAllowed,
    BadUrl,
    Mail,
    NotReady,
    Other,
}

/// What became of a document on its way out.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// With its words, when there is no answer.
    pub trouble: Option<(Trouble, &'a str)>,
    /// HTTP status; 0 without an answer.
    pub http: u16,
    pub content_type: Option<&'a str>,
    pub answer: &'a [u8],
}

/// What is wrong; at least one finding.
pub fn sent(seen: &Sent<'_>) -> Vec<Finding> {
    if let Some((trouble, words)) = seen.trouble {
        return vec![Finding::of(of_trouble(trouble, words)).words(words)];
    }
    let read = cxml::receive(seen.answer, seen.content_type).ok();
    let response = read.filter(|read| read.envelope.form == Form::Response);
    if let Some(status) = response.and_then(|read| read.envelope.status) {
        let words = format!("{} {} {}", status.code, status.text, status.message);
        let found = Finding::of(of_status(status.code)).path("cXML/Response/Status");
        return vec![found.words(words.trim()).placed(seen.answer)];
    }
    let http = format!("HTTP {}", seen.http);
    if let Some(cause) = of_http(seen.http) {
        return vec![Finding::of(cause).got(http).expected("HTTP 200 with a cXML Response")];
    }
    let found = match bytes::fault(seen.answer, seen.content_type) {
        Some(fault) => {
            let code = of_bytes(&fault).code.to_owned();
            Finding { code, ..fault }
        }
        None => Finding::of(causes::ANSWER_NOT_RESPONSE).expected("a cXML Response"),
    };
    vec![found.words(http)]
}

fn of_trouble(trouble: Trouble, words: &str) -> Cause {
    let words = words.to_ascii_lowercase();
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    match trouble {
        Trouble::Dns => causes::DNS,
        Trouble::Refused => causes::REFUSED,
        Trouble::Timeout => causes::TIMEOUT,
        Trouble::Reset => causes::RESET,
        Trouble::TooLarge => causes::ANSWER_TOO_LARGE,
        Trouble::NotAllowed => causes::ADDRESS_FORBIDDEN,
        Trouble::BadUrl => causes::ADDRESS_UNREADABLE,
        Trouble::Mail => causes::MAIL_FAILED,
        Trouble::NotReady => causes::NOT_READY,
        Trouble::Tls if says(&["expired", "notvalidyet", "not valid yet"]) => causes::TLS_EXPIRED,
        Trouble::Tls if says(&["unknownissuer", "unknown issuer"]) => causes::TLS_ISSUER,
        Trouble::Tls if says(&["validforname", "valid for name"]) => causes::TLS_NAME,
        Trouble::Tls if says(&["corrupt message", "contenttype", "invalidmessage"]) => {
            causes::TLS_NONE
        }
        Trouble::Tls => causes::TLS,
        Trouble::Other if says(&["cut", "closed", "incomplete"]) => causes::RESET,
        Trouble::Other => causes::HTTP_OTHER,
    }
}

fn of_status(code: u16) -> Cause {
    match code {
        200..=299 => super::content::WELL,
        400 => causes::SAID_400,
        401 => causes::SAID_401,
        402 => causes::SAID_402,
        403 => causes::SAID_403,
        406 => causes::SAID_406,
        409 => causes::SAID_409,
        412 => causes::SAID_412,
        417 => causes::SAID_417,
        450 => causes::SAID_450,
        475..=477 => causes::SAID_SIGNATURE,
        499 => causes::SAID_499,
        500 => causes::SAID_500,
        550 => causes::SAID_550,
        551 => causes::SAID_551,
        560 => causes::SAID_560,
        501..=599 => causes::SAID_5XX,
        _ => causes::SAID_4XX,
    }
}

fn of_http(status: u16) -> Option<Cause> {
    Some(match status {
        0..=299 => return None,
        300..=399 => causes::REDIRECTED,
        400 => causes::HTTP_BAD_REQUEST,
        401 | 407 => causes::HTTP_UNAUTHORISED,
        403 => causes::HTTP_FORBIDDEN,
        404 | 410 => causes::HTTP_NOT_FOUND,
        405 => causes::HTTP_METHOD,
        413 => causes::HTTP_TOO_LARGE,
        415 => causes::HTTP_MEDIA,
        429 => causes::HTTP_TOO_MANY,
        500 => causes::HTTP_FAULT,
        502 => causes::HTTP_GATEWAY,
        503 => causes::HTTP_AWAY,
        504 => causes::HTTP_SLOW,
        _ => causes::HTTP_OTHER,
    })
}

/// What is wrong with the bytes of an answer, in the words for answers.
fn of_bytes(fault: &Finding) -> Cause {
    let cause = fault.cause();
    let is_one_of = |any: &[Cause]| any.contains(&cause);
    if cause == document::EMPTY {
        causes::ANSWER_EMPTY
    } else if cause == document::HTML {
        causes::ANSWER_HTML
    } else if cause == document::COMPRESSED {
        causes::ANSWER_COMPRESSED
    } else if cause == document::CUT {
        causes::ANSWER_CUT
    } else if is_one_of(&[document::JSON, document::FORM, document::NOT_XML]) {
        causes::ANSWER_OTHER
    } else if is_one_of(&[document::SOAP, document::NOT_CXML]) {
        causes::ANSWER_NOT_RESPONSE
    } else if is_one_of(&[
        document::ENCODING,
        document::HEADER_CHARSET,
        document::ENCODING_UNKNOWN,
        document::BOM,
        document::BOM_TWICE,
    ]) {
        causes::ANSWER_CHARSET
    } else {
        causes::ANSWER_BROKEN
    }
}

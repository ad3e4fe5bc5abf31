//! What bytes are, before anybody asks what they say: compressed, a web page, cut, badly encoded.

use crate::cxml::{XmlFault, encoding, redact, tree};

use super::{Cause, Finding, document as causes};

/// What is wrong with bytes that should be a cXML document; nothing when they are one.
pub(super) fn fault(bytes: &[u8], content_type: Option<&str>) -> Option<Finding> {
    if let Some(cause) = shape(bytes) {
        return Some(Finding::of(cause));
    }
    let text = match encoding::decode(bytes, content_type) {
        Ok(decoded) => decoded.text,
        Err(fault) => return Some(told(of_encoding(&fault, content_type), &fault)),
    };
    let fault = match tree::parse(&text) {
        Ok(tree) => return of_root(tree.root().local()),
        Err(fault) => fault,
    };
    let cause = of_xml(&fault.message, &text);
    // The message repeats a piece of the document, which may be a secret: it is made again of the
    // document without secrets.
    let clean = redact(bytes);
    let again = encoding::decode(&clean, content_type).ok();
    Some(match again.map(|decoded| tree::parse(&decoded.text).map(|_| ())) {
        Some(Err(shown)) => told(cause, &shown),
        _ => Finding::of(cause).at((fault.line, fault.column)).path("inside a secret"),
    })
}

fn told(cause: Cause, fault: &XmlFault) -> Finding {
    Finding::of(cause)
        .at((fault.line, fault.column))
        .path("document")
        .got(&fault.message)
        .expected("well-formed XML 1.0")
}

/// What shows in the first bytes.
fn shape(bytes: &[u8]) -> Option<Cause> {
    match bytes {
        [0x1F, 0x8B, ..] | [b'P', b'K', 3, 4, ..] | [0x28, 0xB5, 0x2F, 0xFD, ..] => {
            return Some(causes::COMPRESSED);
        }
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, ..] | [b'<', 0, ..] => return None,
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(1_024)).unwrap_or_default());
    let head = head.trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']).to_ascii_lowercase();
    let page = ["<!doctype html", "<html", "<head", "<body"];
    match head.as_bytes().first() {
        None => Some(causes::EMPTY),
        Some(b'{' | b'[') => Some(causes::JSON),
        Some(b'<') if page.iter().any(|start| head.starts_with(start)) => Some(causes::HTML),
        Some(b'<') => None,
        _ if head.starts_with("cxml-") || head.starts_with("oracle") => Some(causes::FORM),
        _ if head.contains("%3c") && head.contains('=') => Some(causes::FORM),
        _ => Some(causes::NOT_XML),
    }
}

fn of_root(name: &str) -> Option<Finding> {
    match name {
        "cXML" => None,
        "Envelope" => Some(Finding::of(causes::SOAP).got("<Envelope>").expected("<cXML>")),
        "html" => Some(Finding::of(causes::HTML)),
        other => {
            let found = Finding::of(causes::NOT_CXML).at((1, 1));
            Some(found.path(other).got(format!("<{other}>")).expected("<cXML>"))
        }
    }
}

fn of_encoding(fault: &XmlFault, content_type: Option<&str>) -> Cause {
    let message = &fault.message;
    let by_header = content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("charset"));
    if message.contains("UTF-32") || message.contains("names the encoding") {
        causes::ENCODING_UNKNOWN
    } else if message.contains("byte order mark says") {
        causes::BOM
    } else if message.contains("does not belong") && by_header {
        causes::HEADER_CHARSET
    } else {
        causes::ENCODING
    }
}

/// What the XML reader's words mean. They are ours, and a test holds each of them.
const WORDS: &[(&str, Cause)] = &[
    ("internal subset", causes::SUBSET),
    ("ends inside", causes::CUT),
    ("no root element", causes::CUT),
    ("to end what starts here", causes::CUT),
    ("to end the tag", causes::CUT),
    ("reference that has no ;", causes::AMPERSAND),
    ("is not known: only", causes::ENTITY),
    ("is not a character", causes::CONTROL),
    ("is not allowed in XML", causes::CONTROL),
    ("second byte order mark", causes::BOM_TWICE),
    ("an XML declaration stands", causes::DECLARATION),
    ("version", causes::DECLARATION),
    ("processing instruction", causes::DECLARATION),
    ("<!DOCTYPE", causes::DOCTYPE_BROKEN),
    ("document type", causes::DOCTYPE_BROKEN),
    ("address in quotes", causes::DOCTYPE_BROKEN),
    ("second root", causes::TWO_ROOTS),
    ("outside the root", causes::TWO_ROOTS),
    ("expected </", causes::TAGS_CROSS),
    ("nothing is open", causes::TAGS_CROSS),
    ("write &lt;", causes::LESS_THAN),
    ("element name behind <", causes::LESS_THAN),
    ("more than", causes::TOO_LARGE),
    ("longer than", causes::TOO_LARGE),
    ("too many", causes::TOO_LARGE),
    ("too long", causes::TOO_LARGE),
    ("attribute", causes::ATTRIBUTE),
    ("behind", causes::ATTRIBUTE),
];

fn of_xml(message: &str, text: &str) -> Cause {
    let known = WORDS.iter().find(|(words, _)| message.contains(words));
    let cause = known.map_or(causes::NOT_WELL_FORMED, |(_, cause)| *cause);
    // Cut inside a tag or a value, the reader misses whatever would have come next.
    let is_cut = !text.contains("</cXML>") && !text.trim_end().ends_with('>');
    let vague = [causes::ATTRIBUTE, causes::NOT_WELL_FORMED, causes::TAGS_CROSS, causes::AMPERSAND];
    if is_cut && vague.contains(&cause) { causes::CUT } else { cause }
}

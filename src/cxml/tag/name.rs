//! XML names and prefixes, byte by byte where ASCII lets it.

use super::super::gate::Gate;
use super::{TagFault, XML_NAMESPACE};

/// What a byte may be in a tag; one look-up in place of five comparisons.
const NAME: u8 = 1;
const NAME_START: u8 = 2;
/// Something in a value that does not read as it stands.
pub(super) const SPECIAL: u8 = 4;

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        classes[byte] = match c {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' => NAME | NAME_START,
            b'0'..=b'9' | b'-' | b'.' => NAME,
            b'<' | b'&' | b'\t' | b'\n' | b'\r' => SPECIAL,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

pub(super) fn is_a(class: u8, byte: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// Bytes of the name at the start of the text; 0 when there is none.
pub(in crate::cxml) fn name_length(text: &str) -> usize {
    name_and_colon(text).0
}

/// As [`name_length`], and whether there is a colon in it.
pub(in crate::cxml) fn name_and_colon(text: &str) -> (usize, bool) {
    let mut colon = false;
    let mut length = 0;
    for byte in text.bytes() {
        if !is_a(NAME, byte) {
            if !byte.is_ascii() {
                let length = wide_name_length(text);
                return (length, text[..length].contains(':'));
            }
            break;
        }
        colon |= byte == b':';
        length += 1;
    }
    let sound = text.bytes().next().is_some_and(|first| is_a(NAME_START, first));
    if sound { (length, colon) } else { (0, false) }
}

/// Names with characters outside ASCII are rare; they take the slow way.
fn wide_name_length(text: &str) -> usize {
    let starts = |c: char| {
        c.is_ascii_alphabetic()
            || matches!(c, '_' | ':' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}')
            || matches!(c, '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}')
            || matches!(c, '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}')
            || matches!(c, '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}')
            || matches!(c, '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..)
    };
    let goes_on = |c: char| {
        starts(c)
            || c.is_ascii_digit()
            || matches!(c, '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
    };
    if !text.starts_with(starts) {
        return 0;
    }
    text.find(|c| !goes_on(c)).unwrap_or(text.len())
}

/// Bytes of the prefix and its colon, 0 without one; `None` when the colons are not sound.
pub(in crate::cxml) fn prefix_length(name: &str) -> Option<usize> {
    let Some(colon) = name.find(':') else { return Some(0) };
    let local = &name[colon + 1..];
    (colon > 0 && name_length(local) == local.len() && !local.is_empty() && !local.contains(':'))
        .then_some(colon + 1)
}

/// The namespace a prefix stands for; without a prefix, the default one.
pub(in crate::cxml) fn namespace<'g>(
    gate: &'g Gate<'_>,
    prefix: &str,
    prefixed: bool,
) -> Result<Option<&'g str>, TagFault> {
    if gate.bindings.is_empty() && !prefixed {
        return Ok(None);
    }
    if prefixed && prefix == "xml" {
        return Ok(Some(XML_NAMESPACE));
    }
    match gate.bindings.iter().rev().find(|binding| binding.prefix == prefix) {
        Some(binding) => Ok(Some(binding.uri.as_str()).filter(|uri| !uri.is_empty())),
        None if prefixed => {
            Err(TagFault::new(0, format!("the prefix {prefix}: is not bound to a namespace")))
        }
        None => Ok(None),
    }
}

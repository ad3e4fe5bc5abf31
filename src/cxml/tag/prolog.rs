//! The XML declaration and the document type.

use super::name_length;
use super::{TagFault, Value, is_space, value};

/// `xml version="1.0" encoding=".." standalone=".."`: names in this order, version 1.0.
pub(in crate::cxml) fn declaration(text: &str) -> Result<(), TagFault> {
    let mut at = 3;
    let mut rank = 0;
    loop {
        let spaces = text[at..].bytes().take_while(|b| is_space(*b)).count();
        at += spaces;
        if at >= text.len() {
            break;
        }
        let length = name_length(&text[at..]);
        let name = &text[at..at + length];
        let Value { start, end, .. } = value(text, at + length, name)?;
        let found = &text[start..end];
        let (own, sound) = match name {
            "version" => (1, found == "1.0"),
            "encoding" => (2, is_encoding_name(found)),
            "standalone" => (3, matches!(found, "yes" | "no")),
            _ => (0, false),
        };
        if spaces == 0 || !sound || own <= rank || (rank == 0 && own != 1) {
            return Err(TagFault::new(at, "expected version=\"1.0\", then encoding, standalone"));
        }
        rank = own;
        at = end + 1;
    }
    if rank == 0 { Err(TagFault::new(0, "the XML declaration lacks its version")) } else { Ok(()) }
}

fn is_encoding_name(text: &str) -> bool {
    let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(sound)
}

/// `cXML SYSTEM "..">`: a name and an external id that is never fetched; no internal subset. Says
/// where it ends.
pub(in crate::cxml) fn document_type(text: &str) -> Result<usize, TagFault> {
    let name = name_length(text);
    if name == 0 {
        return Err(TagFault::new(0, "expected a name behind <!DOCTYPE"));
    }
    let trim = |text: &str| text.trim_start_matches([' ', '\t', '\n', '\r']).len();
    let at = |rest: usize| text.len() - rest;
    let mut rest = &text[at(trim(&text[name..]))..];
    let literals = if let Some(behind) = rest.strip_prefix("SYSTEM") {
        rest = behind;
        1
    } else if let Some(behind) = rest.strip_prefix("PUBLIC") {
        rest = behind;
        2
    } else {
        0
    };
    for _ in 0..literals {
        let spaced = rest.bytes().next().is_some_and(is_space);
        rest = &text[at(trim(rest))..];
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let literal = quote.and_then(|quote| rest[1..].find(quote));
        match literal {
            Some(length) if spaced => rest = &rest[length + 2..],
            _ => return Err(TagFault::new(at(rest.len()), "expected an address in quotes")),
        }
    }
    let rest = trim(rest);
    if text[at(rest)..].starts_with('[') {
        let message = "an internal subset of the document type is not taken; leave out [..]";
        return Err(TagFault::new(at(rest), message));
    }
    if !text[at(rest)..].starts_with('>') {
        return Err(TagFault::new(at(rest), "expected > to end the document type declaration"));
    }
    Ok(at(rest) + 1)
}

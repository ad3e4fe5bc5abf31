//! The form inputs of a page that a shop answers a program with (OCI VALIDATE, BACKGROUND_SEARCH).
//!
//! It is no HTML parser: it looks for `<input ..>` with a name and reads name and value. Nothing
//! of the page is run, followed or shown.

use crate::oci::form::{MAX_PAIRS, Pairs};

/// The text of a page: UTF-8 when it is, else windows-1252, as forms are read.
pub fn page_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Every named input with its value, in order; at most [`MAX_PAIRS`].
pub fn inputs(page: &str) -> Pairs {
    let mut found = Pairs::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if found.len() == MAX_PAIRS {
            break;
        }
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let is_input = rest.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("input"));
        if !is_input || !rest[5..].starts_with(|c: char| c.is_ascii_whitespace() || c == '/') {
            continue;
        }
        let (attributes, after) = attributes(&rest[5..]);
        rest = after;
        let value = |name: &str| {
            let own = attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            own.map(|(_, value)| value.clone())
        };
        if let Some(name) = value("name") {
            found.push((name, value("value").unwrap_or_default()));
        }
    }
    found
}

/// The attributes of a tag, and what follows it.
fn attributes(text: &str) -> (Pairs, &str) {
    let mut found = Pairs::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return (found, rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (found, after);
        }
        let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/');
        let cut =
            rest.char_indices().skip(1).find(|(_, c)| ends(*c)).map_or(rest.len(), |(i, _)| i);
        let name = &rest[..cut];
        rest = rest[cut..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = quoted(after.trim_start());
        }
        found.push((name.to_owned(), unescaped(value)));
    }
}

/// An attribute's value, and what follows it.
fn quoted(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote) {
            return inside.split_once(quote).unwrap_or((inside, ""));
        }
    }
    let cut = text.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(text.len());
    text.split_at(cut)
}

/// The text with its character references read; one that nobody knows stays as it stands.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let known = after.split_once(';').and_then(|(name, rest)| Some((character(name)?, rest)));
        match known {
            Some((c, next)) => {
                out.push(c);
                rest = next;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    let number = |text: &str, radix| u32::from_str_radix(text, radix).ok().and_then(char::from_u32);
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        "auml" => Some('ä'),
        "ouml" => Some('ö'),
        "uuml" => Some('ü'),
        "Auml" => Some('Ä'),
        "Ouml" => Some('Ö'),
        "Uuml" => Some('Ü'),
        "szlig" => Some('ß'),
        "euro" => Some('€'),
        _ => {
            let number_of = name.strip_prefix('#')?;
            match number_of.strip_prefix(['x', 'X']) {
                Some(hex) => number(hex, 16),
                None => number(number_of, 10),
            }
        }
    }
}

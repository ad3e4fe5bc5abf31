//! The inside of a tag: names, attributes, references, namespaces; and the two declarations.

use std::cell::Cell;

use super::fault::XmlFault;
use super::gate::{Binding, Gate};
use super::limits;
use super::tree::{AttributeNode, Span, short};
use name::SPECIAL;
use name::is_a;
pub(super) use name::{name_and_colon, name_length, namespace, prefix_length};
pub(super) use prolog::{declaration, document_type};

mod name;
mod prolog;

/// A fault at an offset from where the piece starts.
pub(super) struct TagFault {
    pub(super) offset: usize,
    pub(super) message: String,
}

impl TagFault {
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into() }
    }
}

impl From<XmlFault> for TagFault {
    fn from(fault: XmlFault) -> Self {
        Self::new(0, fault.message)
    }
}

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Reads the attributes behind a name of `from` bytes into the tree, and their bindings. Says how
/// many there are and where the `>` or `/>` stands.
pub(super) fn attributes<'a>(
    gate: &mut Gate<'a>,
    content: &'a str,
    from: usize,
    start: usize,
) -> Result<(u16, usize), TagFault> {
    let bytes = content.as_bytes();
    let first = gate.tree.attributes.len();
    let mut prefixes = false;
    let mut at = from;
    loop {
        let spaced = bytes.get(at).is_some_and(|b| is_space(*b));
        at += bytes[at..].iter().take_while(|b| is_space(**b)).count();
        match bytes.get(at) {
            Some(b'>') => break,
            Some(b'/') if bytes.get(at + 1) == Some(&b'>') => break,
            Some(_) => {}
            None => return Err(TagFault::new(0, "expected > to end the tag")),
        }
        let count = gate.tree.attributes.len();
        if count - first >= limits::ATTRIBUTES {
            let most = limits::ATTRIBUTES;
            return Err(TagFault::new(at, format!("an element has more than {most} attributes")));
        }
        if count >= gate.most.attributes {
            return Err(TagFault::new(at, "the document has too many attributes"));
        }
        let (length, colon) = name_and_colon(&content[at..]);
        if length == 0 || !spaced {
            return Err(TagFault::new(at, "expected a blank and an attribute name, or >"));
        }
        let name = &content[at..at + length];
        let known = &gate.tree.attributes[first..];
        let source = gate.source;
        let same = |a: &AttributeNode| &source[a.name as usize..][..a.name_len as usize] == name;
        if known.iter().any(same) {
            return Err(TagFault::new(at, format!("the attribute {name} stands twice")));
        }
        let Value { start: value_start, end: value_end, plain } =
            value(content, at + length, name)?;
        let raw = &content[value_start..value_end];
        let span = attribute_text(gate, raw, start + value_start, plain)
            .map_err(|fault| TagFault::new(value_start + fault.offset, fault.message))?;
        if colon || name == "xmlns" {
            prefixes |= bind(gate, name, raw).map_err(|message| TagFault::new(at, message))?;
        }
        gate.tree.attributes.push(AttributeNode {
            name: short(start + at),
            name_len: short(length),
            value: span,
            taken: Cell::new(false),
        });
        at = value_end + 1;
    }
    if prefixes {
        check_prefixes(gate, first)?;
    }
    let count = gate.tree.attributes.len() - first;
    Ok((u16::try_from(count).unwrap_or(u16::MAX), at))
}

/// Where a quoted value stands, and whether it reads as it stands.
struct Value {
    start: usize,
    end: usize,
    plain: bool,
}

/// The quoted value behind `= `.
fn value(content: &str, from: usize, name: &str) -> Result<Value, TagFault> {
    let bytes = content.as_bytes();
    let skip = |at: usize| at + bytes[at..].iter().take_while(|b| is_space(**b)).count();
    let equals = skip(from);
    let fault = |at, what: &str| Err(TagFault::new(at, format!("expected {what} behind {name}")));
    if bytes.get(equals) != Some(&b'=') {
        return fault(equals, "=");
    }
    let quote_at = skip(equals + 1);
    let quote = match bytes.get(quote_at) {
        Some(quote @ (b'"' | b'\'')) => *quote,
        _ => return fault(quote_at, "a value in quotes"),
    };
    let start = quote_at + 1;
    let mut plain = true;
    for (length, byte) in bytes[start..].iter().enumerate() {
        if *byte == quote {
            return Ok(Value { start, end: start + length, plain });
        }
        plain &= !is_a(SPECIAL, *byte);
    }
    fault(quote_at, "a closing quote")
}

/// The value with references resolved and line breaks made blanks.
fn attribute_text(
    gate: &mut Gate<'_>,
    raw: &str,
    start: usize,
    plain: bool,
) -> Result<Span, TagFault> {
    if raw.len() > limits::TEXT_NODE_BYTES {
        return Err(TagFault::new(0, "an attribute is too long"));
    }
    if plain {
        return Ok(Span::of_source(start, raw.len()));
    }
    let special = |b: u8| is_a(SPECIAL, b);
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.bytes().position(special) {
        let offset = raw.len() - rest.len() + at;
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match rest.as_bytes()[0] {
            b'<' => {
                return Err(TagFault::new(offset, "< may not stand in an attribute; write &lt;"));
            }
            b'&' => {
                let end = rest.find(';').ok_or_else(|| {
                    TagFault::new(offset, "& starts a reference that has no ;  Write &amp;")
                })?;
                let c =
                    referenced(&rest[1..end]).map_err(|message| TagFault::new(offset, message))?;
                text.push(c);
                end + 1
            }
            b'\r' if rest.as_bytes().get(1) == Some(&b'\n') => {
                text.push(' ');
                2
            }
            _ => {
                text.push(' ');
                1
            }
        };
        rest = &rest[taken..];
    }
    text.push_str(rest);
    Ok(gate.tree.join(&text))
}

/// Takes note of a namespace declaration; says whether the name has a prefix to be checked.
fn bind<'a>(gate: &mut Gate<'a>, name: &'a str, uri: &str) -> Result<bool, String> {
    let prefix = match name.strip_prefix("xmlns") {
        Some("") => "",
        Some(rest) if rest.starts_with(':') => &rest[1..],
        _ => return Ok(name.contains(':')),
    };
    let uri = uri.trim();
    let reserved = prefix == "xmlns"
        || uri == XMLNS_NAMESPACE
        || (prefix == "xml") != (uri == XML_NAMESPACE)
        || (uri.is_empty() && !prefix.is_empty());
    if reserved || (name.len() > 5 && (prefix.is_empty() || prefix.contains(':'))) {
        return Err(format!("the namespace declaration {name} is not allowed"));
    }
    if gate.bindings.len() >= limits::NAMESPACES || uri.len() > limits::NAMESPACE_BYTES {
        return Err("there are too many namespaces, or one with too long a name".to_owned());
    }
    gate.bindings.push(Binding { prefix, uri: uri.to_owned() });
    Ok(false)
}

/// Every prefix is bound, and no two attributes are the same once prefixes are resolved.
fn check_prefixes(gate: &Gate<'_>, first: usize) -> Result<(), TagFault> {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for attribute in &gate.tree.attributes[first..] {
        let name = &gate.source[attribute.name as usize..][..attribute.name_len as usize];
        let length = prefix_length(name)
            .ok_or_else(|| TagFault::new(0, format!("{name} is not an attribute name")))?;
        if length == 0 || name.starts_with("xmlns:") {
            continue;
        }
        let space = namespace(gate, &name[..length - 1], true)?.unwrap_or_default();
        let expanded = (space, &name[length..]);
        if seen.contains(&expanded) {
            return Err(TagFault::new(0, format!("the attribute {name} stands twice")));
        }
        seen.push(expanded);
    }
    Ok(())
}

/// The character that `&name;` stands for.
pub(super) fn referenced(name: &str) -> Result<char, String> {
    let shown = crate::base::text::shorten(name, 20);
    let digits = match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => name.strip_prefix('#').ok_or_else(|| {
            format!(
                "&{shown}; is not known: only &amp; &lt; &gt; &quot; &apos; are \
                 (a plain & is &amp;)"
            )
        })?,
    };
    let (digits, radix) = match digits.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    let number = digits
        .bytes()
        .all(|b| char::from(b).is_digit(radix))
        .then(|| u32::from_str_radix(digits, radix).ok())
        .flatten();
    number
        .and_then(char::from_u32)
        .filter(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..))
        .ok_or_else(|| format!("&{shown}; is not a character of XML"))
}

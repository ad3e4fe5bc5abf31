//! From bytes to UTF-8, strictly and once.
//!
//! quick-xml's own decoding can be made to panic from outside and reads UTF-32 as UTF-16, so it
//! only ever sees UTF-8 from here. A byte order mark decides first, then the charset of the HTTP
//! header, then the XML declaration (RFC 7303); without any of them it is UTF-8. Nothing is ever
//! replaced by U+FFFD: a byte that its encoding does not know is a fault with its place.

use std::borrow::Cow;

use encoding_rs::{Encoding, ISO_8859_15, WINDOWS_1252};

use super::fault::{Position, XmlFault};

/// The encodings that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    Utf8,
    Utf16Le,
    Utf16Be,
    /// Real ISO-8859-1: byte 0x80 is U+0080, not the euro sign of the web's table.
    Latin1,
    Latin9,
    Windows1252,
    Ascii,
}

const TAKEN: &str = "UTF-8, UTF-16, ISO-8859-1, ISO-8859-15, windows-1252 and US-ASCII are read";

impl Charset {
    /// The encoding of a label, in any case. `UTF-16` alone is big-endian unless a mark says else.
    fn named(label: &str) -> Option<Self> {
        Some(match label.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Self::Utf8,
            "utf-16" | "utf-16be" => Self::Utf16Be,
            "utf-16le" => Self::Utf16Le,
            "iso-8859-1" | "iso_8859-1" | "iso8859-1" | "latin1" | "latin-1" => Self::Latin1,
            "iso-8859-15" | "iso_8859-15" | "iso8859-15" | "latin9" | "latin-9" => Self::Latin9,
            "windows-1252" | "cp1252" => Self::Windows1252,
            "us-ascii" | "ascii" => Self::Ascii,
            _ => return None,
        })
    }

    fn is_utf16(self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }

    /// How many bytes the character takes in this encoding.
    pub(super) fn width(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16Le | Self::Utf16Be => 2 * c.len_utf16(),
            _ => 1,
        }
    }

    /// The text in this encoding; characters it lacks become `?`. Used for marks in ASCII only.
    pub(super) fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            _ => text.chars().map(|c| if c.is_ascii() { c as u8 } else { b'?' }).collect(),
        }
    }
}

impl std::fmt::Display for Charset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Latin1 => "ISO-8859-1",
            Self::Latin9 => "ISO-8859-15",
            Self::Windows1252 => "windows-1252",
            Self::Ascii => "US-ASCII",
        })
    }
}

/// A document as UTF-8, without its byte order mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub charset: Charset,
    /// Bytes of the mark in front.
    pub mark_bytes: usize,
}

/// Decodes a document. `content_type` is the HTTP header's value, when there was one.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Result<Decoded<'a>, XmlFault> {
    let start = Position { line: 1, column: 1 };
    let (charset, mark_bytes) =
        detect(bytes, content_type).map_err(|message| XmlFault::new(start, message))?;
    let text = transcode(&bytes[mark_bytes..], charset)?;
    Ok(Decoded { text, charset, mark_bytes })
}

/// Which encoding it is and how long its mark; the error says what contradicts what.
fn detect(bytes: &[u8], content_type: Option<&str>) -> Result<(Charset, usize), String> {
    let marked = by_mark(bytes)?;
    let guessed = marked.map(|(charset, _)| charset).or_else(|| by_shape(bytes));
    let declared = declared_label(bytes, guessed);
    let declared = match declared.as_deref() {
        None => None,
        Some(label) => Some(named(label, "the XML declaration names")?),
    };
    if let Some((charset, mark_bytes)) = marked {
        return match declared {
            Some(other) if !agree(charset, other) => {
                Err(format!("the byte order mark says {charset}, the XML declaration says {other}"))
            }
            _ => Ok((charset, mark_bytes)),
        };
    }
    if let Some(label) = content_type.and_then(header_charset) {
        let asked = named(&label, "the Content-Type header names")?;
        // `charset=utf-16` without a mark: the shape of the first bytes tells the order.
        return Ok((if asked.is_utf16() { guessed.unwrap_or(asked) } else { asked }, 0));
    }
    match (guessed, declared) {
        (Some(shape), Some(other)) if !agree(shape, other) => {
            Err(format!("the bytes are {shape}, the XML declaration says {other}"))
        }
        (Some(shape), _) => Ok((shape, 0)),
        (None, Some(other)) if other.is_utf16() => {
            Err("the XML declaration says UTF-16, the bytes are not".to_owned())
        }
        (None, declared) => Ok((declared.unwrap_or(Charset::Utf8), 0)),
    }
}

fn named(label: &str, who: &str) -> Result<Charset, String> {
    Charset::named(label).ok_or_else(|| {
        let label = crate::base::text::shorten(label, 40);
        format!("{who} the encoding \"{label}\"; {TAKEN}")
    })
}

/// A declaration may say UTF-16 without the byte order.
fn agree(found: Charset, declared: Charset) -> bool {
    found == declared || (found.is_utf16() && declared.is_utf16())
}

fn by_mark(bytes: &[u8]) -> Result<Option<(Charset, usize)>, String> {
    Ok(match bytes {
        [0, 0, 0xFE, 0xFF, ..] | [0xFF, 0xFE, 0, 0, ..] => {
            return Err(format!("the byte order mark is that of UTF-32; {TAKEN}"));
        }
        [0, 0, 0, b'<', ..] | [b'<', 0, 0, 0, ..] => {
            return Err(format!("the bytes are UTF-32; {TAKEN}"));
        }
        [0xEF, 0xBB, 0xBF, ..] => Some((Charset::Utf8, 3)),
        [0xFE, 0xFF, ..] => Some((Charset::Utf16Be, 2)),
        [0xFF, 0xFE, ..] => Some((Charset::Utf16Le, 2)),
        _ => None,
    })
}

/// UTF-16 without a mark shows in the `<` of the first tag.
fn by_shape(bytes: &[u8]) -> Option<Charset> {
    match bytes {
        [0, b'<', 0, second, ..] if *second != 0 => Some(Charset::Utf16Be),
        [b'<', 0, second, 0, ..] if *second != 0 => Some(Charset::Utf16Le),
        _ => None,
    }
}

/// Characters of the XML declaration that are looked at.
const DECLARATION_CHARS: usize = 256;

/// The `encoding` of the XML declaration, when there is one.
fn declared_label(bytes: &[u8], guessed: Option<Charset>) -> Option<String> {
    let (step, offset) = match guessed {
        Some(Charset::Utf16Le) => (2, 0),
        Some(Charset::Utf16Be) => (2, 1),
        _ => (1, 0),
    };
    let mark = by_mark(bytes).ok().flatten().map_or(0, |(_, length)| length);
    let head: String = bytes
        .get(mark..)?
        .iter()
        .skip(offset)
        .step_by(step)
        .take(DECLARATION_CHARS)
        .map(|byte| char::from(*byte))
        .collect();
    let inside = head.strip_prefix("<?xml")?.split_once("?>")?.0;
    let after = inside.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after[1..].split_once(quote).map(|(label, _)| label.to_owned())
}

/// The charset parameter of a Content-Type value: quoted or not, in any case.
fn header_charset(value: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|parameter| {
        let (name, label) = parameter.split_once('=')?;
        let label = label.trim().trim_matches(['"', '\'']).trim();
        (name.trim().eq_ignore_ascii_case("charset") && !label.is_empty()).then(|| label.to_owned())
    })
}

fn transcode(bytes: &[u8], charset: Charset) -> Result<Cow<'_, str>, XmlFault> {
    match charset {
        Charset::Utf8 => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(fault) => {
                let good = bytes.get(..fault.valid_up_to()).unwrap_or_default();
                let good = std::str::from_utf8(good).unwrap_or_default();
                Err(undecodable(good, bytes.get(good.len()).copied(), "UTF-8"))
            }
        },
        Charset::Utf16Le => utf16(bytes, u16::from_le_bytes),
        Charset::Utf16Be => utf16(bytes, u16::from_be_bytes),
        Charset::Latin1 => Ok(Cow::Owned(bytes.iter().copied().map(char::from).collect())),
        Charset::Ascii => match bytes.iter().position(|byte| !byte.is_ascii()) {
            None => Ok(Cow::Owned(bytes.iter().copied().map(char::from).collect())),
            Some(at) => {
                let good: String = bytes[..at].iter().copied().map(char::from).collect();
                Err(undecodable(&good, bytes.get(at).copied(), "US-ASCII"))
            }
        },
        Charset::Latin9 => single_byte(bytes, ISO_8859_15),
        Charset::Windows1252 => single_byte(bytes, WINDOWS_1252),
    }
}

fn single_byte<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Result<Cow<'a, str>, XmlFault> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or_else(|| undecodable("", None, encoding.name()))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, XmlFault> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    for found in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match found {
            Ok(c) => text.push(c),
            Err(_) => return Err(undecodable(&text, None, "UTF-16")),
        }
    }
    if rest.is_empty() {
        return Ok(Cow::Owned(text));
    }
    Err(undecodable(&text, rest.first().copied(), "UTF-16"))
}

fn undecodable(good: &str, byte: Option<u8>, name: &str) -> XmlFault {
    let what = byte.map_or_else(|| "a unit".to_owned(), |byte| format!("byte 0x{byte:02X}"));
    XmlFault::new(Position::of(good, good.len()), format!("{what} does not belong to {name} here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], header: Option<&str>) -> Result<String, String> {
        decode(bytes, header).map(|d| d.text.into_owned()).map_err(|fault| fault.to_string())
    }

    fn utf16le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn every_encoding_we_promise_is_read() {
        let latin = |label: &str, byte: u8| {
            let mut bytes = format!("<?xml version='1.0' encoding='{label}'?><a>").into_bytes();
            bytes.extend([byte, b'<', b'/', b'a', b'>']);
            text(&bytes, None).map(|t| t.split_once("<a>").map(|(_, rest)| rest.chars().next()))
        };
        assert_eq!(latin("ISO-8859-1", 0x80), Ok(Some(Some('\u{80}'))));
        assert_eq!(latin("iso-8859-15", 0xA4), Ok(Some(Some('€'))));
        assert_eq!(latin("Windows-1252", 0x80), Ok(Some(Some('€'))));
        assert!(latin("US-ASCII", 0x80).is_err());
        assert!(latin("UTF-8", 0xFC).is_err());
        assert!(latin("KOI8-R", 0xFC).is_err());
        let mut marked = vec![0xFF, 0xFE];
        marked.extend(utf16le("<a>ü€</a>"));
        assert_eq!(text(&marked, None), Ok("<a>ü€</a>".to_owned()));
        assert_eq!(text(&utf16le("<a/>"), None), Ok("<a/>".to_owned()));
        assert_eq!(text(b"\xEF\xBB\xBF<a/>", None), Ok("<a/>".to_owned()));
    }

    #[test]
    fn the_header_outranks_the_declaration_and_a_mark_outranks_both() {
        let declared = b"<?xml version='1.0' encoding='UTF-8'?><a>\xFC</a>";
        let header = Some("text/xml; Charset=\"iso-8859-1\"");
        assert!(text(declared, header).unwrap().contains('ü'));
        assert_eq!(text(b"\xEF\xBB\xBF<a>\xC3\xBC</a>", header), Ok("<a>ü</a>".to_owned()));
        assert!(text(b"<a/>", Some("text/xml; charset=utf-7")).is_err());
    }

    #[test]
    fn contradictions_and_utf32_are_refused_without_a_panic() {
        let mut lying = vec![0xFF, 0xFE];
        lying.extend(utf16le("<?xml version=\"1.0\" encoding=\"UTF-8\"?><a/>"));
        assert!(text(&lying, None).is_err());
        assert!(text(b"<?xml version='1.0' encoding='UTF-16'?><a/>", None).is_err());
        assert!(text(b"\0\0\xFE\xFF\0\0\0<", None).is_err());
        assert!(text(b"\xFF\xFE\0\0<\0\0\0", None).is_err());
        assert!(text(b"\0\0\0<\0\0\0a", None).is_err());
        assert!(text(b"\xFF\xFE<\0a", None).is_err(), "half a unit");
        assert!(text(b"\xFF\xFE\x00\xD8<\0", None).is_err(), "half a surrogate pair");
        for cut in 0..4 {
            let _ = text(&b"\xFE\xFF\0<"[..cut], None);
        }
    }

    #[test]
    fn a_bad_byte_is_reported_with_its_place() {
        let fault = decode(b"<a>\n\xC3\xBC\xFF</a>", None).unwrap_err();
        assert_eq!((fault.line, fault.column), (2, 2));
        assert_eq!(fault.message, "byte 0xFF does not belong to UTF-8 here");
    }
}

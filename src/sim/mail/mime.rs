//! A mail read for showing: subject, plain text, HTML and attachments (RFC 2045, 2047, 2231).
//!
//! It reads what our mailer and common programs write. What it cannot read is shown as it came; it
//! never fails.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use encoding_rs::{Encoding, UTF_8};

/// Parts within parts: mixed, related, alternative make three.
const DEPTH: usize = 8;
/// Parts of one mail that are read.
const PARTS: usize = 64;

/// What a mail says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    pub subject: String,
    /// The sender as the header shows it.
    pub from: String,
    pub text: Option<String>,
    pub html: Option<String>,
    pub attachments: Vec<Attachment>,
    /// The mail's own headers, decoded, in order.
    pub headers: Vec<(String, String)>,
}

/// A file that came with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    /// The media type without parameters, lower case.
    pub media_type: String,
    pub bytes: Vec<u8>,
}

impl Body {
    /// A header by its name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

/// Reads a mail.
pub fn read(raw: &[u8]) -> Body {
    let (headers, content) = split_head(raw);
    let mut body = Body::default();
    let mut left = PARTS;
    read_part(&headers, content, DEPTH, &mut left, &mut body);
    body.headers = headers.into_iter().map(|(name, value)| (name, words(&value))).collect();
    body.subject = body.header("Subject").unwrap_or_default().to_owned();
    body.from = body.header("From").unwrap_or_default().to_owned();
    body
}

type Headers = Vec<(String, String)>;

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// The unfolded headers, and what follows the first empty line.
fn split_head(raw: &[u8]) -> (Headers, &[u8]) {
    let mut headers: Headers = Vec::new();
    let mut rest = raw;
    while !rest.is_empty() {
        let end = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            break;
        }
        match (line.strip_prefix([' ', '\t']), headers.last_mut()) {
            (Some(more), Some((_, value))) => {
                value.push(' ');
                value.push_str(more.trim_start());
            }
            _ => {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                headers.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
    }
    (headers, rest)
}

fn read_part(headers: &Headers, content: &[u8], depth: usize, left: &mut usize, body: &mut Body) {
    let kind = find(headers, "Content-Type").unwrap_or("text/plain");
    let media_type = kind.split(';').next().unwrap_or_default().trim().to_lowercase();
    if let (true, Some(boundary)) = (media_type.starts_with("multipart/"), param(kind, "boundary"))
        && depth > 0
    {
        for part in split_parts(content, &boundary) {
            if *left == 0 {
                return;
            }
            *left -= 1;
            let (headers, content) = split_head(part);
            read_part(&headers, content, depth - 1, left, body);
        }
        return;
    }
    let bytes = decode(find(headers, "Content-Transfer-Encoding").unwrap_or("7bit"), content);
    let disposition = find(headers, "Content-Disposition").unwrap_or_default();
    let name = param(disposition, "filename").or_else(|| param(kind, "name"));
    let attached = disposition.trim_start().to_lowercase().starts_with("attachment");
    let charset = param(kind, "charset").unwrap_or_else(|| "utf-8".to_owned());
    let slot = match media_type.as_str() {
        "text/plain" if !attached && body.text.is_none() => &mut body.text,
        "text/html" if !attached && body.html.is_none() => &mut body.html,
        _ => {
            let name = name.unwrap_or_else(|| "without a name".to_owned());
            body.attachments.push(Attachment { name, media_type, bytes });
            return;
        }
    };
    *slot = Some(text_of(&bytes, &charset));
}

/// The parts between the boundary lines, each without the line end that belongs to the boundary.
fn split_parts<'a>(content: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mark = format!("--{boundary}").into_bytes();
    let mut parts = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = 0;
    while at < content.len() {
        let end =
            content[at..].iter().position(|b| *b == b'\n').map_or(content.len(), |n| at + n + 1);
        let line = content[at..end].trim_ascii_end();
        if let Some(tail) = line.strip_prefix(mark.as_slice())
            && (tail.is_empty() || tail == b"--")
        {
            if let Some(start) = open {
                let part = &content[start..at];
                let part = part.strip_suffix(b"\n").unwrap_or(part);
                parts.push(part.strip_suffix(b"\r").unwrap_or(part));
            }
            open = tail.is_empty().then_some(end);
        }
        at = end;
    }
    parts
}

fn decode(encoding: &str, content: &[u8]) -> Vec<u8> {
    match encoding.trim().to_lowercase().as_str() {
        "base64" => {
            let compact: Vec<u8> =
                content.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
            STANDARD.decode(compact).unwrap_or_else(|_| content.to_vec())
        }
        "quoted-printable" => quoted_printable(content, false),
        _ => content.to_vec(),
    }
}

/// `=3D` becomes `=`, a `=` at the end of a line joins it to the next; in a header `_` is a blank.
fn quoted_printable(content: &[u8], in_header: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(content.len());
    let mut rest = content;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'=' if rest.starts_with(b"\r\n") => rest = &rest[2..],
            b'=' if rest.starts_with(b"\n") => rest = &rest[1..],
            b'=' => match rest.split_at_checked(2).and_then(|(hex, tail)| Some((byte(hex)?, tail)))
            {
                Some((byte, tail)) => {
                    bytes.push(byte);
                    rest = tail;
                }
                None => bytes.push(b'='),
            },
            b'_' if in_header => bytes.push(b' '),
            other => bytes.push(*other),
        }
    }
    bytes
}

fn byte(hex: &[u8]) -> Option<u8> {
    let text =
        std::str::from_utf8(hex).ok().filter(|t| t.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u8::from_str_radix(text, 16).ok()
}

fn text_of(bytes: &[u8], charset: &str) -> String {
    let encoding = Encoding::for_label(charset.trim().as_bytes()).unwrap_or(UTF_8);
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// A header value with its encoded words (`=?utf-8?b?..?=`) decoded; blanks between two encoded
/// words belong to the folding, not to the text.
fn words(value: &str) -> String {
    let mut text = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some(start) = rest.find("=?") {
        let (plain, from) = rest.split_at(start);
        if !(after_word && plain.trim().is_empty()) {
            text.push_str(plain);
        }
        match word(from) {
            Some((decoded, tail)) => {
                text.push_str(&decoded);
                (rest, after_word) = (tail, true);
            }
            None => {
                text.push_str("=?");
                (rest, after_word) = (&from[2..], false);
            }
        }
    }
    text.push_str(rest);
    text
}

/// One encoded word at the start of the text, and what follows it.
fn word(text: &str) -> Option<(String, &str)> {
    let (charset, rest) = text.strip_prefix("=?")?.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (content, tail) = rest.split_once("?=")?;
    // RFC 2231 lets a language follow the charset.
    let charset = charset.split('*').next().unwrap_or_default();
    let bytes = match encoding {
        "b" | "B" => STANDARD.decode(content).ok()?,
        "q" | "Q" => quoted_printable(content.as_bytes(), true),
        _ => return None,
    };
    Some((text_of(&bytes, charset), tail))
}

/// A header's parameter: plain, quoted, with a charset (`name*=`) or in pieces (`name*0=`).
fn param(value: &str, name: &str) -> Option<String> {
    let params = split_params(value);
    let get = |key: &str| params.iter().find(|(known, _)| known == key).map(|(_, v)| v.clone());
    if let Some(plain) = get(name) {
        return Some(words(&plain));
    }
    if let Some(extended) = get(&format!("{name}*")) {
        return Some(with_charset(&extended));
    }
    let mut whole = String::new();
    let mut extended = false;
    for number in 0..PARTS {
        if let Some(piece) = get(&format!("{name}*{number}*")) {
            extended = true;
            whole.push_str(&piece);
        } else if let Some(piece) = get(&format!("{name}*{number}")) {
            whole.push_str(&piece);
        } else {
            break;
        }
    }
    if whole.is_empty() { None } else { Some(if extended { with_charset(&whole) } else { whole }) }
}

/// `utf-8''B%C3%BCro` as text.
fn with_charset(value: &str) -> String {
    let mut pieces = value.splitn(3, '\'');
    let (charset, text) = match (pieces.next(), pieces.next(), pieces.next()) {
        (Some(charset), Some(_), Some(text)) => (charset, text),
        _ => ("utf-8", value),
    };
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(text).collect();
    text_of(&bytes, charset)
}

/// The `;`-separated parameters after the first value, names in lower case, quotes taken off.
fn split_params(value: &str) -> Vec<(String, String)> {
    let mut params = Vec::new();
    let mut piece = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for c in value.chars().chain([';']) {
        match c {
            _ if escaped => {
                piece.push(c);
                escaped = false;
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                if let Some((name, value)) = piece.split_once('=') {
                    params.push((name.trim().to_lowercase(), value.trim().to_owned()));
                }
                piece.clear();
            }
            _ => piece.push(c),
        }
    }
    params
}

#[cfg(test)]
mod tests;

//! `multipart/related` (RFC 2387): a document with what is attached to it. Read with the two
//! transfer encodings that change bytes; written with none, so that every byte stays as it is.

use base64::{
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

mod content_id;
mod encoding;

pub use content_id::{cid, names};
use encoding::decode;

/// Parts that are looked at; a document with more attachments is refused elsewhere by its size.
const MOST_PARTS: usize = 200;

/// Characters of base64 that are decoded at once; whole groups of four.
const PIECE: usize = 4_096;

/// Attachments of real senders lack their padding now and then.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One part, decoded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    pub content_type: Option<String>,
    /// Without its angle brackets.
    pub content_id: Option<String>,
    /// The file's name.
    pub name: Option<String>,
    /// The control of a form that it was sent by (`multipart/form-data`, RFC 7578).
    pub field: Option<String>,
    pub body: Vec<u8>,
}

/// The boundary of a multipart content type.
pub fn boundary(content_type: &str) -> Option<String> {
    let multipart = content_type.trim_start().to_ascii_lowercase().starts_with("multipart/");
    parameter(content_type, "boundary").filter(|boundary| multipart && !boundary.is_empty())
}

/// A parameter of a header's value, quoted or not.
pub fn parameter(value: &str, name: &str) -> Option<String> {
    let mut pieces = Vec::new();
    let (mut quoted, mut piece) = (false, String::new());
    for c in value.chars() {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => pieces.push(std::mem::take(&mut piece)),
            c => piece.push(c),
        }
    }
    pieces.push(piece);
    pieces.iter().skip(1).find_map(|piece| {
        let (own, value) = piece.split_once('=')?;
        own.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// The parts between the boundaries; what stands before the first and after the last is nothing.
pub fn parts(bytes: &[u8], boundary: &str) -> Vec<Part> {
    let mark = format!("--{boundary}").into_bytes();
    let mut parts = Vec::new();
    let mut begin: Option<usize> = None;
    for line in lines(bytes) {
        let text = trimmed(&bytes[line.clone()]);
        let last = text.strip_prefix(&*mark).is_some_and(|rest| rest.starts_with(b"--"));
        if !last && text != mark {
            continue;
        }
        if let Some(begin) = begin {
            parts.push(part(before_newline(&bytes[begin..line.start])));
        }
        if last || parts.len() == MOST_PARTS {
            return parts;
        }
        begin = Some(line.end);
    }
    parts
}

/// The ranges of the lines, each with its line end.
fn lines(bytes: &[u8]) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let mut start = 0;
    bytes.split_inclusive(|byte| *byte == b'\n').map(move |line| {
        let range = start..start + line.len();
        start = range.end;
        range
    })
}

fn trimmed(line: &[u8]) -> &[u8] {
    line.trim_ascii_end()
}

/// The line end before a boundary belongs to the boundary.
fn before_newline(body: &[u8]) -> &[u8] {
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    body.strip_suffix(b"\r").unwrap_or(body)
}

fn part(bytes: &[u8]) -> Part {
    let mut part = Part::default();
    let mut encoding = String::new();
    let mut body_at = bytes.len();
    for line in lines(bytes) {
        let text = trimmed(&bytes[line.clone()]);
        if text.is_empty() {
            body_at = line.end;
            break;
        }
        let text = String::from_utf8_lossy(text);
        let Some((name, value)) = text.split_once(':') else { continue };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "content-type" => {
                part.name = part.name.or_else(|| parameter(value, "name"));
                part.content_type = Some(value.to_owned());
            }
            "content-disposition" => {
                part.field = parameter(value, "name");
                part.name = parameter(value, "filename").or(part.name);
            }
            "content-id" => part.content_id = Some(bare(value).to_owned()),
            "content-transfer-encoding" => encoding = value.to_ascii_lowercase(),
            _ => {}
        }
    }
    let body = bytes.get(body_at..).unwrap_or_default();
    part.body = decode(body, &encoding);
    part
}

fn bare(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

/// The document: the part that `start` names, else the first.
pub fn root<'p>(parts: &'p [Part], start: Option<&str>) -> Option<&'p Part> {
    parts.get(place(parts, start))
}

/// The document taken out of the parts, and what came beside it; no body is copied.
pub fn split(mut parts: Vec<Part>, start: Option<&str>) -> Option<(Part, Vec<Part>)> {
    let at = place(&parts, start);
    (at < parts.len()).then(|| (parts.remove(at), parts))
}

fn place(parts: &[Part], start: Option<&str>) -> usize {
    let named = start.map(bare);
    let found =
        parts.iter().position(|part| named.is_some() && part.content_id.as_deref() == named);
    found.unwrap_or_default()
}

/// Where the document stands among the parts, as the receiver is told.
const ROOT: &str = "document@countersign";

/// A document and its attachments as one body. Answers its content type, too. The same parts and
/// name give the same bytes.
pub fn write(name: &str, document: &[u8], attachments: &[Part]) -> (String, Vec<u8>) {
    let boundary = format!("countersign-{}", token(name));
    let mut body = Vec::new();
    let head = |body: &mut Vec<u8>, lines: &[String]| {
        body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        for line in lines {
            body.extend_from_slice(format!("{line}\r\n").as_bytes());
        }
        body.extend_from_slice(b"\r\n");
    };
    let kind = "Content-Type: text/xml; charset=UTF-8".to_owned();
    head(&mut body, &[kind, format!("Content-ID: <{ROOT}>")]);
    body.extend_from_slice(document);
    body.extend_from_slice(b"\r\n");
    for part in attachments {
        let kind = part.content_type.as_deref().unwrap_or("application/octet-stream");
        let mut lines = vec![
            format!("Content-Type: {}", header_value(kind)),
            "Content-Transfer-Encoding: binary".to_owned(),
        ];
        if let Some(id) = &part.content_id {
            lines.push(format!("Content-ID: <{}>", header_value(id)));
        }
        if let Some(name) = &part.name {
            let name = header_value(name).replace(['"', '\\'], "_");
            lines.push(format!("Content-Disposition: attachment; filename=\"{name}\""));
        }
        head(&mut body, &lines);
        body.extend_from_slice(&part.body);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let kind = format!(
        "multipart/related; boundary=\"{boundary}\"; type=\"text/xml\"; start=\"<{ROOT}>\""
    );
    (kind, body)
}

/// What may stand in a boundary.
fn token(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).take(48).collect()
}

/// One line of a header: nothing in it can begin another.
fn header_value(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine;

    use super::{encoding::quoted_printable, *};

    #[test]
    fn the_root_is_found_by_its_name_or_stands_first() {
        let kind = "multipart/related; boundary=\"b;1\"; type=\"text/xml\"; start=\"<x@y>\"";
        let boundary = boundary(kind).unwrap();
        assert_eq!(boundary, "b;1");
        let body = b"before\r\n--b;1\r\nContent-Type: image/png\r\nContent-ID: <p@y>\r\n\
            Content-Transfer-Encoding: base64\r\n\r\niVBO\r\nRw0K\r\n--b;1 \r\n\
            Content-Type: text/xml; charset=UTF-8\r\nContent-ID: <x@y>\r\n\r\n<cXML/>\r\n\
            --b;1--\r\nafter";
        let parts = parts(body, &boundary);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].body, b"\x89PNG\r\n");
        let start = parameter(kind, "start");
        assert_eq!(root(&parts, start.as_deref()).unwrap().body, b"<cXML/>");
        assert_eq!(root(&parts, Some("none")).unwrap().content_id.as_deref(), Some("p@y"));
        let (document, beside) = split(parts, start.as_deref()).unwrap();
        assert_eq!((&*document.body, beside.len()), (&b"<cXML/>"[..], 1));
        assert_eq!(split(Vec::new(), None), None);
    }

    #[test]
    fn a_large_file_in_lines_of_base64_comes_out_whole_and_a_broken_one_stays() {
        let file: Vec<u8> = (0..20_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let text = BASE64.encode(&file);
        let lines: Vec<&[u8]> = text.as_bytes().chunks(76).collect();
        assert_eq!(decode(&lines.join(&b"\r\n"[..]), "base64"), file);
        let bare = text.trim_end_matches('=').as_bytes();
        assert_eq!(decode(bare, "base64"), file, "without its padding");
        assert_eq!(decode(b"iVBO*w0K", "base64"), b"iVBO*w0K");
    }

    #[test]
    fn what_is_written_is_read_back_byte_for_byte() {
        let binary: Vec<u8> = (0..=255).collect();
        let text = b"--countersign\r\nno boundary\r\n".to_vec();
        let part = |id: &str, body: &Vec<u8>| Part {
            content_type: Some("application/pdf".to_owned()),
            content_id: Some(id.to_owned()),
            name: Some("drawing \"1\".pdf".to_owned()),
            field: None,
            body: body.clone(),
        };
        let (kind, body) = write("doc_01", b"<cXML/>", &[part("a@b", &binary), part("c@d", &text)]);
        let read = parts(&body, &boundary(&kind).unwrap());
        assert_eq!(root(&read, parameter(&kind, "start").as_deref()).unwrap().body, b"<cXML/>");
        assert_eq!((&read[1].body, &read[2].body), (&binary, &text));
        assert_eq!(read[1].name.as_deref(), Some("drawing _1_.pdf"));
        assert!(names("cid:a%40b", "a@b") && names("CID:a@b", "a@b") && !names("cid:x", "a@b"));
        assert_eq!(cid("http://x/y"), None);
    }

    #[test]
    fn what_is_no_multipart_has_no_parts() {
        assert_eq!(boundary("text/xml; boundary=x"), None);
        assert_eq!(boundary("multipart/related"), None);
        assert!(parts(b"<cXML/>", "x").is_empty());
        assert!(parts(b"--x\r\nA: b\r\n\r\nnever ended", "x").is_empty());
    }

    #[test]
    fn quoted_printable_is_undone() {
        assert_eq!(quoted_printable(b"a=3D=\r\nb=C3=A4=zz"), "a=bä=zz".as_bytes());
    }
}

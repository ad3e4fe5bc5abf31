//! Looking at many bytes at once, before the pieces are taken apart.

use super::super::limits;
use super::{Stop, stop};

/// Bytes up to the next `<` or `&`: 16 at once, then one by one.
pub(super) fn text_length(bytes: &[u8]) -> usize {
    let ends = |byte: u8| (byte == b'<') | (byte == b'&');
    let (chunks, _) = bytes.as_chunks::<16>();
    let clear = chunks
        .iter()
        .take_while(|chunk| !chunk.iter().fold(false, |found, byte| found | ends(*byte)))
        .count();
    let rest = &bytes[clear * 16..];
    clear * 16 + rest.iter().position(|byte| ends(*byte)).unwrap_or(rest.len())
}

pub(super) fn bounded(length: usize, offset: usize) -> Result<(), Stop> {
    if length > limits::TEXT_NODE_BYTES {
        let most = limits::TEXT_NODE_BYTES;
        return stop(offset, format!("the text of one element is longer than {most} bytes"));
    }
    Ok(())
}

/// A prefixed root counts as cXML only when its namespace says so.
pub(super) fn is_cxml_namespace(uri: &str) -> bool {
    uri.to_ascii_lowercase().contains("cxml")
}

/// What the whole text contains at all, so that no piece need be searched for it again.
pub(super) struct Survey {
    /// The offset of the first character that XML 1.0 does not allow.
    pub forbidden: Option<usize>,
    pub carriage_return: bool,
    pub section_end: bool,
}

/// Looks at every byte once, 64 at a time; closer only where something may be wrong.
pub(super) fn survey(source: &str) -> Survey {
    let (mut carriage_return, mut bracket) = (false, false);
    let mut forbidden = None;
    for (number, chunk) in source.as_bytes().chunks(64).enumerate() {
        let (mut suspicious, mut returns, mut brackets) = (false, false, false);
        for byte in chunk {
            suspicious |= (*byte < 0x20) & !matches!(*byte, b'\t' | b'\n' | b'\r');
            suspicious |= *byte == 0xEF;
            returns |= *byte == b'\r';
            brackets |= *byte == b']';
        }
        carriage_return |= returns;
        bracket |= brackets;
        if suspicious && forbidden.is_none() {
            forbidden = first_forbidden(source.as_bytes(), number * 64, chunk.len());
        }
    }
    Survey { forbidden, carriage_return, section_end: bracket && source.contains("]]>") }
}

/// The first forbidden character that starts in a range of the text.
fn first_forbidden(source: &[u8], start: usize, length: usize) -> Option<usize> {
    (start..start + length).find(|offset| {
        let byte = source[*offset];
        let control = byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
        // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
        let behind = source.get(offset + 1..offset + 3);
        control || (byte == 0xEF && matches!(behind, Some([0xBF, 0xBE | 0xBF])))
    })
}

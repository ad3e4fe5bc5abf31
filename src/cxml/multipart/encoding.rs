//! Transfer encodings of a part: base64, quoted-printable.

use super::{BASE64, PIECE};
use base64::Engine as _;

/// The body without its transfer encoding; one that is broken stays as it is, and its reader says
/// what is wrong.
pub(super) fn decode(body: &[u8], encoding: &str) -> Vec<u8> {
    match encoding {
        "base64" => unbase(body).unwrap_or_else(|_| body.to_vec()),
        "quoted-printable" => quoted_printable(body),
        _ => body.to_vec(),
    }
}

/// Decoded piece by piece, so that a large file does not stand in memory once more without its line
/// ends.
fn unbase(body: &[u8]) -> Result<Vec<u8>, base64::DecodeError> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3);
    let mut piece = Vec::with_capacity(PIECE);
    for byte in body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()) {
        piece.push(byte);
        if piece.len() == PIECE {
            BASE64.decode_vec(&piece, &mut out)?;
            piece.clear();
        }
    }
    BASE64.decode_vec(&piece, &mut out)?;
    Ok(out)
}

pub(super) fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'=' {
            out.push(*byte);
            continue;
        }
        if let Some(after) = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")) {
            rest = after;
            continue;
        }
        let digits = rest.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match digits.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(value) => {
                out.push(value);
                rest = &rest[2..];
            }
            None => out.push(b'='),
        }
    }
    out
}

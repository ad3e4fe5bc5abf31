//! Content ids, and the cid: addresses that name them.

use super::bare;

/// Whether an address names this part: `cid:` and its Content-ID, percent-encoded or not.
pub fn names(address: &str, content_id: &str) -> bool {
    let Some(named) = cid(address) else { return false };
    let plain = percent_decoded(named);
    named == content_id || plain.as_deref() == Some(content_id.as_bytes())
}

/// What stands behind `cid:`.
pub fn cid(address: &str) -> Option<&str> {
    let (scheme, named) = address.trim().split_once(':')?;
    scheme.eq_ignore_ascii_case("cid").then(|| bare(named))
}

fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digits = [bytes.next()?, bytes.next()?];
        out.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    Some(out)
}

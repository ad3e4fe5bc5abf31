//! The fingerprint of a client certificate, in whatever form a TLS terminator or a person gives it.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::text::sha256_hex;

/// Hexadecimal digits of a SHA-256.
const DIGITS: usize = 64;
/// Bytes of a certificate; the largest in use have less than half.
const MOST: usize = 16 * 1024;

/// SHA-256 over the certificate's DER, as 64 small hexadecimal digits. Read are the digits
/// themselves (with colons or blanks between them), Envoy's `Hash=..`, and a certificate as PEM
/// (also percent-encoded, or with blanks for line ends) or as bare base64.
pub fn fingerprint(given: &str) -> Option<String> {
    let given = given.trim();
    if given.len() > 2 * MOST {
        return None;
    }
    if let Some(digits) = hash_of(given).or_else(|| digits(given)) {
        return Some(digits);
    }
    let plain: Vec<u8> = percent_encoding::percent_decode_str(given).collect();
    let text = String::from_utf8(plain).ok()?;
    // Of a chain the first certificate is the client's own.
    let inside = match text.split_once("-----BEGIN CERTIFICATE-----") {
        Some((_, rest)) => rest.split_once("-----END CERTIFICATE-----")?.0,
        None => text.split(',').next().unwrap_or_default(),
    };
    let base64: String = inside.split_whitespace().collect();
    let der = STANDARD.decode(base64).ok()?;
    // A DER certificate is a SEQUENCE with a long length.
    let is_der = der.len() > 64 && der.len() <= MOST && der.starts_with(&[0x30, 0x82]);
    is_der.then(|| sha256_hex(&der))
}

/// Envoy: `By=..;Hash=..;Subject=..`
fn hash_of(given: &str) -> Option<String> {
    let first = given.split(',').next()?;
    let own = first.split(';').find_map(|part| part.trim().strip_prefix("Hash="))?;
    digits(own)
}

fn digits(given: &str) -> Option<String> {
    let bare: String = given.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
    let is_hex = bare.len() == DIGITS && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| bare.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_one_certificate_has_one_fingerprint() {
        let mut der = vec![0x30, 0x82, 0x01, 0x00];
        der.extend((0..=255_u8).collect::<Vec<_>>());
        let own = sha256_hex(&der);
        let base64 = STANDARD.encode(&der);
        let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
        let escaped = pem.replace('\n', "%0A").replace('+', "%2B").replace(' ', "%20");
        let colons: Vec<&str> =
            own.as_bytes().chunks(2).map(|b| str::from_utf8(b).unwrap()).collect();
        for form in [
            own.clone(),
            own.to_uppercase(),
            colons.join(":"),
            format!("By=spiffe://x;Hash={own};Subject=\"CN=acme\""),
            base64.clone(),
            format!("{base64},{base64}"),
            pem.clone(),
            pem.replace('\n', " "),
            escaped,
        ] {
            assert_eq!(fingerprint(&form).as_ref(), Some(&own), "{form}");
        }
        for no in ["", "yes", &own[1..], "MIIB", "CN=acme", &pem[..200], "(null)", "zz%zz"] {
            assert_eq!(fingerprint(no), None, "{no}");
        }
    }
}

//! Secrets: never printable, sealed at rest, compared in constant time; and tokens made from ids.
//!
//! One master key (32 bytes) gives a key for each purpose by HMAC, so that a sealed secret, a
//! digest and a link token never share a key.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    ChaCha20Poly1305, Key, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::id::Entropy;

/// A text that no log, page or error may show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself; call it only where it is sent, sealed or compared.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A fresh random secret of 192 bits, in URL-safe characters.
    pub fn fresh(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0_u8; 24];
        entropy.fill(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A sealed secret cannot be opened: wrong key, wrong place or changed bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a sealed secret cannot be opened with the key in use")]
pub struct SealBroken;

/// The server's master key and what is derived from it.
#[derive(Clone)]
pub struct Keys {
    seal: [u8; 32],
    digest: [u8; 32],
    token: [u8; 32],
    report: [u8; 32],
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

const NONCE_BYTES: usize = 12;
/// Bytes of a token's MAC: 128 bits, as security.md section 6 asks.
const MAC_BYTES: usize = 16;

impl Keys {
    /// Derives the keys of each purpose from the master key.
    pub fn derive(master: &[u8; 32]) -> Self {
        let for_purpose = |purpose: &str| mac(master, &[purpose.as_bytes()]);
        Self {
            seal: for_purpose("countersign seal v1"),
            digest: for_purpose("countersign digest v1"),
            token: for_purpose("countersign token v1"),
            report: for_purpose("countersign report v1"),
        }
    }

    /// Encrypts a secret for storage; `place` (table and row) is bound to it, so that a sealed
    /// value moved to another row does not open.
    pub fn seal(&self, secret: &Secret, place: &str, entropy: &dyn Entropy) -> Vec<u8> {
        let mut sealed = vec![0_u8; NONCE_BYTES];
        entropy.fill(&mut sealed);
        let mut nonce = [0_u8; NONCE_BYTES];
        nonce.copy_from_slice(&sealed);
        let payload = Payload { msg: secret.expose().as_bytes(), aad: place.as_bytes() };
        let cipher = ChaCha20Poly1305::new(&Key::from(self.seal));
        // The cipher fails only for texts beyond 256 GiB; an empty body then never opens.
        sealed.extend(cipher.encrypt(&Nonce::from(nonce), payload).unwrap_or_default());
        sealed
    }

    /// Decrypts what [`Keys::seal`] made for the same place.
    pub fn unseal(&self, sealed: &[u8], place: &str) -> Result<Secret, SealBroken> {
        let (nonce, body) = sealed.split_at_checked(NONCE_BYTES).ok_or(SealBroken)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| SealBroken)?;
        let cipher = ChaCha20Poly1305::new(&Key::from(self.seal));
        let payload = Payload { msg: body, aad: place.as_bytes() };
        let bytes = cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| SealBroken)?;
        String::from_utf8(bytes).map(Secret).map_err(|_| SealBroken)
    }

    /// The keyed digest under which a secret is looked up and compared; hexadecimal.
    pub fn digest(&self, secret: &str) -> String {
        super::text::hex(&mac(&self.digest, &[secret.as_bytes()]))
    }

    /// The signature under a report that leaves the house and may be shown to it again;
    /// hexadecimal. Only this server's key makes it.
    pub fn sign_report(&self, text: &str) -> String {
        super::text::hex(&mac(&self.report, &[text.as_bytes()]))
    }

    /// Whether this server signed exactly this text; constant time.
    pub fn report_holds(&self, text: &str, signature: &str) -> bool {
        same(self.sign_report(text).as_bytes(), signature.as_bytes())
    }

    /// A token that names an id and proves it: URL-safe text of id and MAC, bound to `purpose` and
    /// to `bound` (a content hash, or nothing). It is never stored; it is made anew when needed.
    pub fn token(&self, purpose: &str, id_bits: u128, bound: &str) -> String {
        let mut bytes = id_bits.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.token_mac(purpose, id_bits, bound));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The id a token names; what it proves must still be checked with [`Keys::token_holds`].
    pub fn token_id(token: &str) -> Option<u128> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, mac) = bytes.split_at_checked(16)?;
        if mac.len() != MAC_BYTES {
            return None;
        }
        id.try_into().ok().map(u128::from_be_bytes)
    }

    /// Whether the token was made by this server for the purpose and binding; constant time.
    pub fn token_holds(&self, token: &str, purpose: &str, bound: &str) -> bool {
        Self::token_id(token)
            .is_some_and(|id| same(self.token(purpose, id, bound).as_bytes(), token.as_bytes()))
    }

    fn token_mac(&self, purpose: &str, id_bits: u128, bound: &str) -> [u8; MAC_BYTES] {
        let id = id_bits.to_be_bytes();
        let full = mac(&self.token, &[purpose.as_bytes(), &id, bound.as_bytes()]);
        let mut short = [0_u8; MAC_BYTES];
        short.copy_from_slice(&full[..MAC_BYTES]);
        short
    }
}

/// Whether two byte strings are equal, in time that depends on their lengths alone.
pub fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// HMAC-SHA-256 of the bytes with a secret that both sides know; hexadecimal.
pub fn hmac_sha256_hex(secret: &Secret, bytes: &[u8]) -> String {
    // HMAC takes a key of any length, so that there is always one.
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes());
    let signed = mac.map(|mac| mac.chain_update(bytes).finalize().into_bytes());
    signed.map(|bytes| super::text::hex(&bytes)).unwrap_or_default()
}

/// HMAC-SHA-256 over the parts, each preceded by its length so that no two lists look alike.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // One SHA-256 block; HMAC itself pads a shorter key with zeros to this length.
    let mut block = [0_u8; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);
    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn sealed_secrets_open_only_in_their_place() {
        let keys = Keys::derive(&[7; 32]);
        let sealed = keys.seal(&Secret::new("acme-secret"), "partner/1", &Fixed(1));
        assert_eq!(keys.unseal(&sealed, "partner/1").unwrap().expose(), "acme-secret");
        assert!(keys.unseal(&sealed, "partner/2").is_err());
        assert!(Keys::derive(&[8; 32]).unseal(&sealed, "partner/1").is_err());
        assert!(!sealed.windows(4).any(|w| w == b"acme"));
        assert_eq!(format!("{:?}", Secret::new("acme")), "Secret(..)");
    }

    #[test]
    fn tokens_are_bound_to_purpose_id_and_content() {
        let keys = Keys::derive(&[7; 32]);
        let token = keys.token("decide", 42, "hash");
        assert_eq!(Keys::token_id(&token), Some(42));
        assert!(keys.token_holds(&token, "decide", "hash"));
        assert!(!keys.token_holds(&token, "start", "hash"));
        assert!(!keys.token_holds(&token, "decide", "other"));
        assert!(!keys.token_holds("AAAA", "decide", "hash"));
    }
}

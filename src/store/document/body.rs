//! The bytes of a document, and how they stand in its row.

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, OnceLock},
};

use lz4_flex::block;

use crate::{
    base::text::sha256_hex,
    store::{Row, StoreError},
};

/// Shorter bodies stay as they are: what packing saves would not pay for unpacking.
const PACKED_FROM: usize = 512;

/// The word in the row of a body packed as an LZ4 block behind its length.
const LZ4: &str = "lz4";

/// An LZ4 block grows at most so many times.
const MOST_GROWTH: usize = 255;

/// The bytes of a document; copies share them. Hash and packed form are made once, when asked for.
#[derive(Clone)]
pub struct Body(Arc<Inner>);

struct Inner {
    bytes: Vec<u8>,
    sha256: OnceLock<String>,
    packed: OnceLock<Option<Vec<u8>>>,
}

impl Body {
    /// Makes hash and packed form now, where nobody waits: a transaction that keeps the document
    /// finds them ready.
    #[must_use]
    pub fn settled(self) -> Self {
        self.sha256();
        self.packed();
        self
    }

    pub fn sha256(&self) -> &str {
        self.0.sha256.get_or_init(|| sha256_hex(&self.0.bytes))
    }

    /// What goes into the columns `body` and `packing`.
    pub(super) fn columns(&self) -> (&[u8], Option<&'static str>) {
        match self.packed() {
            Some(packed) => (packed, Some(LZ4)),
            None => (&self.0.bytes, None),
        }
    }

    fn packed(&self) -> Option<&[u8]> {
        let pack = || {
            let bytes = &self.0.bytes;
            let packed = (bytes.len() >= PACKED_FROM).then(|| block::compress_prepend_size(bytes));
            packed.filter(|packed| packed.len() < bytes.len())
        };
        self.0.packed.get_or_init(pack).as_deref()
    }
}

/// The bytes of a document row, unpacked.
pub(in crate::store) fn read(row: &Row<'_>) -> Result<Vec<u8>, StoreError> {
    let stored = row.bytes("body")?;
    match row.maybe_text("packing")?.as_deref() {
        None => Ok(stored),
        Some(LZ4) => unpack(&stored).map_err(|fault| row.fault("body", fault)),
        Some(other) => Err(row.fault("packing", other)),
    }
}

fn unpack(stored: &[u8]) -> Result<Vec<u8>, String> {
    let (length, packed) = block::uncompressed_size(stored).map_err(|fault| fault.to_string())?;
    // A length that the bytes cannot have is not reserved.
    if length > packed.len().saturating_mul(MOST_GROWTH) {
        return Err(format!("{} packed bytes cannot hold {length}", packed.len()));
    }
    block::decompress(packed, length).map_err(|fault| fault.to_string())
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Inner { bytes, sha256: OnceLock::new(), packed: OnceLock::new() }))
    }
}

impl From<Body> for Vec<u8> {
    fn from(body: Body) -> Self {
        Arc::try_unwrap(body.0).map_or_else(|shared| shared.bytes.clone(), |own| own.bytes)
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Body {}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, PACKED_FROM, unpack};

    #[test]
    fn long_bodies_are_packed_and_come_back_as_they_were() {
        let long = "<Extrinsic name=\"Field\">value</Extrinsic>".repeat(90).into_bytes();
        let body = Body::from(long.clone()).settled();
        let (packed, packing) = body.columns();
        assert_eq!(packing, Some("lz4"));
        assert!(packed.len() < long.len() / 4, "{} of {}", packed.len(), long.len());
        assert_eq!(unpack(packed).unwrap(), long);
    }

    #[test]
    fn short_and_random_bodies_stay_as_they_are() {
        let noise: Vec<u8> = (0..4_000_u32)
            .flat_map(|n| n.wrapping_mul(2_654_435_761).rotate_left(n % 31).to_le_bytes())
            .collect();
        for bytes in [vec![], vec![b'a'; PACKED_FROM - 1], noise] {
            assert_eq!(Body::from(bytes.clone()).columns(), (&*bytes, None));
        }
    }

    #[test]
    fn damaged_bytes_are_a_fault_and_reserve_nothing() {
        let body = Body::from(vec![b'x'; 4_000]);
        let (packed, _) = body.columns();
        let mut huge = packed.to_vec();
        huge[..4].copy_from_slice(&u32::MAX.to_le_bytes());
        for damaged in [&packed[..3], &packed[..packed.len() - 3], &[packed, b" "].concat(), &huge]
        {
            unpack(damaged).unwrap_err();
        }
    }
}

//! How much of anything a document may hold. The limit itself is accepted, one more is refused.
//!
//! The figures are those of the product's security rules; each bounds either memory (a hostile
//! document may cost 64 MiB at most) or the time of what follows.

/// Bytes of a request body as they arrive. A 5,000-line order with everything in it is about 6 MB.
pub const BODY_BYTES: usize = 8 * 1024 * 1024;
/// Bytes after transcoding to UTF-8: Latin-1 at most doubles, UTF-16 grows by half.
pub const TEXT_BYTES: usize = 2 * BODY_BYTES;
/// Elements inside each other. Real documents reach 15.
pub const DEPTH: usize = 64;
/// Attributes of one element. The richest element of cXML knows 27.
pub const ATTRIBUTES: usize = 64;
/// Bytes of the text of one element, or of one attribute's value.
pub const TEXT_NODE_BYTES: usize = 256 * 1024;
/// Elements in a document: 5,000 lines of 80 elements. Bounds the tree to about 16 MiB.
pub const ELEMENTS: usize = 400_000;
/// Attributes in a document, for the same reason.
pub const ATTRIBUTES_IN_ALL: usize = 400_000;
/// Namespace bindings in scope, and bytes of a namespace's name: every element is compared with
/// them.
pub const NAMESPACES: usize = 64;
pub const NAMESPACE_BYTES: usize = 1024;
/// Lines of an order, a cart, a confirmation, a ship notice or an invoice.
pub const LINES: usize = 5_000;
/// Bytes of a payloadID.
pub const PAYLOAD_ID_BYTES: usize = 255;
/// Bytes of a BuyerCookie.
pub const BUYER_COOKIE_BYTES: usize = 4 * 1024;
/// Bytes of a shared secret.
pub const SECRET_BYTES: usize = 1024;
/// Credentials of one party. Hubs send three; the rule "one per domain and type" comes on top.
pub const CREDENTIALS: usize = 32;

/// What a whole document may hold.
#[derive(Debug, Clone, Copy)]
pub struct Most {
    pub text_bytes: usize,
    pub elements: usize,
    pub attributes: usize,
}

/// A message between systems: anybody may send one.
pub const MESSAGE: Most =
    Most { text_bytes: TEXT_BYTES, elements: ELEMENTS, attributes: ATTRIBUTES_IN_ALL };
/// A catalogue, imported by those who may: a file of 64 MB in Latin-1, about 40,000 articles of a
/// BMEcat. Bounds the tree to about 128 MiB.
pub const CATALOGUE: Most =
    Most { text_bytes: 128 * 1024 * 1024, elements: 2_000_000, attributes: 2_000_000 };

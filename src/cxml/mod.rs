//! Pure codecs for cXML documents: bytes to typed documents and back.

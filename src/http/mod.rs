//! The HTTP edge: the cXML door, OCI, the JSON API and the pages.

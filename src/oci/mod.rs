//! Pure codec for OCI 4.0: the call parameters in, the return form out.

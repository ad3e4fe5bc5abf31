//! The client certificate of a TLS connection, as the proxy that ended it hands it on.
//!
//! The header is believed from a trusted proxy alone and taken off every request, so that nothing
//! behind reads it from anybody else. Two such headers, or one that holds no certificate, are none.

use std::net::IpAddr;

use http::HeaderMap;
use poem::Request;

use super::Limits;
use crate::base::certificate::fingerprint;

/// The SHA-256 fingerprint of the certificate with which the sender proved itself to the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate(pub String);

impl ClientCertificate {
    /// Takes the header off the request; what it says is kept when the peer may say it.
    pub fn settle(request: &mut Request, limits: &Limits, peer: Option<IpAddr>) {
        let Some(name) = &limits.certificate_header else { return };
        let found = only(request.headers(), name);
        while request.headers_mut().remove(name.as_str()).is_some() {}
        let trusted = peer.is_some_and(|peer| limits.trusts(peer));
        if let Some(own) = found.filter(|_| trusted) {
            request.set_data(Self(own));
        }
    }

    /// The fingerprint that came with a request.
    pub fn of(request: &Request) -> Option<&str> {
        request.data::<Self>().map(|own| own.0.as_str())
    }
}

fn only(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next()?, values.next());
    fingerprint(first.to_str().ok()?).filter(|_| second.is_none())
}

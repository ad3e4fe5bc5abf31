//! Every limit of the transport, in one place, each with its reason.

use std::{net::IpAddr, time::Duration};

use crate::config::Network;

/// Limits of connections and requests; tests pass shorter times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// From the first byte allowed to the end of the request head. A browser needs far less; a
    /// client that drips its head holds a connection no longer than this.
    pub head: Duration,
    /// What a body may take; each time as many bytes have come as the rate asks of this span, the
    /// span begins anew. So a long body that stalls near its end is cut as soon as a short one.
    pub body: Duration,
    /// The slowest honest sender: a modem.
    pub body_bytes_per_second: u32,
    /// How long a connection may wait between requests.
    pub idle: Duration,
    /// How long a reader of our answer may take nothing at all.
    pub write_stall: Duration,
    /// The age at which a connection ends, whatever it does; shortly before, answers say
    /// `Connection: close`, so that an honest client loses nothing.
    pub age: Duration,
    /// Open connections in total; below the usual 1,024 descriptors of a process, with room for
    /// the database and for deliveries.
    pub connections: usize,
    /// Open connections of one address. A reverse proxy is one address, so this is generous; when
    /// it is reached, the connection that has waited longest without a request makes room.
    pub connections_per_address: usize,
    /// Proxies in front of the server: everybody comes by their addresses, so only the total
    /// counts for them.
    pub trusted_proxies: Vec<Network>,
    /// The header in which those, and nobody else, hand on a client certificate; lower case.
    pub certificate_header: Option<String>,
    /// Bytes of any body: a cXML document of 5,000 lines with its attachments.
    pub body_bytes: usize,
    /// Bytes of a form: an OCI basket or a cXML document as base64 in a field.
    pub form_bytes: usize,
    /// Bytes of all bodies together that are being read or worked on; above it new ones are told
    /// to come again. Sixteen of the largest documents at once.
    pub held_bytes: usize,
    /// Bytes of path and query together; OCI calls carry everything in the query.
    pub target_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            body_bytes_per_second: 1_024,
            idle: Duration::from_secs(15),
            write_stall: Duration::from_secs(30),
            age: Duration::from_secs(600),
            connections: 768,
            connections_per_address: 512,
            trusted_proxies: Vec::new(),
            certificate_header: None,
            body_bytes: 8 << 20,
            form_bytes: 12 << 20,
            held_bytes: 192 << 20,
            target_bytes: 16 << 10,
        }
    }
}

impl Limits {
    /// Whether a peer is a proxy of ours.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|proxy| proxy.contains(peer))
    }

    /// How many bytes give a body another span of time.
    pub fn body_span_bytes(&self) -> usize {
        let span = self.body.as_secs().max(1).saturating_mul(self.body_bytes_per_second.into());
        usize::try_from(span).unwrap_or(usize::MAX)
    }

    /// The body limit for a content type.
    pub fn body_limit(&self, content_type: Option<&str>) -> usize {
        let form = "application/x-www-form-urlencoded";
        let is_form = content_type
            .and_then(|value| value.get(..form.len()))
            .is_some_and(|value| value.eq_ignore_ascii_case(form));
        if is_form { self.form_bytes } else { self.body_bytes }
    }
}

//! Which addresses may be reached: asked of every literal and of every address a name resolves to.
//!
//! A supplier's URL is typed by people and may point inside: at this machine, its network, or a
//! cloud's metadata service. The check runs inside the resolver of the very connection, so the
//! address that was checked is the one connected to, whatever the name says a moment later.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// What the settings open beyond public addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressRule {
    /// Whether this machine itself may be called (the demo's simulators).
    pub allow_loopback: bool,
    /// Hosts that may have inner addresses, named one by one (an ERP in the own network).
    pub allow_hosts: Vec<String>,
    /// Whether plain http may be spoken.
    pub allow_http: bool,
}

impl AddressRule {
    /// Whether the host is named in the settings; a final dot and case make no difference.
    pub fn names(&self, host: &str) -> bool {
        let bare =
            |host: &str| host.trim_end_matches('.').trim_matches(['[', ']']).to_ascii_lowercase();
        self.allow_hosts.iter().any(|allowed| bare(allowed) == bare(host))
    }

    /// Whether a URL has a scheme that may be spoken and, where it names an address and no host, an
    /// address that may be reached; the error says what is expected. Names are checked when they
    /// are resolved.
    pub fn check_url(&self, text: &str) -> Result<url::Url, String> {
        let expected = if self.allow_http {
            "an address such as https://orders.example/cxml"
        } else {
            "an https address such as https://orders.example/cxml"
        };
        let url = url::Url::parse(text).map_err(|_| expected.to_owned())?;
        if url.scheme() != "https" && !(self.allow_http && url.scheme() == "http") {
            return Err(expected.to_owned());
        }
        let literal: IpAddr = match url.host() {
            None => return Err(expected.to_owned()),
            Some(url::Host::Domain(_)) => return Ok(url),
            Some(url::Host::Ipv4(v4)) => v4.into(),
            Some(url::Host::Ipv6(v6)) => v6.into(),
        };
        let host = url.host_str().unwrap_or_default();
        let allowed = self.allows(host, literal);
        allowed.map_err(|kind| format!("an address that is not {kind}"))?;
        Ok(url)
    }

    /// Whether `host` may be reached at `address`; the error says which kind of address it is.
    pub fn allows(&self, host: &str, address: IpAddr) -> Result<(), &'static str> {
        match inner_kind(address) {
            None => Ok(()),
            Some(_) if self.names(host) => Ok(()),
            Some(LOOPBACK) if self.allow_loopback => Ok(()),
            Some(kind) => Err(kind),
        }
    }
}

const LOOPBACK: &str = "loopback";

/// What kind of inner or special address this is; `None` for an address of the public internet.
pub fn inner_kind(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => inner_v4(v4),
        IpAddr::V6(v6) => inner_v6(v6),
    }
}

fn inner_v4(address: Ipv4Addr) -> Option<&'static str> {
    let kind = match address.octets() {
        [127, ..] => LOOPBACK,
        [0, ..] => "unspecified",
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => "private",
        [169, 254, ..] => "link-local (metadata)",
        [100, 64..=127, ..] => "carrier-grade NAT",
        [192, 0, 0, _] | [198, 18..=19, ..] => "reserved",
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => "documentation",
        [192, 88, 99, _] => "6to4 relay",
        [224..=239, ..] => "multicast",
        [240..=255, ..] => "reserved",
        _ => return None,
    };
    Some(kind)
}

fn inner_v6(address: Ipv6Addr) -> Option<&'static str> {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        inner_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 1] => Some(LOOPBACK),
        // The same address of the older kind in three dresses: mapped, NAT64, 6to4.
        [0, 0, 0, 0, 0, 0xFFFF, high, low] => embedded(high, low),
        [0x64, 0xFF9B, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low).or(Some("6to4")),
        [0x2001, 0, ..] => Some("Teredo"),
        [0x2001, 0xDB8, ..] | [0x3FFF, 0..=0x0FFF, ..] => Some("documentation"),
        // Everything that is public today lies in 2000::/3; what is not listed is not reached.
        [0x2000..=0x3FFF, ..] => None,
        [0xFC00..=0xFDFF, ..] => Some("private"),
        [0xFE80..=0xFEBF, ..] => Some("link-local"),
        [0xFF00..=0xFFFF, ..] => Some("multicast"),
        _ => Some("reserved"),
    }
}

/// Why a name gives no address to connect to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveFault {
    #[error("{host} is a {kind} address, which the settings do not allow")]
    NotAllowed { host: String, kind: &'static str },
    #[error("the name {host} cannot be resolved")]
    NoAddress { host: String },
}

/// The resolver of the HTTP client: the system's answer, refused as a whole when one of its
/// addresses is not allowed. A public name that also has an inner address is a trick.
#[derive(Debug, Clone)]
pub struct CheckedResolver {
    rule: Arc<AddressRule>,
}

impl CheckedResolver {
    pub fn new(rule: Arc<AddressRule>) -> Self {
        Self { rule }
    }

    /// The allowed addresses of a name, port 0.
    pub async fn lookup(&self, host: &str) -> Result<Vec<SocketAddr>, ResolveFault> {
        let no_address = || ResolveFault::NoAddress { host: host.to_owned() };
        let found: Vec<SocketAddr> =
            tokio::net::lookup_host((host, 0)).await.map_err(|_| no_address())?.collect();
        for address in &found {
            self.rule
                .allows(host, address.ip())
                .map_err(|kind| ResolveFault::NotAllowed { host: host.to_owned(), kind })?;
        }
        if found.is_empty() { Err(no_address()) } else { Ok(found) }
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let found = resolver.lookup(name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(address: &str) -> Option<&'static str> {
        inner_kind(address.parse().unwrap())
    }

    #[test]
    fn inner_and_special_addresses_are_known_in_every_dress() {
        for inner in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2002:808:808::",
            "2001:0:1::",
            "2001:db8::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(kind(inner).is_some(), "{inner} must be refused");
        }
        for public in [
            "8.8.8.8",
            "100.128.0.1",
            "172.32.0.1",
            "2600::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert_eq!(kind(public), None, "{public}");
        }
    }

    #[test]
    fn settings_open_loopback_or_named_hosts_and_nothing_else() {
        let closed = AddressRule::default();
        let local: IpAddr = "127.0.0.1".parse().unwrap();
        let inner: IpAddr = "10.0.0.5".parse().unwrap();
        assert_eq!(closed.allows("localhost", local), Err(LOOPBACK));
        let demo = AddressRule { allow_loopback: true, ..closed.clone() };
        assert_eq!(demo.allows("localhost", local), Ok(()));
        assert_eq!(demo.allows("::ffff:127.0.0.1", "::ffff:127.0.0.1".parse().unwrap()), Ok(()));
        assert_eq!(demo.allows("erp.example", inner), Err("private"));
        let named = AddressRule { allow_hosts: vec!["erp.example".into()], ..closed };
        assert_eq!(named.allows("ERP.example.", inner), Ok(()));
        assert_eq!(named.allows("x.erp.example", inner), Err("private"));
        assert_eq!(named.allows("erp.example.evil", inner), Err("private"));
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_when_it_is_resolved() {
        let closed = CheckedResolver::new(Arc::new(AddressRule::default()));
        assert_eq!(
            closed.lookup("localhost").await,
            Err(ResolveFault::NotAllowed { host: "localhost".into(), kind: LOOPBACK })
        );
        let rule = AddressRule { allow_loopback: true, ..AddressRule::default() };
        let open = CheckedResolver::new(Arc::new(rule));
        assert!(open.lookup("localhost").await.is_ok_and(|found| !found.is_empty()));
    }
}

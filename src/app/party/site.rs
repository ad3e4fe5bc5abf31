//! Addresses that an admin types: of systems that are called, of hosts that browsers go to.

use url::{Host, Url};

use crate::{base::text::shorten, domain::refusal::Refusal, outbound::resolve::AddressRule};

/// The longest address that is kept.
const MAX_URL: usize = 500;

/// An address that this server calls; https, and not one of its own network. Names are checked
/// again when they are resolved.
pub(in crate::app) fn url(
    rule: &AddressRule,
    field: &str,
    text: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let wrong = |expected: &str| {
        Refusal::invalid("bad-url", "This address cannot be used.")
            .field(field)
            .got(shorten(text, 100))
            .expected(expected)
    };
    let url = Url::parse(text).map_err(|_| wrong("an address such as https://erp.example/cxml"))?;
    if text.len() > MAX_URL {
        return Err(wrong("at most 500 characters"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(wrong("an address without a user, a password or a fragment"));
    }
    scheme(rule, url.scheme()).map_err(wrong)?;
    host(rule, &url).map_err(wrong)?;
    Ok(Some(text.to_owned()))
}

fn scheme(rule: &AddressRule, scheme: &str) -> Result<(), &'static str> {
    match scheme {
        "https" => Ok(()),
        "http" if rule.allow_http => Ok(()),
        _ => Err("https"),
    }
}

fn host(rule: &AddressRule, url: &Url) -> Result<(), &'static str> {
    let inner = "a host on the internet; others are named in the server's settings (allow_hosts)";
    let text = url.host_str().unwrap_or_default();
    match url.host() {
        Some(Host::Ipv4(ip)) => rule.allows(text, ip.into()).map_err(|_| inner),
        Some(Host::Ipv6(ip)) => rule.allows(text, ip.into()).map_err(|_| inner),
        Some(Host::Domain(name)) => {
            let own = name == "localhost" || name.ends_with(".localhost");
            let fine = !own || rule.allow_loopback || rule.names(name);
            if fine { Ok(()) } else { Err(inner) }
        }
        None => Err("an address with a host"),
    }
}

/// Hosts a cart may be returned to: `erp.example` or `erp.example:8443`.
pub(super) fn return_hosts(rule: &AddressRule, hosts: &[String]) -> Result<Vec<String>, Refusal> {
    let read = |text: &String| {
        let text = text.trim().to_ascii_lowercase();
        let url = Url::parse(&format!("https://{text}/")).ok();
        // Host and port alone: a path, a user or a wildcard is no host.
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(c));
        let url = url.filter(|url| plain && url.path() == "/");
        let checked = match &url {
            Some(url) => host(rule, url),
            None => Err("a host such as erp.example, with a port where it is not 443"),
        };
        checked.map(|()| text.clone()).map_err(|expected| {
            Refusal::invalid("bad-host", "Carts cannot be returned to this host.")
                .field("return_hosts")
                .got(shorten(&text, 100))
                .expected(expected)
        })
    };
    hosts.iter().filter(|text| !text.trim().is_empty()).map(read).collect()
}

/// Origins whose pages may frame the shop: `https://erp.example`.
pub(super) fn origins(rule: &AddressRule, origins: &[String]) -> Result<Vec<String>, Refusal> {
    let read = |text: &String| {
        let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let wrong = |expected: &str| {
            Refusal::invalid("bad-origin", "This origin cannot frame the shop.")
                .field("frame_ancestors")
                .got(shorten(&text, 100))
                .expected(expected)
        };
        let url = Url::parse(&text).ok();
        let url = url.filter(|url| url.origin().ascii_serialization() == text);
        let url = url.ok_or_else(|| wrong("an origin such as https://erp.example"))?;
        scheme(rule, url.scheme()).map_err(wrong)?;
        host(rule, &url).map_err(wrong)?;
        Ok(text)
    };
    origins.iter().filter(|text| !text.trim().is_empty()).map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strict() -> AddressRule {
        AddressRule::default()
    }

    fn open() -> AddressRule {
        AddressRule { allow_loopback: true, allow_http: true, allow_hosts: Vec::new() }
    }

    #[test]
    fn inner_addresses_are_called_only_when_the_settings_allow_it() {
        for bad in [
            "http://erp.example/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest",
            "https://localhost:8080/",
            "https://u:p@erp.example/",
            "ftp://erp.example/",
            "javascript:alert(1)",
            "erp.example",
        ] {
            assert!(url(&strict(), "order_url", Some(bad)).is_err(), "{bad}");
        }
        assert!(url(&strict(), "order_url", Some("https://erp.example/cxml")).is_ok());
        assert_eq!(url(&strict(), "order_url", Some("  ")), Ok(None));
        assert!(url(&open(), "order_url", Some("http://localhost:8080/x")).is_ok());
        assert!(url(&open(), "order_url", Some("http://10.0.0.1/x")).is_err());
    }

    #[test]
    fn hosts_and_origins_carry_nothing_else() {
        let hosts = |text: &str| return_hosts(&strict(), &[text.to_owned()]);
        assert_eq!(hosts("ERP.example:8443"), Ok(vec!["erp.example:8443".to_owned()]));
        for bad in ["erp.example/x", "https://erp.example", "a@b", "*.example", "a b", "127.0.0.1"]
        {
            assert!(hosts(bad).is_err(), "{bad}");
        }
        let origin = |text: &str| origins(&strict(), &[text.to_owned()]);
        assert_eq!(origin("https://erp.example/"), Ok(vec!["https://erp.example".to_owned()]));
        for bad in ["erp.example", "https://a.example; script-src *", "http://a.example", "*"] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }
}

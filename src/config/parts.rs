//! The single settings: how each is written, and what it becomes.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tracing_subscriber::EnvFilter;
use url::Url;

use super::{BadSetting, veiled};
use crate::base::secret::Secret;

pub(super) const DATABASE_FORM: &str =
    "sqlite:FILE or postgres://USER:PASSWORD@HOST:PORT/NAME, or --data DIR";
pub(super) const SMTP_FORM: &str =
    "smtp://[USER:PASSWORD@]HOST:PORT, smtps://.., smtp+starttls://.., or off";

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// The embedded database, in one file.
    Sqlite(PathBuf),
    /// A PostgreSQL address, password included.
    Postgres(Secret),
}

impl Database {
    pub fn parse(text: &str) -> Result<Self, BadSetting> {
        if let Some(file) = text.strip_prefix("sqlite:") {
            // `sqlite:///abs`, `sqlite://rel` and `sqlite:file` all name a file.
            let file = file.strip_prefix("//").unwrap_or(file);
            if !file.is_empty() && !file.contains('?') {
                return Ok(Self::Sqlite(PathBuf::from(file)));
            }
        }
        let postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if postgres && Url::parse(text).is_ok_and(|url| url.path().len() > 1) {
            return Ok(Self::Postgres(Secret::new(text)));
        }
        // A mistyped address may carry a password, so only its scheme is shown.
        let scheme = text.split(':').next().unwrap_or_default();
        Err(BadSetting::bad("database", &format!("{scheme}:.."), DATABASE_FORM))
    }

    /// The address as sqlx reads it.
    pub fn url(&self) -> Secret {
        match self {
            Self::Sqlite(path) => Secret::new(format!("sqlite:{}", path.display())),
            Self::Postgres(url) => url.clone(),
        }
    }
}

impl fmt::Display for Database {
    /// Without user and password, for logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(secret) => {
                let url = Url::parse(secret.expose()).ok();
                let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
                let name = url.as_ref().map(Url::path).unwrap_or_default();
                write!(f, "postgres://{host}{name}")
            }
        }
    }
}

/// Where mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Smtp {
    /// Asked for in words: no mail leaves this server.
    Off,
    /// `smtp://` or `smtps://`, user and password included.
    Server(Secret),
}

impl Smtp {
    pub fn parse(text: &str) -> Result<Self, BadSetting> {
        if text == "off" {
            return Ok(Self::Off);
        }
        let good = Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "smtp" | "smtps" | "smtp+starttls")
                && url.host_str().is_some_and(|h| !h.is_empty())
        });
        if good {
            return Ok(Self::Server(Secret::new(text)));
        }
        let got = if text.contains('@') { veiled(&Secret::new(text)) } else { text.to_owned() };
        Err(BadSetting::bad("smtp", &got, SMTP_FORM))
    }
}

/// The form of the log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

impl LogFormat {
    pub fn parse(text: &str) -> Result<Self, BadSetting> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(BadSetting::bad("log_format", other, "text or json")),
        }
    }
}

/// What is logged: a level, or `target=level` for parts of the program.
pub(super) fn log_filter(text: &str) -> Result<String, BadSetting> {
    const LEVELS: &[&str] = &["off", "error", "warn", "info", "debug", "trace"];
    let is_level = |word: &str| LEVELS.contains(&word.trim().to_ascii_lowercase().as_str());
    let is_sound = |part: &str| match part.rsplit_once('=') {
        Some((target, level)) => !target.trim().is_empty() && is_level(level),
        None => is_level(part),
    };
    if text.split(',').all(is_sound) && EnvFilter::try_new(text).is_ok() {
        return Ok(text.to_owned());
    }
    let expected = "a level (error, warn, info, debug, trace), or target=level, parted by commas";
    Err(BadSetting::bad("log", text, expected))
}

/// The 32 bytes from which every key of the server is derived.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    pub(super) fn of(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// 64 hexadecimal digits or base64 of 32 bytes; `setting` is named when it is neither.
    pub(super) fn parse(text: &str, setting: &'static str) -> Result<Self, BadSetting> {
        let bytes = unhex(text).or_else(|| STANDARD.decode(text).ok());
        let bytes: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| {
            let expected = "32 bytes as 64 hexadecimal digits or in base64";
            BadSetting::bad(setting, &veiled(&Secret::new(text)), expected)
        })
    }

    /// The bytes; only `base::secret::Keys::derive` wants them.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = (0..text.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

/// `DOMAIN:IDENTITY`, such as `DUNS:123456789` or `NetworkId:AN01000000009` (cXML Credential).
pub fn identity(text: &str) -> Result<(String, String), BadSetting> {
    let bad = || BadSetting::bad("identity", text, "DOMAIN:IDENTITY, such as DUNS:123456789");
    let (domain, value) = text.split_once(':').ok_or_else(bad)?;
    let plain =
        |part: &str| (1..=100).contains(&part.len()) && part.chars().all(|c| c.is_ascii_graphic());
    if !plain(domain) || !plain(value) {
        return Err(bad());
    }
    Ok((domain.to_owned(), value.to_owned()))
}

/// An address or a block of addresses: `10.0.0.0/8`, `::1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// The setting that names the header with a client certificate.
pub const CERTIFICATE: &str = "client_certificate_header";

/// A header's name, in lower case.
pub fn certificate_header(text: &str) -> Result<String, BadSetting> {
    let sound = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if !text.is_empty() && text.len() <= 60 && text.bytes().all(sound) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(BadSetting::bad(CERTIFICATE, text, "the name of a header, such as X-Client-Cert"))
}

impl Network {
    pub fn parse(text: &str) -> Result<Self, BadSetting> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let bad = || {
            BadSetting::bad("trusted_proxies", text, "addresses or blocks such as 10.0.0.0/8, ::1")
        };
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(most), str::parse).map_err(|_| bad())?;
        if prefix > most { Err(bad()) } else { Ok(Self { address, prefix }) }
    }

    /// Whether the address stands in this block; IPv4 written as IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32_u32.saturating_sub(self.prefix.into());
                own.to_bits().checked_shr(shift) == other.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128_u32.saturating_sub(self.prefix.into());
                own.to_bits().checked_shr(shift) == other.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

/// Names and addresses of hosts, in small letters: nothing that would never match one.
pub(super) fn hosts(entries: &[String]) -> Result<Vec<String>, BadSetting> {
    let read = |text: &String| {
        let host = text.trim().to_lowercase();
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if bare.unwrap_or(&host).parse::<IpAddr>().is_ok() || is_host_name(&host) {
            return Ok(host);
        }
        let expected = "names or addresses of hosts, such as erp.example or 10.0.0.5, without \
                        scheme, port, mask or wildcard";
        Err(BadSetting::bad("allow_hosts", text, expected))
    };
    entries.iter().map(read).collect()
}

/// RFC 1123; what ends in a number is an address or nothing.
fn is_host_name(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253 && host.split('.').all(label) && last.parse::<u64>().is_err()
}

pub(super) fn listen(text: &str) -> Result<SocketAddr, BadSetting> {
    let expected = "ADDR:PORT such as 127.0.0.1:8080 (port 0: any free one)";
    text.parse().map_err(|_| BadSetting::bad("listen", text, expected))
}

/// An http(s) address without path, query or user; kept without a trailing slash.
pub(super) fn public_url(text: &str) -> Result<String, BadSetting> {
    let plain = Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
    });
    let expected = "an http(s) address without a path, such as https://buy.example.com";
    let plain = plain.ok_or_else(|| BadSetting::bad("public_url", text, expected))?;
    Ok(plain.as_str().trim_end_matches('/').to_owned())
}

pub(super) fn mail_from(text: &str) -> Result<String, BadSetting> {
    let strange = |c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c);
    let good = text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(strange)
    });
    let expected = "one mail address such as countersign@example.com";
    if good { Ok(text.to_owned()) } else { Err(BadSetting::bad("mail_from", text, expected)) }
}

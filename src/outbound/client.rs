//! The one HTTP client: one POST, one bounded answer.
//!
//! No redirect is followed, no proxy is taken from the environment, no cookie is kept, no
//! connection is used twice. It never prints a URL (it may hold a token) and never decides what an
//! answer means: that is `domain::delivery::classify`.

use std::{error::Error as StdError, io, sync::Arc, time::Duration};

use reqwest::{Client as Http, ClientBuilder, Url, header, redirect};

use super::resolve::{AddressRule, CheckedResolver, ResolveFault};
use crate::base::text::{one_line, shorten};
use crate::domain::delivery::Verdict;

/// How much time and room a call gets (security.md section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Name resolution, TCP and TLS.
    pub connect: Duration,
    /// The whole call, the last byte of the answer included.
    pub total: Duration,
    /// Bytes of the answer's body.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(30),
            answer_bytes: 1024 * 1024,
        }
    }
}

/// What came back, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendFault {
    /// The settings forbid the address or the scheme; nothing was sent.
    #[error("not sent: {0}")]
    NotAllowed(String),
    /// The URL cannot be read; nothing was sent.
    #[error("not sent: the address is not a readable http(s) URL")]
    BadUrl,
    /// The network or the other side failed; another attempt may do better.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl SendFault {
    /// What the attempt came to.
    pub const fn verdict(&self) -> Verdict {
        match self {
            Self::NotAllowed(_) | Self::BadUrl => Verdict::Permanent,
            Self::Trouble(_) => Verdict::Transient,
        }
    }
}

/// A passing trouble, in plain words for the list of attempts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("the host's name cannot be resolved")]
    Dns,
    #[error("the connection was refused")]
    Refused,
    #[error("no complete answer in time")]
    Timeout,
    #[error("the connection was closed before the answer was complete")]
    Reset,
    #[error("no secure connection: {0}")]
    Tls(String),
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    #[error("the call failed: {0}")]
    Other(String),
}

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be made: {0}")]
pub struct ClientFault(String);

/// The HTTP client; clones share it.
#[derive(Debug, Clone)]
pub struct Client {
    http: Http,
    rule: Arc<AddressRule>,
    limits: Limits,
}

impl Client {
    /// A client with the limits of the house.
    pub fn new(rule: AddressRule) -> Result<Self, ClientFault> {
        Self::with_limits(rule, Limits::default())
    }

    /// A client with other limits, for tests.
    pub fn with_limits(rule: AddressRule, limits: Limits) -> Result<Self, ClientFault> {
        super::install_tls();
        let rule = Arc::new(rule);
        let http = builder(&rule, limits).build().or_else(|fault| {
            // A slim container has no certificate store; Mozilla's roots are then better than none.
            tracing::warn!(%fault, "no system certificates; using the built-in ones");
            builder(&rule, limits)
                .tls_backend_preconfigured(built_in_roots()?)
                .build()
                .map_err(|fault| ClientFault(fault.to_string()))
        })?;
        Ok(Self { http, rule, limits })
    }

    /// Posts a cXML document and reads the whole answer.
    pub async fn post_cxml(&self, url: &str, bytes: Vec<u8>) -> Result<Answer, SendFault> {
        self.post(url, "text/xml; charset=UTF-8", bytes).await
    }

    /// Posts bytes of a content type and reads the whole answer, whatever its status.
    pub async fn post(
        &self,
        url: &str,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> Result<Answer, SendFault> {
        self.send(url, &[("content-type", content_type)], bytes).await
    }

    /// As [`Client::post`], with these headers.
    pub async fn send(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        bytes: Vec<u8>,
    ) -> Result<Answer, SendFault> {
        let url = self.checked(url)?;
        let call = self.http.post(url).body(bytes);
        let call = headers.iter().fold(call, |call, (name, value)| call.header(*name, *value));
        let mut response = call.send().await.map_err(|fault| fault_of(&fault))?;
        let status = response.status().as_u16();
        let content_type = response.headers().get(header::CONTENT_TYPE);
        let content_type =
            content_type.and_then(|value| value.to_str().ok()).map(|text| shorten(text, 200));
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|fault| fault_of(&fault))? {
            if body.len() + piece.len() > self.limits.answer_bytes {
                return Err(Trouble::TooLarge(self.limits.answer_bytes).into());
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer { status, content_type, body })
    }

    /// The URL when its scheme and, for a literal, its address are allowed. Names are checked by
    /// the resolver, which the connector does not ask about literals.
    fn checked(&self, url: &str) -> Result<Url, SendFault> {
        let url = Url::parse(url).map_err(|_| SendFault::BadUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if self.rule.allow_http => {}
            "http" => {
                return Err(SendFault::NotAllowed(
                    "plain http is not allowed by the settings".to_owned(),
                ));
            }
            _ => return Err(SendFault::BadUrl),
        }
        let literal = match url.host() {
            None => return Err(SendFault::BadUrl),
            Some(url::Host::Domain(_)) => None,
            Some(url::Host::Ipv4(v4)) => Some(v4.into()),
            Some(url::Host::Ipv6(v6)) => Some(v6.into()),
        };
        if let Some(address) = literal {
            let host = url.host_str().unwrap_or_default();
            self.rule.allows(host, address).map_err(|kind| {
                let fault = ResolveFault::NotAllowed { host: host.to_owned(), kind };
                SendFault::NotAllowed(fault.to_string())
            })?;
        }
        Ok(url)
    }
}

fn builder(rule: &Arc<AddressRule>, limits: Limits) -> ClientBuilder {
    Http::builder()
        .user_agent(concat!("Countersign/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .connect_timeout(limits.connect)
        .timeout(limits.total)
        // No connection waits for a second call: what broke once is never used again, and every
        // call has its address checked anew.
        .pool_max_idle_per_host(0)
        .dns_resolver(CheckedResolver::new(Arc::clone(rule)))
}

fn built_in_roots() -> Result<rustls::ClientConfig, ClientFault> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|fault| ClientFault(fault.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// What a failure of the client means, found in its chain of causes.
fn fault_of(fault: &reqwest::Error) -> SendFault {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(fault);
    while let Some(this) = cause {
        if let Some(found) = this.downcast_ref::<ResolveFault>() {
            return match found {
                ResolveFault::NotAllowed { .. } => SendFault::NotAllowed(found.to_string()),
                ResolveFault::NoAddress { .. } => Trouble::Dns.into(),
            };
        }
        if let Some(found) = this.downcast_ref::<io::Error>()
            && let Some(trouble) = trouble_of(found)
        {
            return trouble.into();
        }
        cause = this.source();
    }
    if fault.is_timeout() {
        return Trouble::Timeout.into();
    }
    // The chain of causes without the address, which may hold a token.
    let mut text = String::new();
    let mut cause = fault.source();
    while let Some(this) = cause {
        text = this.to_string();
        cause = this.source();
    }
    if text.contains("connection closed") || text.contains("incomplete message") {
        return Trouble::Reset.into();
    }
    Trouble::Other(shorten(&one_line(&text), 200)).into()
}

fn trouble_of(fault: &io::Error) -> Option<Trouble> {
    if let Some(inner) = fault.get_ref() {
        if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
            return Some(Trouble::Tls(shorten(&one_line(&tls.to_string()), 200)));
        }
        // An I/O error inside another does not stand in the chain of causes.
        if let Some(trouble) = inner.downcast_ref::<io::Error>().and_then(trouble_of) {
            return Some(trouble);
        }
    }
    match fault.kind() {
        io::ErrorKind::ConnectionRefused => Some(Trouble::Refused),
        io::ErrorKind::TimedOut => Some(Trouble::Timeout),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Some(Trouble::Reset),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

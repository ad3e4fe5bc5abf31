//! Parties and their credentials: From, To and Sender.

use crate::base::{secret::Secret, text::fold};

use super::super::{limits, mac::CredentialMac, read::Read, tree::Element, write::Writer};

/// From, To or Sender: one or more credentials of the same party.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    pub credentials: Vec<Credential>,
}

/// One name of a party, and what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// `DUNS`, `NetworkId`, ..; compared in any case.
    pub domain: String,
    pub identity: String,
    /// `marketplace`, on hubs.
    pub kind: Option<String>,
    pub secret: Option<Secret>,
    /// In place of a secret.
    pub mac: Option<CredentialMac>,
}

impl Credential {
    pub fn new(domain: impl Into<String>, identity: impl Into<String>) -> Self {
        Self {
            domain: domain.into(),
            identity: identity.into(),
            kind: None,
            secret: None,
            mac: None,
        }
    }

    #[must_use]
    pub fn with_secret(mut self, secret: Secret) -> Self {
        self.secret = Some(secret);
        self
    }

    /// Whether it names this identity: the domain in any case, the identity exactly.
    pub fn names(&self, domain: &str, identity: &str) -> bool {
        fold(&self.domain) == fold(domain) && self.identity == identity.trim()
    }

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let secret = element.one("SharedSecret")?;
        if secret.is_some_and(|secret| secret.text().len() > limits::SECRET_BYTES) {
            return Err(element
                .fault()
                .found("a longer SharedSecret")
                .expected(format!("a SharedSecret of at most {} bytes", limits::SECRET_BYTES))
                .mend("Agree on a shorter secret."));
        }
        let secret = secret.map(Element::trimmed).filter(|text| !text.is_empty());
        // Deprecated by the standard, and no way to prove anybody.
        element.one("DigitalSignature")?.into_iter().for_each(Element::leave);
        Ok(Self {
            domain: element.attribute("domain").unwrap_or_default().trim().to_owned(),
            identity: element.text_of("Identity")?.unwrap_or_default(),
            kind: element.said("type"),
            secret: secret.map(Secret::new),
            mac: element.one("CredentialMac")?.map(CredentialMac::of),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let domain = ("domain", Some(self.domain.as_str()));
        writer.open("Credential", &[domain, ("type", self.kind.as_deref())]);
        writer.leaf("Identity", &[], &self.identity);
        writer.leaf_if("SharedSecret", self.secret.as_ref().map(Secret::expose));
        if let Some(mac) = &self.mac {
            mac.write(writer);
        }
        writer.close("Credential");
    }
}

impl Party {
    pub fn new(domain: impl Into<String>, identity: impl Into<String>) -> Self {
        Self { credentials: vec![Credential::new(domain, identity)] }
    }

    #[must_use]
    pub fn with_secret(mut self, secret: Secret) -> Self {
        if let Some(first) = self.credentials.first_mut() {
            first.secret = Some(secret);
        }
        self
    }

    /// Whether any of its credentials names this identity.
    pub fn names(&self, domain: &str, identity: &str) -> bool {
        self.credentials.iter().any(|credential| credential.names(domain, identity))
    }

    pub(super) fn of(element: Option<Element<'_>>) -> Read<Self> {
        let Some(element) = element else { return Ok(Self::default()) };
        let mut party = Self::default();
        for found in element.named("Credential") {
            let credential = Credential::of(found)?;
            let same = |other: &Credential| {
                fold(&other.domain) == fold(&credential.domain) && other.kind == credential.kind
            };
            if party.credentials.iter().any(same) {
                return Err(found
                    .attribute_fault("domain")
                    .expected("one Credential for each domain and type")
                    .mend("Leave out the second one."));
            }
            if party.credentials.len() >= limits::CREDENTIALS {
                let most = limits::CREDENTIALS;
                return Err(found.fault().found("more").expected(format!("at most {most}")));
            }
            party.credentials.push(credential);
        }
        Ok(party)
    }

    pub(super) fn write(&self, name: &str, user_agent: Option<&str>, writer: &mut Writer) {
        writer.open(name, &[]);
        self.credentials.iter().for_each(|credential| credential.write(writer));
        if let Some(agent) = user_agent {
            writer.leaf("UserAgent", &[], agent);
        }
        writer.close(name);
    }
}

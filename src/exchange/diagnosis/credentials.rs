//! Why nothing proves the Sender. What a stranger is not told, the administrator may know.

use crate::{
    cxml::{self, Credential, Party, tree},
    domain::refusal::Refusal,
};

use super::{Arrived, Finding, document as causes};

const SENDER: &str = "cXML/Header/Sender/Credential";

/// The cause behind `sender-unknown`.
pub(super) fn unproven(seen: &Arrived<'_>, clean: &[u8]) -> Finding {
    let Ok(read) = cxml::receive(clean, seen.content_type) else {
        return Finding::of(causes::SECRET_WRONG);
    };
    let envelope = read.envelope;
    let proof = |party: &Party| {
        party.credentials.iter().any(|own| own.secret.is_some() || own.mac.is_some())
    };
    let own = (seen.own.domain.as_str(), seen.own.identity.as_str());
    let names = first(&envelope.sender).map_or_else(|| "no Credential".to_owned(), told);
    let found = if envelope.from.names(own.0, own.1) && !envelope.to.names(own.0, own.1) {
        return swapped(&envelope.from).placed(clean);
    } else if !proof(&envelope.sender) {
        match proof(&envelope.from) || proof(&envelope.to) {
            true => Finding::of(causes::SECRET_IN_FROM).got("a secret in From or To"),
            false => Finding::of(causes::SECRET_MISSING).got("no SharedSecret"),
        }
        .expected("a SharedSecret inside Sender")
    } else if !seen.is_registered {
        Finding::of(causes::IDENTITY_UNKNOWN).got(names).expected("a registered identity")
    } else if let Some(mac) = first(&envelope.sender).and_then(|own| own.mac.as_ref()) {
        let found = match (mac.created.time(), mac.expires.time()) {
            _ if mac.kind.trim() != "FromSenderCredentials" => Finding::of(causes::MAC_KIND),
            (Some(_), Some(until)) if until < seen.at => Finding::of(causes::MAC_EXPIRED),
            (Some(from), Some(_)) if from > seen.at => Finding::of(causes::MAC_EARLY),
            (Some(_), Some(_)) if mac.holds_at(seen.at) => Finding::of(causes::MAC_WRONG),
            _ => Finding::of(causes::MAC_KIND),
        };
        let dates = format!("from {} to {}", mac.created.text(), mac.expires.text());
        found.got(dates).expected(format!("good at {}", seen.at))
    } else {
        Finding::of(causes::SECRET_WRONG).got(format!("{names} with another secret"))
    };
    found.path(SENDER).placed(clean)
}

/// The cause behind `certificate-unknown`.
pub(super) fn certificate(seen: &Arrived<'_>, clean: &[u8], refusal: &Refusal) -> Finding {
    let cause = match seen.is_registered {
        true => causes::CERTIFICATE_UNKNOWN,
        false => causes::IDENTITY_UNKNOWN,
    };
    let got = refusal.got.clone().unwrap_or_default();
    let found = Finding::of(cause).path(SENDER).got(got);
    found.expected("a certificate registered for the Sender's identity").placed(clean)
}

/// The cause behind `from-foreign`.
pub(super) fn foreign(seen: &Arrived<'_>, clean: &[u8]) -> Finding {
    let from = cxml::receive(clean, seen.content_type).map(|read| read.envelope.from);
    let from = from.unwrap_or_default();
    if from.names(&seen.own.domain, &seen.own.identity) {
        return swapped(&from).placed(clean);
    }
    let got = first(&from).map_or_else(|| "no Credential".to_owned(), told);
    let found = Finding::of(causes::FROM_FOREIGN).path("cXML/Header/From/Credential").got(got);
    found.expected("an identity of the Sender's connection").placed(clean)
}

fn swapped(from: &Party) -> Finding {
    let got = first(from).map_or_else(String::new, told);
    let found = Finding::of(causes::SWAPPED).path("cXML/Header/From/Credential").got(got);
    found.expected("the partner's own identity in From, this server's in To")
}

fn first(party: &Party) -> Option<&Credential> {
    party.credentials.first()
}

fn told(credential: &Credential) -> String {
    format!("{} {}", credential.domain, credential.identity)
}

impl Finding {
    /// With the line and column of its path, or of the nearest element above it that is there.
    pub(super) fn placed(self, clean: &[u8]) -> Self {
        let Ok(decoded) = cxml::encoding::decode(clean, None) else { return self };
        let Ok(tree) = tree::parse(&decoded.text) else { return self };
        let mut at = tree.root();
        for name in self.path.split('/').skip(1) {
            let Some(child) = at.children().find(|child| child.is(name)) else { break };
            at = child;
        }
        let place = at.position();
        self.at((place.line, place.column))
    }
}

//! CredentialMac: what proves a Sender without its shared secret going over the wire.
//!
//! A trusted third party (a network) or the sender itself makes a MAC over who speaks for whom, and
//! from when to when, with the secret that the receiver shares with it. Read and checked here,
//! never made: this server signs its own documents with the secret agreed on.
//! Source: cXML user's guide, "Message Authentication Code"; the only type and algorithm defined.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::base::{
    secret::{Secret, same},
    time::Time,
};

use super::{header::Credential, tree::Element, values::Stamp, write::Writer};

/// What the MAC covers: From, Sender and both dates.
const TYPE: &str = "FromSenderCredentials";
const ALGORITHM: &str = "HMAC-SHA1-96";
/// 96 bits of the 160.
const BYTES: usize = 12;

/// The element of a Credential that stands in the place of a SharedSecret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialMac {
    pub kind: String,
    pub algorithm: String,
    /// Not good before.
    pub created: Stamp,
    /// Not good after.
    pub expires: Stamp,
    /// Base64 of the MAC; as good as the secret until it expires.
    value: Secret,
}

impl CredentialMac {
    pub(super) fn of(element: Element<'_>) -> Self {
        let said = |name| element.attribute(name).unwrap_or_default().to_owned();
        Self {
            kind: said("type"),
            algorithm: said("algorithm"),
            created: Stamp(said("creationDate")),
            expires: Stamp(said("expirationDate")),
            value: Secret::new(element.trimmed()),
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let attributes = [
            ("type", Some(self.kind.as_str())),
            ("algorithm", Some(self.algorithm.as_str())),
            ("creationDate", Some(self.created.text())),
            ("expirationDate", Some(self.expires.text())),
        ];
        writer.leaf("CredentialMac", &attributes, self.value.expose());
    }

    /// Whether it is of the one kind that is known and good at this time, both ends included. Dates
    /// that cannot be read are never good.
    pub fn holds_at(&self, now: Time) -> bool {
        let (Some(from), Some(until)) = (self.created.time(), self.expires.time()) else {
            return false;
        };
        self.kind.trim() == TYPE
            && self.algorithm.trim() == ALGORITHM
            && from <= now
            && now <= until
    }

    /// Whether it was made with this secret for this From and this Sender; constant time.
    pub fn proves(&self, from: &Credential, sender: &Credential, secret: &Secret) -> bool {
        let own = self.computed(from, sender, secret).unwrap_or_default();
        let compact: String = self.value.expose().split_whitespace().collect();
        let given = STANDARD.decode(compact).unwrap_or_default();
        same(&own, &given) & (given.len() == BYTES)
    }

    /// Names in lower case and without outer blanks, dates as written; each ends with a NUL.
    fn computed(&self, from: &Credential, sender: &Credential, secret: &Secret) -> Option<Vec<u8>> {
        let mut mac = Hmac::<Sha1>::new_from_slice(secret.expose().as_bytes()).ok()?;
        for name in [&from.domain, &from.identity, &sender.domain, &sender.identity] {
            mac.update(name.trim().to_lowercase().as_bytes());
            mac.update(&[0]);
        }
        for date in [&self.created, &self.expires] {
            mac.update(date.text().trim().as_bytes());
            mac.update(&[0]);
        }
        Some(mac.finalize().into_bytes().iter().copied().take(BYTES).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cxml;

    const CREATED: &str = "2003-01-15T08:42:46-08:00";
    const EXPIRES: &str = "2003-01-15T11:42:46-08:00";

    fn mac(value: &str) -> CredentialMac {
        CredentialMac {
            kind: TYPE.to_owned(),
            algorithm: ALGORITHM.to_owned(),
            created: Stamp(CREATED.to_owned()),
            expires: Stamp(EXPIRES.to_owned()),
            value: Secret::new(value),
        }
    }

    fn proves(value: &str, identity: &str, secret: &str) -> bool {
        let from = Credential::new("NetworkID", identity);
        let sender = Credential::new(" networkid", "AN9900000100");
        mac(value).proves(&from, &sender, &Secret::new(secret))
    }

    #[test]
    fn the_example_of_the_guide_and_a_vector_of_another_program_are_good() {
        // The first stands in the user's guide, both were computed anew with Python's hmac.
        assert!(proves("cR6Jpz58nriXERDN", "AN9900000100", "abracadabra"));
        assert!(proves(" 5KMM/p4K\n tK5oAf/B ", "an9900000100 ", "password"));
    }

    #[test]
    fn another_secret_name_or_value_is_not_good() {
        assert!(!proves("cR6Jpz58nriXERDN", "AN9900000100", "password"));
        assert!(!proves("cR6Jpz58nriXERDN", "AN9900000101", "abracadabra"));
        for value in ["", "cR6Jpz58nriXERDM", "cR6Jpz58nriX", "cR6Jpz58nriXERDNAAAA", "no base64"] {
            assert!(!proves(value, "AN9900000100", "abracadabra"), "{value}");
        }
        let from = Credential::new("NetworkID", "AN9900000100");
        let mut later = mac("cR6Jpz58nriXERDN");
        later.expires = Stamp("2033-01-15T11:42:46-08:00".to_owned());
        assert!(!later.proves(&from, &from, &Secret::new("abracadabra")), "the dates are covered");
    }

    #[test]
    fn it_is_good_from_its_first_to_its_last_moment_and_of_its_own_kind_alone() {
        let at = |text: &str| Stamp(text.to_owned()).time().unwrap();
        let good = mac("x");
        assert!(good.holds_at(at(CREATED)) && good.holds_at(at(EXPIRES)));
        assert!(!good.holds_at(at("2003-01-15T08:42:45-08:00")), "not yet");
        assert!(!good.holds_at(at("2003-01-15T11:42:47-08:00")), "no longer");
        for other in [
            CredentialMac { kind: "Other".to_owned(), ..good.clone() },
            CredentialMac { algorithm: "HMAC-MD5".to_owned(), ..good.clone() },
            CredentialMac { expires: Stamp("never".to_owned()), ..good.clone() },
            CredentialMac { created: Stamp(String::new()), ..good },
        ] {
            assert!(!other.holds_at(at(CREATED)), "{other:?}");
        }
    }

    #[test]
    fn it_is_read_written_again_and_never_shown() {
        let text = format!(
            "<cXML payloadID='1' timestamp='{CREATED}'><Header><Sender><Credential domain='DUNS'>\
             <Identity>1</Identity><CredentialMac type='{TYPE}' algorithm='{ALGORITHM}' \
             creationDate='{CREATED}' expirationDate='{EXPIRES}'>cR6Jpz58nriXERDN</CredentialMac>\
             </Credential></Sender></Header><Request><ProfileRequest/></Request></cXML>"
        );
        let document = cxml::decode(text.as_bytes(), None).unwrap();
        let read = document.envelope.sender.credentials[0].mac.clone();
        assert_eq!(read, Some(mac("cR6Jpz58nriXERDN")));
        let again = cxml::decode(&cxml::encode(&document), None).unwrap();
        assert_eq!(again.envelope.sender, document.envelope.sender);
        assert!(!format!("{read:?}").contains("cR6J"));
    }
}
